"""Fakes that ship: the ports answered in memory. `MemoryStore` passes the same suite as the databases do."""

import base64
import hashlib
import re
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tacenda.adapters.db.rows import check_text, item_from, item_row, party_row
from tacenda.core.item import Item
from tacenda.core.item_columns import ItemColumns
from tacenda.core.party import Party
from tacenda.errors import ConflictError, InputError, IntegrityError
from tacenda.ports import (
    ITEM_COLUMNS,
    RECORD_KINDS,
    CatalogueInfo,
    Conflict,
    ImportProgress,
    Record,
)

START: Final = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
MAX_ENTRY_BYTES: Final = 65_535
DATE: Final = re.compile(r"([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)?")
SHA256: Final = re.compile(r"[0-9a-f]{64}")


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, **duration: float) -> None:
        """Move on by `timedelta(**duration)`."""
        self._now = (self._now + timedelta(**duration)).replace(microsecond=0)


class CountingIds:
    """``prefix-000001`` and so on."""

    def __init__(self) -> None:
        self._count = 0

    def new(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}-{self._count:06d}"


class FakeSigner:
    """An Ed25519 key made of fixed bytes: the same notes in every run. Keeps nothing secret."""

    def __init__(self, name: str = "lark-and-linden/tacenda", seed: bytes = bytes(range(32))) -> None:
        self._name = name
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        public = b"\x01" + self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._hash = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
        self._verifier_key = f"{name}+{self._hash.hex()}+{base64.b64encode(public).decode()}"

    @property
    def name(self) -> str:
        return self._name

    @property
    def verifier_key(self) -> str:
        return self._verifier_key

    def sign_note(self, text: str) -> str:
        signature = base64.b64encode(self._hash + self._key.sign(text.encode())).decode()
        return f"{text}\n— {self._name} {signature}\n"


