"""The fakes pass the suites of the adapters that they stand for."""

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tacenda.errors import IntegrityError
from tacenda.ports import Store
from tacenda.testing.fakes import CountingIds, FakeClock, FakeSigner, MemoryBlobs, MemoryStore
from tacenda.testing.suites import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()


def test_the_clock_stands_still_until_it_is_moved() -> None:
    clock = FakeClock(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now() == clock.now()
    clock.advance(days=1, seconds=2)
    assert clock.now() == datetime(2026, 1, 2, 0, 0, 2, tzinfo=UTC)


def test_ids_count() -> None:
    ids = CountingIds()
    assert [ids.new("a"), ids.new("b")] == ["a-000001", "b-000002"]


def test_blobs_are_found_by_their_digest_and_checked() -> None:
    blobs = MemoryBlobs()
    digest = blobs.put(b"abc")
    assert digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, B.1
    assert blobs.get(digest) == b"abc"
    blobs.kept[digest] = b"abd"
    with pytest.raises(IntegrityError) as changed:
        blobs.get(digest)
    assert changed.value.code == "blob.changed"
    with pytest.raises(IntegrityError) as missing:
        blobs.get("0" * 64)
    assert missing.value.code == "blob.missing"


def test_the_signer_writes_a_signed_note_that_its_verifier_key_verifies() -> None:
    signer = FakeSigner("lark.example/log")
    text = "lark.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    note = signer.sign_note(text)
    body, _, signature_line = note.rpartition("\n\n")
    assert body + "\n" == text
    name, key_hash, key = signer.verifier_key.split("+", 2)
    raw = base64.b64decode(key)
    assert raw[0] == 1
    assert hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8] == key_hash
    dash, signed_by, encoded = signature_line.removesuffix("\n").split(" ")
    signature = base64.b64decode(encoded)
    assert (dash, signed_by, signature[:4].hex()) == ("—", name, key_hash)
    Ed25519PublicKey.from_public_bytes(raw[1:]).verify(signature[4:], text.encode())
