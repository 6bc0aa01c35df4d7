"""What commands print is shown, never obeyed."""

import pytest

from tacenda.cli import output
from tacenda.errors import InputError

HOSTILE = "\x1b[31mred\x1b]0;title\x07 [bold]not markup[/bold] \u202egnp.exe \x9b2J"


def test_f62_control_characters_of_a_title_are_written_out(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table("", ("title",), [(HOSTILE,)])
    output.say(HOSTILE)
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\x9b" not in shown
    assert shown.count("\\x1b[31mred") == 2
    assert shown.count("[bold]not markup[/bold]") == 2


def test_f62_errors_are_shown_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    output.report_error(InputError("some.code", HOSTILE, hint=HOSTILE, where=HOSTILE))
    shown = capsys.readouterr().err
    assert "\x1b" not in shown
    assert shown.count("[bold]not markup[/bold]") == 3


def test_short_cells_are_never_broken(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table("", ("at", "what"), [("2026-11-22T10:00:00Z", "long words " * 40)])
    assert "2026-11-22T10:00:00Z" in capsys.readouterr().out
