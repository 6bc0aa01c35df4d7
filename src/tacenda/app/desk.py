"""The desk: one workspace with everything that the use cases need, put together once.

Use cases are methods grouped by stage (`tacenda.app.catalogue` ...); each takes the desk and plain values, and
returns a frozen result that a door prints. What happens to a record happens in one transaction: the record, its
entry in the evidence log, or neither.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tacenda.core.canonical import canonical_bytes, sha256_hex
from tacenda.errors import ConflictError
from tacenda.ports import Blobs, Change, Clock, Ids, Record, Signer, Store

SETTINGS_FILE: Final = "tacenda.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """What `tacenda.toml` says.

    Attributes:
        rightsholder: party id of the workspace's own rightsholder.
        database: SQLAlchemy URL; ``sqlite`` files are relative to the workspace.
        origin: name of the evidence log, such as ``lark.example/tacenda``.
        lookup_url: where the public can look up one work, or empty.
    """

    rightsholder: str
    database: str
    origin: str
    lookup_url: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desk:
    """A workspace that is open: its settings, and the ports through which the stages act."""

    root: Path
    settings: Settings
    store: Store
    blobs: Blobs
    clock: Clock
    ids: Ids
    signer: Signer

    def folder(self, *parts: str) -> Path:
        """A folder of the workspace, made if it is not there."""
        path = self.root.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def file(self, change: Change, kind: str, record_id: str, version: int, body: dict[str, Any]) -> Record:
        """File a document: its record and its log entry, in the transaction `change`.

        The entry is small (type, id, version, digest, time); the canonical bytes go to the blobs, beside the log.
        Call `tacenda.app.evidence.publish` after the transaction to put new entries into tiles.

        The time is this machine's own word. What the log proves is the order; so a clock that stands before the
        last entry is refused, and nothing can be dated back behind what was filed.

        Raises:
            ConflictError: ``clock.back``.
        """
        data = canonical_bytes(body)
        digest = sha256_hex(data)
        now = self.clock.now()
        self._check_forward(change, now)
        entry = {
            "type": kind,
            "id": record_id,
            "version": version,
            "sha256": digest,
            "at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        self.blobs.put(data)
        index = change.append_entry(canonical_bytes(entry))
        record = Record(kind, record_id, version, body, digest, now, index)
        change.put_record(record)
        return record

    def _check_forward(self, change: Change, now: datetime) -> None:
        count = change.entry_count()
        last = json.loads(change.entries(count - 1, count)[0]) if count else {}
        at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        if at < last.get("at", ""):
            raise ConflictError(
                "clock.back",
                f"The clock says {at}, but the last entry of the log was filed at {last['at']}.",
                hint="Set this machine's clock right (or TACENDA_NOW, where it is set), and try again.",
            )
