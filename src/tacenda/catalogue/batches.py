"""The rows of a file read, checked and freed of duplicates, in batches that depend on the file alone."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from tacenda.catalogue.columns import ColumnMap
from tacenda.catalogue.plan import ImportPlan
from tacenda.catalogue.quick import QuickReader
from tacenda.catalogue.rows import Outcome, RowReader, Trouble, is_own, restored, trouble_of_bad_row
from tacenda.catalogue.seen import NEW, SeenIds, hashes_of
from tacenda.core.item_columns import ItemColumns, columns_of
from tacenda.formats.catalogue_table.rows import BadRow, Cell, Row
from tacenda.formats.catalogue_table.table import read
from tacenda.ports import ITEM_COLUMNS

BATCH_ROWS: Final = 50_000
BATCH_CHARACTERS: Final = 32_000_000
PIECE_ROWS: Final = 2_000
PIECE_CHARACTERS: Final = 1_000_000
ID: Final = ITEM_COLUMNS.index("id")


@dataclass(slots=True)
class Batch:
    """Some rows of the file, read and checked.

    Attributes:
        rows: how many rows of the file it covers, bad ones included.
        items: those to be put, as columns, each id once in the whole file.
        offset: byte where its last row begins, or -1.
        ends: of a piece, whether the batch ends with it.
    """

    rows: int
    items: list[ItemColumns]
    troubles: list[Trouble]
    left_out: list[Row]
    offset: int
    ends: bool = True


def batches(plan: ImportPlan, batch_rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """The rows of the plan's file in batches of `batch_rows` rows.

    A batch ends early when it holds `BATCH_CHARACTERS`. Where it ends depends on the file alone, so a resumed
    import ends its batches at the same rows.
    """
    return gathered(pieces(plan, batch_rows))


def pieces(plan: ImportPlan, batch_rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """The batches in pieces of at most `PIECE_ROWS` rows, to be sent from one process to another as they come."""
    reader = CheckedRows(plan.table.columns, plan.mapping, plan.catalogue)
    seen = SeenIds()
    rows = read(plan.table)
    in_batch = characters = 0
    while True:
        piece, size = _piece(islice(rows, min(PIECE_ROWS, batch_rows - in_batch)), reader, seen)
        if not piece.rows:
            return
        in_batch += piece.rows
        characters += size
        piece.ends = in_batch >= batch_rows or characters >= BATCH_CHARACTERS
        if piece.ends:
            in_batch = characters = 0
        yield piece


def gathered(parts: Iterable[Batch]) -> Iterator[Batch]:
    """Pieces put together to batches; the last one ends with the file. Keeps no batch that it has handed out."""
    batch = Batch(0, [], [], [], -1)
    for part in parts:
        batch.rows += part.rows
        batch.items += part.items
        batch.troubles += part.troubles
        batch.left_out += part.left_out
        batch.offset = part.offset
        if part.ends:
            done = [batch]
            batch = Batch(0, [], [], [], -1)
            del part
            yield done.pop()
    if batch.rows:
        yield batch


class CheckedRows:
    """Rows as columns of items: the plain ones quickly, the others with all that is wrong with them."""

    def __init__(self, columns: Sequence[str], mapping: ColumnMap, catalogue: str) -> None:
        self._quick = QuickReader(columns, mapping, catalogue)
        self._full = RowReader(columns, mapping, catalogue)
        self._restored = is_own(columns)

    def __call__(self, row: Row) -> tuple[ItemColumns | None, Sequence[Trouble]]:
        """The columns, or None when the row is left out, and its troubles."""
        found = self._quick(restored(row.cells) if self._restored else row.cells)
        if found is not None:
            return found, ()
        item, troubles = self._full(row)
        return (None if item is None else columns_of(item)), troubles


def _piece(rows: Iterator[Row | BadRow], reader: CheckedRows, seen: SeenIds) -> tuple[Batch, int]:
    """A few rows, each checked while it is warm, and how many characters they hold. Ends at `PIECE_CHARACTERS`."""
    items: list[ItemColumns] = []
    batch = Batch(0, items, [], [], -1)
    origins: list[Row] = []
    count = size = 0
    for row in rows:
        count += 1
        batch.offset = row.offset
        if isinstance(row, BadRow):
            batch.troubles.append(trouble_of_bad_row(row))
            continue
        size += _characters(row.cells)
        item, troubles = reader(row)
        if troubles:
            batch.troubles += troubles
        if item is None:
            batch.left_out.append(row)
        else:
            items.append(item)
            origins.append(row)
        if size >= PIECE_CHARACTERS:
            break
    batch.rows = count
    before = seen.add(hashes_of([item[ID] for item in items]), np.array([row.line for row in origins], np.int64))
    repeated = np.flatnonzero(before != NEW).tolist()
    for place in repeated:
        batch.troubles.append(_duplicate(origins[place], int(before[place]), items[place]))
        batch.left_out.append(origins[place])
    for place in reversed(repeated):
        del items[place]
    if repeated:
        batch.troubles.sort(key=lambda found: found.line)
        batch.left_out.sort(key=lambda row: row.line)
    return batch, size


def _characters(cells: Sequence[Cell]) -> int:
    try:
        return sum(map(len, cells))  # type: ignore[arg-type]  # CSV: all cells are text
    except TypeError:
        return sum(len(cell) if isinstance(cell, str | tuple) else 8 for cell in cells)


def _duplicate(row: Row, line: int, columns: ItemColumns) -> Trouble:
    item = dict(zip(ITEM_COLUMNS, columns, strict=True))
    codes = [f"{name}:{code}" for name in ("gtin", "isrc", "iswc", "youtube") for code in item[name].split()]
    codes += json.loads(item["other_ids"])
    name = min(codes, default=f"{item['artist']} – {item['title']}")
    why = f"Line {line} names the same {item['kind']}; that row was taken."
    return Trouble(row.line, row.offset, "", "row.duplicate", Outcome.ROW_LEFT_OUT, name[:200], why)
