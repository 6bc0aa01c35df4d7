"""Core records as JSON documents and back: what is signed, filed, and carried in a snapshot.

JSON types without floats. ``from(to(x)) == x`` for every record, and ``to(from(d)) == d`` for every document that
is read without an error, so reading and writing again never changes a digest. A field that is missing or not known
is refused with its path (`tacenda.core.fields`). Sets are written as lists in the order of the vocabulary (words)
or of the alphabet (codes); another order is refused.
"""

from collections.abc import Mapping
from typing import Any, Final

from tacenda.core.decision import Facts
from tacenda.core.declaration import (
    ChangeKind,
    Clause,
    Declarant,
    Declaration,
    FormKind,
    LegalBasis,
    MachineForm,
    Signatory,
)
from tacenda.core.fields import Fields
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.licence import Licence
from tacenda.core.party import Party, PartyKind
from tacenda.core.reservation import Grantor, Reservation
from tacenda.core.scope import (
    AllRepertoire,
    OfCatalogues,
    OfIpis,
    OfIsrcPrefixes,
    OfLabels,
    OfList,
    Scope,
)
from tacenda.core.territory import Territory
from tacenda.core.vocabulary import Capacity, Layer, Use, in_order
from tacenda.errors import InputError

Json = dict[str, Any]

DECLARATION_FORMAT: Final = "tacenda/declaration/1"
LICENCE_FORMAT: Final = "tacenda/licence/1"
PARTY_FORMAT: Final = "tacenda/party/1"
RESERVATION_FORMAT: Final = "tacenda/reservation/1"
FACTS_FORMAT: Final = "tacenda/facts/1"
_SCHEMES: Final = frozenset(scheme.value for scheme in Scheme)


def declaration_to_document(declaration: Declaration) -> Json:
    """The document that is canonicalised, signed and logged."""
    d = declaration
    return {
        "format": DECLARATION_FORMAT,
        "id": d.id,
        "version": d.version,
        "change": d.change.value,
        "reason": d.reason,
        "supersedes": d.supersedes,
        "title": d.title,
        "language": d.language,
        "declarant": {
            "party": d.declarant.party,
            "legal_name": d.declarant.legal_name,
            "company_number": d.declarant.company_number,
            "seat": d.declarant.seat,
            "affiliates": list(d.declarant.affiliates),
        },
        "capacity": d.capacity.value,
        "mandate": d.mandate,
        "scope": scope_to_document(d.scope),
        "layers": [layer.value for layer in in_order(d.layers)],
        "uses": [use.value for use in in_order(d.uses)],
        "purposes": d.purposes,
        "territory": list(d.territory.as_words()),
        "declared_on": d.declared_on.isoformat(),
        "effective_from": d.effective_from.isoformat(),
        "claimed_since": d.claimed_since.isoformat() if d.claimed_since else None,
        "source_neutral": d.source_neutral,
        "silence_is_no_licence": d.silence_is_no_licence,
        "research_not_reserved": d.research_not_reserved,
        "grantors": [_grantor_to(grantor) for grantor in d.grantors],
        "legal_bases": [{"profile": b.profile, "as_of": b.as_of.isoformat()} for b in d.legal_bases],
        "clauses": [{"id": c.id, "version": c.version, "heading": c.heading, "text": c.text} for c in d.clauses],
        "site": d.site,
        "machine_forms": [{"kind": form.kind.value, "url": form.url} for form in d.machine_forms],
        "permission": {"url": d.permission_url, "mailbox": d.permission_mailbox},
        "lookup_url": d.lookup_url,
        "signatory": {
            "name": d.signatory.name,
            "title": d.signatory.title,
            "authority": d.signatory.authority,
        },
    }


def declaration_from_document(document: object, path: str = "$") -> Declaration:
    """Read what `declaration_to_document` wrote.

    Raises:
        InputError: ``document.*``, with the path of what is wrong.
    """
    fields = Fields(document, path)
    fields.expect("format", DECLARATION_FORMAT)
    permission = fields.child("permission")
    made = Declaration(
        id=fields.text("id"),
        version=fields.integer("version"),
        change=fields.word("change", ChangeKind),
        reason=fields.text("reason"),
        supersedes=fields.text("supersedes"),
        title=fields.text("title"),
        language=fields.text("language"),
        declarant=_declarant(fields.child("declarant")),
        capacity=fields.word("capacity", Capacity),
        mandate=fields.text("mandate"),
        scope=scope_from_document(fields.raw("scope"), fields.at("scope")),
        layers=frozenset(fields.words("layers", Layer)),
        uses=frozenset(fields.words("uses", Use)),
        purposes=fields.text("purposes"),
        territory=Territory.parse(fields.texts("territory")),
        declared_on=fields.day("declared_on"),
        effective_from=fields.day("effective_from"),
        claimed_since=fields.optional_day("claimed_since"),
        source_neutral=fields.flag("source_neutral"),
        silence_is_no_licence=fields.flag("silence_is_no_licence"),
        research_not_reserved=fields.flag("research_not_reserved"),
        grantors=fields.each("grantors", _grantor_from),
        legal_bases=fields.each("legal_bases", _legal_basis),
        clauses=fields.each("clauses", _clause),
        site=fields.text("site"),
        machine_forms=fields.each("machine_forms", _machine_form),
        permission_url=permission.text("url"),
        permission_mailbox=permission.text("mailbox"),
        lookup_url=fields.text("lookup_url"),
        signatory=_signatory(fields.child("signatory")),
    )
    permission.done()
    fields.done()
    _exactly(declaration_to_document(made), document, path)
    return made


