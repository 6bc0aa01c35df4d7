"""Planning licences: record, amend, revoke. Pure: what would be filed, as a frozen deed.

A licence lifts a reservation only from a day on which that can be known: a first day in the past needs the day
that the signed paper bears (`signed_on`), and begins no earlier than it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from tacenda.core.canonical import digest_of
from tacenda.core.licence import Licence
from tacenda.core.party import Party
from tacenda.core.scope import AllRepertoire, Scope
from tacenda.core.territory import WORLD, Territory
from tacenda.core.vocabulary import Layer, Use
from tacenda.errors import ConflictError, InputError
from tacenda.licensing.deed import Deed, DeedKind, deed_to_document


@dataclass(frozen=True, slots=True)
class LicenceTerms:
    """What was asked for; None where nothing was said. `any_model` lifts a limit to named models."""

    grantor: str | None = None
    grantee: str | None = None
    scope: Scope | None = None
    layers: frozenset[Layer] | None = None
    uses: frozenset[Use] | None = None
    models: tuple[str, ...] | None = None
    any_model: bool = False
    territory: Territory | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    affiliates: tuple[str, ...] | None = None
    document_digest: str | None = None
    signed_on: date | None = None


def plan_licence(name: str, terms: LicenceTerms, parties: Mapping[str, Party], today: date) -> Deed:
    """The deed of a new licence. Layers and uses are exactly those given: nothing is implied by a permission.

    Raises:
        InputError: ``licence.*``.
    """
    if not terms.grantor or not terms.grantee or not terms.layers or not terms.uses:
        raise InputError("licence.incomplete", "A licence needs a grantor, a grantee, layers and uses.")
    valid_from = terms.valid_from or terms.signed_on or today
    licence = Licence(
        id=name,
        version=1,
        grantor=terms.grantor,
        grantee=terms.grantee,
        scope=terms.scope or AllRepertoire(),
        layers=terms.layers,
        uses=terms.uses,
        models=terms.models,
        territory=terms.territory or WORLD,
        valid_from=valid_from,
        valid_to=terms.valid_to,
        affiliates=terms.affiliates or (),
        document_digest=terms.document_digest or "",
    )
    _check(licence, valid_from, terms.signed_on, parties, today)
    return Deed(DeedKind.RECORDED, licence, valid_from, today, terms.signed_on)


def plan_licence_amendment(
    deeds: Collection[Deed],
    terms: LicenceTerms,
    reason: str,
    applies_from: date | None,
    parties: Mapping[str, Party],
    today: date,
) -> Deed:
    """The next version; it applies from today (or the day that the paper bears) unless told a later day.

    Raises:
        InputError: ``licence.*``.
        ConflictError: ``licence.revoked``; ``licence.same`` when nothing would change.
    """
    last = _last(deeds)
    asked = {field.name: getattr(terms, field.name) for field in fields(terms)}
    changes: dict[str, Any] = {
        name: value
        for name, value in asked.items()
        if value is not None and name not in ("any_model", "signed_on")
    }
    if terms.any_model:
        changes["models"] = None
    amended = replace(last.licence, version=last.licence.version + 1, **changes)
    if replace(amended, version=last.licence.version) == last.licence:
        raise ConflictError("licence.same", f"Nothing in {last.licence.name} would change.")
    start = applies_from or terms.signed_on or today
    _check(amended, start, terms.signed_on, parties, today)
    return Deed(DeedKind.AMENDED, amended, start, today, terms.signed_on, _reason(reason), _digest(last))


def plan_revocation(deeds: Collection[Deed], revoked_from: date | None, reason: str, today: date) -> Deed:
    """The last version: from `revoked_from` (today if None) it permits no new act. What was done stays permitted.

    Raises:
        InputError: ``licence.date`` for a day in the past.
        ConflictError: ``licence.revoked``.
    """
    last = _last(deeds)
    start = revoked_from or today
    if start < today:
        raise InputError(
            "licence.date",
            "A revocation cannot lie in the past: what was permitted then stays permitted.",
            hint="Leave --from out for today, or give a later day.",
            where="from",
        )
    revoked = replace(last.licence, version=last.licence.version + 1, revoked_from=start)
    return Deed(DeedKind.REVOKED, revoked, start, today, None, _reason(reason), _digest(last))


def _check(
    licence: Licence, applies_from: date, signed_on: date | None, parties: Mapping[str, Party], today: date
) -> None:
    for role, party in (("grantor", licence.grantor), ("grantee", licence.grantee)):
        if party not in parties:
            raise InputError(
                "licence.party",
                f"There is no party {party[:60]!r} at this desk.",
                hint="Add it with `tacenda party add`.",
                where=role,
            )
    if signed_on is not None and signed_on > today:
        raise InputError("licence.date", "The paper cannot be signed on a day to come.", where="signed-on")
    earliest = min(today, signed_on) if signed_on else today
    first = min(licence.valid_from, applies_from) if licence.version == 1 else applies_from
    if first < earliest:
        raise _past(f"It cannot apply from {first.isoformat()}.", "from")
    if licence.valid_to is not None and licence.valid_to < licence.valid_from:
        raise InputError("licence.date", "It would end before it begins.", where="to")
    if licence.models is not None and not licence.models:
        raise InputError("licence.models", "A licence limited to models names at least one.", where="models")


def _past(message: str, where: str) -> InputError:
    return InputError(
        "licence.date", message, hint="Give --signed-on with the day that the paper bears.", where=where
    )


def _reason(reason: str) -> str:
    text = " ".join(reason.split())
    if not text:
        raise InputError("licence.reason", "A change needs a reason.", hint="Give --reason.", where="reason")
    return text


def _digest(deed: Deed) -> str:
    return digest_of(deed_to_document(deed))


def _last(deeds: Collection[Deed]) -> Deed:
    last = max(deeds, key=lambda deed: deed.licence.version)
    if last.kind is DeedKind.REVOKED:
        raise ConflictError(
            "licence.revoked",
            f"{last.licence.id} was revoked from {last.applies_from.isoformat()}.",
            hint="Record a new licence.",
        )
    return last
