"""What differs between SQLite and PostgreSQL: the only module with engine-specific SQL that statements run.

Both engines promise the same to `store`: one writer at a time, a reader sees one state of the database for as long
as its transaction lasts, and a fault is one of `tacenda.errors`.
"""

import fcntl
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import psycopg
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite

from tacenda.adapters.db.rows import ItemRow
from tacenda.errors import ConflictError, InputError, IntegrityError, RemoteError, SettingsError, TacendaError
from tacenda.ports import ITEM_COLUMNS

WRITER_LOCK: Final = 8_315_159_243_571  # any number that no other program takes an advisory lock on
APPEND_ONLY_STATE: Final = "TC001"  # SQLSTATE that our triggers raise
COLUMNS: Final = (*ITEM_COLUMNS, "digest")
UPDATES: Final = ", ".join(f"{c} = excluded.{c}" for c in COLUMNS if c not in ("catalogue", "id"))
UPSERT_TAIL: Final = f"ON CONFLICT (catalogue, id) DO UPDATE SET {UPDATES} WHERE item.digest <> excluded.digest"


class Dialect(ABC):
    """One engine.

    Args:
        url: the database.
        busy_seconds: how long a writer waits for the writer before it.
    """

    def __init__(self, url: URL, busy_seconds: float) -> None:
        self.url = url
        self.busy_seconds = busy_seconds

    @abstractmethod
    def reader(self) -> Engine:
        """An engine whose connections cannot write."""

    @abstractmethod
    def writer(self) -> Engine:
        """An engine with one connection, whose transactions hold the writer's lock from the start."""

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn to write, across processes, before the connection is asked for anything."""
        yield

    @abstractmethod
    def insert(self, table: Table) -> Any:
        """An INSERT that knows ON CONFLICT."""

    @abstractmethod
    def put_item_rows(self, connection: Connection, rows: Iterable[ItemRow]) -> int:
        """Insert or update; how many were new or had another digest. No two rows have one key."""

    @abstractmethod
    def stream(self, connection: Connection, sql: str, batch_rows: int) -> Iterator[Sequence[tuple[Any, ...]]]:
        """The rows of a SELECT without parameters as plain tuples, in constant memory."""

    @abstractmethod
    def fault(self, error: BaseException) -> TacendaError | None:
        """What a driver's error means, or None when it is not known."""


