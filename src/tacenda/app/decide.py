"""Ask the desk: may this user make this use of this thing, here, on this day?

The desk answers from its records as they are now, by one pass over the catalogue; a snapshot answers the same
question at size and without the desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from tacenda.app.desk import Desk
from tacenda.core.decision import Decision, Facts, Question
from tacenda.core.declaration import to_reservations
from tacenda.core.documents import declaration_from_document
from tacenda.core.fold import text_key
from tacenda.core.grouping import bare_thing, group_rows, is_kin, kin_codes
from tacenda.core.identifiers import Identifier
from tacenda.core.item import Item
from tacenda.core.party import party_ids
from tacenda.core.strictness import NAMELESS, by_name, decide_whole, strictest
from tacenda.core.thing import AUDIO, LYRIC_TEXT, Thing
from tacenda.errors import InputError
from tacenda.licensing.deed import deed_from_document, in_force
from tacenda.ports import View

AUDIO_WORD: Final = "audio"
TEXT_WORD: Final = "text"


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked about: identifiers, or artist and title; and whether sound or words would be copied.

    Attributes:
        material: ``audio``, ``text``, or empty for what the catalogue says (a recording's sound, a work's sheet).
    """

    identifiers: tuple[Identifier, ...] = ()
    artist: str = ""
    title: str = ""
    material: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that the target may mean, the rows that describe it, and the answer about it."""

    items: tuple[Item, ...]
    thing: Thing
    decision: Decision


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer: the strictest of all cases (`core.strictness.strictest`). `cases` is never empty."""

    question: Question
    decision: Decision
    cases: tuple[Case, ...]
    facts: Facts


def load_facts(view: View) -> Facts:
    """Everything on record that a decision rests on.

    Reservations carry the day on which a later version or a withdrawal ended them; licences carry the day from
    which a later version or a revocation replaced them; sorted by (id, version), so that equal desks give equal
    facts. An affiliate that a declaration names is a speaker of it once it is a party on record.
    """
    declarations = [
        (declaration_from_document(record.body), record.digest) for record in view.records("declaration")
    ]
    deeds = [deed_from_document(record.body) for record in view.records("licence")]
    parties = {party.id: party for party in view.parties()}
    return Facts(
        reservations=tuple(
            replace(reservation, affiliates=party_ids(reservation.affiliates, parties))
            for reservation in to_reservations(declarations)
        ),
        licences=in_force(deeds),
        parties=parties,
    )


def ask(desk: Desk, target: Target, question: Question) -> Verdict:
    """Decide `question` about `target` from the desk as it stands.

    What is one thing, `core.grouping` says; each thing that the target may mean is decided, and the strictest
    answer stands (`core.strictness`). An identifier that no catalogue lists is decided as it is: it may bear a
    reserved prefix, or be listed in a declaration. A name without a letter or digit names nothing and is Unclear.

    Raises:
        InputError: ``decide.target`` when nothing is named, or both identifiers and a name are.
    """
    if not target.identifiers and not (target.artist and target.title):
        raise InputError(
            "decide.target", "Nothing is named.", hint="Give --isrc, --iswc, or --artist together with --title."
        )
    if target.identifiers and (target.artist or target.title):
        raise InputError(
            "decide.target",
            "It is named twice: by identifiers, and by artist or title.",
            hint="Ask by the identifiers alone, or by --artist together with --title.",
        )
    with desk.store.reading() as view:
        return answer(view, load_facts(view), target, question)


def answer(view: View, facts: Facts, target: Target, question: Question) -> Verdict:
    """As `ask`, of a target that names something, by these facts."""
    if not target.identifiers and not text_key(target.artist, target.title):
        case = Case((), _as_material(bare_thing(), target.material), NAMELESS)
        return Verdict(question, NAMELESS, (case,), facts)
    owners = {c.id: (c.owner, c.layers) for c in view.catalogues()}
    rows, meant = _rows(view, target)
    cases = []
    for places, group in group_rows(rows):
        if not meant.isdisjoint(places):
            thing = _as_material(group.thing(owners), target.material)
            cases.append(Case(tuple(rows[p] for p in places), thing, decide_whole(thing, question, facts)))
    for identifiers in _unlisted(target, rows):
        thing = _as_material(bare_thing(identifiers), target.material)
        cases.append(Case((), thing, decide_whole(thing, question, facts)))
    whole = strictest([case.decision for case in cases])
    return Verdict(question, whole if target.identifiers else by_name(whole), tuple(cases), facts)


def _rows(view: View, target: Target) -> tuple[list[Item], set[int]]:
    """The rows that the target means with all that belong to them, by (catalogue, id); and the places of those.

    One pass over the catalogues to find them, and one or more to find their kin.
    """
    key = text_key(target.artist, target.title)
    found = {(item.catalogue, item.id): item for item in view.items() if _meant(item, target, key)}
    named = set(found)
    codes = kin_codes(found.values())
    before: frozenset[object] = frozenset()
    while codes != before:
        for item in view.items():
            if is_kin(item, codes):
                found.setdefault((item.catalogue, item.id), item)
        before, codes = codes, kin_codes(found.values())
    order = sorted(found)
    return [found[key] for key in order], {place for place, key in enumerate(order) if key in named}


def _unlisted(target: Target, rows: Sequence[Item]) -> list[tuple[Identifier, ...]]:
    """What is named but in no catalogue: each identifier by itself; or the name."""
    if not target.identifiers:
        return [] if rows else [()]
    listed = {identifier for row in rows for identifier in row.identifiers}
    return [(identifier,) for identifier in target.identifiers if identifier not in listed]


def _as_material(thing: Thing, material: str) -> Thing:
    """The thing as sound, or as words, where the question says which; else as the catalogue says."""
    layers = {AUDIO_WORD: AUDIO, TEXT_WORD: LYRIC_TEXT}.get(material)
    return thing if layers is None else replace(thing, layers=layers)


def question_day(desk: Desk, on: date | None) -> date:
    return on or desk.clock.now().date()


def _meant(item: Item, target: Target, key: str) -> bool:
    """Whether a row bears what is named; `key` is the folded name of the target."""
    if target.identifiers:
        return not set(target.identifiers).isdisjoint(item.identifiers)
    return bool(key) and text_key(item.artist, item.title) == key
