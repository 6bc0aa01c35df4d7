"""`tacenda init`: make a workspace."""

from pathlib import Path
from typing import Any

import click

from tacenda.app.desk import SETTINGS_FILE
from tacenda.app.workspace import DEFAULT_DATABASE, init_workspace
from tacenda.cli.output import json_option, print_json, say
from tacenda.cli.party import party_of, party_options


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False))
@party_options
@click.option("--database", default=DEFAULT_DATABASE, show_default=True, help="SQLite file or PostgreSQL, by URL.")
@click.option(
    "--origin", help="Name of the evidence log; from the website or the id when not given. Never changes."
)
@json_option
@click.pass_obj
def command(
    workspace: str, /, folder: str | None, database: str, origin: str | None, as_json: bool, **words: Any
) -> None:
    """Make a workspace for one rightsholder: its database, its signing key, its evidence log.

    DIR is the folder to make it in; without it, the workspace of `tacenda --workspace`.

    \b
    Example:
      tacenda init lark --name "Lark & Linden Music" --seat DE --website https://lark.example \\
          --contact rights@lark.example --isrc-prefix DEA12 --label "Lark & Linden"
      tacenda init lark --name "Lark & Linden Music" --database postgresql://lark@db.example/lark
    """
    root = Path(folder or workspace)
    desk = init_workspace(root, rightsholder=party_of(words), database=database, origin=origin)
    if as_json:
        print_json(
            {
                "workspace": str(root),
                "rightsholder": desk.settings.rightsholder,
                "origin": desk.settings.origin,
                "verifier_key": desk.signer.verifier_key,
            }
        )
        return
    say(f"The workspace of {desk.settings.rightsholder} is in {root.resolve()}.")
    say(f"  settings      {root / SETTINGS_FILE}")
    say(f"  log           {desk.settings.origin}")
    click.echo(f"  verifier key  {desk.signer.verifier_key}")  # whole, to be copied
    say("Keep a copy of the folder keys/ in a safe place: who has the signing key can sign as you.")
    say(f"Next: tacenda --workspace {root} catalogue import FILE")
