"""What the public web pages say, as frozen values: the public face, and a declaration.

A door only renders these. Nothing here decides; words for people are put together here, so that no template does.
Reading is one transaction a page, so a page never shows half of a change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from tacenda.app.decide import load_facts
from tacenda.app.desk import Desk
from tacenda.core.canonical import canonical_bytes, sha256_hex
from tacenda.core.decision import Facts
from tacenda.core.declaration import ChangeKind, Clause, Declaration
from tacenda.core.documents import declaration_from_document
from tacenda.core.preference import denied
from tacenda.core.reservation import Grantor, Reservation
from tacenda.core.scope import scope_words
from tacenda.core.territory import Territory
from tacenda.core.vocabulary import ALL_USES, LAYER_TITLES, USE_TITLES, Capacity, Layer, Use, in_order
from tacenda.errors import InputError, IntegrityError
from tacenda.formats.http_headers import reservation_headers
from tacenda.ports import Record
from tacenda.publish.plan import policy_url
from tacenda.reserve.wording import load_wording
from tacenda.snapshot.opened import Snapshot

MONTHS: Final = "January February March April May June July August September October November December".split()
CAPACITIES: Final = {
    Capacity.OWNER: "as owner",
    Capacity.EXCLUSIVE_LICENSEE: "as exclusive licensee",
    Capacity.ADMINISTRATOR: "as administrator",
    Capacity.AGENT: "as agent",
    Capacity.CMO: "as collective management organisation",
}
CHANGES: Final = {
    ChangeKind.DECLARED: "Declared",
    ChangeKind.AMENDED: "Amended",
    ChangeKind.WITHDRAWN: "Withdrawn",
}


def day_text(day: date) -> str:
    """``22 November 2026``, in English whatever the locale of the machine."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def instant_text(at: datetime) -> str:
    """``22 November 2026, 10:00 UTC``."""
    utc = at.astimezone(UTC)
    return f"{day_text(utc.date())}, {utc:%H:%M} UTC"


@dataclass(frozen=True, slots=True)
class ReservationView:
    """A reservation in words.

    Attributes:
        state: ``in force``, ``announced`` (not yet), ``ended``.
        since, until: days in words; `until` is empty while nothing has ended it.
        not_reserved: uses that it leaves alone.
        grantors: who may authorise, with the layers.
    """

    id: str
    version: int
    declarant: str
    capacity: str
    scope: str
    scope_list: tuple[str, ...]
    layers: tuple[str, ...]
    uses: tuple[str, ...]
    not_reserved: tuple[str, ...]
    territory: str
    state: str
    since: str
    since_day: str
    until: str
    claimed_since: str
    grantors: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class SnapshotLine:
    """The snapshot that answers, so that a visitor knows how old the answer is.

    Attributes:
        stale: whether today is past the last day on which its publisher stands by it.
        signed: whether a known key was found to have signed it.
    """

    id: str
    digest: str
    created: str
    created_at: str
    valid_until: str
    valid_until_day: str
    stale: bool
    signed: bool
    items: int


@dataclass(frozen=True, slots=True)
class FrontPage:
    """`/`: whose reservation, over what, since when.

    Attributes:
        current: the reservations in force, then those announced.
        documents: whether each has a declaration page (not when only a snapshot is served).
    """

    name: str
    seat: str
    website: str
    current: tuple[ReservationView, ...]
    documents: bool
    snapshot: SnapshotLine | None
    today: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version in the list of a declaration's versions; `shown` marks the one on this page."""

    version: int
    change: str
    declared: str
    from_day: str
    reason: str
    digest: str
    shown: bool


@dataclass(frozen=True, slots=True)
class FileLine:
    """A published file that can be downloaded."""

    path: str
    what: str
    size: str


@dataclass(frozen=True, slots=True)
class DeclarationPage:
    """`/declaration/<id>`: one version of a declaration, how it was signed and logged, and the other versions."""

    id: str
    version: int
    title: str
    withdrawn: bool
    latest: int
    reservation: ReservationView
    declarant: str
    company_number: str
    seat: str
    affiliates: tuple[str, ...]
    mandate: str
    purposes: str
    statements: tuple[str, ...]
    clauses: tuple[Clause, ...]
    legal_bases: tuple[str, ...]
    signatory: str
    authority: str
    permission_url: str
    permission_mailbox: str
    declared: str
    change: str
    reason: str
    supersedes: str
    digest: str
    entry: int
    recorded: str
    origin: str
    verifier_key: str
    versions: tuple[VersionLine, ...]
    document: str


# ---- words --------------------------------------------------------------------------------------------------


def territory_words(territory: Territory) -> str:
    if territory.is_world:
        return "everywhere in the world"
    if territory.include is None:
        return "everywhere but in " + ", ".join(sorted(territory.exclude))
    less = f", but not in {', '.join(sorted(territory.exclude))}" if territory.exclude else ""
    return "in " + ", ".join(sorted(territory.include)) + less


