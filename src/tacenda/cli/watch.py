"""``tacenda publish watch``: whether what was published is still there, and still says the same."""

import sys
from pathlib import Path
from typing import Any

import click

from tacenda.app import watch as stage
from tacenda.app.desk import Desk
from tacenda.app.fetcher import open_fetcher
from tacenda.app.publish import sole_declaration
from tacenda.app.workspace import open_desk
from tacenda.cli.output import json_option, print_json, print_table, progress, say
from tacenda.errors import RemoteError


@click.command()
@click.argument("declaration", required=False)
@click.option(
    "--site", "sites", multiple=True, help="Look at this origin instead of the declared one; repeatable."
)
@click.option("--dry-run", is_flag=True, help="Show what would be fetched, and fetch nothing.")
@click.option("--history", is_flag=True, help="Show every change of state so far, and fetch nothing.")
@json_option
@click.pass_obj
def watch(
    workspace: str, /, declaration: str | None, sites: tuple[str, ...], dry_run: bool, history: bool, as_json: bool
) -> None:
    """Fetch every place where the declaration is published, and tell what is there now.

    Each place is present, drifted (with what differs), removed, unreadable or unreachable. What was seen is filed
    in the evidence log. Exit code 1 if a place drifted, was removed or cannot be read; 6 if one was only
    unreachable.

    \b
    Example:
      tacenda publish watch --dry-run
      tacenda publish watch --json
    """
    desk = open_desk(Path(workspace))
    name = declaration or sole_declaration(desk)
    if history:
        _show_history(desk, name, as_json)
        return
    look = stage.plan_look(desk, name, sites=sites)
    fetcher = open_fetcher(desk)
    if dry_run:
        _show_plan(look, fetcher.agent, as_json)
        return
    with progress("Looking") as report:
        watched = stage.watch(desk, look, fetcher, report)
    _show(watched, as_json)
    if watched.wrong:
        sys.exit(1)
    if watched.unreachable:
        sys.exit(RemoteError.exit_code)


def _show_plan(look: stage.Look, agent: str, as_json: bool) -> None:
    if as_json:
        places = [{"form": p.form.value, "url": p.url, "purpose": p.purpose.value} for p in look.places]
        print_json({**_head(look), "agent": agent, "places": places, "dry_run": True})
        return
    print_table(
        f"Places of {look.declaration.name}",
        ("form", "address", "published bytes"),
        [(p.form.value, p.url, len(p.data) or "fields") for p in look.places],
    )
    _say_remarks(look)
    say(f"Asked as {agent}, after the robots.txt of each site. Dry run: nothing was fetched.")


def _show(watched: stage.Watched, as_json: bool) -> None:
    if as_json:
        body = watched.record.body
        print_json({**_head(watched.look), **body, "wrong": watched.wrong, "entry": watched.record.entry})
        return
    print_table(
        f"Places of {watched.look.declaration.name}",
        ("form", "state", "address", "why"),
        [
            (one.place.form.value, one.verdict.state.value, one.place.url, one.verdict.why)
            for one in watched.observed
        ],
    )
    for one in watched.observed:
        if one.verdict.difference:
            say(f"\n{one.place.url}")
            say(one.verdict.difference)
        for remark in one.verdict.remarks:
            say(f"Note, {one.place.url}: {remark}")
    _say_remarks(watched.look)
    say(f"Filed as observation {watched.record.version} of {watched.record.id}, entry {watched.record.entry}.")


def _show_history(desk: Desk, name: str, as_json: bool) -> None:
    past = stage.watch_history(desk, name)
    if as_json:
        rows = [
            {"at": p.at, "form": p.form, "url": p.url, "state": p.state, "why": p.why, "entry": p.entry}
            for p in past
        ]
        print_json({"declaration": name, "history": rows})
        return
    if not past:
        say(f"{name} was never looked for.")
        return
    rows_shown = [(p.at, p.form, p.state, p.url, p.why, p.entry) for p in past]
    print_table(f"Changes of state of {name}", ("at", "form", "state", "address", "why", "entry"), rows_shown)


def _head(look: stage.Look) -> dict[str, Any]:
    return {
        "declaration": {"id": look.declaration.id, "version": look.declaration.version, "sha256": look.digest},
        "unpublished": [form.value for form in look.unpublished],
        "remarks": list(look.remarks),
    }


def _say_remarks(look: stage.Look) -> None:
    for remark in look.remarks:
        say(f"Note: {remark}")
    if look.unpublished:
        say(f"Not published, so not looked for: {', '.join(form.value for form in look.unpublished)}.")
