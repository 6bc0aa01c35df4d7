"""The words of a person: declare, decide, license, publish, check, withdraw, by the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tacenda.app.desk import Desk
from tacenda.app.party import add_party
from tacenda.cli import cli
from tacenda.core.party import Party

SIGNED = ["--signatory", "Mara Lind; Director; sole representation"]


class _Route:
    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, *words: str) -> str:
        result = CliRunner().invoke(cli, ["-w", str(self.root), *words], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))


@pytest.fixture
def route(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> _Route:
    monkeypatch.setenv("TACENDA_NOW", "2026-11-22T10:00:00Z")
    monkeypatch.setenv("COLUMNS", "160")
    add_party(desk, Party("bright", "Bright <script>alert(1)</script> AI"))
    return _Route(desk.root)


def test_the_whole_route(route: _Route, tmp_path: Path) -> None:
    planned = route.json("reserve", "declare", *SIGNED, "--dry-run")
    assert planned["dry_run"]
    assert planned["entry"] is None
    made = route.json("reserve", "declare", *SIGNED, "--claimed-since", "2024-01-01")
    name = made["id"]
    listed = route.json("reserve", "list")
    assert [(row["id"], row["state"], row["sha256"]) for row in listed] == [(name, "in force", made["sha256"])]
    assert route.json("reserve", "show", name)["format"] == "tacenda/declaration/1"
    assert "Silence is no licence" in route("reserve", "show", name, "--text")
    assert made["sha256"] in route("reserve", "verify", name, "--version", "1").replace("\n", "")

    ask = ["decide", "--isrc", "DEA122600001", "--use", "train", "--country", "DE", "--user", "bright"]
    assert route.json(*ask)["answer"] == "reserved"
    assert "RESERVED" in route(*ask)
    paper = tmp_path / "contract.pdf"
    paper.write_bytes(b"%PDF-")
    granted = route.json(
        "licence", "record", "--grantor", "lark-and-linden", "--grantee", "bright", "--uses", "train", "--layers",
        "recording,performance,work,lyrics", "--models", "B 1", "--document", str(paper),
    )  # fmt: skip
    assert route.json(*ask)["answer"] == "reserved"
    assert route.json(*ask, "--model", "B 1")["answer"] == "unclear"  # licensed, but nobody is known to own it all
    assert route.json("licence", "show", granted["id"])["licence"]["models"] == ["B 1"]
    route("licence", "amend", granted["id"], "--any-model", "--signed-on", "2026-11-22", "--reason", "All models")
    assert route.json("licence", "list")[0]["licence"]["models"] is None
    route("licence", "revoke", granted["id"], "--reason", "Unpaid")
    assert route.json("licence", "list")[0]["state"] == "revoked"
    assert route.json(*ask, "--model", "B 1")["answer"] == "reserved"

    assert {form["form"] for form in route.json("publish", "plan")["forms"]} == {
        "page", "translation", "document", "robots", "tdmrep", "tdm_policy", "http_headers", "apache", "caddy",
        "headers_file", "rsl", "ai_txt", "html_head", "json_ld",
    }  # fmt: skip
    site = tmp_path / "site"
    site.mkdir()
    assert "new file robots.txt" in route("publish", "write", "--into", str(site), "--dry-run")
    assert list(site.iterdir()) == []
    assert route.json("publish", "write", "--into", str(site))["filed"]
    assert route.json("publish", "check", "--root", str(site))["well"]
    assert "It says what was declared." in route("publish", "check", name)

    amended = route("reserve", "amend", name, "--uses", "tdm,train", "--reason", "Narrowed", "--dry-run")
    assert "What changes" in amended
    route("reserve", "withdraw", name, "--reason", "Sold")
    assert route.json(*ask)["answer"] == "silent"
    route("publish", "write", "--into", str(site))
    assert not (site / "robots.txt").exists()


def test_a_bundle_that_was_tampered_with_ends_with_exit_code_1(route: _Route) -> None:
    route("reserve", "declare", *SIGNED)
    folder = Path(route.json("publish", "write")["folder"])
    (folder / "robots.txt").write_text("User-agent: *\nAllow: /\n")
    result = CliRunner().invoke(cli, ["-w", str(route.root), "publish", "check"])
    assert result.exit_code == 1
    assert "robots" in result.output


def test_terms_from_a_file_and_identifiers_from_a_list(route: _Route, tmp_path: Path) -> None:
    terms = tmp_path / "terms.toml"
    terms.write_text('signatory = "A; B; C"\nterritory = ["DE", "AT"]\nuses = ["tdm"]\n')
    listed = tmp_path / "list.txt"
    listed.write_text("isrc:DE-A12-26-00001\nisrc:DEA122600002\n\n")
    done = route.json(
        "reserve", "declare", "--file", str(terms), "--list", str(listed), "--uses", "train", "--dry-run"
    )
    document = done["document"]
    assert document["scope"] == {"kind": "list", "identifiers": ["isrc:DEA122600001", "isrc:DEA122600002"]}
    assert (document["uses"], document["territory"]) == (["train"], ["AT", "DE"])


def test_by_name_nothing_is_silent_and_that_is_said_not_to_be_permission(route: _Route) -> None:
    shown = route("decide", "--artist", "Nobody", "--title", "Nothing", "--use", "train", "--country", "DE")
    assert "SILENT" in shown
    assert "not permission" in shown
