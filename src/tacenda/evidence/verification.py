"""Verifying the whole log, and naming the first thing that is wrong.

The steps, in this order, each built on the ones before; the walk stops at the first step that fails:

1. the checkpoint is signed by the log's key and is of this log;
2. every entry bundle and tile that it promises is there, and together they lead to the signed root;
3. leftover partial files of earlier checkpoints say the same;
4. the database holds exactly these entries (it may hold more, which wait for publication);
5. no entry is dated before the one it follows; every entry has its record, and that is what was logged;
6. every document stands beside the log with the bytes that were logged;
7. so does every file that a document names by digest: letters, published forms, the papers of licences.

When bundle, tile and root disagree, the signed root decides who is right, so a finding names the file that changed
and the byte. Memory: one bundle at a time for steps 1 to 4; about half a kilobyte an entry for step 5.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Never

from tacenda.core.canonical import canonical_bytes, sha256_hex
from tacenda.core.ledger import HASH_BYTES, leaf_hash
from tacenda.core.note import Checkpoint, KnownKey
from tacenda.core.tiles import (
    ENTRIES,
    TILE_WIDTH,
    Growth,
    LogFile,
    Tile,
    parse_bundle,
    parse_tile_path,
    tiles_for_growth,
)
from tacenda.errors import InputError, IntegrityError
from tacenda.evidence.entries import LoggedEntry, enclosures, read_entry
from tacenda.evidence.proving import proves
from tacenda.evidence.publication import published_checkpoint, stream_entries
from tacenda.ports import Blobs, Progress, Record, Tiles, View

MAX_FINDINGS: Final = 100
MAX_SUSPECTS: Final = 1000
"""Entries that are tried by a proof of their own when a whole log was rewritten; bounds the work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong.

    Attributes:
        code: stable, such as ``log.tile.changed``.
        file: which file, or ``database``.
        offset: the first byte that is wrong, or None where there is none to name.
        what: one sentence.
    """

    code: str
    file: str
    offset: int | None
    what: str

    @property
    def where(self) -> str:
        return self.file if self.offset is None else f"{self.file}, byte {self.offset}"

    def as_dict(self) -> dict[str, object]:
        return {"code": self.code, "file": self.file, "offset": self.offset, "what": self.what}

    def error(self) -> IntegrityError:
        """The finding as the error that a door shows."""
        return IntegrityError(
            self.code,
            self.what,
            hint="Change nothing. Keep a copy of the workspace, then restore this file from a backup or mirror.",
            where=self.where,
        )


@dataclass(frozen=True, slots=True)
class Verification:
    """What was verified, step by step, and what is wrong.

    Attributes:
        checkpoint: the signed head, once step 1 has passed.
        steps: what passed, in order, one sentence each.
        findings: empty when all is well; else what the first failing step found.
        waiting: entries that are filed and not published yet.
    """

    checkpoint: Checkpoint | None
    steps: tuple[str, ...]
    findings: tuple[Finding, ...]
    waiting: int = 0

    @property
    def sound(self) -> bool:
        """All steps passed; never true of nothing."""
        return bool(self.steps) and not self.findings


@dataclass(slots=True)
class LogVerifier:
    """The walk. `view` and `blobs` are left out where only the published files are at hand.

    Args:
        tiles: the published files.
        key: the log's key.
        origin: the log's name.
        show: a file of the log as the reader knows it (``log/tile/0/000``).
        raw: bytes of a blob as they lie there, to name the byte that changed.
    """

    tiles: Tiles
    key: KnownKey
    origin: str
    view: View | None = None
    blobs: Blobs | None = None
    show: Callable[[str], str] = str
    raw: Callable[[str], bytes | None] | None = None
    report: Progress | None = None
    _steps: list[str] = field(default_factory=list)
    _findings: list[Finding] = field(default_factory=list)
    _waiting: int = 0

    def run(self) -> Verification:
        """Walk all steps, up to the first that fails."""
        checkpoint: Checkpoint | None = None
        try:
            checkpoint = self._checkpoint()
            self._tree(checkpoint)
            self._leftovers(checkpoint)
            if self.view is not None:
                self._database(checkpoint, self.view)
                self._records(self.view)
        except _Stop:
            pass
        return Verification(checkpoint, tuple(self._steps), tuple(self._findings), self._waiting)

    def _checkpoint(self) -> Checkpoint:
        try:
            checkpoint = published_checkpoint(self.tiles, self.key, self.origin)
        except IntegrityError as error:
            self._fail(error.code, "checkpoint", None, error.message)
        if checkpoint is None:
            self._fail("log.checkpoint.missing", "checkpoint", None, "The log was never published.")
        self._steps.append(
            f"The checkpoint (entries: {checkpoint.size}) is signed by {self.key.name}+{self.key.key_id.hex()}."
        )
        return checkpoint

    def _tree(self, checkpoint: Checkpoint) -> None:
        """Hash all bundles; compare what they give with the tiles and with the signed root."""
        growth = Growth()
        first: Finding | None = None
        files = 0
        for entries in self._bundles(checkpoint.size):
            for entry in entries:
                for file in growth.add(entry):
                    first = first or self._compare(file)
                    files += 1
        for file in growth.partials():
            first = first or self._compare(file)
            files += 1
        if growth.root() != checkpoint.root:
            self._blame(checkpoint, first)
        if first:
            self._stop(first)
        self._steps.append(
            f"All bundles and tiles ({files}) lead to the signed root {checkpoint.root.hex()[:16]}…"
        )

    def _bundles(self, size: int) -> Iterator[tuple[bytes, ...]]:
        for tile in tiles_for_growth(0, size):
            if tile.level != ENTRIES:
                return
            if self.report:
                self.report(tile.start, size, "Verifying the evidence log")
            data = self.tiles.get(tile.path)
            if data is None:
                self._fail(
                    "log.bundle.missing", tile.path, None, "A bundle that the checkpoint promises is missing."
                )
            try:
                yield parse_bundle(data, tile.width)
            except IntegrityError as error:
                unread = int(error.where.removeprefix("@"))
                hashes = self.tiles.get(Tile(0, tile.index, tile.width).path) or b""
                offset = _first_strange_entry(data[:unread], hashes)
                self._fail("log.bundle.changed", tile.path, unread if offset is None else offset, error.message)

    def _compare(self, file: LogFile) -> Finding | None:
        """How a tile on the disk differs from what the bundles give."""
        if file.tile.level == ENTRIES:
            return None
        data = self.tiles.get(file.path)
        if data is None:
            return self._finding(
                "log.tile.missing", file.path, None, "A tile that the checkpoint promises is missing."
            )
        if data == file.data:
            return None
        offset = first_difference(data, file.data)
        return self._finding(
            "log.tile.changed", file.path, offset, "The tile's hashes are not those of its entries."
        )

    def _blame(self, checkpoint: Checkpoint, first: Finding | None) -> None:
        """The bundles do not lead to the signed root: find the first entry that was changed."""
        start = tried = 0
        for entries in self._bundles(checkpoint.size):
            tile = Tile(0, start // TILE_WIDTH, len(entries))
            hashes = self.tiles.get(tile.path) or b""
            for place, entry in enumerate(entries):
                logged = hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES]
                if logged == leaf_hash(entry) or tried == MAX_SUSPECTS:
                    continue
                tried += 1
                if proves(self.tiles, checkpoint, start + place, logged):
                    self._changed_entry(start + place, entries, place)
            start += len(entries)
        if self.view is not None:
            self._blame_by_database(checkpoint, self.view)
        if first:
            self._stop(first)
        self._fail(
            "log.root",
            "checkpoint",
            None,
            "Bundles and tiles agree with each other, but not with the signed root: the log was rewritten.",
        )

    def _blame_by_database(self, checkpoint: Checkpoint, view: View) -> None:
        """Bundle and tile were changed together; a database that still has the signed tree knows the entry."""
        growth = Growth()
        for entry in stream_entries(view, 0, checkpoint.size):
            growth.add(entry)
        if growth.size != checkpoint.size or growth.root() != checkpoint.root:
            return
        start = 0
        for entries in self._bundles(checkpoint.size):
            for place, kept in enumerate(view.entries(start, start + len(entries))):
                if kept != entries[place]:
                    self._changed_entry(start + place, entries, place)
            start += len(entries)

    def _changed_entry(self, index: int, entries: tuple[bytes, ...], place: int) -> None:
        tile = Tile(ENTRIES, index // TILE_WIDTH, len(entries))
        offset = sum(2 + len(entry) for entry in entries[:place]) + 2
        self._fail("log.bundle.changed", tile.path, offset, f"Entry {index} is not the entry that was signed.")

    def _leftovers(self, checkpoint: Checkpoint) -> None:
        """Partial files of earlier checkpoints: each must be the beginning of the file that took its place."""
        current = {(tile.level, tile.index): tile for tile in tiles_for_growth(0, checkpoint.size)}
        count = 0
        for name in self.tiles.names():
            try:
                tile = parse_tile_path(name)
            except InputError:
                continue
            now = current.get((tile.level, tile.index))
            if now is None or now.width <= tile.width:
                continue
            kept, full = self.tiles.get(name) or b"", self.tiles.get(now.path) or b""
            offset = _beginning(tile, kept, full, now.width)
            if offset is not None:
                self._fail("log.partial.changed", name, offset, "An earlier partial file is not what was signed.")
            count += 1
        if count:
            self._steps.append(f"The partial files of earlier checkpoints ({count}) say the same.")

    def _database(self, checkpoint: Checkpoint, view: View) -> None:
        count = view.entry_count()
        if count < checkpoint.size:
            self._fail(
                "log.behind",
                "database",
                None,
                f"The database holds {count} entries, but {checkpoint.size} were published and signed.",
            )
        start = 0
        for entries in self._bundles(checkpoint.size):
            for place, kept in enumerate(view.entries(start, start + len(entries))):
                if kept != entries[place]:
                    self._fail(
                        "log.fork", "database", None, f"Entry {start + place} is not the one that was signed."
                    )
            start += len(entries)
        self._waiting = count - checkpoint.size
        waiting = f" Waiting for publication: {self._waiting}." if self._waiting else ""
        self._steps.append(f"The database holds the same entries: {checkpoint.size}.{waiting}")

    def _records(self, view: View) -> None:
        entries = [
            self._read(index, data) for index, data in enumerate(stream_entries(view, 0, view.entry_count()))
        ]
        for before, after in pairwise(entries):
            if after.at < before.at:
                what = f"Entry {after.index} is dated before entry {before.index}, which it follows."
                self._fail("log.time", "database", None, what)
        records: dict[int, Record] = {}
        for kind in sorted({entry.kind for entry in entries}):
            for record in view.records(kind):
                if not 0 <= record.entry < len(entries) or not _fits(record, entries[record.entry]):
                    what = f"{record.kind} {record.id}, version {record.version}, is not what was logged."
                    self._fail("record.changed", "database", None, what)
                records[record.entry] = record
        for entry in entries:
            if entry.index not in records:
                what = f"Entry {entry.index} ({entry.kind} {entry.id}, version {entry.version}) has no record."
                self._fail("record.missing", "database", None, what)
        self._steps.append(f"Every entry has its record, and it is what was logged: {len(entries)}.")
        if self.blobs is not None:
            for entry in entries:
                if len(self._findings) < MAX_FINDINGS:
                    self._blob(entry, records[entry.index], self.blobs)
            if self._findings:
                raise _Stop
            self._steps.append(
                f"Every document stands beside the log with the bytes that were logged: {len(entries)}."
            )
            self._enclosed(records.values(), self.blobs)

    def _read(self, index: int, data: bytes) -> LoggedEntry:
        try:
            return read_entry(index, data)
        except InputError as error:
            self._fail("record.entry", "database", None, error.message)

    def _blob(self, entry: LoggedEntry, record: Record, blobs: Blobs) -> None:
        try:
            blobs.get(entry.sha256)
        except IntegrityError as error:
            lying = self.raw(entry.sha256) if self.raw else None
            offset = None if lying is None else first_difference(lying, canonical_bytes(record.body))
            what = f"{error.message} It is {entry.kind} {entry.id}, version {entry.version}."
            self._findings.append(Finding(error.code, error.where or entry.sha256, offset, what))

    def _enclosed(self, records: Iterable[Record], blobs: Blobs) -> None:
        """The files that records name by digest: letters, published forms, the papers of licences."""
        count = 0
        for record in records:
            for digest, title in enclosures(record.kind, record.body).items():
                try:
                    blobs.get(digest)
                except IntegrityError as error:
                    what = f"{error.message} It is {title} of {record.kind} {record.id}, version {record.version}."
                    self._stop(Finding(error.code, error.where or digest, None, what))
                count += 1
        if count:
            self._steps.append(f"Every file that a document names stands beside it, unchanged: {count}.")

    def _finding(self, code: str, name: str, offset: int | None, what: str) -> Finding:
        return Finding(code, name if name == "database" else self.show(name), offset, what)

    def _fail(self, code: str, name: str, offset: int | None, what: str) -> Never:
        self._stop(self._finding(code, name, offset, what))

    def _stop(self, finding: Finding) -> Never:
        self._findings.append(finding)
        raise _Stop


class _Stop(Exception):
    """The walk ends here; what is wrong has been noted."""


def first_difference(one: bytes, other: bytes) -> int:
    """Offset of the first byte in which two different byte strings differ.

    >>> first_difference(b"tile", b"time")
    2
    """
    if one == other:
        raise ValueError("the same bytes")
    for offset, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return offset
    return min(len(one), len(other))


def _first_strange_entry(data: bytes, hashes: bytes) -> int | None:
    """Offset of the first entry (its length included) that has not the hash that its tile holds.

    A wrong length is often noticed only further on, where the bytes run out.
    """
    offset = 0
    for place in range(0, len(hashes), HASH_BYTES):
        start = offset + 2
        stop = start + int.from_bytes(data[offset:start], "big")
        if stop > len(data):
            return None
        if leaf_hash(data[start:stop]) != hashes[place : place + HASH_BYTES]:
            return offset
        offset = stop
    return None


def _beginning(tile: Tile, kept: bytes, full: bytes, width: int) -> int | None:
    """Where `kept` stops being the beginning of `full`; None when it is."""
    if tile.level != ENTRIES:
        expected = full[: tile.width * HASH_BYTES]
    else:
        expected = b"".join(len(e).to_bytes(2, "big") + e for e in parse_bundle(full, width)[: tile.width])
    return None if kept == expected else first_difference(kept, expected)


def _fits(record: Record, entry: LoggedEntry) -> bool:
    try:
        digest = sha256_hex(canonical_bytes(record.body))
    except InputError:
        return False
    said = (record.kind, record.id, record.version, record.digest, record.recorded_at)
    return digest == record.digest and said == (entry.kind, entry.id, entry.version, entry.sha256, entry.at)
