"""Delimited text (CSV, TSV, ``<SEP>``) as chunks: fast where a block is clean, careful where it is not.

A block of some megabytes goes to Arrow's reader when every physical line of it is one row of the right width.
Anything else in the block (a quoted line break, a ragged row, a byte that is not UTF-8, a NUL, a lone CR, an empty
line) sends that block alone through the careful reader, which judges row by row and loses none:

* a row with too many cells is read when the surplus is empty, or when the file is not comma-like and its last
  named column is not one that is used (ragged tags); otherwise it is unreadable, since its cells may have shifted;
* a row with too few cells is unreadable;
* a quote that is not closed within 100 lines, or closes into a row of the wrong width, makes the line on which
  it was opened unreadable, and reading goes on at the next line.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from tacenda.formats.corpus_table.blocks import MAX_LINE, UTF8, Block, line_blocks
from tacenda.formats.corpus_table.chunk import BadRow, Chunk, bad_row
from tacenda.formats.corpus_table.source import SEP, Source

MAX_RECORD_LINES: Final = 100
_UNIT: Final = "\x1f"


def read_delimited(source: Source, wanted: Sequence[str]) -> Iterator[Chunk]:
    """The rows of `source` with the columns `wanted`, a chunk a block."""
    reader = _Careful(source, tuple(wanted))
    carry: Block | None = None
    for block in line_blocks(source.path, source.encoding, source.carriage_returns):
        block = _without_header(source, block)
        if block.oversize:
            if carry is not None:
                yield reader.read(carry, last=True)[0]
                carry = None
            yield _oversize(source, block, wanted)
            continue
        if carry is not None:
            block = Block(carry.data + block.data, carry.line, carry.offset, block.last)
            carry = None
        chunk = _fast(source, block, wanted)
        if chunk is None:
            chunk, carry = reader.read(block, last=False)
        if len(chunk):
            yield chunk
    if carry is not None:
        yield reader.read(carry, last=True)[0]


def _without_header(source: Source, block: Block) -> Block:
    """The block less the lines before the first one with data."""
    data, line, offset = block.data, block.line, block.offset
    while line < source.data_line and data:
        end = data.find(b"\n") + 1 or len(data)
        data, line, offset = data[end:], line + 1, offset + end if offset >= 0 else -1
    return Block(data, line, offset, block.last, block.oversize)


def _oversize(source: Source, block: Block, wanted: Sequence[str]) -> Chunk:
    text = block.data.decode(UTF8, "replace")
    bad = bad_row(
        source.name, block.line, "row.size", text, f"The line is longer than {MAX_LINE} bytes", offset=block.offset
    )
    nothing = pa.array([], pa.string())
    return Chunk(source.name, np.zeros(0, np.int64), dict.fromkeys(wanted, nothing), (bad,))


def _fast(source: Source, block: Block, wanted: Sequence[str]) -> Chunk | None:
    """The block by Arrow's reader, or None where it is not plainly one row a line."""
    data = block.data
    delimiter = source.delimiter
    if not data or b"\0" in data or data.count(b"\r") != data.count(b"\r\n"):
        return None
    if delimiter == SEP:
        if _UNIT.encode() in data:
            return None
        data, delimiter = data.replace(SEP.encode(), _UNIT.encode()), _UNIT
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
    if source.quoted and b'"' in data:
        quotes = np.flatnonzero(np.frombuffer(data, np.uint8) == 34)
        if (np.searchsorted(quotes, ends) & 1).any():
            return None
    if b"\n\n" in data or b"\n\r\n" in data or data[:1] in (b"\r", b"\n"):
        return None
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(data),
            arrow_csv.ReadOptions(
                column_names=list(source.columns), use_threads=False, block_size=max(len(data), 1024)
            ),
            arrow_csv.ParseOptions(
                delimiter=delimiter, quote_char='"' if source.quoted else False, ignore_empty_lines=False
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(source.columns, pa.string()), include_columns=list(wanted)
            ),
        )
    except pa.ArrowInvalid:
        return None
    if (table.num_rows != len(ends)) if wanted else False:
        return None
    lines = np.arange(block.line, block.line + len(ends), dtype=np.int64)
    columns = {name: table.column(name).combine_chunks() for name in wanted}
    return Chunk(source.name, lines, {name: _one(column) for name, column in columns.items()})


def _one(column: Any) -> Any:
    """A ChunkedArray of one chunk as an array."""
    return column.chunk(0) if isinstance(column, pa.ChunkedArray) and column.num_chunks == 1 else column


@dataclass(slots=True)
class _Rows:
    """Rows being gathered by the careful reader."""

    cells: list[list[str]]
    lines: list[int] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


