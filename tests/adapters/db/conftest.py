"""The engines that every test of the store runs on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tacenda.adapters.db.store import DatabaseStore, open_store

ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(engine: str, request: pytest.FixtureRequest) -> str:
    """A database that is up to date, or a file that is not there."""
    return "sqlite:///tacenda.db" if engine == "sqlite" else str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def empty_url(engine: str, request: pytest.FixtureRequest) -> str:
    """A database with nothing in it."""
    return "sqlite:///empty.db" if engine == "sqlite" else str(request.getfixturevalue("empty_postgres_url"))


@pytest.fixture
def database(url: str, tmp_path: Path) -> Iterator[DatabaseStore]:
    store = open_store(url, tmp_path, busy_seconds=0.3)
    yield store
    store.close()
