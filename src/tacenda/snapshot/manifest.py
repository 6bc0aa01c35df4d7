"""The manifest: what a snapshot holds, byte for byte, and the short note over it that is signed.

``manifest.json`` is canonical JSON (RFC 8785). ``manifest.note`` is a C2SP signed note of three lines::

    tacenda/snapshot/v1
    S-000001
    <SHA-256 of manifest.json, 64 hex digits>

so one signature vouches for every file. A file over 1 MiB is listed with the digest of each of its 1 MiB blocks
besides, so that damage can be named by its place.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from tacenda.core.canonical import canonical_bytes, sha256_hex
from tacenda.errors import IntegrityError, TacendaError

FORMAT: Final = "tacenda-snapshot/1"
NOTE_HEAD: Final = "tacenda/snapshot/v1"
MANIFEST: Final = "manifest.json"
NOTE: Final = "manifest.note"
BLOCK: Final = 1 << 20
MAX_MANIFEST_BYTES: Final = 64 << 20
AGAIN: Final = "Fetch the snapshot again from its publisher."
_NAME: Final = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)?(\.[a-z]+)?", re.ASCII)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_INSTANT: Final = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file: path within the snapshot, size in bytes, SHA-256, and of its 1 MiB blocks where it has several."""

    name: str
    size: int
    sha256: str
    blocks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot says of itself.

    Attributes:
        created_at: aware UTC, whole seconds.
        valid_until: last day on which an answer from it counts as current, inclusive.
        origin, log_size, log_root: the checkpoint of the evidence log from which it was compiled (root in hex).
        fold_version, unicode: the folding of its text keys.
        keys: how many entries each key class has.
        digest: SHA-256 of ``manifest.json``; stands in the evidence log and in screening reports.
    """

    id: str
    version: int
    created_at: datetime
    valid_until: date
    origin: str
    log_size: int
    log_root: str
    fold_version: int
    unicode: str
    items: int
    groups: int
    umbrellas: int
    keys: Mapping[str, int]
    files: tuple[FileEntry, ...]
    digest: str = ""

    def to_bytes(self) -> bytes:
        return canonical_bytes(
            {
                "format": FORMAT,
                "id": self.id,
                "version": self.version,
                "created_at": self.created_at.strftime(_INSTANT),
                "valid_until": self.valid_until.isoformat(),
                "origin": self.origin,
                "log_size": self.log_size,
                "log_root": self.log_root,
                "fold_version": self.fold_version,
                "unicode": self.unicode,
                "items": self.items,
                "groups": self.groups,
                "umbrellas": self.umbrellas,
                "keys": dict(self.keys),
                "files": [
                    {"name": f.name, "size": f.size, "sha256": f.sha256, "blocks": list(f.blocks)}
                    for f in self.files
                ],
            }
        )

    def note_text(self) -> str:
        return f"{NOTE_HEAD}\n{self.id}\n{sha256_hex(self.to_bytes())}\n"


def parse_manifest(data: bytes, where: str = MANIFEST) -> Manifest:
    """A manifest from its bytes, strictly: what would not be written again as it stands is refused.

    Raises:
        IntegrityError: ``snapshot.manifest`` when it is no manifest, or ``snapshot.format`` when it is one of a
            later format.
    """
    try:
        document = json.loads(data)
        if isinstance(document, dict) and document.get("format") != FORMAT:
            raise IntegrityError(
                "snapshot.format",
                f"This is not a snapshot of the format {FORMAT}.",
                hint="Use the version of Tacenda that made it.",
                where=where,
            )
        made = _read(document, sha256_hex(data))
        if made.to_bytes() != data:
            raise ValueError("not canonical")
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        raise _unreadable(where) from error
    except TacendaError as error:
        if isinstance(error, IntegrityError):
            raise
        raise _unreadable(where) from error
    return made


def _read(document: Any, digest: str) -> Manifest:
    files = tuple(
        FileEntry(str(f["name"]), int(f["size"]), str(f["sha256"]), tuple(map(str, f["blocks"])))
        for f in document["files"]
    )
    for entry in files:
        if not _NAME.fullmatch(entry.name) or entry.name in (MANIFEST, NOTE) or entry.size < 0:
            raise ValueError(entry.name)
        if not all(map(_DIGEST.fullmatch, (entry.sha256, *entry.blocks))):
            raise ValueError(entry.name)
        if len(entry.blocks) != blocks_of(entry.size):
            raise ValueError(entry.name)
    if len({entry.name for entry in files}) != len(files):
        raise ValueError("a file stands twice")
    return Manifest(
        id=str(document["id"]),
        version=int(document["version"]),
        # The one form that is written; anything else would not be written again as it stands.
        created_at=datetime.fromisoformat(document["created_at"]),
        valid_until=date.fromisoformat(document["valid_until"]),
        origin=str(document["origin"]),
        log_size=int(document["log_size"]),
        log_root=str(document["log_root"]),
        fold_version=int(document["fold_version"]),
        unicode=str(document["unicode"]),
        items=int(document["items"]),
        groups=int(document["groups"]),
        umbrellas=int(document["umbrellas"]),
        keys={str(name): int(count) for name, count in document["keys"].items()},
        files=files,
        digest=digest,
    )


def _unreadable(where: str) -> IntegrityError:
    return IntegrityError("snapshot.manifest", "The manifest is damaged.", hint=AGAIN, where=where)


def blocks_of(size: int) -> int:
    """How many block digests a file of this size is listed with: none if one digest says it all."""
    return -(-size // BLOCK) if size > BLOCK else 0


def measure(path: Path, name: str) -> FileEntry:
    """The entry of a file as it stands on the disk. Reads it once, in blocks of 1 MiB."""
    with path.open("rb") as file:
        return _measured(file, name)


def _measured(file: BinaryIO, name: str) -> FileEntry:
    whole = hashlib.sha256()
    blocks: list[str] = []
    size = 0
    while block := file.read(BLOCK):
        whole.update(block)
        blocks.append(sha256_hex(block))
        size += len(block)
    return FileEntry(name, size, whole.hexdigest(), tuple(blocks) if blocks_of(size) else ())
