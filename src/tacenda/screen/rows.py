"""From matches to one verdict a row: pure array work, the same whatever the order of rows and matches.

A row may match several things. The strictest answer among them stands (Reserved, then Unclear); Licensed stands
only if everything that matched is licensed, else the row is Unclear. Of the matches that bear the answer, the one
by the best mark is shown: `match.interface.How` in its order, then one whose title is spelt as in the corpus (so
that a song is not shown as its re-recording), then the first item.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tacenda.match.interface import Matches
from tacenda.screen.answers import LICENSED, MIXED, NO_MATCH, RESERVED, SILENT, UNCLEAR

# Place in the order of strictness, by verdict (RESERVED, UNCLEAR, LICENSED, SILENT).
_STRICT: Final = np.array([0, 1, 3, 2], np.int64)


@dataclass(frozen=True, slots=True)
class RowVerdicts:
    """One entry a row.

    Attributes:
        answer: int32, number in the `AnswerBook`.
        match: int64, place in the matches of the one that is shown; -1 where nothing matched.
        matched: int32, how many things matched.
    """

    answer: NDArray[np.int32]
    match: NDArray[np.int64]
    matched: NDArray[np.int32]


def verdicts_of_rows(
    rows: int,
    matches: Matches,
    answers: NDArray[np.int32],
    verdicts: NDArray[np.int8],
    spelt_alike: NDArray[np.bool_] | None = None,
) -> RowVerdicts:
    """The verdict of each of `rows` rows.

    Args:
        answers: int32, the answer's number of each match.
        verdicts: int8, the verdict of each answer.
        spelt_alike: of each match, whether its title is spelt as in the row; only decides what is shown.
    """
    answer = np.full(rows, NO_MATCH, np.int32)
    match = np.full(rows, -1, np.int64)
    matched = np.bincount(matches.row, minlength=rows).astype(np.int32)
    if len(matches):
        verdict = verdicts[answers]
        thing = np.where(matches.item >= 0, matches.item, matches.umbrella)
        other = np.zeros(len(thing), bool) if spelt_alike is None else ~spelt_alike
        order = np.lexsort((thing, other, matches.how, _STRICT[verdict], matches.row))
        row = matches.row[order]
        first = np.concatenate(([True], row[1:] != row[:-1]))
        best = order[first]
        at = row[first]
        answer[at] = answers[best]
        match[at] = best
        licensed = np.zeros(rows, bool)
        licensed[matches.row[verdict == LICENSED]] = True
        winner = verdict[best]
        answer[at[(winner == SILENT) & licensed[at]]] = MIXED
    return RowVerdicts(answer, match, matched)


assert (RESERVED, UNCLEAR, LICENSED, SILENT) == (0, 1, 2, 3)  # noqa: S101 - `_STRICT` relies on it
