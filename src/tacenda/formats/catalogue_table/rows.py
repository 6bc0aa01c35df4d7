"""What a reader of catalogue files yields: a row with its cells, or why it could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from tacenda.errors import Unreadable

Cell = str | int | float | bool | date | tuple[str, ...] | None
"""A cell: always text in CSV; typed in JSON Lines, XLSX and Parquet. `date` stands for `datetime` too."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a stranger's file may ask of us. Beyond it a row, or the file, is refused.

    Attributes:
        field_characters: of one cell.
        line_bytes: of one line; a longer one is skipped without being kept.
        quoted_lines: lines that one row may span by quoted line breaks; what a lost quote can swallow.
        columns: of one table.
        json_depth: brackets within brackets in one line.
        zip_bytes, zip_ratio, zip_files: what the directory of an XLSX may promise.
        row_group_bytes: of one Parquet row group, decompressed.
        memory_bytes, cpu_seconds: of the process that reads an XLSX.
        wall_seconds: until it must have read the sheet; one that runs out of memory may hang.
    """

    field_characters: int = 1_000_000
    line_bytes: int = 4_000_000
    quoted_lines: int = 1_000
    columns: int = 1_000
    json_depth: int = 8
    zip_bytes: int = 200_000_000
    zip_ratio: int = 100
    zip_files: int = 1_000
    row_group_bytes: int = 1_000_000_000
    memory_bytes: int = 2 << 30
    cpu_seconds: int = 120
    wall_seconds: int = 180


LIMITS: Final = Limits()
SHOWN: Final = 200


class Row(NamedTuple):
    """One row.

    Attributes:
        line: 1-based line of the file where the row begins; of XLSX and Parquet the row (a header counts).
        offset: byte where the row begins, or -1 where that means nothing (XLSX, Parquet).
        cells: one for each column of the table.
    """

    line: int
    offset: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be read. `line` and `offset` say where; `value` is cut to 200 characters."""

    line: int
    offset: int
    rule: str
    value: str
    why: str

    def unreadable(self, name: str) -> Unreadable:
        """As every reader of many rows reports it."""
        place = f"{name}:{self.line}" + (f" (byte {self.offset})" if self.offset >= 0 else "")
        return Unreadable(place, "", self.rule, self.value, self.why)


def column_names(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Header cells as names that are unique and never empty.

    >>> column_names(["Title", "", "Title"])
    ('Title', 'column 2', 'Title (2)')
    """
    names: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(cells, 1):
        name = " ".join(str(cell).split())[:SHOWN] if cell is not None else ""
        name = name or f"column {place}"
        unique, count = name, 1
        while unique in taken:
            count += 1
            unique = f"{name} ({count})"
        taken.add(unique)
        names.append(unique)
    return tuple(names)
