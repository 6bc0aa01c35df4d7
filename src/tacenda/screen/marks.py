"""Whether a row that matched nothing said what it is: only then may the answer be Silent."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from tacenda.formats.corpus_table import Field
from tacenda.screen.answers import NO_MATCH, NOT_COVERED, NOTHING

IDENTIFIERS: Final[Mapping[Field, str]] = {
    Field.ISRC: r"(?i)\b[a-z]{2}[- ]?[a-z0-9]{3}[- ]?\d{2}[- ]?\d{5}\b",
    Field.ISWC: r"(?i)\bt[-.]?\d{3}\.?\d{3}\.?\d{3}[-.]?\d\b",
    Field.GTIN: r"\b\d{8,14}\b",
    Field.YOUTUBE: r"(?:^|[\s,;|])[A-Za-z0-9_-]{11}(?:$|[\s,;|])",
}
_WORD: Final = r"[\p{L}\p{N}]"


def answer_without_match(
    values: Mapping[Field, Any], rows: int, covered: frozenset[Field], *, searched: bool = False
) -> NDArray[np.int32]:
    """int32: the answer of each row, given that nothing matched it.

    Args:
        values: the fields of these rows, as string arrays.
        covered: the kinds of identifier of which the snapshot holds at least one.
        searched: whether the rows' text was searched for lyrics: then a row with text said what it is.

    `NO_MATCH` when the row has artist and title, or an identifier of a covered kind; `NOT_COVERED` when it has
    only identifiers of other kinds; else `NOTHING`. A name without a letter or digit counts as absent, and so does
    an identifier that is none by its form.
    """
    named = np.zeros(rows, bool)
    if Field.ARTIST in values and Field.TITLE in values:
        named = _holds(values[Field.ARTIST], _WORD) & _holds(values[Field.TITLE], _WORD)
    if searched and Field.TEXT in values:
        named = named | _holds(values[Field.TEXT], _WORD)
    inside, outside = named, np.zeros(rows, bool)
    for field, form in IDENTIFIERS.items():
        if field in values and not inside.all():
            there = _holds(values[field], form)
            if field in covered:
                inside = inside | there
            else:
                outside = outside | there
    answer = np.where(inside, NO_MATCH, np.where(outside, NOT_COVERED, NOTHING))
    return answer.astype(np.int32)


def _holds(column: Any, pattern: str) -> NDArray[np.bool_]:
    found = pc.fill_null(pc.match_substring_regex(column, pattern), False)
    result: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False).astype(bool)
    return result
