"""`tacenda catalogue`: plan and run imports, list, conflicts, template, export."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click

from tacenda.app import catalogue as use_cases
from tacenda.app.workspace import open_desk
from tacenda.catalogue.columns import parse_assignments
from tacenda.catalogue.export import TEMPLATE
from tacenda.catalogue.plan import ImportPlan, PlanOptions, parse_layers
from tacenda.catalogue.run import ImportResult
from tacenda.catalogue.values import DateOrder, DurationUnit
from tacenda.cli.output import json_option, print_json, print_table, progress, say
from tacenda.core.claimed import claims_words
from tacenda.formats.catalogue_table.encoding import NAMES

SAMPLE_CHARACTERS: Final = 40

_OPTIONS = (
    click.option(
        "--catalogue", metavar="ID", default="", help="Import into this catalogue.  [default: file name]"
    ),
    click.option("--title", default="", help="Title of a new catalogue."),
    click.option(
        "--owner", metavar="PARTY", default="", help="Who owns it.  [default: the workspace's rightsholder]"
    ),
    click.option(
        "--layers",
        metavar="WORDS",
        default="",
        help="Layers that the owner claims in each item, with commas, and the share of each in per cent or as a "
        "fraction: recording:100,work:33.333,lyrics:1/3. A layer without a share can never be Licensed.  "
        "[default: recording,performance]",
    ),
    click.option(
        "--map", "assignments", multiple=True, metavar="FIELD=COLUMN", help="Read FIELD from COLUMN. Repeat."
    ),
    click.option("--use-map", type=click.Path(path_type=Path, dir_okay=False), help="Use a saved column map."),
    click.option("--save-map", type=click.Path(path_type=Path, dir_okay=False), help="Keep the column map here."),
    click.option(
        "--delimiter", default="", help="comma, semicolon, tab, bar or another mark.  [default: guessed]"
    ),
    click.option("--encoding", default="", help=f"One of {', '.join(NAMES)}.  [default: detected]"),
    click.option("--sheet", default="", help="Sheet of a workbook.  [default: the first visible one]"),
    click.option(
        "--dates",
        type=click.Choice([DateOrder.DAY_FIRST.value, DateOrder.MONTH_FIRST.value]),
        help="How to read 4/5/2024.",
    ),
    click.option("--duration-unit", type=click.Choice(["s", "ms"]), help="Unit of bare numbers."),
)


def _plan_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def _options(words: dict[str, Any]) -> PlanOptions:
    return PlanOptions(
        columns=parse_assignments(words["assignments"]),
        saved=use_cases.load_map(words["use_map"]) if words["use_map"] else None,
        dates=DateOrder(words["dates"]) if words["dates"] else None,
        unit=DurationUnit(words["duration_unit"]) if words["duration_unit"] else None,
        delimiter=words["delimiter"],
        encoding=words["encoding"],
        sheet=words["sheet"],
        catalogue=words["catalogue"],
        title=words["title"],
        owner=words["owner"],
        layers=parse_layers(words["layers"]),
    )


@click.group()
def command() -> None:
    """Import, list and export catalogues.

    \b
    Example:
      tacenda catalogue plan back-catalogue.xlsx
      tacenda catalogue import back-catalogue.xlsx
    """


@command.command("plan")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_plan_options
@json_option
@click.pass_obj
def plan_command(workspace: str, /, file: Path, as_json: bool, **words: Any) -> None:
    """Show how FILE would be read, check every row, and import nothing.

    \b
    Example:
      tacenda catalogue plan songs.csv --map title="Track Name" --save-map songs.map.json
    """
    desk = open_desk(Path(workspace))
    plan = use_cases.plan_import(desk, file, _options(words))
    _dry_run(desk, plan, words, as_json)


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Check every row and import nothing, as `plan` does.")
@_plan_options
@json_option
@click.pass_obj
def import_command(workspace: str, /, file: Path, dry_run: bool, as_json: bool, **words: Any) -> None:
    """Import FILE: CSV, TSV, JSON Lines, XLSX or Parquet.

    Rows with a wrong identifier are left out and reported. Importing the same file again changes nothing; an
    interrupted import goes on where it stopped.

    \b
    Example:
      tacenda catalogue import songs.csv --catalogue back-catalogue --layers recording:100,performance:100
    """
    desk = open_desk(Path(workspace))
    plan = use_cases.plan_import(desk, file, _options(words))
    if dry_run:
        _dry_run(desk, plan, words, as_json)
        return
    if words["save_map"]:
        use_cases.save_map(plan, words["save_map"])
    if not as_json:
        _show_plan(plan, brief=True)
    with progress(f"Importing {file.name}") as report:
        result = use_cases.run_import(desk, plan, report)
    if as_json:
        print_json({"plan": plan.as_document(), "result": asdict(result)})
    else:
        _show_result(result)


def _dry_run(desk: Any, plan: ImportPlan, words: dict[str, Any], as_json: bool) -> None:
    if words["save_map"]:
        use_cases.save_map(plan, words["save_map"])
    if not as_json:
        _show_plan(plan)
    with progress(f"Checking {plan.table.path.name}") as report:
        result = use_cases.check_import(desk, plan, report)
    if as_json:
        print_json({"plan": plan.as_document(), "result": asdict(result)})
    else:
        _show_result(result)


def _show_plan(plan: ImportPlan, *, brief: bool = False) -> None:
    """What `plan` found; before an import without the reasons and samples, which `plan` has told."""
    if brief:
        say(f"{plan.table.path.name} ({plan.table.kind.value}) into {plan.catalogue}, owner {plan.owner}")
        print_table("", ("field", "column"), [(c.field.value, c.column) for c in plan.choices])
    else:
        print_table("", ("", ""), _facts(plan))
        say("")
        print_table(
            "Columns",
            ("field", "column", "why", "first cells"),
            [(c.field.value, c.column, c.why, " · ".join(map(_sample, c.samples))) for c in plan.choices],
        )
    if plan.unread:
        say(f"\nNot read: {', '.join(plan.unread)}.")
    for note in plan.notes:
        say(f"Note: {note}")


def _facts(plan: ImportPlan) -> list[tuple[str, str]]:
    table = plan.table
    facts = [("file", f"{table.path.name}, {table.size:,} bytes, {table.kind.value}")]
    if table.encoding:
        facts.append(("encoding", f"{table.encoding.title}. {table.encoding.why}"))
    if table.dialect:
        facts.append(("delimiter", f"{table.dialect.title}. {table.dialect.why}"))
    if table.sheet:
        facts.append(("sheet", table.sheet))
    facts.append(("catalogue", f"{plan.catalogue} (owner {plan.owner}; claims {claims_words(plan.layers)})"))
    return facts


def _show_result(result: ImportResult) -> None:
    say("")
    if result.already:
        say(f"This file was imported into {result.catalogue} already; nothing has changed.")
        return
    if result.resumed_at:
        say(f"An interrupted import was taken up again after {result.resumed_at:,} rows.")
    if result.dry_run:
        say(f"Dry run: of {result.rows:,} rows {result.new:,} would be new, {result.changed:,} would change one,")
        say(f"{result.unchanged:,} are there already, {result.left_out:,} would be left out. Nothing is imported.")
    else:
        say(f"{result.rows:,} rows: {result.new:,} new, {result.changed:,} changed, {result.unchanged:,} same,")
        say(f"{result.left_out:,} left out (of these {result.duplicates:,} repeat an earlier row).")
    if result.not_in_file:
        say(f"{result.not_in_file:,} items of the catalogue are not in this file. Nothing was deleted.")
    if result.rules:
        reasons = {trouble.rule: trouble.why for trouble in reversed(result.first)}
        say("")
        print_table(
            "What was noticed",
            ("rule", "times", "outcome", "for instance"),
            [(rule, f"{times:,}", outcome, reasons.get(rule, "")) for rule, outcome, times in result.rules],
        )
        say("")
        print_table(
            "The first of them",
            ("line", "column", "rule", "value", "looks like"),
            [(t.line, t.column, t.rule, _shown(t.value), _shown(t.suggestion)) for t in result.first[:10]],
        )
        say("")
    for what, path in (
        ("All of them", result.errors_file),
        ("The rows left out, to correct and import again", result.rejected_file),
        ("The items that are not in the file", result.absent_file),
    ):
        if path:
            say(f"{what}: {path}")
    if result.conflicts:
        say(f"{result.conflicts:,} codes are claimed by two owners: tacenda catalogue conflicts")


def _sample(text: str) -> str:
    """A cell on one line, cut to `SAMPLE_CHARACTERS`."""
    line = " ".join(text.split())
    return line if len(line) <= SAMPLE_CHARACTERS else line[: SAMPLE_CHARACTERS - 1] + "…"


def _shown(text: str) -> str:
    """Text from a stranger's file as a terminal may show it: no control letters, no change of direction."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:80])


