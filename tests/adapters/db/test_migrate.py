"""The schema comes from migrations alone, forward only, in one transaction (F13)."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from tacenda.adapters.db.dialect import dialect_of
from tacenda.adapters.db.migrate import REVISIONS, bring_up_to_date, revision_of
from tacenda.adapters.db.schema import METADATA
from tacenda.adapters.db.store import DatabaseStore, _below, open_store
from tacenda.errors import SettingsError
from tacenda.testing.suites import LARK

KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import make_url
from tacenda.adapters.db.dialect import dialect_of
from tacenda.adapters.db.migrate import bring_up_to_date
from tacenda.adapters.db.store import DatabaseStore, _below
store = DatabaseStore(dialect_of(_below(make_url(sys.argv[1]), Path(sys.argv[2])), 1.0))
with store.transaction() as connection:
    bring_up_to_date(connection)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def bare(url: str, root: Path) -> DatabaseStore:
    """The database as it is, without bringing it up to date."""
    from sqlalchemy import make_url

    return DatabaseStore(dialect_of(_below(make_url(url), root), 1.0))


def test_the_tables_of_the_migrations_are_those_of_the_statements(database: DatabaseStore) -> None:
    with database.transaction() as connection:
        found = inspect(connection)
        for table in METADATA.sorted_tables:
            columns = {column["name"]: column for column in found.get_columns(table.name)}
            assert list(columns) == [column.name for column in table.columns]
            assert {n: bool(c["nullable"]) for n, c in columns.items() if not table.columns[n].primary_key} == {
                c.name: bool(c.nullable) for c in table.columns if not c.primary_key
            }
            keys = found.get_pk_constraint(table.name)["constrained_columns"]
            assert keys == [column.name for column in table.primary_key]
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    kinds = {difference[0] for difference in differences if isinstance(difference, tuple)}
    # Rules that stand in the migrations alone may be missing from the statements' tables; no table or column may.
    assert kinds <= {"remove_index", "remove_constraint", "remove_fk"}


def test_the_known_revisions_are_those_of_the_scripts_in_one_line() -> None:
    config = Config()
    config.set_main_option("script_location", "tacenda.adapters.db:migrations")
    scripts = list(ScriptDirectory.from_config(config).walk_revisions())
    assert [script.revision for script in reversed(scripts)] == list(REVISIONS)
    assert all(len(script.nextrev) <= 1 for script in scripts)


def test_opening_again_changes_nothing(database: DatabaseStore, url: str, tmp_path: Path) -> None:
    with database.writing() as change:
        change.put_party(LARK)
    open_store(url, tmp_path).close()
    with database.reading() as view:
        assert list(view.parties()) == [LARK]


def test_f13_a_migration_that_fails_leaves_nothing(empty_url: str, tmp_path: Path) -> None:
    store = bare(empty_url, tmp_path)
    with pytest.raises(ZeroDivisionError), store.transaction() as connection:  # noqa: PT012
        bring_up_to_date(connection)
        raise ZeroDivisionError
    with store.transaction() as connection:
        assert inspect(connection).get_table_names() == []
    store.close()
    open_store(empty_url, tmp_path).close()


def test_f13_a_migration_that_is_killed_begins_again(empty_url: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, empty_url, str(tmp_path)], timeout=60, check=False)
    assert done.returncode == -9
    store = bare(empty_url, tmp_path)
    with store.transaction() as connection:
        assert inspect(connection).get_table_names() == []
    store.close()
    store = open_store(empty_url, tmp_path)
    with store.transaction() as connection:
        assert revision_of(connection) == REVISIONS[-1]
    store.close()


def test_f13_an_old_program_refuses_a_newer_database(database: DatabaseStore, url: str, tmp_path: Path) -> None:
    with database.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError) as caught:
        open_store(url, tmp_path)
    assert caught.value.code == "store.newer"
    assert caught.value.hint
