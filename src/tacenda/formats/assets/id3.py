"""ID3v2.3 and ID3v2.4 tags: reservation fields read, put in and taken out, all other bytes as they were.

Written are ``TXXX:TDM-RESERVATION`` and ``TXXX:TDM-POLICY`` (a convention of ours), ``WCOP`` (address of the
terms; several are allowed), ``USER`` (terms of use; one a language, in v2.3 one a tag), ``PRIV`` owner ``XMP``
where the container has no other place for XMP, and last our fence in ``PRIV`` owner ``TACENDA``. Ours stand after
the other frames and before the padding, which is neither used nor changed: so taking ours out gives the old bytes.

ID3v2.2 is read past and not written. A v2.4 tag whose frame sizes are plain instead of synchsafe (an old fault of
a widespread player) is read as what it is, and written to in its own manner. Unsynchronised tags stay so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tacenda.errors import InputError
from tacenda.formats.assets import fields as f
from tacenda.formats.assets import xmp
from tacenda.formats.assets.fields import Fence, Marking, Statement
from tacenda.formats.assets.source import Source, malformed, unsupported

HEADER_BYTES: Final = 10
MAX_TAG_BYTES: Final = (1 << 28) - 1
MANIFEST_TYPES: Final = frozenset({b"application/c2pa", b"application/x-c2pa-manifest-store"})
_LETTERS: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_FENCE_OWNER: Final = f.FENCE.encode()
_LATIN, _UTF16, _UTF16BE, _UTF8 = range(4)
_FALSE_SYNC: Final = re.compile(rb"\xff(?=[\x00\xe0-\xff])")


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; `start` and `end` count decoded bytes of the tag, its header of 10 included."""

    id: bytes
    flags: int
    start: int
    end: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Tag:
    """A whole tag, header and footer included.

    Attributes:
        raw: as in the file.
        decoded: with v2.3 unsynchronisation undone; else the same.
        plain_sizes: sizes of v2.4 frames are not synchsafe.
        first, last: decoded positions where the frames begin and end.
    """

    raw: bytes
    decoded: bytes
    major: int
    flags: int
    frames: tuple[Frame, ...]
    first: int
    last: int
    plain_sizes: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A tag after the change (empty for none), names of our fields, and what was left to others."""

    tag: bytes
    fields: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def tag_length(source: Source, offset: int = 0) -> int:
    """Bytes of the tag at `offset`, header and footer included; 0 when there is none.

    Raises:
        InputError: ``asset.truncated``.
    """
    head = source.read(offset, HEADER_BYTES)
    if len(head) < HEADER_BYTES or head[:3] != b"ID3" or head[3] == 0xFF or max(head[6:]) > 0x7F:
        return 0
    footer = HEADER_BYTES if head[3] == 4 and head[5] & 0x10 else 0
    length = HEADER_BYTES + _synchsafe(head[6:]) + footer
    source.exactly(offset, length, "The ID3 tag")
    return length


def parse_tag(raw: bytes, offset: int = 0) -> Tag:
    """The frames of a whole tag.

    Raises:
        InputError: ``asset.unsupported`` for v2.2 and unknown versions, ``asset.format``.
    """
    if len(raw) < HEADER_BYTES or raw[:3] != b"ID3":
        raise malformed("There is no ID3 tag where one is expected.", offset)
    major, flags = raw[3], raw[5]
    if major not in (3, 4):
        raise unsupported(f"ID3v2.{major} is not written to.", "Convert the tag to ID3v2.3 or v2.4 first.", offset)
    body_end = HEADER_BYTES + _synchsafe(raw[6:10])
    if body_end > len(raw):
        raise malformed("The ID3 tag is shorter than it states.", offset)
    whole = major == 3 and bool(flags & 0x80)
    decoded = raw[:HEADER_BYTES] + _without_sync(raw[HEADER_BYTES:body_end]) if whole else raw[:body_end]
    first = HEADER_BYTES + _extended(decoded, major, flags, offset)
    frames, last = _frames(decoded, first, major, plain=False)
    plain = False
    if major == 4 and last < len(decoded) and any(decoded[last : last + 4]):
        other, reached = _frames(decoded, first, major, plain=True)
        if reached > last and (reached == len(decoded) or not any(decoded[reached : reached + 4])):
            frames, last, plain = other, reached, True
    return Tag(raw, decoded, major, flags, frames, first, last, plain)


def read_tag(tag: Tag, offset: int = 0) -> tuple[tuple[Statement, ...], Fence | None, bool, tuple[str, ...]]:
    """Statements, our fence, whether it bears a C2PA manifest, and what could not be read."""
    statements: list[Statement] = []
    fence: Fence | None = None
    manifest, notes = False, []
    for frame in tag.frames:
        data = _content(tag, frame)
        if data is None:
            notes.append(f"ID3 {frame.id.decode('ascii', 'replace')} is compressed or encrypted")
        elif frame.id == b"PRIV" and data.startswith(_FENCE_OWNER + b"\0"):
            fence = f.parse_fence(data[len(_FENCE_OWNER) + 1 :].decode("ascii", "replace")) or fence
        elif frame.id == b"PRIV" and data.startswith(b"XMP\0"):
            try:
                statements += xmp.read_packet(data[4:], "ID3 PRIV XMP", offset + frame.start)[0]
            except InputError as error:
                notes.append(error.message)
        elif frame.id == b"GEOB":
            manifest = manifest or data[1:].split(b"\0", 1)[0] in MANIFEST_TYPES
        else:
            statements += _statement(frame, data, offset)
    return tuple(statements), fence, manifest, tuple(notes)


def put_tag(
    raw: bytes, marking: Marking, *, packet: bool = True, extra: Sequence[tuple[str, str]] = (), major: int = 3
) -> Written:
    """`raw` (empty for no tag) with ours in place of an older ours.

    Args:
        packet: whether XMP goes into a ``PRIV`` frame, because the container has no other place for it.
        extra: digests of fields outside the tag, and what was made for them, for the fence: ``(kind, text)`` with
            kind ``field`` or ``made``.
        major: version of a tag that has to be made.

    Raises:
        ConflictError: ``asset.contradicted``.
        InputError: ``asset.format``, ``asset.unsupported``.
    """
    bare = take_tag(raw).tag if raw else b""
    made = ["tag"] if not bare else []
    tag = parse_tag(bare or _empty(major))
    new, names, kept = _additions(tag, marking)
    changed = None
    if packet and marking.plus:
        theirs = _xmp_frame(tag)
        before = None if theirs is None else (_content(tag, theirs) or b"")[4:]
        after, words = xmp.put_packet(before, marking)
        kept += words
        if theirs is None and after is not None:
            new.append((b"PRIV", b"XMP\0" + after))
            names.append("ID3 PRIV:XMP")
        elif theirs is not None and after != before and after is not None:
            changed = (theirs, b"XMP\0" + after)
            names.append("ID3 PRIV:XMP")
    digests = [f.field_digest(frame_id.decode(), data) for frame_id, data in new]
    digests += [text for kind, text in extra if kind == "field"]
    made += [text for kind, text in extra if kind == "made"]
    fence = f.fence_of(marking, digests, made)
    new.append((b"PRIV", _FENCE_OWNER + b"\0" + fence.text().encode("ascii")))
    if changed:
        tag = parse_tag(_replaced(tag, *changed))
    return Written(_inserted(tag, new), tuple(names), tuple(kept))


def take_tag(raw: bytes) -> Written:
    """`raw` without ours; empty when we made the tag and nothing else is in it."""
    tag = parse_tag(raw)
    fence = read_tag(tag)[1]
    if fence is None:
        return Written(raw)
    frame = _xmp_frame(tag)
    if frame is not None:
        before = (_content(tag, frame) or b"")[4:]
        after = xmp.take_packet(before)
        if after is not None and after != before:
            tag = parse_tag(_replaced(tag, frame, b"XMP\0" + after))
    gone = [frame for frame in tag.frames if _is_ours(frame, fence)]
    left = len(tag.frames) - len(gone)
    if "tag" in fence.made and not left and tag.last == len(tag.decoded):
        return Written(b"")
    ranges = [(_raw_place(tag, frame.start), _raw_place(tag, frame.end)) for frame in gone]
    pieces, place = [], 0
    for start, end in ranges:
        pieces.append(tag.raw[place:start])
        place = end
    pieces.append(tag.raw[place:])
    return Written(_sized(b"".join(pieces), tag))


def fence_of_tag(raw: bytes) -> Fence | None:
    return read_tag(parse_tag(raw))[1] if raw else None


def _is_ours(frame: Frame, fence: Fence) -> bool:
    if frame.id == b"PRIV" and frame.data.startswith(_FENCE_OWNER + b"\0"):
        return f.parse_fence(frame.data[len(_FENCE_OWNER) + 1 :].decode("ascii", "replace")) is not None
    return f.field_digest(frame.id.decode("ascii"), frame.data) in fence.fields


def _additions(tag: Tag, marking: Marking) -> tuple[list[tuple[bytes, bytes]], list[str], list[str]]:
    """Our frames, their names, and what was left to others; the fence and XMP not included."""
    new: list[tuple[bytes, bytes]] = []
    names: list[str] = []
    kept: list[str] = []
    free = {f.key_name(key): (key, value) for key, value in _free_texts(tag)}
    for key, value in marking.pairs():
        if key in free:
            words = f.foreign_pair(key, free[key][1].encode(), value, f"ID3 TXXX:{free[key][0]}")
            kept += [words] if words else []
            continue
        new.append((b"TXXX", b"\0" + key.encode("ascii") + b"\0" + f.ascii_only(value, key)))
        names.append(f"ID3 TXXX:{key}")
    url = f.ascii_only(marking.page_url, "The address of the page")
    if url and not any(frame.id == b"WCOP" and frame.data.rstrip(b"\0") == url for frame in tag.frames):
        new.append((b"WCOP", url))
        names.append("ID3 WCOP")
    if marking.terms:
        language = marking.language.encode("ascii")
        there = [frame for frame in tag.frames if frame.id == b"USER"]
        if any(tag.major == 3 or frame.data[1:4] == language for frame in there):
            kept.append("ID3 USER holds terms of use, which stay")
        else:
            encoding, text = _encoded(marking.terms, tag.major)
            new.append((b"USER", bytes([encoding]) + language + text))
            names.append("ID3 USER")
    return new, names, kept


def _statement(frame: Frame, data: bytes, offset: int) -> list[Statement]:
    place = offset + frame.start
    if frame.id == b"TXXX":
        pair = _pair(data)
        if pair is None:
            return []
        found = f.pair_statement(pair[0], pair[1].encode(), f"ID3 TXXX:{pair[0][:60]}", place)
        return [found] if found else []
    if frame.id in (b"USER", b"TCOP", b"WCOP", b"TPRO"):
        return [Statement("notice", f"ID3 {frame.id.decode()}", data[:4096], place)]
    return []


def _free_texts(tag: Tag) -> list[tuple[str, str]]:
    contents = (_content(tag, frame) for frame in tag.frames if frame.id == b"TXXX")
    pairs = (_pair(data) for data in contents if data)
    return [pair for pair in pairs if pair is not None]


def _pair(data: bytes) -> tuple[str, str] | None:
    """Description and value of a TXXX frame."""
    if not data or data[0] > _UTF8:
        return None
    encoding, body = data[0], data[1:]
    if encoding in (_LATIN, _UTF8):
        description, _, value = body.partition(b"\0")
    else:
        place = next((i for i in range(0, len(body) - 1, 2) if body[i : i + 2] == b"\0\0"), None)
        if place is None:
            return None
        description, value = body[:place], body[place + 2 :]
    return _decoded(description, encoding), _decoded(value, encoding).rstrip("\0")


def _decoded(data: bytes, encoding: int) -> str:
    if encoding == _UTF16:
        order = "utf-16-be" if data[:2] == b"\xfe\xff" else "utf-16-le"
        return data.removeprefix(b"\xfe\xff").removeprefix(b"\xff\xfe").decode(order, "replace")
    return data.decode({_LATIN: "latin-1", _UTF16BE: "utf-16-be", _UTF8: "utf-8"}[encoding], "replace")


def _encoded(text: str, major: int) -> tuple[int, bytes]:
    """Text in the poorest encoding that holds it: ISO 8859-1, else UTF-16 in v2.3 and UTF-8 in v2.4."""
    try:
        return _LATIN, text.encode("ascii")
    except UnicodeEncodeError:
        if major == 4:
            return _UTF8, text.encode("utf-8")
        return _UTF16, b"\xff\xfe" + text.encode("utf-16-le")


def _content(tag: Tag, frame: Frame) -> bytes | None:
    """The frame's data with grouping, length and unsynchronisation undone; None if compressed or encrypted."""
    data = frame.data
    if tag.major == 3:
        if frame.flags & 0x00C0:
            return None
        return data[1:] if frame.flags & 0x0020 else data
    if frame.flags & 0x000C:
        return None
    if frame.flags & 0x0040:
        data = data[1:]
    if frame.flags & 0x0001:
        data = data[4:]
    return _without_sync(data) if frame.flags & 0x0002 else data


