"""The desk: parties, catalogues, items, import runs, records, the log, settings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

from tacenda.adapters.db.migrations import ddl

revision = "0001"
down_revision = None

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
COUNT = sa.BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
ITEM_TEXTS = ("title", "artist")
ITEM_MORE_TEXTS = ("label", "writers", "publishers", "ipi_name_numbers", "lyrics", "audio_path")
KINDS = "'party', 'declaration', 'licence', 'publication', 'campaign', 'letter', 'snapshot', 'screening'"


def upgrade() -> None:
    """From nothing."""
    engine = op.get_context().dialect.name
    _parties_and_catalogues()
    _items(engine)
    _imports(engine)
    _log_and_records(engine)
    _table("setting", sa.Column("name", KEY, primary_key=True), _text("value"))


def _parties_and_catalogues() -> None:
    lists = ("isrc_prefixes", "ipi_name_numbers", "labels", "aliases")
    plain = ("company_number", "seat", "website", "contact")
    _table(
        "party",
        sa.Column("id", KEY, primary_key=True),
        _text("legal_name"),
        _text("kind"),
        *(_text(name) for name in (*plain, *lists)),
        _check("party_named", "length(id) > 0 AND length(legal_name) > 0"),
        _check("party_kind", "kind IN ('person', 'organisation')"),
        _check("party_seat", "length(seat) IN (0, 2)"),
    )
    _table(
        "catalogue",
        sa.Column("id", KEY, primary_key=True),
        _text("title"),
        sa.Column("owner", KEY, sa.ForeignKey("party.id", name="catalogue_owner"), nullable=False),
        _text("layers"),
        _count("created_at"),
        _check("catalogue_named", "length(id) > 0"),
    )


def _items(engine: str) -> None:
    _table(
        "item",
        sa.Column("catalogue", KEY, sa.ForeignKey("catalogue.id", name="item_catalogue"), primary_key=True),
        sa.Column("id", KEY, primary_key=True),
        _text("kind"),
        *(_text(name) for name in ITEM_TEXTS),
        sa.Column("isrc", KEY, nullable=False),
        sa.Column("iswc", KEY, nullable=False),
        *(_text(name) for name in ("gtin", "youtube", "other_ids")),
        sa.Column("duration_ms", COUNT),
        _text("release_date"),
        *(_text(name) for name in ITEM_MORE_TEXTS),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        _check("item_named", "length(id) > 0"),
        _check("item_kind", "kind IN ('recording', 'work')"),
        _check("item_duration", "duration_ms >= 0"),
        _check("item_release_date", ddl.is_date("release_date", engine)),
        _check("item_digest", f"{ddl.byte_length('digest', engine)} = 16"),
    )
    # With the catalogue beside it the search for conflicts reads the index alone.
    for column in ("isrc", "iswc"):
        _index(f"item_{column}", [column, "catalogue"], f"{column} <> ''")
        _index(f"item_several_{column}", [column], f"{column} LIKE '% %'")


def _imports(engine: str) -> None:
    _table(
        "import_run",
        sa.Column("file_digest", KEY, primary_key=True),
        sa.Column("mapping_digest", KEY, primary_key=True),
        sa.Column("catalogue", KEY, sa.ForeignKey("catalogue.id", name="import_run_catalogue"), primary_key=True),
        _count("rows_done"),
        _count("rows_changed"),
        _count("rows_rejected"),
        sa.Column("finished", sa.Integer, nullable=False),
        _count("updated_at"),
        _check("import_run_file", ddl.is_sha256("file_digest", engine)),
        _check("import_run_mapping", ddl.is_sha256("mapping_digest", engine)),
        _check("import_run_rows", "rows_done >= 0 AND rows_changed >= 0 AND rows_rejected >= 0"),
        _check("import_run_finished", "finished IN (0, 1)"),
    )


def _log_and_records(engine: str) -> None:
    _table(
        "log_entry",
        sa.Column("position", COUNT, primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        _check("log_entry_size", f"{ddl.byte_length('body', engine)} BETWEEN 1 AND 65535"),
    )
    _table(
        "record",
        sa.Column("kind", KEY, primary_key=True),
        sa.Column("id", KEY, primary_key=True),
        sa.Column("version", COUNT, primary_key=True, autoincrement=False),
        _text("body"),
        _text("digest"),
        _count("recorded_at"),
        sa.Column("entry", COUNT, sa.ForeignKey("log_entry.position", name="record_entry"), nullable=False),
        sa.UniqueConstraint("entry", name="record_one_entry_each"),
        _check("record_kind", f"kind IN ({KINDS})"),
        _check("record_named", "length(id) > 0"),
        _check("record_version", "version > 0"),
        _check("record_digest", ddl.is_sha256("digest", engine)),
    )
    statements = [
        *ddl.gapless("log_entry", "position", engine),
        *ddl.keep_for_ever("log_entry", engine),
        *ddl.keep_for_ever("record", engine),
    ]
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(name, *parts, sqlite_strict=True)


def _index(name: str, columns: list[str], where: str) -> None:
    table = name.partition("_")[0]
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, COUNT, nullable=False)


def _check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(sa.text(rule), name=name)
