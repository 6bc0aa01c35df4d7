"""Snapshots of a desk: logged, numbered, pointed to; verified with no desk at all."""

import hashlib
import shutil
from pathlib import Path

import pytest

from tacenda.app import snapshot as snapshots
from tacenda.app.desk import Desk
from tacenda.app.evidence import checkpoint, verify
from tacenda.errors import ConflictError, InputError, IntegrityError, SettingsError
from tacenda.snapshot.opened import open_snapshot


def test_a_build_is_signed_filed_logged_and_pointed_to(desk: Desk) -> None:
    built = snapshots.build(desk)
    assert built.folder == desk.root / "snapshots" / "S-000001"
    digest = hashlib.sha256((built.folder / "manifest.json").read_bytes()).hexdigest()
    assert built.record.body["manifest_sha256"] == built.manifest.digest == digest
    assert snapshots.newest_snapshot(desk) == built.folder
    opened = open_snapshot(built.folder, keys=snapshots.keys_from(desk.signer.verifier_key))
    assert opened.signed_by == (desk.signer.name,)
    assert checkpoint(desk).size == opened.manifest.log_size + 1
    assert not verify(desk)


def test_numbers_are_never_used_twice(desk: Desk) -> None:
    snapshots.build(desk)
    (desk.root / "snapshots" / "S-000007").mkdir()
    assert snapshots.build(desk).manifest.id == "S-000008"
    lines = snapshots.snapshots(desk)
    assert [(line.id, line.state) for line in lines] == [("S-000001", "superseded"), ("S-000008", "current")]


def test_a_copy_far_from_the_desk_verifies_with_the_key_alone(desk: Desk, tmp_path: Path) -> None:
    built = snapshots.build(desk)
    copy = tmp_path / "elsewhere"
    shutil.copytree(built.folder, copy)
    assert snapshots.verify(copy, desk.signer.verifier_key).manifest == built.manifest
    (copy / "facts.json").write_bytes(b"{}")
    with pytest.raises(IntegrityError):
        snapshots.verify(copy, desk.signer.verifier_key)
    assert [flaw.code for flaw in snapshots.flaws(copy, desk.signer.verifier_key)] == ["snapshot.size"]


def test_resolve(desk: Desk) -> None:
    with pytest.raises(ConflictError):
        snapshots.resolve(desk, "latest")
    built = snapshots.build(desk)
    for place in ("latest", "", "S-000001", str(built.folder)):
        assert snapshots.resolve(desk, place) == built.folder
    assert snapshots.resolve(None, "latest") == Path("latest")
    (desk.root / "snapshots" / "latest").write_text("../../etc\n")
    with pytest.raises(SettingsError):
        snapshots.newest_snapshot(desk)


@pytest.mark.parametrize("days", [0, 367])
def test_valid_days_have_bounds(desk: Desk, days: int) -> None:
    with pytest.raises(InputError):
        snapshots.build(desk, valid_days=days)
