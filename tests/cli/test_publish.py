"""The words of `tacenda publish`: forms, the description of a site, configurations."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tacenda.app import reserve
from tacenda.app.desk import Desk
from tacenda.cli import cli


@pytest.fixture
def run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TACENDA_NOW", "2026-11-22T10:00:00Z")
    monkeypatch.setenv("COLUMNS", "160")
    reserve.declare(desk, {"signatory": "Mara Lind; Director; sole"})

    def _run(*words: str) -> Result:
        return CliRunner().invoke(cli, ["-w", str(desk.root), "publish", *words])

    return _run


def test_the_plan_says_in_words_what_each_form_cannot_say(run: Any) -> None:
    shown = run("plan").output
    assert (
        "No form for machines has a word for: evaluation and benchmarking of models; cloning of a voice" in shown
    )
    assert "draft, not reviewed by counsel" in shown
    planned = json.loads(run("plan", "--json").output)
    lines = {line["form"]: line for line in planned["forms"]}
    assert lines["tdmrep"]["denies"] == ["tdm", "train_any", "train_gen"]
    assert "rag_input" in lines["tdmrep"]["unsaid"]
    assert planned["not_written"] == {}


def test_only_what_was_chosen_is_planned(run: Any) -> None:
    forms = {line["form"] for line in json.loads(run("plan", "--forms", "robots, rsl", "--json").output)["forms"]}
    assert forms == {"page", "translation", "document", "tdm_policy", "robots", "rsl"}
    wrong = run("plan", "--forms", "robots,semaphore")
    assert isinstance(wrong.exception, Exception)
    assert "semaphore" in str(wrong.exception)


def test_paths_and_configurations(run: Any, tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text('paths = ["/*.mp3$"]\n')
    config = tmp_path / "rights.conf"
    words = ("write", "--site-description", str(site), "--config", f"nginx={config}")
    dry = run(*words, "--dry-run")
    assert "new file rights.conf" in dry.output
    assert not config.exists()
    assert run(*words).exit_code == 0
    assert "set $tacenda_tdm_reservation" in config.read_text()
    planned = json.loads(run("plan", "--site-description", str(site), "--json").output)
    assert planned["not_written"] == {"headers_file": "it cannot be limited to these paths"}
    assert run("check").exit_code == 0
    assert run("write", "--config", "iis=web.config").exception is not None