def _xmp_frame(tag: Tag) -> Frame | None:
    """Somebody's XMP, if it is plain enough to be changed."""
    found = (frame for frame in tag.frames if frame.id == b"PRIV" and frame.data.startswith(b"XMP\0"))
    return next((frame for frame in found if not frame.flags & 0x00FF), None)


def _frames(decoded: bytes, first: int, major: int, *, plain: bool) -> tuple[tuple[Frame, ...], int]:
    """The frames from `first`, and where they end: at padding, at the end, or at what is no frame."""
    found, place = [], first
    while place + HEADER_BYTES <= len(decoded):
        name = decoded[place : place + 4]
        if not _LETTERS.issuperset(name):
            break
        size_bytes = decoded[place + 4 : place + 8]
        if major == 4 and not plain and max(size_bytes) > 0x7F:
            break
        size = int.from_bytes(size_bytes, "big") if major == 3 or plain else _synchsafe(size_bytes)
        end = place + HEADER_BYTES + size
        if end > len(decoded):
            break
        flags = int.from_bytes(decoded[place + 8 : place + 10], "big")
        found.append(Frame(name, flags, place, end, decoded[place + HEADER_BYTES : end]))
        place = end
    return tuple(found), place


def _extended(decoded: bytes, major: int, flags: int, offset: int) -> int:
    """Bytes of the extended header. One with a checksum would be made wrong by a change, so it is refused."""
    if not flags & 0x40:
        return 0
    if len(decoded) < HEADER_BYTES + 6:
        raise malformed("The extended header of the ID3 tag is cut off.", offset)
    size = decoded[HEADER_BYTES : HEADER_BYTES + 4]
    length = 4 + int.from_bytes(size, "big") if major == 3 else _synchsafe(size)
    checksum = decoded[HEADER_BYTES + 4] & 0x80 if major == 3 else decoded[HEADER_BYTES + 5] & 0x20
    if checksum:
        raise unsupported("The ID3 tag carries a checksum of itself.", "Write the tag anew without it.", offset)
    if HEADER_BYTES + length > len(decoded) or length < 6:
        raise malformed("The extended header of the ID3 tag has an impossible size.", offset)
    return length


