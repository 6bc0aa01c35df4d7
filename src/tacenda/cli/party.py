"""`tacenda party`: owners, publishers, licensees."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from tacenda.app.party import add_party, find_party, id_from_name, list_parties
from tacenda.app.workspace import open_desk
from tacenda.cli.output import json_option, print_json, print_table, say
from tacenda.core.documents import party_to_document
from tacenda.core.party import Party, PartyKind

LABELS: Final = {
    "legal_name": "legal name",
    "company_number": "company number",
    "isrc_prefixes": "ISRC prefixes",
    "ipi_name_numbers": "IPI name numbers",
    "aliases": "also known as",
}


def party_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that describe a party; `party_of` makes one of them."""
    options = [
        click.option("--name", required=True, help="Legal name, as registered."),
        click.option("--id", "party_id", help="Short and stable id; made from the name when not given."),
        click.option("--person", is_flag=True, help="A natural person, not an organisation."),
        click.option("--company-number", default="", help="Registration number, with its register."),
        click.option("--seat", default="", metavar="CC", help="Country of the registered seat, such as DE."),
        click.option("--website", default="", metavar="URL", help="Such as https://lark.example."),
        click.option("--contact", default="", help="Mailbox or web address for permission requests."),
        click.option(
            "--isrc-prefix", "isrc_prefixes", multiple=True, help="Five characters, such as DEA12; repeatable."
        ),
        click.option(
            "--ipi", "ipi_name_numbers", metavar="NUMBER", multiple=True, help="IPI name number; repeatable."
        ),
        click.option("--label", "labels", multiple=True, help="Label it releases on; repeatable."),
        click.option("--alias", "aliases", multiple=True, help="Other name it is known under; repeatable."),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def party_of(words: dict[str, Any]) -> Party:
    """The party that the words of `party_options` describe."""
    name, party_id, person = words.pop("name"), words.pop("party_id"), words.pop("person")
    kind = PartyKind.PERSON if person else PartyKind.ORGANISATION
    return Party(id=party_id or id_from_name(name), legal_name=name, kind=kind, **words)


@click.group()
def command() -> None:
    """Add and list parties: owners, publishers, licensees.

    \b
    Example:
      tacenda party add --name "Northlight AI Inc." --seat US
      tacenda party list
    """


@command.command("add")
@party_options
@click.option("--replace", is_flag=True, help="Amend the party with this id; the old version stays in the log.")
@json_option
@click.pass_obj
def add(workspace: str, /, replace: bool, as_json: bool, **words: Any) -> None:
    """Add a party, or amend one with --replace. Each version is entered in the evidence log.

    \b
    Example:
      tacenda party add --name "Wren Recordings Ltd" --seat GB --isrc-prefix GBABC --label "Wren"
    """
    party = add_party(open_desk(Path(workspace)), party_of(words), replace=replace)
    if as_json:
        print_json(party_to_document(party))
    else:
        say(f"{party.legal_name} is kept as {party.id}.")


@command.command("list")
@json_option
@click.pass_obj
def list_command(workspace: str, /, as_json: bool) -> None:
    """List all parties.

    \b
    Example:
      tacenda party list --json
    """
    parties = list_parties(open_desk(Path(workspace)))
    if as_json:
        print_json([party_to_document(party) for party in parties])
        return
    rows = [(p.id, p.legal_name, p.seat, ", ".join(p.isrc_prefixes), ", ".join(p.labels)) for p in parties]
    print_table("", ("id", "legal name", "seat", "ISRC prefixes", "labels"), rows)


@command.command("show")
@click.argument("party_id", metavar="ID")
@json_option
@click.pass_obj
def show(workspace: str, /, party_id: str, as_json: bool) -> None:
    """Show one party with everything that is known of it.

    \b
    Example:
      tacenda party show lark-and-linden
    """
    document = party_to_document(find_party(open_desk(Path(workspace)), party_id))
    if as_json:
        print_json(document)
        return
    for name, value in document.items():
        if value and name != "format":
            say(f"{LABELS.get(name, name):<16}  {', '.join(value) if isinstance(value, list) else value}")
