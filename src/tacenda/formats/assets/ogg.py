"""Ogg Vorbis, Ogg Opus and Ogg FLAC (RFC 3533, RFC 7845): the comment packet changed, its pages laid anew.

Only the header pages are laid anew. Where their number changes, the pages of the stream after them are numbered
anew and their checksums follow; the bytes of their packets are not touched. How the header pages were laid before
stands in our fence, so that taking ours out gives the old bytes, page for page. A file of several streams is
written to in its first, and the pages of others stay.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tacenda.formats.assets import vorbis
from tacenda.formats.assets.fields import Edit, Marking, Reading
from tacenda.formats.assets.source import Source, Splice, changed_only, malformed, unsupported

MAGIC: Final = b"OggS"
MAX_HEADER_BYTES: Final = 64 * 1024 * 1024
_CONTINUED, _FIRST, _LAST = 1, 2, 4
_NONE: Final = b"\xff" * 8
_MIRROR: Final = bytes(int(f"{n:08b}"[::-1], 2) for n in range(256))


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `lacing` holds the lengths of its segments."""

    offset: int
    flags: int
    granule: bytes
    serial: bytes
    number: int
    lacing: bytes
    body: bytes

    @property
    def length(self) -> int:
        return 27 + len(self.lacing) + len(self.body)

    def render(self) -> bytes:
        head = MAGIC + bytes([0, self.flags]) + self.granule + self.serial + self.number.to_bytes(4, "little")
        rest = bytes([len(self.lacing)]) + self.lacing + self.body
        return head + checksum(head + bytes(4) + rest).to_bytes(4, "little") + rest


@dataclass(frozen=True, slots=True)
class Stream:
    """The headers of the first stream.

    Attributes:
        pages: the header pages after the first one, with nothing of other streams between them.
        packets: the packets in them, the comment packet first.
        mark: the bytes before the comments in their packet.
    """

    codec: str
    pages: tuple[Page, ...]
    packets: tuple[bytes, ...]
    mark: bytes


