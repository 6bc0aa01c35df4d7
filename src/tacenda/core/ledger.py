"""The hashes of an append-only log: Merkle trees, inclusion proofs and consistency proofs (RFC 6962, RFC 9162).

Bytes in, bytes out. A tree is named by its size and its root; a node by its level (0 is the leaves) and its index
within the level, and only *complete* subtrees have a node: node (level, n) covers the entries
``n * 2**level <= index < (n + 1) * 2**level``.

A proof is a sequence of 32-byte hashes from the leaf towards the root. Whoever makes a proof passes `read`, which
gives the hash of a node; whoever verifies one needs nothing but the proof. Verifiers raise; they never return a
bool that somebody could forget to look at.

What this does not do: it knows no files and no signatures (`tiles`, `note`), and does not prove non-membership.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from tacenda.errors import InputError, IntegrityError

HASH_BYTES: Final = 32
MAX_SIZE: Final = 2**63 - 1
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""Root of the tree without entries (RFC 6962 section 2.1)."""

ReadNode = Callable[[int, int], bytes]
"""The hash of the complete subtree (level, index)."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right). The first byte keeps a node from passing for an entry."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Root over leaf hashes: the Merkle Tree Hash of RFC 6962 section 2.1. Linear time.

    >>> tree_root([leaf_hash(b"")]).hex()[:16]
    '6e340b9cffb37a98'
    """
    level = list(leaf_hashes)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        # A lone last node moves up unhashed: that is exactly the RFC's split at the largest power of two.
        level = paired + level[len(paired) * 2 :]
    return level[0]


def complete_subtrees(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The nodes (level, index), left to right, that together cover ``start <= index < stop``.

    `start` must be a multiple of the largest power of two that is not above ``stop - start``; each range of an RFC
    6962 proof is.
    """
    while start < stop:
        level = (stop - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def fold_right(hashes: Iterable[bytes]) -> bytes:
    """Root over complete subtrees of falling size, given left to right."""
    root: bytes | None = None
    for item in reversed(tuple(hashes)):
        root = item if root is None else node_hash(item, root)
    return EMPTY_ROOT if root is None else root


def range_hash(start: int, stop: int, read: ReadNode) -> bytes:
    """Merkle Tree Hash of the entries ``start <= index < stop``; at most 63 reads."""
    return fold_right(read(level, index) for level, index in complete_subtrees(start, stop))


def root_at(size: int, read: ReadNode) -> bytes:
    """Root of the tree of the first `size` entries."""
    return range_hash(0, size, read)


def inclusion_proof(index: int, size: int, read: ReadNode) -> tuple[bytes, ...]:
    """Proof that entry `index` is in the tree of `size` entries (RFC 6962 section 2.1.1).

    Raises:
        InputError: ``ledger.range`` when there is no such entry in that tree.
    """
    _check_size(size)
    if not 0 <= index < size:
        raise InputError("ledger.range", f"A log of {size} entries has no entry {index}.")
    siblings: list[tuple[int, int]] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            siblings.append((middle, stop))
            stop = middle
        else:
            siblings.append((start, middle))
            start = middle
    return tuple(range_hash(low, high, read) for low, high in reversed(siblings))


def consistency_proof(old: int, new: int, read: ReadNode) -> tuple[bytes, ...]:
    """Proof that the tree of `new` entries only appends to the tree of `old` entries (RFC 6962 section 2.1.2).

    Raises:
        InputError: ``ledger.range`` unless ``1 <= old <= new``: about an empty tree there is nothing to prove.
    """
    _check_size(new)
    if not 1 <= old <= new:
        raise InputError("ledger.range", f"There is no consistency proof from {old} to {new} entries.")
    parts: list[tuple[int, int]] = []
    start, stop = 0, new
    while stop != old:
        middle = start + _split(stop - start)
        if old <= middle:
            parts.append((middle, stop))
            stop = middle
        else:
            parts.append((start, middle))
            start = middle
    if start > 0:  # Otherwise the old tree is a complete subtree, and the verifier knows its root.
        parts.append((start, stop))
    return tuple(range_hash(low, high, read) for low, high in reversed(parts))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Entry `index`, whose leaf hash is `leaf`, is in the tree (`size`, `root`). RFC 9162 section 2.1.3.2.

    Raises:
        IntegrityError: ``ledger.inclusion`` when the proof does not show that.
    """
    _check_hashes(leaf, root, *proof)
    if not 0 <= index < size <= MAX_SIZE:
        raise IntegrityError("ledger.inclusion", f"Entry {index} cannot be in a log of {size} entries.")
    position, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise IntegrityError("ledger.inclusion", "The inclusion proof is too long.")
        if position & 1 or position == last:
            computed = node_hash(sibling, computed)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            computed = node_hash(computed, sibling)
        position >>= 1
        last >>= 1
    if last != 0:
        raise IntegrityError("ledger.inclusion", "The inclusion proof is too short.")
    if computed != root:
        raise IntegrityError(
            "ledger.inclusion", f"The inclusion proof of entry {index} does not lead to the root."
        )


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """The tree (`new`, `new_root`) only appends to (`old`, `old_root`). RFC 9162 section 2.1.4.2.

    An empty old tree is the caller's case: it says nothing, so there is no proof of it.

    Raises:
        IntegrityError: ``ledger.consistency`` when the proof does not show that.
    """
    _check_hashes(old_root, new_root, *proof)
    if not 1 <= old <= new <= MAX_SIZE:
        raise IntegrityError("ledger.consistency", f"No proof can lead from {old} to {new} entries.")
    if old == new:
        if proof or old_root != new_root:
            raise IntegrityError("ledger.consistency", f"Two different trees of {old} entries are claimed.")
        return
    # When the old tree is complete, its root begins the path; the proof then leaves it out.
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        raise IntegrityError("ledger.consistency", "The consistency proof is empty.")
    position, last = old - 1, new - 1
    while position & 1:
        position >>= 1
        last >>= 1
    before = after = path[0]
    for item in path[1:]:
        if last == 0:
            raise IntegrityError("ledger.consistency", "The consistency proof is too long.")
        if position & 1 or position == last:
            before, after = node_hash(item, before), node_hash(item, after)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            after = node_hash(after, item)
        position >>= 1
        last >>= 1
    if last != 0:
        raise IntegrityError("ledger.consistency", "The consistency proof is too short.")
    if before != old_root or after != new_root:
        raise IntegrityError(
            "ledger.consistency", f"The log of {new} entries does not begin with the log of {old} entries."
        )


def _split(size: int) -> int:
    """The largest power of two below `size` (which is at least 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def _check_size(size: int) -> None:
    if not 0 <= size <= MAX_SIZE:
        raise InputError("ledger.range", f"{size} is not a size of a log.")


def _check_hashes(*hashes: bytes) -> None:
    for item in hashes:
        if len(item) != HASH_BYTES:
            raise IntegrityError("ledger.hash", f"A hash has {len(item)} bytes instead of {HASH_BYTES}.")
