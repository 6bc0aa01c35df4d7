"""Look up one thing in a snapshot: what the public page and `/lookup.json` answer.

The thing is named by identifiers, or by artist and title, and found by the same engine that screens a corpus.
Every match is decided on its own; the answer over all of them is the strictest (`core.strictness`), since nobody
knows which of them the visitor means. Licensed needs every match.

What is in no catalogue may still be reached by an umbrella rule (a reserved ISRC prefix); an identifier that
nothing reaches is decided by what it bears alone. A name without a letter or digit is Unclear.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa

from tacenda.app.pages import SnapshotLine, day_text
from tacenda.core.decision import (
    ANYONE,
    Decision,
    Facts,
    Missing,
    Question,
)
from tacenda.core.fields import day
from tacenda.core.fold import text_key
from tacenda.core.grouping import bare_thing
from tacenda.core.identifiers import SCHEME_TITLES, Identifier, Scheme, identifier
from tacenda.core.strictness import NAMELESS, by_name, decide_whole, strictest
from tacenda.core.territory import country
from tacenda.core.vocabulary import LAYER_TITLES, USE_TITLES, Use
from tacenda.errors import InputError
from tacenda.match.interface import HOW_TITLES, CorpusBatch, How, Matches
from tacenda.snapshot.opened import Snapshot

SCHEMES: Final = (Scheme.ISRC, Scheme.ISWC, Scheme.GTIN, Scheme.YOUTUBE)
NAMES: Final = ("artist", "title")
TERMS: Final = ("use", "country", "on")
_WAYS: Final = {
    Scheme.ISRC: {How.ISRC, How.ISRC_PREFIX},
    Scheme.ISWC: {How.ISWC},
    Scheme.GTIN: {How.GTIN},
    Scheme.YOUTUBE: {How.YOUTUBE},
}
PRIVATE: Final = ("user", "model")
MAX_CODE: Final = 64
MAX_NAME: Final = 300
MAX_SHOWN: Final = 25
DEFAULT_USE: Final = Use.TRAIN
DEFAULT_COUNTRY: Final = "DE"

HEADLINES: Final[Mapping[str, str]] = {
    "reserved": "This use is reserved.",
    "licensed": "This use is licensed to this user.",
    "unclear": "What is known does not suffice for an answer.",
    "silent": "Nobody on record here has said anything that reaches this use.",
}
ADVICE: Final[Mapping[str, str]] = {
    "reserved": "Do not use it without a licence from those named below.",
    "licensed": "The licence covers exactly this use, here, on this day, and nothing else.",
    "unclear": "Unclear is never to be treated as free. Ask those named below before any use.",
    "silent": "Silent is not permission. It says only that no reservation or licence is on record here; "
    "rights may exist all the same, and silence is no licence.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A look-up as it was understood: what is meant, and the question about it."""

    identifiers: tuple[Identifier, ...]
    artist: str
    title: str
    question: Question

    @property
    def words(self) -> str:
        marks = [f"{SCHEME_TITLES[i.scheme]} {i.display().removeprefix('ISRC ')}" for i in self.identifiers]
        if self.title:
            marks.append(f"“{self.title}” by {self.artist}")
        return " and ".join(marks)


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A reason; `link` leads to the declaration it relies on, when there is a page for it."""

    code: str
    text: str
    record: str
    link: str


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent that is missing: of what (`layer` in words, `word` as in signed documents), and whom to ask."""

    layer: str
    word: str
    party: str
    name: str
    contact: str


