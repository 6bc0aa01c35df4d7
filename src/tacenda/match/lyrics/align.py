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
REACH: Final = 24
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
def _one_way(doc: Any, plain: Any, i: Int, ahead: Int, cat: Any, g: Int, room: Int, way: Int, model: Any) -> Int:
    """The best sum of doc[i], doc[i + way] ... against the same of `cat`, over at most `REACH` words."""
    single, pairs, shift = model
    best = total = np.int64(0)
    step = 0
    while step < min(ahead, room, REACH) and total > best - 2 * EDIT:
        at = i + way * step
        if doc[at] == cat[g + way * step]:
            total += told(plain[at - 1] if at > 0 else np.uint32(0), plain[at], single, pairs, shift)
            best = max(best, total)
        else:
            total -= EDIT
        step += 1
    return best


@INNER
def ungapped(doc: Any, plain: Any, count: Int, i: Int, cat: Any, g: Int, k: Int, model: Any) -> Int:
    """What the words round a seed earn on its diagonal alone, mismatches taken off; eighths of a bit."""
    right = _one_way(doc, plain, i, count - i, cat, g, len(cat) - g, 1, model)
    return right + _one_way(doc, plain, i - 1, i, cat, g - 1, g, -1, model)


@INNER
def _row(
    word: Int, worth: Int, old: Any, new: Any, moves: Any, first: Int, shifted: Int, stop: Int, cat: Any, g: Int,
    way: Int, mask: Any, best_column: Int,
) -> tuple[Int, Int]:  # fmt: skip
    """Fill one row of the band; its best sum and where that stands."""
    best = np.int64(_LOW)
    for j in range(WIDTH):
        column = first + j
        score, move = np.int64(_LOW), 0
        if 0 <= column <= stop:
            above = j + shifted
            if above < WIDTH:
                score, move = old[above] - EDIT, _UP
            if column > 0 and 1 <= above <= WIDTH:
                place = g + way * (column - 1)
                same = cat[place] == word
                value = old[above - 1] + ((0 if is_masked(mask, place) else worth) if same else -EDIT)
                if value >= score:
                    score, move = value, (_MATCH if same else _DIAGONAL)
            if j > 0 and new[j - 1] - EDIT > score:
                score, move = new[j - 1] - EDIT, _LEFT
        new[j] = score
        moves[j] = move
        if score > best:
            best, best_column = score, column
    return best, best_column


@INNER
def extend(
    doc: Any,
    plain: Any,
    i: Int,
    count: Int,
    cat: Any,
    g: Int,
    stop: Int,
    way: Int,
    model: Any,
    mask: Any,
    room: Any,
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
        shifted: Int = row_top_column + 1 - BAND - first
        shifted = min(max(shifted, 0), 2)
        first += shifted
        firsts[row] = first
        row_top, row_top_column = _row(
            word, worth, old, new, trace[row], first, shifted, stop, cat, g, way, mask, row_top_column
        )
        if row_top > top:
            top, top_row, top_column = row_top, row, row_top_column
        if row_top < top - DROP_OFF:
            break
        old, new = new, old
    return top, _trace_back(trace, firsts, pairs, i, g, way, top_row, top_column)


@INNER
def _trace_back(trace: Any, firsts: Any, pairs: Any, i: Int, g: Int, way: Int, row: Int, column: Int) -> Int:
    found = 0
    while row > 0 or column > 0:
        move = trace[row, column - firsts[row]]
        if move in (_MATCH, _DIAGONAL):
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
