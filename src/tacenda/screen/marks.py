"""What a row says of itself beside its matches: whether it named anything at all, and what is doubtful about it.

An identifier that cannot be read was looked up in vain whatever it was meant to be, so a row that nothing else
recognises is Unclear then, and a row that was recognised otherwise says so. A cell without a digit above nought
(``n/a``, ``unknown``, ``0``) is no attempt at an identifier: it counts as empty.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tacenda.formats.corpus_table import Field
from tacenda.match.compiled import INNER, OUTER, Int
from tacenda.match.exact import forms_of
from tacenda.match.interface import How, Matches
from tacenda.screen.answers import MALFORMED, NO_MATCH, NOT_COVERED, NOTHING

IDENTIFIERS: Final[Mapping[Field, How]] = {
    Field.ISRC: How.ISRC,
    Field.ISWC: How.ISWC,
    Field.GTIN: How.GTIN,
    Field.YOUTUBE: How.YOUTUBE,
}
EMPTY, GOOD, BAD, UNSURE = 0, 1, 2, 3
_WORD: Final = r"[\p{L}\p{N}]"

States = Mapping[Field, NDArray[np.uint8]]


def states_of(values: Mapping[Field, Any], matches: Matches) -> dict[Field, NDArray[np.uint8]]:
    """Of each row and kind of identifier whether it is `EMPTY`, `GOOD` (can be read) or `BAD`.

    Args:
        values: the fields of the rows, as string arrays.
        matches: what was found: an identifier that matched something can be read.
    """
    states = {}
    for field, how in IDENTIFIERS.items():
        if field in values:
            state = _looks(*_bytes_of(values[field]), how == How.ISRC)
            by_mark = matches.how == how
            if how == How.ISRC:
                by_mark = by_mark | (matches.how == How.ISRC_PREFIX)
            state[matches.row[by_mark]] = GOOD
            unsure = np.flatnonzero(state == UNSURE)
            if len(unsure):
                state[unsure] = BAD
                state[unsure[forms_of(how, values[field].take(pa.array(unsure))).rows]] = GOOD
            states[field] = state
    return states


def answer_without_match(
    values: Mapping[Field, Any], states: States, rows: int, covered: frozenset[Field], *, searched: bool = False
) -> NDArray[np.int32]:
    """int32: the answer of each row, given that nothing matched it.

    Args:
        values: the fields of these rows, as string arrays.
        states: of these rows (`states_of`).
        covered: the kinds of identifier of which the snapshot holds at least one.
        searched: whether the rows' text was searched for lyrics: then a row with text said what it is.

    `MALFORMED` when it has an identifier of a covered kind that cannot be read; else `NO_MATCH` when it has artist
    and title, or an identifier of a covered kind; `NOT_COVERED` when it has only identifiers of other kinds; else
    `NOTHING`. A name without a letter or digit counts as absent.
    """
    named = np.zeros(rows, bool)
    if Field.ARTIST in values and Field.TITLE in values:
        named = _holds(values[Field.ARTIST], _WORD) & _holds(values[Field.TITLE], _WORD)
    if searched and Field.TEXT in values:
        named = named | _holds(values[Field.TEXT], _WORD)
    inside, outside = named, np.zeros(rows, bool)
    for field, state in states.items():
        if field in covered:
            inside = inside | (state == GOOD)
        else:
            outside = outside | (state == GOOD)
    answer = np.where(inside, NO_MATCH, np.where(outside, NOT_COVERED, NOTHING)).astype(np.int32)
    for field in reversed(tuple(IDENTIFIERS)):
        if field in states and field in covered:
            answer[states[field] == BAD] = MALFORMED[field.value]
    return answer


def _holds(column: Any, pattern: str) -> NDArray[np.bool_]:
    found = pc.fill_null(pc.match_substring_regex(column, pattern), False)
    result: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False).astype(bool)
    return result


def _bytes_of(column: Any) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """A string array as bytes and offsets; what is null is empty."""
    if column.null_count:
        column = pc.fill_null(column, "")
    _, places, data = column.buffers()
    if places is None or not len(column):
        return np.zeros(0, np.uint8), np.zeros(len(column) + 1, np.int32)
    offsets = np.frombuffer(places, np.int32, len(column) + 1, column.offset * 4)
    return np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(0, np.uint8), offsets


@OUTER
def _looks(data: Any, offsets: Any, isrc: bool) -> Any:
    """The state of each cell as far as one look can tell; `UNSURE` for what a careful reader must judge."""
    states = np.zeros(len(offsets) - 1, np.uint8)
    for row in range(len(states)):
        start, end = offsets[row], offsets[row + 1]
        if isrc and _plain_isrc(data, start, end):
            states[row] = GOOD
            continue
        for place in range(start, end):
            if 0x31 <= data[place] <= 0x39:
                states[row] = UNSURE
                break
    return states


@INNER
def _plain_isrc(data: Any, start: Int, end: Int) -> Any:
    """Whether the cell is one ISRC, with ASCII hyphens and spaces at most."""
    size = 0
    for place in range(start, end):
        byte = data[place]
        if byte == 0x2D or byte == 0x20:
            continue
        letter = 0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A
        digit = 0x30 <= byte <= 0x39
        if not (letter and size < 5) and not (digit and size > 1):
            return False
        size += 1
    return size == 12
