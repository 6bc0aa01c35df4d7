"""Machine code that reads identifiers out of cells as they stand in a corpus or a catalogue column.

What counts as one identifier is said by `tacenda.core.identifiers`; whatever `parse_identifier` accepts is read
here with the same normal form. A cell may hold several. For codes it is parted at ``, ; | / & +``; a part that is
no code as a whole is parted again at white space. For YouTube ids it is parted at white space, comma, semicolon
and bar; besides ids and video addresses, file names of known data sets are read (``<id>.wav``, ``<id>_30.mp4``,
``Y<id>.wav``). What cannot be read names nothing: it is passed over, not guessed. So are cells over 4,096 bytes.
"""

# ruff: noqa: SIM110  (the compiler knows loops; it knows no generators)

from typing import Any, Final

import numpy as np

from tacenda.match.compiled import INNER, OUTER, Int

CELL_BYTES: Final = 4096
ISRC, ISWC, GTIN, YOUTUBE = 0, 1, 2, 3
_FORM_BYTES = 16


def _text(word: str) -> Any:
    return np.frombuffer(word.encode("ascii"), np.uint8)


_HYPHENS = np.array([0x2043, 0x2212, 0x2060, 0xFEFF, 0x1806, 0xFE63, 0xFF0D, 0xFE58, 0x207B, 0x208B], np.int64)
_SPACES = np.array([0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000], np.int64)
_P_ISRC, _P_ISWC = _text("ISRC"), _text("ISWC")
_P_GTIN, _P_UPC, _P_EAN, _P_BARCODE = _text("GTIN"), _text("UPC"), _text("EAN"), _text("BARCODE")
_YOUTU, _DOT_BE, _DOT_COM = _text("youtu"), _text(".be/"), _text(".com/")
_WATCH, _EMBED, _SHORTS, _LIVE, _V = _text("watch"), _text("embed/"), _text("shorts/"), _text("live/"), _text("v/")


@INNER
def _among(code: Int, listed: Any) -> Any:
    for place in range(len(listed)):
        if listed[place] == code:
            return True
    return False


@INNER
def _skipped(data: Any, place: Int, end: Int) -> Int:
    """How many bytes at `place` are a hyphen or white space of any kind (`identifiers.compact`); 0 if none.

    Negative for white space.
    """
    byte = data[place]
    if byte == 0x2D:
        return 1
    if byte == 0x20 or 0x09 <= byte <= 0x0D or 0x1C <= byte <= 0x1F:
        return -1
    if byte == 0xC2 and place + 1 < end:
        follow = data[place + 1]
        if follow == 0xAD:
            return 2
        return -2 if follow == 0xA0 or follow == 0x85 else 0
    if byte == 0xCB and place + 1 < end:
        return 2 if data[place + 1] == 0x97 else 0
    if (byte < 0xE1 or byte > 0xEF) or place + 2 >= end:
        return 0
    code = (np.int64(byte) & 15) << 12 | (np.int64(data[place + 1]) & 63) << 6 | np.int64(data[place + 2]) & 63
    if 0x2010 <= code <= 0x2015 or 0x200B <= code <= 0x200D:
        return 3
    if _among(code, _HYPHENS):
        return 3
    return -3 if 0x2000 <= code <= 0x200A or _among(code, _SPACES) else 0


@INNER
def _compact(data: Any, start: Int, end: Int, plain: Any) -> Int:
    """Write data[start:end] without hyphens and space, in ASCII capitals; its length, or -1 if not a code."""
    length = 0
    place = start
    while place < end:
        skip = _skipped(data, place, end)
        if skip != 0:
            place += abs(skip)
            continue
        byte = data[place]
        if byte >= 0x80 or length >= len(plain):
            return -1
        plain[length] = byte - 32 if 0x61 <= byte <= 0x7A else byte
        length += 1
        place += 1
    return length


@INNER
def _starts(plain: Any, at: Int, length: Int, word: Any) -> Any:
    if length - at < len(word):
        return False
    for place in range(len(word)):
        if plain[at + place] != word[place]:
            return False
    return True


@INNER
def _without(plain: Any, at: Int, length: Int, word: Any, always: bool) -> Int:
    """Place after `word` and colons, if it stands at `at`. `always`: colons go even without the word."""
    there = _starts(plain, at, length, word)
    if there:
        at += len(word)
    if there or always:
        while at < length and plain[at] == 0x3A:
            at += 1
    return at


@INNER
def _digits(plain: Any, start: Int, end: Int) -> Any:
    for place in range(start, end):
        if not 0x30 <= plain[place] <= 0x39:
            return False
    return True


@INNER
def _copy(source: Any, start: Int, end: Int, target: Any, at: Int) -> None:
    for place in range(end - start):
        target[at + place] = source[start + place]


