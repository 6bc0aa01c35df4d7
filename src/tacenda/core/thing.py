"""A thing that may be used: what it is, what copying it copies, and who claims what in it."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from tacenda.core.identifiers import Identifier
from tacenda.core.territory import WORLD, Territory
from tacenda.core.vocabulary import Capacity, Layer

WHOLE: Final = Fraction(1)

# What a copy of each kind of material copies. An audio file copies the recording, the performances on it, the
# work and its words; a text copies the words alone.
AUDIO: Final = frozenset({Layer.RECORDING, Layer.PERFORMANCE, Layer.WORK, Layer.LYRICS})
INSTRUMENTAL: Final = AUDIO - {Layer.LYRICS}
LYRIC_TEXT: Final = frozenset({Layer.LYRICS})
SHEET_MUSIC: Final = frozenset({Layer.WORK, Layer.LYRICS})


@dataclass(frozen=True, slots=True)
class Claim:
    """Someone's statement that a share of one layer is theirs. A claim, not a fact.

    Attributes:
        share: from 0 to 1 inclusive; None when the claimant stated none, which never counts as the whole.
        valid_from: first day, inclusive; None means always.
        valid_to: last day, inclusive; None means without end.
        source: where the claim was read, such as ``CSV catalogue.csv``.
    """

    party: str
    layer: Layer
    share: Fraction | None = WHOLE
    territory: Territory = WORLD
    capacity: Capacity = Capacity.OWNER
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""

    def holds(self, country: str, on: date) -> bool:
        """Whether the claim speaks for this country on this day."""
        return (
            country in self.territory
            and (self.valid_from is None or self.valid_from <= on)
            and (self.valid_to is None or on <= self.valid_to)
        )


@dataclass(frozen=True, slots=True)
class Thing:
    """A recording, work or text as the decision sees it.

    Attributes:
        layers: what copying it copies; never empty.
        label_keys: labels after `tacenda.core.fold.fold_text`.
        catalogues: ids of the catalogues that list it.
        doubts: what about it could not be read or contradicts itself; any doubt makes an answer that is not
            Reserved Unclear.
        embodied: of a recording, the work in it as a thing of its own, where a catalogue lists that work; then
            `core.strictness.decide_whole` decides both.
    """

    layers: frozenset[Layer]
    identifiers: frozenset[Identifier] = frozenset()
    label_keys: frozenset[str] = frozenset()
    ipi_name_numbers: frozenset[str] = frozenset()
    catalogues: frozenset[str] = frozenset()
    claims: tuple[Claim, ...] = ()
    doubts: tuple[str, ...] = ()
    embodied: "Thing | None" = None
