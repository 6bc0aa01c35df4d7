"""Files under a folder that others own too."""

from pathlib import Path

import pytest

from tacenda.adapters.site_files import inside, read_file, remove_file, write_file
from tacenda.errors import SettingsError


def test_written_read_unchanged_and_removed(tmp_path: Path) -> None:
    assert read_file(tmp_path, "a/b.txt") is None
    assert write_file(tmp_path, "a/b.txt", b"x")
    assert not write_file(tmp_path, "a/b.txt", b"x")
    assert read_file(tmp_path, "a/b.txt") == b"x"
    (tmp_path / "a/b.txt").chmod(0o640)
    assert write_file(tmp_path, "a/b.txt", b"y")
    assert (tmp_path / "a/b.txt").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]
    assert remove_file(tmp_path, "a/b.txt")
    assert not remove_file(tmp_path, "a/b.txt")


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/passwd"])
def test_no_path_leads_out(tmp_path: Path, path: str) -> None:
    with pytest.raises(SettingsError) as refused:
        inside(tmp_path, path)
    assert refused.value.code == "site.outside"


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "out").symlink_to(tmp_path)
    with pytest.raises(SettingsError):
        write_file(root, "out/x", b"x")


def test_what_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(SettingsError):
        read_file(tmp_path, "folder")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises((SettingsError, NotADirectoryError)):
        write_file(tmp_path, "file/below", b"x")
