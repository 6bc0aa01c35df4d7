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

OUT: Final = Console(highlight=False)
ERR: Final = Console(stderr=True, highlight=False)

json_option: Final[Callable[[Any], Any]] = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document for a program to read."
)


def print_json(document: Any) -> None:
    """One JSON document on standard output, in plain UTF-8."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table whose cells are shown as they are: no cell is read as markup (F62)."""
    table = Table(title=title or None, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    OUT.print(table)


def say(text: str) -> None:
    """A line for people, without markup."""
    OUT.print(Text(text))


def report_error(error: TacendaError) -> None:
    """What went wrong, where, and what to do next, on the error stream."""
    ERR.print(Text.assemble(("error", "bold red"), f" [{error.family}] {error.code}: {error.message}"))
    if error.where:
        ERR.print(Text(f"  where: {error.where}"))
    if error.hint:
        ERR.print(Text(f"  next:  {error.hint}"))


@contextmanager
def progress(title: str) -> Iterator[Report]:
    """A progress bar on the error stream; silent when that is not a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=ERR, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(title, total=None)

        def report(done: int, total: int | None, what: str) -> None:
            bar.update(task, completed=done, total=total, description=what or title)

        yield report
