"""The published log as files, and its fake."""

import os
import stat
from pathlib import Path

import pytest

from tacenda.adapters.tile_files import FileTiles
from tacenda.errors import ConflictError, IntegrityError, SettingsError
from tacenda.ports import Tiles
from tacenda.testing.log import MemoryTiles


@pytest.fixture(params=["files", "memory"])
def tiles(request: pytest.FixtureRequest, tmp_path: Path) -> Tiles:
    return FileTiles(tmp_path / "log", patience=0) if request.param == "files" else MemoryTiles()


def test_a_new_log_is_empty(tiles: Tiles) -> None:
    assert tiles.checkpoint() is None
    assert tiles.get("tile/0/000") is None
    assert list(tiles.names()) == []


def test_files_are_read_back_and_listed(tiles: Tiles) -> None:
    for name in ("tile/entries/000.p/5", "tile/0/x001/000", "tile/0/000.p/5", "tile/0/000"):
        tiles.put(name, name.encode())
        tiles.put(name, name.encode())
    tiles.put_checkpoint(b"head")
    assert tiles.get("tile/0/x001/000") == b"tile/0/x001/000"
    assert list(tiles.names()) == ["tile/0/000", "tile/0/000.p/5", "tile/0/x001/000", "tile/entries/000.p/5"]
    assert tiles.checkpoint() == b"head"


def test_a_full_file_is_never_replaced_by_other_bytes(tiles: Tiles) -> None:
    for name in ("tile/0/000", "tile/entries/000"):
        tiles.put(name, b"signed")
        with pytest.raises(IntegrityError) as error:
            tiles.put(name, b"forged")
        assert error.value.code == "log.tile.changed"
        assert tiles.get(name) == b"signed"


def test_a_partial_file_that_a_crash_left_is_replaced(tiles: Tiles) -> None:
    tiles.put("tile/0/000.p/5", b"left by a crash")
    tiles.put("tile/0/000.p/5", b"now")
    assert tiles.get("tile/0/000.p/5") == b"now"


def test_the_checkpoint_moves_on(tiles: Tiles) -> None:
    tiles.put_checkpoint(b"one")
    tiles.put_checkpoint(b"two")
    assert tiles.checkpoint() == b"two"


def test_f08_one_sequencer_at_a_time(tiles: Tiles) -> None:
    with tiles.writing(), pytest.raises(ConflictError) as error, tiles.writing():
        pass
    assert error.value.code == "log.busy"
    with tiles.writing():
        pass


def test_anyone_may_read_the_files_and_no_others_are_left(tmp_path: Path) -> None:
    tiles = FileTiles(tmp_path)
    tiles.put("tile/0/000", b"hashes")
    tiles.put_checkpoint(b"head")
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert found == ["checkpoint", "tile/0/000"]
    assert stat.S_IMODE((tmp_path / "checkpoint").stat().st_mode) == 0o644


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "tile/../../secret"])
def test_names_stay_inside_the_log(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError):
        FileTiles(tmp_path / "log").put(name, b"x")


def test_f04_a_disk_that_cannot_be_written_is_named_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiles = FileTiles(tmp_path)
    tiles.put_checkpoint(b"one")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError) as error:
        tiles.put_checkpoint(b"two")
    assert error.value.code == "file.write"
    assert "No space left" in error.value.message
    assert error.value.where == str(tmp_path / "checkpoint")
    assert tiles.checkpoint() == b"one"
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]
