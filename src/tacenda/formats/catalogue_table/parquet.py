"""Parquet, read a batch at a time from one row group after the other. Structs are read one level deep."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from tacenda.errors import InputError
from tacenda.formats.catalogue_table.rows import LIMITS, SHOWN, BadRow, Cell, Limits, Row

BATCH_ROWS: Final = 10_000


@dataclass(frozen=True, slots=True)
class ParquetFacts:
    columns: tuple[str, ...]
    rows: int


def parquet_facts(path: Path, limits: Limits = LIMITS) -> ParquetFacts:
    """Columns (structs one level deep) and number of rows, from the footer.

    Raises:
        InputError: ``parquet.form``, ``parquet.limits``.
    """
    with _opened(path) as file:
        found = file.metadata
        largest = max((found.row_group(i).total_byte_size for i in range(found.num_row_groups)), default=0)
        if largest > limits.row_group_bytes or found.num_columns > limits.columns:
            raise InputError(
                "parquet.limits",
                f"A row group has {largest} bytes and the table {found.num_columns} columns: too much.",
                hint="Write it with smaller row groups and only the columns that matter.",
                where=str(path),
            )
        names = pa.Table.from_batches([], schema=file.schema_arrow).flatten().column_names
        return ParquetFacts(tuple(names), found.num_rows)


def _opened(path: Path) -> Any:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError(
        "parquet.form",
        f"The Parquet file cannot be read: {str(error)[:SHOWN]}",
        hint="Write it again, or export CSV in UTF-8.",
        where=str(path),
    )


def parquet_rows(path: Path, columns: Sequence[str]) -> Iterator[Row | BadRow]:
    """Rows with one cell for each of `columns`; `line` counts rows from 1."""
    number = 0
    tops = sorted({column.split(".", 1)[0] for column in columns} | set(columns))
    with _opened(path) as file:
        present = [top for top in tops if top in file.schema_arrow.names]
        batches = file.iter_batches(batch_size=BATCH_ROWS, columns=present)
        while True:
            try:
                batch = next(batches, None)
            except (pa.ArrowException, OSError) as error:
                raise _damaged(path, error) from error
            if batch is None:
                return
            table = pa.Table.from_batches([batch]).flatten()
            lists = [
                table.column(name).to_pylist() if name in table.column_names else [None] * table.num_rows
                for name in columns
            ]
            for cells in zip(*lists, strict=True):
                number += 1
                yield Row(number, -1, [_cell(cell) for cell in cells])


def _cell(cell: Any) -> Cell:
    if cell is None or isinstance(cell, str | bool | int | float | date | datetime):
        return cell
    if isinstance(cell, list) and all(entry is None or isinstance(entry, str | int) for entry in cell):
        return tuple(str(entry) for entry in cell if entry is not None)
    return None if isinstance(cell, bytes | dict | list) else str(cell)
