"""What Tacenda asks of the outside world, as small protocols. `adapters` answers them; `testing` fakes them.

Every fake passes the same suite as its adapter (`tacenda.testing.suites`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from tacenda.core.item import Item
from tacenda.core.party import Party

Json = dict[str, Any]


class Clock(Protocol):
    """The time, as aware UTC, cut to whole seconds."""

    def now(self) -> datetime: ...


class Ids(Protocol):
    """New identifiers: unique, sortable by time of making, made of ``0-9a-z`` and ``-``."""

    def new(self, prefix: str) -> str: ...


class Signer(Protocol):
    """Holds one private key; nobody else sees it."""

    @property
    def name(self) -> str:
        """Key name of the signed note: the log's origin, such as ``lark.example/log``."""
        ...

    @property
    def verifier_key(self) -> str:
        """C2SP vkey: ``name+hash+base64``."""
        ...

    def sign_note(self, text: str) -> str:
        """`text` (ending in a newline) as a C2SP signed note with one signature line."""
        ...


class Blobs(Protocol):
    """Large bytes by SHA-256. Putting the same bytes twice is one blob; a blob is never changed or removed."""

    def put(self, data: bytes) -> str:
        """Keep `data` durably; its SHA-256 as 64 lower-case hex digits."""
        ...

    def get(self, digest: str) -> bytes:
        """The bytes.

        Raises:
            IntegrityError: ``blob.missing`` or ``blob.changed``.
        """
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """One version of one signed or filed document, as the store keeps it.

    Attributes:
        kind: ``declaration``, ``licence``, ``publication``, ``letter``, ``snapshot``, ``screening``.
        id, version: together unique within a kind.
        body: the canonical document (RFC 8785), as JSON.
        digest: SHA-256 of the canonical bytes, hex.
        recorded_at: aware UTC.
        entry: index of its entry in the evidence log.
    """

    kind: str
    id: str
    version: int
    body: Json
    digest: str
    recorded_at: datetime
    entry: int


@dataclass(frozen=True, slots=True)
class CatalogueInfo:
    """A catalogue: whose it is, and which layers its owner claims in each item by listing it."""

    id: str
    title: str
    owner: str
    layers: tuple[str, ...]
    created_at: datetime
    items: int = 0


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two owners claim the same thing. Both stand; people decide."""

    identifier: str
    items: tuple[str, ...]
    owners: tuple[str, ...]


class View(Protocol):
    """Reading the desk. Iterators stream: memory does not grow with the catalogue."""

    def parties(self) -> Sequence[Party]: ...
    def records(self, kind: str) -> Sequence[Record]:
        """All versions of all records of a kind, by (id, version)."""
        ...

    def catalogues(self) -> Sequence[CatalogueInfo]: ...
    def items(self, catalogue: str | None = None) -> Iterator[Item]:
        """Items by (catalogue, id)."""
        ...

    def item_rows(self, columns: Sequence[str], batch_rows: int = 50_000) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Plain column tuples of all items by (catalogue, id), for bulk readers such as the snapshot compiler."""
        ...

    def conflicts(self, limit: int = 1000) -> Sequence[Conflict]: ...
    def entries(self, start: int, stop: int) -> Sequence[bytes]:
        """Log entries start <= index < stop."""
        ...

    def entry_count(self) -> int: ...
    def counts(self) -> Mapping[str, int]:
        """How many of each kind: parties, catalogues, items, and each record kind."""
        ...


class Change(View, Protocol):
    """Writing the desk, inside one transaction: all of it happens or none of it."""

    def put_party(self, party: Party) -> None: ...
    def put_catalogue(self, info: CatalogueInfo) -> None: ...
    def put_items(self, items: Sequence[Item]) -> int:
        """Insert or update; how many were new or different."""
        ...

    def append_entry(self, body: bytes) -> int:
        """Add an entry to the evidence log (at most 65,535 bytes); its index."""
        ...

    def put_record(self, record: Record) -> None:
        """Add a record.

        Raises:
            ConflictError: ``record.exists`` when this kind, id and version is there with another digest.
        """
        ...


class Store(Protocol):
    """The desk's records. One writer at a time; readers see whole transactions."""

    def reading(self) -> AbstractContextManager[View]: ...
    def writing(self) -> AbstractContextManager[Change]: ...


Progress = Callable[[int, int | None, str], None]
"""Called with (done, total or None, what) while long work goes on."""
