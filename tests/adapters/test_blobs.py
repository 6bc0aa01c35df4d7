"""Large bytes by digest, in a folder and in memory."""

import hashlib
import stat
from pathlib import Path

import pytest

from tacenda.adapters.blobs import FolderBlobs
from tacenda.errors import InputError, IntegrityError
from tacenda.ports import Blobs
from tacenda.testing.fakes import MemoryBlobs

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
"""SHA-256 of ``abc``, FIPS 180-4."""


@pytest.fixture(params=["folder", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return FolderBlobs(tmp_path) if request.param == "folder" else MemoryBlobs()


def test_bytes_are_kept_under_their_sha256(blobs: Blobs) -> None:
    assert blobs.put(b"abc") == ABC
    assert blobs.put(b"abc") == ABC
    assert blobs.get(ABC) == b"abc"
    assert blobs.get(blobs.put(b"")) == b""


def test_what_is_missing_is_an_integrity_error(blobs: Blobs) -> None:
    with pytest.raises(IntegrityError) as error:
        blobs.get(ABC)
    assert error.value.code == "blob.missing"


def test_where_a_blob_stands(tmp_path: Path) -> None:
    FolderBlobs(tmp_path).put(b"abc")
    path = tmp_path / "ba" / ABC
    assert path.read_bytes() == b"abc"
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]


def test_f14_a_changed_blob_is_not_served_and_is_made_whole_by_the_same_bytes(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    blobs.put(b"abc")
    path = tmp_path / "ba" / ABC
    path.chmod(0o644)
    path.write_bytes(b"abd")
    with pytest.raises(IntegrityError) as error:
        blobs.get(ABC)
    assert (error.value.code, error.value.where) == ("blob.changed", str(path))
    assert blobs.raw(ABC) == b"abd"
    blobs.put(b"abc")
    assert blobs.get(ABC) == b"abc"


@pytest.mark.parametrize("digest", ["", "abc", "../../etc/passwd", ABC.upper(), ABC + "0", ABC[:-1] + "\n"])
def test_only_a_digest_names_a_blob(tmp_path: Path, digest: str) -> None:
    with pytest.raises(InputError):
        FolderBlobs(tmp_path).get(digest)


def test_any_bytes(tmp_path: Path) -> None:
    data = bytes(range(256)) * 5000
    assert FolderBlobs(tmp_path).put(data) == hashlib.sha256(data).hexdigest()
    assert FolderBlobs(tmp_path).get(hashlib.sha256(data).hexdigest()) == data
