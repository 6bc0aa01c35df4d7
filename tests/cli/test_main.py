"""The program as a whole: what goes wrong is said to people, and with --json to programs too."""

import json
from pathlib import Path

import pytest

from tacenda.cli import main


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    shown = capsys.readouterr()
    return ended.value.code, shown.out, shown.err


def test_with_json_an_error_is_a_document_on_standard_output(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, err = run(capsys, "-w", str(tmp_path), "reserve", "list", "--json")
    error = json.loads(out)["error"]
    assert set(error) == {"family", "code", "message", "hint", "where"}
    assert code == 4
    assert error["family"] == "settings"
    assert error["code"] in err


def test_without_json_standard_output_stays_empty(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = run(capsys, "-w", str(tmp_path), "reserve", "list")
    assert (code, out) == (4, "")
    assert "error [settings]" in err


def test_a_fault_of_ours_is_a_document_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TACENDA_TRACE", raising=False)

    def broken(root: Path) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr("tacenda.cli.reserve.open_desk", broken)
    code, out, _ = run(capsys, "-w", str(tmp_path), "reserve", "list", "--json")
    assert (code, json.loads(out)["error"]["code"]) == (8, "tacenda.fault")
