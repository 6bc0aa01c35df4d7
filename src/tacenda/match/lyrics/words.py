"""Running text to words: each as a 32-bit hash with the bytes where it stands. One pass, machine code.

What is made equal, because the same song is written so many ways:

- case, accents, compatibility forms (see `letters`);
- apostrophes of every kind inside a word (``don't`` is ``dont``); ``-ing`` and ``-in'`` in words of five letters;
- ``u``, ``ur``, ``&``, ``'cause``, ``nite`` and a few more (`ALIASES`);
- a word broken by a hyphen at the end of a line is one word; other hyphens part words;
- HTML tags, entities and escaped line ends; remarks in square brackets such as ``[Chorus x2]``; chords in
  brackets inside words, and lines that hold nothing but chords.

Bit 0 of a hash is set for a word that is one character of a script without spaces. Zero is never a word.
Cost: one visit of each byte, none of them twice but for the look ahead, which is bounded.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tacenda.match.compiled import INNER, OUTER, Int
from tacenda.match.lyrics.bits import load8, trailing
from tacenda.match.lyrics.letters import APOSTROPHE, BY_CHARACTER, CLASSES, DROP, EXPANDED, letter_table

WORDS_VERSION: Final = 1
MAX_DOCUMENT: Final = 1 << 30
ALIASES: Final = {
    "u": "you", "ya": "you", "yer": "your", "ur": "your", "n": "and", "cause": "because", "cuz": "because",
    "coz": "because", "til": "till", "thru": "through", "tho": "though", "nite": "night", "luv": "love",
    "em": "them", "an": "and", "o": "oh", "ol": "old", "ole": "old", "k": "ok", "okay": "ok", "thy": "your",
    "y": "why", "r": "are", "wit": "with", "da": "the", "dat": "that", "dis": "this", "b": "be", "yeh": "yeah",
}  # fmt: skip
PADDING: Final = 16
_TAG_BYTES, _REMARK_BYTES, _ENTITY_BYTES = 256, 48, 10
_ALIAS_SLOTS: Final = 4096
_GLUE = 3
_AND = 4


@INNER
def _mix(x: Int) -> Int:
    x = (x ^ (x >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return x ^ (x >> np.uint64(32))


@INNER
def _letter_at(data: Any, p: Int, end: Int) -> Any:
    """Whether a letter, or what may be one, stands here."""
    return p < end and (CLASSES[data[p]] > 1 or data[p] >= 0xC3)


@INNER
def _is_chord(data: Any, p: Int, stop: Int) -> Any:
    """Whether data[p:stop] is a chord symbol such as ``Em7`` or ``C#/G``."""
    if stop - p > 10 or p >= stop or not 0x41 <= data[p] <= 0x48:
        return False
    p += 1
    while p < stop:
        c = data[p]
        sign = c == 0x23 or c == 0x2F or c == 0x62 or c == 0x28 or c == 0x29 or c == 0x2B
        if sign or 0x30 <= c <= 0x39 or (0x41 <= c <= 0x47 and data[p - 1] == 0x2F):
            p += 1
        elif c == 0x6D or c == 0x4D:  # m, M, maj, min
            long = p + 2 < stop and (data[p + 1] == 0x61 or data[p + 1] == 0x69)
            p += 3 if long else 1
        elif p + 2 < stop and (c == 0x73 or c == 0x64 or c == 0x61) and 0x61 <= data[p + 1] <= 0x7A:
            p += 3  # sus, dim, aug, add
        else:
            return False
    return True


@INNER
def _chord_line(data: Any, p: Int, end: Int) -> Int:
    """The end of the line at `p` if it holds nothing but chords, else `p`."""
    begin = p
    found = 0
    while p < end and data[p] != 0x0A:
        c = data[p]
        if c == 0x20 or c == 0x09 or c == 0x7C or c == 0x0D:
            p += 1
            continue
        stop = p
        while stop < end and data[stop] > 0x20 and data[stop] != 0x7C and stop - p < 12:
            stop += 1
        if not _is_chord(data, p, stop):
            return begin
        found += 1
        p = stop
    return p if found > 0 else begin


