"""Rows as items, and what is wrong with them."""

from datetime import date

import pytest

from tacenda.catalogue.columns import ColumnMap
from tacenda.catalogue.fields import Field
from tacenda.catalogue.rows import Outcome, RowReader, Trouble, item_id
from tacenda.catalogue.values import DateOrder, DurationUnit
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.item import Item, ItemKind
from tacenda.formats.catalogue_table.rows import Cell, Row

FIELDS = (Field.TITLE, Field.ARTIST, Field.ISRC, Field.UPC, Field.ISWC, Field.WRITERS, Field.IPI,
          Field.RELEASE_DATE, Field.DURATION, Field.YOUTUBE, Field.VERSION, Field.LYRICS)  # fmt: skip


def read(**cells: Cell) -> tuple[Item | None, list[Trouble]]:
    columns = [name.value for name in FIELDS]
    mapping = ColumnMap({name: name.value for name in FIELDS}, DateOrder.DAY_FIRST, DurationUnit.SECONDS)
    return RowReader(columns, mapping, "main")(Row(7, 99, [cells.get(name) for name in columns]))


def item(**cells: Cell) -> Item:
    found, troubles = read(**cells)
    assert found is not None
    assert troubles == []
    return found


def refused(**cells: Cell) -> list[tuple[str, str, str]]:
    found, troubles = read(**cells)
    assert found is None
    assert all((one.line, one.offset) == (7, 99) for one in troubles)
    return [(one.column, one.rule, one.suggestion) for one in troubles if one.outcome is Outcome.ROW_LEFT_OUT]


def test_a_full_row() -> None:
    found = item(
        title=" Lark  Song ",
        artist="The Lindens",
        isrc="qz-abc-24-00001",
        upc="036000291452",
        iswc="T-034.524.680-1",
        writers="Ada Finch; Bo Reed",
        ipi="00014107338",
        release_date="3/5/2024",
        duration="225",
        youtube="https://youtu.be/dQw4w9WgXcQ",
        version="Radio Edit",
        lyrics="la\nla",
    )
    assert found == Item(
        found.id,
        "main",
        ItemKind.RECORDING,
        "Lark Song (Radio Edit)",
        "The Lindens",
        (
            Identifier(Scheme.GTIN, "00036000291452"),
            Identifier(Scheme.ISRC, "QZABC2400001"),
            Identifier(Scheme.ISWC, "T0345246801"),
            Identifier(Scheme.YOUTUBE, "dQw4w9WgXcQ"),
        ),
        225_000,
        "2024-05-03",
        "",
        ("Ada Finch", "Bo Reed"),
        (),
        ("00014107338",),
        "la\nla",
    )
    assert found.identifiers == tuple(sorted(found.identifiers))


def test_several_ids_in_a_cell_are_sorted_and_single() -> None:
    found = item(title="a", artist="b", youtube="dQw4w9WgXcQ; 9bZkp7q19f0|dQw4w9WgXcQ")
    assert found.values(Scheme.YOUTUBE) == ("9bZkp7q19f0", "dQw4w9WgXcQ")
    assert item(title="a", artist="b", isrc='["QZABC2400002", "QZABC2400001"]').values(Scheme.ISRC) == (
        "QZABC2400001",
        "QZABC2400002",
    )


def test_works_and_recordings_are_told_apart() -> None:
    assert item(title="a", iswc="T0345246801").kind is ItemKind.WORK
    assert item(title="a", writers="Ada").kind is ItemKind.WORK
    assert item(title="a", artist="b", iswc="T0345246801").kind is ItemKind.RECORDING
    assert read(title="a", isrc="QZABC2400001", writers="Ada")[0].kind is ItemKind.RECORDING  # type: ignore[union-attr]


def test_f32_f33_wrong_codes_leave_the_row_out_with_column_rule_and_suggestion() -> None:
    assert refused(title="a", artist="b", isrc="QZABC24O0001") == [("isrc", "isrc.letter", "QZABC2400001")]
    assert refused(title="a", artist="b", upc="036000291453", iswc="T0345246802") == [
        ("upc", "gtin.check", ""),
        ("iswc", "iswc.check", ""),
    ]


