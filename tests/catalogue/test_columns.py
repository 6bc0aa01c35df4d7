"""Guessing the columns, and saying which."""

from pathlib import Path

import pytest

from tacenda.catalogue.columns import ColumnMap, guess_columns, map_from_document, parse_assignments, settle_map
from tacenda.catalogue.fields import SYNONYMS, Field, name_key
from tacenda.catalogue.values import DateOrder, DurationUnit
from tacenda.errors import InputError
from tacenda.formats.catalogue_table.table import Table, inspect


def table(tmp_path: Path, text: str) -> Table:
    path = tmp_path / "songs.csv"
    path.write_text(text, encoding="utf-8")
    return inspect(path)


def guessed(tmp_path: Path, text: str, **stated: str) -> dict[str, str]:
    choices, _ = guess_columns(table(tmp_path, text), {Field(name): column for name, column in stated.items()})
    assert all(choice.why for choice in choices)
    return {choice.field.value: choice.column for choice in choices}


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("Track Title,Artist(s),ISRC Code", "title artist isrc"),
        ("trackTitle,ARTIST_NAME,isrc", "title artist isrc"),
        ("Titel,K\u00fcnstler,Erscheinungsdatum", "title artist release_date"),
        ("Titre,Interpr\u00e8te,Label", "title artist label"),
        ("T\u00edtulo,Artista,Sello", "title artist label"),
        ("Titolo,Artista,Etichetta", "title artist label"),
        ("Work Title,Composer(s),Publisher(s),ISWC,IPI Name No.", "title writers publishers iswc ipi"),
        ("Song,Performer,UPC/EAN,Length (ms),YouTube URL", "title artist upc duration youtube"),
    ],
)
def test_names_are_known_in_several_languages_and_spellings(tmp_path: Path, header: str, fields: str) -> None:
    blank = ",".join("" for _ in header.split(","))
    found = guessed(tmp_path, f"{header}\n{blank}x\n")
    assert set(found) == set(fields.split())
    assert set(found.values()) == set(header.split(","))


def test_every_field_is_found_under_its_own_name(tmp_path: Path) -> None:
    header = ",".join(Field)
    assert guessed(tmp_path, f"{header}\n{',' * (len(Field) - 1)}x\n") == {name: name for name in Field}


def test_no_name_stands_for_two_fields() -> None:
    names = [name for text in SYNONYMS.values() for name in " ".join(text.split()).split(", ")]
    assert len(names) == len(set(names))
    assert all(name == name_key(name) for name in names)


ROWS = "\n".join(f"Song {n},Lark,QZABC24{n:05d},{n}" for n in range(1, 9))


def test_codes_are_found_by_content_under_any_name(tmp_path: Path) -> None:
    assert guessed(tmp_path, f"Name,Act,Kennung,Nr\n{ROWS}\n")["isrc"] == "Kennung"


def test_weak_names_need_fitting_cells(tmp_path: Path) -> None:
    rows = "\n".join(f"Song {n},Lark,{n},soon" for n in range(1, 9))
    found, notes = guess_columns(table(tmp_path, f"Title,Artist,Track,Date\n{rows}\n"), {})
    assert {choice.field: choice.column for choice in found} == {Field.TITLE: "Title", Field.ARTIST: "Artist"}
    assert any("'Track'" in note for note in notes)
    assert any("'Date'" in note for note in notes)


def test_the_surer_name_wins_and_the_other_is_told(tmp_path: Path) -> None:
    choices, notes = guess_columns(table(tmp_path, "Name,Title,Artist\na,b,c\n"), {})
    assert choices[0].column == "Title"
    assert any("'Name'" in note for note in notes)


def test_the_operator_wins_over_names_and_contents(tmp_path: Path) -> None:
    found = guessed(tmp_path, f"Title,Artist,ISRC,Other\n{ROWS}\n", title="other", isrc="")
    assert found == {"title": "Other", "artist": "Artist"}


def test_unknown_columns_and_tables_without_any_known_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        guessed(tmp_path, "Title,Artist\na,b\n", isrc="Nope")
    assert caught.value.code == "catalogue.column"
    assert "Artist" in caught.value.hint
    with pytest.raises(InputError) as caught:
        guessed(tmp_path, "foo,bar\n1,2\n")
    assert caught.value.code == "catalogue.header"


def test_a_table_without_a_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        guessed(tmp_path, "Lark Song,QZABC2400001\nB,QZABC2400002\nC,QZABC2400003\nD,QZABC2400004\n")
    assert caught.value.code == "catalogue.header"


def test_a_map_is_saved_and_read_back() -> None:
    made = ColumnMap(
        {Field.TITLE: "Tr\u00e4ck", Field.ISRC: "x"}, DateOrder.DAY_FIRST, DurationUnit.SECONDS, ";", "cp1252", "A"
    )
    assert map_from_document(made.to_document(), "map.json") == made
    for document in ([], {}, {"tacenda_map": 2, "columns": {}}, {"tacenda_map": 1, "columns": {"nope": "x"}}):
        with pytest.raises(InputError) as caught:
            map_from_document(document, "map.json")
        assert caught.value.code == "catalogue.map"


def test_assignments() -> None:
    assert parse_assignments(["title=Track Name", "release-date = When", "isrc="]) == {
        Field.TITLE: "Track Name",
        Field.RELEASE_DATE: "When",
        Field.ISRC: "",
    }
    for word in ("title", "nope=x"):
        with pytest.raises(InputError):
            parse_assignments([word])


def test_order_of_dates_and_unit_are_found_and_explained(tmp_path: Path) -> None:
    seen = table(
        tmp_path, "Title,Artist,Release Date,Length\na,b,13/5/2024,225\nc,d,1/2/2024,180\ne,f,2/2/2024,200\n"
    )
    choices, _ = guess_columns(seen, {})
    found, notes = settle_map(seen, choices, dates=None, unit=None)
    assert (found.dates, found.unit) == (DateOrder.DAY_FIRST, DurationUnit.SECONDS)
    assert len(notes) == 2
    stated, notes = settle_map(seen, choices, dates=DateOrder.MONTH_FIRST, unit=DurationUnit.MILLISECONDS)
    assert (stated.dates, stated.unit, notes) == (DateOrder.MONTH_FIRST, DurationUnit.MILLISECONDS, ())
