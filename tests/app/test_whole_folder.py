"""Folders that appear whole, and the leavings of dead runs."""

from pathlib import Path

import pytest

from tacenda.app.whole_folder import PARTIAL, clear_partials, whole_folder


def test_a_live_run_keeps_its_folder_and_a_dead_one_loses_it(tmp_path: Path) -> None:
    dead = tmp_path / f".old.x1{PARTIAL}"
    dead.mkdir()
    (dead / "verdicts.csv").write_text("half")
    other = tmp_path / ".notes.partial"
    other.mkdir()
    with whole_folder(tmp_path / "out") as work:
        assert not dead.exists()
        assert other.exists()
        (work / "a").write_text("a")
        assert clear_partials(tmp_path) == []
        assert not (tmp_path / "out").exists()
    assert (tmp_path / "out" / "a").read_text() == "a"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "a").write_text("a")
    (tmp_path / f".x{PARTIAL}").symlink_to(tmp_path / "precious")
    assert clear_partials(tmp_path) == []
    assert (tmp_path / "precious" / "a").exists()


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), whole_folder(tmp_path / "out"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
