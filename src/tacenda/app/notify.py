"""Choose recipients, plan a campaign, render its letters. Nothing is sent: sending is another act, of another day.

What goes into a letter is fixed when it is made: the campaign's date, term, published forms and references are
filed with the first letters, and a letter that was filed is never made again but taken from the blobs. So the same
campaign again gives the same files and no new entry, and only what was held before, or is new, is added.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from tacenda.adapters.site_files import write_file
from tacenda.app.decide import load_facts
from tacenda.app.desk import Desk
from tacenda.app.evidence import publish
from tacenda.core.canonical import canonical_bytes, digest_of, sha256_hex
from tacenda.core.declaration import Declaration
from tacenda.core.documents import declaration_from_document
from tacenda.core.recipient import Recipient, RecipientKind
from tacenda.data import recipients_text
from tacenda.errors import ConflictError, InputError, IntegrityError
from tacenda.formats.letter.facts import LetterFacts, checked
from tacenda.formats.letter.index import Row, render_index
from tacenda.formats.letter.render import Job, Refusal, render_all
from tacenda.notify.campaign import (
    Campaign,
    Form,
    campaign_from_document,
    campaign_to_document,
    check_name,
    with_references,
)
from tacenda.notify.choose import Choice, Criteria, choose, licensees
from tacenda.notify.deadline import Term
from tacenda.notify.directory import Directory, parse_directory
from tacenda.notify.letters import Evidence, Sending, deadline_for, letter_facts
from tacenda.notify.wording import deadline_rule
from tacenda.ports import Change, Progress, Record, View
from tacenda.reserve.wording import load_wording

LETTER: Final = "letter"
CAMPAIGN: Final = "campaign"
LETTER_FORMAT: Final = "tacenda/letter/1"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller asks for.

    Attributes:
        campaign: name; empty for the declaration's id and version.
        kinds, only, exclude: as in `Criteria`.
        limit: at most so many letters, in the order of the recipients' ids; None for all.
        term: of a new campaign; one that exists keeps its own.
    """

    declaration: str
    campaign: str = ""
    kinds: tuple[RecipientKind, ...] = ()
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    limit: int | None = None
    term: Term = field(default_factory=Term)


@dataclass(frozen=True, slots=True)
class Notified:
    """What came of planning or rendering. Nothing was sent.

    Attributes:
        rows: the letters of this run and what was held, by recipient.
        made: how many letters were filed now; `kept` were there already.
        folder: where the files lie; None after a dry run.
    """

    campaign: Campaign
    rows: tuple[Row, ...]
    made: int = 0
    kept: int = 0
    folder: Path | None = None

    @property
    def unpublished(self) -> bool:
        """Whether the letters cite forms of which no file was published when the campaign began."""
        return not any(form.sha256 for form in self.campaign.forms)

    @property
    def held(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.state == "held")


@dataclass(frozen=True, slots=True)
class _Run:
    """What was read from the desk, and the plan made of it."""

    sending: Sending
    document: bytes
    choice: Choice
    known: Mapping[str, Record]
    filed: Record | None


def directory(desk: Desk | None = None) -> Directory:
    """The directory: the workspace's own ``recipients.csv`` where there is one, else the one that ships."""
    own = desk.root / "recipients.csv" if desk else None
    if own is None or not own.is_file():
        return parse_directory(recipients_text())
    try:
        return parse_directory(own.read_text(encoding="utf-8"), str(own))
    except UnicodeDecodeError as error:
        raise InputError(
            "directory.encoding", "The directory is not UTF-8.", hint="Save it as UTF-8.", where=str(own)
        ) from error


def list_recipients(desk: Desk | None = None, kinds: Sequence[RecipientKind] = ()) -> tuple[Recipient, ...]:
    """The recipients of these kinds (first or further), or all, by id."""
    return tuple(
        recipient
        for recipient in directory(desk).recipients
        if not kinds or any(recipient.has_role(kind) for kind in kinds)
    )