@dataclass(frozen=True, slots=True)
class Found:
    """A catalogue item that was matched, how, and the answer for it alone."""

    item: str
    catalogue: str
    title: str
    artist: str
    isrc: str
    iswc: str
    how: str
    ways: tuple[str, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class LookupResult:
    """The answer with everything it rests on."""

    asked: Asked
    word: str
    headline: str
    advice: str
    may_use: bool
    reasons: tuple[ReasonLine, ...]
    records: tuple[str, ...]
    missing: tuple[Consent, ...]
    found: tuple[Found, ...]
    more: int
    snapshot: SnapshotLine
    question: str


@dataclass(frozen=True, slots=True)
class LookupForm:
    """The form as it was filled in, so that nothing has to be typed twice."""

    values: Mapping[str, str] = field(default_factory=dict)
    uses: tuple[tuple[str, str], ...] = tuple((use.value, USE_TITLES[use]) for use in Use)


# ---- reading the question ---------------------------------------------------------------------------------------


def parse_asked(given: Sequence[tuple[str, str]], today: date, *, private: bool) -> Asked:
    """The look-up that these parameters ask for.

    Args:
        given: names and values as they came. Empty values count as absent.
        private: whether licences may be asked about (`user`, `model`); not on a public site.

    Raises:
        InputError: ``lookup.*`` for an unknown or repeated parameter, a value that is too long or holds control
            characters, or nothing to look up; ``<scheme>.*``, ``territory.country``, ``document.day`` for values.
    """
    values = _plain(given, private)
    found = tuple(identifier(s, values[s.value], where=s.value) for s in SCHEMES if values.get(s.value))
    artist, title = values.get("artist", ""), values.get("title", "")
    if bool(artist) != bool(title):
        raise InputError(
            "lookup.names",
            "An artist without a title, or a title without an artist, does not name one thing.",
            hint="Give both, or an identifier.",
            where="title" if artist else "artist",
        )
    if not found and not title:
        raise InputError(
            "lookup.nothing", "Nothing was asked for.", hint="Give an ISRC, an ISWC, or an artist and a title."
        )
    question = Question(
        use=_use(values.get("use", "")),
        country=country(values.get("country") or DEFAULT_COUNTRY),
        on=day(values["on"], "on") if values.get("on") else today,
        user=values.get("user", ANYONE),
        model=values.get("model", ""),
    )
    return Asked(found, artist, title, question)


def _plain(given: Sequence[tuple[str, str]], private: bool) -> dict[str, str]:
    known = {s.value for s in SCHEMES}.union(NAMES, TERMS, PRIVATE if private else ())
    values: dict[str, str] = {}
    for name, raw in given:
        value = raw.strip(" ")
        if name not in known:
            raise InputError(
                "lookup.parameter",
                f"{name[:40]!r} is not covered by this look-up.",
                hint="Known are: " + ", ".join(sorted(known)) + ".",
                where=name[:40],
            )
        if name in values:
            raise InputError("lookup.repeated", f"{name!r} is given twice.", hint="Ask once.", where=name)
        limit = MAX_NAME if name in NAMES else MAX_CODE
        if len(value) > limit:
            raise InputError("lookup.length", f"{name!r} is longer than {limit} characters.", where=name)
        if any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in value):
            raise InputError("lookup.control", f"{name!r} holds a control character.", where=name)
        values[name] = value
    return values


def _use(word: str) -> Use:
    try:
        return Use(word) if word else DEFAULT_USE
    except ValueError:
        known = ", ".join(use.value for use in Use)
        raise InputError(
            "lookup.use", f"{word!r} is no use that is known here.", hint=f"One of: {known}.", where="use"
        ) from None


# ---- answering --------------------------------------------------------------------------------------------------


def look_up(snapshot: Snapshot, line: SnapshotLine, asked: Asked, *, documents: bool) -> LookupResult:
    """Answer `asked` from `snapshot`.

    Args:
        documents: whether declarations have pages that reasons can link to.
    """
    matches = _matches(snapshot, asked)
    hits = _hits(matches)
    groups = dict.fromkeys(snapshot.groups_of(matches).tolist())
    answers = {group: decide_whole(snapshot.thing(group), asked.question, snapshot.facts) for group in groups}
    whole = strictest([*answers.values(), *_unlisted(snapshot, asked, matches)])
    whole = whole if asked.identifiers else by_name(whole)
    facts = snapshot.facts
    linked = {r.name: f"/declaration/{r.id}/v{r.version}" for r in facts.reservations} if documents else {}
    return LookupResult(
        asked=asked,
        word=whole.word,
        headline=HEADLINES[whole.word],
        advice=ADVICE[whole.word],
        may_use=whole.may_use,
        reasons=tuple(ReasonLine(r.code, r.text, r.record, linked.get(r.record, "")) for r in whole.reasons),
        records=whole.records,
        missing=tuple(_consent(missing, facts) for missing in whole.missing),
        found=_found(snapshot, hits[:MAX_SHOWN], answers),
        more=max(0, len(hits) - MAX_SHOWN),
        snapshot=line,
        question=question_words(asked.question, facts),
    )


def question_words(question: Question, facts: Facts) -> str:
    by = f" by {facts.legal_name(question.user)}" if question.user else ""
    use = USE_TITLES[question.use]
    return f"{use[:1].upper()}{use[1:]}{by}, in {question.country}, on {day_text(question.on)}"


