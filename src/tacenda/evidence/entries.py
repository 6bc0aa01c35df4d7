"""What one entry of the log says: which document, in which version, with which digest, filed when."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tacenda.core.canonical import canonical_bytes
from tacenda.errors import InputError

AT_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_FIELDS: Final = frozenset({"type", "id", "version", "sha256", "at"})


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """An entry as `Desk.file` writes it: ``{"at", "id", "sha256", "type", "version"}`` in canonical form."""

    index: int
    kind: str
    id: str
    version: int
    sha256: str
    at: datetime

    def as_dict(self) -> dict[str, object]:
        return {
            "index": self.index,
            "type": self.kind,
            "id": self.id,
            "version": self.version,
            "sha256": self.sha256,
            "at": self.at.strftime(AT_FORMAT),
        }


def enclosures(kind: str, body: Mapping[str, Any]) -> Mapping[str, str]:
    """Files that a record names by digest and that are kept beside the log: what each is, by its SHA-256."""
    match kind:
        case "letter":
            files = [body.get("pdf", {})]
        case "publication":
            files = body.get("files", [])
        case "licence":
            files = [{"sha256": body.get("licence", {}).get("document_digest", ""), "path": "the signed paper"}]
        case "observation":
            answers = [(place.get("url", ""), place.get("answer", {})) for place in body.get("places", [])]
            files = [
                {"sha256": answer.get("sha256", ""), "path": f"the answer of {url}"} for url, answer in answers
            ]
        case _:
            files = []
    return {file["sha256"]: file.get("path") or file.get("file", "a file") for file in files if file.get("sha256")}


def read_entry(index: int, data: bytes) -> LoggedEntry:
    """Entry `index` from its bytes.

    Raises:
        InputError: ``entry.format`` unless the bytes are exactly what filing writes.
    """
    try:
        body = json.loads(data)
        if not isinstance(body, dict) or body.keys() != _FIELDS or canonical_bytes(body) != data:
            raise ValueError("not canonical")
        kind, record_id, version, digest = body["type"], body["id"], body["version"], body["sha256"]
        if not (isinstance(kind, str) and isinstance(record_id, str) and isinstance(version, int)):
            raise ValueError("wrong types")
        if isinstance(version, bool) or not (isinstance(digest, str) and _DIGEST.fullmatch(digest)):
            raise ValueError("wrong values")
        at = datetime.strptime(body["at"], AT_FORMAT).replace(tzinfo=UTC)
    except (ValueError, TypeError, RecursionError, InputError) as error:
        raise InputError("entry.format", f"Entry {index} is not an entry of this log's form.") from error
    return LoggedEntry(index, kind, record_id, version, digest, at)
