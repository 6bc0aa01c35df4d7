"""`ports.Store` on SQLite and PostgreSQL: one set of statements, the differences in `dialect`."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Column, Connection, func, make_url, select
from sqlalchemy import exc as sqlalchemy_errors

from tacenda.adapters.db.dialect import Dialect, busy, dialect_of
from tacenda.adapters.db.migrate import REVISIONS, bring_up_to_date, revision_of
from tacenda.adapters.db.rows import check_text, item_from, party_from, party_row, with_digest
from tacenda.adapters.db.schema import CATALOGUE, IMPORT_RUN, ITEM, LOG_ENTRY, PARTY, RECORD, SETTING
from tacenda.core.canonical import canonical_bytes
from tacenda.core.item import Item
from tacenda.core.item_columns import ItemColumns, columns_of
from tacenda.core.party import Party
from tacenda.errors import ConflictError, InputError, SettingsError
from tacenda.ports import ITEM_COLUMNS, RECORD_KINDS, CatalogueInfo, Conflict, ImportProgress, Record

BUSY_SECONDS: Final = 15.0
CHUNK: Final = 500
ID_PLACE: Final = ITEM_COLUMNS.index("id")
CATALOGUE_PLACE: Final = ITEM_COLUMNS.index("catalogue")


def open_store(url: str, root: Path, *, busy_seconds: float = BUSY_SECONDS) -> "DatabaseStore":
    """Open the database that `url` names, made or brought up to date when it is behind (F13).

    Args:
        url: SQLAlchemy URL; the file of an ``sqlite`` URL is relative to `root`.
        busy_seconds: how long a writer waits for the writer before it.

    Raises:
        SettingsError: ``store.url``; ``store.newer`` when a newer Tacenda made the database.
        RemoteError: ``store.unreachable``.
    """
    try:
        parsed = make_url(url)
    except sqlalchemy_errors.ArgumentError as error:
        raise SettingsError(
            "store.url", "The database URL cannot be read.", hint="Use sqlite:///tacenda.db or postgresql://..."
        ) from error
    dialect = dialect_of(_below(parsed, root), busy_seconds)
    store = DatabaseStore(dialect)
    if not store.is_up_to_date():  # asked as a reader, so that opening a desk does not wait for who writes to it
        with store.transaction() as connection:
            bring_up_to_date(connection)
    return store


class DatabaseStore:
    """The desk's records in a database. May be shared by threads; a view or change may not."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._reader = dialect.reader()
        self._writer = dialect.writer()

    @contextmanager
    def reading(self) -> Iterator["DatabaseView"]:
        with _translated(self.dialect), self._reader.connect() as connection, connection.begin():
            yield DatabaseView(self.dialect, connection)

    @contextmanager
    def writing(self) -> Iterator["DatabaseChange"]:
        with self.transaction() as connection:
            yield DatabaseChange(self.dialect, connection)

    def is_up_to_date(self) -> bool:
        """Whether the database is at the last revision that this program knows."""
        with _translated(self.dialect), self._reader.connect() as connection:
            return revision_of(connection) == REVISIONS[-1]

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """The writer's transaction, bare: for migrations and for tests of what the database itself refuses."""
        with _translated(self.dialect), self.dialect.turn(), self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        self._reader.dispose()
        self._writer.dispose()


