"""Verification: every byte counts, and what is wrong is named by file and offset."""

from pathlib import Path

import pytest

from tacenda.adapters.keys import known_key
from tacenda.errors import IntegrityError, SettingsError
from tacenda.snapshot.manifest import BLOCK, MANIFEST, NOTE, measure, parse_manifest
from tacenda.snapshot.opened import open_snapshot
from tacenda.snapshot.verify import flaws_of, read_manifest, verify_snapshot
from tacenda.testing.fakes import FakeSigner


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_whole_snapshot_holds(build, keys, signer: FakeSigner) -> None:
    verified = verify_snapshot(build(), keys)
    assert verified.signed_by == (signer.name,)
    assert verified.manifest.items == 8


def test_without_a_key_nobody_is_said_to_have_signed(build) -> None:
    assert verify_snapshot(build()).signed_by == ()


def test_f14_one_bit_in_any_file_is_caught_and_the_file_named(build, keys) -> None:
    folder = build()
    for path in files(folder):
        data = path.read_bytes()
        for place in {0, len(data) // 2, len(data) - 1}:
            path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
            with pytest.raises(IntegrityError) as caught:
                verify_snapshot(folder, keys)
            with pytest.raises(IntegrityError):
                open_snapshot(folder, keys=keys)
            name = path.relative_to(folder).as_posix()
            if name == MANIFEST:
                assert caught.value.where.startswith((str(folder / MANIFEST), str(folder / NOTE)))
            else:
                assert caught.value.where.startswith(str(path)), name
        path.write_bytes(data)
    verify_snapshot(folder, keys)


def test_f14_every_bit_of_the_manifest_and_its_note_counts(build, keys) -> None:
    folder = build()
    for name in (MANIFEST, NOTE):
        data = (folder / name).read_bytes()
        for bit in range(0, len(data) * 8, 1 if name == NOTE else 97):
            changed = bytearray(data)
            changed[bit // 8] ^= 1 << bit % 8
            (folder / name).write_bytes(changed)
            with pytest.raises(IntegrityError):
                read_manifest(folder, keys)
        (folder / name).write_bytes(data)


def test_f14_the_offset_of_damage_in_a_large_file(tmp_path: Path, build, keys) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(3 * BLOCK + 5))
    entry = measure(path, "large")
    assert (entry.size, len(entry.blocks)) == (3 * BLOCK + 5, 4)
    with path.open("r+b") as file:
        file.seek(2 * BLOCK + 77)
        file.write(b"x")
    from tacenda.snapshot.verify import _changed

    (flaw,) = _changed(path, entry)
    assert flaw.where == f"{path}:{2 * BLOCK}"


def test_files_too_many_too_few_too_long_and_linked(build, keys, tmp_path: Path) -> None:
    folder = build()
    (folder / "keys" / "extra.bin").write_bytes(b"")
    (folder / "checkpoint").unlink()
    with (folder / "facts.json").open("ab") as file:
        file.write(b" ")
    (folder / "fold.bin").rename(tmp_path / "elsewhere")
    (folder / "fold.bin").symlink_to(tmp_path / "elsewhere")
    codes = {(flaw.code, Path(flaw.where).name) for flaw in flaws_of(folder, keys)}
    assert codes == {
        ("snapshot.extra", "extra.bin"),
        ("snapshot.incomplete", "checkpoint"),
        ("snapshot.size", "facts.json"),
        ("snapshot.link", "fold.bin"),
    }


def test_anothers_signature_does_not_count(build) -> None:
    other = FakeSigner("someone.example/log", bytes(32))
    with pytest.raises(IntegrityError) as caught:
        verify_snapshot(build(), [known_key(other.verifier_key)])
    assert caught.value.code == "snapshot.signature"


def test_a_note_of_another_snapshot_does_not_count(build, keys, facts) -> None:
    from dataclasses import replace

    first, second = build("first"), build("second", facts=replace(facts, licences=()))
    (first / NOTE).write_bytes((second / NOTE).read_bytes())
    with pytest.raises(IntegrityError) as caught:
        verify_snapshot(first, keys)
    assert caught.value.code == "snapshot.note"


@pytest.mark.parametrize(
    "name", ["../facts.json", "/etc/passwd", "keys/../x.bin", "a/b/c", "", ".hidden", "manifest.json"]
)
def test_a_manifest_cannot_name_files_elsewhere(build, name: str) -> None:
    data = (build() / MANIFEST).read_bytes().replace(b'"name":"facts.json"', f'"name":"{name}"'.encode())
    with pytest.raises(IntegrityError):
        parse_manifest(data)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"null", b"[" * 100_000, b"\xff", b'{"format":"tacenda-snapshot/2"}']
)
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(IntegrityError):
        parse_manifest(data)


def test_no_snapshot_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        verify_snapshot(tmp_path / "nothing")
    assert caught.value.code == "snapshot.missing"
