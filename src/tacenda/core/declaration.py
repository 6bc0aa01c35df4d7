"""A declaration: the signed document by which someone reserves rights, in every version of its life.

``declared`` makes version 1, ``amended`` the next one, ``withdrawn`` the last. No version is ever changed: each
names the digest of the one before it (`supersedes`), so that a chain of versions can be followed by anyone.

Law is not in here. A version refers to dated jurisdiction profiles (`LegalBasis`), and carries its clauses word
for word with the id and version of the text they came from, so that what was signed can be read in twenty years
without this program.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from tacenda.core.reservation import Grantor, Reservation
from tacenda.core.scope import Scope
from tacenda.core.territory import WORLD, Territory
from tacenda.core.vocabulary import Capacity, Layer, Use


class ChangeKind(StrEnum):
    """What a version does to the declaration."""

    DECLARED = "declared"
    AMENDED = "amended"
    WITHDRAWN = "withdrawn"


class FormKind(StrEnum):
    """The forms in which a declaration is published."""

    PAGE = "page"
    DOCUMENT = "document"
    ROBOTS = "robots"
    TDMREP = "tdmrep"
    TDM_POLICY = "tdm_policy"
    HTTP_HEADERS = "http_headers"
    APACHE = "apache"
    CADDY = "caddy"
    HEADERS_FILE = "headers_file"
    RSL = "rsl"
    AI_TXT = "ai_txt"
    HTML_HEAD = "html_head"
    JSON_LD = "json_ld"
    TRANSLATION = "translation"


@dataclass(frozen=True, slots=True)
class Declarant:
    """Who declares, as registered, and for whom else.

    Attributes:
        party: party id in the workspace.
        company_number, seat: empty when there is none.
        affiliates: for whom else it declares, each a party's id or legal name, or a description in words.
    """

    party: str
    legal_name: str
    company_number: str = ""
    seat: str = ""
    affiliates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class LegalBasis:
    """A pointer to a dated jurisdiction profile; the law itself is data (`tacenda.data.legal`)."""

    profile: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause as it was signed: its words, and the shipped text (id and version) that they came from."""

    id: str
    version: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class MachineForm:
    """Where one form of the declaration is expected to be found; `url` is an https address, or a site's origin."""

    kind: FormKind
    url: str


@dataclass(frozen=True, slots=True)
class Signatory:
    """The person who signs for the declarant, and by what authority."""

    name: str
    title: str
    authority: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """One version of one declaration: everything that is signed.

    Attributes:
        id, version: the id stays the same through all versions, which count from 1.
        change, reason: what this version does; a reason is required for all but the first.
        declared_on: day on which this version was made (UTC).
        effective_from: first day, inclusive, never before `declared_on`. Of a withdrawal: the first day on which
            nothing is reserved any more.
        claimed_since: an earlier day since which the declarant says that the rights were reserved; proves nothing.
        mandate: reference of the mandate when the capacity is not that of an owner, else empty.
        purposes: the statement of the purposes that are meant, in words.
        source_neutral: the reservation holds whatever copy is used and wherever it was found.
        silence_is_no_licence: silence, access or earlier terms are no licence.
        research_not_reserved: acknowledges that research mining (Article 3 CDSM) cannot be reserved.
        grantors: the one exception: who may authorise specifically and in writing, and for which layers.
        language: BCP 47 tag of the language of reference.
        site: origin where it is published, such as ``https://lark.example``, or empty.
        permission_url, permission_mailbox: how to ask; at least one is filled.
        lookup_url: where one work can be looked up, or empty.
        supersedes: SHA-256 of the canonical bytes of the version before, hex; empty for the first.
    """

    id: str
    version: int
    change: ChangeKind
    title: str
    declarant: Declarant
    capacity: Capacity
    scope: Scope
    layers: frozenset[Layer]
    uses: frozenset[Use]
    purposes: str
    declared_on: date
    effective_from: date
    signatory: Signatory
    claimed_since: date | None = None
    mandate: str = ""
    territory: Territory = WORLD
    source_neutral: bool = True
    silence_is_no_licence: bool = True
    research_not_reserved: bool = True
    legal_bases: tuple[LegalBasis, ...] = ()
    grantors: tuple[Grantor, ...] = ()
    clauses: tuple[Clause, ...] = ()
    language: str = "en"
    site: str = ""
    machine_forms: tuple[MachineForm, ...] = ()
    permission_url: str = ""
    permission_mailbox: str = ""
    lookup_url: str = ""
    supersedes: str = ""
    reason: str = ""

    @property
    def name(self) -> str:
        return f"{self.id} version {self.version}"

    @property
    def withdrawn(self) -> bool:
        return self.change is ChangeKind.WITHDRAWN

    def form_url(self, kind: FormKind) -> str:
        """Where the form is expected, or empty."""
        return next((form.url for form in self.machine_forms if form.kind is kind), "")


def to_reservations(versions: Iterable[tuple[Declaration, str]]) -> tuple[Reservation, ...]:
    """The declarations, each with the digest of its document, as the decision sees them; by (id, version).

    A version holds until the day before the next one (or the withdrawal) takes effect. One that was replaced or
    withdrawn before it took effect never held, and is left out. A `claimed_since` that a kept version states as
    the version before it did is not repeated: the days before are spoken for already, and the days between the
    two are days on which the earlier version is proven. Affiliates stand as the declaration names them; see
    `tacenda.core.party.party_ids` for those who are on record.
    """
    by_id: dict[str, list[tuple[Declaration, str]]] = {}
    for declaration, digest in versions:
        by_id.setdefault(declaration.id, []).append((declaration, digest))
    made: list[Reservation] = []
    for name in sorted(by_id):
        made += _of_one(sorted(by_id[name], key=lambda pair: pair[0].version))
    return tuple(made)


def _of_one(versions: Sequence[tuple[Declaration, str]]) -> list[Reservation]:
    kept: list[Reservation] = []
    for place, (declaration, digest) in enumerate(versions):
        if declaration.withdrawn:
            continue
        later = [following.effective_from for following, _ in versions[place + 1 :]]
        until = min(later) - timedelta(days=1) if later else None
        if until is not None and until < declaration.effective_from:
            continue
        reservation = _reservation(declaration, digest, until)
        if any(earlier.claimed_since == reservation.claimed_since for earlier in kept):
            reservation = replace(reservation, claimed_since=None)
        kept.append(reservation)
    return kept


def _reservation(declaration: Declaration, digest: str, until: date | None) -> Reservation:
    return Reservation(
        id=declaration.id,
        version=declaration.version,
        declarant=declaration.declarant.party,
        affiliates=declaration.declarant.affiliates,
        scope=declaration.scope,
        layers=declaration.layers,
        uses=declaration.uses,
        effective_from=declaration.effective_from,
        effective_to=until,
        claimed_since=declaration.claimed_since,
        territory=declaration.territory,
        capacity=declaration.capacity,
        grantors=declaration.grantors,
        digest=digest,
    )
