"""Artwork: XMP with ``plus:DataMining`` in JPEG (APP1) and PNG (iTXt), the picture itself as it was."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tacenda.formats.assets import xmp
from tacenda.formats.assets.fields import Edit, Fence, Marking, Reading
from tacenda.formats.assets.source import Source, Splice, changed_only, malformed, unsupported

PNG_MAGIC: Final = b"\x89PNG\r\n\x1a\n"
XMP_MARK: Final = b"http://ns.adobe.com/xap/1.0/\0"
KEYWORD: Final = b"XML:com.adobe.xmp"
MAX_SEGMENTS: Final = 100_000
MAX_SEGMENT_BYTES: Final = 65_533
_APP0, _APP1, _APP11 = 0xE0, 0xE1, 0xEB
_START_OF_SCAN, _END = 0xDA, 0xD9


@dataclass(frozen=True, slots=True)
class Part:
    """A JPEG segment or PNG chunk: its whole extent and that of its data."""

    kind: bytes
    offset: int
    data: int
    length: int
    end: int


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the packet stands (`part`, with `packet`), or would be put (`insert`)."""

    part: Part | None
    packet: bytes | None
    insert: int


def is_jpeg(source: Source) -> bool:
    return source.read(0, 3) == b"\xff\xd8\xff"


def is_png(source: Source) -> bool:
    return source.read(0, 8) == PNG_MAGIC


def read_jpeg(source: Source) -> Reading:
    """What a JPEG file says."""
    parts = list(_segments(source))
    manifest = any(p.kind[0] == _APP11 and source.read(p.data, 2) == b"JP" for p in parts)
    return _read("JPEG", _jpeg_place(source, parts), "JPEG APP1 XMP", manifest)


def write_jpeg(source: Source, marking: Marking | None) -> Edit:
    """The change that puts `marking` in, or takes ours out when it is None.

    Raises:
        ConflictError: ``asset.contradicted``.
        InputError: ``asset.*``; ``asset.unsupported`` when the packet outgrows its segment of 64 KiB.
    """

    def segment(packet: bytes) -> bytes:
        data = XMP_MARK + packet
        if len(data) > MAX_SEGMENT_BYTES:
            raise unsupported("The XMP packet outgrows its JPEG segment of 64 KiB.")
        return b"\xff\xe1" + (len(data) + 2).to_bytes(2, "big") + data

    place = _jpeg_place(source, list(_segments(source)))
    return _write(source, place, marking, segment, "JPEG APP1 XMP plus:DataMining")


def read_png(source: Source) -> Reading:
    """What a PNG file says."""
    parts = list(_chunks(source))
    manifest = any(p.kind == b"caBX" for p in parts)
    return _read("PNG", _png_place(source, parts), "PNG iTXt XMP", manifest)


def write_png(source: Source, marking: Marking | None) -> Edit:
    """The change that puts `marking` in, or takes ours out when it is None.

    Raises:
        ConflictError: ``asset.contradicted``.
        InputError: ``asset.*``.
    """

    def chunk(packet: bytes) -> bytes:
        body = b"iTXt" + KEYWORD + b"\0\0\0\0\0" + packet
        return (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    place = _png_place(source, list(_chunks(source)))
    return _write(source, place, marking, chunk, "PNG iTXt XMP plus:DataMining")


def fence_of(packet: bytes | None) -> Fence | None:
    return xmp.fence_in(packet) if packet else None


def _read(container: str, place: _Place, carrier: str, manifest: bool) -> Reading:
    if place.packet is None or place.part is None:
        return Reading(container, manifest=manifest)
    statements, fence = xmp.read_packet(place.packet, carrier, place.part.offset)
    return Reading(container, statements, fence, manifest)


def _write(
    source: Source, place: _Place, marking: Marking | None, wrap: Callable[[bytes], bytes], name: str
) -> Edit:
    kept: tuple[str, ...] = ()
    if marking is None:
        after = xmp.take_packet(place.packet) if place.packet is not None else None
    else:
        after, kept = xmp.put_packet(place.packet, marking, place.insert)
    new = wrap(after) if after is not None else b""
    if after == place.packet:
        splices: tuple[Splice, ...] = ()
    elif place.part is None:
        splices = (Splice(place.insert, 0, new),)
    else:
        splices = (Splice(place.part.offset, place.part.end - place.part.offset, new),)
    names = (name,) if after is not None and xmp.fence_in(after) else ()
    return Edit(changed_only(source, splices), names, kept)


def _jpeg_place(source: Source, parts: list[Part]) -> _Place:
    insert = 2
    for part in parts:
        if part.kind[0] == _APP1 and source.read(part.data, len(XMP_MARK)) == XMP_MARK:
            packet = source.exactly(part.data + len(XMP_MARK), part.length - len(XMP_MARK), "The XMP packet")
            return _Place(part, packet, part.offset)
        exif = part.kind[0] == _APP1 and source.read(part.data, 4) == b"Exif"
        if part.offset == insert and (part.kind[0] == _APP0 or exif):
            insert = part.end
    return _Place(None, None, insert)


def _png_place(source: Source, parts: list[Part]) -> _Place:
    for part in parts:
        if part.kind != b"iTXt" or source.read(part.data, len(KEYWORD) + 1) != KEYWORD + b"\0":
            continue
        data = source.exactly(part.data, part.length, "The iTXt chunk")
        rest = data[len(KEYWORD) + 1 :]
        if rest[:1] != b"\0":
            raise unsupported(
                "The XMP of this PNG is compressed.", "Write it plain, as XMP wants it.", part.offset
            )
        fields = rest[2:].split(b"\0", 2)
        if len(fields) < 3:
            raise malformed("The iTXt chunk is cut off.", part.offset)
        if len(rest) - len(fields[2]) != 4:
            raise unsupported("The XMP of this PNG bears a language.", offset=part.offset)
        return _Place(part, fields[2], part.offset)
    return _Place(None, None, parts[0].end)


def _segments(source: Source) -> Iterator[Part]:
    """The segments of a JPEG up to the first scan."""
    if not is_jpeg(source):
        raise malformed("There is no JPEG picture here.", 0)
    place = 2
    for _ in range(MAX_SEGMENTS):
        head = source.exactly(place, 2, "The JPEG picture")
        if head[0] != 0xFF:
            raise malformed("There is no JPEG segment where one is expected.", place)
        if head[1] == 0xFF:
            place += 1
            continue
        if head[1] in (_START_OF_SCAN, _END):
            return
        length = int.from_bytes(source.exactly(place + 2, 2, "A JPEG segment"), "big")
        if length < 2:
            raise malformed("A JPEG segment has an impossible length.", place)
        source.reaches(place + 2, length, "A JPEG segment")
        yield Part(bytes([head[1]]), place, place + 4, length - 2, place + 2 + length)
        place += 2 + length
    raise malformed(f"There are more than {MAX_SEGMENTS} JPEG segments.", place)


def _chunks(source: Source) -> Iterator[Part]:
    """The chunks of a PNG."""
    if not is_png(source):
        raise malformed("There is no PNG picture here.", 0)
    place = 8
    for number in range(MAX_SEGMENTS):
        head = source.exactly(place, 8, "A PNG chunk")
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        source.reaches(place + 8, length + 4, "A PNG chunk")
        if not number and kind != b"IHDR":
            raise malformed("A PNG picture begins with IHDR; this one does not.", place)
        yield Part(kind, place, place + 8, length, place + 12 + length)
        place += 12 + length
        if kind == b"IEND":
            return
    raise malformed(f"There are more than {MAX_SEGMENTS} PNG chunks.", place)
