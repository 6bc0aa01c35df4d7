"""The export and the template as tables."""

import csv
import io
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tacenda.catalogue.columns import guess_columns
from tacenda.catalogue.export import EXPORT_COLUMNS, TEMPLATE, write_export, write_template
from tacenda.catalogue.fields import Field
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.item import Item, ItemKind
from tacenda.formats.catalogue_table.neutral import restore
from tacenda.formats.catalogue_table.table import inspect

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def exported(*items: Item) -> list[list[str]]:
    stream = io.StringIO(newline="")
    assert write_export(stream, items) == len(items)
    return list(csv.reader(io.StringIO(stream.getvalue().removeprefix("\ufeff"), newline="")))


def test_one_item_as_a_row() -> None:
    item = Item(
        "0123456789abcdef0123",
        "main",
        ItemKind.RECORDING,
        "=Lark",
        "The Lindens",
        (
            Identifier(Scheme.GTIN, "00036000291452"),
            Identifier(Scheme.ISRC, "QZABC2400001"),
            Identifier(Scheme.YOUTUBE, "9bZkp7q19f0"),
            Identifier(Scheme.YOUTUBE, "dQw4w9WgXcQ"),
        ),
        duration_ms=225_000,
        release_date="2024-05",
        writers=("Ada Finch", "Bo; Reed"),
        ipi_name_numbers=("00014107338",),
    )
    header, row = exported(item)
    found = dict(zip(header, row, strict=True))
    assert {name: cell for name, cell in found.items() if cell} == {
        "tacenda_item": "0123456789abcdef0123",
        "kind": "recording",
        "title": "'=Lark",
        "artist": "The Lindens",
        "isrc": "QZABC2400001",
        "upc": "00036000291452",
        "youtube": '["9bZkp7q19f0", "dQw4w9WgXcQ"]',
        "ipi": "00014107338",
        "duration_ms": "225000",
        "release_date": "2024-05",
        "writers": '["Ada Finch", "Bo; Reed"]',
    }


def test_no_items_are_a_header_alone() -> None:
    assert exported() == [list(EXPORT_COLUMNS)]


@given(texts, texts, st.lists(texts, max_size=3))
def test_f63_no_cell_is_a_formula_and_none_is_lost(title: str, path: str, writers: list[str]) -> None:
    item = Item("f" * 20, "main", ItemKind.WORK, title, writers=tuple(writers), audio_path=path)
    header, row = exported(item)
    assert not any(cell.startswith(FORMULA_STARTS) for cell in row)
    found = dict(zip(header, row, strict=True))
    assert restore(found["title"]) == title
    assert restore(found["audio_path"]) == path


def test_the_template_is_understood_column_by_column(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        write_template(stream)
        stream.write("Lark,The Lindens" + "," * (len(TEMPLATE) - 2) + "\n")
    choices, notes = guess_columns(inspect(path), {})
    assert [(one.column, one.field.value) for one in choices] == [
        (one.value, one.value) for one in Field if one.value in dict(TEMPLATE)
    ]
    assert len(choices) == len(TEMPLATE)
    assert notes == ()
