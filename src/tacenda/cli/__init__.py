"""The command line: parse words, call a use case, print. No rule of the trade lives here."""

import gc
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

import click

from tacenda import __version__
from tacenda.cli.output import begin, report_error
from tacenda.errors import TacendaError

FAULT: Final = 8

# The whole route in order. Modules are loaded only when their command runs, so that `--help` is quick.
ROUTE: Final[Sequence[tuple[str, str, str]]] = (
    ("init", "tacenda.cli.init", "Make a workspace for one rightsholder."),
    ("party", "tacenda.cli.party", "Add and list parties: owners, publishers, licensees."),
    ("catalogue", "tacenda.cli.catalogue", "Import a catalogue from CSV, TSV, JSON Lines, XLSX or Parquet."),
    ("reserve", "tacenda.cli.reserve", "Declare, amend and withdraw rights reservations."),
    ("licence", "tacenda.cli.licence", "Record and revoke licences, which lift a reservation."),
    ("decide", "tacenda.cli.decide", "Ask: may this user make this use of this thing, here, on this day?"),
    ("publish", "tacenda.cli.publish", "Write the declaration as a page and in machine-readable forms."),
    ("signals", "tacenda.cli.signals", "Read what a site or file reserves, in every machine-readable form."),
    ("notify", "tacenda.cli.notify", "Choose recipients and render their letters as PDF."),
    ("snapshot", "tacenda.cli.snapshot", "Compile, sign and verify the snapshot that screening reads."),
    ("screen", "tacenda.cli.screen", "Screen a corpus against a snapshot, offline."),
    ("evidence", "tacenda.cli.evidence", "List, prove and verify what was logged."),
    ("serve", "tacenda.cli.serve", "Show the declaration, the look-up and the desk as web pages."),
    ("demo", "tacenda.cli.demo", "Walk the whole route on the shipped sample."),
)


class Route(click.Group):
    """A group that lists its commands in the order of the route and loads each on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, _, _ in ROUTE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for name, module, _ in ROUTE:
            if name == cmd_name:
                command: click.Command = import_module(module).command
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands, in the order of the route"):
            formatter.write_dl([(name, summary) for name, _, summary in ROUTE])


@click.group(cls=Route, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="tacenda %(version)s")
@click.option(
    "-w",
    "--workspace",
    envvar="TACENDA_WORKSPACE",
    default=".",
    type=click.Path(file_okay=False),
    show_default="this folder",
    help="The workspace to work in.",
)
@click.pass_context
def cli(ctx: click.Context, workspace: str) -> None:
    """Reserve music rights once, publish and prove it, and screen corpora offline.

    \b
    Exit codes:
      0  done               4  settings: the operator can put it right
      1  a check said no    5  conflict: the present state forbids it
      2  wrong usage        6  remote: try again
      3  bad input          7  integrity: stop and keep everything
                            8  a fault of Tacenda itself: please report it
    """
    ctx.obj = workspace


def main(arguments: Sequence[str] | None = None) -> Any:
    """The program. Shows a traceback only when TACENDA_TRACE is set: a fault of ours has a code of its own.

    What goes wrong is said on the error stream; with ``--json`` also as a document on standard output, so that a
    program that reads there always finds one.
    """
    begin()
    as_json = "--json" in (sys.argv[1:] if arguments is None else arguments)
    try:
        return cli.main(args=arguments, prog_name="tacenda", standalone_mode=True)
    except TacendaError as error:
        report_error(error, as_json=as_json)
        sys.exit(error.exit_code)
    except Exception as error:
        if os.environ.get("TACENDA_TRACE"):
            raise
        report_error(_fault(error), as_json=as_json)
        sys.exit(FAULT)
    finally:
        # What is left goes with the process: the interpreter's last collection would walk all of it (0.3 s).
        gc.freeze()


def _fault(error: Exception) -> TacendaError:
    where = traceback.extract_tb(error.__traceback__)[-1]
    return TacendaError(
        "tacenda.fault",
        f"Something that should not happen: {type(error).__name__}: {error}",
        hint="Nothing half-written is left. Run it again with TACENDA_TRACE=1 and report what it prints.",
        where=f"{where.filename}:{where.lineno}",
    )
