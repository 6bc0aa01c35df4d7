"""The facts of one letter, from the declaration, the campaign, the recipient and the evidence log. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tacenda.core.declaration import Declaration, FormKind
from tacenda.core.fold import fold_text
from tacenda.core.recipient import Recipient, RecipientKind, Variant
from tacenda.core.reservation import Grantor
from tacenda.core.vocabulary import LAYER_TITLES, in_order
from tacenda.errors import InputError
from tacenda.formats.letter.facts import (
    TEXT_IDS,
    TEXT_STATUS,
    Addressee,
    Declared,
    FormFacts,
    GrantorFacts,
    LetterFacts,
    ReplyFacts,
    Restated,
    ScopeFacts,
    Sender,
    Signatory,
    TextFacts,
    Verify,
)
from tacenda.notify import wording
from tacenda.notify.campaign import Campaign
from tacenda.notify.deadline import Deadline, country_name, reply_by

MAX_ENTRIES: Final = 60
SHORT_ENTRY: Final = 20
VERIFY_PROOF: Final = (
    "tacenda evidence verify --proof declaration.tlog-proof --vkey KEY --document declaration.json"
)
VERIFY_LOG: Final = "tacenda evidence verify --log FOLDER --vkey KEY"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the declaration stands in the log: origin, verifier key, index."""

    log: str
    key: str
    entry: int


@dataclass(frozen=True, slots=True)
class Sending:
    """What all letters of a campaign share; `legal` gives a title to each jurisdiction profile."""

    campaign: Campaign
    declaration: Declaration
    evidence: Evidence
    website: str = ""
    legal: Mapping[str, str] = field(default_factory=dict)


def deadline_for(sending: Sending, recipient: Recipient) -> Deadline:
    return reply_by(
        sending.campaign.day, sending.campaign.term, recipient.hq_country, sending.declaration.declarant.seat
    )


def letter_facts(sending: Sending, recipient: Recipient) -> LetterFacts:
    """The facts of the letter to `recipient`; what is missing is left empty, and stops the letter when it is made.

    Raises:
        InputError: ``letter.variant`` when no letter fits its kind.
    """
    variant = recipient.variant()
    if variant is None:
        raise InputError("letter.variant", f"There is no letter for the kind {recipient.kind.value}.")
    campaign, declaration = sending.campaign, sending.declaration
    deadline = deadline_for(sending, recipient)
    scope_in_words, _, _ = wording.scope_words(declaration.scope)
    return LetterFacts(
        text=TextFacts(TEXT_IDS[variant], TEXT_STATUS),
        variant=variant,
        reference=campaign.reference(recipient.id),
        channel=campaign.channel,
        date=wording.long_date(campaign.day),
        day=campaign.day.isoformat(),
        sender=_sender(sending),
        signatory=Signatory(
            declaration.signatory.name, declaration.signatory.title, declaration.signatory.authority
        ),
        recipient=_addressee(recipient, variant),
        capacity=wording.capacity_facts(
            declaration.capacity, declaration.mandate, declaration.declarant.legal_name
        ),
        declaration=_declared(sending),
        restated=Restated(
            uses=wording.uses_words(declaration.uses),
            layers=wording.layers_words(declaration.layers),
            scope=scope_in_words,
            territory=wording.territory_words(declaration.territory),
        ),
        scope=_scope(declaration),
        grantors=tuple(GrantorFacts(g.legal_name, _grantor_layers(g, declaration)) for g in declaration.grantors),
        basis=wording.basis_of(recipient, variant),
        gpai_request=wording.gpai_request(recipient.eu_gpai_code),
        permission=_ways(declaration, "at"),
        reply_to=_ways(declaration, "to"),
        reply=ReplyFacts(
            wording.date_with_weekday(deadline.last_day),
            deadline.last_day.isoformat(),
            wording.deadline_rule(deadline),
        ),
        forms=_forms(sending),
        verify=Verify(VERIFY_PROOF, VERIFY_LOG),
    )


def _sender(sending: Sending) -> Sender:
    declarant = sending.declaration.declarant
    details = (declarant.company_number, country_name(declarant.seat), sending.website or sending.declaration.site)
    return Sender(declarant.legal_name, tuple(detail for detail in details if detail), declarant.affiliates)


def _addressee(recipient: Recipient, variant: Variant) -> Addressee:
    operating = ""
    if recipient.legal_entity and fold_text(recipient.legal_entity) != fold_text(recipient.name):
        operating = f"operating {recipient.name}"
    elif not recipient.legal_entity and recipient.kind is not RecipientKind.DATASET_MAINTAINER:
        operating = "or the company that operates under this name"
    attention = (
        "the General Counsel or the point of contact for copyright"
        if variant is Variant.DEVELOPER
        else "the General Counsel or the head of licensing"
    )
    return Addressee(
        name=recipient.name,
        addressee=recipient.addressee,
        operating=operating,
        attention=attention,
        website=recipient.website,
        country=country_name(recipient.hq_country),
        systems=wording.systems_of(recipient),
    )


def _declared(sending: Sending) -> Declared:
    d, evidence = sending.declaration, sending.evidence
    return Declared(
        id=d.id,
        version=d.version,
        title=d.title,
        digest=sending.campaign.declaration_sha256,
        url=d.form_url(FormKind.PAGE) or d.form_url(FormKind.DOCUMENT) or d.site,
        document_url=d.form_url(FormKind.DOCUMENT) or d.form_url(FormKind.PAGE) or d.site,
        declared_on=wording.long_date(d.declared_on),
        effective_from=wording.long_date(d.effective_from),
        claimed_since=wording.long_date(d.claimed_since) if d.claimed_since else "",
        purposes=d.purposes,
        language=d.language,
        source_neutral=d.source_neutral,
        silence_is_no_licence=d.silence_is_no_licence,
        research=d.research_not_reserved,
        legal_bases=tuple(
            f"{sending.legal.get(basis.profile, basis.profile)} (as of {wording.long_date(basis.as_of)})"
            for basis in d.legal_bases
        ),
        log=evidence.log,
        log_key=evidence.key,
        entry=str(evidence.entry),
    )


def _scope(declaration: Declaration) -> ScopeFacts:
    summary, definition, entries = wording.scope_words(declaration.scope)
    territory = wording.territory_words(declaration.territory)
    longest = max((len(entry) for entry in entries), default=0)
    return ScopeFacts(
        summary=summary[:1].upper() + summary[1:],
        definition=definition,
        entries=entries[:MAX_ENTRIES],
        columns=1 if longest > SHORT_ENTRY * 2 else 2 if longest > SHORT_ENTRY else 3,
        more=max(0, len(entries) - MAX_ENTRIES),
        lookup=declaration.lookup_url,
        territory=territory[:1].upper() + territory[1:],
        layers=wording.layer_list(declaration.layers),
        uses=wording.use_list(declaration.uses),
    )


def _grantor_layers(grantor: Grantor, declaration: Declaration) -> str:
    if grantor.layers >= declaration.layers:
        return "for all of it"
    return ", ".join(LAYER_TITLES[layer] for layer in in_order(grantor.layers))


def _ways(declaration: Declaration, word: str) -> str:
    ways = [way for way in (declaration.permission_mailbox, declaration.permission_url) if way]
    return f"{word} {' or '.join(ways)}" if ways else ""


def _forms(sending: Sending) -> tuple[FormFacts, ...]:
    """The published forms with their digests; where none was published yet, where they are expected."""
    return tuple(
        FormFacts(
            wording.FORM_TITLES.get(form.kind, form.kind), form.url, form.sha256, wording.form_note(form.kind)
        )
        for form in sending.campaign.forms
    )
