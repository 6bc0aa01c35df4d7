"""Suites that an adapter and its fake must both pass. They need pytest, which Tacenda itself does not.

Use one by a subclass whose name begins with ``Test``, with a fixture of the name that its methods ask for::

    class TestMyStore(StoreContract):
        @pytest.fixture
        def store(self) -> Store: ...
"""
# ruff: noqa: S101, PT012 - a suite asserts, and what must fail may take several statements

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from tacenda.core.canonical import digest_of
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.item import Item, ItemKind
from tacenda.core.item_columns import columns_of
from tacenda.core.party import Party, PartyKind
from tacenda.errors import ConflictError, InputError, TacendaError
from tacenda.ports import RECORD_KINDS, CatalogueInfo, Change, Conflict, ImportProgress, Record, Store

NOON: Final = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
LARK: Final = Party(
    id="lark",
    legal_name='Lärk & Linden "Music" \'; DROP TABLE party; --',
    company_number="HRB 4711",
    seat="DE",
    website="https://lark.example",
    contact="rights@lark.example",
    isrc_prefixes=("DEA12", "DEB34"),
    ipi_name_numbers=("00012345678",),
    labels=("Lark, Linden", "=cmd|' /C calc'!A0"),
    aliases=("\u202eLARK", "<script>alert(1)</script>"),
)
WREN: Final = Party(id="wren", legal_name="Wren Recordings", kind=PartyKind.PERSON)
MAIN: Final = CatalogueInfo("main", "Main catalogue", "lark", ("recording", "performance"), NOON)
SIDE: Final = CatalogueInfo("side", "Side", "wren", ("recording",), NOON)
SONG: Final = Item(
    id="song-1",
    catalogue="main",
    kind=ItemKind.RECORDING,
    title="Après la pluie\r\n\u202e",
    artist="The Lark Ensemble",
    identifiers=(
        Identifier(Scheme.GTIN, "4006381333931"),
        Identifier(Scheme.ISRC, "DEA129900001"),
        Identifier(Scheme.ISRC, "DEA129900002"),
        Identifier(Scheme.ISWC, "T0345246801"),
        Identifier(Scheme.SPOTIFY, "4uLU6hMCjMI75M1A2tKUQC"),
        Identifier(Scheme.YOUTUBE, "dQw4w9WgXcQ"),
    ),
    duration_ms=213_000,
    release_date="1999-05",
    label="Lark & Linden",
    writers=("Ada Finch", 'Bo "Reed", jr.'),
    publishers=("Linden Verlag",),
    ipi_name_numbers=("00012345678",),
    lyrics="La la\n=SUM(A1)",
    audio_path="/audio/one.flac",
)
PLAIN: Final = Item(id="a", catalogue="main", kind=ItemKind.WORK, title="Untitled")


def with_isrc(item: Item, *values: str, scheme: Scheme = Scheme.ISRC) -> Item:
    """The item under these identifiers of one scheme alone."""
    return replace(item, identifiers=tuple(Identifier(scheme, value) for value in values))


def record_of(kind: str, record_id: str, version: int, entry: int, body: dict[str, Any]) -> Record:
    """A record with the digest that its body has."""
    return Record(kind, record_id, version, body, digest_of(body), NOON, entry)


def fill(store: Store, *items: Item) -> None:
    """Two parties, a catalogue each, and the items."""
    with store.writing() as change:
        change.put_party(LARK)
        change.put_party(WREN)
        change.put_catalogue(MAIN)
        change.put_catalogue(SIDE)
        change.put_items(items)


def refusal(store: Store, act: Callable[[Change], object]) -> TacendaError:
    """The error with which a transaction of this act alone ends."""
    with pytest.raises(TacendaError) as caught, store.writing() as change:
        act(change)
    return caught.value