@INNER
def _isrc(plain: Any, length: Int, form: Any) -> Int:
    at = _without(plain, np.int64(0), length, _P_ISRC, False)
    if length - at != 12 or not _digits(plain, at + 5, length):
        return 0
    for place in range(5):
        byte = plain[at + place]
        if not (0x41 <= byte <= 0x5A or (place > 1 and 0x30 <= byte <= 0x39)):
            return 0
    _copy(plain, at, length, form, np.int64(0))
    return 12


@INNER
def _iswc(plain: Any, length: Int, form: Any) -> Int:
    at = _without(plain, np.int64(0), length, _P_ISWC, False)
    size = 0
    for place in range(at, length):
        if plain[place] != 0x2E:
            if size == 11:
                return 0
            form[size] = plain[place]
            size += 1
    if size != 11 or form[0] != 0x54 or not _digits(form, np.int64(1), np.int64(11)):
        return 0
    total: Int = 1
    for place in range(1, 10):
        total += place * (np.int64(form[place]) - 0x30)
    return 11 if (10 - total % 10) % 10 == np.int64(form[10]) - 0x30 else 0


@INNER
def _gtin(plain: Any, length: Int, form: Any) -> Int:
    at = _without(plain, np.int64(0), length, _P_GTIN, True)
    at = _without(plain, at, length, _P_UPC, True)
    at = _without(plain, at, length, _P_EAN, True)
    at = _without(plain, at, length, _P_BARCODE, True)
    size = length - at
    if size < 12 or size > 14 or not _digits(plain, at, length):
        return 0
    total: Int = 0
    for place in range(size - 1):
        weight = 3 if place % 2 == 0 else 1
        total += weight * (np.int64(plain[length - 2 - place]) - 0x30)
    if (10 - total % 10) % 10 != np.int64(plain[length - 1]) - 0x30:
        return 0
    form[0] = 0x30
    form[1] = 0x30
    _copy(plain, at, length, form, 14 - size)
    return 14


@INNER
def _code(kind: Int, data: Any, start: Int, end: Int, plain: Any, form: Any) -> Int:
    """The normal form of data[start:end] in `form`; its length, 0 if it is no code of this kind."""
    length = _compact(data, start, end, plain)
    if length < 11:
        return 0
    if kind == ISRC:
        return _isrc(plain, length, form)
    if kind == ISWC:
        return _iswc(plain, length, form)
    return _gtin(plain, length, form)


@INNER
def _lower(byte: Int) -> Int:
    return byte + 32 if 0x41 <= byte <= 0x5A else byte


@INNER
def _reads(data: Any, at: Int, end: Int, word: Any) -> Any:
    """Whether `word` stands at `at`, in either case."""
    if end - at < len(word):
        return False
    for place in range(len(word)):
        if _lower(data[at + place]) != word[place]:
            return False
    return True


@INNER
def _in_id(byte: Int) -> Any:
    return 0x30 <= byte <= 0x39 or 0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A or byte == 0x5F or byte == 0x2D


@INNER
def _id_at(data: Any, at: Int, end: Int) -> Int:
    """How many characters of an id stand at `at`, at most 12."""
    count = 0
    while at + count < end and count < 12 and _in_id(data[at + count]):
        count += 1
    return count


@INNER
def _past(data: Any, at: Int, end: Int, word: Any) -> Int:
    """The place after the first `word` at or after `at`; past `end` if there is none."""
    while at < end and not _reads(data, at, end, word):
        at += 1
    return at + len(word)


@INNER
def _video(data: Any, start: Int, end: Int) -> Int:
    """Place of the id in a video address, or -1."""
    at = _past(data, start, end, _YOUTU)
    if at >= end:
        return -1
    if _reads(data, at, end, _DOT_BE):
        return at + 4
    at = _past(data, at, end, _DOT_COM)
    if at >= end:
        return -1
    for word in (_EMBED, _SHORTS, _LIVE, _V):
        if _reads(data, at, end, word):
            return at + len(word)
    return _query(data, at, end) if _reads(data, at, end, _WATCH) else -1


@INNER
def _query(data: Any, at: Int, end: Int) -> Int:
    """The place after ``?v=`` or ``&v=``, or -1."""
    while at + 2 < end:
        if (data[at] == 0x3F or data[at] == 0x26) and _lower(data[at + 1]) == 0x76 and data[at + 2] == 0x3D:
            return at + 3
        at += 1
    return -1


