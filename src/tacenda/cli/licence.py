"""``tacenda licence``: record, amend and revoke licences."""

from pathlib import Path
from typing import Any

import click

from tacenda.app import licence
from tacenda.app.workspace import open_desk
from tacenda.cli.output import json_option, print_json, print_table, say
from tacenda.cli.reserve import scope_line
from tacenda.core.vocabulary import in_order
from tacenda.licensing.deed import Deed

_OPTIONS = (
    click.option("--grantor", help="Party id of who grants."),
    click.option("--grantee", help="Party id of who may use."),
    click.option("--uses", help="Comma-separated; exactly these are permitted."),
    click.option("--layers", help="Comma-separated; exactly these are licensed."),
    click.option("--scope", multiple=True, help="As for `tacenda reserve declare`.  [default: all]"),
    click.option("--models", multiple=True, help="Name of a model it is limited to; repeat for several."),
    click.option("--any-model", is_flag=True, default=None, help="The paper says that it holds for any model."),
    click.option("--territory", help="WORLD,-US or DE,AT,CH.  [default: WORLD]"),
    click.option("--from", "from_", metavar="DATE", help="First day.  [default: today]"),
    click.option("--to", metavar="DATE", help="Last day, inclusive."),
    click.option("--signed-on", metavar="DATE", help="Day that the paper bears; needed without --document."),
    click.option("--affiliate", "affiliates", multiple=True, help="Party id of an affiliate that it covers."),
    click.option("--document", type=click.Path(path_type=Path, exists=True, dir_okay=False),
                 help="The signed paper; kept by its digest."),
    click.option("--dry-run", is_flag=True, help="Show what would be filed, and file nothing."),
    json_option,
)  # fmt: skip


def _terms(function: Any) -> Any:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@click.group()
def command() -> None:
    """Record and revoke licences, which lift a reservation exactly as far as they go.

    \b
    Example:
      tacenda licence record --grantor lark-and-linden --grantee brightwave --uses train_generative \\
        --layers recording,performance --models "Brightwave 2" --from 2026-12-01 --to 2028-11-30 \\
        --signed-on 2026-11-02 --document contract.pdf
    """


@command.command()
@_terms
@click.pass_obj
def record(workspace: str, /, document: Path | None, dry_run: bool, as_json: bool, **options: Any) -> None:
    """Record a licence that was granted in writing.

    \b
    Example:
      tacenda licence record --grantor lark-and-linden --grantee brightwave --uses finetune \\
        --layers recording --any-model --signed-on 2026-11-02 --document contract.pdf
    """
    filed = licence.record_licence(open_desk(Path(workspace)), _given(options), paper=document, dry_run=dry_run)
    _report(filed, as_json)


