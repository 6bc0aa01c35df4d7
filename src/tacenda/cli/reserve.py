"""``tacenda reserve``: declare, amend and withdraw rights reservations."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from tacenda.app import reserve
from tacenda.app.workspace import open_desk
from tacenda.cli.output import json_option, print_json, print_table, say
from tacenda.core.declaration import Declaration
from tacenda.core.documents import scope_to_document
from tacenda.core.scope import Scope, scope_words
from tacenda.core.vocabulary import LAYER_TITLES, USE_TITLES, in_order
from tacenda.reserve.change_words import change_words

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def _term(*names: str, help: str, **more: Any) -> Callable[[bool], Decorator]:
    """An option for a term. Its default is said only when declaring: amending keeps what is not mentioned."""

    def option(amending: bool) -> Decorator:
        said = help.partition("  [default:")[0] if amending else help
        return click.option(*names, help=said, **more)

    return option


_TERMS = (
    _term("--scope", multiple=True, help="all, catalogue:ID, label:NAME, isrc-prefix:QZABC, ipi:NUMBER, "
          "isrc:CODE … Repeat for several of one kind.  [default: all]"),
    _term("--list", "listed", type=click.Path(path_type=Path, exists=True, dir_okay=False),
          help="File with one identifier a line (isrc:…, iswc:…, gtin:…), as the scope."),
    _term("--layers", help="Comma-separated.  [default: all but likeness]"),
    _term("--uses", help="Comma-separated.  [default: all but search]"),
    _term("--territory", help="WORLD,-US or DE,AT,CH.  [default: WORLD]"),
    _term("--from", "from_", metavar="DATE", help="First day, YYYY-MM-DD; today unless given."),
    _term("--claimed-since", metavar="DATE", help="Earlier day, stated but not proven."),
    _term("--title", help="Title of the document."),
    _term("--purposes", help="Statement of purposes, instead of the shipped one."),
    _term("--capacity", help="owner, exclusive_licensee, administrator, agent or cmo.  [default: owner]"),
    _term("--mandate", help="Reference of the mandate, for all but owners."),
    _term("--affiliate", "affiliates", multiple=True, help="For whom else: a name or a description."),
    _term("--grantor", multiple=True, help="PARTY or PARTY:recording,performance: who may authorise.  "
          "[default: the declarant]"),
    _term("--contact", multiple=True, help="Mailbox or https address for permission requests."),
    _term("--lookup", help="https address where one work can be looked up."),
    _term("--site", help="https address of the site where it is published.  [default: the party's]"),
    _term("--legal-bases", help="Jurisdiction profiles, comma-separated.  [default: all shipped]"),
    _term("--signatory", help='"Name; Title; Authority".'),
    _term("--file", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False),
          help="TOML or JSON file with the same terms; options win over it."),
    _term("--dry-run", is_flag=True, help="Show what would be signed, and sign nothing."),
)  # fmt: skip


def _terms(*, amending: bool = False) -> Decorator:
    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        function = json_option(function)
        for option in reversed(_TERMS):
            function = option(amending)(function)
        return function

    return decorate


@click.group()
def command() -> None:
    """Declare, amend and withdraw rights reservations.

    A declaration is signed, logged, and never silently changed: a change makes a new version.

    \b
    Example:
      tacenda reserve declare --contact rights@lark.example \\
        --signatory "Mara Lind; Director; sole representation"
    """


@command.command()
@_terms()
@click.pass_obj
def declare(workspace: str, /, file: Path | None, dry_run: bool, as_json: bool, **options: Any) -> None:
    """Declare a rights reservation of the workspace's rightsholder.

    One declaration has one kind of scope; several values of that kind are allowed. Two kinds are two declarations.

    \b
    Example:
      tacenda reserve declare --scope label:"Lark Records" --territory WORLD,-US \\
        --contact rights@lark.example --signatory "Mara Lind; Director; sole representation" --dry-run
    """
    given, where = _given(file, options)
    _report(reserve.declare(open_desk(Path(workspace)), given, where=where, dry_run=dry_run), as_json)


@command.command()
@click.argument("declaration")
@_terms(amending=True)
@click.option("--reason", required=True, help="Why it is amended; part of the signed document.")
@click.pass_obj
def amend(
    workspace: str,
    /,
    declaration: str,
    reason: str,
    file: Path | None,
    dry_run: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Make a new version; what is not mentioned stays as it was.

    \b
    Example:
      tacenda reserve amend res-20261122-a7hbah22ph --uses tdm,train,rag_input --reason "Retrieval added" --dry-run
    """
    given, where = _given(file, options)
    desk = open_desk(Path(workspace))
    _report(reserve.amend(desk, declaration, given, reason, where=where, dry_run=dry_run), as_json)


@command.command()
@click.argument("declaration")
@click.option("--reason", required=True, help="Why it is withdrawn; part of the signed document.")
@click.option("--from", "from_", metavar="DATE", help="First day on which it no longer holds.  [default: today]")
@click.option("--dry-run", is_flag=True, help="Show what would be signed, and sign nothing.")
@json_option
@click.pass_obj
def withdraw(
    workspace: str, declaration: str, reason: str, from_: str | None, dry_run: bool, as_json: bool
) -> None:
    """Withdraw a declaration. It does not come back; declare anew instead.

    \b
    Example:
      tacenda reserve withdraw res-20261122-a7hbah22ph --reason "Catalogue sold" --from 2027-01-01
    """
    _report(reserve.withdraw(open_desk(Path(workspace)), declaration, reason, from_, dry_run=dry_run), as_json)


