"""What Tacenda asks of the outside world, as small protocols. `adapters` answers them; `testing` fakes them.

Every fake passes the same suite as its adapter (`tacenda.testing.suites`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol

from tacenda.core.item import Item
from tacenda.core.item_columns import ItemColumns
from tacenda.core.party import Party

Json = dict[str, Any]

RECORD_KINDS: Final = (
    "party", "declaration", "licence", "publication", "campaign", "letter", "snapshot", "screening",
    "observation",
)  # fmt: skip

# The columns of `View.item_rows`. Lists (`other_ids`, `writers`, `publishers`, `ipi_name_numbers`) are JSON text,
# ``[]`` when empty; `other_ids` holds ``scheme:value``. Several values of one scheme stand in its column joined by
# a space. `duration_ms` is an int or None; every other column is text, empty when nothing is known.
ITEM_COLUMNS: Final = (
    "id",
    "catalogue",
    "kind",
    "title",
    "artist",
    "isrc",
    "iswc",
    "gtin",
    "youtube",
    "other_ids",
    "duration_ms",
    "release_date",
    "label",
    "writers",
    "publishers",
    "ipi_name_numbers",
    "lyrics",
    "audio_path",
)


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


class Tiles(Protocol):
    """The published log: files under names such as ``tile/0/000`` that never change, and one checkpoint."""

    def get(self, name: str) -> bytes | None:
        """The file, or None when it is not there."""
        ...

    def put(self, name: str, data: bytes) -> None:
        """Keep a file durably.

        Raises:
            IntegrityError: ``log.tile.changed`` when a full tile or bundle is there with other bytes.
        """
        ...

    def names(self) -> Sequence[str]:
        """Names of all files but the checkpoint, sorted."""
        ...

    def checkpoint(self) -> bytes | None:
        """The published checkpoint, or None before the first publication."""
        ...

    def put_checkpoint(self, note: bytes) -> None:
        """Publish a checkpoint: readers see the old one or the new one, never a piece."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """One sequencer at a time, across processes."""
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """One version of one signed or filed document, as the store keeps it.

    Attributes:
        kind: ``party``, ``declaration``, ``licence``, ``publication``, ``letter``, ``snapshot``, ``screening``,
            ``observation`` (`RECORD_KINDS`; the database refuses any other).
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
    """A catalogue: whose it is, and which layers its owner claims in each item by listing it.

    Attributes:
        layers: words of `core.claimed`: ``recording`` states no share, ``work:25`` a quarter.
    """

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


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far the import of one file, read through one column map, into one catalogue has come (F01).

    Written in the transaction of each batch, so that it never promises a row that is not there. A finished run
    says only that its rows went in, not that no later file changed them: import again rather than skip, since rows
    that are unchanged are not counted.

    Attributes:
        file_digest, mapping_digest: SHA-256, 64 lower-case hex digits; with `catalogue` the key.
        rows_done: rows of the file read so far, bad ones included.
        rows_changed, rows_rejected: of these, how many were new or different, and how many were refused.
        finished: whether the end of the file was reached.
    """

    file_digest: str
    mapping_digest: str
    catalogue: str
    rows_done: int
    rows_changed: int
    rows_rejected: int
    finished: bool
    updated_at: datetime


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
        """Plain column tuples of all items by (catalogue, id), for bulk readers such as the snapshot compiler.

        Args:
            columns: of `ITEM_COLUMNS`, in the order wanted.

        Raises:
            InputError: ``store.column`` for another word.
        """
        ...

    def compare_item_rows(self, rows: Sequence[ItemColumns]) -> tuple[int, int]:
        """How many of these rows are not there, and how many are there but different: a `put_item_rows` foreseen.

        Each (catalogue, id) stands once.
        """
        ...

    def conflicts(self, limit: int = 1000) -> Sequence[Conflict]:
        """The ISRCs and ISWCs that catalogues of different owners list, by identifier (F34)."""
        ...

    def import_progress(self, file_digest: str, mapping_digest: str, catalogue: str) -> ImportProgress | None:
        """How far this import came, or None when it was never begun."""
        ...

    def setting(self, name: str) -> str | None:
        """A fact about the desk itself that must travel with its records, such as the ``origin`` of its log."""
        ...

    def entries(self, start: int, stop: int) -> Sequence[bytes]:
        """Log entries start <= index < stop."""
        ...

    def entry_count(self) -> int: ...
    def counts(self) -> Mapping[str, int]:
        """How many ``parties``, ``catalogues`` and ``items``, and of each of `RECORD_KINDS`, nought included."""
        ...


class Change(View, Protocol):
    """Writing the desk, inside one transaction: all of it happens or none of it."""

    def put_party(self, party: Party) -> None:
        """Insert or update."""
        ...

    def put_catalogue(self, info: CatalogueInfo) -> None:
        """Insert or update; `created_at` of a catalogue that is there stays, and `items` is not read.

        Raises:
            ConflictError: ``store.reference`` when its owner is no party here.
        """
        ...

    def put_items(self, items: Sequence[Item]) -> int:
        """Insert or update; how many were new or different. Of two with one (catalogue, id) the later stands.

        Raises:
            ConflictError: ``store.reference`` when the catalogue is not there.
            InputError: ``store.text`` for NUL or half a character, ``store.constraint`` for what else the database
                refuses.
        """
        ...

    def put_item_rows(self, rows: Sequence[ItemColumns]) -> int:
        """`put_items` for bulk: rows with the columns of `ITEM_COLUMNS`, which the caller made with care."""
        ...

    def set_import_progress(self, progress: ImportProgress) -> None:
        """Insert or update, in the transaction of the batch that it tells of."""
        ...

    def put_setting(self, name: str, value: str) -> None:
        """Insert or update."""
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
    def writing(self) -> AbstractContextManager[Change]:
        """One transaction: committed at the end of the block, undone when the block raises.

        Raises:
            ConflictError: ``store.busy`` when another writer does not finish in time.
        """
        ...

    def close(self) -> None:
        """Let go of connections. The store may be used again; it then opens new ones."""
        ...


Progress = Callable[[int, int | None, str], None]
"""Called with (done, total or None, what) while long work goes on."""


class FetchPurpose(StrEnum):
    """What a fetch is for; decides how much of the body is read (`BODY_LIMIT`) and whether robots.txt is asked."""

    ROBOTS = "robots"
    JSON = "json"
    HTML = "html"
    HEADERS = "headers"


# Bytes of a body after decoding. RFC 9309 section 2.5: at least 500 KiB of a robots.txt. Of HEADERS none is read.
BODY_LIMIT: Final[Mapping[FetchPurpose, int]] = {
    FetchPurpose.ROBOTS: 512_000,
    FetchPurpose.JSON: 1_048_576,
    FetchPurpose.HTML: 5_242_880,
    FetchPurpose.HEADERS: 0,
}
MAX_REDIRECTS: Final = 5


@dataclass(frozen=True, slots=True)
class Hop:
    """One request that was answered: where it went, to which address, and what came back.

    Attributes:
        url: canonical.
        address: the address that was dialled.
        location: of a redirect, as it stood in the field; else empty.
    """

    url: str
    address: str
    status: int
    location: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A server answered; what it answered is for the caller to judge, 404 and 503 included.

    Attributes:
        url: as it was asked for.
        final_url: canonical, after redirects.
        fields: header fields in their order, names in lower case, bytes as Latin-1.
        body: decoded (gzip, deflate), at most `BODY_LIMIT` bytes.
        hops: every request in order; the last one is this answer.
        started_at, finished_at: aware UTC.
        cut: the body went on beyond the limit and was not read further. Always False where none is read.
        flaw: why the body is not whole or could not be decoded; empty when all is well.
    """

    url: str
    final_url: str
    status: int
    fields: tuple[tuple[str, str], ...]
    body: bytes
    address: str
    hops: tuple[Hop, ...]
    started_at: datetime
    finished_at: datetime
    cut: bool = False
    flaw: str = ""

    def field(self, name: str) -> str:
        """The first field of this name, or empty."""
        return next((value for key, value in self.fields if key == name.lower()), "")


