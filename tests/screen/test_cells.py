"""CSV text that machine code renders, read back by Python's own reader."""

import csv
import io

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tacenda.screen.cells import CsvRows, Lines, header
from tacenda.screen.lists import read_back

TEXT = st.none() | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
WORDS = ["", "=a", 'say "x"', "'b", "plain, and\nlong"]
ROWS = st.lists(
    st.tuples(st.integers(-(1 << 62), 1 << 62), TEXT, st.none() | st.integers(0, 4), TEXT, st.booleans())
)


def batch_of(rows: list[tuple[int, str | None, int | None, str | None, bool]]) -> pa.RecordBatch:
    return pa.record_batch(
        [
            pa.array([row[0] for row in rows], pa.int64()),
            pa.array([row[1] for row in rows], pa.string()),
            pa.DictionaryArray.from_arrays(pa.array([row[2] for row in rows], pa.int32()), pa.array(WORDS)),
            pa.array([row[3] for row in rows], pa.string()),
            pa.nulls(len(rows), pa.string()),
        ],
        names=["n", "a", "w", "b", "none"],
    )


def whole(rows: CsvRows, batch: pa.RecordBatch, dropped: np.ndarray) -> Lines:
    """All pieces of a batch in one."""
    parts = [(bytes(p.whole), bytes(p.kept), bytes(p.dropped)) for p in rows.lines(batch, dropped)]
    return Lines(*(memoryview(b"".join(part)) for part in zip(*parts, strict=True))) if parts else NOTHING


NOTHING = Lines(memoryview(b""), memoryview(b""), memoryview(b""))


def cells(part: memoryview) -> list[list[str]]:
    return list(csv.reader(io.StringIO(bytes(part).decode("utf-8"), newline="")))


@given(ROWS, st.integers(0, 3))
def test_every_cell_comes_back_and_each_row_is_in_one_list(rows: list[tuple], cut: int) -> None:
    batch = batch_of(rows).slice(min(cut, len(rows)))
    rows = rows[cut:]
    dropped = np.array([row[4] for row in rows], np.bool_)
    lines = whole(CsvRows(3), batch, dropped)
    expected = [[str(n), a or "", "" if w is None else WORDS[w], b or "", ""] for n, a, w, b, _ in rows]
    found = cells(lines.whole)
    assert [[row[0], *map(read_back, row[1:])] for row in found] == expected
    assert not any(cell[:1] in tuple("=+-@\t\r") for row in found for cell in row[1:] if cell)
    assert cells(lines.kept) == [row[:3] for row, gone in zip(found, dropped, strict=True) if not gone]
    assert cells(lines.dropped) == [row[:3] for row, gone in zip(found, dropped, strict=True) if gone]


def test_room_is_used_again() -> None:
    rows = CsvRows(1)
    first = bytes(whole(rows, batch_of([(1, "long " * 50, 1, None, True)] * 9), np.ones(9, np.bool_)).whole)
    again = bytes(whole(rows, batch_of([(2, 'q"', None, "", False)]), np.zeros(1, np.bool_)).whole)
    assert first.count(b"\n") == 9
    assert again == b'2,"q""",,,\n'


def test_a_large_batch_comes_in_pieces_and_a_long_row_whole() -> None:
    texts = [f"{row} " + "x" * (row % 700) for row in range(9_000)]
    texts[4_000] = '"' * 2_000_000
    batch = batch_of([(row, text, 0, text[:3], row % 2 == 0) for row, text in enumerate(texts)])
    dropped = np.arange(len(texts)) % 2 == 0
    assert len(list(CsvRows(3).lines(batch, dropped))) > 2
    lines = whole(CsvRows(3), batch, dropped)
    csv.field_size_limit(1 << 23)
    assert [row[1] for row in cells(lines.whole)] == texts
    assert len(cells(lines.kept)) == len(cells(lines.dropped)) == 4_500


def test_header() -> None:
    assert header(["a", "b"]) == b'"a","b"\n'
