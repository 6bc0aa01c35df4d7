"""Machine code for folding names: equal to `tacenda.core.fold` on every string, row by row over Arrow buffers.

All kernels of folding stand in this one file, because Numba's disk cache notices a change only of the file in
which a kernel itself is written. They hold no lock while they run. Bytes that are not UTF-8 count as spaces.

Columns come as (data: uint8, offsets: int64 of length rows + 1). What is found leaves as `Forms`: normal forms one
after the other in `data`, form i being data[offsets[i]:offsets[i + 1]], and the row of each.
"""

# ruff: noqa: SIM109, SIM110  (the compiler knows loops; it knows no generators)

from typing import Any

import numpy as np

from tacenda.core.fold import GUEST_WORDS, LIMIT, TAIL_OPENERS, TAIL_WORDS
from tacenda.match.compiled import INNER, OUTER, Int

_LONGEST = 20
_SPACE, _OPEN, _CLOSE, _DASH = 0x20, 0x28, 0x29, 0x2D
_BAR = 0x7C


def _packed(word: str) -> int:
    """A word of at most twelve letters a to z as a number, one to one: five bits a letter."""
    number = 0
    for letter in word:
        number = number * 32 + ord(letter) - 96
    return number


def _packed_all(words: frozenset[str]) -> Any:
    return np.array(sorted(map(_packed, words)), np.int64)


_TAILS = _packed_all(TAIL_WORDS)
_OPENERS = _packed_all(TAIL_OPENERS)
_FEAT, _FEATURING, _FT = (_packed(word) for word in sorted(GUEST_WORDS))
_WITH, _DUET, _THE = _packed("with"), _packed("duet"), _packed("the")


@INNER
def _decode(data: Any, place: Int, end: Int) -> tuple[Int, Int]:
    """Code point at `place` and the place after it; 0xFFFD for what is not UTF-8."""
    first = np.int64(data[place])
    if first < 0x80:
        return first, place + 1
    if first < 0xC2 or first > 0xF4:
        return 0xFFFD, place + 1
    more = 1 if first < 0xE0 else 2 if first < 0xF0 else 3
    code = first & (0x3F >> more)
    if place + more >= end:
        return 0xFFFD, place + 1
    for step in range(1, more + 1):
        follow = np.int64(data[place + step])
        if follow & 0xC0 != 0x80:
            return 0xFFFD, place + 1
        code = code << 6 | follow & 0x3F
    if code > 0x10FFFF:
        return 0xFFFD, place + 1
    return code, place + more + 1


@INNER
def _spell(data: Any, start: Int, end: Int, pages: Any, cells: Any, pool: Any, signs: Any) -> Int:
    """Write the spelling of data[start:end] into `signs`; how many there are (rule 1)."""
    count = 0
    place = start
    base = np.int64(pages[0]) << 8
    for _ in range(LIMIT):
        if place >= end:
            break
        code = np.int64(data[place])
        if code < 0x80:
            place += 1
            cell = np.int64(cells[base + code])
        else:
            code, place = _decode(data, place, end)
            cell = np.int64(cells[(np.int64(pages[code >> 8]) << 8) + (code & 255)])
        if cell == 0xFFFFFFFF:
            signs[count] = code
            count += 1
        elif cell >= 0x200000:
            at = cell - 0x200000
            for step in range(np.int64(pool[at])):
                signs[count] = pool[at + 1 + step]
                count += 1
        elif cell != 0:
            signs[count] = cell
            count += 1
    return count


@INNER
def _word(signs: Any, start: Int, end: Int, part: Int, words: Any, found: Int) -> Int:
    """Put signs[start:end] down as one word: (start, end, part, packed or -1, digits only); how many there are."""
    packed = np.int64(0)
    digits = 1
    for place in range(start, end):
        sign = np.int64(signs[place])
        if sign > 57:
            digits = 0
        if packed >= 0:
            packed = packed * 32 + sign - 96 if 97 <= sign <= 122 and place - start < 12 else np.int64(-1)
    words[found, 0] = start
    words[found, 1] = end
    words[found, 2] = part
    words[found, 3] = packed
    words[found, 4] = digits
    return found + 1


@INNER
def _words(signs: Any, count: Int, words: Any) -> Int:
    """Rule 2, and the division into words and parts; how many words are outside brackets.

    One space more than there are signs is read, at the end, so that the last word ends like any other.
    """
    found = np.int64(0)
    depth = 0
    part = np.int64(0)
    start = np.int64(-1)
    dashes = False
    before = np.int64(0)
    for place in range(count + 1):
        sign = np.int64(signs[place]) if place < count else np.int64(_SPACE)
        if sign > _DASH:
            if depth == 0 and start < 0:
                start = np.int64(place)
            continue
        if sign == _OPEN:
            depth += 1
        elif sign == _CLOSE:
            depth = max(0, depth - 1)
        elif depth > 0 and place < count:
            continue
        if start >= 0:
            found = _word(signs, start, np.int64(place), part, words, found)
            start = np.int64(-1)
        if sign == _DASH:
            dashes = True
        else:
            # A token of dashes alone, between spaces, begins a new part.
            if dashes and found == before:
                part += 1
            dashes = False
            before = found
    return found


