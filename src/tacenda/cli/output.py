"""How commands print: tables and sentences for people, JSON for programs, progress on the error stream."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from tacenda.errors import TacendaError
from tacenda.ports import Progress as Report

# A pipe has no width: what goes into one is laid out for a wide page instead of for 80 columns.
PAGE_WIDTH: Final = 140
UNBROKEN: Final = 24

OUT: Final = Console(highlight=False, width=None if sys.stdout.isatty() else PAGE_WIDTH)
ERR: Final = Console(stderr=True, highlight=False)

# What a terminal would obey instead of show: control characters (ESC among them) and bidirectional overrides.
_OBEYED: Final = {
    code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    for code in (
        *(c for c in range(0x20) if c not in (0x09, 0x0A)),
        *range(0x7F, 0xA0),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    )
}

json_option: Final[Callable[[Any], Any]] = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document for a program to read."
)


def harmless(text: str) -> str:
    """`text` with everything that a terminal would obey written out, so that a hostile title stays a title."""
    return text.translate(_OBEYED)


class _Printed:
    """Whether this command has printed its one JSON document: an error after it goes to the error stream alone."""

    document = False


def print_json(document: Any) -> None:
    """One JSON document on standard output, in plain UTF-8."""
    _Printed.document = True
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def begin() -> None:
    """A new command begins: nothing has been printed yet."""
    _Printed.document = False


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table whose cells are shown as they are: no cell is read as markup (F62).

    Columns whose cells are all short (a date, a digest, an id) are never broken; the others share what is left.
    """
    cells = [["" if cell is None else harmless(str(cell)) for cell in row] for row in rows]
    table = Table(title=title or None, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for place, column in enumerate(columns):
        longest = max((len(row[place]) for row in cells), default=0)
        table.add_column(column, overflow="fold", no_wrap=longest <= UNBROKEN)
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    OUT.print(table)


def say(text: str) -> None:
    """A line for people, without markup; never broken, so that a path or a command can be copied."""
    OUT.print(Text(harmless(text)), soft_wrap=True)


def note(text: str) -> None:
    """What a person should know beside the result, on the error stream, so that it never mixes with `--json`."""
    ERR.print(Text(f"Note: {harmless(text)}"), soft_wrap=True)


def report_error(error: TacendaError, *, as_json: bool = False) -> None:
    """What went wrong, where, and what to do next, on the error stream; `as_json` also as the one document."""
    if as_json and not _Printed.document:
        print_json({"error": error.as_dict()})
    ERR.print(
        Text.assemble(("error", "bold red"), f" [{error.family}] {error.code}: {harmless(error.message)}"),
        soft_wrap=True,
    )
    if error.where:
        ERR.print(Text(f"  where: {harmless(error.where)}"), soft_wrap=True)
    if error.hint:
        ERR.print(Text(f"  next:  {harmless(error.hint)}"), soft_wrap=True)


@contextmanager
def progress(title: str) -> Iterator[Report]:
    """A progress bar on the error stream; silent when that is not a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=ERR, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(title, total=None)

        def report(done: int, total: int | None, what: str) -> None:
            bar.update(task, completed=done, total=total, description=what or title)

        yield report
