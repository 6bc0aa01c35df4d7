"""``tacenda publish``: the declaration as a page and in machine-readable forms."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from tacenda.app import publish
from tacenda.app.workspace import open_desk
from tacenda.cli.assets import bind, tag
from tacenda.cli.output import json_option, print_json, print_table, say
from tacenda.cli.watch import watch
from tacenda.core.declaration import FormKind
from tacenda.core.preference import Dimension
from tacenda.errors import InputError
from tacenda.publish.bundle import Bundle, told_by_none
from tacenda.publish.forms import parse_forms
from tacenda.publish.readback import Mismatch, Reading
from tacenda.publish.site import SERVERS, parse_site

_version = click.option("--version", "version", type=int, help="Version.  [default: the latest]")
_declaration = click.argument("declaration", required=False)
_forms = click.option(
    "--forms",
    metavar="NAMES",
    help="Only these forms, such as robots,tdmrep,nginx.  [default: all that can say it]",
)
_description = click.option(
    "--site-description",
    "description",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A site.toml: which paths, hosts and files it reaches, and the web server.  [default: the whole site]",
)


def _reach_options(command: Callable[..., Any]) -> Callable[..., Any]:
    return _forms(_description(command))


@click.group()
def command() -> None:
    """Write the declaration as a page and in machine-readable forms, and read it back.

    DECLARATION may be left out where the workspace has a single one that stands.

    \b
    Example:
      tacenda publish write --into /srv/www/lark.example --dry-run
    """


command.add_command(tag)
command.add_command(bind)


@command.command()
@_declaration
@_version
@_reach_options
@click.option(
    "--into",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Root of the site: say too what its own lines mean for ours.",
)
@json_option
@click.pass_obj
def plan(
    workspace: str,
    /,
    declaration: str | None,
    version: int | None,
    forms: str | None,
    description: Path | None,
    into: Path | None,
    as_json: bool,
) -> None:
    """Show what would go where, and what each form can and cannot say. Writes nothing.

    \b
    Example:
      tacenda publish plan --forms robots,tdmrep,rsl,nginx
    """  # fmt: skip
    desk = open_desk(Path(workspace))
    reach = _reach(forms, description)
    named = declaration or publish.sole_declaration(desk)
    bundle = publish.plan_publication(desk, named, version, reach=reach)
    remarks = bundle.remarks
    if into:
        joined = publish.write_publication(desk, named, version, into=into, reach=reach, dry_run=True)
        remarks = (*joined.remarks, *remarks)
    if as_json:
        print_json({**_plan_document(bundle), "remarks": list(remarks)})
        return
    rows = [(line.path, line.can, line.cannot) for line in bundle.lines]
    print_table(f"Publication of {bundle.declaration.name}", ("file", "says", "cannot say"), rows)
    _print_denials(bundle)
    if bundle.left_out:
        not_written = [(form.value, why) for form, why in bundle.left_out.items()]
        print_table("\nNot written", ("form", "because"), not_written)
    for remark in remarks:
        say(f"Note: {remark}")


@command.command()
@_declaration
@_version
@_reach_options
@click.option(
    "--into",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Root of the site: join our lines to the files that are there.",
)
@click.option(
    "--config",
    "configs",
    multiple=True,
    metavar="SERVER=FILE",
    help="Keep our block in this configuration: nginx=, apache= or caddy=. May be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@json_option
@click.pass_obj
def write(
    workspace: str,
    /,
    declaration: str | None,
    version: int | None,
    forms: str | None,
    description: Path | None,
    into: Path | None,
    configs: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Write the bundle, after reading it back; and join it to a site and its web server's configuration.

    The same version again gives the same bytes and files nothing.

    \b
    Example:
      tacenda publish write --into /srv/www/lark.example --config nginx=/etc/nginx/snippets/rights.conf --dry-run
    """  # fmt: skip
    desk = open_desk(Path(workspace))
    done = publish.write_publication(
        desk,
        declaration or publish.sole_declaration(desk),
        version,
        into=into,
        configs=_configs(configs),
        reach=_reach(forms, description),
        dry_run=dry_run,
    )
    if as_json:
        print_json(_written_document(done, dry_run))
        return
    print_table("", ("file", "bytes", "sha256"), [(f.path, len(f.data), f.digest[:16]) for f in done.bundle.files])
    _print_readings(done.readings)
    for change in done.site:
        say("")
        say(f"new file {change.path}" if change.before is None else change.difference().rstrip("\n"))
    for remark in (*done.remarks, *done.bundle.remarks):
        say(f"Note: {remark}")
    if dry_run:
        say("Dry run: nothing was written.")
    elif done.record:
        say(f"Written to {done.folder}" + (f" and joined to {into}" if into else "") + ".")
        say(f"Entry {done.record.entry}" + ("." if done.filed else ": this very publication was filed before."))


