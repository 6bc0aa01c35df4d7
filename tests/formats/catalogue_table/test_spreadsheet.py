"""F36, F37: workbooks that are refused unread, and cells that keep their type. Hostile files are made here."""

import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tacenda.errors import InputError
from tacenda.formats.catalogue_table.rows import Limits, Row
from tacenda.formats.catalogue_table.table import TableKind, inspect, read


def save(path: Path, rows: list[list[object]], **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Songs"
    for row in rows:
        sheet.append(row)
    for name, more in sheets.items():
        other = book.create_sheet(name)
        for row in more:
            other.append(row)
    book.save(path)
    return path


def refused(path: Path, **more: object) -> str:
    with pytest.raises(InputError) as caught:
        inspect(path, **more)  # type: ignore[arg-type]
    assert caught.value.hint
    assert str(path) in caught.value.where
    return caught.value.code


def test_cells_keep_their_types_and_rows_their_numbers(tmp_path: Path) -> None:
    path = save(
        tmp_path / "songs.xlsx",
        [
            ["Our catalogue"],
            [],
            ["Title", "UPC", "Date", "Length"],
            ["Lark", 36000291452, date(2024, 5, 13), 3.5],
            [None, None, None, None],
            ["=1+1", "036000291452", None, True],
        ],
        Notes=[["x"]],
    )
    table = inspect(path)
    assert table.kind is TableKind.XLSX
    assert table.columns == ("Title", "UPC", "Date", "Length")
    assert table.header_row == 3
    assert any("Notes" in note for note in table.notes)
    first, second = read(table)
    assert isinstance(first, Row)
    assert (first.line, first.offset) == (4, -1)
    assert list(first.cells) == ["Lark", 36000291452, date(2024, 5, 13), 3.5]
    assert second.line == 6
    assert tuple(read(table)) == table.sample


def test_another_sheet_can_be_named(tmp_path: Path) -> None:
    path = save(tmp_path / "songs.xlsx", [["a", "b"], ["1", "2"]], Works=[["Title", "ISWC"], ["x", "y"]])
    assert inspect(path, sheet="Works").columns == ("Title", "ISWC")
    assert refused(path, sheet="Nope") == "xlsx.sheet"


def bomb(path: Path, megabytes: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(megabytes):
                sheet.write(b" " * 1_000_000)
    return path


def test_f36_a_bomb_is_refused_by_the_directory_of_the_zip(tmp_path: Path) -> None:
    path = bomb(tmp_path / "bomb.xlsx", 210)
    assert path.stat().st_size < 1_000_000
    assert refused(path) == "xlsx.bomb"


def test_f36_a_high_ratio_and_many_files_are_refused(tmp_path: Path) -> None:
    assert refused(bomb(tmp_path / "ratio.xlsx", 20)) == "xlsx.bomb"
    many = tmp_path / "many.xlsx"
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(1_001):
            archive.writestr(f"xl/{number}", "")
    assert refused(many) == "xlsx.bomb"


def test_f36_a_sheet_that_lies_about_its_size_is_stopped_at_the_limits(tmp_path: Path) -> None:
    rows = [[f"{number:02000d}", "y"] for number in range(10_000)]
    path = save(tmp_path / "songs.xlsx", [["Title", "Artist"], *rows])
    with pytest.raises(InputError) as caught:
        inspect(path, limits=Limits(memory_bytes=45_000_000, wall_seconds=10, zip_ratio=10_000))
    assert caught.value.code == "xlsx.limits"


def test_f36_encrypted_workbooks_and_old_xls_are_refused_whatever_their_name(tmp_path: Path) -> None:
    for name in ("secret.xlsx", "old.xls", "renamed.csv"):
        path = tmp_path / name
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1_000)
        assert refused(path) == "table.kind"


def test_f36_macros_and_links_are_told_and_not_followed(tmp_path: Path) -> None:
    path = save(tmp_path / "songs.xlsm", [["Title", "Artist"], ["a", "b"]])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\0")
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    notes = " ".join(inspect(path).notes)
    assert "macros" in notes
    assert "other workbooks" in notes


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 100])
def test_f36_a_damaged_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "songs.xlsx"
    path.write_bytes(content)
    assert refused(path) == "xlsx.form"


def test_f36_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "songs.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("songs.csv", "a,b")
    assert refused(path) == "table.kind"