def plan_letters(desk: Desk, wish: Wish) -> Notified:
    """What `render_letters` would make: references, reply-by dates and what is held. Changes nothing.

    A character that cannot be printed is only found when the letter is made.

    Raises:
        InputError: ``notify.*``, ``campaign.name``.
        ConflictError: ``notify.withdrawn``, ``campaign.declaration``.
    """
    run = _read(desk, wish)
    rows = []
    for recipient in run.choice.chosen:
        record = run.known.get(recipient.id)
        if record is not None:
            rows.append(_row_of_record(record))
            continue
        try:
            rows.append(_row(run, recipient, checked(letter_facts(run.sending, recipient)), "planned"))
        except InputError as error:
            rows.append(_held_row(run, recipient, error))
    return Notified(run.sending.campaign, _in_order(rows + _held_rows(run)))


def render_letters(
    desk: Desk, wish: Wish, *, out: Path | None = None, processes: int = 2, report: Progress | None = None
) -> Notified:
    """Make the letters of a campaign, file them in one transaction, and write them.

    Beside them stand ``index.csv`` (all) and ``held.csv``. A letter that cannot be made is held with its reason;
    the others go on. Doing it again changes nothing.

    Args:
        out: folder for the files, instead of ``letters/<campaign>`` in the workspace.

    Raises:
        InputError: ``notify.*``, ``campaign.name``.
        ConflictError: ``notify.withdrawn``, ``.unpublished``, ``campaign.declaration``, ``campaign.changed``.
        IntegrityError: a letter that was filed is not in the blobs as it was filed.
    """
    run = _read(desk, wish)
    _check_published(run.sending.campaign)
    new = [recipient for recipient in run.choice.chosen if recipient.id not in run.known]
    by_id = {recipient.id: recipient for recipient in new}
    jobs = [Job(recipient.id, letter_facts(run.sending, recipient), run.document) for recipient in new]
    facts = {job.key: job.facts for job in jobs}
    rows = [_row_of_record(run.known[r.id]) for r in run.choice.chosen if r.id in run.known]
    kept, fresh, pdfs = len(rows), [], {}
    for done, made in enumerate(render_all(jobs, processes), 1):
        recipient = by_id[made.key]
        if made.error is not None:
            rows.append(_held_row(run, recipient, made.error))
        else:
            row = _row(run, recipient, facts[made.key], "rendered", made.sha256)
            pdfs[row.file] = made.pdf
            fresh.append((recipient, row, made.pdf))
        if report:
            report(done, len(jobs), "Rendering letters")
    _file_all(desk, run, fresh)
    rows += [row for _, row, _ in fresh] + _held_rows(run)
    result = Notified(run.sending.campaign, _in_order(rows), len(fresh), kept)
    folder = _write(desk, run, result, pdfs, out)
    return replace(result, folder=folder)


def _read(desk: Desk, wish: Wish) -> _Run:
    with desk.store.reading() as view:
        record, declaration = _declaration(view, wish.declaration)
        name = check_name(wish.campaign or f"{declaration.id}-v{declaration.version}")
        campaigns = _campaigns(view)
        filed = campaigns.pop(name, None)
        facts = load_facts(view)
        letters = {
            letter.body["recipient"]["id"]: letter
            for letter in view.records(LETTER)
            if letter.body["campaign"] == name
        }
        forms = _published_forms(view, declaration, record)
    today = desk.clock.now().date()
    if filed is None:
        campaign = Campaign(
            name, declaration.id, declaration.version, record.digest, today, wish.term, forms=forms, numbers={}
        )
    else:
        campaign = campaign_from_document(filed.body)
        _check_same(campaign, record)
    party = facts.parties.get(declaration.declarant.party)
    family = (
        declaration.declarant.legal_name,
        *declaration.declarant.affiliates,
        *(party.aliases if party else ()),
    )
    holders = licensees(facts.licences, declaration.declarant.party, declaration.uses, today)
    criteria = Criteria(frozenset(wish.kinds), wish.only, wish.exclude, family, holders)
    choice = choose(directory(desk).recipients, criteria)
    choice = replace(choice, chosen=choice.chosen[: wish.limit])
    others = [campaign_from_document(other.body) for other in campaigns.values()]
    campaign = with_references(campaign, [recipient.id for recipient in choice.chosen], others)
    evidence = Evidence(desk.settings.origin, desk.signer.verifier_key, record.entry)
    wording = load_wording()
    legal = {p.id: f"{p.title}: {'; '.join(p.references)}" for p in wording.profiles}
    sending = Sending(campaign, declaration, evidence, party.website if party else "", legal)
    return _Run(sending, canonical_bytes(record.body), choice, letters, filed)


