"""`tacenda snapshot`: compile, sign and verify the snapshot that screening reads."""

from pathlib import Path
from typing import Any, Final

import click

from tacenda.app import snapshot as snapshots
from tacenda.app.desk import SETTINGS_FILE, Desk
from tacenda.app.evidence import read_vkey
from tacenda.app.workspace import open_desk
from tacenda.cli.output import json_option, print_json, print_table, progress, report_error, say
from tacenda.snapshot.manifest import Manifest

AT: Final = "%Y-%m-%dT%H:%M:%SZ"
VKEY: Final = click.option(
    "--vkey", default="", help="The maker's verifier key, or a file that holds it. [in a workspace: its own]"
)


@click.group()
def command() -> None:
    """Compile, sign and verify the snapshot that screening reads.

    A snapshot is a folder of signed files with everything that an answer rests on. It can be copied anywhere and
    needs no database and no network. It names its recordings and works, labels, owners, reservations, licences
    and licensees; it holds no lyrics and no audio.

    \b
    Example:
      tacenda snapshot build
      tacenda snapshot verify snapshots/S-000001 --vkey keys/signing.vkey
    """


@command.command("build")
@click.option(
    "--valid-days",
    type=click.IntRange(1, snapshots.MAX_VALID_DAYS),
    default=snapshots.VALID_DAYS,
    show_default=True,
    help="For how many days its answers count as current.",
)
@json_option
@click.pass_obj
def build(workspace: str, valid_days: int, as_json: bool) -> None:
    """Compile and sign a new snapshot of everything on the desk.

    \b
    Example:
      tacenda snapshot build --valid-days 14
    """
    desk = open_desk(Path(workspace))
    with progress("building the snapshot") as report:
        built = snapshots.build(desk, valid_days=valid_days, report=report)
    manifest = built.manifest
    if as_json:
        print_json(_document(manifest) | {"path": str(built.folder), "entry": built.record.entry})
        return
    say(f"Built {manifest.id}: {manifest.items:,} items in {manifest.groups:,} rights groups.")
    say(
        f"It is in {built.folder}, valid until {manifest.valid_until.isoformat()}, log entry {built.record.entry}."
    )
    say(f"Anyone verifies it with: tacenda snapshot verify {built.folder} --vkey {desk.signer.verifier_key}")


@command.command("verify")
@click.argument("path", default="latest", metavar="[PATH]")
@VKEY
@json_option
@click.pass_obj
@click.pass_context
def verify(ctx: click.Context, workspace: str, path: str, vkey: str, as_json: bool) -> None:
    """Check every byte of a snapshot, and who signed it.

    PATH is a folder, an id of this workspace, or `latest`. Outside a workspace give --vkey: without it, damage is
    noticed but not forgery. Exit code 7 when something is wrong.

    \b
    Example:
      tacenda snapshot verify snapshots/S-000001 --vkey keys/signing.vkey
    """
    desk = _desk(workspace)
    folder = snapshots.resolve(desk, path)
    key = _vkey(vkey, desk)
    flaws = snapshots.flaws(folder, key)
    if as_json:
        document: dict[str, Any] = {"path": str(folder), "holds": not flaws, "key": key}
        print_json(document | {"flaws": [flaw.as_dict() for flaw in flaws]})
    else:
        for flaw in flaws:
            report_error(flaw)
    if flaws:
        ctx.exit(flaws[0].exit_code)
    if not as_json:
        manifest = snapshots.manifest_of(folder, key)
        say(f"{manifest.id} holds: {len(manifest.files)} files, {manifest.items:,} items, every byte as listed.")
        if key:
            say(f"Signed by {key.partition('+')[0]}.")
        else:
            say("No --vkey was given: it is undamaged, but who made it was not checked.")


@command.command("show")
@click.argument("path", default="latest", metavar="[PATH]")
@VKEY
@json_option
@click.pass_obj
def show(workspace: str, path: str, vkey: str, as_json: bool) -> None:
    """Show what a snapshot says of itself. Its files are not checked.

    \b
    Example:
      tacenda snapshot show latest
    """
    desk = _desk(workspace)
    manifest = snapshots.manifest_of(snapshots.resolve(desk, path), _vkey(vkey, desk))
    if as_json:
        print_json(_document(manifest))
        return
    rows = [(name.replace("_", " "), value) for name, value in _document(manifest).items() if name != "keys"]
    print_table("", ("", ""), rows)
    print_table("Keys", ("class", "entries"), sorted(manifest.keys.items()))
    files = [(entry.name, f"{entry.size:,}", entry.sha256[:16] + "…") for entry in manifest.files]
    print_table("Files", ("file", "bytes", "SHA-256"), files)


@command.command("list")
@json_option
@click.pass_obj
def list_snapshots(workspace: str, as_json: bool) -> None:
    """List the workspace's snapshots, oldest first.

    \b
    Example:
      tacenda snapshot list --json
    """
    lines = snapshots.snapshots(open_desk(Path(workspace)))
    if as_json:
        print_json([line.as_dict() for line in lines])
        return
    rows = [(s.id, s.created_at, s.valid_until, f"{s.items:,}", s.state, s.digest[:16] + "…") for s in lines]
    print_table("", ("snapshot", "created at", "valid until", "items", "state", "manifest SHA-256"), rows)


def _desk(workspace: str) -> Desk | None:
    """The workspace, where there is one: a snapshot is verified and shown without."""
    root = Path(workspace)
    return open_desk(root) if (root / SETTINGS_FILE).is_file() else None


def _vkey(given: str, desk: Desk | None) -> str:
    if given:
        return read_vkey(given)
    return desk.signer.verifier_key if desk is not None else ""


def _document(manifest: Manifest) -> dict[str, Any]:
    return {
        "id": manifest.id,
        "version": manifest.version,
        "created_at": manifest.created_at.strftime(AT),
        "valid_until": manifest.valid_until.isoformat(),
        "manifest_sha256": manifest.digest,
        "origin": manifest.origin,
        "log_size": manifest.log_size,
        "log_root": manifest.log_root,
        "items": manifest.items,
        "groups": manifest.groups,
        "umbrellas": manifest.umbrellas,
        "fold_version": manifest.fold_version,
        "unicode": manifest.unicode,
        "keys": dict(manifest.keys),
    }
