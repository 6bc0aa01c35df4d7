"""Alignment of a passage with a lyric, outward from a seed, scored in eighths of a bit.

A word that agrees earns what it tells after the word before it; a word that differs, is left out or is put in
costs `EDIT`. The alignment goes on over any length until its sum is `DROP_OFF` below its best, inside a band that
follows the best column of each row; so whole songs are aligned as well as lines. Memory: `MAX_ROWS` by the band.
"""

from typing import Any, Final

import numpy as np

from tacenda.match.compiled import INNER, Int
from tacenda.match.lyrics.model import told

EDIT: Final = 5 * 8
DROP_OFF: Final = 40 * 8
BAND: Final = 12
WIDTH: Final = 2 * BAND + 1
MAX_ROWS: Final = 8192
_LOW = -(1 << 40)
_DIAGONAL, _UP, _LEFT, _MATCH = 1, 2, 3, 4


@INNER
def is_masked(mask: Any, place: Int) -> Any:
    """Whether the word at `place` of the catalogue is known not to be the work's own."""
    return len(mask) > 0 and (mask[place >> 3] >> np.uint8(place & 7)) & 1


@INNER
def ungapped(doc: Any, plain: Any, count: Int, i: Int, cat: Any, low: Int, high: Int, g: Int, k: Int, model: Any) -> Int:
    """What the words round a seed earn on its diagonal alone, mismatches taken off; eighths of a bit."""
    single, pairs, shift = model
    sums = np.int64(0)
    for j in range(i, i + k):
        sums += told(plain[j - 1] if j > 0 else np.uint32(0), plain[j], single, pairs, shift)
    right = best = np.int64(0)
    step = k
    while i + step < count and g + step < high and right > best - 2 * EDIT and step < 24:
        if doc[i + step] == cat[g + step]:
            right += told(plain[i + step - 1], plain[i + step], single, pairs, shift)
            best = max(best, right)
        else:
            right -= EDIT
        step += 1
    sums += best
    left = best = np.int64(0)
    step = 1
    while i - step >= 0 and g - step >= low and left > best - 2 * EDIT and step < 24:
        if doc[i - step] == cat[g - step]:
            before = plain[i - step - 1] if i > step else np.uint32(0)
            left += told(before, plain[i - step], single, pairs, shift)
            best = max(best, left)
        else:
            left -= EDIT
        step += 1
    return sums + best


@INNER
def extend(
    doc: Any, plain: Any, i: Int, count: Int, cat: Any, g: Int, stop: Int, way: Int, model: Any, mask: Any, room: Any
) -> tuple[Int, Int]:
    """Align doc[i], doc[i + way] ... with cat[g], cat[g + way] ...; (eighths of a bit, pairs found).

    `count` and `stop` are how many words there are that way. `room`: (trace uint8 (MAX_ROWS + 1, WIDTH),
    firsts int64 (MAX_ROWS + 1,), two score rows int64 (WIDTH,), pairs int64 (MAX_ROWS, 2)); the pairs are left
    in it, outermost first.
    """
    trace, firsts, old, new, pairs = room
    single, table, shift = model
    rows = min(count, MAX_ROWS)
    first = np.int64(-BAND)
    firsts[0] = first
    for j in range(WIDTH):
        column = first + j
        old[j] = -EDIT * column if 0 <= column <= stop else _LOW
        trace[0, j] = _LEFT if column > 0 else 0
    top, top_row, top_column = np.int64(0), 0, np.int64(0)
    row_top_column = np.int64(0)
    for row in range(1, rows + 1):
        at = i + way * (row - 1)
        word = doc[at]
        before = plain[at - 1] if at > 0 else np.uint32(0)
        worth = told(before, plain[at], single, table, shift)
        shifted = row_top_column + 1 - BAND - first
        shifted = min(max(shifted, 0), 2)
        first += shifted
        firsts[row] = first
        row_top = np.int64(_LOW)
        for j in range(WIDTH):
            column = first + j
            score, move = np.int64(_LOW), 0
            if 0 <= column <= stop:
                above = j + shifted
                if above < WIDTH:
                    score, move = old[above] - EDIT, _UP
                if column > 0 and 1 <= above <= WIDTH:
                    place = g + way * (column - 1)
                    if cat[place] == word:
                        value = old[above - 1] + (0 if is_masked(mask, place) else worth)
                        kind = _MATCH
                    else:
                        value, kind = old[above - 1] - EDIT, _DIAGONAL
                    if value >= score:
                        score, move = value, kind
                if j > 0 and new[j - 1] - EDIT > score:
                    score, move = new[j - 1] - EDIT, _LEFT
            new[j] = score
            trace[row, j] = move
            if score > row_top:
                row_top, row_top_column = score, column
        if row_top > top:
            top, top_row, top_column = row_top, row, row_top_column
        if row_top < top - DROP_OFF:
            break
        old, new = new, old
    return top, _trace_back(trace, firsts, pairs, i, g, way, top_row, top_column)


@INNER
def _trace_back(
    trace: Any, firsts: Any, pairs: Any, i: Int, g: Int, way: Int, row: Int, column: Int
) -> Int:
    found = 0
    while row > 0 or column > 0:
        move = trace[row, column - firsts[row]]
        if move == _MATCH or move == _DIAGONAL:
            if move == _MATCH:
                pairs[found, 0] = i + way * (row - 1)
                pairs[found, 1] = g + way * (column - 1)
                found += 1
            row -= 1
            column -= 1
        elif move == _UP:
            row -= 1
        elif move == _LEFT:
            column -= 1
        else:
            break
    return found
