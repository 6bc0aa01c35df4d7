"""``tacenda signals``: what a site or a file reserves, in every machine-readable form."""

from pathlib import Path
from typing import Any

import click

from tacenda.app import signals as stage
from tacenda.cli.output import json_option, print_json, print_table, say
from tacenda.core.preference import Dimension, Preference
from tacenda.errors import InputError
from tacenda.signals.evaluate import Answer

TABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("signals")
def command() -> None:
    """Read what a site or a file reserves, in every machine-readable form.

    Unknown is not permission. What is not well formed never allows anything; where it looks like a reservation it
    is shown as an apparent one.
    """


@command.command("read")
@click.argument("target")
@click.option(
    "--crawler", default="", help="Ask for this crawler, by its product token.  [default: nobody in particular]"
)
@click.option("--headers", "dump", type=TABLE, help="Header fields of the response, as curl -I writes them.")
@click.option("--address", default="", help="Where the file comes from, or which address to ask about.")
@click.option("--protocols", "table", type=TABLE, help="A table of protocols in place of the shipped one.")
@json_option
@click.pass_obj
def read(
    workspace: str,
    /,
    target: str,
    crawler: str,
    dump: Path | None,
    address: str,
    table: Path | None,
    as_json: bool,
) -> None:
    """Read TARGET: an address, a file, the folder of a saved site, or a WARC.

    Files are known by name or content: robots.txt, tdmrep.json, ai.txt, rsl.xml, pages, header dumps, EPUB package
    documents, XMP, TDM·AI and CAWG JSON, and the tags of sound and picture files.

    \b
    Example:
      tacenda signals read robots.txt --crawler GPTBot --address https://www.label.example/albums/
      tacenda signals read saved-site/ --json
    """
    question = stage.Question(
        crawler,
        stage.refusal_of(crawler),
        address,
        stage.read_fields(dump) if dump else (),
        stage.table_of(table, Path(workspace)),
    )
    if target.startswith(("http://", "https://")):
        answers = [_read_address(target, question, Path(workspace))]
    else:
        path = Path(target)
        if not path.exists():
            raise InputError(
                "signals.path", f"{target!r} is not there.", hint="Name a file, a folder or an address."
            )
        answers = list(stage.read_path(path, question))
    if as_json:
        print_json([answer.document() for answer in answers])
        return
    for answer in answers:
        _show(answer)


@command.command("protocols")
@click.option("--protocols", "table", type=TABLE, help="A table of protocols in place of the shipped one.")
@json_option
@click.pass_obj
def protocols(workspace: str, /, table: Path | None, as_json: bool) -> None:
    """Show which protocols are honoured, and the rule between them.

    To change it, put a protocols.toml with what differs into the workspace, or name it with --protocols.

    \b
    Example:
      tacenda signals protocols --json
    """
    used = stage.table_of(table, Path(workspace))
    if as_json:
        print_json(used.document())
        return
    say(f"As of {used.as_of.isoformat()}. Between protocols: {used.cross_protocol}.")
    say(f"What only looks like a reservation: {used.apparent}. robots.txt is read by: {used.robots}.")
    rows = [
        (e.id, "yes" if e.honoured else "no", e.version, e.status, ", ".join(e.carriers)) for e in used.entries
    ]
    print_table("", ("protocol", "honoured", "version", "status", "carriers"), rows)


def _read_address(target: str, question: stage.Question, workspace: Path) -> Answer:
    from tacenda.app.fetcher import open_fetcher
    from tacenda.app.workspace import open_desk

    return stage.read_address(target, open_fetcher(open_desk(workspace)), question)


def _show(answer: Answer) -> None:
    who = f" for {answer.crawler}" if answer.crawler else ""
    say(f"{answer.about}{who}")
    words = [f"{d.value} {answer[d].value}" for d in Dimension if answer[d] is not Preference.UNKNOWN]
    said = ", ".join(words) or "nothing is said"
    fetch = f"; may fetch: {answer.crawl.value}" if answer.crawl is not Preference.UNKNOWN else ""
    say(f"  {said}{fetch}")
    if answer.apparent:
        say(f"  apparent reservation: {', '.join(sorted(d.value for d in answer.apparent))}")
    rows: list[tuple[Any, ...]] = [
        (s.protocol, s.version, s.carrier, s.line or "", s.term, s.standing.value, ", ".join(s.audience))
        for s in answer.statements
    ]
    if rows:
        print_table("", ("protocol", "version", "carrier", "line", "statement", "standing", "for"), rows)
    for note in answer.diagnostics:
        say(f"  {note.where}{f':{note.line}' if note.line else ''}: {note.code}: {note.why}")
    say("")
