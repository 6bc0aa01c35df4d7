"""Verdicts as CSV text, rendered in one pass: each row once, and its first cells again for the list it goes to.

Texts stand in quotes, quotes in them twice; numbers stand bare; what is empty or unknown is an empty cell. Lines
end in LF. A text that a spreadsheet could take for a formula gets an apostrophe in front (`_RISKY`), and so does
one that begins with an apostrophe: whoever reads the CSV takes one apostrophe off (`lists.read_back`).

Columns come as Arrow arrays of a record batch: string, dictionary of string, int64 or int32. All are put into
three tables that machine code walks row by row: texts, words (each rendered once a batch), and numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.numpy_support import carray
from numpy.typing import NDArray

from tacenda.match.compiled import INNER, OUTER, Int

_EMPTY, _TEXT, _WORD, _NUMBER = 0, 1, 2, 3
_QUOTE, _APOSTROPHE, _COMMA, _LINE_FEED = 0x22, 0x27, 0x2C, 0x0A
_DIGITS = 21
_PIECE: Final = 1 << 20
_ONE: Final = np.uint64(1)
_RISKY: Final = np.zeros(256, np.bool_)
_RISKY[np.frombuffer(b"=+-@\t\r'", np.uint8)] = True


@dataclass(frozen=True, slots=True)
class Lines:
    """CSV lines of some rows: all of it, and the first cells of the rows of either list."""

    whole: memoryview
    kept: memoryview
    dropped: memoryview


def header(names: Sequence[str]) -> bytes:
    """The first line of a CSV file."""
    return (",".join(f'"{name}"' for name in names) + "\n").encode()


class CsvRows:
    """Renders record batches of one schema, some thousand rows at a time: what is in the processor's cache is
    written out before it leaves it.

    Args:
        first_cells: how many columns, from the left, the two lists have.
    """

    def __init__(self, first_cells: int) -> None:
        self._first_cells = first_cells
        self._room = [np.empty(0, np.uint8)] * 3

    def lines(self, batch: Any, dropped: NDArray[np.bool_]) -> Iterator[Lines]:
        """The rows of a batch in order. What is given out holds until the next is asked for.

        Args:
            dropped: of each row, whether it goes to the second of the two lists.
        """
        table = _Table()
        for column in batch.columns:
            table.add(column)
        room = _PIECE + table.longest_row()
        if len(self._room[0]) < room:
            self._room = [np.empty(room, np.uint8) for _ in range(3)]
        words, ends = table.words()
        columns = np.array(table.columns, np.int64)
        row = 0
        while row < len(batch):
            row, *used = _render(columns, words, ends, self._first_cells, dropped, row, *self._room)
            yield Lines(*(part[:end].data for part, end in zip(self._room, used, strict=True)))


class _Table:
    """The columns as machine code reads them, where they are: nothing is copied.

    Attributes:
        columns: kind, and for a text the addresses of its bytes and offsets (int32), for words that of their
            numbers (int32) and the number of the column's first word, for numbers that of the numbers (int64).
    """

    def __init__(self) -> None:
        self.columns: list[tuple[int, int, int]] = []
        self._words: list[bytes] = []
        self._held: list[Any] = []
        self._longest = 0

    def add(self, column: Any) -> None:
        if column.null_count == len(column):
            self.columns.append((_EMPTY, 0, 0))
        elif pa.types.is_dictionary(column.type):
            self._add_words(column)
        elif pa.types.is_integer(column.type):
            numbers = np.ascontiguousarray(column.to_numpy(zero_copy_only=False), np.int64)
            self._longest += _DIGITS
            self.columns.append((_NUMBER, self._address(numbers), 0))
        else:
            self._add_text(column)

    def _add_words(self, column: Any) -> None:
        words = [_cell(word) for word in column.dictionary.to_pylist()]
        indices = pc.fill_null(column.indices, -1) if column.null_count else column.indices
        codes = np.ascontiguousarray(indices.to_numpy(), np.int32)
        self.columns.append((_WORD, self._address(codes), len(self._words)))
        self._words += words
        self._longest += max(map(len, words), default=0)

    def _add_text(self, column: Any) -> None:
        if column.null_count:
            column = pc.fill_null(column, "")
        _, places, data = column.buffers()
        offsets = np.frombuffer(places, np.int32, len(column) + 1, column.offset * 4)
        raw = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
        self._held.append(column)
        self.columns.append((_TEXT, self._address(raw), self._address(offsets)))
        self._longest += 3 + 2 * int(np.diff(offsets).max(initial=0))

    def _address(self, values: NDArray[Any]) -> int:
        """Where the values are. They are held as long as this table."""
        self._held.append(values)
        return int(values.ctypes.data)

    def longest_row(self) -> int:
        """Bytes that a row needs at most: every byte of a text a quote, every number as long as it can be."""
        return self._longest + len(self.columns)

    def words(self) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
        """All words as they stand in cells, one after the other, and where they end."""
        ends = np.cumsum([0, *map(len, self._words)], dtype=np.uint64)
        return np.frombuffer(b"".join(self._words) or b"\0", np.uint8), ends


def _cell(text: str | None) -> bytes:
    """One text as a cell: the rule of this module in plain words."""
    raw = (text or "").encode()
    if not raw:
        return b""
    mark = b"'" if _RISKY[raw[0]] else b""
    return b'"' + mark + raw.replace(b'"', b'""') + b'"'


def _pointer_to(context: Any, address: Any) -> Any:
    def generate(_: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.inttoptr(values[0], cgutils.voidptr_t)

    return types.voidptr(address), generate


_array: Final[Any] = carray
_pointer: Final[Any] = intrinsic(_pointer_to)
"""An address as a pointer for `_array`."""

# All places below are unsigned, so that the compiler has no negative ones to look out for: this makes copying
# several times faster.


@INNER
def _put_text(texts: Any, start: Int, end: Int, out: Any, at: Int) -> Int:
    """Write texts[start:end] as a cell; the place after it."""
    if start == end:
        return at
    out[at] = _QUOTE
    at += _ONE
    if _RISKY[texts[start]]:
        out[at] = _APOSTROPHE
        at += _ONE
    quotes = np.uint64(0)
    for place in range(start, end):
        quotes += np.uint64(texts[place] == _QUOTE)
    if quotes == 0:
        at = _copy(texts, start, end, out, at)
    else:
        for place in range(start, end):
            out[at] = texts[place]
            at += _ONE
            if texts[place] == _QUOTE:
                out[at] = _QUOTE
                at += _ONE
    out[at] = _QUOTE
    return at + _ONE


@INNER
def _put_number(number: Int, out: Any, at: Int) -> Int:
    """Write a whole number in digits; the place after it."""
    if number < 0:
        out[at] = 0x2D
        at += _ONE
        number = -number
    size = _ONE
    rest = number // 10
    while rest > 0:
        size += _ONE
        rest //= 10
    for place in range(size):
        out[at + size - _ONE - place] = 0x30 + number % 10
        number //= 10
    return at + size


@INNER
def _copy(source: Any, start: Int, end: Int, out: Any, at: Int) -> Int:
    size = end - start
    for place in range(size):
        out[at + place] = source[start + place]
    return at + size


@INNER
def _put_cell(column: Any, row: Int, rows: Int, words: Any, ends: Any, out: Any, at: Int) -> Int:
    """Write one cell of a column; the place after it."""
    kind, first, second = column
    if kind == _TEXT:
        offsets = _array(_pointer(second), rows + 1, np.int32)
        start, end = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
        return _put_text(_array(_pointer(first), np.int64(end), np.uint8), start, end, out, at)
    if kind == _WORD:
        code = np.int64(_array(_pointer(first), rows, np.int32)[row])
        if code >= 0:
            return _copy(words, ends[second + code], ends[second + code + 1], out, at)
        return at
    if kind == _NUMBER:
        return _put_number(_array(_pointer(first), rows, np.int64)[row], out, at)
    return at


@OUTER
def _render(
    columns: Any, words: Any, ends: Any, first_cells: Int, dropped: Any, row: Int, whole: Any, kept: Any, gone: Any
) -> tuple[Int, Int, Int, Int]:  # fmt: skip
    """Write rows from `row` on into `whole`, and their first cells into `kept` or `gone`, until a piece is full.

    The row after them, and how much of each is used.
    """
    at = np.uint64(0)
    at_kept = np.uint64(0)
    at_gone = np.uint64(0)
    while row < len(dropped) and at < _PIECE:
        start = at
        for place in range(len(columns)):
            column = (columns[place, 0], columns[place, 1], columns[place, 2])
            at = _put_cell(column, row, len(dropped), words, ends, whole, at)
            whole[at] = _COMMA
            at += _ONE
            if place == first_cells - 1:
                if dropped[row]:
                    at_gone = _copy(whole, start, at, gone, at_gone)
                    gone[at_gone - _ONE] = _LINE_FEED
                else:
                    at_kept = _copy(whole, start, at, kept, at_kept)
                    kept[at_kept - _ONE] = _LINE_FEED
        whole[at - _ONE] = _LINE_FEED
        row += 1
    return row, at, at_kept, at_gone
