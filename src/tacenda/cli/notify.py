"""``tacenda notify``: choose recipients, plan a campaign, render its letters."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from tacenda.app import notify
from tacenda.app.notify import Notified, Wish
from tacenda.app.workspace import open_desk
from tacenda.cli.output import json_option, print_json, print_table, progress, say
from tacenda.core.recipient import RecipientKind
from tacenda.formats.letter.index import Row
from tacenda.notify.deadline import Term

KINDS: Final = [kind.value for kind in RecipientKind]
SHOWN_HELD: Final = 20

_kind_option = click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(KINDS), metavar="KIND", help=f"One of {', '.join(KINDS)}."
)
_OPTIONS: Final = (
    click.option("--declaration", required=True, metavar="ID", help="Which declaration is notified."),
    click.option("--campaign", default="", metavar="NAME", help="Name of the campaign.  [default: ID-vVERSION]"),
    _kind_option,
    click.option("--only", default="", metavar="A,B", help="Only these recipients, by id."),
    click.option("--exclude", default="", metavar="A,B", help="Leave these recipients out, by id."),
    click.option("--limit", type=click.IntRange(1), help="At most so many letters, by recipient id."),
    click.option("--working-days", type=click.IntRange(1, 400), default=15, show_default=True,
                 help="Term for the reply; a campaign that exists keeps its own."),
)  # fmt: skip


def _campaign_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@click.group()
def command() -> None:
    """Choose recipients and render their letters as PDF. Nothing is sent.

    \b
    Example:
      tacenda notify render --declaration res-20261122-a7hbah22ph --campaign first-notice
    """


@command.command()
@_kind_option
@json_option
@click.pass_obj
def recipients(workspace: str, kinds: tuple[str, ...], as_json: bool) -> None:
    """List the directory of recipients (the workspace's own recipients.csv, or the one that ships).

    \b
    Example:
      tacenda notify recipients --kind ai_music_generator
    """
    root = Path(workspace)
    desk = open_desk(root) if (root / "tacenda.toml").is_file() else None
    wanted = tuple(RecipientKind(kind) for kind in kinds)
    found = notify.list_recipients(desk, wanted)
    if as_json:
        print_json([_recipient_document(recipient) for recipient in found])
        return
    print_table(
        "",
        ("id", "name", "kind", "seat", "letter", "held back"),
        [
            (r.id, r.name, r.kind.value, r.hq_country, v.value if (v := r.variant()) else "none",
             r.suppression.value if r.suppression else "")
            for r in found
        ],
    )  # fmt: skip
    say(f"{len(found)} recipients.")


@command.command()
@_campaign_options
@json_option
@click.pass_obj
def plan(workspace: str, /, as_json: bool, **options: Any) -> None:
    """Show who would be written to, by when they are asked to reply, and who is held back and why.

    \b
    Example:
      tacenda notify plan --declaration res-20261122-a7hbah22ph --kind ai_music_generator
    """
    _report(notify.plan_letters(open_desk(Path(workspace)), _wish(options)), as_json)


@command.command()
@_campaign_options
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the files.  [default: letters/NAME]",
)
@click.option("--dry-run", is_flag=True, help="Show the plan, and make nothing.")
@json_option
@click.pass_obj
def render(workspace: str, /, out: Path | None, dry_run: bool, as_json: bool, **options: Any) -> None:
    """Make one PDF letter a recipient, log each, and list them in index.csv. Nothing is sent.

    The same campaign again gives the same files and no new entry in the log.

    \b
    Example:
      tacenda notify render --declaration res-20261122-a7hbah22ph --campaign first-notice --only suno,spotify
    """
    desk = open_desk(Path(workspace))
    if dry_run:
        _report(notify.plan_letters(desk, _wish(options)), as_json)
        return
    with progress("Rendering letters") as report:
        done = notify.render_letters(desk, _wish(options), out=out, report=report)
    _report(done, as_json)


def _wish(options: dict[str, Any]) -> Wish:
    return Wish(
        declaration=options["declaration"],
        campaign=options["campaign"],
        kinds=tuple(RecipientKind(kind) for kind in options["kinds"]),
        only=_names(options["only"]),
        exclude=_names(options["exclude"]),
        limit=options["limit"],
        term=Term(options["working_days"]),
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _report(done: Notified, as_json: bool) -> None:
    campaign = done.campaign
    if as_json:
        print_json(
            {
                "campaign": campaign.name,
                "declaration": {"id": campaign.declaration, "version": campaign.declaration_version},
                "folder": str(done.folder) if done.folder else None,
                "made": done.made,
                "kept": done.kept,
                "sent": 0,
                "letters": [_row_document(row) for row in done.rows if row.state != "held"],
                "held": [_row_document(row) for row in done.held],
            }
        )
        return
    letters = [row for row in done.rows if row.state != "held"]
    print_table(
        f"Campaign {campaign.name}: {campaign.declaration}, version {campaign.declaration_version}",
        ("reference", "recipient", "letter", "reply by", "state"),
        [(row.reference, row.name, row.variant, row.reply_by, row.state) for row in letters],
    )
    if done.held:
        print_table(
            "Held",
            ("recipient", "code", "reason"),
            [(row.name, row.code, row.reason) for row in done.held[:SHOWN_HELD]],
        )
        if len(done.held) > SHOWN_HELD:
            say(f"... and {len(done.held) - SHOWN_HELD} more.")
    if done.unpublished:
        say("The declaration is not published yet: run `tacenda publish write` before letters are made.")
    if done.folder is None:
        say(f"{len(letters)} letters planned, {len(done.held)} recipients held. Nothing was made or sent.")
    else:
        counts = f"{done.made} letters made, {done.kept} were there already, {len(done.held)} recipients held"
        say(f"{counts}. Nothing was sent.")
        say(f"They are in {done.folder}, listed in index.csv; what was held is in held.csv.")


def _row_document(row: Row) -> dict[str, str]:
    return {name: getattr(row, name) for name in row.__slots__ if getattr(row, name)}


def _recipient_document(recipient: Any) -> dict[str, Any]:
    return {name: getattr(recipient, name) for name in recipient.__slots__}
