"""``Content-Signal`` in robots.txt: the Content Signals policy (September 2025), and its fourth key of July 2026.

``search=yes, ai-input=no, ai-train=no`` with ``yes`` and ``no``; a key that is absent "neither grants nor
restricts". ``use=immediate|reference|full`` (beta) says how far a use may go: `reference` is what its absence
means too, so stating it grants nothing, and refuses only ``full``. We never write ``full``, nor any ``yes``.

The line knows no path, and it is not an RFC 9651 Dictionary: keys and values are read without regard to case, an
unknown key or value says nothing. Where one key stands twice, ``no`` wins, and of two ``use`` the narrower.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tacenda.core.preference import Preference, combine
from tacenda.core.vocabulary import Use, uses_reached

SIGNALS: Final = ("search", "ai-input", "ai-train")
EXTENTS: Final = ("immediate", "reference", "full")
MAX_PARTS: Final = 100


@dataclass(frozen=True, slots=True)
class ContentSignal:
    """What one line says.

    Attributes:
        preferences: of `SIGNALS` that are stated.
        use: one of `EXTENTS`, or empty.
    """

    preferences: Mapping[str, Preference]
    use: str = ""


def parse_content_signal(value: str) -> ContentSignal:
    """Read the value of a line; at most 100 parts of it. Never fails: what cannot be read says nothing.

    >>> parse_content_signal("ai-train=no, use=reference").use
    'reference'
    """
    words = {"yes": Preference.ALLOW, "no": Preference.DENY}
    stated: dict[str, Preference] = {}
    extents: list[str] = []
    for part in value.split(",")[:MAX_PARTS]:
        key, _, word = part.partition("=")
        name, said = key.strip().lower(), word.strip().lower()
        if name == "use" and said in EXTENTS:
            extents.append(said)
        elif name in SIGNALS and said in words:
            stated[name] = combine((words[said], stated.get(name, Preference.UNKNOWN)))
    return ContentSignal(stated, min(extents, key=EXTENTS.index) if extents else "")


def render_content_signal(signal: ContentSignal) -> str:
    """The value of the line, in the order of `SIGNALS`, `use` last; empty when nothing is stated."""
    words = {Preference.ALLOW: "yes", Preference.DENY: "no"}
    parts = [f"{key}={words[signal.preferences[key]]}" for key in SIGNALS if signal.preferences.get(key) in words]
    return ", ".join([*parts, f"use={signal.use}"] if signal.use else parts)


def signal_extent(uses: Iterable[Use]) -> str:
    """How far a use may go beside a reservation of `uses`: empty when none of it is about that.

    ``full`` is refused where output that reproduces the content is reserved; ``reference``, which stores and
    indexes, where search and indexing for AI are reserved too.
    """
    reached = uses_reached(uses)
    if Use.GENERATE_OUTPUT not in reached:
        return ""
    return "immediate" if {Use.SEARCH, Use.INDEX_EMBED} <= reached else "reference"
