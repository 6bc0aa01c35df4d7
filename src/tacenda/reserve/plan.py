"""Planning a declaration, an amendment or a withdrawal: from terms to the document that would be signed.

Pure: today, the id, the parties and catalogues come in; a frozen plan comes out, and nothing is done. A dry run
prints the plan.

Rules of time (F18): a declaration takes effect today or later, and within ten years. A day in the past can only be
*claimed* (`claimed_since`), which proves nothing by itself.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from tacenda.core.canonical import digest_of
from tacenda.core.declaration import (
    ChangeKind,
    Clause,
    Declarant,
    Declaration,
    FormKind,
    MachineForm,
    Signatory,
)
from tacenda.core.documents import declaration_to_document
from tacenda.core.machine_forms import address, promised_forms
from tacenda.core.party import Party
from tacenda.core.reservation import Grantor
from tacenda.core.scope import AllRepertoire, OfCatalogues
from tacenda.core.territory import WORLD
from tacenda.core.vocabulary import ALL_LAYERS, RESERVED_BY_DEFAULT, Capacity, Layer, Use
from tacenda.errors import ConflictError, InputError
from tacenda.reserve.beside import foreign_marks, twins
from tacenda.reserve.difference import Difference, differences
from tacenda.reserve.terms import GrantorTerm, Terms, clean_text
from tacenda.reserve.wording import Wording

Json = dict[str, Any]

FARTHEST_YEARS: Final = 10
EARLIEST_CLAIM: Final = date(1900, 1, 1)
DEFAULT_LAYERS: Final = ALL_LAYERS - {Layer.LIKENESS}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a plan has to know of the desk.

    Attributes:
        declared: the latest version of each declaration on record.
        owners: id of the owner of each catalogue, where that is known.
    """

    today: date
    parties: Mapping[str, Party]
    catalogues: Collection[str]
    wording: Wording
    site: str = ""
    lookup_url: str = ""
    declared: Collection[Declaration] = ()
    owners: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReservePlan:
    """What would be signed.

    Attributes:
        changes: field by field against the version before; empty for a first version.
        remarks: what a person should know before signing.
    """

    declaration: Declaration
    document: Json
    digest: str
    changes: tuple[Difference, ...] = ()
    remarks: tuple[str, ...] = ()


def plan_declaration(name: str, declarant: str, terms: Terms, around: Surroundings) -> ReservePlan:
    """Version 1 of the declaration `name` by the party `declarant`.

    Defaults: all present and future repertoire, every layer but likeness (which is a person's), every use but
    search, the world, from today, the declarant itself as the only grantor.

    Raises:
        InputError: ``reserve.*`` for terms that cannot be signed.
    """
    party = _known(declarant, around, "declarant")
    layers = terms.layers or DEFAULT_LAYERS
    effective = terms.effective_from or around.today
    declared = Declaration(
        id=name,
        version=1,
        change=ChangeKind.DECLARED,
        title=terms.title or "Declaration of rights reservation",
        declarant=_declarant(party, terms.affiliates or ()),
        capacity=terms.capacity or Capacity.OWNER,
        mandate=terms.mandate or "",
        scope=terms.scope or AllRepertoire(),
        layers=layers,
        uses=terms.uses or RESERVED_BY_DEFAULT,
        purposes=terms.purposes or around.wording.clause("purposes", party.legal_name).text,
        territory=terms.territory or WORLD,
        declared_on=around.today,
        effective_from=effective,
        claimed_since=terms.claimed_since,
        legal_bases=(
            around.wording.all_bases() if terms.legal_bases is None else around.wording.bases(terms.legal_bases)
        ),
        grantors=_grantors(terms.grantors or (GrantorTerm(party.id, None),), layers, around),
        clauses=_clauses(around.wording, party.legal_name),
        language=terms.language or around.wording.language,
        site=terms.site or around.site or _site_of(party),
        permission_url=terms.permission_url or (party.contact if party.contact.startswith("https://") else ""),
        permission_mailbox=terms.permission_mailbox or (party.contact if "@" in party.contact else ""),
        lookup_url=terms.lookup_url or around.lookup_url,
        signatory=terms.signatory or _needs_signatory(),
    )
    return _checked(declared, around)


