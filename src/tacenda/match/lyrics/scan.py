"""The scan: texts in, findings out, in one call of machine code that holds no lock.

Of each text: read its words, ask the filter for every run of k words, look up what it lets through, see whether
the words round a seed earn enough on its diagonal (`gate`), and only then align. What an alignment covers is not
aligned again. The works of one passage may be several (versions of one song): all are reported, see `search`.
"""

from typing import Any, Final

import numpy as np

from tacenda.match.compiled import INNER, OUTER, Int
from tacenda.match.lyrics.align import MAX_ROWS, WIDTH, extend, ungapped
from tacenda.match.lyrics.secret import hide_words
from tacenda.match.lyrics.seeds import filter_bits, shingle_hashes
from tacenda.match.lyrics.words import PADDING, read_words

COLUMNS: Final = (
    "text", "work", "first_word", "last_word", "first_byte", "last_byte", "lyric_first", "lyric_last", "matched",
    "longest", "told", "pairs",
)  # fmt: skip
"""Of a finding; `last_*` are exclusive, lyric places count from the beginning of the lyric, `told` is in
eighths of a bit, and `pairs` is where its matched pairs begin in the second array."""
PAIRS, TESTED = 6, 7
_COVERED: Final = 512


@INNER
def _work_of(starts: Any, place: Int) -> Int:
    low, high = 0, len(starts) - 1
    while high - low > 1:
        middle = (low + high) >> 1
        if starts[middle] <= place:
            low = middle
        else:
            high = middle
    return low


@INNER
def _candidates(runs: Int, line: Any, sieve: Any, shift: Int, out: Any) -> Int:
    """The places of the shingles that the filter lets through."""
    found = 0
    for i in range(runs):
        x = line[i]
        bits = filter_bits(x)
        out[found] = i
        found += sieve[x >> np.uint64(shift)] & bits == bits
    return found


@INNER
def _is_covered(covered: Any, count: Int, i: Int, g: Int) -> Any:
    for c in range(max(0, count - _COVERED), count):
        row = covered[c % _COVERED]
        if row[0] <= i < row[1] and row[2] <= g < row[3]:
            return True
    return False


@INNER
def _larger(rows: Any, used: Int, more: Int) -> Any:
    if used + more <= len(rows):
        return rows
    wider = np.empty((2 * len(rows) + more, rows.shape[1]), rows.dtype)
    wider[:used] = rows[:used]
    return wider


@INNER
def _join(room: Any, back: Any, ahead: Int, behind: Int, out: Any, at: Int) -> Int:
    """Write the pairs of both ways in order into out[at:]; the longest run of words that agree."""
    forward = room[4]
    for j in range(behind):
        out[at + j, 0] = back[j, 0]
        out[at + j, 1] = back[j, 1]
    for j in range(ahead):
        out[at + behind + j, 0] = forward[ahead - 1 - j, 0]
        out[at + behind + j, 1] = forward[ahead - 1 - j, 1]
    longest = run = 1
    for j in range(at + 1, at + ahead + behind):
        run = run + 1 if out[j, 0] == out[j - 1, 0] + 1 and out[j, 1] == out[j - 1, 1] + 1 else 1
        longest = max(longest, run)
    return longest


@INNER
def _room() -> Any:
    return (
        np.empty((MAX_ROWS + 1, WIDTH), np.uint8),
        np.empty(MAX_ROWS + 1, np.int64),
        np.empty(WIDTH, np.int64),
        np.empty(WIDTH, np.int64),
        np.empty((MAX_ROWS, 2), np.int64),
    )


@INNER
def _align(
    text: Int, i: Int, g: Int, passage: Any, index: Any, model: Any, limits: Any, scratch: Any, counts: Any,
    found: Any, pairs: Any,
) -> tuple[Any, Any]:  # fmt: skip
    """Align a passage with a lyric from the seed at words `i` and `g`; findings and pairs with what it brought."""
    doc, plain, words, begins, ends = passage
    cat, starts, mask = index
    room, back, covered = scratch
    work = _work_of(starts, g)
    first, last = np.int64(starts[work]), np.int64(starts[work + 1])
    told, behind = extend(doc, plain, i - 1, i, cat, g - 1, g - first, -1, model, mask, room)
    for j in range(behind):
        back[j, 0] = room[4][j, 0]
        back[j, 1] = room[4][j, 1]
    more, ahead = extend(doc, plain, i, words - i, cat, g, last - g, 1, model, mask, room)
    told += more
    matched, used = ahead + behind, counts[PAIRS]
    if matched == 0:
        return found, pairs
    pairs = _larger(pairs, used, matched)
    run = _join(room, back, ahead, behind, pairs, used)
    a, b = pairs[used, 0], pairs[used + matched - 1, 0]
    ga, gb = pairs[used, 1], pairs[used + matched - 1, 1]
    box = covered[counts[TESTED] % _COVERED]
    box[0], box[1], box[2], box[3] = a, b + 1, ga, gb + 1
    counts[TESTED] += 1
    if told < limits[1] or matched < limits[2]:
        return found, pairs
    found = _larger(found, counts[4], 1)
    row = found[counts[4]]
    row[0], row[1], row[2], row[3] = text, work, a, b + 1
    row[4], row[5], row[6], row[7] = begins[a], ends[b], ga - first, gb + 1 - first
    row[8], row[9], row[10], row[11] = matched, run, told, used
    for j in range(used, used + matched):
        pairs[j, 1] -= first
    counts[PAIRS] = used + matched
    counts[4] += 1
    return found, pairs


