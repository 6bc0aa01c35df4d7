"""The published log as a folder of files, ready to be served as it stands or copied to any web host."""

import fcntl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from tacenda.adapters.durable import make_folder, write_durably
from tacenda.errors import ConflictError, IntegrityError, SettingsError

CHECKPOINT: Final = "checkpoint"
LOCK: Final = ".lock"


class FileTiles:
    """`tacenda.ports.Tiles` under `root`: ``checkpoint``, ``tile/<L>/<N>``, ``tile/entries/<N>``.

    Args:
        patience: seconds to wait for another sequencer.

    A partial file may be replaced (a crash can leave one that no checkpoint promised); a full one never by other
    bytes.
    """

    def __init__(self, root: Path, patience: float = 10.0) -> None:
        self.root = root
        self.patience = patience

    def get(self, name: str) -> bytes | None:
        return self._read(self._path(name))

    def put(self, name: str, data: bytes) -> None:
        path = self._path(name)
        present = self._read(path)
        if present == data:
            return
        if present is not None and ".p/" not in name:
            raise IntegrityError(
                "log.tile.changed",
                "A full tile or bundle is there with other bytes, and would have been overwritten.",
                hint="Keep the log folder, run `tacenda evidence verify`, and call a person.",
                where=str(path),
            )
        write_durably(path, data)

    def names(self) -> Sequence[str]:
        tiles = self.root / "tile"
        found = (path for path in tiles.rglob("*") if path.is_file() and not path.name.startswith(".new-"))
        return sorted(path.relative_to(self.root).as_posix() for path in found)

    def checkpoint(self) -> bytes | None:
        return self._read(self.root / CHECKPOINT)

    def put_checkpoint(self, note: bytes) -> None:
        write_durably(self.root / CHECKPOINT, note)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds a lock that the system takes back when the process dies.

        Raises:
            ConflictError: ``log.busy`` when another sequencer is at work for longer than `patience` (F08).
        """
        make_folder(self.root)
        with (self.root / LOCK).open("a") as lock:
            self._lock(lock)
            yield

    def _lock(self, lock: IO[str]) -> None:
        last = time.monotonic() + self.patience
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() < last:
                    time.sleep(0.02)
                    continue
                raise ConflictError(
                    "log.busy",
                    "Another process is publishing to this log.",
                    hint="Wait for it to end, then run `tacenda evidence publish`. What you filed is safe.",
                    where=str(self.root),
                ) from error
            return

    def _path(self, name: str) -> Path:
        if name.startswith("/") or ".." in name.split("/"):
            raise SettingsError("log.name", f"{name!r} is not a name inside the log.")
        return self.root / name

    def _read(self, path: Path) -> bytes | None:
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise SettingsError(
                "file.read", f"Could not read: {error.strerror or error}.", where=str(path)
            ) from error
