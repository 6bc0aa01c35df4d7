"""The tables as statements see them. What the database itself keeps (STRICT, CHECK, triggers) is in `migrations`.

Instants are UTC microseconds in a 64-bit integer on both engines, so that no driver's idea of a time zone comes in
between. Lists and documents are JSON text: their bytes come back as they went in.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Dialect, Integer, LargeBinary, MetaData, Table, Text, TypeDecorator
from sqlalchemy.dialects import postgresql, sqlite

METADATA: Final = MetaData()

# Keys compare by code point on both engines, whatever the locale of the PostgreSQL cluster is.
KEY: Final = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
COUNT: Final = BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class UtcMicroseconds(TypeDecorator[datetime]):
    """An aware instant, kept as microseconds since 1970 UTC."""

    impl = COUNT
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """The integer; an instant without a zone is a fault of the program."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone")
        return (value - EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


PARTY: Final = Table(
    "party",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("legal_name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("company_number", Text, nullable=False),
    Column("seat", Text, nullable=False),
    Column("website", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("isrc_prefixes", Text, nullable=False),
    Column("ipi_name_numbers", Text, nullable=False),
    Column("labels", Text, nullable=False),
    Column("aliases", Text, nullable=False),
)

CATALOGUE: Final = Table(
    "catalogue",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("title", Text, nullable=False),
    Column("owner", KEY, nullable=False),
    Column("layers", Text, nullable=False),
    Column("created_at", UtcMicroseconds, nullable=False),
)

ITEM: Final = Table(
    "item",
    METADATA,
    Column("catalogue", KEY, primary_key=True),
    Column("id", KEY, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("artist", Text, nullable=False),
    Column("isrc", KEY, nullable=False),
    Column("iswc", KEY, nullable=False),
    Column("gtin", Text, nullable=False),
    Column("youtube", Text, nullable=False),
    Column("other_ids", Text, nullable=False),
    Column("duration_ms", COUNT),
    Column("release_date", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("writers", Text, nullable=False),
    Column("publishers", Text, nullable=False),
    Column("ipi_name_numbers", Text, nullable=False),
    Column("lyrics", Text, nullable=False),
    Column("audio_path", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)

IMPORT_RUN: Final = Table(
    "import_run",
    METADATA,
    Column("file_digest", KEY, primary_key=True),
    Column("mapping_digest", KEY, primary_key=True),
    Column("catalogue", KEY, primary_key=True),
    Column("rows_done", COUNT, nullable=False),
    Column("rows_changed", COUNT, nullable=False),
    Column("rows_rejected", COUNT, nullable=False),
    Column("finished", Integer, nullable=False),
    Column("updated_at", UtcMicroseconds, nullable=False),
)

LOG_ENTRY: Final = Table(
    "log_entry",
    METADATA,
    Column("position", COUNT, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

RECORD: Final = Table(
    "record",
    METADATA,
    Column("kind", KEY, primary_key=True),
    Column("id", KEY, primary_key=True),
    Column("version", COUNT, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("recorded_at", UtcMicroseconds, nullable=False),
    Column("entry", COUNT, nullable=False),
)

SETTING: Final = Table(
    "setting",
    METADATA,
    Column("name", KEY, primary_key=True),
    Column("value", Text, nullable=False),
)