@INNER
def _decode(data: Any, p: Int, end: Int) -> tuple[Int, Int]:
    """(bytes, code point) of the character at `p`; code point 0 where it is no UTF-8."""
    c = np.int64(data[p])
    if 0xC2 <= c < 0xE0 and p + 1 < end:
        return 2, (c & 31) << 6 | np.int64(data[p + 1]) & 63
    if 0xE0 <= c < 0xF0 and p + 2 < end:
        return 3, (c & 15) << 12 | (np.int64(data[p + 1]) & 63) << 6 | np.int64(data[p + 2]) & 63
    if 0xF0 <= c < 0xF5 and p + 3 < end:
        high = (c & 7) << 18 | (np.int64(data[p + 1]) & 63) << 12
        return 4, high | (np.int64(data[p + 2]) & 63) << 6 | np.int64(data[p + 3]) & 63
    return 1, 0


@INNER
def _entity(data: Any, p: Int, end: Int) -> Any:
    """(bytes, kind) of the ``&`` at `p`: an HTML entity, or the word *and*."""
    stop = p + 1
    while stop < end and stop - p < _ENTITY_BYTES and (data[stop] == 0x23 or CLASSES[data[stop]] > 1):
        stop += 1
    if stop >= end or data[stop] != 0x3B or stop == p + 1:
        return 1, _AND
    size = stop + 1 - p
    first, last = data[p + 1], data[stop - 1]
    if first == 0x61 and data[p + 2] == 0x6D:  # &amp;
        return size, _AND
    if first == 0x61 and data[p + 2] == 0x70:  # &apos;
        return size, APOSTROPHE
    if last == 0x6F and (first == 0x72 or first == 0x6C) and data[p + 2] == 0x73:  # &rsquo; &lsquo;
        return size, APOSTROPHE
    if first == 0x23 and ((size == 5 and last == 0x39) or (size == 6 and last == 0x37 and data[p + 3] == 0x32)):
        return size, APOSTROPHE  # &#39; &#x27;
    if first == 0x23 and size == 7 and (last == 0x37 or last == 0x36) and data[p + 2] == 0x38:
        return size, APOSTROPHE  # &#8217; &#8216;
    return size, 0


@INNER
def _broken_word(data: Any, p: Int, end: Int) -> Int:
    """How many bytes a hyphen at `p`, a line end and the blanks round it take, if a small letter follows; or 0."""
    q = p + 1
    lines = 0
    while q < end and q - p < 24 and (data[q] == 0x20 or data[q] == 0x0A or data[q] == 0x0D or data[q] == 0x09):
        lines += 1 if data[q] == 0x0A else 0
        q += 1
    return q - p if lines == 1 and q < end and 0x61 <= data[q] <= 0x7A else 0


@INNER
def _skip(data: Any, p: Int, end: Int, inside: Any) -> Any:
    """(bytes, kind) at an ASCII byte that is no letter and no plain gap."""
    c = data[p]
    if c == 0x27 or c == 0x60:
        return 1, APOSTROPHE
    if c == 0x2D:
        size = _broken_word(data, p, end) if inside else 0
        return (size, _GLUE) if size > 0 else (1, 0)
    if c == 0x26:
        return _entity(data, p, end)
    if c == 0x5C:
        escaped = p + 1 < end and (data[p + 1] == 0x6E or data[p + 1] == 0x72 or data[p + 1] == 0x74)
        quoted = p + 1 < end and data[p + 1] == 0x27
        return (2, APOSTROPHE) if quoted else (2 if escaped else 1, 0)
    if c == 0x3C:
        opens = p + 1 < end and (data[p + 1] == 0x2F or data[p + 1] == 0x21 or CLASSES[data[p + 1]] > 0x60)
        stop = p + 1
        while opens and stop < end and stop - p < _TAG_BYTES and data[stop] != 0x3E and data[stop] != 0x3C:
            stop += 1
        return (stop + 1 - p, 0) if opens and stop < end and data[stop] == 0x3E else (1, 0)
    stop = p + 1
    while stop < end and stop - p < _REMARK_BYTES and data[stop] != 0x5D and data[stop] != 0x0A:
        stop += 1
    if stop >= end or data[stop] != 0x5D:
        return 1, 0
    glue = inside and _is_chord(data, p + 1, stop) and _letter_at(data, stop + 1, end)
    return stop + 1 - p, _GLUE if glue else 0


@INNER
def _special(data: Any, p: Int, end: Int, inside: Any, letters: Any) -> Any:
    """(bytes, kind) of what stands at `p`. `inside`: a word is being read. Kinds are those of `letters`."""
    if data[p] < 0x80:
        size, kind = _skip(data, p, end, inside)
    else:
        size, code = _decode(data, p, end)
        if code >= 0x10000:
            kind = code & 0xFFFF | BY_CHARACTER if 0x20000 <= code < 0x40000 else 0
        else:
            kind = np.int64(letters[code])
    if kind == APOSTROPHE:
        kind = _GLUE if inside and _letter_at(data, p + size, end) else 0
    return size, kind


