"""F63: no cell is a formula, and nothing is lost."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.formats.catalogue_table.neutral import NeutralWriter, neutralise, restore


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\uff1d1", "'39", "\n=1"]
)
def test_f63_risky_cells_begin_with_an_apostrophe(text: str) -> None:
    assert neutralise(text) == "'" + text


@given(st.text())
def test_f63_restoring_is_exact_for_every_text(text: str) -> None:
    assert restore(neutralise(text)) == text


def test_f63_a_written_table_is_read_by_any_csv_reader() -> None:
    out = io.StringIO(newline="")
    NeutralWriter(out, ("a", "b")).write(["=1+1", 'x,"y"\r\n'])
    found = list(csv.reader(io.StringIO(out.getvalue().removeprefix("\ufeff"), newline="")))
    assert found == [["a", "b"], ["'=1+1", 'x,"y"\r\n']]
