"""Receipts: the C2SP tlog-proof format."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.adapters.keys import known_key
from tacenda.core.ledger import inclusion_proof, leaf_hash, tree_root
from tacenda.core.note import Checkpoint, render_checkpoint
from tacenda.core.proof import LogProof, parse_proof, render_proof, verify_proof
from tacenda.errors import InputError, TacendaError
from tacenda.testing.fakes import FakeSigner

SIGNER = FakeSigner("lark.example/log")
KEY = known_key(SIGNER.verifier_key)
ENTRIES = [f"entry {n}".encode() for n in range(6)]
HASH = b"A" * 43 + b"="


def receipt(index: int = 4, entry: bytes | None = None) -> bytes:
    leaves = [leaf_hash(e) for e in ENTRIES]
    hashes = inclusion_proof(index, 6, lambda level, n: tree_root(leaves[n << level : (n + 1) << level]))
    note = SIGNER.sign_note(render_checkpoint(Checkpoint(SIGNER.name, 6, tree_root(leaves))))
    return render_proof(LogProof(index, hashes, note, ENTRIES[index] if entry is None else entry)).encode()


def test_the_form_is_the_specifications() -> None:
    lines = receipt().decode().split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra ZW50cnkgNA==", "index 4"]
    assert lines[5:8] == ["", "lark.example/log", "6"]


@pytest.mark.parametrize("index", range(6))
def test_a_receipt_verifies(index: int) -> None:
    verified = verify_proof(receipt(index), [KEY], SIGNER.name)
    assert (verified.index, verified.entry, verified.checkpoint.size) == (index, ENTRIES[index], 6)


def test_every_single_bit_of_a_receipt_counts() -> None:
    data = receipt()
    for place in range(len(data)):
        for bit in range(8):
            with pytest.raises(TacendaError):
                verify_proof(
                    data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :], [KEY], SIGNER.name
                )


def test_every_cut_of_a_receipt_is_refused() -> None:
    data = receipt()
    for stop in range(len(data)):
        with pytest.raises(TacendaError):
            verify_proof(data[:stop], [KEY], SIGNER.name)


def test_a_receipt_without_its_entry_needs_it() -> None:
    data = receipt(entry=b"")
    assert b"extra" not in data
    with pytest.raises(InputError, match="does not carry"):
        verify_proof(data, [KEY], SIGNER.name)
    assert verify_proof(data, [KEY], SIGNER.name, ENTRIES[4]).entry == ENTRIES[4]


def test_another_entry_is_refused() -> None:
    with pytest.raises(TacendaError):
        verify_proof(receipt(), [KEY], SIGNER.name, ENTRIES[3])


@pytest.mark.parametrize(
    "head",
    [
        b"c2sp.org/tlog-proof@v2\nindex 0",
        b"c2sp.org/tlog-proof@v1",
        b"c2sp.org/tlog-proof@v1\nindex",
        b"c2sp.org/tlog-proof@v1\nindex -5",
        b"c2sp.org/tlog-proof@v1\nindex 05",
        b"c2sp.org/tlog-proof@v1\nindex 5 ",
        b"c2sp.org/tlog-proof@v1\nindex five",
        b"c2sp.org/tlog-proof@v1\nindex 9999999999999999999",
        b"c2sp.org/tlog-proof@v1\nextra !!notbase64!!\nindex 0",
        b"c2sp.org/tlog-proof@v1\nindex 0\n!!notbase64!!",
        b"c2sp.org/tlog-proof@v1\nindex 0\nQUJD",
        b"c2sp.org/tlog-proof@v1\nindex 0" + b"\n" + HASH[:-1] + b"\r",
        b"c2sp.org/tlog-proof@v1\nindex 0" + (b"\n" + HASH) * 64,
        b"c2sp.org/tlog-proof@v1\nindex 0\xff",
    ],
)
def test_malformed_receipts_are_refused(head: bytes) -> None:
    with pytest.raises(InputError):
        parse_proof(head + b"\n\n" + receipt().split(b"\n\n", 1)[1])


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.binary(max_size=500),
)
def test_receipts_are_read_back(index: int, hashes: list[bytes], entry: bytes) -> None:
    proof = LogProof(index, tuple(hashes), "checkpoint\n", entry)
    assert parse_proof(render_proof(proof).encode()) == proof
