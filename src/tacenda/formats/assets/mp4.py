"""MP4 and M4A (ISO/IEC 14496-12): free-form atoms in ``moov/udta/meta/ilst``, XMP in a ``uuid`` box.

Written are ``----:com.apple.iTunes:TDM-RESERVATION``, ``TDM-POLICY`` and ``LICENSE`` (names are a convention of
ours, the manner is that of the atoms that others write), the fence ``----:tacenda:TACENDA``, and XMP at the end of
the file in the ``uuid`` box that Adobe gave it. Where ``moov`` stands before the sound, the chunk offsets
(``stco``, ``co64``) are moved by exactly as much as the sound moves. Free space is not used, so taking ours out
gives the old bytes. Fragmented files and files with item locations (``iloc``) are refused: they hold more offsets.
"""

import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tacenda.formats.assets import fields as f
from tacenda.formats.assets import xmp
from tacenda.formats.assets.fields import Edit, Fence, Marking, Reading, Statement
from tacenda.formats.assets.source import Source, Splice, changed_only, malformed, unsupported

MAX_BOXES: Final = 100_000
XMP_UUID: Final = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")
C2PA_UUID: Final = bytes.fromhex("D8FEC3D61B0E483C92975828877EC481")
MEAN: Final = b"com.apple.iTunes"
OUR_MEAN: Final = b"tacenda"
_PATH: Final = (b"udta", b"meta", b"ilst")
_TABLES: Final = {b"stco": "I", b"co64": "Q"}
_HOLDERS: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
_HANDLER: Final = b"\0\0\0\x21hdlr" + bytes(8) + b"mdirappl" + bytes(9)


@dataclass(frozen=True, slots=True)
class Box:
    """A box; `offset` counts from the file or, inside ``moov``, from the first byte of ``moov``."""

    kind: bytes
    offset: int
    head: int
    length: int
    open_ended: bool = False

    @property
    def data(self) -> int:
        return self.offset + self.head

    @property
    def end(self) -> int:
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class Movie:
    """A file's top boxes, and ``moov`` with all its bytes."""

    boxes: tuple[Box, ...]
    box: Box
    data: bytes

    def uuid(self, source: Source, name: bytes) -> Box | None:
        found = (box for box in self.boxes if box.kind == b"uuid" and box.length >= box.head + 16)
        return next((box for box in found if source.read(box.data, 16) == name), None)


@dataclass(frozen=True, slots=True)
class _Atoms:
    """The chain from ``moov`` down to ``ilst`` as far as it goes, and the atoms in that."""

    chain: tuple[Box, ...]
    atoms: tuple[bytes, ...]


def is_mp4(source: Source) -> bool:
    return source.read(4, 4) == b"ftyp"


def read(source: Source) -> Reading:
    """What an MP4 file says."""
    movie = parse_movie(source)
    statements: list[Statement] = []
    atoms = _atoms(movie)
    for atom in atoms.atoms:
        statements += _statement(atom, movie.box.offset)
    packet = movie.uuid(source, XMP_UUID)
    if packet:
        found, _ = xmp.read_packet(_packet(source, packet), "MP4 uuid XMP", packet.offset)
        statements += found
    manifest = movie.uuid(source, C2PA_UUID) is not None
    return Reading("MP4", tuple(statements), _fence(atoms.atoms), manifest)


