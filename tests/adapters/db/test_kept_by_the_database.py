"""What the database refuses by itself, whoever asks: constraints, triggers, types. On both engines."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tacenda.adapters.db.schema import METADATA
from tacenda.adapters.db.store import DatabaseStore, open_store
from tacenda.errors import ConflictError, InputError, TacendaError
from tacenda.testing.suites import LARK, MAIN, PLAIN, record_of

FILLED_TABLES = ("log_entry", "record")


@pytest.fixture
def filled(database: DatabaseStore) -> DatabaseStore:
    with database.writing() as change:
        change.put_party(LARK)
        change.put_catalogue(MAIN)
        change.put_items([PLAIN])
        for number in range(3):
            change.append_entry(b"entry %d" % number)
        change.put_record(record_of("declaration", "d", 1, 0, {"title": "one"}))
    return database


@pytest.fixture
def refused(filled: DatabaseStore) -> Callable[[str], TacendaError]:
    def run(statement: str) -> TacendaError:
        with pytest.raises(TacendaError) as caught, filled.transaction() as connection:
            connection.execute(text(statement))
        return caught.value

    return run


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record SET body = '{}' WHERE id = 'd'",
        "UPDATE record SET version = 2 WHERE id = 'd'",
        "DELETE FROM record WHERE id = 'd'",
        "UPDATE log_entry SET body = body WHERE position = 1",
        "DELETE FROM log_entry WHERE position = 2",
        "INSERT INTO log_entry (position, body) SELECT 4, body FROM log_entry WHERE position = 0",
        "INSERT INTO log_entry (position, body) SELECT 1, body FROM log_entry WHERE position = 0",
        "INSERT INTO log_entry (position, body) SELECT -1, body FROM log_entry WHERE position = 0",
    ],
)
def test_records_and_entries_are_added_and_never_changed(
    statement: str, refused: Callable[[str], TacendaError], filled: DatabaseStore
) -> None:
    error = refused(statement)
    assert isinstance(error, ConflictError)
    assert error.code == "store.append_only"
    with filled.reading() as view:
        assert list(view.entries(0, 9)) == [b"entry 0", b"entry 1", b"entry 2"]
        assert list(view.records("declaration")) == [record_of("declaration", "d", 1, 0, {"title": "one"})]


@pytest.mark.postgres
@pytest.mark.parametrize("table", FILLED_TABLES)
def test_postgres_cannot_empty_them_at_a_stroke(postgres_url: str, table: str) -> None:
    store = open_store(postgres_url, Path())
    with pytest.raises(ConflictError), store.transaction() as connection:
        connection.execute(text(f"TRUNCATE {table} CASCADE"))
    store.close()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE item SET kind = 'song'", "store.constraint"),
        ("UPDATE item SET title = NULL", "store.constraint"),
        ("UPDATE item SET digest = '\\x00'", "store.constraint"),
        ("UPDATE item SET duration_ms = -5", "store.constraint"),
        ("UPDATE item SET release_date = '31.12.1999'", "store.constraint"),
        ("UPDATE item SET catalogue = 'nowhere'", "store.reference"),
        ("UPDATE party SET kind = 'robot'", "store.constraint"),
        ("UPDATE party SET legal_name = ''", "store.constraint"),
        ("UPDATE party SET seat = 'DEU'", "store.constraint"),
        ("DELETE FROM party", "store.reference"),
        ("DELETE FROM catalogue", "store.reference"),
        (
            "INSERT INTO record SELECT 'licence', 'l', 1, body, digest, recorded_at, entry FROM record",
            "store.exists",
        ),
    ],
)
def test_what_has_no_valid_form_is_refused(
    statement: str, code: str, refused: Callable[[str], TacendaError]
) -> None:
    error = refused(statement)
    assert isinstance(error, InputError | ConflictError)
    assert error.code == code


def test_sqlite_tables_are_strict_and_the_journal_is_a_wal(tmp_path: Path) -> None:
    store = open_store("sqlite:///desk.db", tmp_path)
    with store.transaction() as connection:
        tables = connection.execute(text("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'"))
        strict = {row.name for row in tables if row.strict}
        modes = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "foreign_keys", "synchronous")
        }
    store.close()
    assert strict == set(METADATA.tables)
    assert modes == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2}


def test_a_reader_cannot_write(filled: DatabaseStore) -> None:
    with pytest.raises((DBAPIError, TacendaError)), filled.reading() as view:
        view._connection.execute(text("DELETE FROM setting"))  # type: ignore[attr-defined]
