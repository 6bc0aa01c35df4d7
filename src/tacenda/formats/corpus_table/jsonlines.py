"""JSON Lines as chunks: Arrow's reader where every line of a block is an object with texts, else line by line.

Objects may be nested one level (``meta.title``). A line that is no JSON object is unreadable; a field that is
missing is null. Integers and other plain values are read as their text.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
from pyarrow import json as arrow_json

from tacenda.formats.corpus_table.blocks import MAX_LINE, UTF8, Block, line_blocks
from tacenda.formats.corpus_table.chunk import BadRow, Chunk, bad_row
from tacenda.formats.corpus_table.jsonvalues import flatten
from tacenda.formats.corpus_table.source import Source

_STRINGS: Final = pa.string()


def read_json_lines(source: Source, wanted: Sequence[str]) -> Iterator[Chunk]:
    """The rows of `source` with the columns `wanted`, a chunk a block."""
    schema = _schema(wanted)
    for block in line_blocks(source.path, source.encoding, source.carriage_returns):
        if block.oversize:
            why = f"The line is longer than {MAX_LINE} bytes"
            text = block.data.decode(UTF8, "replace")
            bad = bad_row(source.name, block.line, "row.size", text, why, offset=block.offset)
            nothing = pa.array([], _STRINGS)
            yield Chunk(source.name, np.zeros(0, np.int64), dict.fromkeys(wanted, nothing), (bad,))
            continue
        chunk = _fast(source, block, wanted, schema) if wanted else None
        yield chunk if chunk is not None else _careful(source, block, wanted)


def _schema(wanted: Sequence[str]) -> Any:
    """The wanted columns as an Arrow schema, nested ones as structs."""
    fields: dict[str, list[str] | None] = {}
    for name in wanted:
        outer, dot, inner = name.partition(".")
        if dot:
            members = fields.setdefault(outer, [])
            if members is not None:
                members.append(inner)
        else:
            fields[name] = None
    return pa.schema(
        [
            pa.field(name, _STRINGS if members is None else pa.struct([(inner, _STRINGS) for inner in members]))
            for name, members in fields.items()
        ]
    )


def _fast(source: Source, block: Block, wanted: Sequence[str], schema: Any) -> Chunk | None:
    data = block.data
    lines = data.count(b"\n")
    if b"\n\n" in data or b"\n\r\n" in data or data[:1] != b"{":
        return None
    try:
        data.decode(UTF8)
        table = arrow_json.read_json(
            pa.BufferReader(data),
            arrow_json.ReadOptions(use_threads=False, block_size=max(len(data), 1024)),
            arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError):
        return None
    if table.num_rows != lines:
        return None
    columns = {name: _column(table, name) for name in wanted}
    return Chunk(source.name, np.arange(block.line, block.line + lines, dtype=np.int64), columns)


def _column(table: Any, name: str) -> Any:
    outer, dot, inner = name.partition(".")
    column = table.column(outer).combine_chunks() if dot else table.column(name).combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0)
    return column.flatten()[column.type.get_field_index(inner)] if dot else column


def _careful(source: Source, block: Block, wanted: Sequence[str]) -> Chunk:
    cells: list[list[str | None]] = [[] for _ in wanted]
    lines: list[int] = []
    bad: list[BadRow] = []
    offset = block.offset
    for line, raw in enumerate(block.data.split(b"\n")[:-1], block.line):
        if raw.strip():
            fields, rule, why = _object(raw)
            if rule:
                text = raw[:800].decode(UTF8, "replace")
                bad.append(bad_row(source.name, line, rule, text, why, offset=offset))
            else:
                lines.append(line)
                for column, name in zip(cells, wanted, strict=True):
                    column.append(fields.get(name))
        offset = offset + len(raw) + 1 if offset >= 0 else -1
    columns = {name: pa.array(column, _STRINGS) for name, column in zip(wanted, cells, strict=True)}
    return Chunk(source.name, np.array(lines, np.int64), columns, tuple(bad))


def _object(raw: bytes) -> tuple[dict[str, str], str, str]:
    """The fields of the line's object; or a rule and a sentence that say why there are none."""
    try:
        document = json.loads(raw.decode(UTF8))
        if not isinstance(document, dict):
            return {}, "json.object", "The line is JSON but no object"
        fields = flatten(document)
        "".join(fields.values()).encode(UTF8)
    except UnicodeDecodeError as error:
        return {}, "text.encoding", f"Byte {error.start} of the row is not UTF-8"
    except UnicodeEncodeError:
        return {}, "json.surrogate", "A text holds half a character (a lone surrogate)"
    except RecursionError:
        return {}, "json.depth", "The line is nested too deeply"
    except ValueError as error:
        return {}, "json.syntax", f"The line is not JSON: {str(error)[:100]}"
    return fields, "", ""