@command.command()
@_declaration
@_version
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Root of the site to check, instead of the bundle's folder.",
)
@json_option
@click.pass_obj
def check(
    workspace: str, /, declaration: str | None, version: int | None, root: Path | None, as_json: bool
) -> None:
    """Read a published bundle back and compare it with the declaration. Exit code 1 if it says something else.

    \b
    Example:
      tacenda publish check --root /srv/www/lark.example
    """  # fmt: skip
    desk = open_desk(Path(workspace))
    checked = publish.check_publication(desk, declaration or publish.sole_declaration(desk), version, root=root)
    if as_json:
        print_json(
            {
                "well": not checked.mismatches,
                "read_back": [reading.document() for reading in checked.readings],
                "mismatches": [{"form": m.form.value, "token": m.token, "why": m.why} for m in checked.mismatches],
                "remarks": list(checked.remarks),
            }
        )
    else:
        _print_readings(checked.readings)
        _print_mismatches(checked.mismatches)
        for remark in checked.remarks:
            say(f"Note: {remark}")
    if checked.mismatches:
        sys.exit(1)


command.add_command(watch)


def _reach(forms: str | None, description: Path | None) -> publish.Reach:
    return publish.Reach(
        parse_site(description.read_bytes()) if description else publish.EVERYTHING.site,
        parse_forms(forms) if forms else None,
    )


def _configs(words: tuple[str, ...]) -> dict[FormKind, Path]:
    found: dict[FormKind, Path] = {}
    for word in words:
        name, _, path = word.partition("=")
        kind = SERVERS.get(name)
        if kind is None or not path:
            raise InputError(
                "publish.config",
                f"{word[:80]!r} names no configuration.",
                hint="Such as nginx=/etc/nginx/rights.conf.",
            )
        found[kind] = Path(path)
    return found


def _plan_document(bundle: Bundle) -> dict[str, Any]:
    return {
        "declaration": bundle.declaration.id,
        "version": bundle.declaration.version,
        "forms": [
            {
                "form": line.form.value,
                "path": line.path,
                "url": line.url,
                "can": line.can,
                "cannot": line.cannot,
                "denies": sorted(dimension.value for dimension in line.denies),
                "unsaid": [use.value for use in line.unsaid],
            }
            for line in bundle.lines
        ],
        "not_written": {form.value: why for form, why in bundle.left_out.items()},
        "files": [{"path": f.path, "sha256": f.digest, "upload": f.upload} for f in bundle.files],
    }


def _written_document(done: publish.Published, dry_run: bool) -> dict[str, Any]:
    return {
        "declaration": done.bundle.declaration.id,
        "version": done.bundle.declaration.version,
        "folder": str(done.folder),
        "files": [{"path": f.path, "sha256": f.digest} for f in done.bundle.files],
        "read_back": [reading.document() for reading in done.readings],
        "filed": done.filed,
        "entry": done.record.entry if done.record else None,
        "site": [{"path": c.path, "diff": c.difference()} for c in done.site],
        "remarks": [*done.remarks, *done.bundle.remarks],
        "dry_run": dry_run,
    }


def _print_denials(bundle: Bundle) -> None:
    """What each form tells machines, forms that are alike on one line."""
    together: dict[tuple[str, str], list[str]] = {}
    common = told_by_none(bundle.lines)
    for line in bundle.lines:
        if line.denies:
            denies = ", ".join(dimension.value for dimension in Dimension if dimension in line.denies)
            silent = ", ".join(use.value for use in line.unsaid if use not in common)
            names = together.setdefault((denies, silent), [])
            names += [] if line.form.value in names else [line.form.value]
    rows = [(", ".join(names), *key) for key, names in together.items()]
    print_table("\nOf what is declared", ("forms", "tell machines: deny", "leave unsaid"), rows)


def _who(tokens: list[str]) -> str:
    """To whom: everyone, a crawler by its name, or the number of crawlers."""
    crawlers = list(dict.fromkeys(token for token in tokens if token))
    everyone = ["everyone"] if "" in tokens else []
    named = crawlers if len(crawlers) < 2 else [f"{len(crawlers)} crawlers"]
    return " and ".join(everyone + named)


def _print_readings(readings: tuple[Reading, ...]) -> None:
    """What was read, crawlers that are read alike on one line."""
    together: dict[tuple[str, ...], list[Reading]] = {}
    for reading in readings:
        says = tuple(reading.says[dimension].value for dimension in Dimension)
        together.setdefault((reading.form.value, *says), []).append(reading)
    rows = []
    for key, alike in together.items():
        rows.append((key[0], _who([reading.token for reading in alike]), *key[1:]))
    print_table("\nRead back", ("form", "to", *(dimension.value for dimension in Dimension)), rows)


def _print_mismatches(mismatches: tuple[Mismatch, ...]) -> None:
    """One line for each form: to whom, crawlers summed, and every reason once."""
    if not mismatches:
        say("It says what was declared.")
        return
    together: dict[FormKind, list[Mismatch]] = {}
    for mismatch in mismatches:
        together.setdefault(mismatch.form, []).append(mismatch)
    rows = []
    for form, alike in together.items():
        who = _who([each.token for each in alike])
        rows.append((form.value, who, "; ".join(dict.fromkeys(each.why for each in alike))))
    print_table("\nNot as declared", ("form", "to", "why"), rows)
