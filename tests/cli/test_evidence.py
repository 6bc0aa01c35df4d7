"""`tacenda evidence` as a person and a program meet it."""

import json
from pathlib import Path

import pytest

from tacenda.app import evidence
from tacenda.app.desk import Desk
from tacenda.cli import main


@pytest.fixture
def workspace(desk: Desk) -> Desk:
    with desk.store.writing() as change:
        for number in range(4):
            desk.file(change, "declaration", f"d{number}", 1, {"number": number, "title": "=cmd <b>\u202e"})
    evidence.publish(desk)
    return desk


def run(*arguments: str | Path) -> int:
    """The program's exit code."""
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    return int(stop.value.code or 0)


def test_list(workspace: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("-w", workspace.root, "evidence", "list", "--type", "declaration", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["id"] for entry in listed] == ["d0", "d1", "d2", "d3"]
    assert run("-w", workspace.root, "evidence", "list", "--limit", "2") == 0
    out = capsys.readouterr().out
    assert "d3" in out
    assert "d1" not in out


def test_verify_prints_numbered_steps(workspace: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("-w", workspace.root, "evidence", "verify") == 0
    out = capsys.readouterr().out
    assert out.startswith("1. The checkpoint (entries: ")
    assert "All of it is what was signed." in out
    assert run("-w", workspace.root, "evidence", "verify", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["sound"] is True
    assert document["findings"] == []


def test_f14_verify_names_the_file_and_the_byte(workspace: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    size = evidence.checkpoint(workspace).size
    path = workspace.root / f"log/tile/0/000.p/{size}"
    data = path.read_bytes()
    path.write_bytes(data[:40] + b"\x00" + data[41:])
    assert run("-w", workspace.root, "evidence", "verify") == 7
    captured = capsys.readouterr()
    assert captured.out.startswith("1. ")
    err = captured.err.replace("\n", "")
    assert "log.tile.changed" in err
    assert f"{path}, byte 40".replace(" ", "") in err.replace(" ", "")
    assert run("-w", workspace.root, "evidence", "verify", "--json") == 7
    document = json.loads(capsys.readouterr().out)
    assert document["sound"] is False
    assert document["findings"][0]["offset"] == 40


def test_a_receipt_needs_no_workspace(
    workspace: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    proof, vkey = tmp_path / "d2.tlog-proof", workspace.root / "keys/signing.vkey"
    index = evidence.checkpoint(workspace).size - 2
    assert run("-w", workspace.root, "evidence", "prove", str(index), "--output", proof) == 0
    assert "Anyone verifies it" in capsys.readouterr().out
    document = tmp_path / "d2.json"
    document.write_text(json.dumps({"title": "=cmd <b>\u202e", "number": 2}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run("evidence", "verify", "--proof", proof, "--vkey", vkey, "--document", document) == 0
    assert "The document is the one that was logged." in capsys.readouterr().out
    key = vkey.read_text().strip()
    assert run("evidence", "verify", "--proof", proof, "--vkey", key, "--json") == 0
    assert json.loads(capsys.readouterr().out)["entry"]["id"] == "d2"
    document.write_text("{}")
    assert run("evidence", "verify", "--proof", proof, "--vkey", key, "--document", document) == 7
    proof.write_bytes(proof.read_bytes().replace(b"index ", b"index 1"))
    assert run("evidence", "verify", "--proof", proof, "--vkey", key) == 7
    proof.write_bytes(b"hello")
    assert run("evidence", "verify", "--proof", proof, "--vkey", key) == 3
    assert run("evidence", "verify", "--proof", document, "--vkey", "no key at all") == 3


def test_prove_and_checkpoint_print_exactly_the_file(workspace: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("-w", workspace.root, "evidence", "prove", "0") == 0
    assert capsys.readouterr().out == evidence.prove(workspace, 0)
    assert run("-w", workspace.root, "evidence", "checkpoint") == 0
    assert capsys.readouterr().out.encode() == (workspace.root / "log/checkpoint").read_bytes()
    assert run("-w", workspace.root, "evidence", "checkpoint", "--json") == 0
    assert json.loads(capsys.readouterr().out)["vkey"] == workspace.signer.verifier_key


def test_a_copy_and_a_kept_checkpoint(workspace: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "kept"
    assert run("-w", workspace.root, "evidence", "checkpoint", "--output", kept) == 0
    with workspace.store.writing() as change:
        workspace.file(change, "letter", "l", 1, {})
    assert run("-w", workspace.root, "evidence", "publish") == 0
    assert run("-w", workspace.root, "evidence", "verify", "--since", kept) == 0
    assert "continues the checkpoint" in capsys.readouterr().out
    key, log = workspace.signer.verifier_key, workspace.root / "log"
    assert run("evidence", "verify", "--log", log, "--vkey", key, "--since", kept) == 0
    kept.write_bytes(kept.read_bytes().replace(b"\n", b"\r\n"))
    assert run("evidence", "verify", "--log", log, "--vkey", key, "--since", kept) == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "--proof", "PROOF"),
        ("verify", "--log", "."),
        ("verify", "--document", "PROOF"),
        ("verify", "--proof", "PROOF", "--vkey", "k", "--log", "."),
        ("prove", "-1"),
        ("prove", "first"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "PROOF").write_text("")
    given = [str(tmp_path / "PROOF") if word == "PROOF" else word for word in arguments]
    assert run("evidence", *given) == 2


@pytest.mark.parametrize("word", [(), ("list",), ("prove",), ("verify",), ("checkpoint",), ("publish",)])
def test_help_has_an_example(word: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("evidence", *word, "--help") == 0
    assert "Example:" in capsys.readouterr().out
