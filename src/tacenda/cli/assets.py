"""``tacenda publish tag``: the declaration inside files of sound and pictures."""

import sys
from pathlib import Path
from typing import Final

import click

from tacenda.app import assets, bound
from tacenda.app.publish import sole_declaration
from tacenda.app.workspace import open_desk
from tacenda.cli.output import json_option, print_json, print_table, progress, say

SHOWN: Final = 20
_PEM: Final = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--declaration", help="Its id.  [default: the one that stands]")
@click.option("--in-place", is_flag=True, help="Change the files where they are.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Write the new files below this folder."
)
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--remove", is_flag=True, help="Take our fields out again.")
@click.option(
    "--c2pa", "manifest", is_flag=True, help="Also sign a C2PA manifest into MP3, FLAC, WAVE, M4A, JPEG, PNG."
)
@click.option(
    "--certificate", type=click.Path(path_type=Path, dir_okay=False), help="PEM chain for --c2pa, signer first."
)
@click.option("--key", type=_PEM, help="PEM private key for --c2pa.")
@click.option(
    "--processes", type=click.IntRange(0, 64), default=0, help="How many work at once.  [default: one a core]"
)
@json_option
@click.pass_obj
def tag(
    workspace: str,
    /,
    paths: tuple[Path, ...],
    declaration: str | None,
    in_place: bool,
    out: Path | None,
    dry_run: bool,
    remove: bool,
    manifest: bool,
    certificate: Path | None,
    key: Path | None,
    processes: int,
    as_json: bool,
) -> None:
    """Put the declaration into files of sound and pictures: FILES, and all that are known below a DIRECTORY.

    The sound stays what it was, bit for bit. A run that was broken off goes on where it was. Exit code 1 if a file
    was refused.

    \b
    Example:
      tacenda publish tag masters/ --in-place --dry-run
      tacenda publish tag masters/ --out delivery/
    """
    if in_place == (out is not None) and not (dry_run and out is None):
        raise click.UsageError("Choose --in-place, or --out with a folder.")
    if manifest != (certificate is not None and key is not None):
        raise click.UsageError("--c2pa goes with --certificate and --key.")
    if manifest and remove:
        raise click.UsageError("A C2PA manifest is put in, not taken out: --c2pa does not go with --remove.")
    desk = open_desk(Path(workspace))
    signer = assets.read_manifest_key(certificate, key) if certificate and key else None
    wish = assets.Wish(paths, out, remove, dry_run, signer, processes)
    with progress("Tagging") as report:
        done = assets.tag_assets(desk, declaration or sole_declaration(desk), wish, report)
    if as_json:
        print_json(_document(done, dry_run))
    else:
        _print(done, dry_run)
    if done.refused:
        sys.exit(1)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--declaration", help="Its id.  [default: the one that stands]")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Folder for the declarations.")
@json_option
@click.pass_obj
def bind(
    workspace: str, /, files: tuple[Path, ...], declaration: str | None, into: Path | None, as_json: bool
) -> None:
    """Make an ISCC and a signed TDM-AI usage declaration for each file. Without --into nothing is written.

    \b
    Example:
      tacenda publish bind delivery/*.flac --into delivery/declarations
    """
    desk = open_desk(Path(workspace))
    with progress("Binding") as report:
        done, record = bound.bind_assets(desk, declaration or sole_declaration(desk), files, into, report)
    if as_json:
        rows = [{"path": b.path, "datahash": b.data_hash, "declaration": b.document, "note": b.note} for b in done]
        print_json({"files": rows, "entry": record.entry if record else None})
        return
    print_table("", ("file", "ISCC", "says"), [(b.path, b.iscc, _reserved(b.document)) for b in done])
    say(f"Entry {record.entry}. Written to {into}." if record else "Nothing was written: give --into a folder.")


def _reserved(document: dict[str, object]) -> str:
    return ", ".join(f"{key}={value}" for key, value in document.items() if value == "false")


def _document(done: assets.Tagging, dry_run: bool) -> dict[str, object]:
    return {
        "declaration": done.declaration.id,
        "version": done.declaration.version,
        "act": done.act,
        "dry_run": dry_run,
        "containers": [{"container": x.container, "says": x.says, "cannot": x.cannot} for x in done.lines],
        "remarks": list(done.remarks),
        "files": [
            {
                "path": f.path,
                "container": f.container,
                "changed": f.changed,
                "original": f.original,
                "sha256": f.digest,
                "fields": list(f.fields),
                "kept": list(f.kept),
                "refused": f.code,
                "why": f.why,
            }
            for f in done.files
        ],
        "filed": done.filed,
        "entry": done.record.entry if done.record else None,
    }


def _print(done: assets.Tagging, dry_run: bool) -> None:
    used = {file.container for file in done.files}
    rows = [(x.container, x.says, x.cannot or "-") for x in done.lines if x.container in used]
    if rows:
        print_table(f"Fields of {done.declaration.name}", ("container", "says", "cannot say"), rows)
    well = [file for file in done.files if not file.refused]
    shown = [(f.path, f.container, "yes" if f.changed else "no", ", ".join(f.fields) or "-") for f in well[:SHOWN]]
    print_table("", ("file", "container", "changes" if dry_run else "changed", "ours in it"), shown)
    if len(well) > SHOWN:
        say(f"... and {len(well) - SHOWN:,} more.")
    kept = [(file.path, words) for file in well for words in file.kept]
    if kept:
        print_table("\nLeft to others", ("file", "what"), kept[:SHOWN])
    if done.refused:
        print_table("\nRefused, and left as they were", ("file", "why"), [(f.path, f.why) for f in done.refused])
    for remark in done.remarks:
        say(f"Note: {remark}")
    changed = sum(file.changed for file in well)
    if dry_run:
        say(f"Dry run: {changed:,} of {len(done.files):,} files would change; nothing was written.")
    elif done.record:
        say(f"{changed:,} of {len(done.files):,} files changed.")
        say(f"Entry {done.record.entry}" + ("." if done.filed else ": this very run was filed before."))
