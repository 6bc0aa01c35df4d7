"""The files that an import leaves: whole or not there, harmless, and true to the rows."""

import csv
from pathlib import Path

import pytest

from tacenda.catalogue.report_files import ERROR_COLUMNS, ReportFiles
from tacenda.catalogue.rows import Outcome, Trouble
from tacenda.formats.catalogue_table.rows import Row
from tacenda.formats.catalogue_table.table import Table, inspect

LEFT_OUT = Outcome.ROW_LEFT_OUT
TROUBLE = Trouble(3, 57, "ISRC", "isrc.letter", LEFT_OUT, "=QZ", "A letter stands there.", "QZABC2400003")


@pytest.fixture
def table(tmp_path: Path) -> Table:
    path = tmp_path / "songs.csv"
    path.write_text("Title,Artist,ISRC\nLark,The Lindens,QZABC2400001\n", encoding="utf-8")
    return inspect(path)


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"songs.csv"}


def test_nothing_to_report_makes_no_file_and_removes_old_ones(tmp_path: Path, table: Table) -> None:
    (tmp_path / "errors.csv").write_text("of an earlier run")
    with ReportFiles(tmp_path, table):
        pass
    assert names(tmp_path) == set()


def test_one_trouble_and_the_row(tmp_path: Path, table: Table) -> None:
    with ReportFiles(tmp_path, table) as files:
        files.trouble(TROUBLE)
        files.left_out(Row(3, 57, ["=Lark", "", "QZABC24O0003"]))
        assert names(tmp_path) == {"errors.csv.part", "rejected.csv.part"}
    assert names(tmp_path) == {"errors.csv", "rejected.csv"}
    assert rows(tmp_path / "errors.csv") == [
        list(ERROR_COLUMNS),
        ["songs.csv", "3", "57", "ISRC", "isrc.letter", "row left out", "'=QZ", "A letter stands there.",
         "QZABC2400003"],
    ]  # fmt: skip
    assert rows(tmp_path / "rejected.csv") == [
        ["tacenda_line", "Title", "Artist", "ISRC"],
        ["3", "'=Lark", "", "QZABC24O0003"],
    ]


def test_a_place_without_an_offset_is_empty(tmp_path: Path, table: Table) -> None:
    with ReportFiles(tmp_path, table) as files:
        files.trouble(Trouble(3, -1, "", "row.duplicate", Outcome.ROW_LEFT_OUT, "x", "Line 2 names it."))
    assert rows(tmp_path / "errors.csv")[1][:4] == ["songs.csv", "3", "", ""]


def test_a_run_that_fails_gives_no_file_its_name(tmp_path: Path, table: Table) -> None:
    (tmp_path / "errors.csv").write_text("of an earlier run")

    def fail() -> None:
        with ReportFiles(tmp_path, table) as files:
            files.trouble(TROUBLE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (tmp_path / "errors.csv").read_text() == "of an earlier run"
    assert names(tmp_path) == {"errors.csv", "errors.csv.part"}


def test_cells_of_other_types_and_half_characters_are_written(tmp_path: Path, table: Table) -> None:
    with ReportFiles(tmp_path, table) as files:
        files.left_out(Row(2, -1, [("a", "b;c"), 36000291452.0, "half \ud800"]))
        files.left_out(Row(3, -1, [None, True, "\u202eevil\r\nline"]))
    assert rows(tmp_path / "rejected.csv")[1:] == [
        ["2", '["a", "b;c"]', "36000291452", "half \\ud800"],
        ["3", "", "True", "\u202eevil\r\nline"],
    ]


def test_a_table_of_our_own_is_written_as_it_was_before_it_was_neutralised(tmp_path: Path) -> None:
    path = tmp_path / "songs.csv"
    path.write_text("tacenda_line,Title,ISRC\n7,'=Lark,x\n", encoding="utf-8")
    with ReportFiles(tmp_path, inspect(path)) as files:
        files.left_out(Row(2, 24, ["7", "'=Lark", "x"]))
    assert rows(tmp_path / "rejected.csv") == [["tacenda_line", "Title", "ISRC"], ["2", "'=Lark", "x"]]