@dataclass(frozen=True, slots=True)
class Refused:
    """We did not go there: a rule of our own, or the robots.txt of the host, forbids it.

    Attributes:
        code: ``url.*``, ``address.*``, ``redirect.*`` or ``robots.*``.
        at: the address at which it stopped; differs from `url` after a redirect.
    """

    url: str
    code: str
    why: str
    at: str
    hops: tuple[Hop, ...]
    started_at: datetime
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No answer that can be relied on: ``dns.*``, ``connect.*``, ``tls.*``, ``time.*`` or ``http.*``.

    Trying again later may help. After ``tls.*`` nothing was sent: who answers there is unverifiable.
    """

    url: str
    code: str
    why: str
    at: str
    hops: tuple[Hop, ...]
    started_at: datetime
    finished_at: datetime

    @property
    def unverifiable(self) -> bool:
        return self.code.startswith("tls.")


class Fetcher(Protocol):
    """GET from a stranger's host. Never raises for what the stranger does: an outcome is a value with reasons."""

    @property
    def agent(self) -> str:
        """The User-Agent field."""
        ...

    def fetch(self, url: str, *, purpose: FetchPurpose) -> Fetched | Refused | Unreachable:
        """One GET, with redirects: ``http`` and ``https`` on ports 80 and 443, to public addresses only.

        Polite: a pause between two requests to one host or address, and robots.txt is asked first (unless it is
        itself what is fetched).
        """
        ...
