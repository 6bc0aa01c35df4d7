"""``tacenda signals``: files read without a workspace."""

import json
from pathlib import Path

from click.testing import CliRunner

from tacenda.cli import cli


def run(*words: str, folder: Path) -> str:
    done = CliRunner().invoke(cli, ["-w", str(folder), "signals", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_file_is_read_as_json(tmp_path: Path) -> None:
    (tmp_path / "robots.txt").write_bytes(b"User-agent: *\nContent-Usage: Train-AI=n\nDisallow: /x\n")
    (answer,) = json.loads(run("read", str(tmp_path / "robots.txt"), "--json", folder=tmp_path))
    assert answer["apparent_reservation"] is True
    assert answer["answer"]["train_gen"] == "unknown"
    assert answer["statements"][0]["line"] == 2
    assert answer["statements"][0]["raw"] == "Content-Usage: Train-AI=n"


def test_what_a_terminal_would_obey_is_shown(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_bytes(b'<meta name="tdm-reservation" content="\x1b[31m1">')
    shown = run("read", str(tmp_path / "x.html"), folder=tmp_path)
    assert "\x1b" not in shown
    assert "apparent reservation" in shown


def test_the_protocols_are_listed(tmp_path: Path) -> None:
    table = json.loads(run("protocols", "--json", folder=tmp_path))
    assert table["rule"]["cross_protocol"] == "deny-wins"
    assert {"robots", "aipref", "tdmrep", "rsl"} <= {p["id"] for p in table["protocols"]}


def test_a_path_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["-w", str(tmp_path), "signals", "read", str(tmp_path / "nothing")])
    assert done.exit_code != 0
