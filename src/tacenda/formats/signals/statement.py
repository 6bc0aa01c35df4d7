"""What a reader found: statements with their exact bytes, and diagnostics.

Whether a statement counts for an address and a crawler is its standing; combining is
`tacenda.signals.evaluate`'s.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from tacenda.core.preference import Dimension, Preference

MAX_RAW: Final = 2_000
MAX_FOUND: Final = 10_000
NOTHING: Final[frozenset[Dimension]] = frozenset()


class Standing(StrEnum):
    """Whether a statement counts."""

    STATED = "stated"
    """Well formed, and it reaches the address and the crawler asked about."""
    APPARENT = "apparent"
    """Not well formed, or of a draft that is no longer read: says nothing, and is shown."""
    SUPERSEDED = "superseded"
    """Well formed, and another statement of the same protocol takes its place."""
    ELSEWHERE = "elsewhere"
    """Well formed, and about another path, another crawler or another kind of file."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What words mean in the five dimensions.

    Attributes:
        denies, allows: disjoint.
        appears: what looks denied, where the words are not well formed or not of a version that is read.
    """

    denies: frozenset[Dimension] = NOTHING
    allows: frozenset[Dimension] = NOTHING
    appears: frozenset[Dimension] = NOTHING

    def apparent(self) -> "Saying":
        """The same words as evidence only: what they deny appears denied, and nothing is allowed."""
        return Saying(appears=self.denies | self.appears)

    def joined(self, other: "Saying") -> "Saying":
        """Both together: any deny wins."""
        denies = self.denies | other.denies
        return Saying(denies, (self.allows | other.allows) - denies, self.appears | other.appears)

    def preference(self, dimension: Dimension) -> Preference:
        if dimension in self.denies:
            return Preference.DENY
        return Preference.ALLOW if dimension in self.allows else Preference.UNKNOWN

    def document(self) -> dict[str, str]:
        return {d.value: self.preference(d).value for d in Dimension}


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that one carrier says.

    Attributes:
        protocol: an id of ``data/protocols.toml``, such as ``aipref``.
        version: of the protocol, as far as the words tell it.
        carrier: ``robots.txt``, ``http-header``, ``html-meta``, ``xmp`` …
        where: address or file name.
        line: counted from 1; 0 where lines have no meaning.
        raw: the bytes as they stood, cut to 2,000.
        term: the statement in the protocol's own words, normalised.
        audience: crawlers it is addressed to, lower case; empty for everyone.
        path: the pattern it is limited to, or empty.
        policy: address of terms that it names, or empty.
    """

    protocol: str
    version: str
    carrier: str
    where: str
    line: int
    raw: bytes
    term: str
    says: Saying
    standing: Standing = Standing.STATED
    audience: tuple[str, ...] = ()
    path: str = ""
    policy: str = ""

    def with_standing(self, standing: Standing) -> "Statement":
        return replace(self, standing=standing)

    def document(self) -> dict[str, Any]:
        return {
            "protocol": self.protocol,
            "version": self.version,
            "carrier": self.carrier,
            "where": self.where,
            "line": self.line,
            "raw": self.raw.decode("utf-8", "backslashreplace"),
            "term": self.term,
            "standing": self.standing.value,
            "says": {k: v for k, v in self.says.document().items() if v != Preference.UNKNOWN.value},
            "appears_denied": sorted(d.value for d in self.says.appears),
            "audience": list(self.audience),
            "path": self.path,
            "policy": self.policy,
        }


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something about the bytes that a person should know. `code` is stable."""

    code: str
    where: str
    line: int
    why: str

    def document(self) -> dict[str, Any]:
        return {"code": self.code, "where": self.where, "line": self.line, "why": self.why}


@dataclass(frozen=True, slots=True)
class Found:
    """All that one reader found in one place, in the order of the bytes.

    Attributes:
        crawl: what robots.txt says of fetching; unknown where none was read, or a denial is only apparent.
    """

    statements: tuple[Statement, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    crawl: Preference = Preference.UNKNOWN


def joined(founds: Iterable[Found]) -> Found:
    """Several places as one; at most one of them is a robots.txt."""
    founds = tuple(founds)
    crawls = [found.crawl for found in founds if found.crawl is not Preference.UNKNOWN]
    return Found(
        tuple(statement for found in founds for statement in found.statements),
        tuple(diagnostic for found in founds for diagnostic in found.diagnostics),
        crawls[0] if crawls else Preference.UNKNOWN,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader is asked about.

    Attributes:
        where: address or name of the bytes, as it is shown.
        path: path and query of the thing asked about, beginning with ``/``.
        origin: ``https://host`` of it, or empty.
        crawler: a product token, or empty for nobody in particular.
        refusal: what keeping that crawler out says; training, unless more is known of it.
        media_type: of the thing itself, lower case, or empty.
    """

    where: str = ""
    path: str = "/"
    origin: str = ""
    crawler: str = ""
    refusal: frozenset[Dimension] = frozenset({Dimension.TRAIN_ANY, Dimension.TRAIN_GEN})
    media_type: str = ""

    def reaches(self, audience: Iterable[str]) -> bool:
        """Whether words addressed to `audience` (empty for everyone) are for the crawler asked about."""
        tokens = tuple(audience)
        return not tokens or "*" in tokens or (bool(self.crawler) and self.crawler.lower() in tokens)


def cut(raw: bytes) -> bytes:
    return raw[:MAX_RAW]


def excerpt(value: object) -> str:
    """A stranger's value as it is quoted in a sentence."""
    return repr(str(value)[:60])


Words = Mapping[str, Saying]