def checksum(data: bytes) -> int:
    """CRC-32 of Ogg: polynomial 0x04C11DB7, nothing inverted, nothing mirrored, start 0.

    zlib's is the same polynomial mirrored: so the bytes are mirrored, and the answer mirrored back.
    """
    mirrored = zlib.crc32(data.translate(_MIRROR), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(mirrored.to_bytes(4, "little").translate(_MIRROR), "big")


def read(source: Source) -> Reading:
    """What an Ogg file says."""
    stream = parse_stream(source)
    comments = _comments(stream)
    statements, fence = vorbis.read_comments(comments, stream.pages[0].offset)
    return Reading(stream.codec, statements, fence)


def write(source: Source, marking: Marking | None) -> Edit:
    """The change that puts `marking` in, or takes ours out when it is None. Reads every page of the file.

    Raises:
        ConflictError: ``asset.contradicted``.
        InputError: ``asset.*``.
    """
    stream = parse_stream(source)
    comments = _comments(stream)
    fence = vorbis.fence_in(comments)
    layout = tuple(len(page.lacing) for page in stream.pages)
    if marking is None:
        if fence is None:
            return Edit(())
        bare = vorbis.take_comments(comments)
        return Edit(_laid(source, stream, bare, fence.pages))
    before = fence.pages if fence else _restorable(stream, layout)
    new, names, kept = vorbis.put_comments(comments, marking, pages=before)
    if fence is None and not before:
        kept = (*kept, "the header pages are laid in a manner that taking ours out will not give back")
    if new == comments:
        return Edit((), names, kept)
    return Edit(_laid(source, stream, new, ()), names, kept)


def parse_stream(source: Source) -> Stream:
    """The header pages of the first stream.

    Raises:
        InputError: ``asset.format``, ``asset.truncated``, ``asset.unsupported`` for a codec without comments that
            we know.
    """
    first = _page(source, 0)
    codec, mark, headers = _codec(first)
    pages: list[Page] = []
    packets: list[bytes] = []
    open_packet: list[bytes] = []
    place, size = first.length, 0
    while True:
        page = _page(source, place)
        size += page.length
        if size > MAX_HEADER_BYTES:
            raise malformed("The Ogg headers are larger than 64 MiB.", place)
        if page.serial != first.serial:
            if pages:
                raise unsupported("Headers of several Ogg streams are mixed.", offset=place)
            place += page.length
            continue
        pages.append(page)
        _collect(page, packets, open_packet)
        if len(packets) >= headers and not open_packet:
            break
        place += page.length
    if not packets[0].startswith(mark):
        raise malformed("The second Ogg packet holds no comments.", pages[0].offset)
    return Stream(codec, tuple(pages), tuple(packets), mark)


def _codec(first: Page) -> tuple[str, bytes, int]:
    """Codec, mark of its comment packet, and how many header packets follow the first."""
    body = first.body
    if not first.flags & _FIRST:
        raise malformed("The Ogg file does not begin with the first page of a stream.", 0)
    if body.startswith(b"\x01vorbis"):
        return "Ogg Vorbis", b"\x03vorbis", 2
    if body.startswith(b"OpusHead"):
        return "Ogg Opus", b"OpusTags", 1
    if body.startswith(b"\x7fFLAC"):
        return "Ogg FLAC", b"", 1
    raise unsupported("This Ogg stream is none of Vorbis, Opus and FLAC.")


def _comments(stream: Stream) -> vorbis.Comments:
    packet, offset = stream.packets[0], stream.pages[0].offset
    if stream.codec == "Ogg FLAC":
        if packet[:1] not in (b"\x04", b"\x84") or int.from_bytes(packet[1:4], "big") != len(packet) - 4:
            raise malformed("The second packet of an Ogg FLAC stream holds no comments.", offset)
        return vorbis.parse_comments(packet[4:], offset)
    return vorbis.parse_comments(packet[len(stream.mark) :], offset)


def _packet(stream: Stream, comments: vorbis.Comments) -> bytes:
    data = comments.render()
    if stream.codec != "Ogg FLAC":
        return stream.mark + data
    if len(data) >= 1 << 24:
        raise unsupported("The Vorbis comments have no room: a FLAC block holds 16 MiB.")
    return stream.packets[0][:1] + len(data).to_bytes(3, "big") + data


def _collect(page: Page, packets: list[bytes], open_packet: list[bytes]) -> None:
    place = 0
    if not page.flags & _CONTINUED and open_packet:
        raise malformed("An Ogg packet is cut off.", page.offset)
    for segment in page.lacing:
        open_packet.append(page.body[place : place + segment])
        place += segment
        if segment < 255:
            packets.append(b"".join(open_packet))
            open_packet.clear()


def _restorable(stream: Stream, layout: Sequence[int]) -> tuple[int, ...]:
    """`layout`, if laying the same packets by it gives the same bytes; else nothing."""
    try:
        laid = _pages(stream, stream.packets, layout)
    except ValueError:
        return ()
    same = b"".join(p.render() for p in laid) == b"".join(p.render() for p in stream.pages)
    return tuple(layout) if same else ()


def _laid(source: Source, stream: Stream, comments: vorbis.Comments, layout: Sequence[int]) -> tuple[Splice, ...]:
    """Splices that lay the headers anew and number the pages after them."""
    packets = (_packet(stream, comments), *stream.packets[1:])
    try:
        laid = _pages(stream, packets, layout)
    except ValueError:
        laid = _pages(stream, packets, ())
    first, last = stream.pages[0], stream.pages[-1]
    end = last.offset + last.length
    new = Splice(first.offset, end - first.offset, b"".join(page.render() for page in laid))
    shift = len(laid) - len(stream.pages)
    later = _renumbered(source, end, first.serial, shift) if shift else ()
    return changed_only(source, [new, *later])


def _pages(stream: Stream, packets: Sequence[bytes], layout: Sequence[int]) -> list[Page]:
    """The packets laid into pages of `layout` segments each, or of as many as go in when there is no layout.

    Raises:
        ValueError: when `layout` does not fit the packets.
    """
    segments: list[tuple[bytes, bool]] = []
    for packet in packets:
        cut = [packet[i : i + 255] for i in range(0, len(packet), 255)]
        if len(packet) % 255 == 0:
            cut.append(b"")
        segments += [(piece, place == len(cut) - 1) for place, piece in enumerate(cut)]
    counts = list(layout) or [min(255, len(segments) - i) for i in range(0, len(segments), 255)]
    if sum(counts) != len(segments) or not all(0 < count <= 255 for count in counts):
        raise ValueError("layout")
    first = stream.pages[0]
    laid, place, middle = [], 0, False
    for number, count in enumerate(counts, first.number):
        part = segments[place : place + count]
        ends = any(end for _, end in part)
        lacing = bytes(len(piece) for piece, _ in part)
        flags = _CONTINUED if middle else 0
        body = b"".join(piece for piece, _ in part)
        laid.append(Page(0, flags, bytes(8) if ends else _NONE, first.serial, number & 0xFFFFFFFF, lacing, body))
        place, middle = place + count, not part[-1][1]
    return laid


def _renumbered(source: Source, place: int, serial: bytes, shift: int) -> Iterator[Splice]:
    """Number and checksum of each later page of the stream, to its end."""
    while place < source.size:
        page = _page(source, place)
        if page.serial == serial:
            number = (page.number + shift) & 0xFFFFFFFF
            if page.render() != source.read(place, page.length):
                raise malformed("An Ogg page does not bear the checksum of its bytes.", place)
            new = Page(place, page.flags, page.granule, serial, number, page.lacing, page.body).render()
            yield Splice(place + 18, 8, new[18:26])
            if page.flags & _LAST:
                return
        place += page.length


def _page(source: Source, offset: int) -> Page:
    head = source.exactly(offset, 27, "An Ogg page")
    if head[:4] != MAGIC or head[4] != 0:
        raise malformed("There is no Ogg page where one is expected.", offset)
    lacing = source.exactly(offset + 27, head[26], "An Ogg page")
    body = source.exactly(offset + 27 + head[26], sum(lacing), "An Ogg page")
    return Page(offset, head[5], head[6:14], head[14:18], int.from_bytes(head[18:22], "little"), lacing, body)
