"""`tacenda evidence`: list, prove and verify what was logged."""

from pathlib import Path
from typing import Final

import click

from tacenda.app import evidence
from tacenda.app.evidence import LOG, Receipt
from tacenda.app.workspace import open_desk
from tacenda.cli.output import json_option, print_json, print_table, progress, say
from tacenda.core.note import Checkpoint
from tacenda.errors import TacendaError
from tacenda.evidence.verification import Verification

AT: Final = "%Y-%m-%dT%H:%M:%SZ"
FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """List, prove and verify what was logged.

    Every declaration, publication, licence, letter, snapshot and screening is an entry in an append-only log. The
    log is a folder of static files (log/) that anyone can copy and verify with the verifier key alone.

    \b
    Example:
      tacenda evidence list
      tacenda evidence prove 3 --output declaration.tlog-proof
      tacenda evidence verify
    """


@command.command("list")
@click.option("--type", "kind", help="Only entries of this type, such as declaration.")
@click.option("--limit", type=click.IntRange(1), help="Only the latest so many.")
@json_option
@click.pass_obj
def list_entries(workspace: str, kind: str | None, limit: int | None, as_json: bool) -> None:
    """List the log's entries, oldest first.

    \b
    Example:
      tacenda evidence list --type declaration --limit 20
    """
    found = evidence.entries(open_desk(Path(workspace)), kind, limit)
    if as_json:
        print_json([entry.as_dict() for entry in found])
        return
    rows = [(e.index, e.at.strftime(AT), e.kind, e.id, e.version, e.sha256[:16] + "…") for e in found]
    print_table("", ("entry", "filed at", "type", "id", "version", "SHA-256"), rows)


@command.command("checkpoint")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Keep it in this file.")
@json_option
@click.pass_obj
def show_checkpoint(workspace: str, output: Path | None, as_json: bool) -> None:
    """Show the signed head of the log, to be kept and compared later (verify --since).

    \b
    Example:
      tacenda evidence checkpoint --output 2026-11-22.checkpoint
    """
    desk = open_desk(Path(workspace))
    head = evidence.checkpoint(desk)
    if output:
        output.write_text(head.note, encoding="utf-8", newline="\n")
    if as_json:
        print_json(_head(head) | {"vkey": desk.signer.verifier_key})
    elif output:
        say(f"Kept the checkpoint of {head.size} entries in {output}.")
    else:
        click.echo(head.note, nl=False)


@command.command("prove")
@click.argument("index", type=click.IntRange(0))
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the receipt to this file.")
@json_option
@click.pass_obj
def prove(workspace: str, index: int, output: Path | None, as_json: bool) -> None:
    """Write a receipt (.tlog-proof) that proves one entry, offline, to anyone.

    INDEX is the number of the entry in `tacenda evidence list`.

    \b
    Example:
      tacenda evidence prove 3 --output declaration.tlog-proof
    """
    desk = open_desk(Path(workspace))
    text = evidence.prove(desk, index)
    if output:
        output.write_text(text, encoding="utf-8", newline="\n")
    if as_json:
        print_json({"index": index, "vkey": desk.signer.verifier_key, "proof": text})
    elif output:
        say(f"Wrote the receipt of entry {index} to {output}.")
        vkey = desk.signer.verifier_key
        say(f"Anyone verifies it with: tacenda evidence verify --proof {output} --vkey '{vkey}'")
    else:
        click.echo(text, nl=False)


@command.command("publish")
@json_option
@click.pass_obj
def publish(workspace: str, as_json: bool) -> None:
    """Publish entries that still wait, such as after a crash. Other commands do this by themselves.

    \b
    Example:
      tacenda evidence publish
    """
    desk = open_desk(Path(workspace))
    with progress("Publishing the evidence log") as report:
        head = evidence.publish(desk, report)
    if as_json:
        print_json(_head(head))
    else:
        say(f"The log of {head.origin} holds {head.size} entries and is published.")


