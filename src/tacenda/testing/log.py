"""A published log in memory, for tests of whatever reads or writes one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tacenda.errors import ConflictError, IntegrityError


class MemoryTiles:
    """`tacenda.ports.Tiles` in a dictionary. `files` and `head` may be tampered with by a test."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.head: bytes | None = None
        self._busy = False

    def get(self, name: str) -> bytes | None:
        return self.files.get(name)

    def put(self, name: str, data: bytes) -> None:
        present = self.files.get(name)
        if present is not None and present != data and ".p/" not in name:
            raise IntegrityError("log.tile.changed", "A full tile is there with other bytes.", where=name)
        self.files[name] = data

    def names(self) -> Sequence[str]:
        return sorted(self.files)

    def checkpoint(self) -> bytes | None:
        return self.head

    def put_checkpoint(self, note: bytes) -> None:
        self.head = note

    @contextmanager
    def writing(self) -> Iterator[None]:
        if self._busy:
            raise ConflictError("log.busy", "Another process is publishing to this log.")
        self._busy = True
        try:
            yield
        finally:
            self._busy = False
