"""Declare, amend and withdraw rights reservations; list and show them; verify what was signed.

Each version is filed in one transaction (record and log entry), and then laid down in the workspace as
``declarations/<id>/v<n>/declaration.json`` (the canonical bytes) with ``declaration.note`` beside it: a C2SP
signed note over id, version and digest. Ed25519 signs the same text to the same bytes, so a file that was lost is
made again, byte for byte.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from tacenda.adapters.keys import known_key
from tacenda.adapters.site_files import read_file, write_file
from tacenda.app.desk import Desk
from tacenda.app.evidence import publish
from tacenda.core.canonical import canonical_bytes, sha256_hex
from tacenda.core.declaration import Declaration
from tacenda.core.documents import declaration_from_document
from tacenda.core.note import open_note
from tacenda.errors import InputError, IntegrityError
from tacenda.ports import Record, View
from tacenda.reserve.difference import Difference
from tacenda.reserve.plan import ReservePlan, Surroundings, plan_amendment, plan_declaration, plan_withdrawal
from tacenda.reserve.terms import read_terms
from tacenda.reserve.wording import load_wording

KIND: Final = "declaration"
NOTE_HEAD: Final = "tacenda declaration 1"


@dataclass(frozen=True, slots=True)
class Reserved:
    """What came of declaring, amending or withdrawing.

    Attributes:
        digest: of the document; empty after a dry run of a first declaration, whose id is not given yet.
        record: None after a dry run.
        folder: where the signed files lie; None after a dry run.
    """

    declaration: Declaration
    document: Mapping[str, Any]
    digest: str
    changes: tuple[Difference, ...]
    remarks: tuple[str, ...]
    record: Record | None = None
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest version of one declaration, and whether it is in force today."""

    declaration: Declaration
    digest: str
    entry: int
    state: str


def declare(desk: Desk, given: Mapping[str, Any], *, where: str = "", dry_run: bool = False) -> Reserved:
    """Declare a rights reservation of the workspace's rightsholder, from terms (`reserve.terms.read_terms`).

    Raises:
        InputError: ``reserve.*``.
    """
    terms = read_terms(given, where)
    with desk.store.reading() as view:
        around = _surroundings(desk, view)
    plan = plan_declaration(desk.ids.new("res"), desk.settings.rightsholder, terms, around)
    return _carry_out(desk, plan, dry_run)


def amend(
    desk: Desk, name: str, given: Mapping[str, Any], reason: str, *, where: str = "", dry_run: bool = False
) -> Reserved:
    """Make the next version of the declaration `name`; what `given` does not mention stays.

    Raises:
        InputError: ``reserve.*``.
        ConflictError: ``reserve.withdrawn``, ``reserve.same``; ``record.exists`` when someone else was faster.
    """
    terms = read_terms(given, where)
    with desk.store.reading() as view:
        around, versions = _surroundings(desk, view), _versions(view, name)
    plan = plan_amendment([declaration for declaration, _ in versions], terms, reason, around)
    return _carry_out(desk, plan, dry_run)


def withdraw(
    desk: Desk, name: str, reason: str, effective: str | None = None, *, dry_run: bool = False
) -> Reserved:
    """Withdraw the declaration `name`, from today or from a later day.

    Raises:
        InputError: ``reserve.*``.
        ConflictError: ``reserve.withdrawn``.
    """
    start = read_terms({"from": effective}).effective_from
    with desk.store.reading() as view:
        around, versions = _surroundings(desk, view), _versions(view, name)
    plan = plan_withdrawal([declaration for declaration, _ in versions], reason, start, around)
    return _carry_out(desk, plan, dry_run)


def list_declarations(desk: Desk) -> Sequence[Standing]:
    """The latest version of each declaration, by id, with its state today."""
    with desk.store.reading() as view:
        records = view.records(KIND)
    last = {record.id: record for record in records}
    today = desk.clock.now().date()
    return [_standing(record, today) for record in last.values()]


def show_declaration(desk: Desk, name: str, version: int | None = None) -> tuple[Declaration, Record]:
    """One version (the latest unless told), with its record.

    Raises:
        InputError: ``reserve.missing``.
    """
    with desk.store.reading() as view:
        versions = _versions(view, name)
    for declaration, record in versions:
        if declaration.version == version:
            return declaration, record
    if version is None:
        return versions[-1]
    raise InputError("reserve.missing", f"{name} has no version {version}.", hint=f"It has {len(versions)}.")


def current_declaration(desk: Desk) -> tuple[Declaration, Record] | None:
    """The declaration that a visitor is shown: the newest that is not withdrawn, else the newest; None if none."""
    with desk.store.reading() as view:
        last = {record.id: record for record in view.records(KIND)}
    pairs = [(declaration_from_document(record.body), record) for record in last.values()]
    standing = [pair for pair in pairs if not pair[0].withdrawn]
    return max(standing or pairs, key=lambda pair: pair[1].entry, default=None)