@command.command("verify")
@click.option("--proof", type=FILE, help="Verify this receipt instead of the workspace; needs --vkey.")
@click.option("--document", type=FILE, help="With --proof: is this the document that was logged?")
@click.option(
    "--log",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Verify this copy of a published log instead of the workspace; needs --vkey.",
)
@click.option("--since", type=FILE, help="Does the log continue the one of this older checkpoint?")
@click.option("--vkey", help="The log's verifier key, or a file that holds it. [the workspace's own]")
@json_option
@click.pass_obj
def verify(
    workspace: str,
    proof: Path | None,
    document: Path | None,
    folder: Path | None,
    since: Path | None,
    vkey: str | None,
    as_json: bool,
) -> None:
    """Verify the log, a copy of it, or one receipt, and name the first thing that is wrong.

    Ends with exit code 7 when something is not what was signed. Receipts and copies need no workspace and no
    network.

    \b
    Example:
      tacenda evidence verify
      tacenda evidence verify --since 2026-11-01.checkpoint
      tacenda evidence verify --proof declaration.tlog-proof --vkey lark.vkey --document declaration.json
    """
    if (proof or folder) and not vkey:
        raise click.UsageError("--proof and --log need --vkey: the verifier key that the log's owner published.")
    if proof and (folder or since):
        raise click.UsageError("--proof stands alone: a receipt brings its own checkpoint.")
    if document and not proof:
        raise click.UsageError("--document needs --proof.")
    if proof and vkey:
        _verify_receipt(proof, document, evidence.read_vkey(vkey), as_json)
    else:
        _verify_log(workspace, folder, since, evidence.read_vkey(vkey) if vkey else None, as_json)


def _verify_receipt(proof: Path, document: Path | None, vkey: str, as_json: bool) -> None:
    held = document.read_bytes() if document else None
    receipt = evidence.verify_receipt(evidence.read_small(proof), vkey, held)
    if as_json:
        print_json({"sound": True, "entry": receipt.entry.as_dict(), "checkpoint": _head(receipt.checkpoint)})
        return
    _print_steps(_receipt_steps(receipt))


def _receipt_steps(receipt: Receipt) -> list[str]:
    entry, head = receipt.entry, receipt.checkpoint
    document = f"{entry.kind} {entry.id}, version {entry.version}, filed at {entry.at.strftime(AT)}"
    steps = [
        f"The checkpoint of {head.origin}, {head.size} entries, is signed by {receipt.key}.",
        f"Entry {entry.index} is in that log: {document}, SHA-256 {entry.sha256}.",
    ]
    return [*steps, "The document is the one that was logged."] if receipt.document else steps


def _verify_log(workspace: str, folder: Path | None, since: Path | None, vkey: str | None, as_json: bool) -> None:
    with progress("Verifying the evidence log") as report:
        if folder and vkey:
            found = evidence.verify_folder(folder, vkey, report)
        else:
            desk = open_desk(Path(workspace))
            folder, vkey = desk.root / LOG, desk.signer.verifier_key
            found = evidence.check(desk, report)
    steps = list(found.steps)
    error: TacendaError | None = found.findings[0].error() if found.findings else None
    if since and not error:
        try:
            old, _ = evidence.verify_since(folder, vkey, evidence.read_small(since))
            steps.append(f"The log continues the checkpoint of {old.size} entries in {since}.")
        except TacendaError as wrong:
            error = wrong
    if as_json:
        print_json(_document(found, steps, error))
    else:
        _print_steps(steps)
    if error:
        raise error
    if not as_json:
        say("All of it is what was signed.")


def _document(found: Verification, steps: list[str], error: TacendaError | None) -> dict[str, object]:
    return {
        "sound": error is None and found.sound,
        "checkpoint": _head(found.checkpoint) if found.checkpoint else None,
        "waiting": found.waiting,
        "steps": steps,
        "findings": [finding.as_dict() for finding in found.findings],
        "error": error.as_dict() if error else None,
    }


def _head(head: Checkpoint) -> dict[str, object]:
    return {"origin": head.origin, "size": head.size, "root": head.root.hex(), "note": head.note}


def _print_steps(steps: list[str]) -> None:
    for number, step in enumerate(steps, 1):
        say(f"{number}. {step}")
