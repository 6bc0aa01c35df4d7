"""CSV and TSV: offsets, broken quotes, broken bytes, and hostile sizes."""

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.errors import InputError
from tacenda.formats.catalogue_table.delimited import check_delimiter, delimited_rows, guess_dialect
from tacenda.formats.catalogue_table.rows import BadRow, Limits, Row

SMALL = Limits(field_characters=1_000, line_bytes=5_000, quoted_lines=10, columns=20)


def rows(
    data: bytes, columns: int | None = 3, encoding: str = "utf-8", limits: Limits = SMALL
) -> list[Row | BadRow]:
    return list(delimited_rows(io.BytesIO(data), encoding, ",", columns=columns, limits=limits))


def cells(found: list[Row | BadRow]) -> list[list[object]]:
    return [list(row.cells) for row in found if isinstance(row, Row)]


def bad(found: list[Row | BadRow]) -> list[tuple[int, int, str]]:
    return [(row.line, row.offset, row.rule) for row in found if isinstance(row, BadRow)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_f31_every_line_end_counts_lines_and_bytes(end: bytes) -> None:
    found = rows(end.join([b"a,b,c", b"d,e,f", b"", b"g,h,i"]) + end)
    step = 5 + len(end)
    assert [(row.line, row.offset) for row in found] == [(1, 0), (2, step), (4, 2 * step + len(end))]


def test_a_quoted_line_break_is_part_of_the_cell_and_lines_go_on_after_it() -> None:
    found = rows(b'a,"b\nb",c\nd,e,f\n')
    assert cells(found) == [["a", "b\nb", "c"], ["d", "e", "f"]]
    assert [(row.line, row.offset) for row in found] == [(1, 0), (3, 10)]


def test_f31_lines_in_latin_1_among_utf_8_are_told_with_line_and_byte() -> None:
    data = "a,é,c\n".encode() + "d,é,f\n".encode("latin-1") + b"g,h,i\n"
    found = rows(data)
    assert cells(found) == [["a", "é", "c"], ["g", "h", "i"]]
    assert bad(found) == [(2, 7 + 2, "text.encoding")]


def test_f31_nul_is_a_bad_row_with_its_byte() -> None:
    found = rows(b"a,b,c\nd,\0,f\ng,h,i\n")
    assert cells(found) == [["a", "b", "c"], ["g", "h", "i"]]
    assert bad(found) == [(2, 8, "text.nul")]


def test_f31_an_unbalanced_quote_does_not_swallow_the_file() -> None:
    lines = [b"%d,x,y" % n for n in range(100)]
    lines[3] = b'3,"x,y'
    found = rows(b"\n".join(lines) + b"\n")
    assert len(cells(found)) == 99
    assert bad(found) == [(4, 18, "csv.quote")]


def test_f31_an_unbalanced_quote_near_the_end_is_told_too() -> None:
    found = rows(b'a,b,c\nd,"e,f\ng,h,i\n')
    assert cells(found) == [["a", "b", "c"], ["g", "h", "i"]]
    assert bad(found) == [(2, 6, "csv.quote")]


def test_f31_a_quote_that_is_closed_lines_later_by_chance_does_not_merge_rows() -> None:
    found = rows(b'a,b,c\nd,"e,f\ng,h,i\nj,"k",l\nm,n,o\n')
    assert cells(found) == [["a", "b", "c"], ["g", "h", "i"], ["j", "k", "l"], ["m", "n", "o"]]
    assert bad(found) == [(2, 6, "csv.quote")]


def test_f31_a_quote_that_closes_at_a_cell_end_is_seen_by_the_number_of_cells() -> None:
    found = rows(b'a,"b,c\nd,e",f,x\ng,h,i\n')
    assert [row[2] for row in bad(found)] == ["csv.quote", "row.columns"]
    assert cells(found) == [["g", "h", "i"]]


def test_f31_a_field_of_a_hundred_megabytes_is_skipped_without_being_kept() -> None:
    class Endless:
        """``a,b,c``, then a line of 100 MB, then ``d,e,f``."""

        def __init__(self) -> None:
            self.blocks = iter([b"a,b,c\n", *[b"x" * 1_000_000] * 100, b"\nd,e,f\n"])
            self.most = 0

        def read(self, size: int, /) -> bytes:
            return next(self.blocks, b"")

    found = list(delimited_rows(Endless(), "utf-8", ",", columns=3, limits=SMALL))
    assert cells(found) == [["a", "b", "c"], ["d", "e", "f"]]
    assert bad(found) == [(2, 6, "line.length")]


def test_f31_a_long_cell_over_many_lines_is_a_bad_row() -> None:
    found = rows(b'a,"' + b"x" * 1_500 + b'",c\nd,e,f\n')
    assert cells(found) == [["d", "e", "f"]]
    assert bad(found) == [(1, 0, "field.length")]


def test_f31_a_million_columns_are_one_bad_row() -> None:
    found = rows(b"a,b,c\n" + b"," * 4_000 + b"\nd,e,f\n", limits=SMALL)
    assert cells(found) == [["a", "b", "c"], ["d", "e", "f"]]
    assert bad(found) == [(2, 6, "row.columns")]
    huge = rows(b"," * 1_000_000 + b"\n", columns=None, limits=Limits())
    assert bad(huge) == [(1, 0, "row.columns")]


def test_rows_with_more_or_fewer_cells_than_the_header_are_told() -> None:
    found = rows(b"a,b,c\nd,e\nf,g,h,i\nj,k,l\n")
    assert cells(found) == [["a", "b", "c"], ["j", "k", "l"]]
    assert bad(found) == [(2, 6, "row.columns"), (3, 10, "row.columns")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_f31_utf_16_has_true_offsets_and_its_own_bad_rows(encoding: str) -> None:
    text = "a,é,\u4e0a\nd,\u0a0d,f\n"
    data = text.encode(encoding) + "g,\ud800,i\n".encode(encoding, "surrogatepass") + "j,k,l\n".encode(encoding)
    found = rows(data, encoding=encoding)
    assert cells(found) == [["a", "é", "\u4e0a"], ["d", "\u0a0d", "f"], ["j", "k", "l"]]
    assert bad(found) == [(3, 24 + 4, "text.encoding")]


def test_f30_many_rows_need_the_memory_of_a_block() -> None:
    class Generated:
        """A file of 200 MB that exists only where it is read."""

        def __init__(self) -> None:
            self.left = 200
            self.block = b"Title,Artist,QZABC2400001\n" * (1_000_000 // 26)

        def read(self, size: int, /) -> bytes:
            assert size <= 1 << 20  # never asked for more than a block
            self.left -= 1
            return self.block if self.left >= 0 else b""

    import tracemalloc

    stream = delimited_rows(Generated(), "utf-8", ",", columns=3)
    first: Iterator[Row | BadRow] = iter(stream)
    next(first)
    tracemalloc.start()
    count = 1
    for count, _ in enumerate(first, 2):
        if count == 300_000:
            break
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 300_000
    assert peak < 20_000_000


CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=8))
def test_what_python_writes_is_read_back(table: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(table)
    found = list(delimited_rows(io.BytesIO(out.getvalue().encode()), "utf-8", ",", columns=2))
    assert cells(found) == table


@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_reasons_in_order(data: bytes) -> None:
    found = rows(data, columns=2)
    lines = [row.line for row in found]
    assert lines == sorted(lines)
    assert all(0 <= row.offset < max(1, len(data)) for row in found)


def test_cost_grows_with_the_size_not_faster() -> None:
    """Counts lines given to the parser, not seconds: each line is tried a bounded number of times."""
    data = b'x,"y\n' * 50 + b"a,b,c\n" * 2_000
    found = rows(data)
    assert len(found) <= 2_051
    assert len(cells(found)) >= 1_990


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\nc,d\n", ","),
        ("a;b\n1,5;2,5\n", ";"),
        ("a\tb\nc, d\te\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ("sep=;\na,b;c\n", ";"),
        ("only\none\n", ","),
    ],
)
def test_dialect(text: str, delimiter: str) -> None:
    found = guess_dialect(text)
    assert found.delimiter == delimiter
    assert found.why


def test_delimiters_as_people_write_them() -> None:
    assert [check_delimiter(word) for word in ("tab", "\\t", ";", "comma", "^")] == ["\t", "\t", ";", ",", "^"]
    for word in ("", ";;", '"', "a", "\n"):
        with pytest.raises(InputError) as caught:
            check_delimiter(word)
        assert caught.value.code == "table.delimiter"
