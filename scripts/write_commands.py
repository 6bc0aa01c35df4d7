"""Write docs/commands.md from the commands themselves, so that no command and no option is undocumented.

.venv/bin/python scripts/write_commands.py          writes the page
tests/house/test_commands_page.py                   fails when the page is out of date
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from tacenda.cli import ROUTE, cli

PAGE = Path(__file__).resolve().parents[1] / "docs" / "commands.md"
WIDTH = 100
HELP = ["-h", "--help"]  # as the program has it; click remembers the first that a command was asked with


def page() -> str:
    """The whole page: the exit codes and every command with its help, in the order of the route."""
    parts = ["# Commands\n", "Written by `scripts/write_commands.py`; do not edit by hand.\n"]
    root = click.Context(
        cli, info_name="tacenda", max_content_width=WIDTH, terminal_width=WIDTH, help_option_names=HELP
    )
    parts.append(_block(cli.get_help(root)))
    for name, _, summary in ROUTE:
        command = cli.get_command(root, name)
        if command is None:
            raise LookupError(name)
        parts.append(f"## tacenda {name}\n\n{summary}\n")
        parts += _command(command, f"tacenda {name}")
    return "\n".join(parts)


def _command(command: click.Command, path: str) -> Iterator[str]:
    context = click.Context(
        command, info_name=path, max_content_width=WIDTH, terminal_width=WIDTH, help_option_names=HELP
    )
    yield _block(command.get_help(context))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None:
                yield f"### {path} {name}\n"
                yield from _command(child, f"{path} {name}")


def _block(text: str) -> str:
    return f"```\n{text.rstrip()}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
