"""Tagging files: resumable, whole or not at all, filed once, undone byte for byte."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tacenda.adapters.asset_files import Done, Order, tag_files
from tacenda.app import assets
from tacenda.app.assets import Tagging, Wish, tag_assets
from tacenda.app.desk import Desk
from tacenda.app.evidence import verify
from tacenda.app.pages import current_publication
from tacenda.app.publish import write_publication
from tacenda.app.reserve import amend, declare, withdraw
from tacenda.errors import ConflictError, InputError, SettingsError
from tacenda.formats.assets import containers
from tacenda.formats.assets.source import Source

soundfile = pytest.importorskip("soundfile")

TERMS = {"signatory": "M; D; sole", "layers": ["recording"]}


def sound(container: str, number: int) -> bytes:
    out = io.BytesIO()
    samples = np.random.default_rng(number).integers(-9000, 9000, (2_000, 2), dtype=np.int16)
    soundfile.write(out, samples, 44_100, format=container, subtype="PCM_16")
    return out.getvalue()


@pytest.fixture
def masters(tmp_path: Path) -> Path:
    folder = tmp_path / "masters"
    for number in range(10):
        place = folder / f"release {number % 3}" / f"{number:02}.{'flac' if number % 2 else 'wav'}"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(sound("FLAC" if number % 2 else "WAV", number))
    (folder / "notes.txt").write_text("kept")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def declared(desk: Desk) -> str:
    return declare(desk, TERMS).declaration.id


def run(desk: Desk, name: str, *paths: Path, **more: object) -> Tagging:
    return tag_assets(desk, name, replace(Wish(paths, processes=1), **more))  # type: ignore[arg-type]


def test_a_folder_is_tagged_in_place_and_undone_byte_for_byte(desk: Desk, masters: Path) -> None:
    before, name = contents(masters), declared(desk)
    done = run(desk, name, masters)
    assert sum(file.changed for file in done.files) == 10
    assert not done.refused
    assert done.filed
    for path in masters.rglob("*.flac"):
        assert containers.read(Source(path.read_bytes())).says().denies
    assert verify(desk) == []
    assert run(desk, name, masters, remove=True).filed
    assert contents(masters) == before


def test_a_dry_run_writes_nothing_and_says_the_same(desk: Desk, masters: Path) -> None:
    before, name = contents(masters), declared(desk)
    plan = run(desk, name, masters, dry_run=True)
    assert contents(masters) == before
    assert plan.record is None
    done = run(desk, name, masters)
    assert [(f.path, f.fields, f.changed) for f in plan.files] == [
        (f.path, f.fields, f.changed) for f in done.files
    ]


def test_the_same_again_changes_and_files_nothing(desk: Desk, masters: Path) -> None:
    name = declared(desk)
    first = run(desk, name, masters)
    stamps = {p: p.stat().st_mtime_ns for p in masters.rglob("*.*")}
    again = run(desk, name, masters)
    assert not again.filed
    assert again.record == first.record
    assert {p: p.stat().st_mtime_ns for p in masters.rglob("*.*")} == stamps
    for journal in (desk.root / "assets").rglob("*.jsonl"):  # without it every file is read, and left alone
        journal.unlink()
    assert not run(desk, name, masters).filed
    assert {p: p.stat().st_mtime_ns for p in masters.rglob("*.*")} == stamps


def test_a_file_that_is_as_the_journal_left_it_is_not_read_again(
    desk: Desk, masters: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = declared(desk)
    run(desk, name, masters)
    path = next(masters.rglob("*.wav"))
    path.write_bytes(sound("WAV", 99))
    read: list[str] = []

    def watched(order: Order, pairs: Sequence[tuple[str, str]]) -> list[Done]:
        read.extend(source for source, _ in pairs)
        return tag_files(order, pairs)

    monkeypatch.setattr(assets, "tag_files", watched)
    assert len(run(desk, name, masters).files) == 10
    assert read == [str(path)]


def test_a_run_that_was_broken_off_goes_on_and_ends_as_if_it_had_not_been(
    desk: Desk, masters: Path, tmp_path: Path
) -> None:
    name, other = declared(desk), tmp_path / "other"
    for path, data in contents(masters).items():
        (other / path).parent.mkdir(parents=True, exist_ok=True)
        (other / path).write_bytes(data)
    seen = 0

    class Killed(BaseException):
        pass

    def stop(done: int, total: int | None, what: str) -> None:
        nonlocal seen
        seen = done
        raise Killed

    with pytest.raises(Killed):
        tag_assets(desk, name, Wish((masters / "release 1", masters), processes=1), stop)
    assert seen > 0
    (journal,) = (desk.root / "assets").rglob("*.jsonl")
    with journal.open("ab") as file:
        file.write(b'{"key": "cut off')
    run(desk, name, masters)
    run(desk, name, other)
    assert contents(masters) == contents(other)


def test_a_new_version_takes_the_place_of_the_old_one(desk: Desk, masters: Path) -> None:
    name = declared(desk)
    run(desk, name, masters)
    amend(desk, name, {"layers": ["recording", "work"]}, "works too")
    done = run(desk, name, masters)
    assert sum(file.changed for file in done.files) == 10
    fence = containers.read(Source(next(masters.rglob("*.wav")).read_bytes())).fence
    assert fence is not None
    assert fence.version == 2
    withdraw(desk, name, "no longer")
    with pytest.raises(ConflictError) as caught:
        run(desk, name, masters)
    assert caught.value.code == "assets.withdrawn"


def test_out_leaves_the_masters_alone_and_keeps_the_folders(desk: Desk, masters: Path, tmp_path: Path) -> None:
    before, name = contents(masters), declared(desk)
    run(desk, name, masters, out=tmp_path / "delivery")
    assert contents(masters) == before
    assert set(contents(tmp_path / "delivery")) == set(before) - {"notes.txt"}
    (tmp_path / "00.wav").write_bytes(sound("WAV", 5))
    with pytest.raises(ConflictError) as caught:
        run(desk, name, masters / "release 0", tmp_path / "00.wav", out=tmp_path / "flat")
    assert caught.value.code == "assets.same_target"


def test_one_bad_file_stops_no_other(desk: Desk, masters: Path) -> None:
    (masters / "bad.mp3").write_bytes(b"ID3\x03\0\0\x7f\x7f\x7f\x7f<script>")
    (masters / "sleeve.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    before = (masters / "bad.mp3").read_bytes()
    done = run(desk, declared(desk), masters)
    assert {Path(f.path).name: f.code for f in done.refused} == {
        "bad.mp3": "asset.truncated",
        "sleeve.png": "asset.layer",
    }
    assert sum(file.changed for file in done.files) == 10
    assert (masters / "bad.mp3").read_bytes() == before


def test_a_link_is_not_followed(desk: Desk, masters: Path, tmp_path: Path) -> None:
    (tmp_path / "away.flac").write_bytes(sound("FLAC", 77))
    (masters / "link.flac").symlink_to(tmp_path / "away.flac")
    name = declared(desk)
    assert len(run(desk, name, masters).files) == 10
    with pytest.raises(SettingsError):
        run(desk, name, masters / "link.flac")
    with pytest.raises(InputError):
        run(desk, name, tmp_path / "masters" / "release 0" / ".." / ".." / "workspace" / "keys")


def test_the_mode_of_a_file_stays_and_no_other_file_is_left(desk: Desk, masters: Path) -> None:
    path = next(masters.rglob("*.wav"))
    path.chmod(0o640)
    names = set(contents(masters))
    run(desk, declared(desk), masters)
    assert path.stat().st_mode & 0o777 == 0o640
    assert set(contents(masters)) == names


def test_several_processes_do_what_one_does(desk: Desk, masters: Path, tmp_path: Path) -> None:
    name = declared(desk)
    run(desk, name, masters, out=tmp_path / "one")
    run(desk, name, masters, out=tmp_path / "two", processes=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_tagging_is_no_publication_of_a_site(desk: Desk, masters: Path) -> None:
    name = declared(desk)
    write_publication(desk, name)
    before = current_publication(desk)
    run(desk, name, masters)
    assert current_publication(desk) == before


def test_a_killed_run_leaves_whole_files_and_goes_on(desk: Desk, masters: Path) -> None:
    before, name = contents(masters), declared(desk)
    desk.store.close()
    command = [sys.executable, "-m", "tacenda", "-w", str(desk.root), "publish", "tag", str(masters), "--in-place"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while contents(masters) == before and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    for path, data in contents(masters).items():
        if path.endswith((".wav", ".flac")) and not Path(path).name.startswith(".tacenda-"):
            edit = containers.write(Source(data), None)
            assert bool(edit.splices) == (data != before[path])
    assert subprocess.run(command, stdout=subprocess.DEVNULL, check=False, env=os.environ).returncode == 0
    assert all(containers.read(Source(p.read_bytes())).fence for p in masters.rglob("[0-9]*.*"))
    assert set(contents(masters)) == set(before), "what was left behind is swept away"
    assert name