@command.command("list")
@json_option
@click.pass_obj
def list_command(workspace: str, as_json: bool) -> None:
    """List the catalogues of this desk.

    \b
    Example:
      tacenda catalogue list
    """
    found = use_cases.catalogues(open_desk(Path(workspace)))
    if as_json:
        print_json([asdict(info) for info in found])
    elif not found:
        say("There is no catalogue yet. Import one: tacenda catalogue import songs.csv")
    else:
        rows = [(c.id, c.title, c.owner, claims_words(c.layers), f"{c.items:,}") for c in found]
        print_table("", ("catalogue", "title", "owner", "claims", "items"), rows)


@command.command("conflicts")
@click.option("--limit", default=use_cases.MOST_CONFLICTS, show_default=True, help="Show at most so many.")
@json_option
@click.pass_obj
def conflicts_command(workspace: str, limit: int, as_json: bool) -> None:
    """Show recordings and works that two owners list. Both claims stand.

    \b
    Example:
      tacenda catalogue conflicts --json
    """
    found = use_cases.conflicts(open_desk(Path(workspace)), limit)
    if as_json:
        print_json([asdict(one) for one in found])
    elif not found:
        say("No recording or work is claimed by two owners.")
    else:
        rows = [(one.identifier, ", ".join(one.owners), ", ".join(one.items)) for one in found]
        print_table("", ("identifier", "owners", "items"), rows)