def plan_amendment(
    versions: Collection[Declaration], terms: Terms, reason: str, around: Surroundings
) -> ReservePlan:
    """The next version: what the terms say is changed, all else is kept; takes effect today unless they say when.

    Raises:
        InputError: ``reserve.*``.
        ConflictError: ``reserve.withdrawn``; ``reserve.same`` when nothing would change.
    """
    last = _last_standing(versions)
    party = _known(last.declarant.party, around, "declarant")
    layers = terms.layers or last.layers
    affiliates = last.declarant.affiliates if terms.affiliates is None else terms.affiliates
    grantors = last.grantors if terms.grantors is None else _grantors(terms.grantors, layers, around)
    amended = replace(
        last,
        version=last.version + 1,
        change=ChangeKind.AMENDED,
        reason=_reason(reason),
        supersedes=digest_of(declaration_to_document(last)),
        declarant=_declarant(party, affiliates),
        layers=layers,
        grantors=tuple(replace(g, layers=g.layers & layers) for g in grantors if g.layers & layers),
        declared_on=around.today,
        effective_from=terms.effective_from or around.today,
        clauses=_clauses(around.wording, party.legal_name),
        **_said(terms, around),
    )
    plan = _checked(amended, around, last)
    always = {"version", "change", "reason", "supersedes", "declared_on"}
    if terms.effective_from is None:
        always.add("effective_from")
    if all(change.path in always for change in plan.changes):
        raise ConflictError(
            "reserve.same", f"Nothing in {last.name} would change.", hint="Give the terms that are to change."
        )
    return plan


def _said(terms: Terms, around: Surroundings) -> Json:
    """The fields of a declaration that the terms set as they are; only those that they mention."""
    names = (
        "title", "capacity", "mandate", "scope", "uses", "purposes", "territory", "claimed_since", "language",
        "site", "permission_url", "permission_mailbox", "lookup_url", "signatory",
    )  # fmt: skip
    said = {name: getattr(terms, name) for name in names}
    if terms.legal_bases is not None:
        said["legal_bases"] = around.wording.bases(terms.legal_bases)
    return {name: value for name, value in said.items() if value is not None}


def plan_withdrawal(
    versions: Collection[Declaration], reason: str, effective: date | None, around: Surroundings
) -> ReservePlan:
    """The last version: from `effective` (today if None) nothing is reserved by this declaration any more.

    Raises:
        InputError: ``reserve.*``.
        ConflictError: ``reserve.withdrawn``.
    """
    last = _last_standing(versions)
    withdrawn = replace(
        last,
        version=last.version + 1,
        change=ChangeKind.WITHDRAWN,
        reason=_reason(reason),
        supersedes=digest_of(declaration_to_document(last)),
        declared_on=around.today,
        effective_from=effective or around.today,
        clauses=(around.wording.clause("withdrawal", last.declarant.legal_name),),
    )
    return _checked(withdrawn, around, last)


def _checked(declaration: Declaration, around: Surroundings, before: Declaration | None = None) -> ReservePlan:
    _check_days(declaration, around.today)
    if not declaration.withdrawn:
        _check_terms(declaration, around)
    complete = replace(declaration, machine_forms=_machine_forms(declaration, around, before))
    document = declaration_to_document(complete)
    changes = differences(declaration_to_document(before), document) if before else ()
    return ReservePlan(complete, document, digest_of(document), changes, _remarks(complete, around))


def _check_days(declaration: Declaration, today: date) -> None:
    effective = declaration.effective_from
    if effective < today:
        raise InputError(
            "reserve.date.past",
            f"It cannot take effect on {effective.isoformat()}, which is before today ({today.isoformat()}).",
            hint=(
                "Nothing is back-dated; leave --from out for today, or give a later day."
                if declaration.withdrawn
                else "Nothing is back-dated; state an earlier day with --claimed-since."
            ),
            where="from",
        )
    if effective.year > today.year + FARTHEST_YEARS:
        raise InputError(
            "reserve.date.far",
            f"{effective.isoformat()} is more than {FARTHEST_YEARS} years away.",
            hint="Check the year.",
            where="from",
        )
    since = declaration.claimed_since
    if since is None or declaration.withdrawn:
        return
    if not EARLIEST_CLAIM <= since < effective or since > today:
        raise InputError(
            "reserve.date.claimed",
            f"{since.isoformat()} cannot be the day since which it is claimed to be reserved.",
            hint=f"It lies between {EARLIEST_CLAIM.isoformat()} and the day before it takes effect.",
            where="claimed-since",
        )


def _check_terms(declaration: Declaration, around: Surroundings) -> None:
    if declaration.capacity is not Capacity.OWNER and not declaration.mandate:
        raise InputError(
            "reserve.mandate",
            f"Who declares as {declaration.capacity.value} names the mandate.",
            hint="Give --mandate with a reference to it.",
            where="mandate",
        )
    if not declaration.permission_url and not declaration.permission_mailbox:
        raise InputError(
            "reserve.contact",
            "Nobody could ask for permission.",
            hint="Give --contact with a mailbox or an https address.",
            where="contact",
        )
    match declaration.scope:
        case OfCatalogues(catalogues):
            unknown = sorted(set(catalogues) - set(around.catalogues))
            if unknown:
                raise InputError(
                    "reserve.catalogue",
                    f"There is no catalogue {unknown[0][:60]!r} at this desk.",
                    hint="See `tacenda catalogue list`.",
                    where="scope",
                )
        case _:
            pass


