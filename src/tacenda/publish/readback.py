"""Reading a bundle back, as a stranger would: nothing in here shares code with what wrote it.

Each form is parsed from its bytes by a small reader of its own, kept apart from `tacenda.formats` on purpose, and
answers deny, allow or unknown in the five dimensions. `compare` then says in words where that is not what was
declared. What a reader cannot read is unknown, and so a mismatch where something was declared.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Final

from tacenda.core.declaration import FormKind
from tacenda.core.preference import DIMENSION_TITLES, Dimension, Preference

Saying = Mapping[Dimension, Preference]

_WORDS: Final = {
    "y": Preference.ALLOW,
    "n": Preference.DENY,
    "yes": Preference.ALLOW,
    "no": Preference.DENY,
}
_SAYS: Final[Mapping[str, tuple[Dimension, ...]]] = {
    "content-usage:train-ai": (Dimension.TRAIN_GEN,),
    "content-usage:ai-use": (Dimension.AI_INPUT,),
    "content-usage:search": (Dimension.SEARCH,),
    "content-signal:ai-train": (Dimension.TRAIN_ANY, Dimension.TRAIN_GEN),
    "content-signal:ai-input": (Dimension.AI_INPUT,),
    "content-signal:search": (Dimension.SEARCH,),
}
_EXTENT: Final = ("content-signal", "use", "full")
_SAID: Final[Mapping[Preference, str]] = {
    Preference.DENY: "it denies",
    Preference.ALLOW: "it allows",
    Preference.UNKNOWN: "it does not deny",
}
_MAX_PAGE: Final = 2_000_000
_TRAINING: Final = (Dimension.TRAIN_ANY, Dimension.TRAIN_GEN)
_MINING: Final = (Dimension.TDM, *_TRAINING)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one form was read to say, to everyone (`token` empty) or to one crawler.

    Attributes:
        allows: what some statement in it allows, even where another that denies it wins.
        out: whether this crawler may not fetch the path at all.
    """

    form: FormKind
    token: str
    says: Saying
    allows: frozenset[Dimension] = frozenset()
    out: bool = False

    def document(self) -> dict[str, Any]:
        says = {dimension.value: self.says[dimension].value for dimension in Dimension}
        return {"form": self.form.value, "token": self.token, "says": says}


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that a form does not say as it was declared."""

    form: FormKind
    token: str
    why: str


def read_robots(
    data: bytes, token: str = "", path: str = "/", denies: frozenset[Dimension] = frozenset(_TRAINING)
) -> Reading:
    """robots.txt at `path` for one crawler, or for one that no group names.

    The lines are read twice over: once as by a reader of RFC 9309 alone, for whom every other record is air, and
    once with the preference lines. Where the first is shut out altogether, `denies` is denied: what this crawler
    fetches for. ``use=full`` would be a licence of everything, and is read as one.
    """
    rules, lines = _robots_groups(data)
    name = token.lower() if token.lower() in rules else "*"
    says: dict[Dimension, Preference] = dict.fromkeys(Dimension, Preference.UNKNOWN)
    allows: set[Dimension] = set()
    out = _shut_out(rules.get(name, []), path)
    if not out:
        for key, value in _reaching(lines.get(name, []), path):
            for part in value.split(","):
                label, _, word = part.partition("=")
                label, word = label.strip(), word.strip()
                if (key, label, word) == _EXTENT:
                    allows.update(Dimension)
                for dimension in _SAYS.get(f"{key}:{label}", ()):
                    said = _WORDS.get(word, Preference.UNKNOWN)
                    says[dimension] = _stricter(says[dimension], said)
                    allows |= {dimension} if said is Preference.ALLOW else set()
    elif token:
        says.update(dict.fromkeys(denies, Preference.DENY))
    else:
        # Nobody declared that every crawler is to be kept out: that would end search too.
        says.update(dict.fromkeys(Dimension, Preference.DENY))
    return Reading(FormKind.ROBOTS, token, says, frozenset(allows), out)


def robots_licences(data: bytes) -> tuple[str, ...]:
    """The RSL documents that robots.txt names to everyone."""
    return tuple(value for key, value in _robots_groups(data)[1].get("*", []) if key == "license")


def read_tdmrep(data: bytes, path: str = "/") -> Reading:
    """tdmrep.json for `path`: the first rule whose location reaches it."""
    value: object = None
    try:
        rules = json.loads(data)
        for rule in rules if isinstance(rules, list) else []:
            if isinstance(rule, dict) and _reaches(str(rule.get("location", "")), path):
                value = rule.get("tdm-reservation")
                break
    except (ValueError, RecursionError):
        pass
    return Reading(FormKind.TDMREP, "", _mining(value if type(value) is int else None))


def read_page(data: bytes) -> tuple[Reading, str, str]:
    """The page's marks; its text as a person would read it; and the digest that its JSON-LD states."""
    page = _Page()
    with suppress(AssertionError):  # a marked section that the parser does not know: the rest says nothing
        page.feed(data[:_MAX_PAGE].decode("utf-8", "replace"))
        page.close()
    stated = ""
    try:
        linked = json.loads("".join(page.linked))
        stated = str(linked["encoding"]["sha256"])
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    fields = [(name, content) for name, content in page.metas if name in ("tdm-reservation", "tdm-policy")]
    fields += [("x-robots-tag", content) for name, content in page.metas if name == "robots"]
    return Reading(FormKind.PAGE, "", *from_fields(fields)), " ".join("".join(page.text).split()), stated