def write(source: Source, marking: Marking | None) -> Edit:
    """The change that puts `marking` in, or takes ours out when it is None.

    Raises:
        ConflictError: ``asset.contradicted``.
        InputError: ``asset.*``.
    """
    movie = parse_movie(source)
    if any(box.kind in (b"moof", b"sidx", b"mfra") for box in movie.boxes) or _has(movie.data, b"mvex", b"cmov"):
        raise unsupported("A fragmented or compressed MP4 is not written to.", "Tag the file before that is done.")
    if any(box.kind == b"meta" for box in movie.boxes):
        raise unsupported("This MP4 holds item locations, which are not moved.")
    atoms = _atoms(movie)
    fence = _fence(atoms.atoms)
    if marking is None and fence is None:
        return Edit(())
    theirs = [a for a in atoms.atoms if not _is_ours(a, fence)]
    names: list[str] = []
    kept: list[str] = []
    splices: list[Splice] = []
    ours: list[bytes] = []
    if marking is not None:
        ours, names, kept = _additions(theirs, marking)
    splices += _packet_change(source, movie, marking, names, kept)
    made = fence.made if fence and not theirs else tuple(b.decode() for b in _PATH[len(atoms.chain) :])
    if fence and theirs:
        made = tuple(word for word in fence.made if word != "ilst")
    if marking is not None:
        digests = [f.field_digest("atom", atom) for atom in ours]
        text = f.fence_of(marking, digests, made).text().encode("ascii")
        ours.append(_free_form(OUR_MEAN, f.FENCE.encode(), text))
    moov = _rebuilt(movie, atoms, [*theirs, *ours], made if marking is None else ())
    splices.append(Splice(movie.box.offset, movie.box.length, moov))
    moved = _moved(movie, moov, [s for s in splices if s.growth])
    splices[-1] = Splice(movie.box.offset, movie.box.length, moved)
    return Edit(changed_only(source, splices), tuple(names), tuple(kept))


def parse_movie(source: Source) -> Movie:
    """The top boxes and ``moov``.

    Raises:
        InputError: ``asset.format``, ``asset.truncated``, ``asset.too_large``.
    """
    boxes = tuple(_boxes(source, 0, source.size, top=True))
    moov = next((box for box in boxes if box.kind == b"moov"), None)
    if moov is None:
        raise malformed("There is no moov box in this MP4.", 0)
    return Movie(boxes, moov, source.exactly(moov.offset, moov.length, "The moov box"))


def _boxes(source: Source, place: int, stop: int, *, top: bool = False) -> Iterator[Box]:
    count = 0
    while place + 8 <= stop:
        head = source.read(place, 16)
        size, kind, start = int.from_bytes(head[:4], "big"), head[4:8], 8
        open_ended = size == 0 and top
        if open_ended:
            size = stop - place
        elif size == 1:
            size, start = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:  # QuickTime ends some lists with four zeros
            return
        count += 1
        if size < start or count > MAX_BOXES:
            raise malformed("A box of the MP4 has an impossible size.", place)
        if place + size > stop:
            raise malformed("A box of the MP4 is longer than what it stands in.", place)
        yield Box(kind, place, start, size, open_ended)
        place += size


def _inside(data: bytes, box: Box, skip: int = 0) -> list[Box]:
    return list(_boxes(Source(data), box.data + skip, box.end))


def _atoms(movie: Movie) -> _Atoms:
    """Follow ``udta/meta/ilst``. In QuickTime ``meta`` has no version, in MP4 it has four bytes of it."""
    here = Box(b"moov", 0, movie.box.head, movie.box.length)
    chain: list[Box] = []
    for name in _PATH:
        skip = _meta_skip(movie.data, here) if here.kind == b"meta" else 0
        found = next((box for box in _inside(movie.data, here, skip) if box.kind == name), None)
        if found is None:
            return _Atoms(tuple(chain), ())
        chain.append(found)
        here = found
    return _Atoms(tuple(chain), tuple(movie.data[b.offset : b.end] for b in _inside(movie.data, here)))


def _meta_skip(data: bytes, box: Box) -> int:
    return 0 if data[box.data + 4 : box.data + 8] == b"hdlr" else 4


def _rebuilt(movie: Movie, atoms: _Atoms, content: list[bytes], remove: tuple[str, ...]) -> bytes:
    """``moov`` with `content` in its ``ilst``, made if it is not there; boxes in `remove` go when empty."""
    data, chain = movie.data, list(atoms.chain)
    if not content and "ilst" in remove:
        gone = next(box for box in chain if box.kind.decode() in remove and _holds_ours_alone(data, box))
        outer = chain[: chain.index(gone)]
        return _spliced(data, movie, outer, gone.offset, gone.end, b"")
    body = b"".join(content)
    if len(chain) == len(_PATH):
        ilst = chain[-1]
        return _spliced(data, movie, chain, ilst.data, ilst.end, body)
    new = _box(b"ilst", body)
    if len(chain) < 2:
        new = _box(b"meta", bytes(4) + _HANDLER + new)
    if not chain:
        new = _box(b"udta", new)
        place = len(data)
    elif chain[-1].kind == b"udta":
        place = chain[-1].data
    else:
        place = chain[-1].end
    return _spliced(data, movie, chain, place, place, new)


