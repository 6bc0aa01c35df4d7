"""The filed deed of a licence: what changed, from when, and the licence as it then reads.

Versions of one licence follow each other: ``recorded`` makes version 1, ``amended`` the next, ``revoked`` the
last. Nothing is back-dated by this program: an act of today applies from today or later, unless the signed paper
itself bears an earlier date, which the deed then states (`signed_on`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from tacenda.core.documents import licence_from_document, licence_to_document
from tacenda.core.fields import Fields
from tacenda.core.licence import Licence

Json = dict[str, Any]

DEED_FORMAT: Final = "tacenda/licence-deed/1"


class DeedKind(StrEnum):
    """What a version of a licence does; `revoked` is the last."""

    RECORDED = "recorded"
    AMENDED = "amended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Deed:
    """One version of a licence with the act that made it.

    Attributes:
        applies_from: first day, inclusive, on which this version replaces the one before it; of a first version,
            the licence's own first day.
        recorded_on: day on which it was filed (UTC).
        signed_on: day that the signed paper bears, when it says so.
        reason: empty only for a first version.
        supersedes: SHA-256 of the deed before, hex; empty for the first.
    """

    kind: DeedKind
    licence: Licence
    applies_from: date
    recorded_on: date
    signed_on: date | None = None
    reason: str = ""
    supersedes: str = ""


def deed_to_document(deed: Deed) -> Json:
    return {
        "format": DEED_FORMAT,
        "kind": deed.kind.value,
        "licence": licence_to_document(deed.licence),
        "applies_from": deed.applies_from.isoformat(),
        "recorded_on": deed.recorded_on.isoformat(),
        "signed_on": deed.signed_on.isoformat() if deed.signed_on else None,
        "reason": deed.reason,
        "supersedes": deed.supersedes,
    }


def deed_from_document(document: object, path: str = "$") -> Deed:
    """Read what `deed_to_document` wrote.

    Raises:
        InputError: ``document.*``, with the path of what is wrong.
    """
    fields = Fields(document, path)
    fields.expect("format", DEED_FORMAT)
    made = Deed(
        kind=fields.word("kind", DeedKind),
        licence=licence_from_document(fields.raw("licence"), fields.at("licence")),
        applies_from=fields.day("applies_from"),
        recorded_on=fields.day("recorded_on"),
        signed_on=fields.optional_day("signed_on"),
        reason=fields.text("reason"),
        supersedes=fields.text("supersedes"),
    )
    fields.done()
    return made


def in_force(deeds: Iterable[Deed]) -> tuple[Licence, ...]:
    """The licences as the decision sees them, by (id, version).

    An earlier version ends on the day from which a later one applies, and a later one begins then and not before:
    an amendment of today never makes an act of last month licensed.
    """
    by_id: dict[str, list[Deed]] = {}
    for deed in deeds:
        by_id.setdefault(deed.licence.id, []).append(deed)
    made: list[Licence] = []
    for name in sorted(by_id):
        versions = sorted(by_id[name], key=lambda deed: deed.licence.version)
        for place, deed in enumerate(versions):
            if deed.kind is DeedKind.REVOKED:
                continue
            ends = [later.applies_from for later in versions[place + 1 :]]
            if deed.licence.revoked_from is not None:
                ends.append(deed.licence.revoked_from)
            begins = max(deed.licence.valid_from, deed.applies_from)
            until = min(ends, default=None)
            if until is None or begins < until:
                made.append(replace(deed.licence, valid_from=begins, revoked_from=until))
    return tuple(made)
