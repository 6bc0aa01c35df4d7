"""`tacenda snapshot`, as typed."""

import json

import pytest
from click.testing import CliRunner

from tacenda.app.desk import Desk
from tacenda.cli import cli


@pytest.fixture
def type_(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TACENDA_NOW", "2026-11-22T10:00:00Z")

    def run(*words: str, workspace: bool = True):
        place = ["--workspace", str(desk.root)] if workspace else ["--workspace", "/nonexistent"]
        return CliRunner().invoke(cli, [*place, "snapshot", *words])

    return run


def test_build_verify_show_list(type_, desk: Desk) -> None:
    built = type_("build", "--json")
    assert built.exit_code == 0, built.output
    assert json.loads(built.output)["id"] == "S-000001"
    assert "every byte as listed" in type_("verify").output
    assert json.loads(type_("show", "--json").output)["valid_until"] == "2026-12-22"
    assert "current" in type_("list").output


def test_verify_far_from_a_workspace(type_, desk: Desk) -> None:
    type_("build")
    folder = str(desk.root / "snapshots" / "S-000001")
    without = type_("verify", folder, workspace=False)
    assert (without.exit_code, "who made it was not checked" in without.output) == (0, True)
    key = type_("verify", folder, "--vkey", desk.signer.verifier_key, workspace=False)
    assert (key.exit_code, "Signed by" in key.output) == (0, True)


def test_f14_damage_is_named_and_exits_7(type_, desk: Desk) -> None:
    type_("build")
    path = desk.root / "snapshots" / "S-000001" / "groups.json"
    data = path.read_bytes()
    path.write_bytes(data[:-1] + b" ")
    found = type_("verify", "--json")
    assert found.exit_code == 7
    assert json.loads(found.output)["flaws"][0]["where"] == f"{path}:0"


def test_examples_are_there(type_) -> None:
    for word in ("build", "verify", "show", "list"):
        assert "Example:" in type_(word, "--help").output
