"""The list of letters as CSV."""

import csv
import io

import pytest

from tacenda.formats.letter.index import COLUMNS, Row, render_index, safe_cell


def test_rows_read_back_as_they_were() -> None:
    row = Row("owl", "Owl, “Barn”", "held", "TAC-2026-000001", code="letter.glyph", reason="It cannot be printed.")
    read = list(csv.reader(io.StringIO(render_index([row]).decode(), newline="")))
    assert tuple(read[0]) == COLUMNS
    assert read[1] == [
        "TAC-2026-000001",
        "owl",
        "Owl, “Barn”",
        "",
        "",
        "",
        "",
        "held",
        "letter.glyph: It cannot be printed.",
    ]


@pytest.mark.parametrize("name", ["=cmd|'/C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_f62_a_cell_is_never_a_formula(name: str) -> None:
    read = list(csv.reader(io.StringIO(render_index([Row("owl", name, "held")]).decode(), newline="")))
    assert read[1][2].startswith("'")


def test_a_line_break_stays_in_its_row() -> None:
    assert render_index([Row("owl", "a\r\nb\u202ec\x00", "held")]).count(b"\r\n") == 2
    assert safe_cell("a\nb") == "a b"
