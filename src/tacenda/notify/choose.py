"""Who is written to, and who is not and why: pure, from the directory and what the desk knows.

Everyone who is left out on purpose stands in the result with a stable code and a sentence, except those that the
caller did not ask for (`kinds`, `only`), who are simply not part of the campaign.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from tacenda.core.fold import fold_text
from tacenda.core.licence import Licence
from tacenda.core.recipient import Recipient, RecipientKind, RecipientStatus, Suppression
from tacenda.core.vocabulary import Use
from tacenda.errors import InputError

_SUPPRESSED: Final[Mapping[Suppression, str]] = {
    Suppression.DEFUNCT: "It no longer exists",
    Suppression.MERGED: "It has become part of another organisation",
    Suppression.DUPLICATE: "The same company is written to under another name",
    Suppression.AFFILIATE_TEST: "It belongs to a group of rightsholders; confirm first that it is no affiliate",
    Suppression.SANCTIONS_CHECK: "A sanctions check is needed first",
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What the caller asks for, and what the desk knows.

    Attributes:
        kinds: of these kinds alone (first or further); empty for all.
        only: these ids alone; empty for all.
        exclude: ids to leave out, which is said of each.
        affiliates: names of the sender and its affiliates; compared, folded, with names, companies and brands.
        licensees: recipient id to the licence that permits it some of the reserved uses.
    """

    kinds: frozenset[RecipientKind] = frozenset()
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    affiliates: tuple[str, ...] = ()
    licensees: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """A recipient that gets no letter for now: code and one sentence."""

    recipient: Recipient
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Both by recipient id."""

    chosen: tuple[Recipient, ...]
    held: tuple[Held, ...]


def choose(recipients: Sequence[Recipient], criteria: Criteria) -> Choice:
    """Part the directory into those to write to and those held back.

    Raises:
        InputError: ``notify.recipient`` for an id in `only` or `exclude` that is not in the directory.
    """
    known = {recipient.id for recipient in recipients}
    for name in (*criteria.only, *criteria.exclude):
        if name not in known:
            raise InputError(
                "notify.recipient",
                f"There is no recipient {name[:80]!r} in the directory.",
                hint="See `tacenda notify recipients`.",
            )
    family = frozenset(fold_text(name) for name in criteria.affiliates if name)
    asked = [
        recipient
        for recipient in sorted(recipients, key=lambda r: r.id)
        if (not criteria.only or recipient.id in criteria.only)
        and (not criteria.kinds or any(recipient.has_role(kind) for kind in criteria.kinds))
    ]
    chosen: list[Recipient] = []
    held: list[Held] = []
    for recipient in asked:
        why = _why_held(recipient, criteria, family)
        if why:
            held.append(Held(recipient, *why))
        else:
            chosen.append(recipient)
    return Choice(tuple(chosen), tuple(held))


def licensees(licences: Sequence[Licence], declarant: str, uses: frozenset[Use], on: date) -> dict[str, str]:
    """Organisation id to the name of a licence by `declarant` that permits it one of `uses` on this day."""
    found: dict[str, str] = {}
    for licence in sorted(licences, key=lambda entry: (entry.id, entry.version)):
        if licence.grantor == declarant and licence.uses & uses and licence.active(on):
            for user in (licence.grantee, *licence.affiliates):
                found[user] = licence.name
    return found


def _why_held(recipient: Recipient, criteria: Criteria, family: frozenset[str]) -> tuple[str, str] | None:
    names = (recipient.name, recipient.legal_entity, *recipient.brands)
    if recipient.id in criteria.exclude:
        return "excluded", "Left out by --exclude."
    if recipient.suppression is not None:
        see = f" (see {recipient.successor})" if recipient.successor else ""
        return recipient.suppression.value, f"{_SUPPRESSED[recipient.suppression]}{see}."
    if recipient.status in (RecipientStatus.DEFUNCT, RecipientStatus.MERGED):
        return recipient.status.value, f"The directory says that it is {recipient.status.value}."
    if any(fold_text(name) in family for name in names if name):
        return "affiliate", "It is the sender or an affiliate of the sender."
    if recipient.id in criteria.licensees:
        return (
            "licensee",
            f"It holds {criteria.licensees[recipient.id]} for some of the reserved uses; write to it by hand.",
        )
    if recipient.variant() is None:
        return "variant", f"There is no letter for the kind {recipient.kind.value}."
    return None
