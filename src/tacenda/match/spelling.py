"""The spelling table: rule 1 of folding (`tacenda.core.fold`) as an array that machine code reads.

Two levels: 4,352 pages of 256 characters, of which most are equal and kept once. A cell is a sign (its code point;
0 for none), `ITSELF`, or `SPELT_OUT` plus the place in `pool` where a length and that many signs stand.

A snapshot carries the table with which its keys were made, so a corpus is folded by the same edition of Unicode on
every machine, whatever its Python. Made in about half a second.
"""

import struct
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tacenda.core.fold import FOLD_VERSION, spelling_of
from tacenda.errors import IntegrityError

ITSELF: Final = 0xFFFFFFFF
SPELT_OUT: Final = 0x00200000
PAGE: Final = 256
PAGES: Final = (sys.maxunicode + 1) // PAGE
LONGEST: Final = 20
_HEAD: Final = struct.Struct("<8sIIII")
_MAGIC: Final = b"TACFOLD1"


@dataclass(frozen=True, slots=True)
class SpellingTable:
    """pages: uint16 (4352,); cells: uint32 (256 a page kept); pool: uint32."""

    pages: NDArray[np.uint16]
    cells: NDArray[np.uint32]
    pool: NDArray[np.uint32]
    fold_version: int = FOLD_VERSION

    def to_bytes(self) -> bytes:
        head = _HEAD.pack(_MAGIC, self.fold_version, len(self.pages), len(self.cells), len(self.pool))
        return head + self.pages.astype("<u2").tobytes() + self.cells.astype("<u4").tobytes() + self.pool.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes, where: str = "") -> "SpellingTable":
        """Read a table, checked so that no string can lead out of it.

        Raises:
            IntegrityError: ``fold.table`` when it is not a whole, sound table.
        """
        if len(data) < _HEAD.size:
            raise _unsound(where)
        magic, version, pages, cells, pool = _HEAD.unpack_from(data)
        if magic != _MAGIC or pages != PAGES or len(data) != _HEAD.size + 2 * pages + 4 * (cells + pool):
            raise _unsound(where)
        table = cls(
            np.frombuffer(data, "<u2", pages, _HEAD.size).astype(np.uint16),
            np.frombuffer(data, "<u4", cells, _HEAD.size + 2 * pages).astype(np.uint32),
            np.frombuffer(data, "<u4", pool, _HEAD.size + 2 * pages + 4 * cells).astype(np.uint32),
            version,
        )
        if not table._sound():
            raise _unsound(where)
        return table

    def _sound(self) -> bool:
        if len(self.cells) % PAGE or not len(self.cells) or int(self.pages.max()) >= len(self.cells) // PAGE:
            return False
        plain = self.cells[self.cells != ITSELF]
        places = plain[plain >= SPELT_OUT] - SPELT_OUT
        if not len(places):
            return True
        if int(places.max()) >= len(self.pool) or int(self.pool.max()) > sys.maxunicode:
            return False
        lengths = self.pool[places].astype(np.int64)
        return bool(lengths.max() <= LONGEST and (places + lengths).max() < len(self.pool))


def _unsound(where: str) -> IntegrityError:
    return IntegrityError(
        "fold.table", "The folding table is damaged.", hint="Fetch the snapshot again.", where=where
    )


@cache
def spelling_table() -> SpellingTable:
    """The table of this program's own folding and this Python's edition of Unicode."""
    pool: list[int] = []
    known: dict[str, int] = {}
    kept: dict[bytes, int] = {}
    pages = np.zeros(PAGES, np.uint16)
    for page in range(PAGES):
        cells = np.array([_cell(code, pool, known) for code in _codes(page)], np.uint32)
        pages[page] = kept.setdefault(cells.tobytes(), len(kept))
    cells = np.frombuffer(b"".join(kept), np.uint32)
    return SpellingTable(pages, cells, np.array(pool, np.uint32))


def _codes(page: int) -> range:
    return range(page * PAGE, (page + 1) * PAGE)


def _cell(code: int, pool: list[int], known: dict[str, int]) -> int:
    character = chr(code)
    if unicodedata.category(character) in ("Cn", "Co", "Cs"):
        return ord(" ")
    spelt = spelling_of(character)
    if spelt == character:
        return ITSELF if character.isalnum() or code > 0x7F else code
    if len(spelt) <= 1:
        return ord(spelt) if spelt else 0
    place = known.get(spelt)
    if place is None:
        place = known[spelt] = len(pool)
        pool.append(len(spelt))
        pool.extend(map(ord, spelt))
    return SPELT_OUT + place


def arrays(table: SpellingTable) -> tuple[Any, Any, Any]:
    return table.pages, table.cells, table.pool