def scope_to_document(scope: Scope) -> Json:
    match scope:
        case AllRepertoire():
            return {"kind": "all_repertoire"}
        case OfCatalogues(catalogues):
            return {"kind": "catalogues", "catalogues": list(catalogues)}
        case OfLabels(labels):
            return {"kind": "labels", "labels": list(labels)}
        case OfIsrcPrefixes(prefixes):
            return {"kind": "isrc_prefixes", "prefixes": list(prefixes)}
        case OfIpis(numbers):
            return {"kind": "ipis", "ipi_name_numbers": list(numbers)}
        case OfList(identifiers):
            return {"kind": "list", "identifiers": [str(identifier) for identifier in identifiers]}


def scope_from_document(document: object, path: str = "$") -> Scope:
    fields = Fields(document, path)
    scope: Scope
    match fields.text("kind"):
        case "all_repertoire":
            scope = AllRepertoire()
        case "catalogues":
            scope = OfCatalogues(fields.texts("catalogues"))
        case "labels":
            scope = OfLabels(fields.texts("labels"))
        case "isrc_prefixes":
            scope = OfIsrcPrefixes(fields.texts("prefixes"))
        case "ipis":
            scope = OfIpis(fields.texts("ipi_name_numbers"))
        case "list":
            scope = OfList(fields.each("identifiers", identifier_from_text))
        case other:
            raise InputError("document.scope", f"{other[:80]!r} is no kind of scope.", where=fields.at("kind"))
    fields.done()
    return scope


def identifier_from_text(value: object, path: str = "$") -> Identifier:
    """An identifier written ``scheme:value`` in its normal form, which was checked when the document was made."""
    scheme, _, rest = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not rest or scheme not in _SCHEMES:
        raise InputError("document.identifier", "An identifier is written scheme:value.", where=path)
    return Identifier(Scheme(scheme), rest)


def licence_to_document(licence: Licence) -> Json:
    """A licence as the decision sees it. The filed deed around it is `tacenda.licensing`'s."""
    return {
        "format": LICENCE_FORMAT,
        "id": licence.id,
        "version": licence.version,
        "grantor": licence.grantor,
        "grantee": licence.grantee,
        "affiliates": list(licence.affiliates),
        "scope": scope_to_document(licence.scope),
        "layers": [layer.value for layer in in_order(licence.layers)],
        "uses": [use.value for use in in_order(licence.uses)],
        "models": None if licence.models is None else list(licence.models),
        "territory": list(licence.territory.as_words()),
        "valid_from": licence.valid_from.isoformat(),
        "valid_to": licence.valid_to.isoformat() if licence.valid_to else None,
        "revoked_from": licence.revoked_from.isoformat() if licence.revoked_from else None,
        "document_digest": licence.document_digest,
    }


def licence_from_document(document: object, path: str = "$") -> Licence:
    fields = Fields(document, path)
    fields.expect("format", LICENCE_FORMAT)
    made = Licence(
        id=fields.text("id"),
        version=fields.integer("version"),
        grantor=fields.text("grantor"),
        grantee=fields.text("grantee"),
        affiliates=fields.texts("affiliates"),
        scope=scope_from_document(fields.raw("scope"), fields.at("scope")),
        layers=frozenset(fields.words("layers", Layer)),
        uses=frozenset(fields.words("uses", Use)),
        models=None if fields.raw("models") is None else fields.texts("models"),
        territory=Territory.parse(fields.texts("territory")),
        valid_from=fields.day("valid_from"),
        valid_to=fields.optional_day("valid_to"),
        revoked_from=fields.optional_day("revoked_from"),
        document_digest=fields.text("document_digest"),
    )
    fields.done()
    _exactly(licence_to_document(made), document, path)
    return made


def party_to_document(party: Party) -> Json:
    return {
        "format": PARTY_FORMAT,
        "id": party.id,
        "legal_name": party.legal_name,
        "kind": party.kind.value,
        "company_number": party.company_number,
        "seat": party.seat,
        "website": party.website,
        "contact": party.contact,
        "isrc_prefixes": list(party.isrc_prefixes),
        "ipi_name_numbers": list(party.ipi_name_numbers),
        "labels": list(party.labels),
        "aliases": list(party.aliases),
    }


