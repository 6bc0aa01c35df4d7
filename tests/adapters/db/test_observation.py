"""Migration 0002: a desk of before takes observations, and keeps every record and every rule it had."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import make_url, text

from tacenda.adapters.db.dialect import dialect_of
from tacenda.adapters.db.migrate import revision_of
from tacenda.adapters.db.store import DatabaseStore, _below, open_store
from tacenda.errors import ConflictError, InputError
from tacenda.ports import Record
from tacenda.testing.suites import record_of


@pytest.fixture
def before(empty_url: str, tmp_path: Path) -> tuple[str, list[Record]]:
    """The address of a desk as version 0001 left it, with a record of each kind that it knew, and these."""
    store = DatabaseStore(dialect_of(_below(make_url(empty_url), tmp_path), 1.0))
    with store.transaction() as connection:
        config = Config()
        config.set_main_option("script_location", "tacenda.adapters.db:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    kinds = ("party", "declaration", "licence", "publication", "campaign", "letter", "snapshot", "screening")
    records = [record_of(kind, "x-1", 1, place, {"n": place}) for place, kind in enumerate(kinds)]
    with store.writing() as change:
        for record in records:
            change.append_entry(b"entry %d" % record.entry)
            change.put_record(record)
    store.close()
    return empty_url, records


def test_every_record_stays_and_an_observation_can_be_filed(
    before: tuple[str, list[Record]], tmp_path: Path
) -> None:
    url, records = before
    store = open_store(url, tmp_path)
    with store.writing() as change:
        assert [found for record in records for found in change.records(record.kind)] == records
        change.append_entry(b"entry 8")
        change.put_record(record_of("observation", "res-1", 1, 8, {"state": "present"}))
    with store.reading() as view:
        assert view.counts()["observation"] == 1
    with store.transaction() as connection:
        assert revision_of(connection) == "0002"
    store.close()


COPY = "INSERT INTO record SELECT {}, body, {}, recorded_at, {} FROM record WHERE entry = 0"


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("UPDATE record SET body = '{}'", ConflictError),
        ("DELETE FROM record", ConflictError),
        (COPY.format("'gossip', id, 9", "digest", 9), InputError),
        (COPY.format("'observation', '', 1", "digest", 9), InputError),
        (COPY.format("'observation', id, 0", "digest", 9), InputError),
        (COPY.format("'observation', id, 1", "'x'", 9), InputError),
        (COPY.format("'observation', id, 1", "digest", 0), ConflictError),
        (COPY.format("'observation', id, 1", "digest", 99), ConflictError),
    ],
)
def test_every_rule_of_the_table_stands(
    before: tuple[str, list[Record]], tmp_path: Path, statement: str, error: type[Exception]
) -> None:
    url, records = before
    store = open_store(url, tmp_path)
    with store.writing() as change:
        change.append_entry(b"entry 8")
        change.append_entry(b"entry 9")
    with pytest.raises(error), store.transaction() as connection:
        connection.execute(text(statement))
    with store.reading() as view:
        assert [found for record in records for found in view.records(record.kind)] == records
    store.close()
