"""The quick reader says what the full reader says, or nothing."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tacenda.catalogue.columns import ColumnMap
from tacenda.catalogue.fields import Field
from tacenda.catalogue.quick import QuickReader
from tacenda.catalogue.rows import RowReader
from tacenda.catalogue.values import DateOrder, DurationUnit
from tacenda.core.item_columns import columns_of
from tacenda.formats.catalogue_table.rows import Cell, Row

COLUMNS = [name.value for name in Field]
WHOLE = ColumnMap({name: name.value for name in Field}, DateOrder.DAY_FIRST, DurationUnit.SECONDS)

# Cells as they come, right and wrong, for any field: most end in a wrong column sooner or later.
SOUND: dict[Field, list[Cell]] = {
    Field.TITLE: [
        "Lark Song",
        " Lark  Song ",
        "Café",
        "",
        None,
        "#N/A",
        "#1",
        "\ufffdark",
        "a\x00b",
        "a\ud800",
        7,
    ],
    Field.VERSION: ["", "Radio Edit", "Lark", None, "Ünder"],
    Field.ARTIST: ["The Lindens", "", None, "Señora", "SeÃ±ora", ("A", "B"), "x" * 2001, "\u202eevil"],
    Field.ISRC: ["QZABC2400001", "qz-abc-24-00001", "", None, "QZABC24O0001", "ISRC QZABC2400001", 12],
    Field.ISWC: ["T0345246801", "T-034.524.680-1", "", "T0345246802", None],
    Field.UPC: ["036000291452", "36000291452", "", "036000291453", "0036000291452", 36000291452, "3.6E+10", None],
    Field.IPI: ["00014107338", "14107338", "", "00014107338; 00014107338", "00014107338/00014107338", None, "x"],
    Field.DURATION: ["3:45", "225", "", None, 225, 225.5, "long", "0"],
    Field.RELEASE_DATE: ["2024-05-13", "13/5/2024", "5/13/2024", "", None, "45425", "1066"],
    Field.LABEL: ["Lark & Linden", "", None, "#REF!", "Ärger"],
    Field.WRITERS: [
        "Ada Finch; Bo Reed",
        "",
        None,
        '["a;b", "c"]',
        ("Ada", "Bo"),
        ";;",
        "\ufffd",
        "a\nb",
        "a;" * 600,
    ],
    Field.PUBLISHERS: ["Linden Songs", "", None, "a|b"],
    Field.LYRICS: ["la\r\nla", "", None, "l\x07a", 0, "  "],
    Field.AUDIO_PATH: ["/a  b/é.wav", "", None, "a\x01", 3],
    Field.YOUTUBE: ["dQw4w9WgXcQ", "https://youtu.be/dQw4w9WgXcQ", "", None, "dQw4w9WgXcQ; 9bZkp7q19f0", "x"],
    Field.SPOTIFY: ["2CEujT1Tuv3jIIjUyUvupg", "", None, "x"],
    Field.MBID: ["b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d", "", None, "x"],
    Field.DALI: ["0123456789abcdef0123456789abcdef", "", None],
    Field.MSD: ["TRAAAAW128F429D538", "", None],
}

rows = st.fixed_dictionaries(
    {name: st.sampled_from(SOUND[name]) | st.sampled_from(SOUND[name][:2]) | st.just("") for name in Field}
)
anything = st.text(max_size=20) | st.none() | st.integers(0, 10**14) | st.floats(0, 1e9) | st.booleans()


def agree(mapping: ColumnMap, columns: list[str], cells: list[Cell]) -> bool:
    quick = QuickReader(columns, mapping, "main")
    full = RowReader(columns, mapping, "main")
    for _ in range(2):  # the second time from what was kept
        found = quick(cells)
        item, troubles = full(Row(2, 0, cells))
        if found is not None:
            assert item is not None
            assert troubles == []
            assert found == columns_of(item)
            assert [type(cell) for cell in found] == [type(cell) for cell in columns_of(item)]
    return found is not None


@settings(max_examples=400)
@given(rows)
def test_what_is_read_quickly_is_what_is_read_in_full(cells: dict[Field, Cell]) -> None:
    agree(WHOLE, COLUMNS, [cells[name] for name in Field])


@given(st.lists(anything, min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_no_cell_misleads_it(cells: list[Cell]) -> None:
    agree(WHOLE, COLUMNS, cells)


@settings(max_examples=200)
@given(rows, st.sets(st.sampled_from(Field), min_size=1))
@example({name: SOUND[name][0] for name in Field}, {Field.TITLE, Field.ARTIST})
@example({name: SOUND[name][0] for name in Field}, {Field.TITLE, Field.WRITERS, Field.ISWC})
def test_with_any_columns(cells: dict[Field, Cell], present: set[Field]) -> None:
    names = [name for name in Field if name in present]
    agree(ColumnMap({name: name.value for name in names}), [n.value for n in names], [cells[n] for n in names])


@pytest.mark.parametrize(
    "present",
    [
        {Field.TITLE, Field.ARTIST, Field.ISRC},
        {Field.TITLE, Field.ARTIST},
        {Field.TITLE, Field.WRITERS, Field.ISWC},
        {Field.ISRC, Field.UPC},
        {Field.TITLE, Field.ARTIST, Field.SPOTIFY, Field.MBID, Field.YOUTUBE},
        set(Field),
    ],
    ids=lambda names: " ".join(sorted(names)),
)
def test_plain_rows_are_read_quickly(present: set[Field]) -> None:
    names = [name for name in Field if name in present]
    mapping = ColumnMap({name: name.value for name in names})
    cells: list[Cell] = [SOUND[name][0] for name in names]
    assert agree(mapping, [name.value for name in names], cells)


def test_what_is_kept_is_bounded() -> None:
    quick = QuickReader(["Title", "Artist"], ColumnMap({Field.TITLE: "Title", Field.ARTIST: "Artist"}), "main")
    for number in range(45_000):
        assert quick(["Song", f"Artist {number}"]) is not None
    assert len(quick._names) <= 20_000
