"""Reading the other forms back: configuration of web servers, RSL, ai.txt, HTML and JSON-LD.

As in `publish.readback`, each reader is small, stands alone, and shares no code with what wrote the form. Server
configurations are run rather than recognised: a snippet is interpreted line by line for one path, and what cannot
be interpreted makes it say nothing.
"""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from html.parser import HTMLParser
from typing import Final
from xml.etree import ElementTree

from tacenda.core.declaration import FormKind
from tacenda.core.preference import Dimension, Preference
from tacenda.publish.readback import Mismatch, Reading, from_fields

_APACHE: Final = re.compile(
    r"Header always (?:append|set|add) ([A-Za-z-]+) '([^']*)'(?: \"expr=%\{REQUEST_URI\} =~ m#(.*)#\")?"
)
_TRAINING: Final = (Dimension.TRAIN_ANY, Dimension.TRAIN_GEN)
_RSL: Final = "{https://rslstandard.org/rsl}"
_RSL_SAYS: Final[Mapping[str, tuple[Dimension, ...]]] = {
    "all": tuple(Dimension),
    "ai-all": (*_TRAINING, Dimension.AI_INPUT),
    "ai-train": _TRAINING,
    "ai-input": (Dimension.AI_INPUT,),
    "ai-index": (),
    "search": (Dimension.SEARCH,),
}


def read_server(kind: FormKind, data: bytes, path: str = "/") -> Reading:
    """What a response for `path` would say under this configuration."""
    text = "\n".join(line for line in data.decode("utf-8", "replace").splitlines() if not _is_comment(line))
    run = {
        FormKind.HTTP_HEADERS: _run_nginx,
        FormKind.APACHE: _run_apache,
        FormKind.CADDY: _run_caddy,
        FormKind.HEADERS_FILE: _run_headers_file,
    }[kind]
    return Reading(kind, "", *from_fields([(name.lower(), value) for name, value in run(text, path)]))


def server_licences(data: bytes) -> tuple[str, ...]:
    """The addresses in ``Link`` fields to RSL documents, wherever they stand."""
    link = r'<([^<>\s]+)>; rel="license"; type="application/rsl\+xml"'
    return tuple(re.findall(link, data.decode("utf-8", "replace")))


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _run_nginx(text: str, path: str) -> list[tuple[str, str]]:
    """The rewrite and headers modules, as far as a snippet uses them: `set`, `if ($uri ~ …)`, `add_header`."""
    words = re.findall(r"'[^']*'|\"[^\"]*\"|[;{}]|[^\s;{}'\"]+", text)
    values: dict[str, str] = {}
    fields: list[tuple[str, str]] = []
    statement: list[str] = []
    live = [True]
    for word in words:
        if word == "{":
            head = " ".join(statement)
            asked = re.fullmatch(r"if \(\$uri ~ \"(.*)\" \)", head)
            live.append(live[-1] and asked is not None and re.search(asked[1], path) is not None)
            statement = []
        elif word == "}":
            live.pop()
        elif word != ";":
            statement.append(word)
        else:
            plain = [part[1:-1] if part[:1] in "'\"" else part for part in statement]
            if plain[:1] == ["set"] and live[-1]:
                values[plain[1]] = plain[2]
            elif plain[:1] == ["add_header"] and live[-1]:
                value = values.get(plain[2], "") if plain[2].startswith("$") else plain[2]
                fields += [(plain[1], value)] if value else []
            elif plain[:1] not in (["set"], ["add_header"]):
                return []  # nginx would not start
            statement = []
    return fields


def _run_apache(text: str, path: str) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    depth = 0
    for line in text.splitlines():
        bare = line.strip()
        if bare == "<IfModule mod_headers.c>":
            depth += 1
        elif bare == "</IfModule>":
            depth -= 1
        elif (stated := _APACHE.fullmatch(bare)) and (stated[3] is None or re.search(stated[3], path)):
            fields.append((stated[1], stated[2]))
    return fields if depth == 0 else []


def _run_caddy(text: str, path: str) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    matchers: dict[str, bool] = {}
    live = False
    for line in text.splitlines():
        words = re.findall(r"`[^`]*`|\S+", line)
        if words[1:2] == ["path_regexp"] and len(words) == 4:
            matchers[words[0]] = re.search(words[3].strip("`"), path) is not None
        elif words[:1] == ["header"] and words[-1] == "{":
            live = matchers.get(words[1], False) if len(words) == 3 else True
        elif words == ["}"]:
            live = False
        elif live and len(words) == 2:
            fields.append((words[0].removeprefix("+"), words[1].strip("`")))
    return fields


def _run_headers_file(text: str, path: str) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    live = False
    for line in text.splitlines():
        if line[:1] == "/":
            body = ".*".join(re.escape(part) for part in line.strip().split("*"))
            live = re.fullmatch(body, path) is not None
        elif live and line[:1] in (" ", "\t") and ":" in line:
            name, _, value = line.partition(":")
            fields.append((name.strip(), value.strip()))
    return fields