@INNER
def _among(packed: Int, listed: Any) -> bool:
    if packed <= 0:
        return False
    for place in range(len(listed)):
        if listed[place] == packed:
            return True
    return False


@INNER
def _guests_from(words: Any, count: Int, artist: bool) -> Int:
    """Rule 4: place of the first word that introduces a guest, or `count`."""
    for place in range(1, count - 1):
        packed = words[place, 3]
        if packed == _FEAT or packed == _FEATURING or (packed == _FT and words[place - 1, 4] == 0):
            return place
        if artist and packed == _WITH:
            return place - 1 if words[place - 1, 3] == _DUET and place > 1 else place
    return count


@INNER
def _title_end(words: Any, count: Int) -> Int:
    """Rules 3 and 4: how many words of a title stay."""
    start = 0
    while start < count:
        end = start + 1
        while end < count and words[end, 2] == words[start, 2]:
            end += 1
        if start > 0 and (
            _among(words[start, 3], _TAILS)
            or _among(words[end - 1, 3], _TAILS)
            or _among(words[start, 3], _OPENERS)
        ):
            count = start
            break
        start = end
    return _guests_from(words, count, False)


@INNER
def _write(sign: Int, out: Any, at: Int) -> Int:
    """Write one sign as UTF-8; the place after it."""
    if sign < 0x80:
        out[at] = sign
        return at + 1
    if sign < 0x800:
        out[at] = 0xC0 | sign >> 6
        out[at + 1] = 0x80 | sign & 0x3F
        return at + 2
    if sign < 0x10000:
        out[at] = 0xE0 | sign >> 12
        out[at + 1] = 0x80 | sign >> 6 & 0x3F
        out[at + 2] = 0x80 | sign & 0x3F
        return at + 3
    out[at] = 0xF0 | sign >> 18
    out[at + 1] = 0x80 | sign >> 12 & 0x3F
    out[at + 2] = 0x80 | sign >> 6 & 0x3F
    out[at + 3] = 0x80 | sign & 0x3F
    return at + 4


@INNER
def _write_words(signs: Any, count: Int, words: Any, first: Int, last: Int, out: Any, at: Int) -> Int:
    """Words first to last without spaces; where there are none, the whole spelling (rule 6)."""
    for word in range(first, last):
        for place in range(words[word, 0], words[word, 1]):
            at = _write(np.int64(signs[place]), out, at)
    if first == last:
        for place in range(count):
            if signs[place] > _DASH:
                at = _write(np.int64(signs[place]), out, at)
    return at


@INNER
def _artist(signs: Any, count: Int, words: Any, out: Any, at: Int) -> Int:
    found = _guests_from(words, _words(signs, count, words), True)
    first = np.int64(0)
    if found > 1 and words[0, 3] == _THE:
        first = np.int64(1)
    elif found > 1 and words[found - 1, 3] == _THE:
        found -= 1
    return _write_words(signs, count, words, first, found, out, at)


@OUTER
def text_forms(
    artist: Any, artist_at: Any, title: Any, title_at: Any, pages: Any, cells: Any, pool: Any
) -> tuple[Any, Any, Any]:
    """`core.fold.text_key` of every row that has one: (data, offsets, rows)."""
    n = len(artist_at) - 1
    signs = np.empty(LIMIT * _LONGEST + 1, np.uint32)
    words = np.empty((LIMIT * _LONGEST + 1, 5), np.int64)
    out = np.empty(64 + 2 * (artist_at[n] - artist_at[0] + title_at[n] - title_at[0]) + n, np.uint8)
    offsets = np.empty(n + 1, np.int64)
    rows = np.empty(n, np.int64)
    found = np.int64(0)
    at = np.int64(0)
    offsets[0] = 0
    for row in range(n):
        start = at
        count = _spell(artist, artist_at[row], artist_at[row + 1], pages, cells, pool, signs)
        out = _room(out, at, 4 * count + 1)
        at = _artist(signs, count, words, out, at)
        if at == start:
            continue
        out[at] = _BAR
        at += 1
        middle = at
        count = _spell(title, title_at[row], title_at[row + 1], pages, cells, pool, signs)
        out = _room(out, at, 4 * count)
        at = _write_words(
            signs, count, words, np.int64(0), _title_end(words, _words(signs, count, words)), out, at
        )
        if at == middle:
            at = start
            continue
        rows[found] = row
        found += 1
        offsets[found] = at
    return out[:at], offsets[: found + 1], rows[:found]


@INNER
def _room(out: Any, used: Int, more: Int) -> Any:
    """`out`, or a larger copy if fewer than `more` bytes are free."""
    if used + more <= len(out):
        return out
    larger = np.empty(2 * len(out) + more, np.uint8)
    for place in range(used):
        larger[place] = out[place]
    return larger
