"""The heart: *may this user make this use of this thing, here, on this day?*

The rules are those of a rights lawyer, in this order:

1. **One reserves, so all is reserved.** A reservation by anyone, of any layer that the act would copy, answers
   Reserved, unless that reservation's own declarant or a grantor whom it names has licensed that layer to this
   user for exactly this. A licence by anyone else leaves it standing (conflict resolves to prohibit). Whoever
   reserves all its repertoire reserves in a thing what it claims there; the rest of its words make it Unclear.
2. **Licensed needs everything.** Every layer present, and 100 % of the shares of each in this country on this
   day, must be covered by active grants to this user. One missing layer or share is enough to fail.
   An act that imitates a person (a cloned voice) needs the person's own layer as well.
3. **Absence is not permission.** Doubts, partial grants, conflicting claims, reservations of a part of the act and
   unproven earlier reservations answer Unclear. Where nobody said anything, the answer is Silent, which is not
   permission either.

`decide` is a pure function: the order of the facts changes nothing, and the same facts give the same answer in
ten years. It does not judge exceptions of copyright law (research, fair use): those are the user's claim.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import ClassVar, Final, TypeAlias

from tacenda.core.licence import Licence
from tacenda.core.party import Party
from tacenda.core.reservation import Reservation
from tacenda.core.scope import covers, layers_held
from tacenda.core.thing import WHOLE, Thing
from tacenda.core.vocabulary import PERSONAL_USES, Layer, Use, in_order, uses_reached

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
    """A reservation whose scope covers the thing: the layers it reaches there, and why.

    Attributes:
        firm: layers reached by right of the speaker's own claims, or because the scope names the thing outright.
        beyond: layers that the declaration names but that the speaker does not claim in this thing.
    """

    reservation: Reservation
    firm: frozenset[Layer]
    beyond: frozenset[Layer]
    why: str

    def left(self, layers: frozenset[Layer], grants: list[Licence]) -> tuple[Layer, ...]:
        """Those of `layers` for which no grant is the exception that the reservation makes."""
        return tuple(
            layer
            for layer in in_order(layers)
            if not any(layer in g.layers and self.reservation.may_lift(g.grantor, layer) for g in grants)
        )


def decide(thing: Thing, question: Question, facts: Facts) -> Decision:
    """Answer `question` about `thing` from `facts`, with reasons and the records relied on.

    Cost: the number of reservations and licences times the marks of the thing.

    Example:
        >>> from tacenda.core.thing import AUDIO
        >>> nothing_known = decide(Thing(AUDIO), Question(Use.TRAIN, "DE", date(2026, 11, 22)), Facts())
        >>> nothing_known.word, nothing_known.may_use
        ('silent', False)
    """
    if question.use in PERSONAL_USES:
        thing = replace(thing, layers=thing.layers | {Layer.LIKENESS})
    hits = [hit for reservation in facts.reservations for hit in _hit(reservation, thing, facts)]
    grants = _grants(thing, question, facts)
    standing, missing = _standing(hits, grants, question, facts)
    if standing:
        return Reserved(tuple(sorted(standing)), _ordered(missing))
    doubts = _doubts(thing, question) + _half_said(hits, grants, question, facts)
    if not grants:
        if doubts:
            return Unclear(tuple(sorted(doubts)))
        return Silent((_silence(hits, question),))
    gaps, asked = _gaps(thing, question, grants, facts)
    if doubts or gaps:
        return Unclear(tuple(sorted(doubts + gaps)), _ordered(asked))
    return Licensed(tuple(sorted(_granted(grants, facts))))


def _hit(reservation: Reservation, thing: Thing, facts: Facts) -> list[_Hit]:
    """The reservation, if it covers the thing for any of those for whom it speaks: a list of one or none."""
    stated = reservation.layers_hit(thing.layers)
    firm: frozenset[Layer] = frozenset()
    why = ""
    for speaker in reservation.speakers if stated else ():
        reason = covers(reservation.scope, speaker, thing, facts.parties)
        if reason:
            held = layers_held(reservation.scope, speaker, thing)
            firm |= stated if held is None else stated & held
            why = why or reason
    return [_Hit(reservation, firm, stated - firm, why)] if why else []


def _here_and_now(reservation: Reservation, question: Question) -> bool:
    return question.country in reservation.territory and reservation.in_force(question.on)


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


def _standing(
    hits: list[_Hit], grants: list[Licence], question: Question, facts: Facts
) -> tuple[list[Reason], list[Missing]]:
    """The reservations that stand against the act, and the consents that would lift them."""
    standing, missing = [], []
    for hit in hits:
        reservation = hit.reservation
        left = hit.left(hit.firm, grants)
        if left and reservation.reaches_use(question.use) and _here_and_now(reservation, question):
            by, words = facts.legal_name(reservation.declarant), ", ".join(left)
            text = f"{by} has reserved it since {reservation.effective_from.isoformat()} ({words}): {hit.why}."
            standing.append(Reason("reserved", text, reservation.name))
            missing += [Missing(layer, reservation.declarant) for layer in left]
    return standing, missing


def _doubts(thing: Thing, question: Question) -> list[Reason]:
    """What about the thing itself forbids a clear answer."""
    doubts = [Reason("thing.doubt", f"{doubt}.") for doubt in thing.doubts]
    for layer in in_order(thing.layers):
        total = _claimed(thing, layer, question)
        if total > WHOLE:
            text = f"Claims to the {layer.value} add up to {_percent(total)}, over 100 %."
            doubts.append(Reason("share.conflict", text))
    return doubts


def _half_said(hits: list[_Hit], grants: list[Licence], question: Question, facts: Facts) -> list[Reason]:
    """Reservations that come near the act without standing against it: each makes the answer Unclear.

    A part of the act is reserved (training of generative models, when training of any model is asked about); the
    declaration names a layer that its speaker does not claim here; or it is said to have held earlier, unproven.
    """
    doubts = []
    for hit in hits:
        reservation, by = hit.reservation, facts.legal_name(hit.reservation.declarant)
        since, proven = reservation.claimed_since, reservation.effective_from.isoformat()
        reached = reservation.reaches_use(question.use)
        if since is not None and since <= question.on < reservation.effective_from:
            if reached and question.country in reservation.territory:
                earlier = since.isoformat()
                text = f"{by} says that it has been reserved since {earlier}; that is proven only from {proven}."
                doubts.append(Reason("reserved.claimed", text, reservation.name))
        elif not _here_and_now(reservation, question) or not reservation.touches_use(question.use):
            continue
        elif not reached and hit.left(hit.firm | hit.beyond, grants):
            part = ", ".join(in_order(reservation.uses & uses_reached((question.use,))))
            text = f"{by} has reserved a part of this use ({part}) since {proven}: {hit.why}."
            doubts.append(Reason("reserved.part", text, reservation.name))
        elif reached and (left := hit.left(hit.beyond, grants)):
            text = f"{by} reserves the {', '.join(left)} of its repertoire, but claims none in this thing."
            doubts.append(Reason("reserved.unclaimed", text, reservation.name))
    return doubts


def _silence(hits: list[_Hit], question: Question) -> Reason:
    """Why there is nothing, and whether something reaches the thing on other terms."""
    near = sorted(hit.reservation.name for hit in hits)
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
        total = _claimed(thing, layer, question)
        if any(claim.share is None for claim in claims):
            gaps.append(Reason("share.unstated", f"A share of the {layer.value} is claimed but not stated."))
        elif total < WHOLE:
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
