"""A sample declaration and campaign of an invented rightsholder, for tests of letters."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from tacenda.core.canonical import canonical_bytes, sha256_hex
from tacenda.core.declaration import (
    ChangeKind,
    Declarant,
    Declaration,
    FormKind,
    LegalBasis,
    MachineForm,
    Signatory,
)
from tacenda.core.documents import declaration_to_document
from tacenda.core.recipient import Recipient, RecipientKind
from tacenda.core.reservation import Grantor
from tacenda.core.scope import AllRepertoire
from tacenda.core.vocabulary import ALL_LAYERS, RESERVED_BY_DEFAULT, Capacity, Layer
from tacenda.notify.campaign import Campaign, Form, with_references
from tacenda.notify.deadline import Term
from tacenda.notify.letters import Evidence, Sending

DAY: Final = date(2026, 11, 22)
NAME: Final = "Lark & Linden Music Ltd"


def sample_declaration() -> Declaration:
    return Declaration(
        id="res-000001",
        version=1,
        change=ChangeKind.DECLARED,
        title="Rights reservation",
        declarant=Declarant("lark-and-linden", NAME, "HRB 123456", "DE", ("Linden Records GmbH",)),
        capacity=Capacity.OWNER,
        scope=AllRepertoire(),
        layers=ALL_LAYERS,
        uses=RESERVED_BY_DEFAULT,
        purposes="Any purpose, by anyone",
        declared_on=DAY,
        effective_from=DAY,
        claimed_since=date(2024, 5, 16),
        signatory=Signatory("Mara Lind", "Director", "Sole power of representation"),
        grantors=(Grantor("lark-and-linden", NAME, frozenset({Layer.WORK, Layer.LYRICS})),),
        legal_bases=(LegalBasis("eu", DAY),),
        site="https://lark.example",
        machine_forms=(
            MachineForm(FormKind.PAGE, "https://lark.example/rights/res-000001/"),
            MachineForm(FormKind.ROBOTS, "https://lark.example/robots.txt"),
        ),
        permission_url="https://lark.example/licensing",
        permission_mailbox="rights@lark.example",
        lookup_url="https://lark.example/look-up",
    )


def sample_sending(recipients: Sequence[Recipient], declaration: Declaration | None = None) -> Sending:
    """A campaign of 22 November 2026 with a reference for each of `recipients`, in their order."""
    declaration = declaration or sample_declaration()
    campaign = Campaign(
        name="first-notice",
        declaration=declaration.id,
        declaration_version=declaration.version,
        declaration_sha256=sha256_hex(sample_bytes(declaration)),
        day=DAY,
        term=Term(),
        forms=tuple(Form(form.kind.value, form.url, "ab" * 32) for form in declaration.machine_forms),
        numbers={},
    )
    campaign = with_references(campaign, [recipient.id for recipient in recipients], [])
    key = "lark.example/tacenda+0123abcd+AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="
    return Sending(campaign, declaration, Evidence("lark.example/tacenda", key, 7), "https://lark.example")


def sample_bytes(declaration: Declaration | None = None) -> bytes:
    """The canonical bytes of the declaration."""
    return canonical_bytes(declaration_to_document(declaration or sample_declaration()))


def sample_recipient(**changes: object) -> Recipient:
    """A developer under ``.example``, with what the caller changes."""
    made: dict[str, object] = {
        "id": "nightingale",
        "name": "Nightingale Models",
        "kind": RecipientKind.AI_DEVELOPER,
        "legal_entity": "Nightingale Models, Inc.",
        "hq_country": "US",
        "website": "https://nightingale.example",
        "source_date": "2026-08-22",
    }
    return Recipient(**(made | changes))  # type: ignore[arg-type]
