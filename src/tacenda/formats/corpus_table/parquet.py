"""Parquet as chunks of texts. Numbers become their digits, lists their members joined by ``; ``, structs one
level.

A row group that cannot be read makes each of its rows unreadable; the other row groups are read.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tacenda.formats.corpus_table.chunk import Chunk, bad_row
from tacenda.formats.corpus_table.source import Source

BATCH_ROWS: Final = 1 << 16


def leaf_columns(schema: Any) -> tuple[str, ...]:
    """The columns that can be read as texts: plain ones, lists of plain ones, and members of structs."""
    names = []
    for field in schema:
        if pa.types.is_struct(field.type):
            names += [f"{field.name}.{inner.name}" for inner in field.type if _plain(inner.type)]
        elif _plain(field.type):
            names.append(field.name)
    return tuple(names)


def _plain(kind: Any) -> bool:
    if pa.types.is_dictionary(kind) or _is_list(kind):
        return _plain(kind.value_type)
    return not (pa.types.is_nested(kind) or _is_binary(kind))


def _is_list(kind: Any) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def _is_binary(kind: Any) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def as_texts(batch: Any, columns: Sequence[str]) -> Mapping[str, Any]:
    """The columns of a record batch as string arrays."""
    return {name: _text(_column(batch, name)) for name in columns}


def _column(batch: Any, name: str) -> Any:
    place = batch.schema.get_field_index(name)
    if place >= 0:
        return batch.column(place)
    outer, _, inner = name.partition(".")
    return pc.struct_field(batch.column(outer), [inner])


def _text(column: Any) -> Any:
    kind = column.type
    if pa.types.is_string(kind):
        return column
    if pa.types.is_dictionary(kind):
        return _text(column.dictionary_decode())
    if _is_list(kind):
        kind = pa.list_(pa.string())
        return pc.binary_join(column.cast(kind), "; ")
    return column.cast(pa.string())


def read_parquet(source: Source, wanted: Sequence[str]) -> Iterator[Chunk]:
    """The rows of `source` with the columns `wanted`, row group by row group, at most 65,536 rows a chunk."""
    with pq.ParquetFile(source.path, memory_map=True) as file:
        names = list(wanted) or list(source.columns[:1])
        first = 1
        for group in range(file.metadata.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            done = 0
            try:
                for batch in file.iter_batches(BATCH_ROWS, [group], names):
                    lines = np.arange(first + done, first + done + batch.num_rows, dtype=np.int64)
                    yield Chunk(source.name, lines, as_texts(batch, wanted))
                    done += batch.num_rows
            except (pa.ArrowException, OSError) as error:
                yield from _lost(source, wanted, first + done, rows - done, group, str(error))
            first += rows


def _lost(
    source: Source, wanted: Sequence[str], first: int, count: int, group: int, error: str
) -> Iterator[Chunk]:
    why = f"Row group {group} cannot be read: {error.splitlines()[0][:150] if error else 'damaged'}"
    nothing = dict.fromkeys(wanted, pa.array([], pa.string()))
    for start in range(first, first + count, BATCH_ROWS):
        stop = min(start + BATCH_ROWS, first + count)
        bad = tuple(bad_row(source.name, row, "parquet.row_group", "", why) for row in range(start, stop))
        yield Chunk(source.name, np.zeros(0, np.int64), nothing, bad)
