"""What the readers give out: some rows of one file as string columns, and what could not be read beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tacenda.errors import Unreadable


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be read: the line on which it begins, and what is wrong with it."""

    line: int
    what: Unreadable


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of one file, in order.

    Attributes:
        source: name of the file.
        lines: int64, the line (Parquet: the row, from 1) on which each readable row begins, ascending.
        columns: the wanted columns as `pyarrow` string arrays of equal length; a column that is absent from these
            rows is all null.
        bad: the rows in between that could not be read. `len(lines) + len(bad)` is the number of rows.
    """

    source: str
    lines: NDArray[np.int64]
    columns: Mapping[str, Any]
    bad: tuple[BadRow, ...] = ()

    def __len__(self) -> int:
        return len(self.lines) + len(self.bad)


def bad_row(source: str, line: int, rule: str, value: str, why: str, column: str = "", offset: int = -1) -> BadRow:
    """A `BadRow` with its value cut to 200 characters and its byte offset, if known, in the sentence."""
    place = f" (byte {offset})" if offset >= 0 else ""
    return BadRow(line, Unreadable(f"{source}:{line}", column, rule, value[:200], why.rstrip(".") + place + "."))