@INNER
def _holds(doc: Any, i: Int, cat: Any, g: Int, k: Int) -> Any:
    same = True
    for j in range(k):
        same = same and cat[g + j] == doc[i + j]
    return same


@INNER
def _verify(
    text: Int, line: Any, where: Any, through: Int, passage: Any, index: Any, model: Any, limits: Any,
    scratch: Any, counts: Any, found: Any, pairs: Any,
) -> tuple[Any, Any]:  # fmt: skip
    """Follow what the filter let through in one text: look up, test on the diagonal, align."""
    k, _, _, buckets, shift, tags, places, cat, starts, mask = index
    doc, plain, words, _, _ = passage
    counts[TESTED] = 0
    for c in range(through):
        i = where[c]
        x = line[i]
        bucket = x >> np.uint64(shift)
        tag = np.uint16(x & np.uint64(0xFFFF))
        for entry in range(buckets[bucket], buckets[bucket + 1]):
            if tags[entry] != tag:
                continue
            g = np.int64(places[entry])
            if not _holds(doc, i, cat, g, k):
                continue
            counts[2] += 1
            if _is_covered(scratch[2], counts[TESTED], i, g):
                continue
            if ungapped(doc, plain, words, i, cat, g, k, model) < limits[0]:
                continue
            counts[3] += 1
            found, pairs = _align(
                text, i, g, passage, (cat, starts, mask), model, limits, scratch, counts, found, pairs
            )
    return found, pairs


@OUTER
def scan_texts(data: Any, offsets: Any, reading: Any, index: Any, model: Any, limits: Any) -> tuple[Any, Any, Any]:
    """(findings int64 (n, 12), pairs int64 (m, 2), counts int64 (8,)) of texts data[offsets[t]:offsets[t + 1]].

    Args:
        reading: (letter tables, aliases, key).
        index: (k, sieve, its shift, buckets, their shift, tags, places, words, starts, mask).
        model: (single, pairs, shift).
        limits: int64: least sum for the gate and of a finding, both in eighths of a bit; least words that match.

    Counts: words, runs let through by the filter, seeds that hold, seeds past the gate, findings, texts.
    """
    tables, aliases, key = reading
    counts = np.zeros(8, np.int64)
    longest = np.int64(0)
    for text in range(len(offsets) - 1):
        longest = max(longest, np.int64(offsets[text + 1] - offsets[text]))
    low = np.empty(longest + PADDING, np.uint8)
    plain, doc = np.empty(longest + 1, np.uint32), np.empty(longest + 1, np.uint32)
    begins, ends = np.empty(longest + 1, np.int32), np.empty(longest + 1, np.int32)
    line, where = np.empty(longest + 1, np.uint64), np.empty(longest + 1, np.int64)
    scratch = (_room(), np.empty((MAX_ROWS, 2), np.int64), np.empty((_COVERED, 4), np.int64))
    found, pairs = np.empty((64, 12), np.int64), np.empty((1024, 2), np.int64)
    for text in range(len(offsets) - 1):
        start, end = np.int64(offsets[text]), np.int64(offsets[text + 1])
        words, single_characters = read_words(data, start, end, tables, aliases, low, plain, begins, ends)
        counts[0] += words
        counts[5] += 1
        hide_words(plain, words, key, doc)
        runs = shingle_hashes(doc, words, index[0], single_characters, line)
        through = _candidates(runs, line, index[1], index[2], where)
        counts[1] += through
        if through > 0:
            passage = (doc, plain, words, begins, ends)
            found, pairs = _verify(
                text, line, where, through, passage, index, model, limits, scratch, counts, found, pairs
            )
    return found[: counts[4]].copy(), pairs[: counts[PAIRS]].copy(), counts
