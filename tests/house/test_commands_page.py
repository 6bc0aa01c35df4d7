"""The page of commands is what the commands say of themselves."""

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_docs_commands_is_up_to_date() -> None:
    made = runpy.run_path(str(ROOT / "scripts" / "write_commands.py"))["page"]()
    kept = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert kept == made, "run: .venv/bin/python scripts/write_commands.py"


def test_every_command_of_the_route_stands_on_the_page() -> None:
    from tacenda.cli import ROUTE

    kept = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for name, _, _ in ROUTE:
        assert f"## tacenda {name}\n" in kept
