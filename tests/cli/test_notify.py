"""``tacenda notify`` as a user types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tacenda.app.publish import write_publication
from tacenda.app.reserve import declare
from tacenda.app.workspace import init_workspace
from tacenda.cli import cli
from tacenda.core.party import Party


@pytest.fixture
def workspace(tmp_path: Path) -> tuple[str, str]:
    lark = Party("lark-and-linden", "Lark & Linden Music Ltd", seat="DE", website="https://lark.example")
    desk = init_workspace(tmp_path / "ws", rightsholder=lark)
    terms = {"contact": ["rights@lark.example"], "signatory": "Mara Lind; Director; Sole power"}
    declared = declare(desk, terms).declaration.id
    write_publication(desk, declared)
    return str(tmp_path / "ws"), declared


def run(*words: str) -> str:
    result = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_recipients_are_listed_even_without_a_workspace(tmp_path: Path) -> None:
    found = json.loads(run("-w", str(tmp_path), "notify", "recipients", "--kind", "lyrics_service", "--json"))
    assert "musixmatch" in {recipient["id"] for recipient in found}
    assert "13 recipients" in run("-w", str(tmp_path), "notify", "recipients", "--kind", "lyrics_service")


def test_plan_and_dry_run_say_the_same_and_make_nothing(workspace: tuple[str, str]) -> None:
    root, name = workspace
    words = ("--declaration", name, "--only", "suno,wynk", "--json")
    planned = json.loads(run("-w", root, "notify", "plan", *words))
    assert planned == json.loads(run("-w", root, "notify", "render", "--dry-run", *words))
    assert planned["folder"] is None
    assert [held["recipient"] for held in planned["held"]] == ["wynk"]
    assert not (Path(root) / "letters").exists()


def test_render_writes_where_it_is_told_and_says_that_nothing_was_sent(workspace: tuple[str, str]) -> None:
    root, name = workspace
    out = Path(root).parent / "out"
    said = run("-w", root, "notify", "render", "--declaration", name, "--only", "suno", "--out", str(out))
    assert "1 letters made" in said
    assert "Nothing was sent" in said.replace("\n", " ")
    assert sorted(path.suffix for path in out.iterdir()) == [".csv", ".csv", ".pdf"]


@pytest.mark.parametrize("word", ["recipients", "plan", "render"])
def test_every_command_shows_an_example(word: str) -> None:
    assert "Example:" in run("notify", word, "--help")