def compare(
    reading: Reading, deny: frozenset[Dimension], *, shared: bool = False, tokens_out: bool = False
) -> Sequence[Mismatch]:
    """Where a reading is not what was declared: a deny that is missing, or anything that was not declared.

    Args:
        deny: the dimensions that this form must deny.
        shared: the file is others' too, so that what was not declared may be said by them.
        tokens_out: the reading is of a crawler that is kept out: only what it fetches for is asked, which is
            `deny`, or training where that is empty.
    """
    wanted = (deny or frozenset(_TRAINING)) if tokens_out else deny
    found = ["it does not keep the crawler out"] if tokens_out and not reading.out else []
    for dimension in Dimension:
        said = reading.says[dimension]
        if tokens_out and dimension not in wanted:
            continue
        if dimension in wanted and said is not Preference.DENY:
            found.append(f"{_SAID[said]} {DIMENSION_TITLES[dimension]}")
        elif dimension not in wanted and said is not Preference.UNKNOWN and not shared:
            found.append(f"{_SAID[said]} {DIMENSION_TITLES[dimension]}, which was not declared")
        elif dimension in reading.allows and not shared:
            found.append(f"one statement allows {DIMENSION_TITLES[dimension]}, another denies it")
    return [Mismatch(reading.form, reading.token, why) for why in found]


def check_document(document: bytes, digest: str, note: bytes) -> Sequence[Mismatch]:
    """The document has the digest, and the note names its id, version and digest."""
    found = []
    if hashlib.sha256(document).hexdigest() != digest:
        found.append("the document has another digest")
    try:
        fields = json.loads(document)
        wanted = ["tacenda declaration 1", fields["id"], str(fields["version"]), digest]
    except (ValueError, KeyError, TypeError, RecursionError):
        return [Mismatch(FormKind.DOCUMENT, "", "the document cannot be read")]
    if note.decode("utf-8", "replace").split("\n")[:4] != wanted:
        found.append("the note is about another document")
    return [Mismatch(FormKind.DOCUMENT, "", why) for why in found]


def check_page(data: bytes, digest: str, words: Sequence[str]) -> Sequence[Mismatch]:
    """The page shows the digest, states it in JSON-LD, and shows each of `words` as plain text (F62)."""
    _, text, stated = read_page(data)
    found = [] if stated == digest else ["the JSON-LD states another digest"]
    for word in (digest, *words):
        plain = " ".join(word.split())
        if plain not in text:
            found.append(f"{plain[:60]!r} is not shown")
    return [Mismatch(FormKind.PAGE, "", why) for why in found]


