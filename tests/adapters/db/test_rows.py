"""Items to columns and back, with every text that a file may hold."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.adapters.db.rows import item_from, item_row, party_from, party_row
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.item import Item, ItemKind
from tacenda.core.party import Party, PartyKind
from tacenda.errors import InputError
from tacenda.ports import ITEM_COLUMNS
from tacenda.testing.suites import LARK, PLAIN, SONG

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
names = st.lists(texts, max_size=3).map(tuple)
codes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_", min_size=1, max_size=12)
identifiers = st.lists(st.builds(Identifier, st.sampled_from(Scheme), codes), max_size=6, unique=True).map(
    lambda found: tuple(sorted(found))
)
items = st.builds(
    Item,
    id=texts,
    catalogue=texts,
    kind=st.sampled_from(ItemKind),
    title=texts,
    artist=texts,
    identifiers=identifiers,
    duration_ms=st.none() | st.integers(0, 2**40),
    release_date=texts,
    label=texts,
    writers=names,
    publishers=names,
    ipi_name_numbers=names,
    lyrics=texts,
    audio_path=texts,
)


@given(items)
def test_an_item_comes_back_as_it_went_in(item: Item) -> None:
    row = item_row(item)
    assert len(row) == len(ITEM_COLUMNS) + 1
    assert item_from(row[:-1]) == item


@given(items, items)
def test_two_items_have_one_digest_only_if_they_are_equal(one: Item, other: Item) -> None:
    assert (item_row(one)[-1] == item_row(other)[-1]) == (one == other)


@pytest.mark.parametrize("field", [f.name for f in fields(Item) if f.name != "identifiers"])
def test_the_digest_speaks_of_every_field(field: str) -> None:
    other = {"kind": ItemKind.WORK, "duration_ms": None}.get(field, getattr(PLAIN, field))
    if other == getattr(SONG, field):
        other = "other"
    assert item_row(SONG)[-1] != item_row(replace(SONG, **{field: other}))[-1]


def test_no_duration_is_not_a_duration_of_nought() -> None:
    assert item_row(replace(PLAIN, duration_ms=0))[-1] != item_row(replace(PLAIN, duration_ms=None))[-1]


@pytest.mark.parametrize("value", ["", "DEA12 9900001"])
def test_an_identifier_that_would_read_as_two_or_none_is_refused(value: str) -> None:
    with pytest.raises(InputError):
        item_row(replace(PLAIN, identifiers=(Identifier(Scheme.ISRC, value),)))


def test_a_nul_between_two_names_of_a_list_survives_as_json() -> None:
    item = replace(PLAIN, writers=("a\0b", "c\x1f"))
    assert "\0" not in "".join(text for text in item_row(item) if isinstance(text, str))
    assert item_from(item_row(item)) == item


@given(
    st.builds(
        Party,
        id=texts,
        legal_name=texts,
        kind=st.sampled_from(PartyKind),
        company_number=texts,
        seat=texts,
        website=texts,
        contact=texts,
        isrc_prefixes=names,
        ipi_name_numbers=names,
        labels=names,
        aliases=names,
    )
)
def test_a_party_comes_back_as_it_went_in(party: Party) -> None:
    class Row:
        def __init__(self, columns: dict[str, object]) -> None:
            self.__dict__.update(columns)

    assert party_from(Row(party_row(party))) == party
    assert party_from(Row(party_row(LARK))) == LARK