class _Careful:
    """Reads a block row by row; see the rules of the module."""

    def __init__(self, source: Source, wanted: tuple[str, ...]) -> None:
        self.source = source
        self.wanted = wanted
        self.places = [source.columns.index(name) for name in wanted]
        self.width = len(source.columns)
        self.ragged_ok = source.delimiter in ("\t", "|", SEP) and (self.width - 1) not in self.places

    def read(self, block: Block, *, last: bool) -> tuple[Chunk, Block | None]:
        """The rows of the block, and the beginning of a row that goes on in the next block."""
        rows = _Rows([[] for _ in self.places])
        raw = block.data.split(b"\n")[:-1]
        place, offset, rest = 0, block.offset, None
        while place < len(raw):
            used = self._row(rows, raw, place, block.line + place, offset, last or block.last)
            if used == 0:
                left = b"\n".join(raw[place:]) + b"\n"
                rest = Block(left, block.line + place, offset)
                break
            if offset >= 0:
                offset += sum(len(line) + 1 for line in raw[place : place + used])
            place += used
        columns = {name: pa.array(cells, pa.string()) for name, cells in zip(self.wanted, rows.cells, strict=True)}
        chunk = Chunk(self.source.name, np.array(rows.lines, np.int64), columns, tuple(rows.bad))
        return chunk, rest

    def _row(self, rows: _Rows, raw: list[bytes], place: int, line: int, offset: int, last: bool) -> int:
        """Take the row that begins at `place`; how many physical lines it took, 0 if it may not be whole yet."""
        data = raw[place].rstrip(b"\r")
        if not data:
            return 1
        trouble = _trouble(data)
        if trouble:
            self._bad(rows, line, *trouble, data=data, offset=offset)
            return 1
        text = data.decode(UTF8)
        cells = self._cells(text)
        if self.source.quoted and text.count('"') % 2 and self._open(text):
            return self._quoted(rows, raw, place, line, offset, last)
        self._take(rows, cells, line, text, offset)
        return 1

    def _quoted(self, rows: _Rows, raw: list[bytes], place: int, line: int, offset: int, last: bool) -> int:
        """A row whose quote is still open at the end of its line."""
        taken = [raw[place].rstrip(b"\r")]
        for further in range(place + 1, min(len(raw), place + MAX_RECORD_LINES)):
            taken.append(raw[further].rstrip(b"\r"))
            if raw[further].count(b'"') % 2 == 0:
                continue
            data = b"\n".join(taken)
            if not _trouble(data):
                text = data.decode(UTF8)
                cells = self._cells(text)
                if self._fits(cells):
                    self._take(rows, cells, line, text, offset)
                    return further - place + 1
            break
        else:
            if not last and len(raw) < place + MAX_RECORD_LINES:
                return 0
        why = "A quote is opened and not closed"
        self._bad(rows, line, "csv.quote", why, data=taken[0], offset=offset)
        return 1

    def _cells(self, text: str) -> list[str] | None:
        """The cells of one record, or None when it is no record."""
        if self.source.delimiter == SEP:
            return text.split(SEP)
        try:
            parsed = list(csv.reader(io.StringIO(text, newline=""), **self._dialect(text)))
        except csv.Error:
            return None
        return parsed[0] if len(parsed) == 1 else None

    def _open(self, text: str) -> bool:
        """Whether a quote is still open at the end of the line, so that the row goes on."""
        try:
            reader = csv.reader(iter([text + "\n", "\n"]), **self._dialect(text))
            next(reader)
        except csv.Error:
            return False
        return reader.line_num > 1

    def _dialect(self, text: str) -> dict[str, Any]:
        """Tab-separated lines with a stray quote are taken literally: tabs inside names do not happen."""
        literal = self.source.delimiter == "\t" and text.count('"') % 2 == 1 and "\n" not in text
        return {"delimiter": self.source.delimiter, "quoting": csv.QUOTE_NONE if literal else csv.QUOTE_MINIMAL}

    def _fits(self, cells: list[str] | None) -> bool:
        """Whether the cells make a row."""
        if cells is None or len(cells) < self.width:
            return False
        return self.ragged_ok or not any(cells[self.width :])

    def _take(self, rows: _Rows, cells: list[str] | None, line: int, text: str, offset: int) -> None:
        if cells is None:
            self._bad(rows, line, "row.cells", "The row could not be cut into cells", text=text, offset=offset)
        elif not self._fits(cells):
            why = f"The row has {len(cells)} cells where the header has {self.width}"
            self._bad(rows, line, "row.columns", why, text=text, offset=offset)
        else:
            rows.lines.append(line)
            for column, place in zip(rows.cells, self.places, strict=True):
                column.append(cells[place])

    def _bad(
        self, rows: _Rows, line: int, rule: str, why: str, *, text: str = "", data: bytes = b"", offset: int
    ) -> None:
        value = text or data[:800].decode(UTF8, "replace")
        rows.bad.append(bad_row(self.source.name, line, rule, value, why, offset=offset))


def _trouble(data: bytes) -> tuple[str, str] | None:
    """Rule and sentence for bytes that cannot be a row of text, else None."""
    if b"\0" in data:
        return "text.nul", "The row holds a NUL byte"
    if b"\r" in data:
        return "text.cr", "The row holds a carriage return that ends no line"
    try:
        data.decode(UTF8)
    except UnicodeDecodeError as error:
        return (
            "text.encoding",
            f"Byte {error.start} of the row is not UTF-8; give --encoding if the file is another",
        )
    return None