@INNER
def _append(state: Int, acc: Int, held: Int, letter: Int) -> tuple[Int, Int, Int]:
    if held == 8:
        state, acc, held = _mix(state ^ acc), np.uint64(0), 0
    return state, acc | np.uint64(letter) << np.uint64(8 * held), held + 1


@INNER
def _finish(low: Any, start: Int, end: Int, state: Int, acc: Int, held: Int) -> Int:
    """The hash of a word of which `held` letters are in `acc`; a final ``g`` of ``-ing`` is taken off."""
    if low[end - 1] == 0x67 and end - start >= 5 and low[end - 2] == 0x6E and low[end - 3] == 0x69:
        held -= 1
        acc &= (np.uint64(1) << np.uint64(8 * held)) - np.uint64(1)
    if held > 0:
        state = _mix(state ^ acc)
    return (np.uint32(state >> np.uint64(32)) | np.uint32(2)) & np.uint32(0xFFFFFFFE)


@INNER
def _class_of(before: Int, c: Int, after: Int) -> Int:
    small = c | np.uint8(0x20)
    letter = (small >= 0x61) & (small <= 0x7A)
    digit = (c >= 0x30) & (c <= 0x39)
    # An apostrophe matters between letters, a hyphen before a line end: elsewhere they are gaps like others.
    after_small, before_small = after | np.uint8(0x20), before | np.uint8(0x20)
    between = ((after >= 0x80) | ((after_small >= 0x61) & (after_small <= 0x7A))) & (
        (before >= 0x80) | ((before_small >= 0x61) & (before_small <= 0x7A))
    )
    close = ((c == 0x27) | (c == 0x60)) & between
    close |= (c == 0x2D) & ((after == 0x0A) | (after == 0x0D))
    close |= (c == 0x26) | (c == 0x3C) | (c == 0x5B) | (c == 0x5C) | (c >= 0x80)
    return small if letter else (c if digit else np.uint8(close))


@INNER
def _classify(data: Any, start: Int, end: Int, low: Any) -> None:
    """low[i]: the small letter or digit at data[start + i], 1 for what is to be looked at, 0 for a gap."""
    size = end - start
    part = data[start:end]
    for i in range(1, size - 1):
        low[i] = _class_of(part[i - 1], part[i], part[i + 1])
    blank = np.uint8(0x20)
    if size > 0:
        low[0] = _class_of(blank, part[0], part[1] if size > 1 else blank)
        low[size - 1] = _class_of(part[size - 2] if size > 1 else blank, part[size - 1], blank)
    for i in range(size, size + PADDING):
        low[i] = 0


@INNER
def _begins_line(data: Any, p: Int, start: Int) -> Any:
    while p > start and (data[p - 1] == 0x20 or data[p - 1] == 0x09 or data[p - 1] == 0x7C):
        p -= 1
    return p == start or data[p - 1] == 0x0A


@INNER
def _slow_word(
    data: Any, low: Any, at: Int, size: Int, start: Int, tables: Any, begun: tuple[Int, Int, Int]
) -> tuple[Int, Int, Int, Int, Int]:
    """Go on with a word at `at`: (place after it, state, acc, held, kind of a word of its own or 0)."""
    letters, several = tables
    state, acc, held = begun
    while at < size:
        kind = np.int64(low[at])
        if kind > 1:
            state, acc, held = _append(state, acc, held, kind)
            at += 1
            continue
        if kind == 0:
            break
        step, kind = _special(data, start + at, start + size, held > 0, letters)
        if kind == 0 or kind == _AND or kind & BY_CHARACTER:
            if held == 0:
                return at + step, state, acc, held, kind
            break
        if kind & EXPANDED:
            for letter in several[kind & 0xFFFF]:
                if letter > 0:
                    state, acc, held = _append(state, acc, held, np.int64(letter) & 0xFF)
        elif kind != _GLUE and kind != DROP:
            state, acc, held = _append(state, acc, held, kind & 0xFF)
            if kind > 0xFF:
                state, acc, held = _append(state, acc, held, kind >> 8)
        at += step
    return at, state, acc, held, 0