@INNER
def _youtube(data: Any, start: Int, end: Int) -> Int:
    """Place of the video id in data[start:end], or -1."""
    while start < end and _skipped(data, start, end) < 0:
        start += -_skipped(data, start, end)
    count = _id_at(data, start, end)
    stop = start + count
    ends = stop >= end or data[stop] == 0x2E or _skipped(data, stop, end) < 0
    if count == 11 and ends:
        return start
    if count == 12 and ends and data[start] == 0x59:
        return start + 1
    if count == 12 and data[start + 11] == 0x5F:
        place = start + 12
        while place < end and 0x30 <= data[place] <= 0x39:
            place += 1
        if place > start + 12 and place < end and data[place] == 0x2E:
            return start
    at = _video(data, start, end)
    return at if at >= 0 and _id_at(data, at, end) == 11 else -1


@INNER
def _parts_codes(kind: Int, byte: Int) -> Any:
    if byte == 0x2C or byte == 0x3B or byte == 0x7C:
        return True
    if kind == YOUTUBE:
        return byte == 0x20 or 0x09 <= byte <= 0x0D
    return byte == 0x2F or byte == 0x26 or byte == 0x2B


@INNER
def _read_part(kind: Int, data: Any, start: Int, end: Int, plain: Any, out: Any, at: Int, lengths: Any) -> Int:
    """Write the forms in one part of a cell to `out`; how many, their lengths in `lengths`."""
    if kind == YOUTUBE:
        place = _youtube(data, start, end)
        if place < 0:
            return 0
        _copy(data, place, place + 11, out, at)
        lengths[0] = 11
        return 1
    whole = _code(kind, data, start, end, plain, out[at : at + _FORM_BYTES])
    if whole > 0:
        lengths[0] = whole
        return 1
    found = 0
    piece = start
    place = start
    while place <= end:
        skip = _skipped(data, place, end) if place < end else -1
        if skip >= 0:
            place += 1
            continue
        if place > piece and not (piece == start and place == end):
            size = _code(kind, data, piece, place, plain, out[at : at + _FORM_BYTES])
            if size > 0:
                lengths[found] = size
                found += 1
                at += size
        place += -skip
        piece = place
    return found


@INNER
def _plain_isrc(data: Any, start: Int, end: Int, out: Any, at: Int) -> Any:
    """Whether the cell is one ISRC with at most ASCII hyphens and spaces; then its form is in `out`."""
    size = 0
    for place in range(start, end):
        byte = data[place]
        if byte == 0x2D or byte == 0x20:
            continue
        if 0x61 <= byte <= 0x7A:
            byte -= 32
        if size == 12:
            return False
        if 0x30 <= byte <= 0x39:
            if size < 2:
                return False
        elif not (0x41 <= byte <= 0x5A) or size > 4:
            return False
        out[at + size] = byte
        size += 1
    return size == 12


@OUTER
def identifier_forms(kind: Int, data: Any, offsets: Any) -> tuple[Any, Any, Any]:
    """Normal forms in every cell of a column: (data, offsets, rows)."""
    n = len(offsets) - 1
    plain = np.empty(40, np.uint8)
    lengths = np.empty(CELL_BYTES, np.int64)
    out = np.empty(_FORM_BYTES * (n + 64), np.uint8)
    ends = np.empty(n + 65, np.int64)
    rows = np.empty(n + 64, np.int64)
    ends[0] = 0
    found = np.int64(0)
    for row in range(n):
        start, end = offsets[row], offsets[row + 1]
        if end - start < 11 or end - start > CELL_BYTES:
            continue
        if kind == ISRC and _plain_isrc(data, start, end, out, ends[found]):
            ends[found + 1] = ends[found] + 12
            rows[found] = row
            found += 1
            if found + 1 > len(rows):
                rows, ends, out = _larger(rows, ends, out, found, np.int64(1))
            continue
        part = start
        for place in range(start, end + 1):
            if place < end and not _parts_codes(kind, data[place]):
                continue
            if place - part >= 11:
                most = (place - part) // 11 + 1
                if found + most > len(rows):
                    rows, ends, out = _larger(rows, ends, out, found, most)
                for step in range(_read_part(kind, data, part, place, plain, out, ends[found], lengths)):
                    ends[found + 1] = ends[found] + lengths[step]
                    rows[found] = row
                    found += 1
            part = place + 1
    return out[: ends[found]], ends[: found + 1], rows[:found]


@INNER
def _larger(rows: Any, ends: Any, out: Any, found: Int, most: Int) -> tuple[Any, Any, Any]:
    size = 2 * len(rows) + most
    new_rows, new_ends = np.empty(size, np.int64), np.empty(size + 1, np.int64)
    new_out = np.empty(_FORM_BYTES * (size + 1), np.uint8)
    for place in range(found):
        new_rows[place] = rows[place]
        new_ends[place + 1] = ends[place + 1]
    new_ends[0] = 0
    _copy(out, np.int64(0), ends[found], new_out, np.int64(0))
    return new_rows, new_ends, new_out