class Sqlite(Dialect):
    """SQLite in WAL mode.

    The writer holds a lock file while it writes *and* checkpoints, and nobody else checkpoints: two connections
    that write and checkpoint at once can damage a database before SQLite 3.51.3 (the WAL-reset fault), and most
    systems carry an older one. A commit is on the disk when it returns (synchronous=FULL). Not for network disks.
    """

    @property
    def path(self) -> Path:
        return Path(self.url.database or "")

    def reader(self) -> Engine:
        engine = create_engine(
            self.url, connect_args={"check_same_thread": False, "timeout": self.busy_seconds}, pool_size=8
        )
        self._prepare(engine, "BEGIN", ("query_only=ON", "wal_autocheckpoint=0", f"mmap_size={1 << 33}"))
        return engine

    def writer(self) -> Engine:
        engine = create_engine(
            self.url,
            connect_args={"check_same_thread": False, "timeout": self.busy_seconds},
            pool_size=1,
            max_overflow=0,
            pool_timeout=self.busy_seconds,
        )
        pragmas = (
            "page_size=8192",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-131072",
            "wal_autocheckpoint=16384",  # 128 MiB: a page that many commits change is copied once
            f"journal_size_limit={64 << 20}",
        )
        self._prepare(engine, "BEGIN IMMEDIATE", pragmas)
        return engine

    @contextmanager
    def turn(self) -> Iterator[None]:
        with self._lock_file() as handle:
            until = time.monotonic() + self.busy_seconds
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() > until:
                        raise busy() from error
                    time.sleep(0.01)
            yield

    def _lock_file(self) -> BinaryIO:
        try:
            return Path(f"{self.path}-writer").open("ab")
        except OSError as error:
            raise self._no_path(error.strerror or str(error)) from error

    def _no_path(self, why: str) -> SettingsError:
        return SettingsError(
            "store.path",
            f"The database cannot be opened or written: {why}.",
            hint="Check the path, its permissions and the disk.",
            where=str(self.path),
        )

    def insert(self, table: Table) -> sqlite.Insert:
        return sqlite.insert(table)

    def put_item_rows(self, connection: Connection, rows: Iterable[ItemRow]) -> int:
        marks = ", ".join("?" * len(COLUMNS))
        sql = f"INSERT INTO item ({', '.join(COLUMNS)}) VALUES ({marks}) {UPSERT_TAIL}"  # noqa: S608 - constants
        cursor = _driver(connection).executemany(sql, rows)
        count: int = cursor.rowcount
        return count

    def stream(self, connection: Connection, sql: str, batch_rows: int) -> Iterator[Sequence[tuple[Any, ...]]]:
        cursor = _driver(connection).execute(sql)
        try:
            while rows := cursor.fetchmany(batch_rows):
                yield rows
        finally:
            cursor.close()

    def fault(self, error: BaseException) -> TacendaError | None:
        if not isinstance(error, sqlite3.Error):
            return None
        name = getattr(error, "sqlite_errorname", "") or ""
        where = str(self.path)
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return busy()
        # By number: the Python of the system does not know the names of all that its SQLite may say.
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CONSTRAINT:
            return _refused(name.removeprefix("SQLITE_CONSTRAINT_"), str(error))
        if name == "SQLITE_FULL":
            return SettingsError(
                "store.full",
                "The disk is full; nothing was written.",
                hint="Free space and try again.",
                where=where,
            )
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            return IntegrityError(
                "store.corrupt",
                f"The database is damaged or none: {error}.",
                hint="Keep the file as it is and restore a backup beside it.",
                where=where,
            )
        if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_PERM")):
            return self._no_path(str(error))
        return None

    def _prepare(self, engine: Engine, begin: str, pragmas: Sequence[str]) -> None:
        def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
            connection.isolation_level = None  # transactions are begun below, never by the driver
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")

        def on_begin(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        event.listen(engine, "connect", on_connect)
        event.listen(engine, "begin", on_begin)


class Postgres(Dialect):
    """PostgreSQL by psycopg 3. Writers take turns by an advisory lock that ends with the transaction."""

    def reader(self) -> Engine:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return create_engine(self.url, pool_size=8, pool_pre_ping=True, execution_options=options)

    def writer(self) -> Engine:
        engine = create_engine(
            self.url, pool_size=1, max_overflow=0, pool_timeout=self.busy_seconds, pool_pre_ping=True
        )

        def on_begin(connection: Connection) -> None:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, int(self.busy_seconds * 1000))}")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")

        event.listen(engine, "begin", on_begin)
        return engine

    def insert(self, table: Table) -> postgresql.Insert:
        return postgresql.insert(table)

    def put_item_rows(self, connection: Connection, rows: Iterable[ItemRow]) -> int:
        # COPY into a table of this transaction, then one statement: four times as fast as executemany.
        names = ", ".join(COLUMNS)
        staging = "CREATE TEMPORARY TABLE IF NOT EXISTS item_batch (LIKE item) ON COMMIT DELETE ROWS"
        connection.execute(text(staging))

        connection.execute(text("TRUNCATE item_batch"))
        with _driver(connection).cursor() as cursor:
            with cursor.copy(f"COPY item_batch ({names}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(
                    ["int8" if c == "duration_ms" else "bytea" if c == "digest" else "text" for c in COLUMNS]
                )
                for row in rows:
                    copy.write_row(row)
            cursor.execute(f"INSERT INTO item ({names}) SELECT {names} FROM item_batch {UPSERT_TAIL}")  # noqa: S608
            count: int = cursor.rowcount
            return count

    def stream(self, connection: Connection, sql: str, batch_rows: int) -> Iterator[Sequence[tuple[Any, ...]]]:
        with _driver(connection).cursor(name="tacenda_stream") as cursor:
            cursor.execute(sql)
            while rows := cursor.fetchmany(batch_rows):
                yield rows

    def fault(self, error: BaseException) -> TacendaError | None:
        if not isinstance(error, psycopg.Error):
            return None
        state = error.sqlstate or ""
        if state == "55P03":
            return busy()
        if state in REFUSED_STATES:
            return _refused(REFUSED_STATES[state], str(error))
        if state == "53100":
            return SettingsError(
                "store.full", "The disk of the database is full.", hint="Free space and try again."
            )
        if state[:2] in ("28", "3D"):
            return SettingsError("store.access", f"The database refuses: {error}".strip(), hint="Check its URL.")
        if state[:2] in ("08", "57", "") and isinstance(error, psycopg.OperationalError):
            return RemoteError(
                "store.unreachable",
                "The database cannot be reached, or the connection was lost; what was not committed is undone.",
                hint="See that it runs and try again.",
            )
        return None


REFUSED_STATES: Final = {
    "23503": "FOREIGNKEY",
    "23514": "CHECK",
    "23502": "NOTNULL",
    "23505": "UNIQUE",
    "22021": "CHECK",
    "22003": "CHECK",
    APPEND_ONLY_STATE: "TRIGGER",
}


def dialect_of(url: URL, busy_seconds: float) -> Dialect:
    """The engine that a URL names.

    Raises:
        SettingsError: ``store.url``.
    """
    name = url.get_backend_name()
    if name == "sqlite" and url.database and url.database != ":memory:":
        return Sqlite(url, busy_seconds)
    if name == "postgresql":
        return Postgres(url.set(drivername="postgresql+psycopg"), busy_seconds)
    raise SettingsError(
        "store.url",
        f"No database can be opened by {url.render_as_string(hide_password=True)!r}.",
        hint="Use sqlite:///tacenda.db or postgresql://user@host/database.",
    )


def busy() -> ConflictError:
    """Another writer did not finish in time."""
    return ConflictError(
        "store.busy", "Someone else is writing to this desk.", hint="Wait until it is done and try again."
    )


def _refused(rule: str, detail: str) -> TacendaError:
    if rule == "FOREIGNKEY":
        return ConflictError(
            "store.reference",
            "This names a party, catalogue or log entry that is not there.",
            hint="Add it first.",
        )
    if rule == "TRIGGER":
        return ConflictError(
            "store.append_only",
            "Records and log entries are added, never changed or removed.",
            hint="File the change as the next version.",
        )
    if rule in ("UNIQUE", "PRIMARYKEY"):
        return ConflictError("store.exists", f"This is there already: {detail.splitlines()[0]}.")
    return InputError(
        "store.constraint",
        f"The desk refuses this: {detail.splitlines()[0]}.",
        hint="Correct the data and try again.",
    )


def _driver(connection: Connection) -> Any:
    """The driver's own connection: SQLAlchemy's row objects and parameter work would halve the bulk rates."""
    return connection.connection.driver_connection
