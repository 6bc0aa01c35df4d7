"""The strictest answer of all matches stands, whatever their order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tacenda.match.interface import Matches
from tacenda.screen.answers import FIXED, LICENSED, MIXED, NO_MATCH, RESERVED, SILENT, UNCLEAR
from tacenda.screen.rows import verdicts_of_rows

# Answers beyond the fixed ones: one of each verdict, in an order that is not that of strictness.
EXTRA = [LICENSED, SILENT, RESERVED, UNCLEAR]
VERDICTS = np.array([line.verdict for line in FIXED] + EXTRA, np.int8)
FIRST = len(FIXED)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 5), st.integers(0, 9))), st.randoms()
)
def test_strictest_of_all(hits: list[tuple[int, int, int, int]], order: object) -> None:
    """Compared with the rule written out in plain words over sets."""
    hits = sorted(set(hits))
    rows = np.array(hits, np.int64).reshape(-1, 4)
    matches = Matches(rows[:, 0], rows[:, 3], np.full(len(rows), -1, np.int32), rows[:, 2].astype(np.uint8))
    decided = verdicts_of_rows(6, matches, (rows[:, 1] + FIRST).astype(np.int32), VERDICTS)
    for row in range(6):
        mine = [(EXTRA[a], how, item) for r, a, how, item in hits if r == row]
        said = {verdict for verdict, _, _ in mine}
        if not mine:
            expected = NO_MATCH
        elif RESERVED in said:
            expected = FIRST + EXTRA.index(RESERVED)
        elif UNCLEAR in said:
            expected = FIRST + EXTRA.index(UNCLEAR)
        elif said == {LICENSED}:
            expected = FIRST + EXTRA.index(LICENSED)
        else:
            expected = MIXED if LICENSED in said else FIRST + EXTRA.index(SILENT)
        assert decided.answer[row] == expected
        assert decided.matched[row] == len({item for _, _, item in mine})
        assert (decided.match[row] >= 0) == bool(mine)
