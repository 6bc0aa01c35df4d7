"""CSV, TSV and ``<SEP>`` text: what is read, what is refused, and that no row is ever lost."""

import csv
import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacenda.errors import InputError
from tacenda.formats.corpus_table import delimited, examine, read_rows


def test_rows_have_the_line_on_which_they_begin(read: Callable[..., Any]) -> None:
    rows, bad = read('title,artist\nA,B\n"two\nlines",C\nD,E\n')
    assert [(r["line"], r["title"], r["artist"]) for r in rows] == [
        (2, "A", "B"),
        (3, "two\nlines", "C"),
        (5, "D", "E"),
    ]
    assert bad == []


def test_a_quoted_row_may_lie_across_two_blocks(read: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tacenda.formats.corpus_table.blocks.BLOCK", 16)
    rows, bad = read('title,artist\n"a long\ntitle over\nblocks",C\nD,E\n')
    assert [(r["line"], r["title"]) for r in rows] == [(2, "a long\ntitle over\nblocks"), (5, "D")]
    assert bad == []


def test_f31_an_open_quote_costs_one_line_and_no_more(read: Callable[..., Any]) -> None:
    rows, bad = read('title,artist\n"never closed,B\nC,D\nE,F\n')
    assert [r["title"] for r in rows] == ["C", "E"]
    assert bad == [(2, "csv.quote")]


def test_a_quote_inside_a_name_is_a_quote(read: Callable[..., Any]) -> None:
    rows, bad = read('title,artist\n12" mix,B\nC,D\n')
    assert [r["title"] for r in rows] == ['12" mix', "C"]
    assert bad == []


def test_f31_lines_that_are_not_utf8_are_reported_when_others_are(read: Callable[..., Any]) -> None:
    rows, bad = read(b"title,artist\nBeyonc\xc3\xa9,B\nCaf\xe9,C\nD,E\n")
    assert [r["title"] for r in rows] == ["Beyonc\u00e9", "D"]
    assert bad == [(3, "text.encoding")]


def test_f31_a_bad_row_is_named_by_line_and_byte(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"title,artist\nA\xc3\xa9,B\nCaf\xe9,C\n")
    chunks = list(read_rows(examine(path, "x.csv"), ["title"]))
    what = chunks[0].bad[0].what
    assert what.where == "x.csv:3"
    assert "(byte 19)" in what.why


def test_f31_a_file_of_windows_text_is_read_as_such(read: Callable[..., Any]) -> None:
    rows, bad = read(b"title,artist\nCaf\xe9,Beyonc\xe9\n")
    assert rows == [{"line": 2, "artist": "Beyonc\u00e9", "title": "Caf\u00e9"}]
    assert bad == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_f31_utf16_and_byte_order_marks(read: Callable[..., Any], encoding: str) -> None:
    rows, bad = read("title,artist\nSmörgås,Ü\nB,C\n".encode(encoding))
    assert [(r["title"], r["artist"]) for r in rows] == [("Smörgås", "Ü"), ("B", "C")]
    assert bad == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_f31_line_ends(read: Callable[..., Any], end: str) -> None:
    rows, bad = read(end.join(["title,artist", "A,B", "C,D"]) + end)
    assert [(r["line"], r["title"]) for r in rows] == [(2, "A"), (3, "C")]
    assert bad == []


def test_f31_nul_and_stray_carriage_return_are_refused_row_by_row(read: Callable[..., Any]) -> None:
    rows, bad = read(b"title,artist\nA\0,B\nC,D\nE\rF,G\n")
    assert [r["title"] for r in rows] == ["C"]
    assert bad == [(2, "text.nul"), (4, "text.cr")]


def test_f31_a_line_without_end_is_skipped_in_bounded_memory(
    read: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tacenda.formats.corpus_table.blocks.BLOCK", 1 << 16)
    rows, bad = read(b"title,artist\nA,B\n" + b"x" * (3 << 20) + b",C\nD,E\n")
    assert [(r["line"], r["title"]) for r in rows] == [(2, "A"), (4, "D")]
    assert bad == [(3, "row.size")]


def test_f31_a_million_columns_are_refused(read: Callable[..., Any]) -> None:
    with pytest.raises(InputError) as refused:
        read("title," + ",".join(f"c{n}" for n in range(6_000)) + "\nA\n")
    assert refused.value.code == "corpus.columns"


def test_surplus_cells_of_a_comma_file_may_have_shifted_and_are_refused(read: Callable[..., Any]) -> None:
    rows, bad = read("title,artist,year\nA,B,1\nHello, Goodbye,C,2\nD,E,3,,\nF,G\n")
    assert [r["title"] for r in rows] == ["A", "D"]
    assert bad == [(3, "row.columns"), (5, "row.columns")]


def test_ragged_tags_after_the_last_named_column_are_read(read: Callable[..., Any]) -> None:
    rows, bad = read("track_id\ttitle\tartist\ttags\n1\tA\tB\trock\n2\tC\tD\trock\tpop\tjazz\n", "c.tsv")
    assert [(r["id"], r["title"]) for r in rows] == [("1", "A"), ("2", "C")]
    assert bad == []


def test_the_list_of_the_million_song_dataset_is_known_by_its_ids(read: Callable[..., Any]) -> None:
    line = 'TRMMMYQ128F932D901<SEP>SOQMMHC12AB0180CB8<SEP>Wren, "The"<SEP>Silent\tNight\n'
    rows, bad = read(line, "unique_tracks.txt")
    assert rows == [{"line": 1, "artist": 'Wren, "The"', "title": "Silent\tNight", "id": "TRMMMYQ128F932D901"}]
    assert bad == []


def test_a_file_without_a_header_loses_no_first_row(read: Callable[..., Any]) -> None:
    rows, _ = read("Wren - Blue Hour\nOwl - Night\n", "names.txt")
    assert [(r["line"], r["artist"], r["title"]) for r in rows] == [(1, "Wren", "Blue Hour"), (2, "Owl", "Night")]


def test_comments_before_the_header_are_skipped(read: Callable[..., Any]) -> None:
    rows, _ = read("# made on a Monday\n# YTID, start, end\n-abcdefghi1,1.0,2.0\n-abcdefghi2,1.0,2.0\n")
    assert [(r["line"], r["youtube"]) for r in rows] == [(3, "-abcdefghi1"), (4, "-abcdefghi2")]


def test_gzip_is_read_by_its_bytes_and_a_broken_one_is_an_error(tmp_path: Path) -> None:
    text = "title,artist\n" + "".join(f"T{n},A{n * 7919 % 9973}\n" for n in range(300_000))
    whole = gzip.compress(text.encode())
    path = tmp_path / "c.csv.gz"
    path.write_bytes(whole)
    assert sum(len(c) for c in read_rows(examine(path, "c"), ["title"])) == 300_000
    path.write_bytes(whole[: len(whole) - 50])
    chunks = read_rows(examine(path, "c"), ["title"])
    assert len(next(chunks)) > 0
    with pytest.raises(InputError) as broken:
        list(chunks)
    assert broken.value.code == "corpus.gzip"


CELLS = st.text(
    st.one_of(st.sampled_from('",;\n\r\t <>SEP-\u00e9\u202e='), st.characters(exclude_categories=["Cs"])),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=20))
def test_what_the_csv_module_writes_is_read_back(rows: list[tuple[str, str]]) -> None:
    """Fields with NUL or a lone CR are refused by rule; all others come back as they were."""
    rows = [(a.replace("\0", "0").replace("\r", "R"), b.replace("\0", "0").replace("\r", "R")) for a, b in rows]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["title", "artist"])
    writer.writerows(rows)
    assert _read_back(buffer.getvalue().encode()) == (rows, 0)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_no_line_of_any_bytes_is_lost(data: bytes) -> None:
    """Every line that is not empty is in a row or is reported; nothing is raised."""
    data = data.replace(b'"', b"'").replace(b"\r", b"")
    read, bad = _read_back(b"title,artist\n" + data)
    assert len(read) + bad == sum(1 for line in data.split(b"\n") if line)


def _read_back(data: bytes) -> tuple[list[tuple[str, str]], int]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(data)
        source = examine(path, "x.csv", "utf-8")
        rows: list[tuple[str, str]] = []
        bad = 0
        for chunk in delimited.read_delimited(source, ["title", "artist"]):
            title, artist = (chunk.columns[name].to_pylist() for name in ("title", "artist"))
            rows += zip(title, artist, strict=True)
            bad += len(chunk.bad)
        return rows, bad
