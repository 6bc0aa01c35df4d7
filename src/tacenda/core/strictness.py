"""One answer for several: where nobody knows which of them is meant, or where all of them are copied at once.

The rule, everywhere in Tacenda: Reserved if any is Reserved; else Unclear if any is Unclear; else Licensed if all
are Licensed; else Silent if all are Silent; else (some Licensed, some Silent) Unclear. So more matches, more
countries or more parts never turn an answer into a permission.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tacenda.core.decision import (
    Decision,
    Facts,
    Licensed,
    Missing,
    Question,
    Reason,
    Reserved,
    Silent,
    Unclear,
    decide,
)
from tacenda.core.thing import Thing
from tacenda.core.vocabulary import Layer, in_order

MIXED: Final = Reason(
    "licence.partial",
    "Some of what this means is licensed, and of the rest nothing is on record; so it is not licensed as a whole.",
)
NAMELESS: Final = Unclear(
    (
        Reason(
            "name.empty",
            "The artist or the title holds no letter and no digit, so what is meant could not be looked up.",
        ),
    )
)


NAME_ONLY: Final = Reason(
    "licence.name_only",
    "Something of this name is licensed, but a name does not say which recording is meant; an identifier would.",
)


def by_name(answer: Decision) -> Decision:
    """`answer` about what was found by artist and title alone: a name may reserve, but it never permits.

    Folding says "this song by this artist", and a live version or a remix folds to the same name.
    """
    return Unclear((NAME_ONLY,)) if isinstance(answer, Licensed) else answer


def strictest(answers: Sequence[Decision]) -> Decision:
    """The strictest of one or more answers, with the reasons and missing consents of all that say the same.

    The order of the answers does not matter.

    >>> from tacenda.core.decision import Licensed, Reason, Silent
    >>> strictest([Silent((Reason("silent", "Nothing."),)), Licensed((Reason("licensed", "All."),))]).word
    'unclear'
    """
    for kind in (Reserved, Unclear):
        of_kind = [answer for answer in answers if isinstance(answer, kind)]
        if of_kind:
            return kind(*_joined(of_kind))
    kinds = {type(answer) for answer in answers}
    if not kinds <= {Licensed, Silent} or not kinds:
        raise ValueError("strictest of no answers")
    if len(kinds) > 1:
        return Unclear((MIXED,), _joined(answers)[1])
    return kinds.pop()(*_joined(answers))


def decide_whole(thing: Thing, question: Question, facts: Facts) -> Decision:
    """`core.decision.decide` about a thing and the work in it (`Thing.embodied`): both are copied, so both count.

    The sound is decided by the marks and claims of the recording alone, the work and its words by those of the
    work as well. One part licensed and nothing on record of the other is Unclear, with the consents missing.
    """
    work = thing.embodied
    if work is None:
        return decide(thing, question, facts)
    parts = (
        replace(thing, layers=thing.layers - work.layers, embodied=None),
        replace(work, layers=thing.layers & work.layers),
    )
    answers = [(part, decide(part, question, facts)) for part in parts if part.layers]
    if {type(answer) for _, answer in answers} == {Licensed, Silent}:
        gaps = [_unlicensed(part, question, facts) for part, answer in answers if isinstance(answer, Silent)]
        return strictest(gaps)
    return strictest([answer for _, answer in answers])


def _unlicensed(part: Thing, question: Question, facts: Facts) -> Unclear:
    """What is missing of a part of which nothing is on record, beside a part that is licensed."""
    reasons, missing = [], []
    for layer in in_order(part.layers):
        owners = sorted(
            {c.party for c in part.claims if c.layer is layer and c.holds(question.country, question.on)}
        )
        if not owners:
            reasons.append(Reason("share.unknown", f"Nobody is known to own the {layer.value}."))
        for party in owners:
            text = f"{facts.legal_name(party)} has not licensed its {layer.value}."
            reasons.append(Reason("share.unlicensed", text))
        missing += [Missing(layer, party) for party in owners or [""]]
    return Unclear(tuple(sorted(reasons)), _ordered(missing))


def _joined(answers: Sequence[Decision]) -> tuple[tuple[Reason, ...], tuple[Missing, ...]]:
    reasons = {reason for answer in answers for reason in answer.reasons}
    return tuple(sorted(reasons)), _ordered([missing for answer in answers for missing in answer.missing])


def _ordered(missing: Sequence[Missing]) -> tuple[Missing, ...]:
    rank = {layer: place for place, layer in enumerate(Layer)}
    return tuple(sorted(set(missing), key=lambda m: (rank[m.layer], m.party)))
