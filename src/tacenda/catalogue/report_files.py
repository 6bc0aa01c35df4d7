"""The files that an import leaves behind: what is wrong, which rows were left out, which items the file lacks.

Written while rows stream by; nothing is kept in memory. Each file grows under a temporary name and takes its own
when the run is over, so that a file with its name is complete.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from tacenda.catalogue.rows import Trouble
from tacenda.catalogue.values import join_list, plain
from tacenda.formats.catalogue_table.neutral import OWN_MARKS, NeutralWriter, restore
from tacenda.formats.catalogue_table.rows import Cell, Row
from tacenda.formats.catalogue_table.table import Table

ERROR_COLUMNS = ("file", "line", "byte_offset", "column", "rule", "outcome", "value", "why", "suggestion")


class _Growing:
    """A CSV that is made when its first row comes."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self._part = path.with_name(path.name + ".part")
        self._columns = columns
        self._stream: TextIO | None = None
        self._writer: NeutralWriter | None = None
        self.rows = 0

    def write(self, cells: Sequence[object]) -> None:
        if self._writer is None:
            self._stream = self._part.open("w", encoding="utf-8", newline="", errors="backslashreplace")
            self._writer = NeutralWriter(self._stream, self._columns)
        self._writer.write(cells)
        self.rows += 1

    def close(self, *, complete: bool) -> None:
        """Give the file its name, or leave nothing under it when there was no row."""
        if self._stream is not None:
            self._stream.close()
            if complete:
                self._part.replace(self.path)
        elif complete:
            self.path.unlink(missing_ok=True)


class ReportFiles:
    """``errors.csv``, ``rejected.csv`` and ``not_in_file.csv`` of one run. A context manager."""

    def __init__(self, folder: Path, table: Table) -> None:
        self._name = table.path.name
        self._own = bool(table.columns) and table.columns[0] in OWN_MARKS
        columns = table.columns[1:] if self._own else table.columns
        self.errors = _Growing(folder / "errors.csv", ERROR_COLUMNS)
        self.rejected = _Growing(folder / "rejected.csv", ("tacenda_line", *columns))
        self.absent = _Growing(folder / "not_in_file.csv", ("tacenda_item", "title", "artist", "isrc"))

    def __enter__(self) -> "ReportFiles":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        for one in (self.errors, self.rejected, self.absent):
            one.close(complete=kind is None)

    def trouble(self, found: Trouble) -> None:
        """One line of the error file."""
        offset = found.offset if found.offset >= 0 else ""
        self.errors.write(
            (
                self._name,
                found.line,
                offset,
                found.column,
                found.rule,
                found.outcome.value,
                found.value,
                found.why,
                found.suggestion,
            )
        )

    def left_out(self, row: Row) -> None:
        """A row that was cut into cells but not imported, as it stood, to be corrected and imported again."""
        cells = [_written(cell) for cell in row.cells]
        if self._own:
            cells = [restore(cell) for cell in cells[1:]]
        self.rejected.write((row.line, *cells))


def _written(cell: Cell) -> str:
    return join_list(cell) if isinstance(cell, tuple) else plain(cell)
