"""The hashes of the log, against RFC 6962's definitions written down naively, and against published vectors."""

import base64
import hashlib

import pytest

from tacenda.core.ledger import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_at,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from tacenda.errors import InputError, IntegrityError

# Leaves and roots of the test tree that Certificate Transparency implementations share
# (transparency-dev/merkle, testonly/constants.go, LeafInputs and RootHashes).
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# The same project's testdata/consistency/1/happy-path.json: from 1 entry to 8.
FROM_1_TO_8 = [
    "lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=",
    "Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=",
    "a0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ=",
]


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def mth(entries: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not entries:
        return sha(b"")
    if len(entries) == 1:
        return sha(b"\x00" + entries[0])
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return sha(b"\x01" + mth(entries[:k]) + mth(entries[k:]))


def path(m: int, entries: list[bytes]) -> list[bytes]:
    """RFC 6962 section 2.1.1, word for word."""
    if len(entries) == 1:
        return []
    k = 1
    while k * 2 < len(entries):
        k *= 2
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def subproof(m: int, entries: list[bytes], whole: bool = True) -> list[bytes]:
    """RFC 6962 section 2.1.2, word for word."""
    if m == len(entries):
        return [] if whole else [mth(entries)]
    k = 1
    while k * 2 < len(entries):
        k *= 2
    if m <= k:
        return [*subproof(m, entries[:k], whole), mth(entries[k:])]
    return [*subproof(m - k, entries[k:], False), mth(entries[:k])]


class Nodes:
    """All complete subtrees over some entries, by the naive definition."""

    def __init__(self, entries: list[bytes]) -> None:
        self.entries = entries
        self.kept: dict[tuple[int, int], bytes] = {}

    def __call__(self, level: int, index: int) -> bytes:
        if (level, index) not in self.kept:
            part = self.entries[index << level : (index + 1) << level]
            assert len(part) == 1 << level, "only complete subtrees have a node"
            self.kept[level, index] = mth(part)
        return self.kept[level, index]


ENTRIES = [f"entry {n}".encode() for n in range(300)]
NODES = Nodes(ENTRIES)
ROOT_OF = {size: mth(ENTRIES[:size]) for size in range(301)}


def test_published_roots() -> None:
    entries = [bytes.fromhex(text) for text in INPUTS]
    for size, root in enumerate(ROOTS):
        assert tree_root([leaf_hash(entry) for entry in entries[:size]]).hex() == root
        assert root_at(size, Nodes(entries)).hex() == root
    assert EMPTY_ROOT.hex() == ROOTS[0]


def test_published_consistency_proof() -> None:
    proof = [base64.b64decode(text) for text in FROM_1_TO_8]
    verify_consistency(1, 8, bytes.fromhex(ROOTS[1]), bytes.fromhex(ROOTS[8]), proof)
    assert list(consistency_proof(1, 8, Nodes([bytes.fromhex(text) for text in INPUTS]))) == proof
    with pytest.raises(IntegrityError):
        verify_consistency(1, 8, bytes.fromhex(ROOTS[2]), bytes.fromhex(ROOTS[8]), proof)


def test_roots_equal_the_definition_at_every_size() -> None:
    leaves = [leaf_hash(entry) for entry in ENTRIES]
    for size in range(301):
        assert tree_root(leaves[:size]) == ROOT_OF[size]
        assert root_at(size, NODES) == ROOT_OF[size]


def test_inclusion_proofs_equal_the_definition_and_verify_at_every_size() -> None:
    for size in range(1, 70):
        for index in range(size):
            proof = inclusion_proof(index, size, NODES)
            assert list(proof) == path(index, ENTRIES[:size])
            verify_inclusion(leaf_hash(ENTRIES[index]), index, size, proof, ROOT_OF[size])
    for size in (255, 256, 257, 300):
        for index in range(size):
            proof = inclusion_proof(index, size, NODES)
            verify_inclusion(leaf_hash(ENTRIES[index]), index, size, proof, ROOT_OF[size])


def test_consistency_proofs_equal_the_definition_and_verify_for_all_pairs() -> None:
    for new in range(1, 70):
        for old in range(1, new + 1):
            proof = consistency_proof(old, new, NODES)
            assert list(proof) == subproof(old, ENTRIES[:new])
            verify_consistency(old, new, ROOT_OF[old], ROOT_OF[new], proof)
    for old in range(1, 301):
        verify_consistency(old, 300, ROOT_OF[old], ROOT_OF[300], consistency_proof(old, 300, NODES))


def flips(data: bytes) -> list[bytes]:
    """`data` with each of its bits changed, one at a time."""
    return [data[:i] + bytes([data[i] ^ 1 << bit]) + data[i + 1 :] for i in range(len(data)) for bit in range(8)]


def test_every_single_bit_of_an_inclusion_proof_counts() -> None:
    index, size = 5, 11
    leaf, proof, root = leaf_hash(ENTRIES[index]), inclusion_proof(index, size, NODES), ROOT_OF[size]
    wrong = [
        (leaf, (*proof[:i], bad, *proof[i + 1 :]), root) for i in range(len(proof)) for bad in flips(proof[i])
    ]
    wrong += [(bad, proof, root) for bad in flips(leaf)] + [(leaf, proof, bad) for bad in flips(root)]
    wrong += [(leaf_hash(bad), proof, root) for bad in flips(ENTRIES[index])]
    for bad_leaf, bad_proof, bad_root in wrong:
        with pytest.raises(IntegrityError):
            verify_inclusion(bad_leaf, index, size, bad_proof, bad_root)


def test_every_single_bit_of_a_consistency_proof_counts() -> None:
    old, new = 6, 11
    proof = consistency_proof(old, new, NODES)
    wrong = [
        ((*proof[:i], bad, *proof[i + 1 :]), ROOT_OF[6], ROOT_OF[11]) for i in range(4) for bad in flips(proof[i])
    ]
    wrong += [(proof, bad, ROOT_OF[11]) for bad in flips(ROOT_OF[6])]
    wrong += [(proof, ROOT_OF[6], bad) for bad in flips(ROOT_OF[11])]
    for bad_proof, old_root, new_root in wrong:
        with pytest.raises(IntegrityError):
            verify_consistency(old, new, old_root, new_root, bad_proof)


def test_a_proof_holds_for_no_other_place_and_no_other_length() -> None:
    for size in range(1, 20):
        for index in range(size):
            leaf, proof = leaf_hash(ENTRIES[index]), inclusion_proof(index, size, NODES)
            for other in range(size + 2):
                if other != index:
                    with pytest.raises(IntegrityError):
                        verify_inclusion(leaf, other, size, proof, ROOT_OF[size])
            for changed in (proof[:-1] if proof else (ROOT_OF[1],), (*proof, ROOT_OF[1]), (ROOT_OF[1], *proof)):
                with pytest.raises(IntegrityError):
                    verify_inclusion(leaf, index, size, changed, ROOT_OF[size])


def test_consistency_proofs_of_another_length_are_refused() -> None:
    for new in range(1, 20):
        for old in range(1, new + 1):
            proof = consistency_proof(old, new, NODES)
            for changed in (proof[:-1] if proof else (ROOT_OF[1],), (*proof, ROOT_OF[1]), (ROOT_OF[1], *proof)):
                with pytest.raises(IntegrityError):
                    verify_consistency(old, new, ROOT_OF[old], ROOT_OF[new], changed)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_hash_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(IntegrityError, match="bytes instead of 32"):
        verify_inclusion(leaf_hash(b"a"), 0, 2, [b"x" * size], ROOT_OF[2])
    with pytest.raises(IntegrityError, match="bytes instead of 32"):
        verify_consistency(1, 2, ROOT_OF[1], ROOT_OF[2], [b"x" * size])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 4), (4, 4), (0, -1), (0, 2**63)])
def test_no_proof_of_what_cannot_be(index: int, size: int) -> None:
    with pytest.raises(InputError):
        inclusion_proof(index, size, NODES)
    with pytest.raises(IntegrityError):
        verify_inclusion(ROOT_OF[1], index, size, [], ROOT_OF[1])


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 4), (5, 4), (-1, 4), (1, 2**63)])
def test_no_consistency_of_what_cannot_be(old: int, new: int) -> None:
    with pytest.raises(InputError):
        consistency_proof(old, new, NODES)
    with pytest.raises(IntegrityError):
        verify_consistency(old, new, ROOT_OF[1], ROOT_OF[1], [])
