"""robots.txt: RFC 9309, with AIPREF ``Content-Usage`` (attach-05) and ``Content-Signal`` lines in its groups.

Reading follows the standard and not one company's leniencies: a line without a colon is no line; a token is
letters, ``-`` and ``_`` only (digits are accepted here, as operators use them, but never cut off); all groups
of one token are one group; a group goes on over blank lines and unknown records; rules before the first
user-agent line belong to nobody. The longest pattern that matches decides, counted in octets after
normalisation, and allow wins a tie. ``%62`` is compared as ``b`` (RFC 9309 section 2.2.2; Google's parser does
not). A ``Content-Signal`` is an unknown record to the standard, so it does not part one user-agent line from
the next.

The first 512,000 bytes are read (section 2.5), lines are cut at 16,664 bytes. ``*`` costs one search a part, so a
match is at most the product of the lengths of pattern and path, never exponential.

Editing a stranger's file is `formats.robots_block`'s business.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from tacenda.core.preference import Preference, combine
from tacenda.formats.aipref import parse_usage
from tacenda.formats.content_signal import ContentSignal, parse_content_signal, render_content_signal

MAX_BYTES: Final = 512_000
MAX_LINE: Final = 16_664
EVERYONE: Final = "*"

_TOKEN: Final = re.compile(rb"[A-Za-z0-9_-]+|\*")
_NEWLINE: Final = re.compile(rb"\r\n|\r|\n")
_ENCODED: Final = re.compile(rb"%[0-9A-Fa-f]{2}")
_UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_MARKS: Final = (b"\xef\xbb\xbf", b"\xef\xbb", b"\xef")


@dataclass(frozen=True, slots=True)
class Rule:
    """An allow or disallow line: the pattern after normalisation; an empty one matches nothing."""

    allow: bool
    pattern: bytes


@dataclass(frozen=True, slots=True)
class UsageRule:
    """A ``Content-Usage`` line: the path it is limited to (empty for none), and the preference as it stood."""

    path: bytes
    value: str


@dataclass(slots=True)
class _Open:
    agents: list[str] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    usages: list[UsageRule] = field(default_factory=list)
    signals: list[str] = field(default_factory=list)
    licences: list[str] = field(default_factory=list)

    @property
    def begun(self) -> bool:
        return bool(self.rules or self.usages)


@dataclass(frozen=True, slots=True)
class Group:
    """One group: its tokens in lower case, and what follows them."""

    agents: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    usages: tuple[UsageRule, ...] = ()
    signals: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Robots:
    """A robots.txt as it was read.

    Attributes:
        early_signals: ``Content-Signal`` lines before any group; taken as meant for everyone.
        early_licences: ``License`` lines (RSL 1.0) before any group: the global ones.
        cut: whether the file went on beyond what is read.
        open_end: whether no allow or disallow follows the last user-agent line, so that a reader of RFC 9309 alone
            would join whatever group is added at the end to it.
    """

    groups: tuple[Group, ...]
    early_signals: tuple[str, ...] = ()
    early_licences: tuple[str, ...] = ()
    cut: bool = False
    open_end: bool = False

    def group_for(self, token: str) -> Group:
        """All groups of `token` as one, or those of everyone, or an empty group (section 2.2.1)."""
        wanted = token.lower()
        for name in (wanted, EVERYONE):
            mine = [group for group in self.groups if name in group.agents]
            if mine:
                return Group(
                    (name,),
                    tuple(rule for group in mine for rule in group.rules),
                    tuple(usage for group in mine for usage in group.usages),
                    tuple(signal for group in mine for signal in group.signals),
                    tuple(licence for group in mine for licence in group.licences),
                )
        return Group(())

    def may_crawl(self, token: str, path: str) -> bool:
        """Whether `token` may fetch `path` (with its query). Without a rule that matches, it may."""
        deciding = self.deciding_rule(token, path)
        return deciding is None or deciding.allow

    def deciding_rule(self, token: str, path: str) -> Rule | None:
        """The longest rule that matches `path`; of two as long, allow. ``/robots.txt`` is always allowed."""
        target = normal_path(path)
        if target == b"/robots.txt":
            return None
        best: Rule | None = None
        for rule in self.group_for(token).rules:
            if rule.pattern and matches(rule.pattern, target):
                mine, other = len(rule.pattern), len(best.pattern) if best else -1
                if mine > other or (mine == other and rule.allow):
                    best = rule
        return best

    def usage_for(self, token: str, path: str) -> dict[str, Preference]:
        """AIPREF preferences for `path`: of the rules with the longest path, combined.

        A path that may not be crawled has none (attach-05).
        """
        if not self.may_crawl(token, path):
            return {}
        target = normal_path(path)
        usages = [u for u in self.group_for(token).usages if not u.path or matches(u.path, target)]
        longest = max((len(usage.path) for usage in usages), default=0)
        stated = [parse_usage(usage.value).preferences for usage in usages if len(usage.path) == longest]
        return {label: combine(s[label] for s in stated if label in s) for s in stated for label in s}

    def signals_for(self, token: str) -> dict[str, Preference]:
        """Content signals of the group; where it has none, those before any group. Any ``no`` wins."""
        lines = self.group_for(token).signals or self.early_signals
        stated: dict[str, Preference] = {}
        for line in lines:
            for key, preference in parse_signal(line).items():
                stated[key] = combine((preference, stated.get(key, Preference.UNKNOWN)))
        return stated

    def licences_for(self, token: str) -> tuple[str, ...]:
        """RSL documents of the group, which make the global ones ignored (RSL 1.0, discovery)."""
        return self.group_for(token).licences or self.early_licences


def parse(data: bytes) -> Robots:
    """Read a robots.txt. Never fails: what cannot be read is no rule."""
    groups: list[_Open] = []
    early: list[str] = []
    licences: list[str] = []
    for key, value in _records(data[:MAX_BYTES]):
        current = groups[-1] if groups else None
        if key == b"user-agent":
            if current is None or current.begun:
                groups.append(_Open())
            if _TOKEN.fullmatch(value):
                groups[-1].agents.append(value.decode("ascii").lower())
        elif key == b"content-signal":
            (current.signals if current else early).append(value.decode("utf-8", "replace"))
        elif key == b"license":
            (current.licences if current else licences).append(value.decode("utf-8", "replace"))
        elif current is None:
            continue
        elif key in (b"allow", b"disallow"):
            current.rules.append(Rule(key == b"allow", normal_pattern(value)))
        elif key == b"content-usage":
            current.usages.append(_usage(value))
    return Robots(
        tuple(
            Group(tuple(g.agents), tuple(g.rules), tuple(g.usages), tuple(g.signals), tuple(g.licences))
            for g in groups
        ),
        tuple(early),
        tuple(licences),
        cut=len(data) > MAX_BYTES,
        open_end=bool(groups) and not groups[-1].rules,
    )


def parse_signal(value: str) -> dict[str, Preference]:
    """The preferences of a ``Content-Signal`` line (`formats.content_signal`)."""
    return dict(parse_content_signal(value).preferences)


def render_signal(preferences: dict[str, Preference]) -> str:
    return render_content_signal(ContentSignal(preferences))


def render(groups: Sequence[Group]) -> str:
    """Groups as text, a blank line between them: user-agents, usage, signals, licences, rules."""
    return "\n".join(_render_group(group) for group in groups)


def _render_group(group: Group) -> str:
    lines = [f"User-agent: {agent}" for agent in group.agents]
    lines += [
        "Content-Usage: " + (f"{usage.path.decode('ascii')} " if usage.path else "") + usage.value
        for usage in group.usages
    ]
    lines += [f"Content-Signal: {signal}" for signal in group.signals]
    lines += [f"License: {licence}" for licence in group.licences]
    lines += [f"{'Allow' if rule.allow else 'Disallow'}: {rule.pattern.decode('ascii')}" for rule in group.rules]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def valid_token(token: str) -> bool:
    """Whether `token` is a product token of RFC 9309: letters, ``-`` and ``_`` only."""
    return bool(token) and token.isascii() and all(letter.isalpha() or letter in "-_" for letter in token)


def matches(pattern: bytes, path: bytes) -> bool:
    """Whether a normalised pattern matches a normalised path from its first octet (section 2.2.3).

    The leftmost place for each part between stars is always good enough, since a later part may follow anywhere.
    """
    anchored = pattern.endswith(b"$")
    first, *rest = (pattern[:-1] if anchored else pattern).split(b"*")
    if not path.startswith(first):
        return False
    if not rest:
        return not anchored or path == first
    place = len(first)
    for part in rest[:-1]:
        found = path.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    last = rest[-1]
    if anchored:
        return len(path) - len(last) >= place and path.endswith(last)
    return path.find(last, place) >= 0


def normal_path(path: str) -> bytes:
    """A URL path as it is compared; its own ``*`` and ``$`` are literal."""
    normal = _normal(path.encode("utf-8", "surrogateescape"))
    return (normal or b"/").replace(b"*", b"%2A").replace(b"$", b"%24")


def normal_pattern(pattern: bytes) -> bytes:
    """A pattern as it is compared: a final ``$`` and every ``*`` keep their meaning, another ``$`` is literal."""
    normal = _normal(pattern)
    end = b"$" if normal.endswith(b"$") else b""
    body = normal[: len(normal) - len(end)].replace(b"$", b"%24")
    while b"**" in body:
        body = body.replace(b"**", b"*")
    return body + end


def _normal(octets: bytes) -> bytes:
    decoded = _ENCODED.sub(_decode, octets)
    return b"".join(bytes((o,)) if 0x20 < o < 0x7F else b"%%%02X" % o for o in decoded)


def _decode(match: re.Match[bytes]) -> bytes:
    octet = int(match.group()[1:], 16)
    return bytes((octet,)) if octet in _UNRESERVED else match.group().upper()


def _usage(value: bytes) -> UsageRule:
    path = b""
    if value.startswith(b"/"):
        path, _, value = value.replace(b"\t", b" ").partition(b" ")
    return UsageRule(normal_pattern(path), value.strip(b" \t").decode("utf-8", "replace"))


def _records(data: bytes) -> Iterable[tuple[bytes, bytes]]:
    for mark in _MARKS:
        if data.startswith(mark):
            data = data[len(mark) :]
            break
    for line in _NEWLINE.split(data):
        key, colon, value = line[:MAX_LINE].partition(b"#")[0].partition(b":")
        if colon:
            yield key.strip(b" \t").lower(), value.strip(b" \t")
