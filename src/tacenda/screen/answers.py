"""The answers of one run: `decide` is asked once a rights group and question, not once a row, and remembered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tacenda.core.decision import Decision, Facts
from tacenda.core.strictness import NAME_ONLY, decide_whole, strictest
from tacenda.core.thing import LYRIC_TEXT, Thing
from tacenda.match.interface import How
from tacenda.screen.plan import Asked, countries_apart

RESERVED: Final = 0
UNCLEAR: Final = 1
LICENSED: Final = 2
SILENT: Final = 3
WORDS: Final = ("reserved", "unclear", "licensed", "silent")

# Answers that need no thing: what is said of a row that named nothing on record.
NO_MATCH: Final = 0
UNREADABLE: Final = 1
NOTHING: Final = 2
NOT_COVERED: Final = 3
MIXED: Final = 4
# Unclear for an identifier that cannot be read; by the field's name.
MALFORMED: Final[Mapping[str, int]] = {"isrc": 5, "iswc": 6, "gtin": 7, "youtube": 8}
# Unclear for a row whose own ISRC is on record nowhere, where what it was recognised by is licensed.
ISRC_UNKNOWN: Final = 9
# Unclear for a row that was recognised by its name alone, where what bears that name is licensed.
NAMED_ONLY: Final = 10
KIND_TITLES: Final[Mapping[str, str]] = {
    "isrc": "ISRC",
    "iswc": "ISWC",
    "gtin": "release number (GTIN)",
    "youtube": "YouTube id",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A reservation that stands: by whom, since when, in which signed document."""

    party: str
    legal_name: str
    declaration: str
    version: int
    digest: str
    since: str


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer as it is written beside rows."""

    verdict: int
    reasons: str
    records: str = ""
    reserved_by: str = ""
    since: str = ""
    standing: tuple[Standing, ...] = ()

    @property
    def word(self) -> str:
        return WORDS[self.verdict]


FIXED: Final[tuple[AnswerLine, ...]] = (
    AnswerLine(SILENT, "Nothing on record here matches this row. That is not permission."),
    AnswerLine(UNCLEAR, "The row could not be read; see unreadable.csv."),
    AnswerLine(UNCLEAR, "The row does not say what it is: it has no identifier, and not both artist and title."),
    AnswerLine(UNCLEAR, "The row is named only by an identifier of a kind that this snapshot holds none of."),
    AnswerLine(UNCLEAR, "Several things match this row, and not all of them are licensed."),
    *(
        AnswerLine(
            UNCLEAR,
            f"The {KIND_TITLES[kind]} of this row is malformed, so what it means could not be looked up.",
        )
        for kind in MALFORMED
    ),
    AnswerLine(
        UNCLEAR,
        "What this row was recognised by is licensed, but the ISRC in it is on record nowhere here: it may be "
        "another recording.",
    ),
    AnswerLine(UNCLEAR, NAME_ONLY.text),
)

# What is said of a row beside its answer, by number; the answer stays.
NO_DOUBT: Final = 0
APART: Final = 1
OTHER_ISRC: Final = 2
DOUBTFUL: Final[Mapping[str, int]] = {kind: number for number, kind in enumerate(MALFORMED, 3)}
DOUBTS: Final[tuple[str, ...]] = (
    "",
    "The ISRC in this row and the name in it belong to different items on record.",
    "The ISRC in this row is not the one on record for this item, which was recognised by its name.",
    *(
        f"The {KIND_TITLES[kind]} in this row is malformed; the row was recognised by another mark."
        for kind in DOUBTFUL
    ),
)


def named_only(answer: NDArray[np.int32], licensed: NDArray[np.bool_], how: NDArray[np.uint8]) -> None:
    """A name may reserve, but never permits: rows licensed by their name alone become Unclear, in place."""
    answer[licensed & (how == How.TEXT)] = NAMED_ONLY


class AnswerBook:
    """Answers by number. The first ones are `FIXED`; others are added as things are asked about.

    The strictest answer stands where several are possible (`core.strictness`).
    """

    def __init__(
        self,
        asked: Asked,
        facts: Facts,
        thing_of_group: Callable[[int], Thing],
        thing_of_umbrella: Callable[[int], Thing],
    ) -> None:
        self._asked = asked
        self._facts = facts
        self._things: Mapping[str, Callable[[int], Thing]] = {
            "group": thing_of_group,
            "umbrella": thing_of_umbrella,
            # Text that holds a lyric copies the words alone, whatever else belongs to the item.
            "lyric": lambda group: replace(thing_of_group(group), layers=LYRIC_TEXT),
        }
        self._reservations = {reservation.name: reservation for reservation in facts.reservations}
        self._territories = [r.territory for r in facts.reservations] + [g.territory for g in facts.licences]
        self._number_of: dict[AnswerLine, int] = {line: number for number, line in enumerate(FIXED)}
        self._known: dict[str, NDArray[np.int32]] = {kind: np.full(0, -1, np.int32) for kind in self._things}
        self._countries: dict[frozenset[object], tuple[str, ...]] = {}
        self.lines: list[AnswerLine] = list(FIXED)

    def verdicts(self) -> NDArray[np.int8]:
        """int8: the verdict of each answer."""
        return np.array([line.verdict for line in self.lines], np.int8)

    def of_groups(self, groups: NDArray[np.int64]) -> NDArray[np.int32]:
        """int32: the answer's number for each rights group."""
        return self._of("group", groups)

    def of_lyrics(self, groups: NDArray[np.int64]) -> NDArray[np.int32]:
        """int32: the answer's number for the words of the items in each rights group."""
        return self._of("lyric", groups)

    def of_umbrellas(self, umbrellas: NDArray[np.int64]) -> NDArray[np.int32]:
        """int32: the answer's number for each umbrella rule."""
        return self._of("umbrella", umbrellas)

    def _of(self, kind: str, ids: NDArray[np.int64]) -> NDArray[np.int32]:
        if not len(ids):
            return np.zeros(0, np.int32)
        top = int(ids.max()) + 1
        known = self._known[kind]
        if len(known) < top:
            known = np.concatenate([known, np.full(max(top - len(known), len(known)), -1, np.int32)])
            self._known[kind] = known
        missing = np.unique(ids[known[ids] < 0])
        for number in missing.tolist():
            known[number] = self._number(self._answer(self._things[kind](number)))
        found: NDArray[np.int32] = known[ids]
        return found

    def _number(self, line: AnswerLine) -> int:
        number = self._number_of.get(line)
        if number is None:
            number = self._number_of[line] = len(self.lines)
            self.lines.append(line)
        return number

    def _answer(self, thing: Thing) -> AnswerLine:
        asked = (self._asked.question(where) for where in self._asked_in(thing))
        return self._line(strictest([decide_whole(thing, question, self._facts) for question in asked]))

    def _asked_in(self, thing: Thing) -> Sequence[str]:
        if self._asked.country:
            return (self._asked.country,)
        territories = frozenset(self._territories) | {claim.territory for claim in thing.claims}
        found = self._countries.get(territories)
        if found is None:
            found = self._countries[territories] = countries_apart(territories)
        return found

    def _line(self, answer: Decision) -> AnswerLine:
        standing = []
        for reason in answer.reasons:
            reservation = self._reservations.get(reason.record)
            if reason.code == "reserved" and reservation is not None:
                standing.append(
                    Standing(
                        reservation.declarant,
                        self._facts.legal_name(reservation.declarant),
                        reservation.id,
                        reservation.version,
                        reservation.digest,
                        reservation.effective_from.isoformat(),
                    )
                )
        return AnswerLine(
            WORDS.index(answer.word),
            " ".join(reason.text for reason in answer.reasons),
            "; ".join(answer.records),
            "; ".join(dict.fromkeys(s.legal_name for s in standing)),
            min((s.since for s in standing), default=""),
            tuple(dict.fromkeys(standing)),
        )
