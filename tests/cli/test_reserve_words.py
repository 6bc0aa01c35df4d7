"""What `tacenda reserve` and `tacenda licence` tell a person: no promise, default or hint that does not hold."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tacenda.app.desk import Desk
from tacenda.app.licence import record_licence
from tacenda.app.party import add_party
from tacenda.cli import cli
from tacenda.core.party import Party
from tacenda.errors import TacendaError

SIGNED = ["--signatory", "Mara Lind; Director; sole representation"]


class _Words:
    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(cli, ["-w", str(self.root), *words])

    def json(self, *words: str) -> dict:
        result = self(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    def refused(self, *words: str) -> TacendaError:
        result = self(*words)
        assert isinstance(result.exception, TacendaError), result.output
        return result.exception


@pytest.fixture
def words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> _Words:
    monkeypatch.setenv("TACENDA_NOW", "2026-11-22T10:00:00Z")
    monkeypatch.setenv("COLUMNS", "160")
    add_party(desk, Party("bright", "Brightwave Inc."))
    return _Words(desk.root)


def test_a_dry_run_shows_no_id_and_no_digest_that_the_real_run_would_not_keep(words: _Words) -> None:
    planned = words.json("reserve", "declare", *SIGNED, "--dry-run")
    assert (planned["id"], planned["sha256"], planned["dry_run"]) == (None, None, True)
    shown = words("reserve", "declare", *SIGNED, "--dry-run").output
    assert "sha256" not in shown
    assert "res-" not in shown
    assert "new, version 1 (declared)" in shown
    name = words.json("reserve", "declare", *SIGNED)["id"]
    change = ("reserve", "amend", name, "--uses", "tdm", "--reason", "Narrowed")
    dry, real = words.json(*change, "--dry-run"), words.json(*change)
    assert (dry["id"], dry["sha256"]) == (real["id"], real["sha256"])


def test_the_same_again_and_a_label_of_another_are_noted(words: _Words, desk: Desk) -> None:
    add_party(desk, Party("wren", "Wren Ltd", labels=("Wren",)))
    name = words.json("reserve", "declare", *SIGNED)["id"]
    assert f"An equal declaration stands: {name} version 1" in words("reserve", "declare", *SIGNED).output
    noted = words("reserve", "declare", *SIGNED, "--scope", "label:wren", "--dry-run").output
    assert "the label “wren” is that of Wren Ltd (wren)" in noted


def test_verify_takes_the_latest_version_and_speaks_to_programs(words: _Words) -> None:
    name = words.json("reserve", "declare", *SIGNED)["id"]
    amended = words.json("reserve", "amend", name, "--uses", "tdm", "--reason", "Narrowed")
    found = words.json("reserve", "verify", name)
    assert (found["version"], found["sha256"], found["well"]) == (2, amended["sha256"], True)
    assert words.json("reserve", "verify", name, "--version", "1")["version"] == 1


def test_the_help_of_amend_promises_no_default(words: _Words) -> None:
    assert "[default:" in words("reserve", "declare", "--help").output
    assert "[default:" not in words("reserve", "amend", "--help").output


def test_what_changes_is_said_in_words(words: _Words) -> None:
    name = words.json("reserve", "declare", *SIGNED)["id"]
    for change in (("amend", name, "--layers", "recording"), ("withdraw", name)):
        shown = words("reserve", *change, "--reason", "Sold", "--dry-run").output
        assert "no longer: " in shown
        assert "{" not in shown


def test_a_hint_names_only_options_that_the_command_has(words: _Words, desk: Desk) -> None:
    name = words.json("reserve", "declare", *SIGNED)["id"]
    terms = {"grantor": "lark-and-linden", "grantee": "bright", "uses": "train", "layers": "recording",
             "any-model": True, "signed-on": "2026-11-20"}  # fmt: skip
    licence = record_licence(desk, terms).deed.licence.id
    for command in (("reserve", "withdraw", name), ("licence", "revoke", licence)):
        refused = words.refused(*command, "--reason", "x", "--from", "2026-11-01")
        assert "--from" in refused.hint
        assert "--claimed-since" not in refused.hint
        assert "--signed-on" not in refused.hint
    assert "--claimed-since" in words.refused("reserve", "declare", *SIGNED, "--from", "2026-11-01").hint