class MemoryBlobs:
    """Blobs in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self.kept[digest] = bytes(data)
        return digest

    def get(self, digest: str) -> bytes:
        data = self.kept.get(digest)
        if data is None:
            raise IntegrityError("blob.missing", f"The blob {digest} is not there.")
        if hashlib.sha256(data).hexdigest() != digest:
            raise IntegrityError("blob.changed", f"The blob {digest} is not what it was.")
        return data


@dataclass
class _State:
    parties: dict[str, Party] = field(default_factory=dict)
    catalogues: dict[str, CatalogueInfo] = field(default_factory=dict)
    items: dict[tuple[str, str], Item] = field(default_factory=dict)
    progress: dict[tuple[str, str, str], ImportProgress] = field(default_factory=dict)
    records: dict[tuple[str, str, int], Record] = field(default_factory=dict)
    entries: list[bytes] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)

    def copy(self) -> "_State":
        return _State(
            dict(self.parties),
            dict(self.catalogues),
            dict(self.items),
            dict(self.progress),
            dict(self.records),
            list(self.entries),
            dict(self.settings),
        )


class MemoryStore:
    """`ports.Store` in memory. A transaction works on a copy, so it costs a copy of the dictionaries."""

    def __init__(self) -> None:
        self._state = _State()
        self._writer = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator["MemoryView"]:
        yield MemoryView(self._state)

    @contextmanager
    def writing(self) -> Iterator["MemoryChange"]:
        if not self._writer.acquire(timeout=0.2):
            raise ConflictError(
                "store.busy", "Someone else is writing to this desk.", hint="Wait until it is done and try again."
            )
        try:
            state = self._state.copy()
            yield MemoryChange(state)
            self._state = state
        finally:
            self._writer.release()

    def close(self) -> None:
        """Nothing to let go of."""


class MemoryView:
    """`ports.View` of one state."""

    def __init__(self, state: _State) -> None:
        self._state = state

    def parties(self) -> Sequence[Party]:
        return [self._state.parties[key] for key in sorted(self._state.parties)]

    def records(self, kind: str) -> Sequence[Record]:
        return [record for key, record in sorted(self._state.records.items()) if key[0] == kind]

    def catalogues(self) -> Sequence[CatalogueInfo]:
        sizes: dict[str, int] = defaultdict(int)
        for catalogue, _ in self._state.items:
            sizes[catalogue] += 1
        return [replace(info, items=sizes[key]) for key, info in sorted(self._state.catalogues.items())]

    def items(self, catalogue: str | None = None) -> Iterator[Item]:
        return iter([i for k, i in sorted(self._state.items.items()) if catalogue is None or k[0] == catalogue])

    def item_rows(self, columns: Sequence[str], batch_rows: int = 50_000) -> Iterator[Sequence[tuple[Any, ...]]]:
        for column in columns:
            if column not in ITEM_COLUMNS:
                raise InputError("store.column", f"There is no item column {column!r}.")
        places = [ITEM_COLUMNS.index(column) for column in columns]
        rows = [item_row(item) for _, item in sorted(self._state.items.items())]
        cut = [tuple(row[place] for place in places) for row in rows]
        return iter([cut[start : start + batch_rows] for start in range(0, len(cut), batch_rows)])

    def conflicts(self, limit: int = 1000) -> Sequence[Conflict]:
        claims: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for (catalogue, item_id), item in self._state.items.items():
            for identifier in item.identifiers:
                if identifier.scheme.value in ("isrc", "iswc"):
                    claims[str(identifier)].add((item_id, self._state.catalogues[catalogue].owner))
        found = []
        for name, pairs in sorted(claims.items()):
            owners = sorted({owner for _, owner in pairs})
            if len(owners) > 1:
                found.append(Conflict(name, tuple(sorted({i for i, _ in pairs})), tuple(owners)))
        return found[:limit]

    def import_progress(self, file_digest: str, mapping_digest: str, catalogue: str) -> ImportProgress | None:
        return self._state.progress.get((file_digest, mapping_digest, catalogue))

    def compare_item_rows(self, rows: Sequence[ItemColumns]) -> tuple[int, int]:
        known = [(self._state.items.get((item.catalogue, item.id)), item) for item in map(item_from, rows)]
        return sum(old is None for old, _ in known), sum(old is not None and old != new for old, new in known)

    def setting(self, name: str) -> str | None:
        return self._state.settings.get(name)

    def entries(self, start: int, stop: int) -> Sequence[bytes]:
        return self._state.entries[max(start, 0) : max(stop, 0)]

    def entry_count(self) -> int:
        return len(self._state.entries)

    def counts(self) -> Mapping[str, int]:
        counts = {
            "parties": len(self._state.parties),
            "catalogues": len(self._state.catalogues),
            "items": len(self._state.items),
        }
        return counts | {kind: sum(key[0] == kind for key in self._state.records) for kind in RECORD_KINDS}


class MemoryChange(MemoryView):
    """`ports.Change` of a state that becomes the store's when the transaction ends."""

    def put_party(self, party: Party) -> None:
        party_row(party)
        _check(bool(party.id and party.legal_name), "A party has an id and a legal name.")
        self._state.parties[party.id] = party

    def put_catalogue(self, info: CatalogueInfo) -> None:
        check_text(info.title, f"title of catalogue {info.id!r}")
        _check(bool(info.id), "A catalogue has an id.")
        if info.owner not in self._state.parties:
            raise _no_reference()
        known = self._state.catalogues.get(info.id)
        created_at = known.created_at if known else info.created_at
        self._state.catalogues[info.id] = replace(info, created_at=created_at, items=0)

    def put_items(self, items: Sequence[Item]) -> int:
        changed: set[tuple[str, str]] = set()
        for item in items:
            item_row(item)
            _check(bool(item.id), "An item has an id.")
            _check(bool(DATE.fullmatch(item.release_date)), "A release date is YYYY, YYYY-MM or YYYY-MM-DD.")
            _check(item.duration_ms is None or item.duration_ms >= 0, "A duration is not negative.")
            if item.catalogue not in self._state.catalogues:
                raise _no_reference()
            key = (item.catalogue, item.id)
            if self._state.items.get(key) != item:
                changed.add(key)
                self._state.items[key] = item
        return len(changed)

    def put_item_rows(self, rows: Sequence[ItemColumns]) -> int:
        return self.put_items([item_from(row) for row in rows])

    def set_import_progress(self, progress: ImportProgress) -> None:
        if progress.catalogue not in self._state.catalogues:
            raise _no_reference()
        key = (progress.file_digest, progress.mapping_digest, progress.catalogue)
        self._state.progress[key] = progress

    def put_setting(self, name: str, value: str) -> None:
        self._state.settings[name] = value

    def append_entry(self, body: bytes) -> int:
        _check(0 < len(body) <= MAX_ENTRY_BYTES, "A log entry has 1 to 65,535 bytes.")
        self._state.entries.append(bytes(body))
        return len(self._state.entries) - 1

    def put_record(self, record: Record) -> None:
        _check(record.kind in RECORD_KINDS, f"{record.kind!r} is no kind of record.")
        _check(record.version > 0, "A version counts from 1.")
        _check(bool(SHA256.fullmatch(record.digest)), "A digest has 64 hex digits.")
        key = (record.kind, record.id, record.version)
        known = self._state.records.get(key)
        if known is not None:
            if known.digest == record.digest:
                return
            raise ConflictError(
                "record.exists",
                f"Version {record.version} of {record.kind} {record.id} is there with other content.",
                hint="File the change as the next version.",
            )
        if not 0 <= record.entry < len(self._state.entries):
            raise _no_reference()
        self._state.records[key] = record


def _check(holds: bool, rule: str) -> None:
    if not holds:
        raise InputError(
            "store.constraint", f"The desk refuses this: {rule}", hint="Correct the data and try again."
        )


def _no_reference() -> ConflictError:
    return ConflictError(
        "store.reference",
        "This names a party, catalogue or log entry that is not there.",
        hint="Add it first.",
    )