def _declaration(view: View, name: str) -> tuple[Record, Declaration]:
    versions = [record for record in view.records("declaration") if record.id == name]
    if not versions:
        raise InputError(
            "notify.declaration", f"There is no declaration {name[:80]!r}.", hint="See `tacenda reserve list`."
        )
    declaration = declaration_from_document(versions[-1].body)
    if declaration.withdrawn:
        raise ConflictError(
            "notify.withdrawn", f"{declaration.name} withdraws the reservation.", hint="Declare anew first."
        )
    return versions[-1], declaration


def _campaigns(view: View) -> dict[str, Record]:
    """The latest version of each campaign by name."""
    return {record.id: record for record in view.records(CAMPAIGN)}


def _check_published(campaign: Campaign) -> None:
    """A letter says where the declaration is published: it is not made before there is such a publication."""
    if campaign.forms and not any(form.sha256 for form in campaign.forms):
        raise ConflictError(
            "notify.unpublished",
            f"{campaign.declaration} has not been published, and the letters would say that it has.",
            hint=f"Run `tacenda publish write {campaign.declaration}`, put its files on the site, and try again.",
        )


def _check_same(campaign: Campaign, record: Record) -> None:
    if campaign.declaration_sha256 != record.digest:
        raise ConflictError(
            "campaign.declaration",
            f"{campaign.name} is about {campaign.declaration}, version {campaign.declaration_version}.",
            hint="Choose another name with --campaign for what is declared now.",
        )


def _published_forms(view: View, declaration: Declaration, record: Record) -> tuple[Form, ...]:
    """The forms that the declaration names, with the digests of the newest publication of this version."""
    digests: dict[str, str] = {}
    for publication in view.records("publication"):
        if publication.body["declaration"]["sha256"] == record.digest and "site" in publication.body:
            site = publication.body["site"].rstrip("/")
            digests = {f"{site}/{file['path']}": file["sha256"] for file in publication.body["files"]}
    return tuple(
        Form(form.kind.value, form.url, digests.get(form.url) or digests.get(f"{form.url}index.html", ""))
        for form in declaration.machine_forms
    )


def _file_all(desk: Desk, run: _Run, fresh: Sequence[tuple[Recipient, Row, bytes]]) -> None:
    """The campaign and its new letters in one transaction; the files' bytes go to the blobs before."""
    document = campaign_to_document(run.sending.campaign)
    if not fresh and run.filed is not None and digest_of(document) == run.filed.digest:
        return
    for _, _, pdf in fresh:
        desk.blobs.put(pdf)
    with desk.store.writing() as change:
        _check_unchanged(change, run)
        version = run.filed.version if run.filed else 0
        if run.filed is None or digest_of(document) != run.filed.digest:
            desk.file(change, CAMPAIGN, run.sending.campaign.name, version + 1, document)
        for recipient, row, pdf in fresh:
            desk.file(change, LETTER, row.reference, 1, _letter_document(run, recipient, row, len(pdf)))
    publish(desk)


