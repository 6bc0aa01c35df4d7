"""Records as documents: round trips are exact, and nothing unknown or out of order is read."""

import copy
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacenda.core.canonical import canonical_bytes
from tacenda.core.decision import Facts
from tacenda.core.declaration import to_reservations
from tacenda.core.documents import (
    declaration_from_document,
    declaration_to_document,
    facts_from_document,
    facts_to_document,
    licence_from_document,
    licence_to_document,
    party_from_document,
    party_to_document,
    scope_from_document,
    scope_to_document,
)
from tacenda.core.party import Party, PartyKind
from tacenda.errors import InputError
from tacenda.testing.declarations import declarations, licences, scopes

PARTY = Party(
    "wren", "Wren <b>Ltd</b>", PartyKind.PERSON, "1", "GB", "https://wren.example", "a@wren.example",
    ("GBABC",), ("00045620792",), ("Wren",), ("W",),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(declarations())
def test_a_declaration_comes_back_exactly_through_its_canonical_bytes(declaration: Any) -> None:
    document = declaration_to_document(declaration)
    data = canonical_bytes(document)
    again = declaration_from_document(json.loads(data))
    assert again == declaration
    assert canonical_bytes(declaration_to_document(again)) == data


@settings(max_examples=60, deadline=None)
@given(licences(), scopes)
def test_licences_and_scopes_come_back_exactly(licence: Any, scope: Any) -> None:
    assert licence_from_document(json.loads(canonical_bytes(licence_to_document(licence)))) == licence
    assert scope_from_document(scope_to_document(scope)) == scope


@settings(max_examples=30, deadline=None)
@given(st.lists(declarations(), max_size=2), st.lists(licences(), max_size=2))
def test_facts_come_back_exactly(declared: Any, granted: Any) -> None:
    facts = Facts(to_reservations((d, "00" * 32) for d in declared), tuple(granted), {"wren": PARTY})
    assert facts_from_document(json.loads(canonical_bytes(facts_to_document(facts)))) == facts


def test_a_party_comes_back_exactly() -> None:
    assert party_from_document(party_to_document(PARTY)) == PARTY


@settings(max_examples=40, deadline=None)
@given(declarations(), st.data())
def test_every_field_that_is_taken_away_or_added_is_refused_with_its_path(declaration: Any, data: Any) -> None:
    document = declaration_to_document(declaration)
    path = data.draw(st.sampled_from([(), ("declarant",), ("signatory",), ("permission",), ("scope",)]))
    changed = copy.deepcopy(document)
    inner: Any = changed
    for step in path:
        inner = inner[step]
    where = ".".join(("$", *path))
    removed = data.draw(st.sampled_from(sorted(inner)))
    value = inner.pop(removed)
    with pytest.raises(InputError) as missing:
        declaration_from_document(changed)
    assert missing.value.where == f"{where}.{removed}"
    inner[removed] = value
    inner["surprise"] = "1"
    with pytest.raises(InputError) as unknown:
        declaration_from_document(changed)
    assert (unknown.value.code, unknown.value.where) == ("document.unknown", f"{where}.surprise")


def _document() -> dict[str, Any]:
    from tacenda.core.licence import Licence
    from tacenda.core.scope import AllRepertoire
    from tacenda.core.vocabulary import Layer, Use

    return licence_to_document(
        Licence(
            "l", 1, "a", "b", AllRepertoire(), frozenset({Layer.WORK, Layer.LYRICS}), frozenset({Use.TRAIN}),
            date(2026, 11, 22),
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "code", "where"),
    [
        ("layers", ["lyrics", "work"], "document.order", "$.layers"),
        ("layers", ["work", "work", "lyrics"], "document.order", "$.layers"),
        ("layers", ["melody"], "document.word", "$.layers[0]"),
        ("valid_from", "2026-02-31", "document.day", "$.valid_from"),
        ("valid_from", "20261122", "document.day", "$.valid_from"),
        ("valid_from", "2026-W47-7", "document.day", "$.valid_from"),
        ("valid_from", 20261122, "document.text", "$.valid_from"),
        ("version", True, "document.integer", "$.version"),
        ("version", 1.0, "document.integer", "$.version"),
        ("models", "any", "document.list", "$.models"),
        ("scope", {"kind": "moods"}, "document.scope", "$.scope.kind"),
        ("scope", [], "document.object", "$.scope"),
        ("format", "tacenda/licence/2", "document.format", "$.format"),
        ("territory", ["XX"], "territory.country", ""),
    ],
)
def test_what_is_wrong_is_named_with_its_place(field: str, value: object, code: str, where: str) -> None:
    document = _document() | {field: value}
    with pytest.raises(InputError) as refused:
        licence_from_document(document)
    assert (refused.value.code, refused.value.where) == (code, where)


@pytest.mark.parametrize("text", ["isrc", "isrc:", "colour:red", 5, None])
def test_a_list_of_identifiers_holds_only_identifiers(text: object) -> None:
    with pytest.raises(InputError, match="scheme:value"):
        scope_from_document({"kind": "list", "identifiers": [text]})
