"""A log in memory: store, tiles, blobs, key."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tacenda.adapters.keys import known_key
from tacenda.app.desk import Desk, Settings
from tacenda.core.note import Checkpoint
from tacenda.evidence.publication import publish_log
from tacenda.evidence.verification import LogVerifier, Verification
from tacenda.testing.fakes import CountingIds, FakeClock, FakeSigner, MemoryBlobs, MemoryStore
from tacenda.testing.log import MemoryTiles

ORIGIN = "lark.example/tacenda"


@dataclass
class Log:
    """A whole log, and what a test does to it."""

    store: MemoryStore = field(default_factory=MemoryStore)
    tiles: MemoryTiles = field(default_factory=MemoryTiles)
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)
    signer: FakeSigner = field(default_factory=lambda: FakeSigner(ORIGIN))

    def __post_init__(self) -> None:
        self.key = known_key(self.signer.verifier_key)
        settings = Settings("lark", "sqlite://", ORIGIN)
        self.desk = Desk(Path("unused"), settings, self.store, self.blobs, FakeClock(), CountingIds(), self.signer)

    def file(self, count: int, note: str = "") -> None:
        """File `count` documents in one transaction."""
        with self.store.writing() as change:
            for _ in range(count):
                number = change.entry_count()
                body = {"type": "declaration", "number": number, "note": note}
                self.desk.file(change, "declaration", f"d{number}", 1, body)

    def publish(self) -> Checkpoint:
        return publish_log(self.store, self.tiles, self.signer, self.key)

    def grow(self, *sizes: int) -> "Log":
        """File and publish until the log has each of the sizes."""
        for size in sizes:
            with self.store.reading() as view:
                missing = size - view.entry_count()
            self.file(missing)
            self.publish()
        return self

    def verify(self) -> Verification:
        with self.store.reading() as view:
            return LogVerifier(self.tiles, self.key, ORIGIN, view, self.blobs, raw=self.blobs.kept.get).run()

    def verify_files(self) -> Verification:
        return LogVerifier(self.tiles, self.key, ORIGIN).run()


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def new_log() -> Callable[[], Log]:
    return Log