def _check_unchanged(change: Change, run: _Run) -> None:
    """References were given on what was read; refuse if another run has given some since."""
    now = _campaigns(change).get(run.sending.campaign.name)
    others = [
        campaign_from_document(r.body) for n, r in _campaigns(change).items() if n != run.sending.campaign.name
    ]
    mine = set((run.sending.campaign.numbers or {}).values())
    taken = {n for o in others if o.day.year == run.sending.campaign.day.year for n in (o.numbers or {}).values()}
    if (now.digest if now else "") != (run.filed.digest if run.filed else "") or mine & taken:
        raise ConflictError(
            "campaign.changed", "Another run has given references meanwhile.", hint="Run the same command again."
        )


def _letter_document(run: _Run, recipient: Recipient, row: Row, size: int) -> dict[str, Any]:
    campaign, deadline = run.sending.campaign, deadline_for(run.sending, recipient)
    return {
        "format": LETTER_FORMAT,
        "reference": row.reference,
        "campaign": campaign.name,
        "recipient": {"id": recipient.id, "name": recipient.name, "addressee": recipient.addressee},
        "variant": row.variant,
        "declaration": {
            "id": campaign.declaration,
            "version": campaign.declaration_version,
            "sha256": campaign.declaration_sha256,
        },
        "reply_by": {
            "day": row.reply_by,
            "calendar": deadline.calendar,
            "calendar_version": deadline.calendar_version,
            "rule": deadline_rule(deadline),
        },
        "pdf": {"sha256": row.sha256, "bytes": size, "file": row.file},
    }


def _write(desk: Desk, run: _Run, result: Notified, pdfs: Mapping[str, bytes], out: Path | None) -> Path:
    folder = out if out is not None else desk.folder("letters", run.sending.campaign.name)
    folder.mkdir(parents=True, exist_ok=True)
    for row in result.rows:
        if row.state == "rendered":
            pdf = pdfs.get(row.file) or _kept_pdf(desk, row)
            write_file(folder, row.file, pdf)
    write_file(folder, "index.csv", render_index(result.rows))
    write_file(folder, "held.csv", render_index(result.held))
    return folder


def _kept_pdf(desk: Desk, row: Row) -> bytes:
    pdf = desk.blobs.get(row.sha256)
    if sha256_hex(pdf) != row.sha256:
        raise IntegrityError("letter.changed", f"The letter {row.reference} is not what was filed.")
    return pdf


def _row(run: _Run, recipient: Recipient, facts: LetterFacts, state: str, sha256: str = "") -> Row:
    return Row(
        recipient=recipient.id,
        name=recipient.name,
        state=state,
        reference=facts.reference,
        variant=facts.variant.value,
        file=f"{facts.reference}-{recipient.id}.pdf",
        sha256=sha256,
        reply_by=facts.reply.date,
    )


def _row_of_record(record: Record) -> Row:
    body = record.body
    return Row(
        recipient=body["recipient"]["id"],
        name=body["recipient"]["name"],
        state="rendered",
        reference=body["reference"],
        variant=body["variant"],
        file=body["pdf"]["file"],
        sha256=body["pdf"]["sha256"],
        reply_by=body["reply_by"]["day"],
    )


def _held_row(run: _Run, recipient: Recipient, error: InputError | Refusal) -> Row:
    variant = recipient.variant()
    return Row(
        recipient=recipient.id,
        name=recipient.name,
        state="held",
        reference=run.sending.campaign.reference(recipient.id),
        variant=variant.value if variant else "",
        code=error.code,
        reason=error.message,
    )


def _held_rows(run: _Run) -> list[Row]:
    rows = []
    for held in run.choice.held:
        record = run.known.get(held.recipient.id)
        if record is not None:
            rows.append(_row_of_record(record))  # it was made before there was a reason to hold it
        else:
            rows.append(Row(held.recipient.id, held.recipient.name, "held", code=held.code, reason=held.reason))
    return rows


def _in_order(rows: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: row.recipient))