def _inserted(tag: Tag, new: Sequence[tuple[bytes, bytes]]) -> bytes:
    """The tag with frames put in before the padding."""
    coded = b"".join(_frame_bytes(tag, frame_id, data) for frame_id, data in new)
    if _unsynchronised(tag):
        coded = _with_sync(coded)
    place = _raw_place(tag, tag.last)
    return _sized(tag.raw[:place] + coded + tag.raw[place:], tag)


def _replaced(tag: Tag, frame: Frame, data: bytes) -> bytes:
    coded = _frame_bytes(tag, frame.id, data, frame.flags)
    if _unsynchronised(tag):
        coded = _with_sync(coded)
    start, end = _raw_place(tag, frame.start), _raw_place(tag, frame.end)
    return _sized(tag.raw[:start] + coded + tag.raw[end:], tag)


def _frame_bytes(tag: Tag, frame_id: bytes, data: bytes, flags: int = 0) -> bytes:
    size = len(data).to_bytes(4, "big") if tag.major == 3 or tag.plain_sizes else _as_synchsafe(len(data))
    return frame_id + size + flags.to_bytes(2, "big") + data


def _sized(raw: bytes, tag: Tag) -> bytes:
    """The tag with the size of its header (and footer) put right."""
    footer = HEADER_BYTES if tag.major == 4 and tag.flags & 0x10 else 0
    size = len(raw) - HEADER_BYTES - footer
    if size > MAX_TAG_BYTES:
        raise unsupported("The ID3 tag has no room: it may not grow beyond 256 MiB.")
    coded = _as_synchsafe(size)
    raw = raw[:6] + coded + raw[10:]
    return raw[:-4] + coded if footer else raw


