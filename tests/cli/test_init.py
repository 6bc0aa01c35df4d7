"""`tacenda init` and `tacenda party`, as one types them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

INIT = ["--name", "Lark & Linden Music", "--website", "https://lark.example", "--isrc-prefix", "DE-A12"]


def tacenda(*words: str, at: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tacenda", *words], cwd=at, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    done = tacenda("init", "lark", *INIT, at=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "lark.example/tacenda+" in done.stdout
    assert "PRIVATE" not in done.stdout
    return tmp_path / "lark"


def test_the_workspace_is_made_where_one_says(workspace: Path) -> None:
    assert {path.name for path in workspace.iterdir()} >= {"tacenda.toml", "tacenda.db", "keys", "log", "blobs"}
    again = tacenda("init", "lark", *INIT, at=workspace.parent)
    assert again.returncode == 5
    assert "workspace.exists" in again.stderr
    assert "Traceback" not in again.stderr


def test_without_a_folder_it_is_made_in_the_workspace_option(tmp_path: Path) -> None:
    done = tacenda("--workspace", str(tmp_path / "w"), "init", *INIT, "--id", "lark", "--json", at=tmp_path)
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert answer["verifier_key"].startswith("lark.example/tacenda+")
    assert answer == {
        "workspace": str(tmp_path / "w"),
        "rightsholder": "lark",
        "origin": "lark.example/tacenda",
        "verifier_key": answer["verifier_key"],
    }


def test_parties_are_added_listed_and_shown(workspace: Path) -> None:
    added = tacenda("party", "add", "--name", "Wren [bold]Ltd[/bold]", "--id", "wren", "--json", at=workspace)
    assert json.loads(added.stdout)["id"] == "wren"
    listed = tacenda("party", "list", "--json", at=workspace)
    assert [party["id"] for party in json.loads(listed.stdout)] == ["lark-and-linden-music", "wren"]
    assert "[bold]Ltd[/bold]" in tacenda("party", "list", at=workspace).stdout
    shown = tacenda("party", "show", "lark-and-linden-music", at=workspace).stdout
    assert "DEA12" in shown
    assert "Lark & Linden Music" in shown


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["party", "show", "nobody"], 3),
        (["party", "add", "--name", "Wren", "--isrc-prefix", "X"], 3),
        (["party", "add"], 2),
        (["--workspace", "/nowhere/at/all", "party", "list"], 4),
    ],
)
def test_exit_codes_are_those_of_the_table(workspace: Path, words: list[str], code: int) -> None:
    done = tacenda(*words, at=workspace)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
