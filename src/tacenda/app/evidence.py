"""The evidence log of a desk: publish it, verify it, prove one entry, list it.

What needs only published files works without a desk too (`verify_folder`, `verify_receipt`): that is how anyone
else checks what a rightsholder says.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tacenda.adapters.blobs import FolderBlobs
from tacenda.adapters.keys import known_key
from tacenda.adapters.tile_files import FileTiles
from tacenda.app.desk import Desk
from tacenda.core.canonical import canonical_bytes
from tacenda.core.note import Checkpoint, KnownKey
from tacenda.core.proof import MAX_PROOF_BYTES, VerifiedProof, verify_proof
from tacenda.errors import ConflictError, InputError, IntegrityError
from tacenda.evidence.entries import LoggedEntry, read_entry
from tacenda.evidence.proving import check_continues, prove_entry
from tacenda.evidence.publication import publish_log, published_checkpoint
from tacenda.evidence.verification import Finding, LogVerifier, Verification
from tacenda.ports import Progress

LOG: Final = "log"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a ``.tlog-proof`` was verified to say."""

    entry: LoggedEntry
    checkpoint: Checkpoint
    key: str
    document: str = ""
    """SHA-256 of the document that was held beside it, or empty."""


def log_of(desk: Desk) -> FileTiles:
    """The published log's folder."""
    return FileTiles(desk.root / LOG)


def publish(desk: Desk, report: Progress | None = None) -> Checkpoint:
    """Put filed entries into tiles and sign the checkpoint last; the head of the log.

    Cheap when nothing is new. Safe to call again after a crash.

    Raises:
        IntegrityError: ``log.fork``, ``log.behind`` or ``log.checkpoint``: nothing was signed.
        ConflictError: ``log.busy``.
    """
    return publish_log(desk.store, log_of(desk), desk.signer, _key(desk), report)


def checkpoint(desk: Desk) -> Checkpoint:
    """The published head, its signature verified.

    Raises:
        ConflictError: ``log.empty`` before the first publication.
    """
    found = published_checkpoint(log_of(desk), _key(desk), desk.settings.origin)
    if found is None:
        raise ConflictError("log.empty", "The log was never published.", hint="Run `tacenda evidence publish`.")
    return found


def prove(desk: Desk, index: int) -> str:
    """Entry `index` as a ``.tlog-proof``: text that proves it offline, verified before it is handed out."""
    return prove_entry(log_of(desk), checkpoint(desk), _key(desk), index)


def check(desk: Desk, report: Progress | None = None) -> Verification:
    """Verify everything the desk logged, step by step."""
    blobs = desk.blobs
    with desk.store.reading() as view:
        return LogVerifier(
            log_of(desk),
            _key(desk),
            desk.settings.origin,
            view,
            blobs,
            show=lambda name: str(desk.root / LOG / name),
            raw=blobs.raw if isinstance(blobs, FolderBlobs) else None,
            report=report,
        ).run()


def verify(desk: Desk) -> list[Finding]:
    """What is wrong with the log; empty when every step of `check` passed."""
    return list(check(desk).findings)


def verify_folder(folder: Path, vkey: str, report: Progress | None = None) -> Verification:
    """Verify a copy of a published log with nothing but its verifier key: steps 1 to 3.

    Raises:
        InputError: ``note.vkey``.
    """
    key = known_key(vkey)
    return LogVerifier(FileTiles(folder), key, key.name, show=lambda name: str(folder / name), report=report).run()


def verify_since(folder: Path, vkey: str, kept: bytes) -> tuple[Checkpoint, Checkpoint]:
    """The log in `folder` continues the log that the older checkpoint `kept` names; (older, present).

    Raises:
        IntegrityError: ``ledger.consistency`` when history was changed, and others.
    """
    key, tiles = known_key(vkey), FileTiles(folder)
    now = published_checkpoint(tiles, key, key.name)
    if now is None:
        raise ConflictError("log.empty", "The log was never published.", where=str(folder))
    return check_continues(tiles, now, key, kept), now


def verify_receipt(proof: bytes, vkey: str, document: bytes | None = None) -> Receipt:
    """Verify a ``.tlog-proof`` offline, and if given that `document` is what was logged.

    The document fits if its bytes have the logged SHA-256, or if it is JSON whose canonical form has.

    Raises:
        InputError: ``proof.format``, ``note.vkey``.
        IntegrityError: ``ledger.inclusion``, ``note.signature``, ``proof.document`` and others.
    """
    key = known_key(vkey)
    verified: VerifiedProof = verify_proof(proof, [key], key.name)
    entry = read_entry(verified.index, verified.entry)
    if document is not None and entry.sha256 not in _digests(document):
        raise IntegrityError(
            "proof.document",
            f"The document is not the one that was logged as {entry.kind} {entry.id}, version {entry.version}.",
            hint=f"The logged document has the SHA-256 {entry.sha256}.",
        )
    digest = entry.sha256 if document is not None else ""
    return Receipt(entry, verified.checkpoint, f"{key.name}+{key.key_id.hex()}", digest)


def entries(desk: Desk, kind: str | None = None, limit: int | None = None) -> Sequence[LoggedEntry]:
    """The log's entries, oldest first; with `limit`, the latest so many."""
    found: list[LoggedEntry] = []
    with desk.store.reading() as view:
        stop = view.entry_count()
        while stop > 0 and (limit is None or len(found) < limit):
            start = max(0, stop - 1000)
            portion = [read_entry(start + place, data) for place, data in enumerate(view.entries(start, stop))]
            found.extend(entry for entry in reversed(portion) if kind in (None, entry.kind))
            stop = start
    return tuple(reversed(found if limit is None else found[:limit]))


def read_vkey(text_or_file: str) -> str:
    """A verifier key, given as it is or as the name of a file that holds it.

    Raises:
        InputError: ``note.vkey``.
    """
    if text_or_file.count("+") >= 2:
        return text_or_file.strip()
    return read_small(Path(text_or_file)).decode("utf-8", "replace").strip()


def read_small(path: Path) -> bytes:
    """A file that a stranger may have sent: at most a proof's size.

    Raises:
        InputError: ``file.read``, ``file.size``.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_PROOF_BYTES + 1)
    except OSError as error:
        raise InputError("file.read", f"Could not read: {error.strerror or error}.", where=str(path)) from error
    if len(data) > MAX_PROOF_BYTES:
        raise InputError("file.size", f"The file is above {MAX_PROOF_BYTES} bytes.", where=str(path))
    return data


def _key(desk: Desk) -> KnownKey:
    return known_key(desk.signer.verifier_key)


def _digests(document: bytes) -> set[str]:
    digests = {hashlib.sha256(document).hexdigest()}
    try:
        digests.add(hashlib.sha256(canonical_bytes(json.loads(document))).hexdigest())
    except (ValueError, RecursionError, InputError):
        return digests
    return digests