@pytest.mark.parametrize(
    ("name", "cell", "rule", "suggestion"),
    [
        ("upc", 123_000_000_000.0, "damage.scientific", ""),
        ("upc", 36_000_291_452.0, "damage.leading_zero", "036000291452"),
        ("upc", "1.23E+11", "damage.scientific", ""),
        ("upc", date(2024, 1, 1), "damage.date", ""),
        ("isrc", 1234567.0, "damage.number", ""),
        ("isrc", 0.5, "damage.number", ""),
        ("ipi", 14107338, "damage.leading_zero", "00014107338"),
        ("title", "#REF!", "damage.formula", ""),
    ],
)
def test_f37_damage_by_a_spreadsheet_is_named_and_not_imported(
    name: str, cell: Cell, rule: str, suggestion: str
) -> None:
    cells: dict[str, Cell] = {"title": "a", "artist": "b", name: cell}
    assert refused(**cells) == [(name, rule, suggestion)]


def test_f37_a_whole_number_with_a_right_check_digit_is_a_upc() -> None:
    assert item(title="a", artist="b", upc=4_006_381_333_931.0).values(Scheme.GTIN) == ("04006381333931",)


def test_f37_a_date_that_became_a_number_is_left_out_and_the_row_stays() -> None:
    found, (trouble,) = read(title="a", artist="b", release_date=44197.0)
    assert found is not None
    assert found.release_date == ""
    assert (trouble.rule, trouble.outcome, trouble.suggestion) == (
        "damage.date",
        Outcome.VALUE_LEFT_OUT,
        "2021-01-01",
    )


def test_what_looks_damaged_is_imported_as_it_stands_and_told() -> None:
    found, (trouble,) = read(title="For\u00c3\u00a7a", artist="b")
    assert found is not None
    assert found.title == "For\u00c3\u00a7a"
    assert (trouble.rule, trouble.outcome, trouble.suggestion) == (
        "text.garbled",
        Outcome.AS_IT_STANDS,
        "For\u00e7a",
    )


@pytest.mark.parametrize("cells", [{"title": "a"}, {"artist": "b"}, {}])
def test_a_row_that_names_nothing_is_left_out(cells: dict[str, Cell]) -> None:
    assert [rule for _, rule, _ in refused(**cells)] == ["row.unnamed"]


def test_an_isrc_alone_is_enough() -> None:
    found, (trouble,) = read(isrc="QZABC2400001")
    assert found is not None
    assert (trouble.rule, trouble.outcome) == ("artist.missing", Outcome.AS_IT_STANDS)


def test_the_same_cells_give_the_same_troubles_twice() -> None:
    """Cells are remembered only if nothing is wrong with them."""
    columns = ["title", "artist", "ipi", "writers"]
    reader = RowReader(columns, ColumnMap({Field(name): name for name in columns}), "main")
    for _ in range(2):
        found, troubles = reader(Row(1, 0, ["a", "b", "00014107339", "For\u00c3\u00a7a; x"]))
        assert found is None
        assert sorted(one.rule for one in troubles) == ["ipi.check", "text.garbled"]


def test_ids_depend_on_what_identifies_and_on_nothing_else() -> None:
    isrc, upc = Identifier(Scheme.ISRC, "QZABC2400001"), Identifier(Scheme.GTIN, "00036000291452")
    recording = ItemKind.RECORDING
    first = item_id("main", recording, (isrc,), "b", "a")
    assert first == item_id("main", recording, (isrc,), "other", "spelling")
    others = {
        item_id("side", recording, (isrc,), "b", "a"),
        item_id("main", recording, (upc, isrc), "b", "a"),
        item_id("main", recording, (), "b", "a"),
        item_id("main", recording, (upc,), "b", "a"),
        item_id("main", ItemKind.WORK, (), "", "a", ("b",)),
    }
    assert len(others | {first}) == 6
    assert item_id("main", recording, (), "B ", "A") == item_id("main", recording, (), "b", "a")


def test_the_rule_of_ids_never_changes() -> None:
    """SHA-256 of the parts with NUL between them, computed by sha256sum."""
    isrc = Identifier(Scheme.ISRC, "QZABC2400001")
    assert item_id("main", ItemKind.RECORDING, (isrc,), "b", "a") == "f9872f06d64439573fba"
    assert item_id("main", ItemKind.RECORDING, (), "The Lindens", "Lark Song") == "673c216f7f84f6df1f8b"
