"""RIFF WAVE, RF64 and BWF, and AIFF: reservation fields in chunks, with the sound where it was.

In WAVE: an ``id3 `` chunk (the tag of `id3`, which bears our fence), ``_PMX`` with XMP, ``ICOP`` in ``LIST INFO``,
and the Description of ``bext`` (EBU Tech 3285) where that is empty; other people's text is never written over. In
AIFF: an ``ID3 `` chunk with XMP in the tag. New chunks go behind the last one. ``ISRC`` in ``LIST INFO`` means
*Source*, not the recording code, and is not read as one.
"""

from dataclasses import dataclass
from typing import Final

from tacenda.formats.assets import fields as f
from tacenda.formats.assets import id3, xmp
from tacenda.formats.assets.fields import Edit, Marking, Reading, Statement
from tacenda.formats.assets.source import Source, Splice, changed_only, malformed, unsupported

MAX_CHUNKS: Final = 100_000
DESCRIPTION_BYTES: Final = 256
_UNKNOWN: Final = 0xFFFFFFFF
_TAGS: Final = (b"id3 ", b"ID3 ", b"ID32")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk; `offset` is that of its header of eight bytes, `length` that of its data."""

    id: bytes
    offset: int
    length: int

    @property
    def data(self) -> int:
        return self.offset + 8

    @property
    def end(self) -> int:
        """Behind the padding byte."""
        return self.data + self.length + (self.length & 1)


@dataclass(frozen=True, slots=True)
class Form:
    """The whole file.

    Attributes:
        big: numbers are big-endian (AIFF).
        size64: where the 64-bit size of the form stands (RF64), or 0.
        stated: the size that it states.
        end: behind the last chunk, its padding included.
        unpadded: the last chunk lacks its padding byte.
    """

    container: str
    big: bool
    chunks: tuple[Chunk, ...]
    size64: int
    stated: int
    end: int
    unpadded: bool

    def find(self, *names: bytes) -> Chunk | None:
        return next((chunk for chunk in self.chunks if chunk.id in names), None)


def is_wave(source: Source) -> bool:
    head = source.read(0, 12)
    return head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:] == b"WAVE"


def is_aiff(source: Source) -> bool:
    head = source.read(0, 12)
    return head[:4] == b"FORM" and head[8:] in (b"AIFF", b"AIFC")


def read(source: Source) -> Reading:
    """What a WAVE or AIFF file says."""
    form = parse_form(source)
    statements: list[Statement] = []
    notes: tuple[str, ...] = ()
    fence, manifest = None, form.find(b"C2PA") is not None
    tag = form.find(*_TAGS)
    if tag is not None and tag.length:
        parsed = id3.parse_tag(_tag_and_tail(source, tag)[0], tag.data)
        found, fence, signed, notes = id3.read_tag(parsed, tag.data)
        statements += found
        manifest = manifest or signed
    packet = None if form.big else form.find(b"_PMX")
    if packet is not None:
        statements += xmp.read_packet(_chunk(source, packet), "RIFF _PMX", packet.offset)[0]
    if not form.big:
        statements += _old_fields(source, form)
    return Reading(form.container, tuple(statements), fence, manifest, notes)


def write(source: Source, marking: Marking | None) -> Edit:
    """The change that puts `marking` in, or takes ours out when it is None.

    Raises:
        ConflictError: ``asset.contradicted``.
        InputError: ``asset.*``.
    """
    form = parse_form(source)
    tag = form.find(*_TAGS)
    raw, tail = _tag_and_tail(source, tag)
    fence = id3.fence_of_tag(raw)
    if marking is None and fence is None:
        return Edit(())
    change = _Change(source, form, fence)
    if not form.big:
        change.packet(marking)
        change.info(marking)
        change.description(marking)
    if marking is None:
        bare = id3.take_tag(raw).tag
        change.put(tag, bare + tail if bare else b"", b"")
        change.finish(())
        return Edit(changed_only(source, change.splices))
    extra = [*change.extra, *([("made", "pad")] if change.pads(more=tag is None) else [])]
    written = id3.put_tag(raw, marking, packet=form.big, extra=extra)
    change.put(tag, written.tag + tail, b"ID3 " if form.big else b"id3 ")
    change.finish(extra)
    return Edit(
        changed_only(source, change.splices), (*written.fields, *change.names), (*written.kept, *change.kept)
    )


class _Change:
    """Splices of one file as they are gathered; new chunks go behind the last."""

    def __init__(self, source: Source, form: Form, fence: f.Fence | None) -> None:
        self.source, self.form, self.fence = source, form, fence
        self.splices: list[Splice] = []
        self.appended: list[bytes] = []
        self.extra: list[tuple[str, str]] = []
        self.names: list[str] = []
        self.kept: list[str] = []

    def put(self, chunk: Chunk | None, data: bytes, name: bytes) -> None:
        """Set a chunk's data; no data takes it away, no chunk makes one."""
        if chunk is None:
            if data:
                self.appended.append(self._coded(name, data))
        elif data != _chunk(self.source, chunk):
            stop = min(chunk.end, self.source.size)
            new = self._coded(chunk.id, data) if data else b""
            self.splices.append(Splice(chunk.offset, stop - chunk.offset, new))

    def packet(self, marking: Marking | None) -> None:
        chunk = self.form.find(b"_PMX")
        before = _chunk(self.source, chunk) if chunk else None
        if marking is None:
            after = xmp.take_packet(before) if before is not None else None
        else:
            after, kept = xmp.put_packet(before, marking, chunk.offset if chunk else 0)
            self.kept += kept
            if after is not None and xmp.fence_in(after):
                self.names.append("RIFF _PMX")
        self.put(chunk, after or b"", b"_PMX")

    def info(self, marking: Marking | None) -> None:
        """Our ``ICOP`` in ``LIST INFO``: taken out if it is there, put in if there is no other."""
        chunk = next((c for c in self.form.chunks if c.id == b"LIST" and self._kind(c) == b"INFO"), None)
        data = _chunk(self.source, chunk) if chunk else b"INFO"
        fields = _sub_chunks(data)
        ours = [p for p in fields if p[0] == b"ICOP" and self._is_ours("ICOP", p[1])]
        for _, value in ours:
            data = data.replace(_info_field(value), b"", 1)
        if marking is not None and marking.notice:
            value = f.ascii_only(marking.notice, "The notice") + b"\0"
            if len(ours) < sum(1 for name, _ in fields if name == b"ICOP"):
                self.kept.append("RIFF INFO ICOP holds a notice, which stays")
            elif len(data) & 1:
                self.kept.append("RIFF INFO is not padded, and stays")
            else:
                data += _info_field(value)
                self.extra.append(("field", f.field_digest("ICOP", value)))
                self.names.append("RIFF INFO ICOP")
                if chunk is None or (ours and self._made("info") and len(fields) == len(ours)):
                    self.extra.append(("made", "info"))
        bare = data == b"INFO" and (chunk is None or self._made("info"))
        self.put(chunk, b"" if bare else data, b"LIST")

    def description(self, marking: Marking | None) -> None:
        """Our notice in the Description of ``bext``, if that is empty or ours."""
        chunk = self.form.find(b"bext")
        if chunk is None or chunk.length < DESCRIPTION_BYTES:
            return
        now = self.source.exactly(chunk.data, DESCRIPTION_BYTES, "The bext chunk")
        empty = not any(now) or self._is_ours("bext.Description", now)
        new = bytes(DESCRIPTION_BYTES) if empty else now
        if marking is not None and marking.notice:
            value = f.ascii_only(marking.notice, "The notice")
            if not empty:
                self.kept.append("BWF bext Description is in use, and stays")
            elif len(value) <= DESCRIPTION_BYTES:
                new = value.ljust(DESCRIPTION_BYTES, b"\0")
                self.extra.append(("field", f.field_digest("bext.Description", new)))
                self.names.append("BWF bext Description")
        if new != now:
            self.splices.append(Splice(chunk.data, DESCRIPTION_BYTES, new))

    def pads(self, *, more: bool) -> bool:
        """Whether a padding byte behind somebody's last chunk is ours; `more` for a chunk yet to be added."""
        return (self.form.unpadded and (more or bool(self.appended))) or self._made("pad")

    def finish(self, extra: object) -> None:
        """Add the new chunks, and put the size of the form right."""
        end = self.form.end
        if self.appended:
            self.splices.append(Splice(end, 0, (b"\0" if self.form.unpadded else b"") + b"".join(self.appended)))
        elif not extra and self._made("pad"):
            self._unpad()
        growth = sum(splice.growth for splice in self.splices)
        if not growth or self.form.stated in (0, _UNKNOWN):  # a stream, whose size was never known
            return
        size = self.form.stated + growth
        if self.form.size64:
            self.splices.append(Splice(self.form.size64, 8, size.to_bytes(8, "little")))
        elif size >= _UNKNOWN:
            raise unsupported("The file has no room: RIFF and AIFF end at 4 GiB.", "Convert it to RF64 first.")
        else:
            self.splices.append(Splice(4, 4, size.to_bytes(4, "big" if self.form.big else "little")))

    def _unpad(self) -> None:
        """Take the padding byte away that we put behind somebody's last chunk, if it is last again."""
        gone = {splice.offset for splice in self.splices if not splice.put and splice.taken >= 8}
        left = [chunk for chunk in self.form.chunks if chunk.offset not in gone]
        last = left[-1]
        if self.form.unpadded:
            return
        if last.length & 1 and all(c.offset in gone for c in self.form.chunks if c.offset > last.offset):
            self.splices.append(Splice(last.end - 1, 1, b""))

    def _kind(self, chunk: Chunk) -> bytes:
        return self.source.read(chunk.data, 4)

    def _made(self, what: str) -> bool:
        return self.fence is not None and what in self.fence.made

    def _is_ours(self, key: str, value: bytes) -> bool:
        return self.fence is not None and f.field_digest(key, value) in self.fence.fields

    def _coded(self, name: bytes, data: bytes) -> bytes:
        size = len(data).to_bytes(4, "big" if self.form.big else "little")
        return name + size + data + (b"\0" if len(data) & 1 else b"")


