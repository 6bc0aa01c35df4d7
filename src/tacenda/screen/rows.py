"""From matches to one verdict a row: one pass over arrays, the same whatever the order of rows.

A row may match several things. The strictest answer among them stands (Reserved, then Unclear); Licensed stands
only if everything that matched is licensed, else the row is Unclear. Of the matches that bear the answer, the one
by the best mark is shown: `match.interface.How` in its order, then one whose title is spelt as in the corpus (so
that a song is not shown as its re-recording), then the first item.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tacenda.match.compiled import INNER, OUTER, Int
from tacenda.match.interface import How, Matches
from tacenda.screen.answers import LICENSED, MIXED, NO_MATCH, RESERVED, SILENT, UNCLEAR

# Place in the order of strictness, by verdict (RESERVED, UNCLEAR, LICENSED, SILENT).
_STRICT: Final = np.array([0, 1, 3, 2], np.int64)
_BY_ISRC, _BY_NAME = int(How.ISRC), int(How.TEXT)
_MIXED = int(MIXED)
_LAST = 3
_FEW = 16
_PAIRS = 1 << 16


@dataclass(frozen=True, slots=True)
class RowVerdicts:
    """One entry a row.

    Attributes:
        answer: int32, number in the `AnswerBook`.
        match: int64, place in the matches of the one that is shown; -1 where nothing matched.
        matched: int32, how many things matched; one that matched by two marks counts once.
        apart: whether the ISRC and the name of the row each match something, and nothing matches by both.
    """

    answer: NDArray[np.int32]
    match: NDArray[np.int64]
    matched: NDArray[np.int32]
    apart: NDArray[np.bool_]


def verdicts_of_rows(
    rows: int,
    matches: Matches,
    answers: NDArray[np.int32],
    verdicts: NDArray[np.int8],
    spelt_alike: NDArray[np.bool_] | None = None,
) -> RowVerdicts:
    """The verdict of each of `rows` rows.

    Args:
        matches: in the order of rows; the order within a row does not matter.
        answers: int32, the answer's number of each match.
        verdicts: int8, the verdict of each answer.
        spelt_alike: of each match, whether its title is spelt as in the row; only decides what is shown.
    """
    decided = RowVerdicts(
        np.full(rows, NO_MATCH, np.int32),
        np.full(rows, -1, np.int64),
        np.zeros(rows, np.int32),
        np.zeros(rows, np.bool_),
    )
    if len(matches):
        _decide(
            np.ascontiguousarray(matches.row),
            np.where(matches.item >= 0, matches.item, -1 - matches.umbrella.astype(np.int64)),
            np.ascontiguousarray(matches.how),
            np.ascontiguousarray(answers, np.int32),
            _STRICT[verdicts],
            np.zeros(len(matches), np.bool_) if spelt_alike is None else spelt_alike,
            decided.answer,
            decided.match,
            decided.matched,
            decided.apart,
        )
    return decided


@OUTER
def _decide(
    row: Any, thing: Any, how: Any, answers: Any, strict: Any, alike: Any,
    answer: Any, match: Any, matched: Any, apart: Any,
) -> None:  # fmt: skip
    """`thing` is the item, or -1 less the number of the umbrella rule; `strict` the strictness of each answer."""
    first = 0
    while first < len(row):
        last = first + 1
        while last < len(row) and row[last] == row[first]:
            last += 1
        best = first
        licensed = strict[answers[first]] == _LAST
        for place in range(first + 1, last):
            licensed = licensed or strict[answers[place]] == _LAST
            if _better(place, best, thing, how, answers, strict, alike):
                best = place
        at = row[first]
        match[at] = best
        answer[at] = _MIXED if licensed and strict[answers[best]] == _LAST - 1 else answers[best]
        matched[at] = _distinct(thing, first, last)
        apart[at] = _apart(thing, how, first, last)
        first = last


@INNER
def _better(place: Int, best: Int, thing: Any, how: Any, answers: Any, strict: Any, alike: Any) -> Any:
    """Whether the match at `place` is to be shown rather than the one at `best`."""
    here, there = np.int64(strict[answers[place]]), np.int64(strict[answers[best]])
    if here == there:
        here, there = np.int64(how[place]), np.int64(how[best])
    if here == there:
        here, there = np.int64(alike[best]), np.int64(alike[place])
    if here == there:
        here, there = thing[place], thing[best]
        here, there = max(here, -1 - here), max(there, -1 - there)
    return here < there


@INNER
def _distinct(thing: Any, first: Int, last: Int) -> Int:
    """How many things there are in thing[first:last]."""
    count = 0
    if last - first > _FEW:
        things = np.sort(thing[first:last])
        for place in range(len(things)):
            count += place == 0 or things[place] != things[place - 1]
        return count
    for place in range(first, last):
        fresh = True
        for before in range(first, place):
            fresh = fresh and thing[before] != thing[place]
        count += fresh
    return count


@INNER
def _apart(thing: Any, how: Any, first: Int, last: Int) -> Any:
    """Whether items match by ISRC and items match by name, and none by both; not asked of very many."""
    isrcs = 0
    names = 0
    for place in range(first, last):
        if thing[place] >= 0:
            isrcs += how[place] == _BY_ISRC
            names += how[place] == _BY_NAME
    if isrcs == 0 or names == 0 or isrcs * names > _PAIRS:
        return False
    for place in range(first, last):
        if how[place] == _BY_ISRC:
            for other in range(first, last):
                if how[other] == _BY_NAME and thing[other] == thing[place]:
                    return False
    return True


assert (RESERVED, UNCLEAR, LICENSED, SILENT) == (0, 1, 2, 3)  # noqa: S101 - `_STRICT` relies on it
