"""The spelling table as a file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.errors import IntegrityError
from tacenda.match.spelling import SpellingTable, spelling_table


def test_read_back() -> None:
    data = spelling_table().to_bytes()
    again = SpellingTable.from_bytes(data)
    assert again.to_bytes() == data


@pytest.mark.parametrize("cut", [0, 5, 23, 24, 9000, -1])
def test_f14_a_cut_table_is_refused(cut: int) -> None:
    with pytest.raises(IntegrityError) as caught:
        SpellingTable.from_bytes(spelling_table().to_bytes()[:cut], "fold.bin")
    assert (caught.value.code, caught.value.where) == ("fold.table", "fold.bin")


@given(st.integers(24, 390_000), st.integers(0, 255))
def test_f14_no_changed_byte_leads_out_of_the_table(place: int, byte: int) -> None:
    data = bytearray(spelling_table().to_bytes())
    data[place % len(data)] = byte
    try:
        table = SpellingTable.from_bytes(bytes(data))
    except IntegrityError:
        return
    assert int(table.pages.max()) * 256 + 255 < len(table.cells)
