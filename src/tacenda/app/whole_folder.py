"""A folder that appears whole or not at all, and what killed runs left behind."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tacenda.errors import ConflictError, SettingsError

PARTIAL: Final = ".tacenda.partial"


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder to write into that becomes `folder` at the end, in one rename; on any error nothing stays.

    A run that is killed leaves a hidden ``.<name>.<random>.tacenda.partial`` beside it, never `folder` itself. The
    next run beside it clears that away: a live run holds a lock on its folder, which the system drops with the
    process, so a folder without a lock belongs to nobody. Where the file system knows no locks, it stays.

    Raises:
        ConflictError: ``screening.exists`` when `folder` is there and holds something.
        SettingsError: when the folder cannot be made or written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConflictError(
            "screening.exists",
            "There is something already.",
            hint="Name another folder with --out.",
            where=str(folder),
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        clear_partials(folder.parent)
        work, lock = _locked_folder(folder)
    except OSError as error:
        raise SettingsError("screening.out", f"The folder cannot be made: {error}.", where=str(folder)) from error
    try:
        yield work
        work.chmod(0o755)
        work.replace(folder)
    except OSError as error:
        shutil.rmtree(work, ignore_errors=True)
        raise SettingsError(
            "screening.write", f"The lists cannot be written: {error}.", where=str(folder)
        ) from error
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    finally:
        os.close(lock)


def clear_partials(place: Path) -> list[Path]:
    """Remove the partial folders in `place` whose runs are dead; which they were."""
    cleared = []
    for path in sorted(place.glob(f".*{PARTIAL}")):
        with suppress(OSError):
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                if _lock(handle, wait=False):
                    shutil.rmtree(path)
                    cleared.append(path)
            finally:
                os.close(handle)
    return cleared


def _locked_folder(folder: Path) -> tuple[Path, int]:
    """A new partial folder and the handle that holds its lock."""
    while True:
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=PARTIAL, dir=folder.parent))
        with suppress(FileNotFoundError):
            handle = os.open(work, os.O_RDONLY)
            _lock(handle, wait=True)
            if work.exists():
                return work, handle
            # Another run took it for a dead one, in the instant before it was locked.
            os.close(handle)


def _lock(handle: int, *, wait: bool) -> bool:
    """Whether the lock was had."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
