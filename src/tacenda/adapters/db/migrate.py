"""Bringing a database up to date: forward only, in one transaction, by the migrations that ship in the package.

A migration that is killed half-way leaves the database as it was (both engines run DDL in a transaction), so the
next start begins it again. A database that a newer program made is refused, never guessed at (F13).
"""

import logging
from typing import Final

from sqlalchemy import Connection, inspect, text

from tacenda.errors import SettingsError

# Oldest first. Known without reading the scripts, so that opening a desk that is up to date does not load Alembic.
REVISIONS: Final = ("0001", "0002")
VERSION_TABLE: Final = "alembic_version"


def revision_of(connection: Connection) -> str | None:
    """The revision that the database is at, or None when it is empty."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return revision


def bring_up_to_date(connection: Connection) -> None:
    """Run what is missing, within the transaction of `connection`.

    Raises:
        SettingsError: ``store.newer``.
    """
    revision = revision_of(connection)
    if revision == REVISIONS[-1]:  # another process was faster
        return
    if revision is not None and revision not in REVISIONS:
        raise SettingsError(
            "store.newer",
            f"A newer Tacenda made this database (revision {revision[:40]}).",
            hint="Install that version; this one changes nothing in it.",
        )
    from alembic import command  # not at the top: only a database that is behind pays for it
    from alembic.config import Config

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", "tacenda.adapters.db:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
