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
    assert "_tdm_reservation '1'" in config.read_text()
    planned = json.loads(run("plan", "--site-description", str(site), "--json").output)
    assert planned["not_written"] == {"headers_file": "it cannot be limited to these paths"}
    assert run("check").exit_code == 0
    assert run("write", "--config", "iis=web.config").exception is not None


def test_no_form_speaks_of_search_where_search_is_not_reserved(run: Any) -> None:
    for line in json.loads(run("plan", "--json").output)["forms"]:
        assert "search" not in line["can"]


def test_a_hole_is_told_in_plan_and_in_write(run: Any, tmp_path: Path) -> None:
    (tmp_path / ".well-known").mkdir()
    (tmp_path / ".well-known/tdmrep.json").write_bytes(b'[{"location": "/shop/*", "tdm-reservation": 0}]')
    told = "Note: Not reserved by tdmrep.json: /shop/*."
    assert told in run("plan", "--into", str(tmp_path)).output
    assert told in run("write", "--into", str(tmp_path)).output
    assert told in run("check", "--root", str(tmp_path)).output


def test_an_unpublished_site_is_checked_in_one_line_for_each_form(run: Any, tmp_path: Path) -> None:
    (tmp_path / "robots.txt").write_bytes(b"User-agent: *\nDisallow: /private/\n")
    checked = run("check", "--root", str(tmp_path))
    assert checked.exit_code == 1
    shown = checked.output.partition("Not as declared")[2]
    assert len([line for line in shown.splitlines() if line.startswith("robots ")]) == 1
    assert "crawlers" in shown
    assert "GPTBot" not in shown
    assert "unknown" not in shown
