"""Workspaces: make one, open one. The only place where the desk's adapters are chosen."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tacenda.adapters.blobs import FolderBlobs
from tacenda.adapters.clock import SystemClock
from tacenda.adapters.db.store import DatabaseStore, open_store
from tacenda.adapters.durable import write_durably
from tacenda.adapters.ids import TimeIds
from tacenda.adapters.keys import FileSigner
from tacenda.app.desk import SETTINGS_FILE, Desk, Settings
from tacenda.app.evidence import publish
from tacenda.app.party import check_party, file_party
from tacenda.core.party import Party
from tacenda.errors import ConflictError, SettingsError
from tacenda.ports import Clock, Ids, Signer

DEFAULT_DATABASE: Final = "sqlite:///tacenda.db"
KEYS: Final = "keys"
BLOBS: Final = "blobs"
ORIGIN: Final = "origin"
ORIGIN_FORM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}")


def init_workspace(
    root: Path,
    *,
    rightsholder: Party,
    database: str = DEFAULT_DATABASE,
    origin: str | None = None,
    clock: Clock | None = None,
    ids: Ids | None = None,
) -> Desk:
    """Make a workspace for one rightsholder and open it.

    The settings file is written last, so a workspace either has one and is whole, or has none and can be made
    again: a key or an empty database that a killed run left is used, never overwritten.

    Args:
        database: SQLAlchemy URL; the file of an ``sqlite`` URL is relative to `root`. A PostgreSQL password is
            better kept in ``~/.pgpass`` or ``PGPASSWORD`` than in the URL, which is written to the settings file.
        origin: name of the evidence log; from the website's host or the rightsholder's id when not given. It is
            signed with every checkpoint and can never change.

    Raises:
        ConflictError: ``workspace.exists``; ``workspace.database`` when the database holds another desk.
        InputError: for a rightsholder whose marks have no valid form.
        SettingsError: ``workspace.origin``, or what the database says.
    """
    if (root / SETTINGS_FILE).exists():
        raise ConflictError(
            "workspace.exists",
            "There is a workspace here already.",
            hint="Name another folder, or work with this one.",
            where=str(root / SETTINGS_FILE),
        )
    rightsholder = check_party(rightsholder)
    settings = Settings(
        rightsholder=rightsholder.id,
        database=database,
        origin=_checked_origin(origin or default_origin(rightsholder)),
    )
    root.mkdir(parents=True, exist_ok=True)
    store = open_store(database, root)
    _claim(store, settings.origin, rightsholder)
    desk = _desk(root, settings, store, _signer(root, settings.origin), clock, ids)
    with store.writing() as change:
        if not change.parties():
            file_party(desk, change, rightsholder)
            change.put_setting(ORIGIN, settings.origin)
    publish(desk)
    write_durably(root / SETTINGS_FILE, settings_toml(settings).encode(), mode=0o600)
    return desk


def open_desk(root: Path, *, clock: Clock | None = None, ids: Ids | None = None) -> Desk:
    """Open the workspace in `root`; its database is brought up to date when it is behind.

    Raises:
        SettingsError: ``workspace.missing``, ``workspace.settings`` for a settings file that cannot be read,
            ``workspace.origin`` when the database is of another log, ``store.newer`` when a newer program made it.
    """
    settings = read_settings(root)
    store = open_store(settings.database, root)
    with store.reading() as view:
        origin = view.setting(ORIGIN)
    if origin != settings.origin:
        raise SettingsError(
            "workspace.origin",
            f"The database is of the log {origin or '(none)'!r}, the settings name {settings.origin!r}.",
            hint="Put the database or the settings back that belong to this workspace.",
            where=str(root / SETTINGS_FILE),
        )
    signer = FileSigner.load(root / KEYS, settings.origin)
    return _desk(root, settings, store, signer, clock, ids)


def read_settings(root: Path) -> Settings:
    """What ``tacenda.toml`` in `root` says.

    Raises:
        SettingsError: ``workspace.missing``, ``workspace.settings``.
    """
    path = root / SETTINGS_FILE
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(
            "workspace.missing",
            "There is no workspace here.",
            hint="Make one with `tacenda init`, or name one with `tacenda --workspace`.",
            where=str(root),
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unreadable(path, str(error)) from error
    return _settings_from(document, path)


def settings_toml(settings: Settings) -> str:
    """The settings file of a new workspace."""
    lines = [
        "# A Tacenda workspace. The origin is signed with every checkpoint of the log: never change it.",
        f"rightsholder = {_toml_text(settings.rightsholder)}",
        f"database = {_toml_text(settings.database)}",
        f"origin = {_toml_text(settings.origin)}",
        "# Where the public can look up one work, shown on the declaration:",
        f"lookup_url = {_toml_text(settings.lookup_url)}",
    ]
    return "\n".join(lines) + "\n"


def default_origin(rightsholder: Party) -> str:
    """Name of the evidence log: the host of the website, or the id where there is no website."""
    host = urlsplit(rightsholder.website).hostname or ""
    return f"{host.removeprefix('www.') or rightsholder.id}/tacenda"


def _desk(
    root: Path, settings: Settings, store: DatabaseStore, signer: Signer, clock: Clock | None, ids: Ids | None
) -> Desk:
    clock = clock or SystemClock()
    return Desk(root, settings, store, FolderBlobs(root / BLOBS), clock, ids or TimeIds(clock), signer)


def _claim(store: DatabaseStore, origin: str, rightsholder: Party) -> None:
    """Refuse a database that holds anything but what a killed run of the same `init` left there."""
    with store.reading() as view:
        known, entries, parties = view.setting(ORIGIN), view.entry_count(), list(view.parties())
    half_made = parties == [rightsholder]
    if known not in (None, origin) or entries > 1 or (entries and known is None) or (parties and not half_made):
        raise ConflictError(
            "workspace.database",
            f"The database holds another desk{f' ({known})' if known else ''}.",
            hint="Name an empty database with --database.",
        )


def _signer(root: Path, origin: str) -> Signer:
    if (root / KEYS).is_dir() and any((root / KEYS).iterdir()):
        return FileSigner.load(root / KEYS, origin)
    return FileSigner.create(root / KEYS, origin)


def _checked_origin(origin: str) -> str:
    if not ORIGIN_FORM.fullmatch(origin):
        raise SettingsError(
            "workspace.origin",
            f"{origin[:80]!r} cannot name a log.",
            hint="Use letters, digits, dots and slashes, such as lark.example/tacenda.",
        )
    return origin


def _settings_from(document: Mapping[str, Any], path: Path) -> Settings:
    texts = {}
    for name, needed in (("rightsholder", True), ("database", True), ("origin", True), ("lookup_url", False)):
        value = document.get(name, "")
        if not isinstance(value, str) or (needed and not value):
            raise _unreadable(path, f"{name} must be a text")
        texts[name] = value
    extra = {name: value for name, value in document.items() if name not in texts}
    return Settings(**texts, extra=extra)


def _unreadable(path: Path, why: str) -> SettingsError:
    return SettingsError(
        "workspace.settings",
        f"The settings file cannot be read: {why}.",
        hint="Correct it, or put it back from a backup.",
        where=str(path),
    )


def _toml_text(text: str) -> str:
    """A TOML basic string: JSON's escapes are among TOML's, but for DEL, which JSON lets stand."""
    escaped = "".join(
        f"\\u{ord(letter):04x}"
        if ord(letter) < 0x20 or letter == "\x7f"
        else {'"': '\\"', "\\": "\\\\"}.get(letter, letter)
        for letter in text
    )
    return f'"{escaped}"'