class StoreContract:
    """What every store promises. The fixture `store` gives an empty one that waits briefly for another writer."""

    def test_a_new_store_is_empty(self, store: Store) -> None:
        with store.reading() as view:
            assert set(view.counts().values()) == {0}
            assert list(view.counts())[:4] == ["parties", "catalogues", "items", "party"]
            assert (list(view.parties()), list(view.catalogues()), list(view.items())) == ([], [], [])
            assert (view.entry_count(), list(view.entries(0, 10)), list(view.conflicts())) == (0, [], [])
            assert list(view.item_rows(["id"])) == []

    def test_what_goes_in_comes_out(self, store: Store) -> None:
        fill(store, SONG, PLAIN)
        with store.reading() as view:
            assert list(view.parties()) == [LARK, WREN]
            assert list(view.catalogues()) == [replace(MAIN, items=2), SIDE]
            assert list(view.items()) == [PLAIN, SONG]
            assert list(view.items("side")) == []
            assert view.counts()["items"] == 2

    def test_keys_are_sorted_by_code_point_whatever_the_locale(self, store: Store) -> None:
        ids = ["Z", "a", "B", "é", "_", "a-b", "ab", "10", "9"]
        fill(store, *[replace(PLAIN, id=i) for i in ids])
        with store.reading() as view:
            assert [item.id for item in view.items()] == ["10", "9", "B", "Z", "_", "a", "a-b", "ab", "é"]

    def test_item_rows_are_plain_columns_in_batches(self, store: Store) -> None:
        fill(store, SONG, PLAIN, replace(PLAIN, id="b", catalogue="side"))
        columns = ["id", "catalogue", "isrc", "other_ids", "writers", "duration_ms", "release_date"]
        with store.reading() as view:
            batches = [list(batch) for batch in view.item_rows(columns, batch_rows=2)]
        assert batches == [
            [
                ("a", "main", "", "[]", "[]", None, ""),
                (
                    "song-1",
                    "main",
                    "DEA129900001 DEA129900002",
                    '["spotify:4uLU6hMCjMI75M1A2tKUQC"]',
                    '["Ada Finch","Bo \\"Reed\\", jr."]',
                    213_000,
                    "1999-05",
                ),
            ],
            [("b", "side", "", "[]", "[]", None, "")],
        ]

    def test_a_column_that_is_none_is_refused(self, store: Store) -> None:
        with store.reading() as view, pytest.raises(InputError, match="no item column") as caught:
            list(view.item_rows(["id, (SELECT 1)"]))
        assert caught.value.code == "store.column"

    def test_f35_the_same_items_again_change_nothing(self, store: Store) -> None:
        fill(store)
        with store.writing() as change:
            assert change.put_items([SONG, PLAIN]) == 2
        with store.writing() as change:
            assert change.put_items([SONG, PLAIN]) == 0
            assert change.put_items([SONG, replace(PLAIN, title="Titled")]) == 1
            assert change.put_items([]) == 0
        with store.reading() as view:
            assert [item.title for item in view.items()] == ["Titled", SONG.title]

    def test_of_two_items_with_one_key_the_later_stands(self, store: Store) -> None:
        fill(store)
        with store.writing() as change:
            assert change.put_items([PLAIN, replace(PLAIN, title="Later")]) == 1
        with store.reading() as view:
            assert [item.title for item in view.items()] == ["Later"]

    def test_plain_rows_are_items_and_are_compared_before_they_are_put(self, store: Store) -> None:
        fill(store)
        rows = [columns_of(SONG), columns_of(PLAIN)]
        with store.writing() as change:
            assert change.compare_item_rows(rows) == (2, 0)
            assert change.put_item_rows(rows) == 2
            assert change.put_item_rows([]) == 0
        with store.reading() as view:
            assert list(view.items()) == [PLAIN, SONG]
            assert view.compare_item_rows(rows) == (0, 0)
            other = [columns_of(replace(SONG, title="Titled")), columns_of(replace(PLAIN, id="f" * 20))]
            assert view.compare_item_rows([*rows[1:], *other]) == (1, 1)
            assert view.compare_item_rows([]) == (0, 0)

    def test_a_change_sees_itself(self, store: Store) -> None:
        fill(store)
        with store.writing() as change:
            change.put_items([SONG])
            assert list(change.items()) == [SONG]

    def test_f01_half_a_transaction_leaves_nothing(self, store: Store) -> None:
        fill(store, PLAIN)
        progress = ImportProgress("a" * 64, "b" * 64, "main", 1, 1, 0, False, NOON)
        with pytest.raises(ZeroDivisionError), store.writing() as change:
            change.put_items([SONG])
            change.set_import_progress(progress)
            change.append_entry(b"{}")
            change.put_setting("origin", "lark.example/log")
            raise ZeroDivisionError
        with store.reading() as view:
            assert list(view.items()) == [PLAIN]
            assert view.import_progress("a" * 64, "b" * 64, "main") is None
            assert (view.entry_count(), view.setting("origin")) == (0, None)

    def test_f01_progress_is_kept_by_file_mapping_and_catalogue(self, store: Store) -> None:
        fill(store)
        first = ImportProgress("a" * 64, "b" * 64, "main", 50_000, 49_000, 3, False, NOON)
        last = replace(first, rows_done=70_000, finished=True)
        with store.writing() as change:
            change.set_import_progress(first)
        with store.writing() as change:
            assert change.import_progress("a" * 64, "b" * 64, "main") == first
            change.set_import_progress(last)
        with store.reading() as view:
            assert view.import_progress("a" * 64, "b" * 64, "main") == last
            assert view.import_progress("c" * 64, "b" * 64, "main") is None
            assert view.import_progress("a" * 64, "c" * 64, "main") is None
            assert view.import_progress("a" * 64, "b" * 64, "side") is None

    def test_f34_two_owners_of_one_recording_both_stand(self, store: Store) -> None:
        fill(
            store,
            with_isrc(replace(PLAIN, id="m1"), "DEA129900001"),
            with_isrc(replace(PLAIN, id="m2"), "DEA129900001"),
            with_isrc(replace(PLAIN, id="m3"), "DEA129900003"),
            with_isrc(replace(PLAIN, id="m4"), "T0345246801", scheme=Scheme.ISWC),
            with_isrc(replace(PLAIN, id="s1", catalogue="side"), "DEA129900001"),
            with_isrc(replace(PLAIN, id="s2", catalogue="side"), "T0345246801", scheme=Scheme.ISWC),
            with_isrc(replace(PLAIN, id="s3", catalogue="side"), "DEA129900009"),
        )
        expected = [
            Conflict("isrc:DEA129900001", ("m1", "m2", "s1"), ("lark", "wren")),
            Conflict("iswc:T0345246801", ("m4", "s2"), ("lark", "wren")),
        ]
        with store.reading() as view:
            assert list(view.conflicts()) == expected
            assert list(view.conflicts(limit=1)) == expected[:1]
            assert len(list(view.items())) == 7

    def test_f34_an_item_with_several_isrcs_conflicts_by_each(self, store: Store) -> None:
        fill(
            store,
            with_isrc(replace(PLAIN, id="m1"), "DEA129900001", "DEA129900002"),
            with_isrc(replace(PLAIN, id="m2"), "DEA129900004", "DEA129900005"),
            with_isrc(replace(PLAIN, id="s1", catalogue="side"), "DEA129900002"),
            with_isrc(replace(PLAIN, id="s2", catalogue="side"), "DEA129900005", "DEA129900006"),
        )
        with store.reading() as view:
            assert list(view.conflicts()) == [
                Conflict("isrc:DEA129900002", ("m1", "s1"), ("lark", "wren")),
                Conflict("isrc:DEA129900005", ("m2", "s2"), ("lark", "wren")),
            ]

    def test_f34_two_catalogues_of_one_owner_do_not_conflict(self, store: Store) -> None:
        fill(store, with_isrc(PLAIN, "DEA129900001"))
        with store.writing() as change:
            change.put_catalogue(replace(MAIN, id="live"))
            change.put_items([with_isrc(replace(PLAIN, catalogue="live"), "DEA129900001")])
        with store.reading() as view:
            assert list(view.conflicts()) == []

    def test_the_log_counts_from_nought(self, store: Store) -> None:
        bodies = [b'{"n":%d}' % n for n in range(5)] + [bytes(range(256)) * 255]
        with store.writing() as change:
            assert [change.append_entry(body) for body in bodies] == [0, 1, 2, 3, 4, 5]
        with store.reading() as view:
            assert view.entry_count() == 6
            assert list(view.entries(0, 6)) == bodies
            assert list(view.entries(4, 99)) == bodies[4:]
            assert list(view.entries(3, 3)) == []

    @pytest.mark.parametrize("body", [b"", b"x" * 65_536], ids=["empty", "too-long"])
    def test_an_entry_has_one_to_65535_bytes(self, store: Store, body: bytes) -> None:
        assert refusal(store, lambda change: change.append_entry(body)).code == "store.constraint"
        with store.reading() as view:
            assert view.entry_count() == 0

    def test_records_come_by_id_and_version(self, store: Store) -> None:
        body = {"title": "Grüße\u2028", "uses": ["train"], "n": 2**53 - 1, "none": None, "on": True}
        records = [
            record_of("declaration", "b", 1, 0, body),
            record_of("declaration", "a", 10, 1, {}),
            record_of("declaration", "a", 2, 2, {"v": 2}),
            record_of("licence", "a", 1, 3, {}),
        ]
        with store.writing() as change:
            for record in records:
                change.append_entry(b"{}")
                change.put_record(record)
        with store.reading() as view:
            assert list(view.records("declaration")) == [records[2], records[1], records[0]]
            assert list(view.records("letter")) == []
            assert (view.counts()["declaration"], view.counts()["licence"], view.counts()["letter"]) == (3, 1, 0)

    @pytest.mark.parametrize("kind", RECORD_KINDS)
    def test_every_kind_of_record_can_be_kept(self, store: Store, kind: str) -> None:
        with store.writing() as change:
            change.append_entry(b"{}")
            change.put_record(record_of(kind, "one", 1, 0, {}))
        with store.reading() as view:
            assert [record.kind for record in view.records(kind)] == [kind]

    def test_a_version_cannot_be_changed(self, store: Store) -> None:
        first = record_of("declaration", "d", 1, 0, {"title": "one"})
        with store.writing() as change:
            change.append_entry(b"{}")
            change.put_record(first)
        with store.writing() as change:
            change.put_record(first)  # the same again is no change
        other = record_of("declaration", "d", 1, 0, {"title": "two"})
        error = refusal(store, lambda change: change.put_record(other))
        assert isinstance(error, ConflictError)
        assert error.code == "record.exists"
        with store.reading() as view:
            assert list(view.records("declaration")) == [first]

    @pytest.mark.parametrize(
        "change_of",
        [{"kind": "opinion"}, {"version": 0}, {"version": -1}, {"digest": "ab"}, {"digest": "G" * 64}],
        ids=["kind", "version-0", "version-below", "digest-length", "digest-digits"],
    )
    def test_a_record_out_of_form_is_refused(self, store: Store, change_of: dict[str, Any]) -> None:
        with store.writing() as change:
            change.append_entry(b"{}")
        record = replace(record_of("licence", "l", 1, 0, {}), **change_of)
        assert refusal(store, lambda change: change.put_record(record)).code == "store.constraint"

    @pytest.mark.parametrize(
        "change_of",
        [
            {"release_date": "2019-13"},
            {"release_date": "2019-02-32"},
            {"release_date": "19"},
            {"release_date": "yesterday!"},
            {"release_date": "2019\n"},
            {"duration_ms": -1},
            {"id": ""},
        ],
        ids=str,
    )
    def test_an_item_out_of_form_is_refused_with_its_batch(self, store: Store, change_of: dict[str, Any]) -> None:
        fill(store)
        items = [SONG, replace(PLAIN, **change_of)]
        assert refusal(store, lambda change: change.put_items(items)).code == "store.constraint"
        with store.reading() as view:
            assert list(view.items()) == []

    @pytest.mark.parametrize("date", ["", "1927", "1927-12", "1927-12-31", "0001-01-01"])
    def test_a_release_date_may_be_a_year_a_month_or_a_day(self, store: Store, date: str) -> None:
        fill(store, replace(PLAIN, release_date=date))
        with store.reading() as view:
            assert [item.release_date for item in view.items()] == [date]

    @pytest.mark.parametrize("text", ["a\0b", "a\ud800b"], ids=["nul", "surrogate"])
    @pytest.mark.parametrize("field", ["title", "lyrics", "id"])
    def test_text_that_one_engine_could_not_keep_is_refused_by_all(
        self, store: Store, field: str, text: str
    ) -> None:
        fill(store)
        changes: dict[str, Any] = {field: text}
        item = replace(PLAIN, **changes)
        error = refusal(store, lambda change: change.put_items([item]))
        assert isinstance(error, InputError)
        assert error.code == "store.text"

    def test_what_is_named_must_be_there(self, store: Store) -> None:
        fill(store)
        progress = ImportProgress("a" * 64, "b" * 64, "nowhere", 1, 1, 0, False, NOON)
        acts: list[Callable[[Change], object]] = [
            lambda change: change.put_items([replace(PLAIN, catalogue="nowhere")]),
            lambda change: change.put_catalogue(replace(MAIN, id="other", owner="nobody")),
            lambda change: change.put_record(record_of("licence", "l", 1, 7, {})),
            lambda change: change.set_import_progress(progress),
        ]
        for act in acts:
            error = refusal(store, act)
            assert isinstance(error, ConflictError)
            assert error.code == "store.reference"

    def test_a_party_and_a_catalogue_can_be_amended(self, store: Store) -> None:
        fill(store, PLAIN)
        later = datetime(2027, 1, 1, tzinfo=UTC)
        with store.writing() as change:
            change.put_party(replace(LARK, contact="licensing@lark.example", labels=()))
            change.put_catalogue(replace(MAIN, title="Renamed", created_at=later, items=99))
        with store.reading() as view:
            assert view.parties()[0] == replace(LARK, contact="licensing@lark.example", labels=())
            assert view.catalogues()[0] == replace(MAIN, title="Renamed", items=1)

    def test_settings_are_kept(self, store: Store) -> None:
        with store.writing() as change:
            change.put_setting("origin", "one")
            change.put_setting("origin", "lark.example/log")
        with store.reading() as view:
            assert (view.setting("origin"), view.setting("other")) == ("lark.example/log", None)

    def test_a_reader_sees_one_state_while_others_write(self, store: Store) -> None:
        fill(store, PLAIN)
        with store.reading() as view:
            assert view.counts()["items"] == 1
            with store.writing() as change:
                change.put_items([SONG])
            assert view.counts()["items"] == 1
            assert list(view.items()) == [PLAIN]
        with store.reading() as view:
            assert view.counts()["items"] == 2

    def test_there_is_one_writer_at_a_time(self, store: Store) -> None:
        caught: list[Exception] = []

        def second() -> None:
            try:
                with store.writing() as change:
                    change.append_entry(b"second")
            except ConflictError as error:
                caught.append(error)

        with store.writing() as change:
            change.append_entry(b"first")
            thread = threading.Thread(target=second)
            thread.start()
            thread.join(60)
        assert [getattr(error, "code", "") for error in caught] == ["store.busy"]
        with store.reading() as view:
            assert list(view.entries(0, 9)) == [b"first"]

    def test_it_can_be_closed_and_used_again(self, store: Store) -> None:
        fill(store, PLAIN)
        store.close()
        with store.reading() as view:
            assert list(view.items()) == [PLAIN]
