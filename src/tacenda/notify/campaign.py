"""A campaign: one declaration, one date, one term, and a reference for each recipient that never changes.

A reference is given once. It stays with its recipient even when the letter is held and made later, and no other
recipient of any campaign gets it. So a campaign is a filed document, in versions that only add references.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from tacenda.core.fields import Fields
from tacenda.errors import ConflictError, InputError
from tacenda.notify.deadline import Roll, Term, Unit

FORMAT: Final = "tacenda/campaign/1"
NAME_FORM: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?")
MAX_NUMBER: Final = 999_999
CHANNEL: Final = "to be entered on service"


@dataclass(frozen=True, slots=True)
class Form:
    """One published form of the declaration; `sha256` is empty when none was filed before the campaign."""

    kind: str
    url: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """One version of one campaign.

    Attributes:
        day: date of its letters; the term starts after it.
        forms: as published when the campaign was first planned.
        numbers: recipient id to the number of its reference.
    """

    name: str
    declaration: str
    declaration_version: int
    declaration_sha256: str
    day: date
    term: Term
    channel: str = CHANNEL
    forms: tuple[Form, ...] = ()
    numbers: Mapping[str, int] | None = None

    def reference(self, recipient: str) -> str:
        return f"TAC-{self.day.year:04d}-{(self.numbers or {})[recipient]:06d}"


def check_name(name: str) -> str:
    """`name`, which is also that of a folder.

    Raises:
        InputError: ``campaign.name``.
    """
    if not NAME_FORM.fullmatch(name):
        raise InputError(
            "campaign.name",
            f"{name[:80]!r} cannot name a campaign.",
            hint="Use up to 48 lower-case letters, digits and hyphens, such as first-notice.",
        )
    return name


def with_references(campaign: Campaign, recipients: Sequence[str], others: Iterable[Campaign]) -> Campaign:
    """`campaign` with a reference for each of `recipients`; those that have one keep it.

    New numbers follow the highest that any campaign of the same year has given, in the order of `recipients`.

    Raises:
        ConflictError: ``campaign.full`` beyond 999,999 a year.
    """
    numbers = dict(campaign.numbers or {})
    same_year = [other for other in others if other.day.year == campaign.day.year]
    last = max((n for each in (*same_year, campaign) for n in (each.numbers or {}).values()), default=0)
    for recipient in recipients:
        if recipient not in numbers:
            last += 1
            numbers[recipient] = last
    if last > MAX_NUMBER:
        raise ConflictError("campaign.full", f"All references of {campaign.day.year} are given.")
    return replace(campaign, numbers=numbers)


def campaign_to_document(campaign: Campaign) -> dict[str, Any]:
    """The document that is filed."""
    return {
        "format": FORMAT,
        "name": campaign.name,
        "declaration": {
            "id": campaign.declaration,
            "version": campaign.declaration_version,
            "sha256": campaign.declaration_sha256,
        },
        "day": campaign.day.isoformat(),
        "term": {
            "amount": campaign.term.amount,
            "unit": campaign.term.unit.value,
            "roll": campaign.term.roll.value,
        },
        "channel": campaign.channel,
        "forms": [{"kind": form.kind, "url": form.url, "sha256": form.sha256} for form in campaign.forms],
        "references": {name: (campaign.numbers or {})[name] for name in sorted(campaign.numbers or {})},
    }


def campaign_from_document(document: object) -> Campaign:
    """Read what `campaign_to_document` wrote.

    Raises:
        InputError: ``document.*``, with the path of what is wrong.
    """
    fields = Fields(document, "$")
    fields.expect("format", FORMAT)
    declaration, term = fields.child("declaration"), fields.child("term")
    references = fields.raw("references")
    if not isinstance(references, dict) or not all(isinstance(number, int) for number in references.values()):
        raise InputError(
            "document.references", "The references are not numbers by recipient.", where="$.references"
        )
    made = Campaign(
        name=fields.text("name"),
        declaration=declaration.text("id"),
        declaration_version=declaration.integer("version"),
        declaration_sha256=declaration.text("sha256"),
        day=fields.day("day"),
        term=Term(term.integer("amount"), term.word("unit", Unit), term.word("roll", Roll)),
        channel=fields.text("channel"),
        forms=fields.each("forms", _form),
        numbers=dict(references),
    )
    for read in (declaration, term, fields):
        read.done()
    return made


def _form(document: object, path: str) -> Form:
    fields = Fields(document, path)
    made = Form(fields.text("kind"), fields.text("url"), fields.text("sha256"))
    fields.done()
    return made
