"""Ask the desk: may this user make this use of this thing, here, on this day?

The desk answers from its records as they are now, by one pass over the catalogue; a snapshot answers the same
question at size and without the desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from tacenda.app.desk import Desk
from tacenda.core.decision import Decision, Facts, Licensed, Question, Reserved, Silent, Unclear, decide
from tacenda.core.declaration import to_reservations
from tacenda.core.documents import declaration_from_document
from tacenda.core.fold import fold_text, text_key
from tacenda.core.identifiers import Identifier
from tacenda.core.item import Item, ItemKind
from tacenda.core.party import party_ids
from tacenda.core.thing import AUDIO, LYRIC_TEXT, SHEET_MUSIC, Claim, Thing
from tacenda.core.vocabulary import Layer
from tacenda.errors import InputError
from tacenda.licensing.deed import deed_from_document, in_force
from tacenda.ports import CatalogueInfo, View

AUDIO_WORD: Final = "audio"
TEXT_WORD: Final = "text"

# Nobody knows which of several matches is meant, so the strictest answer is the answer.
_STRICTEST: Final = (Reserved, Unclear, Licensed, Silent)


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
    """The answer: that of the strictest case. `cases` is never empty."""

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

    Rows that share an identifier are one thing, so that two owners of one recording show as the conflict that they
    are. A thing that no catalogue lists is decided by its bare identifiers, which may bear a reserved prefix.

    Raises:
        InputError: ``decide.target`` when nothing is named.
    """
    if not target.identifiers and not (target.artist and target.title):
        raise InputError(
            "decide.target", "Nothing is named.", hint="Give --isrc, --iswc, or --artist together with --title."
        )
    with desk.store.reading() as view:
        facts = load_facts(view)
        catalogues = {catalogue.id: catalogue for catalogue in view.catalogues()}
        found = [item for item in view.items() if _meant(item, target)]
    groups = [found] if target.identifiers and found else _same_things(found)
    cases = []
    for items in groups or [[]]:
        thing = thing_of(items, catalogues, target)
        cases.append(Case(tuple(items), thing, decide(thing, question, facts)))
    strictest = min(cases, key=lambda case: _STRICTEST.index(type(case.decision)))
    return Verdict(question, strictest.decision, tuple(cases), facts)


def thing_of(items: Sequence[Item], catalogues: dict[str, CatalogueInfo], target: Target) -> Thing:
    """The thing that these rows describe: every mark of every row, and one claim for each owner and layer."""
    claims: dict[tuple[str, Layer], Claim] = {}
    for item in items:
        catalogue = catalogues[item.catalogue]
        for layer in catalogue.layers:
            claim = Claim(catalogue.owner, Layer(layer), source=f"catalogue {catalogue.id}")
            claims.setdefault((catalogue.owner, claim.layer), claim)
    return Thing(
        layers=_layers(items, target.material),
        identifiers=frozenset(target.identifiers).union(*(item.identifiers for item in items)),
        label_keys=frozenset(fold_text(item.label) for item in items if item.label),
        ipi_name_numbers=frozenset(number for item in items for number in item.ipi_name_numbers),
        catalogues=frozenset(item.catalogue for item in items),
        claims=tuple(claims[key] for key in sorted(claims)),
    )


def question_day(desk: Desk, on: date | None) -> date:
    return on or desk.clock.now().date()


def _meant(item: Item, target: Target) -> bool:
    if target.identifiers:
        return not set(target.identifiers).isdisjoint(item.identifiers)
    return text_key(item.artist, item.title) == text_key(target.artist, target.title)


def _same_things(items: Sequence[Item]) -> list[list[Item]]:
    """Rows joined where they share an identifier; a row without one is a thing by itself."""
    groups: list[tuple[set[Identifier], list[Item]]] = []
    for item in items:
        marks, rows = set(item.identifiers), [item]
        apart = []
        for known, members in groups:
            if marks.isdisjoint(known):
                apart.append((known, members))
            else:
                marks |= known
                rows = members + rows
        groups = [*apart, (marks, rows)]
    return [rows for _, rows in groups]


def _layers(items: Sequence[Item], material: str) -> frozenset[Layer]:
    if material == TEXT_WORD:
        return LYRIC_TEXT
    if material == "" and items and all(item.kind is ItemKind.WORK for item in items):
        return SHEET_MUSIC
    return AUDIO