def _layer_titles(layers: frozenset[Layer]) -> tuple[str, ...]:
    return tuple(LAYER_TITLES[layer] for layer in in_order(layers))


def use_titles(uses: frozenset[Use]) -> tuple[str, ...]:
    return tuple(USE_TITLES[use] for use in in_order(uses))


def reservation_view(reservation: Reservation, declarant: str, today: date) -> ReservationView:
    scope, listed = scope_words(reservation.scope)
    if reservation.in_force(today):
        state = "in force"
    else:
        state = "announced" if today < reservation.effective_from else "ended"
    return ReservationView(
        id=reservation.id,
        version=reservation.version,
        declarant=declarant,
        capacity=CAPACITIES[reservation.capacity],
        scope=scope,
        scope_list=listed,
        layers=_layer_titles(reservation.layers),
        uses=use_titles(reservation.uses),
        not_reserved=use_titles(ALL_USES - reservation.uses),
        territory=territory_words(reservation.territory),
        state=state,
        since=day_text(reservation.effective_from),
        since_day=reservation.effective_from.isoformat(),
        until=day_text(reservation.effective_to) if reservation.effective_to else "",
        claimed_since=day_text(reservation.claimed_since) if reservation.claimed_since else "",
        grantors=tuple(_grantor(grantor, reservation.layers) for grantor in reservation.grantors),
        digest=reservation.digest,
    )


def _grantor(grantor: Grantor, layers: frozenset[Layer]) -> str:
    """The grantor's name, with the layers where they are not all that are reserved."""
    if grantor.layers >= layers:
        return grantor.legal_name
    return f"{grantor.legal_name} (for {', '.join(_layer_titles(grantor.layers))})"


# ---- what the pages stand on --------------------------------------------------------------------------------


def snapshot_line(snapshot: Snapshot, today: date) -> SnapshotLine:
    manifest = snapshot.manifest
    return SnapshotLine(
        id=manifest.id,
        digest=manifest.digest,
        created=instant_text(manifest.created_at),
        created_at=manifest.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        valid_until=day_text(manifest.valid_until),
        valid_until_day=manifest.valid_until.isoformat(),
        stale=snapshot.stale(today),
        signed=bool(snapshot.signed_by),
        items=manifest.items,
    )


@dataclass(frozen=True, slots=True)
class Publication:
    """A bundle as it was filed: of which declaration, and the SHA-256 of each file by its path.

    Attributes:
        upload: paths of the files that belong on the site.
        headers: the response fields that say the same.
    """

    declaration: str
    version: int
    files: Mapping[str, str]
    upload: frozenset[str]
    headers: Mapping[str, str]


def current_publication(desk: Desk) -> Publication | None:
    """What was published last, or None."""
    with desk.store.reading() as view:
        sites = (record for record in view.records("publication") if "site" in record.body)  # not tagged files
        last = max(sites, key=lambda record: record.entry, default=None)
        if last is None:
            return None
        about = last.body["declaration"]
        wanted = [
            record.body
            for record in view.records("declaration")
            if (record.id, record.version) == (about["id"], about["version"])
        ]
    headers: dict[str, str] = {}
    for body in wanted:
        declared = declaration_from_document(body)
        if not declared.withdrawn:
            rsl = [file["path"] for file in last.body["files"] if file["path"].split("/")[-1] == "rsl.xml"]
            licence_url = f"{declared.site}/{rsl[0]}" if rsl else ""
            headers = dict(reservation_headers(denied(declared.uses), policy_url(declared), licence_url))
    return Publication(
        about["id"],
        about["version"],
        {file["path"]: file["sha256"] for file in last.body["files"]},
        frozenset(file["path"] for file in last.body["files"] if file["upload"]),
        headers,
    )


def filed_digests(desk: Desk, declaration: str, version: int) -> Mapping[str, str]:
    """SHA-256 of the files of one version as they were filed, by path; the newest publication of it counts."""
    found: dict[str, str] = {}
    with desk.store.reading() as view:
        for record in view.records("declaration"):
            if (record.id, record.version) == (declaration, version):
                found["declaration.json"] = record.digest
        for record in sorted(view.records("publication"), key=lambda r: r.entry):
            about = record.body["declaration"]
            if (about["id"], about["version"]) == (declaration, version) and "site" in record.body:
                found |= {file["path"]: file["sha256"] for file in record.body["files"]}
    return found


# ---- pages --------------------------------------------------------------------------------------------------


def front_page(desk: Desk | None, facts: Facts | None, snapshot: SnapshotLine | None, today: date) -> FrontPage:
    """The public face, from the desk, or from the facts of a snapshot when no desk is served."""
    party = None
    if desk is not None:
        with desk.store.reading() as view:
            facts = load_facts(view)
        party = facts.parties.get(desk.settings.rightsholder)
    facts = facts or Facts()
    if party is None and facts.reservations:
        party = facts.parties.get(facts.reservations[0].declarant)
    shown = [
        reservation_view(reservation, facts.legal_name(reservation.declarant), today)
        for reservation in facts.reservations
    ]
    current = [r for r in shown if r.state == "in force"] + [r for r in shown if r.state == "announced"]
    return FrontPage(
        name=party.legal_name if party else (desk.settings.rightsholder if desk else "Rights reservation"),
        seat=party.seat if party else "",
        website=party.website if party else "",
        current=tuple(current),
        documents=desk is not None,
        snapshot=snapshot,
        today=day_text(today),
    )


