"""`tacenda serve`: what it refuses, and `--check`."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from tacenda.app.reserve import declare
from tacenda.app.snapshot import build
from tacenda.app.workspace import init_workspace
from tacenda.cli import cli
from tacenda.core.party import Party
from tacenda.errors import SettingsError
from tacenda.web.server import bound_socket


@pytest.fixture
def root(tmp_path: Path) -> Path:
    desk = init_workspace(
        tmp_path / "lark", rightsholder=Party("lark", "Lark Ltd", website="https://lark.example")
    )
    declare(desk, {"contact": "rights@lark.example", "signatory": "Mara Lind; Director; sole representation"})
    build(desk)
    return tmp_path / "lark"


def run(*words: object) -> tuple[int, str, BaseException | None]:
    done = CliRunner().invoke(cli, [str(word) for word in words])
    return done.exit_code, done.output, done.exception


def test_check_renders_every_page(root: Path) -> None:
    code, said, _ = run("-w", root, "serve", "--check")
    assert code == 0
    assert "/desk" in said
    assert "/declaration/" in said


def test_check_of_a_snapshot_alone_needs_no_workspace(root: Path, tmp_path: Path) -> None:
    snapshot = next((root / "snapshots").glob("S-*"))
    code, said, _ = run("-w", tmp_path / "elsewhere", "serve", "--snapshot", snapshot, "--check")
    assert code == 0
    assert "/desk" not in said
    assert "but not who made it" in said


def test_check_says_no_when_a_page_does_not_answer(root: Path) -> None:
    snapshot = next((root / "snapshots").glob("S-*"))
    victim = snapshot / "facts.json"
    victim.chmod(0o644)
    victim.write_bytes(victim.read_bytes().replace(b"Lark Ltd", b"Lerk Ltd"))
    code, said, _ = run("-w", root, "serve", "--check")
    assert code == 1
    assert "503" in said


def test_the_desk_is_never_shown_beyond_this_machine(root: Path) -> None:
    code, _, error = run("-w", root, "serve", "--host", "0.0.0.0")
    assert code != 0
    assert isinstance(error, SettingsError)
    assert error.code == "serve.public"


def test_a_port_that_is_taken_is_said_so() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(SettingsError) as refused:
            bound_socket("127.0.0.1", other.getsockname()[1])
    assert refused.value.code == "serve.address"


def test_help_has_an_example() -> None:
    code, said, _ = run("serve", "--help")
    assert code == 0
    assert "tacenda serve --snapshot" in said
