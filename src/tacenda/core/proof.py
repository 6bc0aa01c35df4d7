"""A receipt that anyone can check offline: the C2SP tlog-proof format (``.tlog-proof``).

::

    c2sp.org/tlog-proof@v1
    extra <base64 of the entry>
    index 73
    <base64 of each hash of the inclusion proof, from the leaf's sibling upwards>

    <the signed checkpoint>

We put the entry itself into ``extra``. The specification says that extra data is not authenticated; here it
becomes so, because its leaf hash is what the proof must lead from. So a receipt is complete in itself.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tacenda.core.ledger import HASH_BYTES, MAX_SIZE, leaf_hash, verify_inclusion
from tacenda.core.note import MAX_NOTE_BYTES, Checkpoint, KnownKey, decode_base64, open_checkpoint
from tacenda.core.tiles import MAX_ENTRY_BYTES
from tacenda.errors import InputError

HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_PROOF_BYTES: Final = MAX_NOTE_BYTES + 100_000
MAX_HASHES: Final = 63
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class LogProof:
    """What a ``.tlog-proof`` says, with nothing verified."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    entry: bytes


@dataclass(frozen=True, slots=True)
class VerifiedProof:
    """An entry that is proved to be in a log at a checkpoint."""

    index: int
    entry: bytes
    checkpoint: Checkpoint


def render_proof(proof: LogProof) -> str:
    """The file. `proof.checkpoint` is copied verbatim."""
    lines = [HEADER]
    if proof.entry:
        lines.append(f"extra {base64.b64encode(proof.entry).decode('ascii')}")
    lines.append(f"index {proof.index}")
    lines.extend(base64.b64encode(item).decode("ascii") for item in proof.hashes)
    return "\n".join(lines) + "\n\n" + proof.checkpoint


def parse_proof(data: bytes) -> LogProof:
    """A proof file, strictly.

    Raises:
        InputError: ``proof.format``.
    """
    if len(data) > MAX_PROOF_BYTES:
        raise InputError("proof.format", f"A proof of {len(data)} bytes is above {MAX_PROOF_BYTES}.")
    try:
        head, empty, checkpoint = data.decode("utf-8").partition("\n\n")
    except UnicodeDecodeError as error:
        raise InputError("proof.format", "The proof is not UTF-8.") from error
    lines = head.split("\n")
    if not empty or lines.pop(0) != HEADER:
        raise InputError(
            "proof.format", f"A proof begins with {HEADER} and holds a checkpoint after an empty line."
        )
    entry = b""
    if lines and lines[0].startswith("extra "):
        entry = decode_base64(lines.pop(0).removeprefix("extra "), "proof.format")
    found = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if found is None or int(found[1]) > MAX_SIZE:
        raise InputError("proof.format", "The proof does not say which entry it proves (an index line).")
    if len(lines) > MAX_HASHES or len(entry) > MAX_ENTRY_BYTES:
        raise InputError("proof.format", "The proof is longer than any log can need.")
    hashes = tuple(decode_base64(line, "proof.format") for line in lines)
    if any(len(item) != HASH_BYTES for item in hashes):
        raise InputError("proof.format", f"A hash of the proof has not {HASH_BYTES} bytes.")
    return LogProof(int(found[1]), hashes, checkpoint, entry)


def verify_proof(data: bytes, known: Sequence[KnownKey], origin: str, entry: bytes | None = None) -> VerifiedProof:
    """The entry is in the log `origin`, as one of the known keys signed.

    Args:
        data: the proof file.
        known: keys that may sign for the log.
        origin: the log's name.
        entry: the entry's bytes, when the proof does not carry them, or to insist on them.

    Raises:
        InputError: ``proof.format``, ``note.format``; ``proof.entry`` when the entry's bytes are nowhere.
        IntegrityError: when a signature fails, the origin is another, or the hashes do not lead to the root.
    """
    proof = parse_proof(data)
    checkpoint = open_checkpoint(proof.checkpoint.encode("utf-8"), known, origin)
    if entry is None:
        if not proof.entry:
            raise InputError(
                "proof.entry", "The proof does not carry its entry.", hint="Give the entry's bytes too."
            )
        entry = proof.entry
    verify_inclusion(leaf_hash(entry), proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    return VerifiedProof(proof.index, entry, checkpoint)
