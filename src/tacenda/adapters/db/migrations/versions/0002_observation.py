"""A kind of record more: ``observation``, what was found at the places where a declaration is published.

SQLite cannot change a rule of a table, so there the table is made anew and filled from the old one, within the
transaction of the migration; dropping a table runs no trigger. No other table refers to it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql, sqlite

from tacenda.adapters.db.migrations import ddl

revision = "0002"
down_revision = "0001"

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
COUNT = sa.BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
OLD_KINDS = "'party', 'declaration', 'licence', 'publication', 'campaign', 'letter', 'snapshot', 'screening'"
KINDS = f"{OLD_KINDS}, 'observation'"
COLUMNS = "kind, id, version, body, digest, recorded_at, entry"


def upgrade() -> None:
    """From 0001."""
    engine = op.get_context().dialect.name
    if engine == "postgresql":
        op.drop_constraint("record_kind", "record", type_="check")
        op.create_check_constraint("record_kind", "record", sa.text(f"kind IN ({KINDS})"))
        return
    _make("record_with_observation", engine)
    for statement in (
        f"INSERT INTO record_with_observation ({COLUMNS}) SELECT {COLUMNS} FROM record",  # noqa: S608 - names of ours
        "DROP TABLE record",
        "ALTER TABLE record_with_observation RENAME TO record",
        *ddl.keep_for_ever("record", engine),
    ):
        op.get_bind().exec_driver_sql(statement)


def _make(name: str, engine: str) -> None:
    op.create_table(
        name,
        sa.Column("kind", KEY, primary_key=True),
        sa.Column("id", KEY, primary_key=True),
        sa.Column("version", COUNT, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("recorded_at", COUNT, nullable=False),
        sa.Column("entry", COUNT, sa.ForeignKey("log_entry.position", name="record_entry"), nullable=False),
        sa.UniqueConstraint("entry", name="record_one_entry_each"),
        sa.CheckConstraint(sa.text(f"kind IN ({KINDS})"), name="record_kind"),
        sa.CheckConstraint(sa.text("length(id) > 0"), name="record_named"),
        sa.CheckConstraint(sa.text("version > 0"), name="record_version"),
        sa.CheckConstraint(sa.text(ddl.is_sha256("digest", engine)), name="record_digest"),
        sqlite_strict=True,
    )
