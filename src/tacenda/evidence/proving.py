"""Proofs from the published files alone: one entry is in the log; the log of today continues that of yesterday."""

from collections.abc import Callable

from tacenda.core.ledger import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from tacenda.core.note import Checkpoint, KnownKey, open_checkpoint
from tacenda.core.proof import LogProof, render_proof, verify_proof
from tacenda.core.tiles import ENTRIES, Tile, TileHashes, parse_bundle, tile_in_tree
from tacenda.errors import InputError, IntegrityError
from tacenda.ports import Tiles


def tile_reader(tiles: Tiles) -> Callable[[Tile], bytes | None]:
    """Tiles by their place."""
    return lambda tile: tiles.get(tile.path)


def read_logged(tiles: Tiles, index: int, size: int) -> bytes:
    """The bytes of entry `index`, from its bundle in the log of `size` entries.

    Raises:
        IntegrityError: ``bundle.missing`` or ``bundle.format``.
    """
    tile = tile_in_tree(size, ENTRIES, index)
    data = tiles.get(tile.path)
    if data is None:
        raise IntegrityError(
            "bundle.missing", "A bundle that the checkpoint promises is missing.", where=tile.path
        )
    return parse_bundle(data, tile.width)[index - tile.start]


def prove_entry(tiles: Tiles, checkpoint: Checkpoint, key: KnownKey, index: int) -> str:
    """Entry `index` as a ``.tlog-proof`` that carries the entry and can be verified offline.

    It is verified before it is handed out.

    Raises:
        InputError: ``ledger.range`` when there is no such entry in the published log.
        IntegrityError: when the files do not give a proof; `tacenda evidence verify` says which one is wrong.
    """
    reader = TileHashes(checkpoint.size, tile_reader(tiles))
    hashes = inclusion_proof(index, checkpoint.size, reader)
    entry = read_logged(tiles, index, checkpoint.size)
    text = render_proof(LogProof(index, hashes, checkpoint.note, entry))
    try:
        verify_proof(text.encode("utf-8"), [key], checkpoint.origin)
    except (InputError, IntegrityError) as error:
        raise IntegrityError(
            "log.proof",
            f"The log's files give no proof of entry {index}: {error.message}",
            hint="Run `tacenda evidence verify`: it names the file that is wrong.",
        ) from error
    return text


def check_continues(tiles: Tiles, checkpoint: Checkpoint, key: KnownKey, kept: bytes) -> Checkpoint:
    """The log of `checkpoint` begins with the log that an older, kept checkpoint names; the older one, verified.

    Raises:
        InputError: when the kept checkpoint cannot be read.
        IntegrityError: when it is not signed by `key`, or ``ledger.consistency`` when history was changed.
    """
    old = open_checkpoint(kept, [key], checkpoint.origin)
    if old.size == 0:
        if old.root != EMPTY_ROOT:
            raise IntegrityError("ledger.consistency", "The kept checkpoint gives an empty log a root.")
        return old
    if old.size > checkpoint.size:
        raise IntegrityError(
            "ledger.consistency",
            f"The kept checkpoint is of {old.size} entries; the log has shrunk to {checkpoint.size}.",
            hint="Entries were removed. Keep both checkpoints: together they prove it.",
        )
    reader = TileHashes(checkpoint.size, tile_reader(tiles))
    proof = consistency_proof(old.size, checkpoint.size, reader)
    verify_consistency(old.size, checkpoint.size, old.root, checkpoint.root, proof)
    return old


def proves(tiles: Tiles, checkpoint: Checkpoint, index: int, leaf: bytes) -> bool:
    """Whether the tiles lead from `leaf` at `index` to the signed root."""
    try:
        hashes = inclusion_proof(index, checkpoint.size, TileHashes(checkpoint.size, tile_reader(tiles)))
        verify_inclusion(leaf, index, checkpoint.size, hashes, checkpoint.root)
    except IntegrityError:
        return False
    return True