def verify_declaration(desk: Desk, name: str, version: int | None = None) -> Record:
    """Check one version (the latest unless told): record, canonical bytes, file, signed note and chain.

    Gives the record, if all is well.

    1. The record's body has the record's digest, and reads as a declaration of this id and version.
    2. The blob and ``declaration.json`` hold these very bytes.
    3. ``declaration.note`` is signed by the desk's key and names this id, version and digest.
    4. The version before it has the digest that `supersedes` names.

    Raises:
        IntegrityError: ``declaration.*``, naming the first thing that is wrong.
        InputError: ``reserve.missing``.
    """
    declaration, record = show_declaration(desk, name, version)
    version = record.version
    data = canonical_bytes(record.body)
    if sha256_hex(data) != record.digest or (declaration.id, declaration.version) != (name, version):
        raise _broken("record", f"The record of {declaration.name} is not what was filed.", desk.root)
    if desk.blobs.get(record.digest) != data:
        raise _broken("blob", f"The stored document of {declaration.name} is not what was filed.", desk.root)
    folder = signed_folder(desk, name, version)
    if read_file(folder, "declaration.json") != data:
        raise _broken("file", "The document is not what was signed.", folder / "declaration.json")
    check_note(read_file(folder, "declaration.note") or b"", record, desk.signer.verifier_key, str(folder))
    before = show_declaration(desk, name, version - 1)[1].digest if version > 1 else ""
    if declaration.supersedes != before:
        raise _broken("chain", f"{declaration.name} does not name the version before it.", folder)
    return record


def check_note(note: bytes, record: Record, verifier_key: str, where: str = "") -> None:
    """Check that `note` is signed by `verifier_key` and says what the record says.

    Raises:
        IntegrityError: ``declaration.note``.
    """
    try:
        opened = open_note(note, [known_key(verifier_key)])
    except InputError as error:
        raise IntegrityError("declaration.note", error.message, hint=error.hint, where=where) from error
    if opened.text != note_text(record):
        raise IntegrityError("declaration.note", "The signed note is about another document.", where=where)


def note_text(record: Record) -> str:
    """What is signed: a head that no checkpoint can have, the id, the version and the digest, a line each."""
    return f"{NOTE_HEAD}\n{record.id}\n{record.version}\n{record.digest}\n"


def signed_folder(desk: Desk, name: str, version: int) -> Path:
    return desk.root / "declarations" / name / f"v{version}"


def lay_down(desk: Desk, record: Record) -> Path:
    """Write the signed files of a version, or make them again; its folder. Changes nothing that is right."""
    folder = signed_folder(desk, record.id, record.version)
    write_file(folder, "declaration.json", canonical_bytes(record.body))
    write_file(folder, "declaration.note", desk.signer.sign_note(note_text(record)).encode())
    return folder


def read_terms_file(path: Path) -> Mapping[str, Any]:
    """Terms from a TOML or JSON file.

    Raises:
        InputError: ``reserve.file`` when it cannot be read (31 February included), with the place.
    """
    import tomllib

    try:
        data = path.read_bytes()
        if len(data) > 5_000_000:
            raise InputError("reserve.file", "The file is larger than 5 MB.", where=str(path))
        text = data.decode("utf-8")
        document = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise InputError("reserve.file", f"It cannot be read: {error}.", where=str(path)) from error
    if not isinstance(document, dict):
        raise InputError("reserve.file", "The file does not hold terms by name.", where=str(path))
    return document


def _carry_out(desk: Desk, plan: ReservePlan, dry_run: bool) -> Reserved:
    if dry_run:
        digest = "" if plan.declaration.version == 1 else plan.digest
        return Reserved(plan.declaration, plan.document, digest, plan.changes, plan.remarks)
    with desk.store.writing() as change:
        record = desk.file(change, KIND, plan.declaration.id, plan.declaration.version, dict(plan.document))
    folder = lay_down(desk, record)
    publish(desk)
    return Reserved(plan.declaration, plan.document, plan.digest, plan.changes, plan.remarks, record, folder)


def _surroundings(desk: Desk, view: View) -> Surroundings:
    owners = {catalogue.id: catalogue.owner for catalogue in view.catalogues()}
    last = {record.id: record for record in view.records(KIND)}
    return Surroundings(
        today=desk.clock.now().date(),
        parties={party.id: party for party in view.parties()},
        catalogues=frozenset(owners),
        wording=load_wording(),
        lookup_url=desk.settings.lookup_url,
        declared=tuple(declaration_from_document(record.body) for record in last.values()),
        owners=owners,
    )


def _versions(view: View, name: str) -> Sequence[tuple[Declaration, Record]]:
    found = [(declaration_from_document(r.body), r) for r in view.records(KIND) if r.id == name]
    if not found:
        raise InputError(
            "reserve.missing", f"There is no declaration {name[:60]!r}.", hint="See `tacenda reserve list`."
        )
    return found


def _standing(record: Record, today: date) -> Standing:
    declaration = declaration_from_document(record.body)
    return Standing(declaration, record.digest, record.entry, state_words(declaration, today))


def state_words(declaration: Declaration, today: date) -> str:
    """The state of a latest version, as every door says it: ``in force``, ``ends 2027-02-01`` and so on."""
    if today < declaration.effective_from:
        return f"{'ends' if declaration.withdrawn else 'takes effect'} {declaration.effective_from.isoformat()}"
    return "withdrawn" if declaration.withdrawn else "in force"


def _broken(what: str, message: str, where: Path) -> IntegrityError:
    return IntegrityError(
        f"declaration.{what}",
        message,
        hint="Keep everything as it is and call the desk's owner.",
        where=str(where),
    )
