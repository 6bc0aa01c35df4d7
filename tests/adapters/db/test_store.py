"""The database adapter passes the suite of stores on both engines, and keeps its promises to other processes."""

import pytest

from tacenda.adapters.db.store import DatabaseStore
from tacenda.ports import Store
from tacenda.testing.suites import StoreContract


class TestDatabaseStore(StoreContract):
    @pytest.fixture
    def store(self, database: DatabaseStore) -> Store:
        return database