def _holds_ours_alone(data: bytes, box: Box) -> bool:
    """Whether nobody put another box into one that we made."""
    skip = _meta_skip(data, box) if box.kind == b"meta" else 0
    if box.kind == b"ilst":
        return True
    inner = _inside(data, box, skip)
    if box.kind == b"meta":
        return [b.kind for b in inner] == [b"hdlr", b"ilst"]
    return [b.kind for b in inner] == [b"meta"] and _holds_ours_alone(data, inner[0])


def _spliced(data: bytes, movie: Movie, chain: list[Box], start: int, stop: int, new: bytes) -> bytes:
    """`data` with a piece replaced, and the sizes of ``moov`` and of `chain` put right."""
    growth = len(new) - (stop - start)
    changed = bytearray(data)
    for box in (Box(b"moov", 0, movie.box.head, movie.box.length), *chain):
        size = box.length + growth
        if box.head == 16:
            changed[box.offset + 8 : box.offset + 16] = size.to_bytes(8, "big")
        elif size >= 1 << 32:
            raise unsupported("The moov box has no room.")
        elif not (box.kind == b"moov" and movie.box.open_ended):
            changed[box.offset : box.offset + 4] = size.to_bytes(4, "big")
    changed[start:stop] = new
    return bytes(changed)


def _moved(movie: Movie, moov: bytes, splices: list[Splice]) -> bytes:
    """`moov` with every chunk offset moved by what was put in, or taken out, before it."""
    if not splices:
        return moov
    changed = bytearray(moov)
    outer = Box(b"moov", 0, movie.box.head, len(moov))
    for table in _tables(moov, outer, 0):
        count = int.from_bytes(moov[table.data + 4 : table.data + 8], "big")
        kind = _TABLES[table.kind]
        start, width = table.data + 8, struct.calcsize(">" + kind)
        if start + count * width > table.end:
            raise malformed("A table of chunk offsets is longer than its box.", movie.box.offset + table.offset)
        offsets = array(kind, moov[start : start + count * width])
        if sys.byteorder == "little":
            offsets.byteswap()
        offsets = _shifted(offsets, splices, kind)
        if sys.byteorder == "little":
            offsets.byteswap()
        changed[start : start + count * width] = offsets.tobytes()
    return bytes(changed)


def _shifted(offsets: "array[int]", splices: list[Splice], kind: str) -> "array[int]":
    for splice in sorted(
        splices, key=lambda s: s.offset, reverse=True
    ):  # from the end, so that each sees old places
        limit, growth = splice.end, splice.growth
        try:
            offsets = array(kind, [o + growth if o >= limit else o for o in offsets])
        except OverflowError as error:
            raise unsupported("The sound would begin beyond 4 GiB, which this file cannot state.") from error
    return offsets


def _tables(data: bytes, box: Box, depth: int) -> Iterator[Box]:
    for inner in _inside(data, box):
        if inner.kind in _TABLES:
            yield inner
        elif inner.kind in _HOLDERS and depth < 8:
            yield from _tables(data, inner, depth + 1)


def _has(moov: bytes, *kinds: bytes) -> bool:
    head = 16 if moov[:4] == b"\0\0\0\x01" else 8
    return any(box.kind in kinds for box in _inside(moov, Box(b"moov", 0, head, len(moov))))


