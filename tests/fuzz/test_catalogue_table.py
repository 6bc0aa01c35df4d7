"""Any bytes at all for the readers of catalogue tables: a table, rows and bad rows, or an error of ours.

Bounded: some hundred cases a run, of at most a few kilobytes. What is found becomes an `example`.
"""

import io
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tacenda.catalogue.batches import gathered, pieces
from tacenda.catalogue.plan import ImportPlan, PlanOptions, make_plan
from tacenda.errors import TacendaError
from tacenda.formats.catalogue_table.delimited import delimited_rows
from tacenda.formats.catalogue_table.json_lines import json_records
from tacenda.formats.catalogue_table.rows import BadRow, Limits, Row
from tacenda.formats.catalogue_table.table import TableKind, inspect, read

SMALL = Limits(field_characters=40, line_bytes=80, quoted_lines=4, columns=6, json_depth=3)
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252", "latin-1")

# Bytes that mean something to a reader, between bytes that mean nothing.
MARKS = [
    b",", b";", b"\t", b'"', b'""', b"\r", b"\n", b"\r\n", b"\0", b"\xff", b"\xc3", b"\xc3\xa9", b"\xef\xbb\xbf",
    b"\xff\xfe", b"\xfe\xff", b"{", b"}", b"[", b"]", b'{"title": "a"}', b":", b"null", b"NaN", b"1e999", b"sep=;",
    b"Title,Artist,ISRC\n", b"QZABC2400001", b"\xed\xa0\x80", b"\\ud800", b"PAR1", b"PK\x03\x04", b"\x1a", b"\x85",
    b"\x0b", b"\x1c", b"\xe2\x80\xa8", b"a" * 50, b"=1+1",
]  # fmt: skip
streams = st.lists(st.sampled_from(MARKS) | st.binary(max_size=4), max_size=40).map(b"".join)
bounded = settings(max_examples=300, deadline=None)
with_files = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def outcome(data: bytes, use: Callable[[Path], object]) -> bool:
    """Whether the reader took the file; any exception but ours goes through and fails the test."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "songs")
        path.write_bytes(data)
        try:
            use(path)
        except TacendaError:
            return False
        return True


def everything(path: Path) -> None:
    """Look at the file, read it all, and read it through an import: as many rows come out as were read."""
    table = inspect(path)
    rows = list(read(table))
    places = [row.line for row in rows]
    assert places == sorted(places)
    good = [row for row in rows if isinstance(row, Row)]
    assert all(len(row.cells) == len(table.columns) for row in good)
    assert len(set(table.columns)) == len(table.columns)
    plan = make_plan(path, PlanOptions(catalogue="main"), [], "lark")
    check_conserved(plan, len(rows), len(rows) - len(good))


def check_conserved(plan: ImportPlan, rows: int, bad: int) -> None:
    found = list(gathered(pieces(plan, 7)))
    assert sum(one.rows for one in found) == rows
    assert sum(len(one.items) + len(one.left_out) for one in found) == rows - bad
    ids = [columns[0] for one in found for columns in one.items]
    assert len(ids) == len(set(ids))
    for columns in (columns for one in found for columns in one.items):
        assert not any("\0" in cell for cell in columns if isinstance(cell, str))
        "".join(cell for cell in columns if isinstance(cell, str)).encode()


@with_files
@given(streams)
@example(b'Title,Artist\n"a\n,b\n')
@example(b"sep=;\nTitle;Artist\na;b\n")
@example(b"\xff\xfeT\0i\0t\0")
@example(b"\xef\xbb\xbf")
@example(b'{"title": "\\ud800", "artist": "x"}\n')
@example(b"PAR1")
@example(b"PK\x03\x04")
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    outcome(data, everything)


@with_files
@given(streams)
@example(b'a,b,c\n"a\n\n",b,c')
def test_any_bytes_below_a_header_are_rows_or_bad_rows(data: bytes) -> None:
    outcome(b"Title,Artist,ISRC\nLark,The Lindens,QZABC2400001\n" + data, everything)


@bounded
@given(streams, st.sampled_from(ENCODINGS), st.sampled_from(",;\t|"))
def test_rows_of_text_lie_end_to_end(data: bytes, encoding: str, delimiter: str) -> None:
    """Each row begins where a line begins, after the row before it; no byte is read twice."""
    starts = [0]
    for row in delimited_rows(io.BytesIO(data), encoding, delimiter, columns=3, limits=SMALL):
        assert 0 <= row.offset < max(len(data), 1)
        if isinstance(row, Row):
            assert row.offset >= starts[-1]
            assert len(row.cells) == 3
            assert all(len(cell) <= SMALL.field_characters for cell in row.cells if isinstance(cell, str))
            starts.append(row.offset)
        else:
            assert row.rule
            assert len(row.value) <= 200


@bounded
@given(streams, st.sampled_from(ENCODINGS))
def test_each_line_of_json_is_one_row_or_bad_or_blank(data: bytes, encoding: str) -> None:
    lines = []
    for found in json_records(io.BytesIO(data), encoding, limits=SMALL):
        lines.append(found.line if isinstance(found, BadRow) else found[0])
    assert lines == sorted(set(lines))


@cache
def parquet() -> bytes:
    sink = io.BytesIO()
    table = pa.table({"title": ["a", "b", None], "artist": [["x"], ["y", "z"], []], "isrc": ["QZABC2400001"] * 3})
    pq.write_table(table, sink)
    return sink.getvalue()


@cache
def workbook() -> bytes:
    sink = io.BytesIO()
    cells = "".join(
        f'<row r="{r}">' + "".join(f'<c t="inlineStr"><is><t>{c}</t></is></c>' for c in row) + "</row>"
        for r, row in enumerate([("Title", "Artist"), ("Lark", "The Lindens"), ("=1", "x")], 1)
    )
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" Type="{link}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook {space} xmlns:r="{link}"><sheets><sheet name="S" sheetId="1" r:id="b"/></sheets>'
            "</workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="b" Type="{link}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml", f"<worksheet {space}><sheetData>{cells}</sheetData></worksheet>"
        )
    return sink.getvalue()


def damaged(data: bytes, place: int, patch: bytes, cut: int | None) -> bytes:
    place %= len(data)
    return (data[:place] + patch + data[place + len(patch) :])[: None if cut is None else cut % len(data)]


patches = st.tuples(st.integers(0, 1 << 20), st.binary(max_size=8), st.none() | st.integers(0, 1 << 20))


@with_files
@given(patches)
def test_a_damaged_parquet_file_is_read_or_refused(patch: tuple[int, bytes, int | None]) -> None:
    outcome(damaged(parquet(), *patch), everything)


@settings(max_examples=25, deadline=None)
@given(patches)
def test_a_damaged_workbook_is_read_or_refused(patch: tuple[int, bytes, int | None]) -> None:
    outcome(damaged(workbook(), *patch), everything)


def test_the_undamaged_ones_are_read() -> None:
    for data, kind in ((parquet(), TableKind.PARQUET), (workbook(), TableKind.XLSX)):
        kinds: list[TableKind] = []
        assert outcome(data, lambda path, kinds=kinds: kinds.append(inspect(path).kind))  # type: ignore[misc]
        assert kinds == [kind]
        assert outcome(data, everything)
