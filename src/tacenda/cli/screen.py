"""``tacenda screen``: one verdict for each row of a corpus, offline."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tacenda.app.desk import SETTINGS_FILE
from tacenda.cli import output
from tacenda.core.decision import ANYONE
from tacenda.core.fields import day
from tacenda.core.territory import country
from tacenda.core.vocabulary import Use
from tacenda.errors import InputError

if TYPE_CHECKING:
    from tacenda.app.desk import Desk
    from tacenda.app.screen import Screening
    from tacenda.screen.plan import Plan

FILES = click.Path(exists=True, path_type=Path)


@click.command("screen")
@click.argument("corpus", type=FILES)
@click.option(
    "--snapshot",
    "-s",
    "place",
    default="latest",
    metavar="PATH",
    help="Folder of the snapshot to ask, or its id in this workspace.  [default in a workspace: the newest]",
)
@click.option(
    "--vkey", default="", help="The maker's verifier key, or a file that holds it.  [workspace: its own]"
)
@click.option("--user", default=ANYONE, help="Who would make the use: an organisation's id. Default: anyone.")
@click.option(
    "--use",
    type=click.Choice([use.value for use in Use]),
    default=Use.TRAIN.value,
    show_default=True,
    help="The act.",
)
@click.option(
    "--country",
    "where",
    default="",
    help="Where: two letters. Default: in any country, and the strictest answer stands.",
)
@click.option("--on", "when", default="", help="Day of the act, YYYY-MM-DD. Default: today (UTC).")
@click.option("--model", default="", help="Name of the model, for licences that are limited to one.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to make for the lists and the report.")
@click.option(
    "--map", "mapped", multiple=True, metavar="FIELD=COLUMN", help="Which column says what; may be repeated."
)
@click.option("--use-map", "map_file", type=FILES, help="A map saved with --save-map.")
@click.option("--save-map", type=click.Path(path_type=Path), help="Save the columns as recognised, for --use-map.")
@click.option("--drop", default="reserved,unclear", show_default=True, help="Answers whose rows go to drop.csv.")
@click.option(
    "--chance-hits",
    type=click.FloatRange(0, min_open=True),
    default=0.1,
    show_default=True,
    help="Lyrics in text: how many chance hits in the whole corpus are accepted.",
)
@click.option("--show-lyrics", type=FILES, help="A table with lyrics, to show them beside the passages found.")
@click.option("--encoding", default="", help="Encoding of text files, such as cp1252. Default: found out.")
@click.option("--dry-run", is_flag=True, help="Show how the columns are read, and stop.")
@output.json_option
@click.pass_obj
def command(workspace: str, /, corpus: Path, place: str, **options: Any) -> None:
    """Screen CORPUS, a file or folder of CSV, TSV, JSON Lines or Parquet, against a snapshot.

    Every row gets an answer: reserved, unclear, licensed or silent. Unreadable rows are unclear.
    Writes verdicts (Parquet and CSV), keep and drop lists, what could not be read, a summary and a report.
    Silent is not permission.

    \b
    Example:
      tacenda screen manifest.csv --snapshot snapshots/S-000001 --user openai --use train --country DE
      tacenda screen corpus/ -s snapshots/S-000001 --map title=song_name --drop reserved,unclear,silent
    """
    from tacenda.app import screen as stage

    desk = _desk(workspace)
    snapshot = _snapshot(desk, place)
    chosen = stage.read_map(options["map_file"]) if options["map_file"] else {}
    chosen |= _chosen(options["mapped"])
    drop = [word.strip() for word in options["drop"].split(",") if word.strip()]
    planned = stage.plan(
        corpus, _asked(options, desk), chosen=chosen, drop=drop, encoding=_encoding(options["encoding"])
    )
    if options["save_map"]:
        stage.save_map(planned, options["save_map"])
    if not options["as_json"]:
        _show_columns(planned)
    if options["dry_run"]:
        if options["as_json"]:
            output.print_json({f.source.name: f.columns.as_document() for f in planned.files})
        return
    with output.progress("Screening") as progress:
        done = stage.screen(
            desk,
            planned,
            snapshot,
            key=_vkey(options["vkey"]),
            out=options["out"],
            progress=progress,
            accepted=options["chance_hits"],
            lyrics=options["show_lyrics"],
        )
    for note in done.notes:
        output.note(note)
    if options["as_json"]:
        output.print_json(_as_document(done))
    else:
        _show(done)


def _desk(workspace: str) -> "Desk | None":
    if not (Path(workspace) / SETTINGS_FILE).exists():
        return None
    from tacenda.app.workspace import open_desk

    return open_desk(Path(workspace))


def _snapshot(desk: "Desk | None", place: str) -> Path:
    from tacenda.app.snapshot import resolve

    if desk is None and place == "latest":
        raise click.UsageError("Outside a workspace say which snapshot to ask: --snapshot PATH.")
    return resolve(desk, place)


def _vkey(text: str) -> str:
    """The verifier key itself, from the option's text or the file that it names."""
    path = Path(text) if text and "+" not in text else None
    return path.read_text(encoding="utf-8").strip() if path is not None and path.is_file() else text


def _asked(options: dict[str, Any], desk: "Desk | None") -> Any:
    from tacenda.adapters.clock import SystemClock
    from tacenda.screen.plan import Asked

    today = (desk.clock if desk else SystemClock()).now().date()
    on: date = day(options["when"], "--on") if options["when"] else today
    where = country(options["where"]) if options["where"] else ""
    return Asked(Use(options["use"]), on, where, options["user"], options["model"])


def _chosen(pairs: Sequence[str]) -> dict[str, str]:
    chosen = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals:
            raise InputError("corpus.map", f"{pair!r} is no FIELD=COLUMN.", hint="Such as --map title=song_name")
        chosen[field.strip()] = column
    return chosen


def _encoding(name: str) -> str:
    import codecs

    if not name:
        return ""
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise InputError(
            "corpus.encoding", f"There is no encoding {name!r}.", hint="Such as utf-8, cp1252."
        ) from None


def _show_columns(planned: "Plan") -> None:
    rows = [
        (
            file.source.name,
            use.field.value.replace("_", " and "),
            use.column,
            use.form.value.replace("_", " "),
            use.why,
        )
        for file in planned.files[:20]
        for use in file.columns.uses
    ]
    output.print_table(
        "Columns (change with --map FIELD=COLUMN)", ["File", "Field", "Column", "Form", "Known by"], rows
    )
    for warning in planned.warnings:
        output.say(f"Note: {warning}")


def _show(done: "Screening") -> None:
    totals = done.totals
    rows = [(word.capitalize(), f"{totals[word]:,}") for word in ("reserved", "unclear", "licensed", "silent")]
    rows += [("All rows", f"{totals['rows']:,}"), ("  of the unclear, unreadable", f"{totals['unreadable']:,}")]
    rows += [("Kept", f"{totals['kept']:,}"), ("Dropped", f"{totals['dropped']:,}")]
    output.print_table("", ["Answer", "Rows"], rows)
    if totals["silent"]:
        output.say("Silent is not permission: nobody on record here has spoken.")
    output.say(f"Report: {done.report}")


def _as_document(done: "Screening") -> dict[str, Any]:
    shown = ("question", "snapshot", "totals", "policy", "reserved_by", "matched_by", "warnings")
    return {
        "folder": str(done.folder),
        "report": str(done.report),
        "record": done.record.id if done.record else None,
        "notes": list(done.notes),
        **{name: done.summary[name] for name in shown},
    }
