"""The heart: *may this user make this use of this thing, here, on this day?*

The rules are those of a rights lawyer, in this order:

1. **One reserves, so all is reserved.** A reservation by anyone, of any layer that the act would copy, answers
   Reserved, unless that reservation's own declarant or a grantor whom it names has licensed that layer to this
   user for exactly this. A licence by anyone else leaves it standing (conflict resolves to prohibit).
2. **Licensed needs everything.** Every layer present, and 100 % of the shares of each in this country on this
   day, must be covered by active grants to this user. One missing layer or share is enough to fail.
3. **Absence is not permission.** Doubts, partial grants, conflicting claims and unproven earlier reservations
   answer Unclear. Where nobody said anything, the answer is Silent, which is not permission either.

`decide` is a pure function: the order of the facts changes nothing, and the same facts give the same answer in
ten years. It does not judge exceptions of copyright law (research, fair use): those are the user's claim.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import ClassVar, Final, TypeAlias

from tacenda.core.licence import Licence
from tacenda.core.party import Party
from tacenda.core.reservation import Reservation
from tacenda.core.scope import covers
from tacenda.core.thing import WHOLE, Thing
from tacenda.core.vocabulary import Layer, Use, in_order

ANYONE: Final = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One act: by whom, which use, in which country, on which day, for which model.

    Attributes:
        use: the one use asked about.
        country: ISO 3166-1 alpha-2.
        on: the day of the act, not of the question.
        user: organisation id; `ANYONE` asks for the public at large, whom no licence covers.
        model: name of the model, or empty.
    """

    use: Use
    country: str
    on: date
    user: str = ANYONE
    model: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known: reservations and licences in every version, and the parties they name."""

    reservations: tuple[Reservation, ...] = ()
    licences: tuple[Licence, ...] = ()
    parties: Mapping[str, Party] = field(default_factory=dict)

    def legal_name(self, party: str) -> str:
        known = self.parties.get(party)
        return known.legal_name if known else party


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """Why, in one sentence, with a stable code and the record relied on (empty where there is none)."""

    code: str
    text: str
    record: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A consent that is not there: the layer, and whom to ask (party id; empty when nobody is known)."""

    layer: Layer
    party: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What every answer carries. Never made as such: see the four kinds below.

    Attributes:
        reasons: sorted, never empty.
        missing: the consents that would be needed, in the order of the layers; empty for Licensed and Silent.
    """

    word: ClassVar[str] = ""
    may_use: ClassVar[bool] = False
    reasons: tuple[Reason, ...]
    missing: tuple[Missing, ...] = ()

    @property
    def records(self) -> tuple[str, ...]:
        """The records relied on, once each, sorted."""
        return tuple(sorted({reason.record for reason in self.reasons if reason.record}))


class Reserved(Answer):
    """Someone reserved this use of this thing, and nothing lifts it for this user."""

    word = "reserved"


class Licensed(Answer):
    """Every layer and every share is licensed to this user for exactly this. The only answer that permits."""

    word = "licensed"
    may_use = True


class Unclear(Answer):
    """What is known does not suffice for an answer. Never treated as free."""

    word = "unclear"


class Silent(Answer):
    """Nobody who is on record here said anything that reaches this act. Never called permission."""

    word = "silent"


Decision: TypeAlias = Reserved | Licensed | Unclear | Silent


@dataclass(frozen=True, slots=True)
class _Hit:
    """A reservation that reaches the act, the layers it reaches, and why its scope covers the thing."""

    reservation: Reservation
    layers: frozenset[Layer]
    why: str


def decide(thing: Thing, question: Question, facts: Facts) -> Decision:
    """Answer `question` about `thing` from `facts`, with reasons and the records relied on.

    Cost: the number of reservations and licences times the marks of the thing.

    Example:
        >>> from tacenda.core.thing import AUDIO
        >>> nothing_known = decide(Thing(AUDIO), Question(Use.TRAIN, "DE", date(2026, 11, 22)), Facts())
        >>> nothing_known.word, nothing_known.may_use
        ('silent', False)
    """
    hits = _reservations_hit(thing, question, facts)
    grants = _grants(thing, question, facts)
    standing, missing = _not_lifted(hits, grants, facts)
    if standing:
        return Reserved(tuple(sorted(standing)), _ordered(missing))
    doubts = _doubts(thing, question, facts)
    if not grants:
        if doubts:
            return Unclear(tuple(sorted(doubts)))
        return Silent((_silence(thing, question, facts),))
    gaps, asked = _gaps(thing, question, grants, facts)
    if doubts or gaps:
        return Unclear(tuple(sorted(doubts + gaps)), _ordered(asked))
    return Licensed(tuple(sorted(_granted(grants, facts))))


def _reservations_hit(thing: Thing, question: Question, facts: Facts) -> list[_Hit]:
    hits = []
    for reservation in facts.reservations:
        layers = reservation.layers_hit(thing.layers)
        if layers and _reaches_act(reservation, question) and reservation.in_force(question.on):
            why = covers(reservation.scope, reservation.declarant, thing, facts.parties)
            if why:
                hits.append(_Hit(reservation, layers, why))
    return hits


def _reaches_act(reservation: Reservation, question: Question) -> bool:
    return reservation.reaches_use(question.use) and question.country in reservation.territory


def _grants(thing: Thing, question: Question, facts: Facts) -> list[Licence]:
    return [
        licence
        for licence in facts.licences
        if licence.covers_user(question.user)
        and licence.covers_model(question.model)
        and question.use in licence.uses
        and question.country in licence.territory
        and licence.active(question.on)
        and licence.layers & thing.layers
        and covers(licence.scope, licence.grantor, thing, facts.parties)
    ]


def _not_lifted(hits: list[_Hit], grants: list[Licence], facts: Facts) -> tuple[list[Reason], list[Missing]]:
    """The reservations that still stand, and the consents that would lift them."""
    standing, missing = [], []
    for hit in hits:
        left = [
            layer
            for layer in in_order(hit.layers)
            if not any(layer in g.layers and hit.reservation.may_lift(g.grantor, layer) for g in grants)
        ]
        if not left:
            continue
        by, reservation = facts.legal_name(hit.reservation.declarant), hit.reservation
        words = ", ".join(layer.value for layer in left)
        standing.append(
            Reason(
                "reserved",
                f"{by} has reserved it since {reservation.effective_from.isoformat()} ({words}): {hit.why}.",
                reservation.name,
            )
        )
        missing += [Missing(layer, reservation.declarant) for layer in left]
    return standing, missing


def _doubts(thing: Thing, question: Question, facts: Facts) -> list[Reason]:
    """What forbids a clear answer even though no reservation stands."""
    doubts = [Reason("thing.doubt", f"{doubt}.") for doubt in thing.doubts]
    for layer in in_order(thing.layers):
        total = _claimed(thing, layer, question)
        if total > WHOLE:
            doubts.append(
                Reason("share.conflict", f"Claims to the {layer.value} add up to {_percent(total)}, over 100 %.")
            )
    for reservation in facts.reservations:
        since = reservation.claimed_since
        if (
            since is not None
            and since <= question.on < reservation.effective_from
            and _reaches_act(reservation, question)
            and reservation.layers_hit(thing.layers)
            and covers(reservation.scope, reservation.declarant, thing, facts.parties)
        ):
            by = facts.legal_name(reservation.declarant)
            doubts.append(
                Reason(
                    "reserved.claimed",
                    f"{by} says that it has been reserved since {since.isoformat()}; "
                    f"that is proven only from {reservation.effective_from.isoformat()}.",
                    reservation.name,
                )
            )
    return doubts


def _silence(thing: Thing, question: Question, facts: Facts) -> Reason:
    """Why there is nothing, and whether something reaches the thing on other terms."""
    near = sorted(
        reservation.name
        for reservation in facts.reservations
        if reservation.layers_hit(thing.layers)
        and covers(reservation.scope, reservation.declarant, thing, facts.parties)
    )
    if near:
        return Reason(
            "silent.other_terms",
            f"A reservation reaches it, but not this use, country or day "
            f"({question.use.value}, {question.country}, {question.on.isoformat()}).",
            near[-1],
        )
    return Reason("silent", "Nobody on record here has said anything about it. That is not permission.")


def _gaps(
    thing: Thing, question: Question, grants: list[Licence], facts: Facts
) -> tuple[list[Reason], list[Missing]]:
    """The layers of which less than every share is licensed, or of which the shares are not known."""
    gaps, missing = [], []
    for layer in in_order(thing.layers):
        claims = [c for c in thing.claims if c.layer is layer and c.holds(question.country, question.on)]
        if not claims:
            gaps.append(Reason("share.unknown", f"Nobody is known to own the {layer.value}."))
            missing.append(Missing(layer, ""))
            continue
        if any(claim.share is None for claim in claims):
            gaps.append(Reason("share.unstated", f"A share of the {layer.value} is claimed but not stated."))
        total = _claimed(thing, layer, question)
        if total < WHOLE:
            gaps.append(
                Reason("share.incomplete", f"Claims to the {layer.value} add up to {_percent(total)}, not 100 %.")
            )
        grantors = {grant.grantor for grant in grants if layer in grant.layers}
        for party in sorted({claim.party for claim in claims} - grantors):
            gaps.append(
                Reason("share.unlicensed", f"{facts.legal_name(party)} has not licensed its {layer.value}.")
            )
            missing.append(Missing(layer, party))
    return gaps, missing


def _claimed(thing: Thing, layer: Layer, question: Question) -> Fraction:
    """The sum of the stated shares claimed in `layer`, here and then; above 1 where claims conflict."""
    return sum(
        (
            c.share or Fraction(0)
            for c in thing.claims
            if c.layer is layer and c.holds(question.country, question.on)
        ),
        Fraction(0),
    )


def _granted(grants: list[Licence], facts: Facts) -> list[Reason]:
    return [
        Reason(
            "licensed",
            f"{facts.legal_name(grant.grantor)} has licensed {', '.join(in_order(grant.layers))} "
            f"since {grant.valid_from.isoformat()}"
            + (f" until {grant.valid_to.isoformat()}." if grant.valid_to else "."),
            grant.name,
        )
        for grant in grants
    ]


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):.4f}".rstrip("0").rstrip(".") + " %"


def _ordered(missing: list[Missing]) -> tuple[Missing, ...]:
    rank = {layer: place for place, layer in enumerate(Layer)}
    return tuple(sorted(set(missing), key=lambda m: (rank[m.layer], m.party)))