def _unsynchronised(tag: Tag) -> bool:
    return tag.major == 3 and bool(tag.flags & 0x80)


def _raw_place(tag: Tag, place: int) -> int:
    """Position in the file's bytes of a decoded position: later by the zeros that unsynchronisation put in."""
    if not _unsynchronised(tag):
        return place
    raw, decoded, at = tag.raw, HEADER_BYTES, HEADER_BYTES
    while True:
        mark = raw.find(b"\xff\x00", at)
        if mark < 0 or decoded + (mark + 1 - at) > place:
            return at + (place - decoded)
        decoded += mark + 1 - at
        at = mark + 2


def _without_sync(data: bytes) -> bytes:
    return data.replace(b"\xff\x00", b"\xff")


def _with_sync(data: bytes) -> bytes:
    """Unsynchronised (v2.3 section 5): a zero after each 0xFF that could be taken for something else."""
    return _FALSE_SYNC.sub(b"\xff\x00", data)


def _empty(major: int) -> bytes:
    return b"ID3" + bytes([major, 0, 0]) + bytes(4)


def _synchsafe(data: bytes) -> int:
    return (data[0] & 127) << 21 | (data[1] & 127) << 14 | (data[2] & 127) << 7 | (data[3] & 127)


def _as_synchsafe(number: int) -> bytes:
    return bytes((number >> shift) & 127 for shift in (21, 14, 7, 0))
