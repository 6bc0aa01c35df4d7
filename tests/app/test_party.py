"""Parties: their marks in normal form, each version filed."""

from dataclasses import replace
from typing import Any

import pytest

from tacenda.app.desk import Desk
from tacenda.app.party import add_party, check_party, find_party, id_from_name, list_parties
from tacenda.core.party import Party
from tacenda.errors import ConflictError, InputError

WREN = Party(id="wren", legal_name="Wren Recordings Ltd", seat="GB")


def filed(desk: Desk) -> list[tuple[str, int]]:
    with desk.store.reading() as view:
        return [(record.id, record.version) for record in view.records("party")]


def test_a_party_is_added_and_filed(desk: Desk, lark: Party) -> None:
    assert add_party(desk, WREN) == WREN
    assert list(list_parties(desk)) == [lark, WREN]
    assert filed(desk) == [("lark-and-linden", 1), ("wren", 1)]
    assert (desk.root / "log" / "checkpoint").read_text().splitlines()[1] == "2"


def test_the_same_party_again_files_nothing(desk: Desk) -> None:
    add_party(desk, WREN)
    add_party(desk, WREN)
    add_party(desk, WREN, replace=True)
    assert filed(desk) == [("lark-and-linden", 1), ("wren", 1)]


def test_an_amended_party_is_a_new_version_and_never_by_accident(desk: Desk) -> None:
    add_party(desk, WREN)
    moved = replace(WREN, seat="IE")
    with pytest.raises(ConflictError) as caught:
        add_party(desk, moved)
    assert caught.value.code == "party.exists"
    assert find_party(desk, "wren") == WREN
    add_party(desk, moved, replace=True)
    assert find_party(desk, "wren") == moved
    assert filed(desk) == [("lark-and-linden", 1), ("wren", 1), ("wren", 2)]


def test_a_party_that_is_not_there(desk: Desk) -> None:
    with pytest.raises(InputError) as caught:
        find_party(desk, "nobody")
    assert caught.value.code == "party.unknown"


def test_marks_are_put_into_normal_form() -> None:
    party = Party(
        id="wren",
        legal_name="  Wren Recordings Ltd ",
        seat="gb",
        isrc_prefixes=("gb-abc", "GBABC", "GB XYZ"),
        ipi_name_numbers=("00014107338", "IPI 00014107338"),
        labels=("Wren", "Wren "),
    )
    assert check_party(party) == Party(
        id="wren",
        legal_name="Wren Recordings Ltd",
        seat="GB",
        isrc_prefixes=("GBABC", "GBXYZ"),
        ipi_name_numbers=("00014107338",),
        labels=("Wren",),
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": ""}, "party.id"),
        ({"id": "Wren"}, "party.id"),
        ({"id": "wren\n"}, "party.id"),
        ({"id": "../wren"}, "party.id"),
        ({"id": "-wren"}, "party.id"),
        ({"id": "w" * 65}, "party.id"),
        ({"legal_name": "  "}, "party.empty"),
        ({"legal_name": "Wren\r\nBcc: all@wren.example"}, "party.text"),
        ({"legal_name": "\x1b[31mWren"}, "party.text"),
        ({"contact": "x" * 1001}, "party.text"),
        ({"seat": "GBR"}, "party.seat"),
        ({"seat": "XX"}, "party.seat"),
        ({"seat": "UK"}, "party.seat"),
        ({"seat": "DÉ"}, "party.seat"),
        ({"website": "javascript:alert(1)"}, "party.website"),
        ({"website": "wren.example"}, "party.website"),
        ({"isrc_prefixes": ("GB",)}, "party.code"),
        ({"isrc_prefixes": ("12ABC",)}, "party.code"),
        ({"ipi_name_numbers": ("00014107339",)}, "ipi.check"),
        ({"labels": ("",)}, "party.empty"),
    ],
)
def test_what_has_no_valid_form_is_refused_with_its_rule(change: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as caught:
        check_party(replace(WREN, **change))
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "party_id"),
    [
        ("Lark & Linden Music GmbH", "lark-and-linden-music-gmbh"),
        ("Édition Où S.à r.l.", "edition-ou-s-a-r-l"),
        ("  --x--  ", "x"),
    ],
)
def test_an_id_is_made_from_the_name(name: str, party_id: str) -> None:
    assert id_from_name(name) == party_id
    check_party(replace(WREN, id=party_id))


def test_no_id_can_be_made_from_nothing() -> None:
    with pytest.raises(InputError) as caught:
        id_from_name("東京")
    assert caught.value.code == "party.id"