def _packet_change(
    source: Source, movie: Movie, marking: Marking | None, names: list[str], kept: list[str]
) -> list[Splice]:
    box = movie.uuid(source, XMP_UUID)
    before = _packet(source, box) if box else None
    if marking is None:
        after = xmp.take_packet(before) if before is not None else None
    else:
        after, words = xmp.put_packet(before, marking, box.offset if box else 0)
        kept += words
    if after is not None and xmp.fence_in(after):
        names.append("MP4 uuid XMP")
    if after == before:
        return []
    new = _box(b"uuid", XMP_UUID + after) if after is not None else b""
    if box is not None:
        if box.open_ended:
            raise unsupported("The XMP of this MP4 is in a box without an end.", offset=box.offset)
        return [Splice(box.offset, box.length, new)]
    if movie.boxes[-1].open_ended or movie.boxes[-1].end != source.size:
        kept.append("the file has no end behind which XMP could stand")
        names[:] = [name for name in names if name != "MP4 uuid XMP"]
        return []
    return [Splice(source.size, 0, new)]


def _packet(source: Source, box: Box) -> bytes:
    return source.exactly(box.data + 16, box.length - box.head - 16, "The XMP packet")


def _additions(theirs: list[bytes], marking: Marking) -> tuple[list[bytes], list[str], list[str]]:
    ours: list[bytes] = []
    names: list[str] = []
    kept: list[str] = []
    there = [pair for pair in map(_pair, theirs) if pair]
    for key, value in marking.pairs():
        same = [pair for pair in there if f.key_name(pair[1]) == key]
        if same:
            words = [f.foreign_pair(key, p[2], value, f"MP4 ----:{key}") for p in same]
            kept += [word for word in words if word]
            continue
        ours.append(_free_form(MEAN, key.encode("ascii"), f.ascii_only(value, key)))
        names.append(f"MP4 ----:{MEAN.decode()}:{key}")
    text = " ".join(part for part in (marking.terms, marking.page_url) if part)
    if text and any(pair[1].upper() == "LICENSE" for pair in there):
        kept.append("MP4 ----:LICENSE holds terms of use, which stay")
    elif text:
        ours.append(_free_form(MEAN, b"LICENSE", text.encode("utf-8")))
        names.append(f"MP4 ----:{MEAN.decode()}:LICENSE")
    return ours, names, kept


def _statement(atom: bytes, offset: int) -> list[Statement]:
    pair = _pair(atom)
    if pair is None:
        if atom[4:8] == b"cprt":
            return [Statement("notice", "MP4 cprt", atom[24 : 24 + 4096], offset)]
        return []
    mean, name, value = pair
    found = f.pair_statement(name, value, f"MP4 ----:{mean[:60]}:{name[:60]}", offset)
    if found:
        return [found]
    if name.upper() == "LICENSE":
        return [Statement("notice", "MP4 ----:LICENSE", value[:4096], offset)]
    return []


def _pair(atom: bytes) -> tuple[str, str, bytes] | None:
    """Mean, name and value of a free-form atom."""
    if atom[4:8] != b"----":
        return None
    parts: dict[bytes, bytes] = {}
    box = Box(b"----", 0, 16 if atom[:4] == b"\0\0\0\x01" else 8, len(atom))
    for inner in _inside(atom, box):
        parts.setdefault(inner.kind, atom[inner.data : inner.end])
    if not {b"mean", b"name", b"data"} <= parts.keys():
        return None
    mean, name = (parts[key][4:].decode("utf-8", "replace") for key in (b"mean", b"name"))
    return mean, name, parts[b"data"][8:]


def _fence(atoms: tuple[bytes, ...]) -> Fence | None:
    found = (_pair(atom) for atom in atoms if f.FENCE.encode() in atom[:128])
    ours = (pair[2] for pair in found if pair and pair[:2] == (OUR_MEAN.decode(), f.FENCE))
    return next((fence for text in ours if (fence := f.parse_fence(text.decode("ascii", "replace")))), None)


def _is_ours(atom: bytes, fence: Fence | None) -> bool:
    if fence is None:
        return False
    return f.field_digest("atom", atom) in fence.fields or _fence((atom,)) is not None


def _free_form(mean: bytes, name: bytes, value: bytes) -> bytes:
    text = b"\0\0\0\x01" + bytes(4)  # UTF-8, no language
    return _box(
        b"----", _box(b"mean", bytes(4) + mean) + _box(b"name", bytes(4) + name) + _box(b"data", text + value)
    )


def _box(kind: bytes, data: bytes) -> bytes:
    return (len(data) + 8).to_bytes(4, "big") + kind + data