def parse_form(source: Source) -> Form:
    """The chunks of the file.

    Raises:
        InputError: ``asset.format``, ``asset.truncated``.
    """
    head = source.exactly(0, 12, "The file")
    big = head[:4] == b"FORM"
    order: Final = "big" if big else "little"
    stated, size64, long_data = int.from_bytes(head[4:8], order), 0, 0
    chunks: list[Chunk] = []
    place = 12
    if head[:4] in (b"RF64", b"BW64"):
        sizes = source.exactly(12, 36, "The ds64 chunk")
        if sizes[:4] != b"ds64":
            raise malformed("An RF64 file begins with a ds64 chunk; this one does not.", 12)
        size64 = 20
        stated, long_data = (int.from_bytes(sizes[i : i + 8], "little") for i in (8, 16))
    limit = min(stated + 8, source.size) if stated not in (0, _UNKNOWN) else source.size
    while place + 8 <= limit:
        part = source.read(place, 8)
        length = int.from_bytes(part[4:], order)
        if part[:4] == b"data" and length == _UNKNOWN and size64:
            length = long_data
        chunk = Chunk(part[:4], place, length)
        source.reaches(chunk.data, length, f"The chunk {part[:4]!r}")
        chunks.append(chunk)
        place = chunk.end
        if len(chunks) > MAX_CHUNKS:
            raise malformed(f"There are more than {MAX_CHUNKS} chunks.", place)
    if not chunks:
        raise malformed("There is no chunk in the file.", 12)
    last = chunks[-1]
    unpadded = bool(last.length & 1) and last.end > limit
    name = "AIFF" if big else "WAVE"
    return Form(name, big, tuple(chunks), size64, stated, last.end - unpadded, unpadded)


