"""A robots.txt read for one crawler: rules as arrays, ready for `kernels`.

Two readings stand beside each other. The strict one follows RFC 9309: what it denies is denied, and only what
it allows is allowed. Where a line is not as the standard defines it (no colon, a slip of the pen, a version
number behind the token, a byte-order mark in the middle), the file is read once more with the leniencies of
Google's parser; what only that reading denies is an apparent reservation, and the answer is unknown instead
of allowed.

The first 512,000 octets are read (RFC 9309 section 2.5 asks for at least 500 KiB). Reading costs a fixed
number of steps an octet and memory of at most twelve times what is read.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tacenda.core.preference import Preference
from tacenda.signals import kernels

MAX_BYTES: Final = 512_000
_NOBODY: Final = np.zeros(0, dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Extra:
    """A line that stands in the group without being a rule: its kind, its octets and where it stands."""

    kind: int
    start: int
    length: int
    line: int


@dataclass(frozen=True, slots=True)
class Program:
    """The rules for one crawler, in one reading.

    Attributes:
        rules: int32[n, `kernels.RULE_WIDTH`], pool: uint8.
        wanted: the flag of the rules that hold: of the crawler's own groups when it has any, else of everyone's.
        extras: lines of the same groups that are no rules; those before any group when they have none of a kind.
        named: whether a group names the crawler.
        odd: whether a lenient reader would read a line in another way.
    """

    rules: Any
    pool: Any
    wanted: int
    extras: tuple[Extra, ...]
    named: bool
    odd: bool
    mode: int

    def deciding(self, path: bytes) -> tuple[bool, int] | None:
        """Whether the deciding rule allows, and its line; None when no rule matches.

        >>> compile_robots(b"user-agent: *\\ndisallow: /a\\n").deciding(b"/ab")
        (False, 2)
        """
        octets = np.frombuffer(path or b"/", dtype=np.uint8)
        scratch = np.empty(3 * len(octets) + 1, dtype=np.uint8)
        rule = self.decide(octets, scratch, np.zeros(1, dtype=np.int64))
        return None if rule < 0 else (bool(self.rules[rule, 3] & kernels.ALLOWS), int(self.rules[rule, 4]))

    def decide(self, octets: Any, scratch: Any, work: Any) -> int:
        google = self.mode == kernels.GOOGLE
        found: int = kernels.decide_one(
            octets, self.rules, len(self.rules), self.pool, self.wanted, google, scratch, work
        )
        return found


def compile_robots(data: bytes, crawler: str = "", mode: int = kernels.STRICT) -> Program:
    """Read `data` for `crawler` (a product token; empty for one that no group names)."""
    size = min(len(data), MAX_BYTES)
    octets = np.frombuffer(data or b"\n", dtype=np.uint8)
    token = np.frombuffer(crawler.lower().encode("utf-8", "replace"), dtype=np.uint8) if crawler else _NOBODY
    token.flags.writeable = False
    rules = np.empty((size // 3 + 4, kernels.RULE_WIDTH), dtype=np.int32)
    extras = np.empty((size // 8 + 2, kernels.EXTRA_WIDTH), dtype=np.int32)
    pool = np.empty(6 * size + 16, dtype=np.uint8)
    facts = np.zeros(kernels.FACTS, dtype=np.int64)
    kernels.read_file(octets, size, token, mode, rules, extras, pool, facts)
    nrules, nextras, used, named, odd = facts[: kernels.ODD + 1].tolist()
    wanted = kernels.MINE if named else kernels.EVERYONES
    kept = _extras(extras[:nextras].tolist(), wanted)
    return Program(rules[:nrules], pool[:used], wanted, kept, bool(named), bool(odd), mode)


def _extras(rows: list[list[int]], wanted: int) -> tuple[Extra, ...]:
    """The lines of the groups that hold; those before any group only for a kind that these have none of."""
    own = [Extra(kind, start, length, line) for kind, start, length, flags, line in rows if flags & wanted]
    kinds = {extra.kind for extra in own}
    early = [
        Extra(kind, start, length, line)
        for kind, start, length, flags, line in rows
        if flags & kernels.EARLY and kind != kernels.USAGE and kind not in kinds
    ]
    return (*early, *own)


@dataclass(frozen=True, slots=True)
class Crawl:
    """Whether a path may be fetched, by a robots.txt.

    Attributes:
        preference: deny, allow, or unknown where only a lenient reading denies.
        line: of the deciding rule; 0 for none.
        apparent: whether the denial is only apparent.
    """

    preference: Preference
    line: int = 0
    apparent: bool = False


@dataclass(frozen=True, slots=True)
class Readings:
    """The strict reading of a file, and the lenient one where it could differ."""

    strict: Program
    lenient: Program | None

    def crawl(self, path: bytes) -> Crawl:
        """RFC 9309: without a rule that matches, a path may be fetched."""
        decided = self.strict.deciding(path)
        if decided is not None and not decided[0]:
            return Crawl(Preference.DENY, decided[1])
        other = self.lenient.deciding(path) if self.lenient else None
        if other is not None and not other[0]:
            return Crawl(Preference.UNKNOWN, other[1], apparent=True)
        return Crawl(Preference.ALLOW, decided[1] if decided else 0)


def read_robots(data: bytes, crawler: str = "") -> Readings:
    strict = compile_robots(data, crawler)
    return Readings(strict, compile_robots(data, crawler, kernels.LENIENT) if strict.odd else None)