def declaration_page(desk: Desk, declaration_id: str, version: int | None, today: date) -> DeclarationPage:
    """One version of a declaration; the latest when `version` is None.

    Raises:
        InputError: ``declaration.unknown``.
        IntegrityError: when the record is not what was signed.
    """
    with desk.store.reading() as view:
        records = [r for r in view.records("declaration") if r.id == declaration_id]
        facts = load_facts(view)
    record = _as_signed(_version_of(records, declaration_id, version))
    declaration = declaration_from_document(record.body)
    view_of = reservation_view(
        _as_reservation(declaration, record, facts), declaration.declarant.legal_name, today
    )
    return DeclarationPage(
        id=record.id,
        version=record.version,
        title=declaration.title,
        withdrawn=declaration.withdrawn,
        latest=records[-1].version,
        reservation=view_of,
        declarant=declaration.declarant.legal_name,
        company_number=declaration.declarant.company_number,
        seat=declaration.declarant.seat,
        affiliates=declaration.declarant.affiliates,
        mandate=declaration.mandate,
        purposes=declaration.purposes,
        statements=_statements(declaration),
        clauses=declaration.clauses,
        legal_bases=_legal_bases(declaration),
        signatory=", ".join(filter(None, (declaration.signatory.name, declaration.signatory.title))),
        authority=declaration.signatory.authority,
        permission_url=declaration.permission_url,
        permission_mailbox=declaration.permission_mailbox,
        declared=day_text(declaration.declared_on),
        change=CHANGES[declaration.change],
        reason=declaration.reason,
        supersedes=declaration.supersedes,
        digest=record.digest,
        entry=record.entry,
        recorded=instant_text(record.recorded_at),
        origin=desk.signer.name,
        verifier_key=desk.signer.verifier_key,
        versions=tuple(_version_line(r, r.version == record.version) for r in records),
        document=canonical_bytes(record.body).decode("utf-8"),
    )


def _version_of(records: Sequence[Record], declaration_id: str, version: int | None) -> Record:
    for record in reversed(records):
        if version is None or record.version == version:
            return record
    raise InputError(
        "declaration.unknown",
        f"There is no declaration {declaration_id!r}." if not records else f"There is no version {version} of it.",
        hint="The first page lists the declarations in force.",
    )


def _as_signed(record: Record) -> Record:
    if sha256_hex(canonical_bytes(record.body)) != record.digest:
        raise IntegrityError(
            "declaration.changed",
            f"Version {record.version} of {record.id} is not what was signed.",
            hint="Run `tacenda evidence verify` and restore the record from a backup.",
        )
    return record


def _as_reservation(declaration: Declaration, record: Record, facts: Facts) -> Reservation:
    """The reservation of this version with its end; a withdrawal, or a version that never held, as it stands."""
    for reservation in facts.reservations:
        if (reservation.id, reservation.version) == (record.id, record.version):
            return reservation
    d = declaration
    return Reservation(
        id=d.id,
        version=d.version,
        declarant=d.declarant.party,
        scope=d.scope,
        layers=d.layers,
        uses=d.uses,
        effective_from=d.effective_from,
        claimed_since=d.claimed_since,
        territory=d.territory,
        capacity=d.capacity,
        grantors=d.grantors,
        digest=record.digest,
    )


def _legal_bases(declaration: Declaration) -> tuple[str, ...]:
    """Each profile by its title where this version ships it, and the day from which its facts are."""
    wording = load_wording()
    profiles = ((wording.profile(basis), basis) for basis in declaration.legal_bases)
    return tuple(f"{p.title if p else b.profile.upper()}, as of {day_text(b.as_of)}" for p, b in profiles)


def _statements(declaration: Declaration) -> tuple[str, ...]:
    said = (
        (declaration.source_neutral, "It holds whatever copy is used, and wherever that copy was found."),
        (declaration.silence_is_no_licence, "Silence, access or earlier terms are no licence."),
        (declaration.research_not_reserved, "Mining for scientific research (Article 3 CDSM) is not reserved."),
    )
    return tuple(text for is_said, text in said if is_said)


def _version_line(record: Record, shown: bool) -> VersionLine:
    body = record.body
    declared, from_day = (date.fromisoformat(body[name]) for name in ("declared_on", "effective_from"))
    return VersionLine(
        version=record.version,
        change=CHANGES[ChangeKind(body["change"])],
        declared=day_text(declared),
        from_day=day_text(from_day),
        reason=body["reason"],
        digest=record.digest,
        shown=shown,
    )