def _robots_groups(data: bytes) -> tuple[dict[str, list[tuple[bool, str]]], dict[str, list[tuple[str, str]]]]:
    """By crawler: the rules as RFC 9309 alone groups them, and the preference lines."""
    rules: dict[str, list[tuple[bool, str]]] = {}
    lines: dict[str, list[tuple[str, str]]] = {}
    agents: list[str] = []
    in_heads = False
    text = data[:512_000].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        key, colon, value = line.split("#", 1)[0].partition(":")
        key, value = key.strip(" \t").lower(), value.strip(" \t")
        if not colon:
            continue
        if key == "user-agent":
            agents = [*agents, value.lower()] if in_heads else [value.lower()]
            in_heads = True
            rules.setdefault(value.lower(), [])
        elif key in ("allow", "disallow"):
            in_heads = False
            for agent in agents:
                rules[agent].append((key == "allow", value))
        elif key in ("content-usage", "content-signal", "license"):
            for agent in agents:
                lines.setdefault(agent, []).append((key, value))
    return rules, lines


def _shut_out(rules: Sequence[tuple[bool, str]], path: str) -> bool:
    """Whether `path` may not be fetched: of patterns that reach it the longest wins, and allow wins a tie."""
    reach = [(len(pattern), allow) for allow, pattern in rules if pattern and _reaches(pattern, path)]
    return bool(reach) and not max(reach)[1]


def _reaching(lines: Sequence[tuple[str, str]], path: str) -> list[tuple[str, str]]:
    """The preference lines for `path`: of ``Content-Usage`` those with the longest path alone (attach-05)."""
    usages, others = [], []
    for key, value in lines:
        if key != "content-usage":
            others.append((key, value))
            continue
        where, _, rest = value.partition(" ") if value.startswith("/") else ("", "", value)
        if not where or _reaches(where, path):
            usages.append((len(where), rest.strip()))
    longest = max((length for length, _ in usages), default=0)
    return [("content-usage", value) for length, value in usages if length == longest] + others


def _reaches(pattern: str, path: str) -> bool:
    """Whether a pattern of RFC 9309 reaches `path`; a pattern of more than ten stars reaches nothing here."""
    if pattern.count("*") > 10:
        return False
    body = ".*?".join(re.escape(part) for part in pattern.removesuffix("$").split("*"))
    return re.match(body + (r"\Z" if pattern.endswith("$") else ""), path) is not None


def from_fields(fields: Sequence[tuple[str, str]]) -> tuple[Saying, frozenset[Dimension]]:
    """What the fields of a response say together, and what one of them allows."""
    says = dict.fromkeys(Dimension, Preference.UNKNOWN)
    allows: set[Dimension] = set()
    for key, value in fields:
        if key == "tdm-reservation":
            said = _mining({"1": 1, "0": 0}.get(value.strip()))
            allows |= {dimension for dimension in Dimension if said[dimension] is Preference.ALLOW}
            says = {dimension: _stricter(says[dimension], said[dimension]) for dimension in Dimension}
        elif key == "content-usage":
            for part in value.split(","):
                label, _, word = part.strip().partition("=")
                for dimension in _SAYS.get(f"content-usage:{label}", ()):
                    says[dimension] = _stricter(says[dimension], _WORDS.get(word, Preference.UNKNOWN))
                    allows |= {dimension} if _WORDS.get(word) is Preference.ALLOW else set()
        elif key == "x-robots-tag" and "noai" in [word.strip().lower() for word in value.split(",")]:
            for dimension in _TRAINING:
                says[dimension] = Preference.DENY
    return says, frozenset(allows)


def _mining(value: int | None) -> Saying:
    said = {1: Preference.DENY, 0: Preference.ALLOW}.get(-1 if value is None else value, Preference.UNKNOWN)
    return {dimension: said if dimension in _MINING else Preference.UNKNOWN for dimension in Dimension}


def _stricter(one: Preference, other: Preference) -> Preference:
    for word in (Preference.DENY, Preference.ALLOW):
        if word in (one, other):
            return word
    return Preference.UNKNOWN


class _Page(HTMLParser):
    """Text as shown, meta elements, and the JSON-LD block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.metas: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.linked: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and "name" in given:
            self.metas.append((given["name"].lower(), given.get("content", "")))
        elif tag == "script":
            self._inside = "linked" if given.get("type") == "application/ld+json" else "hidden"
        elif tag == "style":
            self._inside = "hidden"
        elif tag in ("p", "li", "dd", "dt", "td", "th", "h1", "h2", "div", "br"):
            self.text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "linked":
            self.linked.append(data)
        elif not self._inside:
            self.text.append(data)