def _old_fields(source: Source, form: Form) -> list[Statement]:
    found = []
    for chunk in form.chunks:
        if chunk.id == b"LIST" and source.read(chunk.data, 4) == b"INFO":
            fields = _sub_chunks(_chunk(source, chunk))
            found += [
                Statement("notice", "RIFF INFO ICOP", value.rstrip(b"\0")[:4096], chunk.offset)
                for name, value in fields
                if name == b"ICOP"
            ]
        elif chunk.id == b"bext" and chunk.length >= DESCRIPTION_BYTES:
            text = source.read(chunk.data, DESCRIPTION_BYTES).rstrip(b"\0")
            if text:
                found.append(Statement("notice", "BWF bext Description", text, chunk.offset))
    return found


def _sub_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Name and value of each field of an INFO list; stops at what is none."""
    place, found = 4, []
    while place + 8 <= len(data):
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        if place + 8 + length > len(data):
            break
        found.append((data[place : place + 4], data[place + 8 : place + 8 + length]))
        place += 8 + length + (length & 1)
    return found


def _info_field(value: bytes) -> bytes:
    return b"ICOP" + len(value).to_bytes(4, "little") + value + (b"\0" if len(value) & 1 else b"")


def _tag_and_tail(source: Source, chunk: Chunk | None) -> tuple[bytes, bytes]:
    """The tag in its chunk, and what some programs leave behind it."""
    if chunk is None or not chunk.length:
        return b"", b""
    data = _chunk(source, chunk)
    length = id3.tag_length(Source(data))
    if not length:
        raise malformed("The chunk for an ID3 tag holds none.", chunk.offset)
    return data[:length], data[length:]


def _chunk(source: Source, chunk: Chunk) -> bytes:
    return source.exactly(chunk.data, chunk.length, f"The chunk {chunk.id!r}")
