"""What a file is, by its content."""

from pathlib import Path

import pytest

from tacenda.errors import InputError
from tacenda.formats.catalogue_table.rows import BadRow
from tacenda.formats.catalogue_table.table import TableKind, inspect, read


def made(tmp_path: Path, content: bytes | str, name: str = "songs.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "table.empty"),
        (b"%PDF-1.7 ...", "table.kind"),
        (b"\x1f\x8b\x08\x00", "table.kind"),
        (b"<html><table></table></html>", "table.kind"),
        (b'[{"a": 1}]', "table.kind"),
        (b"\n\n\n", "table.header"),
        (b"{}\n{}\n", "table.header"),
    ],
)
def test_what_is_no_table_is_refused_with_what_it_is(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        inspect(made(tmp_path, content, "songs.xlsx"))
    assert caught.value.code == code


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        inspect(tmp_path / "nope.csv")
    assert caught.value.code == "table.missing"


def test_json_lines_under_another_name(tmp_path: Path) -> None:
    table = inspect(made(tmp_path, '{"title": "a"}\n{"isrc": "b"}\n'))
    assert (table.kind, table.columns) == (TableKind.JSON_LINES, ("title", "isrc"))
    assert [list(row.cells) for row in read(table) if not isinstance(row, BadRow)] == [["a", None], [None, "b"]]


def test_lines_above_the_header_and_the_line_of_excel_are_passed_over(tmp_path: Path) -> None:
    table = inspect(made(tmp_path, "sep=;\nTitle;Artist\na;b\n"))
    assert (table.columns, table.header_row) == (("Title", "Artist"), 2)
    assert [row.line for row in read(table)] == [3]
    table = inspect(made(tmp_path, "Export of today,,\n,,\nTitle,Artist,ISRC\na,b,c\nd,e,f\n"))
    assert (table.columns, table.header_row) == (("Title", "Artist", "ISRC"), 3)
    assert table.notes
    assert [row.line for row in read(table)] == [4, 5]


def test_names_of_columns_are_unique(tmp_path: Path) -> None:
    assert inspect(made(tmp_path, "\ufeffTitle,,Title\na,b,c\n")).columns == ("Title", "column 2", "Title (2)")


def test_f31_a_header_of_a_million_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        inspect(made(tmp_path, b"," * 1_000_000 + b"\n1,2\n"))
    assert caught.value.code == "table.header"