@INNER
def _own_word(kind: Int) -> Int:
    """The hash of ``&`` (as of the word *and*), or of a character that is a word."""
    if kind == _AND:
        return (np.uint32(_mix(np.uint64(0x646E61)) >> np.uint64(32)) | np.uint32(2)) & np.uint32(0xFFFFFFFE)
    mixed = _mix(np.uint64(kind) ^ np.uint64(1) << np.uint64(40))
    return np.uint32(mixed >> np.uint64(32)) | np.uint32(3)


@OUTER
def read_words(
    data: Any, start: Int, end: Int, tables: Any, aliases: Any, low: Any, hashes: Any, starts: Any, ends: Any
) -> tuple[Int, Int]:
    """Read data[start:end] into `hashes`, `starts`, `ends` (each at least end - start long).

    Args:
        low: uint8, scratch of at least end - start + `PADDING`.

    Returns (words, how many of them are single characters). Offsets count from `start`.
    """
    size = end - start
    _classify(data, start, end, low)
    count: Int = 0
    by_character: Int = 0
    at = 0
    while at < size:
        eight = load8(low, at)
        if eight & np.uint64(0xFF) == 0:
            at += trailing(eight) >> 3 if eight != 0 else 8
            continue
        begin = at
        if 0x41 <= data[start + at] <= 0x48 and _begins_line(data, start + at, start):
            at = _chord_line(data, start + at, end) - start
            if at > begin:
                continue
        state, held = np.uint64(0), 8
        ending = (eight - np.uint64(0x0202020202020202)) & ~eight & np.uint64(0x8080808080808080)
        if ending != 0:
            held = trailing(ending) >> 3
            eight &= (np.uint64(1) << np.uint64(8 * held)) - np.uint64(1)
        at += held
        if low[at] > 0:
            at, state, eight, held, own = _slow_word(data, low, at, size, start, tables, (state, eight, held))
            if own > 0:
                hashes[count] = _own_word(own)
                by_character += np.int64(own & BY_CHARACTER > 0)
                starts[count] = begin
                ends[count] = at
                count += 1
        if held > 0:
            word = _finish(low, begin, at, state, eight, held)
            place = word >> np.uint32(20)
            hashes[count] = aliases[place, 1] if aliases[place, 0] == word else word
            starts[count] = begin
            ends[count] = at
            count += 1
    return count, by_character


@dataclass(frozen=True)
class Reader:
    """Reads words. One a process is enough; `letters` and `several` are stored with an index."""

    letters: NDArray[np.uint32]
    several: NDArray[np.uint16]
    aliases: NDArray[np.uint32]

    @property
    def tables(self) -> tuple[NDArray[np.uint32], NDArray[np.uint16]]:
        return self.letters, self.several

    def read(self, text: bytes | str) -> "Words":
        """The words of one text of at most a gibibyte."""
        raw = text.encode("utf-8", "replace") if isinstance(text, str) else text
        data = np.frombuffer(raw or b" ", np.uint8)
        hashes = np.empty(len(data) + 1, np.uint32)
        starts, ends = np.empty(len(data) + 1, np.int32), np.empty(len(data) + 1, np.int32)
        low = np.empty(len(data) + PADDING, np.uint8)
        count, single = read_words(data, 0, len(data), self.tables, self.aliases, low, hashes, starts, ends)
        return Words(hashes[:count].copy(), starts[:count].copy(), ends[:count].copy(), int(single))


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text: hash, first byte and the byte after the last."""

    hashes: NDArray[np.uint32]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    by_character: int = 0

    def __len__(self) -> int:
        return len(self.hashes)


def reader_of(letters: NDArray[np.uint32], several: NDArray[np.uint16]) -> Reader:
    """A reader with the given table of letters; the aliases are put in."""
    bare = Reader(letters, several, np.zeros((_ALIAS_SLOTS, 2), np.uint32))
    aliases = np.zeros((_ALIAS_SLOTS, 2), np.uint32)
    for word, meant in ALIASES.items():
        one, other = bare.read(word).hashes[0], bare.read(meant).hashes[0]
        place = int(one) >> 20
        if aliases[place, 0]:
            raise ValueError(f"the alias {word!r} shares its slot with another: leave one out")
        aliases[place] = one, other
    return Reader(letters, several, aliases)


@cache
def standard_reader() -> Reader:
    """The reader of this version of Tacenda and this Python's Unicode."""
    return reader_of(*letter_table())