@command.command()
@click.argument("licence_id", metavar="LICENCE")
@_terms
@click.option("--applies-from", metavar="DATE", help="First day of the new terms.  [default: today]")
@click.option("--reason", required=True, help="Why it is amended.")
@click.pass_obj
def amend(
    workspace: str,
    /,
    licence_id: str,
    reason: str,
    applies_from: str | None,
    document: Path | None,
    dry_run: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Make a new version of a licence; what is not mentioned stays.

    \b
    Example:
      tacenda licence amend lic-20261122-a8mq5rbj9f --models "Brightwave 3" \\
        --signed-on 2026-11-20 --reason "New model licensed"
    """
    filed = licence.amend_licence(
        open_desk(Path(workspace)),
        licence_id,
        _given(options),
        reason,
        applies_from=applies_from,
        paper=document,
        dry_run=dry_run,
    )
    _report(filed, as_json)


@command.command()
@click.argument("licence_id", metavar="LICENCE")
@click.option(
    "--from", "from_", metavar="DATE", help="First day on which it permits nothing new.  [default: today]"
)
@click.option("--reason", required=True, help="Why it is revoked.")
@click.option("--dry-run", is_flag=True, help="Show what would be filed, and file nothing.")
@json_option
@click.pass_obj
def revoke(
    workspace: str, /, licence_id: str, from_: str | None, reason: str, dry_run: bool, as_json: bool
) -> None:
    """Revoke a licence: from that day it permits no new act.

    \b
    Example:
      tacenda licence revoke lic-20261122-a8mq5rbj9f --from 2027-01-01 --reason "Fees not paid"
    """
    desk = open_desk(Path(workspace))
    _report(licence.revoke_licence(desk, licence_id, reason, revoked_from=from_, dry_run=dry_run), as_json)


@command.command("list")
@json_option
@click.pass_obj
def list_(workspace: str, as_json: bool) -> None:
    """List licences: the latest version of each, and its state today.

    \b
    Example:
      tacenda licence list
    """
    listed = licence.list_licences(open_desk(Path(workspace)))
    if as_json:
        print_json([{"state": state, "sha256": filed.digest, **filed.body} for _, filed, state in listed])
        return
    rows = [
        (
            deed.licence.id,
            deed.licence.version,
            state,
            deed.licence.grantor,
            deed.licence.grantee,
            ", ".join(use.value for use in in_order(deed.licence.uses)),
            deed.licence.valid_from.isoformat(),
            deed.licence.valid_to.isoformat() if deed.licence.valid_to else "",
        )
        for deed, _, state in listed
    ]
    print_table("", ("id", "version", "state", "grantor", "grantee", "uses", "from", "to"), rows)


@command.command()
@click.argument("licence_id", metavar="LICENCE")
@click.option("--version", "version", type=int, help="Version.  [default: the latest]")
@json_option
@click.pass_obj
def show(workspace: str, /, licence_id: str, version: int | None, as_json: bool) -> None:
    """Show one version of a licence.

    \b
    Example:
      tacenda licence show lic-20261122-a8mq5rbj9f
    """
    deed, filed = licence.show_licence(open_desk(Path(workspace)), licence_id, version)
    if as_json:
        print_json(filed.body)
    else:
        _print(deed)
        say(f"SHA-256 {filed.digest}, entry {filed.entry}")


def _given(options: dict[str, Any]) -> dict[str, Any]:
    named = {"from_": "from", "signed_on": "signed-on", "any_model": "any-model"}
    return {named.get(key, key): value for key, value in options.items() if value not in (None, ())}


def _report(filed: licence.Filed, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "id": filed.deed.licence.id,
                "version": filed.deed.licence.version,
                "kind": filed.deed.kind.value,
                "applies_from": filed.deed.applies_from.isoformat(),
                "sha256": filed.record.digest if filed.record else None,
                "entry": filed.record.entry if filed.record else None,
                "dry_run": filed.record is None,
            }
        )
        return
    _print(filed.deed)
    if filed.record is None:
        say("Dry run: nothing was filed.")
    else:
        say(f"Filed as entry {filed.record.entry}, SHA-256 {filed.record.digest}.")


def _print(deed: Deed) -> None:
    held = deed.licence
    rows = [
        ("licence", f"{held.name} ({deed.kind.value}, applies from {deed.applies_from.isoformat()})"),
        ("grantor", held.grantor),
        ("grantee", " ".join((held.grantee, *held.affiliates))),
        ("scope", scope_line(held.scope)),
        ("layers", ", ".join(layer.value for layer in in_order(held.layers))),
        ("uses", ", ".join(use.value for use in in_order(held.uses))),
        ("models", "any" if held.models is None else ", ".join(held.models)),
        ("territory", " ".join(held.territory.as_words())),
        ("from", held.valid_from.isoformat()),
        ("to", held.valid_to.isoformat() if held.valid_to else ""),
        ("revoked from", held.revoked_from.isoformat() if held.revoked_from else ""),
        ("document", held.document_digest),
        ("reason", deed.reason),
    ]
    print_table("", ("", ""), [row for row in rows if row[1]])