@command.command("list")
@json_option
@click.pass_obj
def list_(workspace: str, as_json: bool) -> None:
    """List declarations: the latest version of each, and its state today.

    \b
    Example:
      tacenda reserve list
    """
    standing = reserve.list_declarations(open_desk(Path(workspace)))
    if as_json:
        print_json(
            [
                {
                    "id": s.declaration.id,
                    "version": s.declaration.version,
                    "state": s.state,
                    "scope": scope_to_document(s.declaration.scope),
                    "sha256": s.digest,
                    "entry": s.entry,
                }
                for s in standing
            ]
        )
        return
    rows = [
        (s.declaration.id, s.declaration.version, s.state, scope_line(s.declaration.scope), s.digest[:16], s.entry)
        for s in standing
    ]
    print_table("", ("id", "version", "state", "scope", "sha256", "entry"), rows)


@command.command()
@click.argument("declaration")
@click.option("--version", "version", type=int, help="Version.  [default: the latest]")
@click.option("--text", "as_text", is_flag=True, help="The clauses in full.")
@json_option
@click.pass_obj
def show(workspace: str, declaration: str, version: int | None, as_text: bool, as_json: bool) -> None:
    """Show one version of a declaration: its terms, its text, or the signed document.

    \b
    Example:
      tacenda reserve show res-20261122-a7hbah22ph --text
    """
    shown, record = reserve.show_declaration(open_desk(Path(workspace)), declaration, version)
    if as_json:
        print_json(record.body)
        return
    _print_terms(shown, record.digest, record.entry)
    if as_text:
        say("")
        say(f"Purposes. {shown.purposes}")
        for clause in shown.clauses:
            say(f"\n{clause.heading}. {clause.text}")


@command.command()
@click.argument("declaration")
@click.option("--version", "version", type=int, help="Version.  [default: the latest]")
@json_option
@click.pass_obj
def verify(workspace: str, declaration: str, version: int | None, as_json: bool) -> None:
    """Verify the document, the signed note and the chain of one version.

    \b
    Example:
      tacenda reserve verify res-20261122-a7hbah22ph --version 1
    """
    record = reserve.verify_declaration(open_desk(Path(workspace)), declaration, version)
    if as_json:
        print_json(
            {
                "id": record.id,
                "version": record.version,
                "sha256": record.digest,
                "entry": record.entry,
                "well": True,
            }
        )
        return
    say(f"{record.id} version {record.version} is what was signed: SHA-256 {record.digest}, entry {record.entry}.")


def _given(file: Path | None, options: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The terms of the file, with those of the options over them."""
    given = dict(reserve.read_terms_file(file)) if file else {}
    named = {"from_": "from", "claimed_since": "claimed-since", "legal_bases": "legal-bases"}
    listed: Path | None = options["listed"]
    for key, value in options.items():
        if value not in (None, ()) and key != "listed":
            given[named.get(key, key)] = list(value) if isinstance(value, tuple) else value
    if listed:
        lines = listed.read_text(encoding="utf-8-sig", errors="replace").splitlines()
        given["scope"] = [*given.get("scope", []), *(line.strip() for line in lines if line.strip())]
    return given, str(file or "")


def _report(done: reserve.Reserved, as_json: bool) -> None:
    d = done.declaration
    if as_json:
        print_json(
            {
                "id": d.id if done.digest else None,
                "version": d.version,
                "change": d.change.value,
                "sha256": done.digest or None,
                "entry": done.record.entry if done.record else None,
                "folder": str(done.folder) if done.folder else None,
                "dry_run": done.record is None,
                "changes": [{"path": c.path, "before": c.before, "after": c.after} for c in done.changes],
                "remarks": list(done.remarks),
                "document": done.document,
            }
        )
        return
    _print_terms(d, done.digest, done.record.entry if done.record else None)
    if done.changes:
        print_table("\nWhat changes", ("field", "change"), [change_words(change) for change in done.changes])
    for remark in done.remarks:
        say(f"Note: {remark}")
    if done.record is None:
        say("Dry run: nothing was signed." + ("" if done.digest else " The id is given when it is."))
    else:
        say(f"Signed and filed as entry {done.record.entry}; the document and its note lie in {done.folder}.")


def _print_terms(d: Declaration, digest: str, entry: int | None) -> None:
    who = d.declarant.legal_name + (f" ({d.declarant.company_number})" if d.declarant.company_number else "")
    rows = [
        ("declaration", f"{d.id if digest else 'new,'} version {d.version} ({d.change.value})"),
        ("declarant", who),
        ("capacity", d.capacity.value + (f", mandate {d.mandate}" if d.mandate else "")),
        ("scope", scope_line(d.scope)),
        ("layers", ", ".join(LAYER_TITLES[layer] for layer in in_order(d.layers))),
        ("uses", ", ".join(USE_TITLES[use] for use in in_order(d.uses))),
        ("territory", " ".join(d.territory.as_words())),
        ("no longer from" if d.withdrawn else "from", d.effective_from.isoformat()),
        ("claimed since", d.claimed_since.isoformat() if d.claimed_since else ""),
        ("grantors", ", ".join(g.legal_name for g in d.grantors)),
        ("contact", " ".join(filter(None, (d.permission_mailbox, d.permission_url)))),
        ("signatory", f"{d.signatory.name}, {d.signatory.title} ({d.signatory.authority})"),
        ("reason", d.reason),
        ("sha256", digest),
        ("entry", "" if entry is None else str(entry)),
    ]
    print_table("", ("", ""), [row for row in rows if row[1]])


def scope_line(scope: Scope) -> str:
    """A scope on one line: what it is, and the first ten that it names."""
    phrase, values = scope_words(scope)
    return phrase + (": " + ", ".join(values[:10]) if values else "") + (" …" if len(values) > 10 else "")
