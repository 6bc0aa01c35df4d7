"""``tacenda publish``: the declaration as a page and in machine-readable forms."""

import sys
from pathlib import Path

import click

from tacenda.app import publish
from tacenda.app.desk import Desk
from tacenda.app.reserve import current_declaration
from tacenda.app.workspace import open_desk
from tacenda.cli.output import json_option, print_json, print_table, say
from tacenda.core.preference import Dimension
from tacenda.errors import ConflictError
from tacenda.publish.readback import Mismatch, Reading

_version = click.option("--version", "version", type=int, help="Version.  [default: the latest]")
_declaration = click.argument("declaration", required=False)


@click.group()
def command() -> None:
    """Write the declaration as a page and in machine-readable forms, and read it back.

    DECLARATION may be left out where the workspace has a single one that stands.

    \b
    Example:
      tacenda publish write --into /srv/www/lark.example --dry-run
    """


@command.command()
@_declaration
@_version
@json_option
@click.pass_obj
def plan(workspace: str, /, declaration: str | None, version: int | None, as_json: bool) -> None:
    """Show what would go where, and what each form can and cannot say. Writes nothing.

    \b
    Example:
      tacenda publish plan
    """
    desk = open_desk(Path(workspace))
    bundle = publish.plan_publication(desk, declaration or _only(desk), version)
    if as_json:
        print_json(
            {
                "declaration": bundle.declaration.id,
                "version": bundle.declaration.version,
                "forms": [
                    {"form": f.form.value, "path": f.path, "url": f.url, "can": f.can, "cannot": f.cannot}
                    for f in bundle.lines
                ],
                "files": [{"path": f.path, "sha256": f.digest, "upload": f.upload} for f in bundle.files],
                "remarks": list(bundle.remarks),
            }
        )
        return
    rows = [(f.path, f.can, f.cannot) for f in bundle.lines]
    print_table(f"Publication of {bundle.declaration.name}", ("file", "says", "cannot say"), rows)
    for remark in bundle.remarks:
        say(f"Note: {remark}")


@command.command()
@_declaration
@_version
@click.option(
    "--into",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Root of the site: join our lines to the files that are there.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@json_option
@click.pass_obj
def write(
    workspace: str,
    /,
    declaration: str | None,
    version: int | None,
    into: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Write the bundle, after reading it back; and join it to a site.

    The same version again gives the same bytes and files nothing.

    \b
    Example:
      tacenda publish write --into /srv/www/lark.example --dry-run
    """  # fmt: skip
    desk = open_desk(Path(workspace))
    done = publish.write_publication(desk, declaration or _only(desk), version, into=into, dry_run=dry_run)
    if as_json:
        print_json(
            {
                "declaration": done.bundle.declaration.id,
                "version": done.bundle.declaration.version,
                "folder": str(done.folder),
                "files": [{"path": f.path, "sha256": f.digest} for f in done.bundle.files],
                "read_back": [reading.document() for reading in done.readings],
                "filed": done.filed,
                "entry": done.record.entry if done.record else None,
                "site": [{"path": c.path, "diff": c.difference()} for c in done.site],
                "dry_run": dry_run,
            }
        )
        return
    print_table("", ("file", "bytes", "sha256"), [(f.path, len(f.data), f.digest[:16]) for f in done.bundle.files])
    _print_readings(done.readings)
    for change in done.site:
        say("")
        say(f"new file {change.path}" if change.before is None else change.difference().rstrip("\n"))
    for remark in done.bundle.remarks:
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
    checked = publish.check_publication(desk, declaration or _only(desk), version, root=root)
    if as_json:
        print_json(
            {
                "well": not checked.mismatches,
                "read_back": [reading.document() for reading in checked.readings],
                "mismatches": [{"form": m.form.value, "token": m.token, "why": m.why} for m in checked.mismatches],
            }
        )
    else:
        _print_readings(checked.readings)
        _print_mismatches(checked.mismatches)
    if checked.mismatches:
        sys.exit(1)


def _only(desk: Desk) -> str:
    found = current_declaration(desk)
    if found is None:
        raise ConflictError(
            "publish.nothing", "Nothing was declared yet.", hint="Declare with `tacenda reserve declare`."
        )
    return found[0].id


def _print_readings(readings: tuple[Reading, ...]) -> None:
    """What was read, crawlers that are read alike on one line."""
    together: dict[tuple[str, ...], list[Reading]] = {}
    for reading in readings:
        says = tuple(reading.says[dimension].value for dimension in Dimension)
        together.setdefault((reading.form.value, *says), []).append(reading)
    rows = []
    for key, alike in together.items():
        tokens = [reading.token for reading in alike if reading.token]
        who = "everyone" if not tokens else tokens[0] + (f" and {len(tokens) - 1} more" if len(tokens) > 1 else "")
        rows.append((key[0], who, *key[1:]))
    print_table("\nRead back", ("form", "to", *(dimension.value for dimension in Dimension)), rows)


def _print_mismatches(mismatches: tuple[Mismatch, ...]) -> None:
    if not mismatches:
        say("It says what was declared.")
        return
    print_table("\nNot as declared", ("form", "to", "why"), [(m.form.value, m.token, m.why) for m in mismatches])