def _unlisted(snapshot: Snapshot, asked: Asked, matches: Matches) -> list[Decision]:
    """What is said of each identifier that nothing here names, by what it bears alone; and of an unknown name."""
    found = set(matches.how.tolist())
    things = [
        bare_thing([identifier]) for identifier in asked.identifiers if found.isdisjoint(_WAYS[identifier.scheme])
    ]
    if not asked.identifiers and not text_key(asked.artist, asked.title):
        return [NAMELESS]
    if not asked.identifiers and not found:
        things = [bare_thing()]
    return [decide_whole(thing, asked.question, snapshot.facts) for thing in things]


def _matches(snapshot: Snapshot, asked: Asked) -> Matches:
    columns = {i.scheme.value: pa.array([i.value], pa.string()) for i in asked.identifiers}
    if asked.title:
        columns |= {"artist": pa.array([asked.artist], pa.string()), "title": pa.array([asked.title], pa.string())}
    return snapshot.matcher.ask(CorpusBatch(**columns))


def _hits(matches: Matches) -> list[tuple[int, tuple[How, ...]]]:
    """Items that match, each once with every way in which it was found, best way first."""
    ways: dict[int, list[How]] = {}
    for item, how in sorted(zip(matches.item.tolist(), matches.how.tolist(), strict=True), key=lambda p: p[::-1]):
        if item >= 0:
            ways.setdefault(item, []).append(How(how))
    return [(item, tuple(dict.fromkeys(how))) for item, how in ways.items()]


def _found(
    snapshot: Snapshot, hits: Sequence[tuple[int, tuple[How, ...]]], answers: Mapping[int, Decision]
) -> tuple[Found, ...]:
    if not hits:
        return ()
    rows = snapshot.items.take(pa.array(np.array([item for item, _ in hits], dtype=np.int64))).to_pylist()
    return tuple(
        Found(
            item=_cell(row, "id"),
            catalogue=_cell(row, "catalogue"),
            title=_cell(row, "title"),
            artist=_cell(row, "artist"),
            isrc=_cell(row, "isrc"),
            iswc=_cell(row, "iswc"),
            how=", ".join(HOW_TITLES[way] for way in ways),
            ways=tuple(way.name.lower() for way in ways),
            answer=answers[int(snapshot.group_of_item[item])].word,
        )
        for row, (item, ways) in zip(rows, hits, strict=True)
    )


def _cell(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)


def _consent(missing: Missing, facts: Facts) -> Consent:
    party = facts.parties.get(missing.party)
    contact = party.contact if party else ""
    if contact and not re.fullmatch(r"https://[^\s\"'<>]+|[^\s@<>\"']+@[^\s@<>\"']+", contact):
        contact = ""
    return Consent(
        LAYER_TITLES[missing.layer], missing.layer.value, missing.party, facts.legal_name(missing.party), contact
    )


def as_json(result: LookupResult) -> dict[str, Any]:
    """The answer for a program. Field names are promises; new ones may be added."""
    question = result.asked.question
    return {
        "answer": result.word,
        "may_use": result.may_use,
        "asked": {
            **{i.scheme.value: i.value for i in result.asked.identifiers},
            **({"artist": result.asked.artist, "title": result.asked.title} if result.asked.title else {}),
            "use": question.use.value,
            "country": question.country,
            "on": question.on.isoformat(),
            **({"user": question.user} if question.user else {}),
            **({"model": question.model} if question.model else {}),
        },
        "advice": result.advice,
        "reasons": [{"code": r.code, "text": r.text, "record": r.record} for r in result.reasons],
        "records": list(result.records),
        "missing": [{"layer": m.word, "party": m.party, "name": m.name} for m in result.missing],
        "matched": [
            {
                "catalogue": f.catalogue,
                "item": f.item,
                "title": f.title,
                "artist": f.artist,
                "isrc": f.isrc,
                "iswc": f.iswc,
                "how": list(f.ways),
                "answer": f.answer,
            }
            for f in result.found
        ],
        "matched_more": result.more,
        "snapshot": {
            "id": result.snapshot.id,
            "sha256": result.snapshot.digest,
            "created_at": result.snapshot.created_at,
            "valid_until": result.snapshot.valid_until_day,
            "stale": result.snapshot.stale,
        },
    }
