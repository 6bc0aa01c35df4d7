"""What every matching engine answers: which catalogue items, or umbrella rules, the rows of a corpus name.

An engine is asked batch by batch and answers with arrays, so that a corpus of any size costs the memory of one
batch. It finds; it does not judge: contradicting hits (an ISRC of one recording, the title of another) are all
reported, and `core.decision` answers for each.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

StringColumn: TypeAlias = Any
"""A `pyarrow` Array or ChunkedArray of string, large_string, string_view or dictionary of string."""

COLUMNS: Final = ("isrc", "iswc", "gtin", "youtube", "artist", "title")


class How(IntEnum):
    """By which mark a row was recognised. The number is what is stored; a new way is added at the end."""

    ISRC = 0
    ISWC = 1
    GTIN = 2
    YOUTUBE = 3
    TEXT = 4
    ISRC_PREFIX = 5
    LYRICS = 6


HOW_TITLES: Final = {
    How.ISRC: "the same ISRC",
    How.ISWC: "the same ISWC",
    How.GTIN: "the same release (GTIN)",
    How.YOUTUBE: "the same YouTube video",
    How.TEXT: "the same artist and title after folding",
    How.ISRC_PREFIX: "an ISRC with a reserved prefix",
    How.LYRICS: "words of the same lyric",
}


@dataclass(frozen=True, slots=True)
class CorpusBatch:
    """Some rows of a corpus. Every column that is there has the same length; cells stand as they were read.

    A cell may hold several identifiers, parted by a space, comma, semicolon or bar.
    """

    isrc: StringColumn | None = None
    iswc: StringColumn | None = None
    gtin: StringColumn | None = None
    youtube: StringColumn | None = None
    artist: StringColumn | None = None
    title: StringColumn | None = None

    def __len__(self) -> int:
        return next((len(column) for column in map(self.column, COLUMNS) if column is not None), 0)

    def column(self, name: str) -> StringColumn | None:
        return getattr(self, name)


@dataclass(frozen=True, slots=True)
class Matches:
    """What was found, sorted by row, then by `how`, then by item or umbrella. Several a row are possible.

    Attributes:
        row: int64, place in the batch.
        item: int64, row of the snapshot's item table; -1 where only an umbrella rule applies.
        umbrella: int32, number of the umbrella rule; -1 where an item was found.
        how: uint8, a `How`.
    """

    row: NDArray[np.int64]
    item: NDArray[np.int64]
    umbrella: NDArray[np.int32]
    how: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.row)


class Matcher(Protocol):
    """An engine over a snapshot. Safe to ask from several threads; holds no state between batches."""

    def ask(self, batch: CorpusBatch) -> Matches: ...