@command.command("template")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), default="catalogue.csv")
@click.option("--overwrite", is_flag=True, help="Replace a file of that name.")
def template_command(file: Path, overwrite: bool) -> None:
    """Write an empty table to fill in, for someone with forty songs.

    \b
    Example:
      tacenda catalogue template my-songs.csv
    """
    use_cases.save_template(file, overwrite=overwrite)
    say(f"Wrote {file}. Fill in what you know; a title and an artist are enough.")
    print_table("", ("column", "what to write"), TEMPLATE)


@command.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--catalogue", metavar="ID", default="", help="Which one.  [default: the only one]")
@click.option("--overwrite", is_flag=True, help="Replace a file of that name.")
@json_option
@click.pass_obj
def export_command(workspace: str, file: Path, catalogue: str, overwrite: bool, as_json: bool) -> None:
    """Write a catalogue as CSV, to be edited and imported again without loss.

    Cells that a spreadsheet would take for a formula get an apostrophe in front, which the import takes off again.

    \b
    Example:
      tacenda catalogue export back-catalogue.csv --catalogue back-catalogue
    """
    done = use_cases.export_catalogue(open_desk(Path(workspace)), file, catalogue, overwrite=overwrite)
    if as_json:
        print_json(asdict(done))
    else:
        say(f"Wrote {done.items:,} items of {done.catalogue} to {done.path}.")
