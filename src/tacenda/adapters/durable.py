"""Writing a file so that it is whole or not there, whatever stops the machine.

Temporary file, fsync, rename, fsync of the folder. A failed fsync is not tried again: the file counts as not
written (F06).
"""

import contextlib
import os
import tempfile
from pathlib import Path

from tacenda.errors import SettingsError


def write_durably(path: Path, data: bytes, mode: int = 0o644) -> None:
    """`data` at `path`, replacing what is there in one step.

    Raises:
        SettingsError: ``file.write``: no space, no permission, a read-only disk. Nothing is left behind.
    """
    try:
        make_folder(path.parent)
        _write(path, data, mode)
    except OSError as error:
        raise SettingsError(
            "file.write",
            f"Could not write {len(data)} bytes: {error.strerror or error}.",
            hint="Free space or put the permissions right, then run the command again.",
            where=str(path),
        ) from error


def make_folder(folder: Path) -> None:
    """`folder` with its parents, each new one entered durably in its parent."""
    missing: list[Path] = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(path: Path, data: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    sync_folder(path.parent)