def read_rsl(data: bytes, path: str = "/") -> Reading:
    """rsl.xml for `path`: prohibitions deny; a permission of anything closes the world, which nobody declared."""
    says = dict.fromkeys(Dimension, Preference.UNKNOWN)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or len(data) > 1_000_000:
        return Reading(FormKind.RSL, "", says)
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - no DOCTYPE gets here, so no entity is expanded
    except ElementTree.ParseError:
        return Reading(FormKind.RSL, "", says)
    contents = root.findall(f"{_RSL}content") if root.tag == f"{_RSL}rsl" else []
    for content in contents:
        url = content.get("url", "")
        if not url.startswith("/") or not _glob(url, path):
            continue
        for licence in content.findall(f"{_RSL}license"):
            for word in _usage(licence, "prohibits"):
                says.update(dict.fromkeys(_RSL_SAYS.get(word, ()), Preference.DENY))
            if _usage(licence, "permits"):
                says = {d: p if p is Preference.DENY else Preference.ALLOW for d, p in says.items()}
    return Reading(FormKind.RSL, "", says)


def _usage(licence: ElementTree.Element, name: str) -> list[str]:
    found = [each for each in licence.findall(f"{_RSL}{name}") if each.get("type") == "usage"]
    return [word for each in found for word in (each.text or "").split()]


def read_ai_txt(data: bytes, path: str, token: str = "") -> Reading:
    """ai.txt for one media file: the longest pattern that reaches it decides, and allow wins a tie."""
    rules: dict[str, list[tuple[int, bool]]] = {}
    agents: list[str] = []
    heading = False
    for line in data.decode("utf-8", "replace").replace("\r", "\n").split("\n"):
        key, colon, value = line.split("#", 1)[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if colon and key == "user-agent":
            agents = [*agents, value.lower()] if heading else [value.lower()]
            heading = True
        elif colon and key in ("allow", "disallow"):
            heading = False
            for agent in agents:
                if value and _glob(value, path):
                    rules.setdefault(agent, []).append((len(value), key == "allow"))
                else:
                    rules.setdefault(agent, [])
    mine = rules.get(token.lower(), rules.get("*", []))
    says = dict.fromkeys(Dimension, Preference.UNKNOWN)
    if mine and not max(mine)[1]:
        says.update(dict.fromkeys(_TRAINING, Preference.DENY))
    return Reading(FormKind.AI_TXT, "", says)


def _glob(pattern: str, path: str) -> bool:
    if pattern.count("*") > 10:
        return False
    body = ".*?".join(re.escape(part) for part in pattern.removesuffix("$").split("*"))
    return re.match(body + (r"\Z" if pattern.endswith("$") else ""), path) is not None


def read_head(data: bytes) -> tuple[Reading, str]:
    """The elements for the head of a page, and the address of the RSL document that they name."""
    found: list[tuple[str, str]] = []
    licences: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            if tag == "meta":
                found.append((given.get("name") or "", given.get("content") or ""))
            elif tag == "link" and given.get("rel") == "license":
                licences.append(given.get("href") or "")

    reader = Reader(convert_charrefs=True)
    with suppress(AssertionError):  # a marked section that the parser does not know: the rest says nothing
        reader.feed(data.decode("utf-8", "replace"))
        reader.close()
    fields = [(name, value) for name, value in found if name in ("tdm-reservation", "tdm-policy")]
    fields += [("x-robots-tag", value) for name, value in found if name == "robots"]
    return Reading(FormKind.HTML_HEAD, "", *from_fields(fields)), next(iter(licences), "")


def check_json_ld(data: bytes, digest: str, document_url: str) -> Sequence[Mismatch]:
    """The pointer leads to the signed document, by its address and digest, and licenses nothing."""
    try:
        document = json.loads(data)
        encoding = document["usageInfo"]["encoding"]
        stated, where = encoding["sha256"], encoding["contentUrl"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return [Mismatch(FormKind.JSON_LD, "", "it cannot be read")]
    found = []
    if stated != digest:
        found.append("it states another digest")
    if where != document_url:
        found.append("it leads to another document")
    if "license" in document:
        found.append("it names a licence, and none was given")
    return [Mismatch(FormKind.JSON_LD, "", why) for why in found]


def check_licences(found: Mapping[FormKind, Sequence[str]], address: str, *, shared: bool) -> Sequence[Mismatch]:
    """Each form that is to lead to the RSL document does; where others write too, beside theirs."""
    return [
        Mismatch(form, "", f"it leads to {stated[0] if stated else 'no RSL document'}, not to {address}")
        for form, stated in found.items()
        if address not in stated or (not shared and set(stated) != {address})
    ]