def _remarks(declaration: Declaration, around: Surroundings) -> tuple[str, ...]:
    remarks = [f"The shipped wording is {around.wording.status}."]
    if not declaration.site:
        remarks.append("No site is given, so it cannot be published before it is amended (--site).")
    if declaration.claimed_since:
        remarks.append(
            f"The claim since {declaration.claimed_since.isoformat()} proves nothing: until "
            f"{declaration.effective_from.isoformat()} the answer is Unclear, not Reserved."
        )
    if Layer.LIKENESS in declaration.layers:
        remarks.append("Likeness belongs to persons: make sure that they gave you the mandate to reserve it.")
    if Use.TDM not in declaration.uses and not declaration.withdrawn:
        remarks.append("Text and data mining is not among the uses, so the TDM forms cannot express it.")
    if not declaration.withdrawn:
        remarks += twins(declaration, around.declared)
        remarks += foreign_marks(declaration, around.parties, around.owners)
    return tuple(remarks)


def _machine_forms(
    declaration: Declaration, around: Surroundings, before: Declaration | None
) -> tuple[MachineForm, ...]:
    """Where each form that is able to express it will be found (`core.machine_forms`).

    A site has one ``rsl.xml`` at its root: it is that of the declaration that was there first. Any later one has a
    place apart, and keeps it, so that an address that was signed goes on being true.
    """
    d, root = declaration, address(declaration.site, declaration.id, FormKind.RSL)
    apart = before is not None and before.form_url(FormKind.RSL) == address(d.site, d.id, FormKind.RSL, apart=True)
    for other in around.declared:
        if other.id == d.id:
            break
        apart = apart or other.form_url(FormKind.RSL) == root
    promised = promised_forms(d.site, d.id, d.uses, withdrawn=d.withdrawn, apart=apart)
    return tuple(MachineForm(kind, url) for kind, url in promised.items())


def _clauses(wording: Wording, declarant: str) -> tuple[Clause, ...]:
    apart = ("purposes", "withdrawal")
    return tuple(wording.clause(clause.id, declarant) for clause in wording.clauses if clause.id not in apart)


def _grantors(
    terms: Collection[GrantorTerm], layers: frozenset[Layer], around: Surroundings
) -> tuple[Grantor, ...]:
    made = []
    for term in terms:
        party = _known(term.party, around, "grantor")
        mine = layers if term.layers is None else term.layers
        if not mine <= layers:
            extra = min(layer.value for layer in mine - layers)
            raise InputError(
                "reserve.grantor",
                f"{term.party} would authorise {extra}, which is not among the layers declared.",
                where="grantor",
            )
        made.append(Grantor(party.id, clean_text(party.legal_name), mine))
    return tuple(made)


def _known(name: str, around: Surroundings, role: str) -> Party:
    party = around.parties.get(name)
    if party is None:
        raise InputError(
            "reserve.party",
            f"There is no party {name[:60]!r} at this desk.",
            hint="Add it with `tacenda party add`.",
            where=role,
        )
    return party


def _declarant(party: Party, affiliates: tuple[str, ...]) -> Declarant:
    return Declarant(
        party.id, clean_text(party.legal_name), clean_text(party.company_number), party.seat, affiliates
    )


def _site_of(party: Party) -> str:
    return (
        party.website.rstrip("/") if party.website.startswith("https://") and party.website.count("/") <= 3 else ""
    )


def _needs_signatory() -> Signatory:
    raise InputError(
        "reserve.signatory",
        "A declaration is signed by a person.",
        hint='Give --signatory "Name; Title; Authority".',
        where="signatory",
    )


def _reason(reason: str) -> str:
    text = clean_text(reason)
    if not text:
        raise InputError("reserve.reason", "A change needs a reason.", hint="Give --reason.", where="reason")
    return text


def _last_standing(versions: Collection[Declaration]) -> Declaration:
    last = max(versions, key=lambda declaration: declaration.version)
    if last.withdrawn:
        raise ConflictError(
            "reserve.withdrawn",
            f"{last.id} was withdrawn by version {last.version}.",
            hint="Declare anew: a withdrawn declaration does not come back.",
        )
    return last