class DatabaseView:
    """`ports.View` within one transaction."""

    def __init__(self, dialect: Dialect, connection: Connection) -> None:
        self._dialect = dialect
        self._connection = connection

    def parties(self) -> Sequence[Party]:
        return [party_from(row) for row in self._connection.execute(select(PARTY).order_by(PARTY.c.id))]

    def records(self, kind: str) -> Sequence[Record]:
        query = select(RECORD).where(RECORD.c.kind == kind).order_by(RECORD.c.id, RECORD.c.version)
        return [
            Record(row.kind, row.id, row.version, json.loads(row.body), row.digest, row.recorded_at, row.entry)
            for row in self._connection.execute(query)
        ]

    def catalogues(self) -> Sequence[CatalogueInfo]:
        sizes: dict[str, int] = {
            row[0]: row[1]
            for row in self._connection.execute(select(ITEM.c.catalogue, func.count()).group_by(ITEM.c.catalogue))
        }
        return [
            CatalogueInfo(
                row.id, row.title, row.owner, tuple(json.loads(row.layers)), row.created_at, sizes.get(row.id, 0)
            )
            for row in self._connection.execute(select(CATALOGUE).order_by(CATALOGUE.c.id))
        ]

    def items(self, catalogue: str | None = None) -> Iterator[Item]:
        columns = [ITEM.c[name] for name in ITEM_COLUMNS]
        query = select(*columns).order_by(ITEM.c.catalogue, ITEM.c.id)
        if catalogue is not None:
            query = query.where(ITEM.c.catalogue == catalogue)
        for row in self._connection.execution_options(yield_per=5_000).execute(query):
            yield item_from(row)

    def item_rows(self, columns: Sequence[str], batch_rows: int = 50_000) -> Iterator[Sequence[tuple[Any, ...]]]:
        for column in columns:
            if column not in ITEM_COLUMNS:
                raise InputError("store.column", f"There is no item column {column!r}.")
        # The columns are words of ITEM_COLUMNS, so nothing of a stranger's stands in this statement.
        sql = f"SELECT {', '.join(columns)} FROM item ORDER BY catalogue, id"  # noqa: S608
        return self._dialect.stream(self._connection, sql, batch_rows)

    def compare_item_rows(self, rows: Sequence[ItemColumns]) -> tuple[int, int]:
        new = changed = 0
        for start in range(0, len(rows), CHUNK):
            chunk = {(row[CATALOGUE_PLACE], row[ID_PLACE]): row for row in rows[start : start + CHUNK]}
            known = self._digests(chunk)
            new += len(chunk) - len(known)
            changed += sum(with_digest(chunk[key])[-1] != digest for key, digest in known.items())
        return new, changed

    def _digests(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
        found = {}
        for catalogue in {catalogue for catalogue, _ in keys}:
            ids = [item for owner, item in keys if owner == catalogue]
            query = select(ITEM.c.id, ITEM.c.digest).where(ITEM.c.catalogue == catalogue, ITEM.c.id.in_(ids))
            found.update({(catalogue, row[0]): bytes(row[1]) for row in self._connection.execute(query)})
        return found

    def conflicts(self, limit: int = 1000) -> Sequence[Conflict]:
        found: list[Conflict] = []
        for column in (ITEM.c.isrc, ITEM.c.iswc):
            if len(found) < limit:
                found.extend(self._conflicts_of(column, limit - len(found)))
        return found

    def import_progress(self, file_digest: str, mapping_digest: str, catalogue: str) -> ImportProgress | None:
        query = select(IMPORT_RUN).where(
            IMPORT_RUN.c.file_digest == file_digest,
            IMPORT_RUN.c.mapping_digest == mapping_digest,
            IMPORT_RUN.c.catalogue == catalogue,
        )
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else ImportProgress(**{**row, "finished": bool(row["finished"])})

    def setting(self, name: str) -> str | None:
        value: str | None = self._connection.execute(
            select(SETTING.c.value).where(SETTING.c.name == name)
        ).scalar_one_or_none()
        return value

    def entries(self, start: int, stop: int) -> Sequence[bytes]:
        query = (
            select(LOG_ENTRY.c.body)
            .where(LOG_ENTRY.c.position >= start, LOG_ENTRY.c.position < stop)
            .order_by(LOG_ENTRY.c.position)
        )
        return [bytes(body) for body in self._connection.execute(query).scalars()]

    def entry_count(self) -> int:
        last = self._connection.execute(select(func.max(LOG_ENTRY.c.position))).scalar_one()
        return 0 if last is None else int(last) + 1

    def counts(self) -> Mapping[str, int]:
        tables = (("parties", PARTY), ("catalogues", CATALOGUE), ("items", ITEM))
        counts = {
            name: self._connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in tables
        }
        query = select(RECORD.c.kind, func.count()).group_by(RECORD.c.kind)
        found: dict[str, int] = {row[0]: row[1] for row in self._connection.execute(query)}
        return counts | {kind: found.get(kind, 0) for kind in RECORD_KINDS}

    def _conflicts_of(self, column: Column[Any], limit: int) -> list[Conflict]:
        """One pass over the index of `column`; rows with several values, which are few, are taken apart here."""
        several = self._claims(column.like("% %"), column)
        owner = CATALOGUE.c.owner
        joined = select(column).join_from(ITEM, CATALOGUE, ITEM.c.catalogue == CATALOGUE.c.id)
        alone = (
            joined.where(column != "").group_by(column).having(func.min(owner) != func.max(owner)).order_by(column)
        )
        doubtful = {
            value for row in self._connection.execute(alone.limit(limit)).scalars() for value in row.split()
        }
        doubtful.update(several)
        claims: dict[str, set[tuple[str, str]]] = defaultdict(set, several)
        wanted = sorted(doubtful)
        for start in range(0, len(wanted), CHUNK):
            for value, pairs in self._claims(column.in_(wanted[start : start + CHUNK]), column).items():
                claims[value] |= pairs
        found = []
        for value in wanted:
            owners = sorted({owner for _, owner in claims[value]})
            if len(owners) > 1:
                items = tuple(sorted({item for item, _ in claims[value]}))
                found.append(Conflict(f"{column.name}:{value}", items, tuple(owners)))
        return found[:limit]

    def _claims(self, condition: Any, column: Column[Any]) -> dict[str, set[tuple[str, str]]]:
        query = (
            select(column, ITEM.c.id, CATALOGUE.c.owner)
            .join_from(ITEM, CATALOGUE, ITEM.c.catalogue == CATALOGUE.c.id)
            .where(condition)
        )
        claims: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for values, item, owner in self._connection.execute(query):
            for value in values.split():
                claims[value].add((item, owner))
        return claims


class DatabaseChange(DatabaseView):
    """`ports.Change` within the writer's transaction."""

    def put_party(self, party: Party) -> None:
        self._put(PARTY, party_row(party))

    def put_catalogue(self, info: CatalogueInfo) -> None:
        check_text(info.title, f"title of catalogue {info.id!r}")
        row = {
            "id": info.id,
            "title": info.title,
            "owner": info.owner,
            "layers": json.dumps(list(info.layers)),
            "created_at": info.created_at,
        }
        self._put(CATALOGUE, row, keep=("created_at",))

    def put_items(self, items: Sequence[Item]) -> int:
        return self.put_item_rows(list(map(columns_of, items)))

    def put_item_rows(self, rows: Sequence[ItemColumns]) -> int:
        last = {(row[CATALOGUE_PLACE], row[ID_PLACE]): row for row in rows}
        return self._dialect.put_item_rows(self._connection, map(with_digest, last.values())) if last else 0

    def set_import_progress(self, progress: ImportProgress) -> None:
        row = {column.name: getattr(progress, column.name) for column in IMPORT_RUN.columns}
        self._put(IMPORT_RUN, row | {"finished": int(progress.finished)})

    def put_setting(self, name: str, value: str) -> None:
        self._put(SETTING, {"name": name, "value": value})

    def append_entry(self, body: bytes) -> int:
        position = self.entry_count()
        self._connection.execute(LOG_ENTRY.insert().values(position=position, body=body))
        return position

    def put_record(self, record: Record) -> None:
        query = select(RECORD.c.digest).where(
            RECORD.c.kind == record.kind, RECORD.c.id == record.id, RECORD.c.version == record.version
        )
        known = self._connection.execute(query).scalar_one_or_none()
        if known == record.digest:
            return
        if known is not None:
            raise ConflictError(
                "record.exists",
                f"Version {record.version} of {record.kind} {record.id} is there with other content.",
                hint="File the change as the next version.",
            )
        row = {column.name: getattr(record, column.name) for column in RECORD.columns}
        self._connection.execute(RECORD.insert().values(row | {"body": canonical_bytes(record.body).decode()}))

    def _put(self, table: Any, row: dict[str, Any], keep: Sequence[str] = ()) -> None:
        statement = self._dialect.insert(table).values(row)
        keys = [column.name for column in table.primary_key]
        updates = {name: statement.excluded[name] for name in row if name not in keys and name not in keep}
        self._connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=updates))


@contextmanager
def _translated(dialect: Dialect) -> Iterator[None]:
    """Drivers' errors, bare or wrapped by SQLAlchemy, as ours; what is not known goes through as it is."""
    try:
        yield
    except sqlalchemy_errors.TimeoutError as error:
        raise busy() from error
    except Exception as error:
        origin = error.orig if isinstance(error, sqlalchemy_errors.DBAPIError) else error
        fault = dialect.fault(origin) if origin is not None else None
        if fault is None:
            raise
        raise fault from error


def _below(url: URL, root: Path) -> URL:
    """The URL with the file of an SQLite database below `root`."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return url
    return url.set(database=str(root / url.database))