def party_from_document(document: object, path: str = "$") -> Party:
    fields = Fields(document, path)
    fields.expect("format", PARTY_FORMAT)
    made = Party(
        id=fields.text("id"),
        legal_name=fields.text("legal_name"),
        kind=fields.word("kind", PartyKind),
        company_number=fields.text("company_number"),
        seat=fields.text("seat"),
        website=fields.text("website"),
        contact=fields.text("contact"),
        isrc_prefixes=fields.texts("isrc_prefixes"),
        ipi_name_numbers=fields.texts("ipi_name_numbers"),
        labels=fields.texts("labels"),
        aliases=fields.texts("aliases"),
    )
    fields.done()
    _exactly(party_to_document(made), document, path)
    return made


def reservation_to_document(reservation: Reservation) -> Json:
    r = reservation
    return {
        "format": RESERVATION_FORMAT,
        "id": r.id,
        "version": r.version,
        "declarant": r.declarant,
        "capacity": r.capacity.value,
        "scope": scope_to_document(r.scope),
        "layers": [layer.value for layer in in_order(r.layers)],
        "uses": [use.value for use in in_order(r.uses)],
        "territory": list(r.territory.as_words()),
        "effective_from": r.effective_from.isoformat(),
        "effective_to": r.effective_to.isoformat() if r.effective_to else None,
        "claimed_since": r.claimed_since.isoformat() if r.claimed_since else None,
        "grantors": [_grantor_to(grantor) for grantor in r.grantors],
        "affiliates": list(r.affiliates),
        "digest": r.digest,
    }


def reservation_from_document(document: object, path: str = "$") -> Reservation:
    fields = Fields(document, path)
    fields.expect("format", RESERVATION_FORMAT)
    made = Reservation(
        id=fields.text("id"),
        version=fields.integer("version"),
        declarant=fields.text("declarant"),
        capacity=fields.word("capacity", Capacity),
        scope=scope_from_document(fields.raw("scope"), fields.at("scope")),
        layers=frozenset(fields.words("layers", Layer)),
        uses=frozenset(fields.words("uses", Use)),
        territory=Territory.parse(fields.texts("territory")),
        effective_from=fields.day("effective_from"),
        effective_to=fields.optional_day("effective_to"),
        claimed_since=fields.optional_day("claimed_since"),
        grantors=fields.each("grantors", _grantor_from),
        affiliates=fields.texts("affiliates"),
        digest=fields.text("digest"),
    )
    fields.done()
    _exactly(reservation_to_document(made), document, path)
    return made


def facts_to_document(facts: Facts) -> Json:
    """All facts as one document, in the order in which they stand (parties by id)."""
    return {
        "format": FACTS_FORMAT,
        "reservations": [reservation_to_document(reservation) for reservation in facts.reservations],
        "licences": [licence_to_document(licence) for licence in facts.licences],
        "parties": [party_to_document(facts.parties[name]) for name in sorted(facts.parties)],
    }


def facts_from_document(document: object, path: str = "$") -> Facts:
    fields = Fields(document, path)
    fields.expect("format", FACTS_FORMAT)
    made = Facts(
        fields.each("reservations", reservation_from_document),
        fields.each("licences", licence_from_document),
        {party.id: party for party in fields.each("parties", party_from_document)},
    )
    fields.done()
    return made


def _grantor_to(grantor: Grantor) -> Json:
    return {
        "party": grantor.party,
        "legal_name": grantor.legal_name,
        "layers": [layer.value for layer in in_order(grantor.layers)],
    }


def _grantor_from(value: object, path: str) -> Grantor:
    fields = Fields(value, path)
    made = Grantor(fields.text("party"), fields.text("legal_name"), frozenset(fields.words("layers", Layer)))
    fields.done()
    return made


def _declarant(fields: Fields) -> Declarant:
    made = Declarant(
        fields.text("party"),
        fields.text("legal_name"),
        fields.text("company_number"),
        fields.text("seat"),
        fields.texts("affiliates"),
    )
    fields.done()
    return made


def _legal_basis(value: object, path: str) -> LegalBasis:
    fields = Fields(value, path)
    made = LegalBasis(fields.text("profile"), fields.day("as_of"))
    fields.done()
    return made


def _clause(value: object, path: str) -> Clause:
    fields = Fields(value, path)
    made = Clause(fields.text("id"), fields.text("version"), fields.text("heading"), fields.text("text"))
    fields.done()
    return made


def _machine_form(value: object, path: str) -> MachineForm:
    fields = Fields(value, path)
    made = MachineForm(fields.word("kind", FormKind), fields.text("url"))
    fields.done()
    return made


def _signatory(fields: Fields) -> Signatory:
    made = Signatory(fields.text("name"), fields.text("title"), fields.text("authority"))
    fields.done()
    return made


def _exactly(written: Json, document: object, path: str) -> None:
    """Refuse a document that would be written otherwise: words out of order, or twice."""
    if written == document or not isinstance(document, Mapping):
        return
    name = min(name for name in written if written[name] != document[name])
    raise InputError(
        "document.order",
        f"The field {name!r} is not in its normal form (order of words, no word twice).",
        hint="Write lists of words in the order of the vocabulary, and codes in that of the alphabet.",
        where=f"{path}.{name}",
    )
