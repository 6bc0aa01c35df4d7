"""What others wrote stays: unusual tags, packets, chunks, boxes and pages, each made by hand."""

import struct
import zlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacenda.core.preference import Dimension
from tacenda.errors import ConflictError, InputError
from tacenda.formats.assets import containers, id3, mp4, ogg, xmp
from tacenda.formats.assets.fields import Marking
from tacenda.formats.assets.source import Source, Splice, apply

MARKING = Marking(
    "res-000001", 2, "ab" * 32, frozenset(Dimension) - {Dimension.SEARCH},
    "https://lark.example/policy.json", "https://lark.example/reserved/", "Reserved by Lærke ō.", "Reserved.",
)  # fmt: skip
SOUND = b"\xff\xfb\x90\x00" + bytes(400)


def round_trip(data: bytes, marking: Marking = MARKING) -> bytes:
    """The file with ours in it; taking ours out, now and after an update, gives the file."""
    now = apply(data, containers.write(Source(data), marking).splices)
    assert now != data
    newer = replace(marking, version=marking.version + 1)
    for step in (now, apply(now, containers.write(Source(now), newer).splices)):
        assert apply(step, containers.write(Source(step), None).splices) == data
    return now


def synchsafe(number: int) -> bytes:
    return bytes((number >> shift) & 127 for shift in (21, 14, 7, 0))


def v23(name: bytes, data: bytes) -> bytes:
    return name + struct.pack(">IH", len(data), 0) + data


def tag(major: int, flags: int, body: bytes) -> bytes:
    return b"ID3" + bytes([major, 0, flags]) + synchsafe(len(body)) + body


foreign = st.lists(
    st.tuples(
        st.sampled_from([b"TIT2", b"APIC", b"PRIV", b"XYZ9", b"COMM"]),
        st.binary(max_size=60) | st.sampled_from([b"\xff", b"\xff\xff", b"\xff\x00\xe0", b"XMP\0no packet"]),
    ).filter(lambda frame: not frame[1].startswith(b"XMP\0")),
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(foreign, st.integers(0, 40), st.booleans(), st.sampled_from([3, 4]))
def test_any_tag_is_given_back(
    frames: list[tuple[bytes, bytes]], padding: int, unsynchronised: bool, major: int
) -> None:
    size = (lambda n: struct.pack(">I", n)) if major == 3 else synchsafe
    body = b"".join(name + size(len(data)) + b"\0\0" + data for name, data in frames)
    if unsynchronised and major == 3:
        body = id3._with_sync(body)
        if body.endswith(b"\xff"):
            body += b"\0"
    now = round_trip(tag(major, 0x80 if unsynchronised and major == 3 else 0, body + bytes(padding)) + SOUND)
    assert now.endswith(SOUND)
    assert containers.read(Source(now)).says().denies == MARKING.denied - {Dimension.AI_INPUT}
    found = [(f.id, f.data) for f in id3.parse_tag(now[: id3.tag_length(Source(now))]).frames]
    assert found[: len(frames)] == frames


def test_sizes_that_are_plain_in_v24_are_read_and_written_so() -> None:
    body = b"".join(
        n + struct.pack(">IH", len(d), 0) + d for n, d in ((b"TIT2", b"\0" + b"x" * 300), (b"TPE1", b"\0y"))
    )
    now = round_trip(tag(4, 0, body) + SOUND)
    parsed = id3.parse_tag(now[: id3.tag_length(Source(now))])
    assert parsed.plain_sizes
    assert [f.id for f in parsed.frames][:2] == [b"TIT2", b"TPE1"]


def test_a_footer_is_kept_in_step() -> None:
    body = b"TIT2" + synchsafe(2) + b"\0\0\0x"
    data = tag(4, 0x10, body) + b"3DI\x04\0\x10" + synchsafe(len(body)) + SOUND
    now = round_trip(data)
    length = id3.tag_length(Source(now))
    assert now[length - 10 : length - 7] == b"3DI"
    assert now[length - 4 : length] == now[6:10]


def test_old_and_checked_tags_are_refused() -> None:
    for data in (tag(2, 0, bytes(20)), tag(3, 0x40, struct.pack(">IHII", 10, 0x8000, 0, 0) + bytes(9))):
        with pytest.raises(InputError) as caught:
            containers.write(Source(data + SOUND), MARKING)
        assert caught.value.code == "asset.unsupported"


ADOBE = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about=""><dc:t xmlns:dc="urn:dc">x</dc:t></rdf:Description></rdf:RDF></x:xmpmeta>'
)
OTHER = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b"<!-- </r:RDF> --></r:RDF>\n    \n<?xpacket end='w'?>"
)
PACKETS = [ADOBE, OTHER]


@pytest.mark.parametrize("packet", PACKETS)
def test_ours_is_joined_to_a_foreign_packet_and_taken_out_again(packet: bytes) -> None:
    joined, kept = xmp.put_packet(packet, MARKING)
    assert joined is not None
    assert not kept
    assert xmp.read_packet(joined, "x", 0)[0][0].says.denies
    assert xmp.take_packet(joined) == packet
    file = tag(3, 0, v23(b"PRIV", b"XMP\0" + packet) + v23(b"TIT2", b"\0x")) + SOUND
    round_trip(file)


def test_a_foreign_property_stays_and_an_allowance_is_refused() -> None:
    def with_value(word: str) -> bytes:
        value = f'plus:DataMining="http://ns.useplus.org/ldf/vocab/{word}" xmlns:plus="{xmp.PLUS}"'
        return ADOBE.replace(b'rdf:about=""', b'rdf:about="" ' + value.encode())

    with pytest.raises(ConflictError):
        xmp.put_packet(with_value("DMI-ALLOWED"), MARKING)
    theirs = with_value("DMI-PROHIBITED")
    assert xmp.put_packet(theirs, MARKING) == (
        theirs,
        (f"plus:DataMining holds {xmp_value('DMI-PROHIBITED')}, which stays",),
    )


def xmp_value(word: str) -> str:
    return repr(("http://ns.useplus.org/ldf/vocab/" + word)[-60:])


def test_forms_of_the_property_that_others_write() -> None:
    value = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"
    for inside in (
        f'<p:DataMining xmlns:p="{xmp.PLUS}">{value}</p:DataMining>',
        f'<p:DataMining xmlns:p="{xmp.PLUS}" rdf:resource="{value}"/>',
    ):
        packet = ADOBE.replace(b'<dc:t xmlns:dc="urn:dc">x</dc:t>', inside.encode())
        assert xmp.read_packet(packet, "x", 0)[0][0].says.denies == frozenset(Dimension)
    for value in ("DMI-PROHIBITED", "dmi-prohibited", "http://ns.useplus.org/ldf/vocab/dmi-prohibited "):
        packet = ADOBE.replace(
            b'rdf:about=""', f'rdf:about="" xmlns:p="{xmp.PLUS}" p:DataMining="{value}"'.encode()
        )
        says = xmp.read_packet(packet, "x", 0)[0][0].says
        assert (says.denies, says.allows, bool(says.appears)) == (frozenset(), frozenset(), True)


@pytest.mark.parametrize(
    "packet",
    [
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b"<a>" * 300 + b"</a>" * 300,
        b"<a",
        b"",
        b"\xff\xfe<\0a\0/\0>",
        b"<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>",
    ],
)
def test_a_hostile_packet_is_refused(packet: bytes) -> None:
    with pytest.raises(InputError):
        xmp.put_packet(packet or b" ", MARKING)


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + kind + data


def movie(udta: bytes, *, moov_first: bool, wide: bool) -> bytes:
    """A small MP4 whose sound is four chunks that are all different."""
    sound = b"".join(bytes([65 + n]) * 10 for n in range(4))
    head = box(b"ftyp", b"M4A \0\0\0\0M4A ")

    def moov(start: int) -> bytes:
        offsets = [start + 10 * n for n in range(4)]
        table = struct.pack(">II4Q" if wide else ">II4I", 0, 4, *offsets)
        stbl = box(b"stbl", box(b"co64" if wide else b"stco", table))
        return box(b"moov", box(b"mvhd", bytes(8)) + box(b"trak", box(b"mdia", box(b"minf", stbl))) + udta)

    before = len(moov(0)) if moov_first else 0
    built = moov(len(head) + before + 8)
    mdat = box(b"mdat", sound)
    return head + (built + mdat if moov_first else mdat + built)


def chunks(data: bytes) -> list[bytes]:
    found = mp4.parse_movie(Source(data))
    (table,) = mp4._tables(found.data, mp4.Box(b"moov", 0, found.box.head, found.box.length), 0)
    kind = ">4Q" if table.kind == b"co64" else ">4I"
    offsets = struct.unpack_from(kind, found.data, table.data + 8)
    return [data[o : o + 10] for o in offsets]


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("moov_first", [True, False])
@pytest.mark.parametrize(
    "udta",
    [
        b"",
        box(b"udta", b""),
        box(b"udta", box(b"name", b"x")),
        box(b"udta", box(b"name", b"x") + bytes(4)),
        box(b"udta", box(b"meta", bytes(4) + box(b"hdlr", bytes(25)))),
        box(b"udta", box(b"meta", box(b"hdlr", bytes(25)) + box(b"free", bytes(90)))),
        box(b"udta", box(b"meta", bytes(4) + box(b"hdlr", bytes(25)) + box(b"ilst", box(b"\xa9nam", bytes(30))))),
    ],
)
def test_the_chunks_of_an_mp4_are_found_where_they_are(udta: bytes, moov_first: bool, wide: bool) -> None:
    data = movie(udta, moov_first=moov_first, wide=wide)
    assert chunks(data) == [bytes([65 + n]) * 10 for n in range(4)]
    assert chunks(round_trip(data)) == chunks(data)


def test_a_fragmented_mp4_is_refused() -> None:
    data = movie(b"", moov_first=True, wide=False)
    with pytest.raises(InputError):
        containers.write(Source(data + box(b"moof", b"")), MARKING)


def chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + (b"\0" if len(data) & 1 else b"")


info = st.lists(
    st.tuples(st.sampled_from([b"INAM", b"IART", b"ISRC", b"ICOP"]), st.binary(max_size=9)), max_size=3
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([b"fact", b"cue ", b"iXML", b"smpl"]), st.binary(max_size=20)), max_size=4),
    st.none() | info,
    st.none() | st.sampled_from([bytes(602), b"Take 7".ljust(602, b"\0")]),
    st.binary(max_size=9),
    st.booleans(),
)
def test_any_wave_is_given_back(
    more: list[tuple[bytes, bytes]],
    fields: list[tuple[bytes, bytes]] | None,
    bext: bytes | None,
    sound: bytes,
    unpadded: bool,
) -> None:
    body = b"WAVE" + chunk(b"fmt ", bytes(16)) + (chunk(b"bext", bext) if bext else b"")
    if fields is not None:
        body += chunk(b"LIST", b"INFO" + b"".join(chunk(*field) for field in fields))
    body += b"".join(chunk(*c) for c in more) + chunk(b"data", sound)
    if unpadded and len(sound) & 1:
        body = body[:-1]
    now = round_trip(b"RIFF" + struct.pack("<I", len(body)) + body)
    assert struct.unpack_from("<I", now, 4)[0] == len(now) - 8
    for name, value in fields or ():
        assert chunk(name, value) in now
    if bext and any(bext):
        assert bext in now
    assert not any(s.carrier.endswith("ISRC") for s in containers.read(Source(now)).statements)


def test_checksums_of_ogg_are_those_of_the_plain_definition() -> None:
    def slowly(data: bytes) -> int:
        value = 0
        for byte in data:
            value ^= byte << 24
            for _ in range(8):
                value = ((value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
        return value

    for data in (b"", b"a", b"OggS" + bytes(40), bytes(range(256)) * 3):
        assert ogg.checksum(data) == slowly(data)


@pytest.mark.parametrize("size", [10, 60_000, 65_025 - 60, 70_000, 200_000])
def test_ogg_pages_are_numbered_anew_and_given_back(size: int) -> None:
    comment = b"ART=" + b"x" * size
    tags = b"OpusTags" + struct.pack("<I", 3) + b"lib" + struct.pack("<II", 1, len(comment)) + comment + b"\0" * 7
    stream = ogg.Stream("Ogg Opus", (ogg.Page(0, 0, bytes(8), b"\1\0\0\0", 1, b"", b""),), (), b"OpusTags")
    first = ogg.Page(0, 2, bytes(8), b"\1\0\0\0", 0, b"\x13", b"OpusHead" + bytes(11))
    headers = ogg._pages(stream, (tags,), ())
    later = [
        ogg.Page(
            0,
            4 if n == 4 else 0,
            struct.pack("<Q", n),
            b"\1\0\0\0",
            1 + len(headers) + n,
            b"\x64",
            bytes([n]) * 100,
        )
        for n in range(5)
    ]
    data = b"".join(page.render() for page in (first, *headers, *later))
    now = round_trip(data, replace(MARKING, terms="long " * 2_000))
    place, numbers, bodies = 0, [], []
    while place < len(now):
        page = ogg._page(Source(now), place)
        assert page.render() == now[place : place + page.length]
        numbers.append(page.number)
        bodies.append(page.body)
        place += page.length
    assert numbers == list(range(len(numbers)))
    assert bodies[-5:] == [bytes([n]) * 100 for n in range(5)]


def test_a_png_with_compressed_xmp_is_refused_and_checksums_are_right(files: dict[str, bytes]) -> None:
    data = files["png"]
    body = b"iTXtXML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(ADOBE)
    squeezed = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    with pytest.raises(InputError):
        containers.write(Source(data[:33] + squeezed + data[33:]), MARKING)
    now = round_trip(data)
    place = 8
    while place < len(now):
        length = struct.unpack_from(">I", now, place)[0]
        part = now[place + 4 : place + 8 + length]
        assert struct.unpack_from(">I", now, place + 8 + length)[0] == zlib.crc32(part)
        place += 12 + length


def test_a_manifest_of_others_is_not_made_invalid() -> None:
    data = tag(3, 0, v23(b"GEOB", b"\0application/c2pa\0\0\0store")) + SOUND
    with pytest.raises(ConflictError) as caught:
        containers.write(Source(data), MARKING)
    assert caught.value.code == "asset.manifest"
    assert containers.write(Source(data), MARKING, signed_anew=True).splices


def test_splices_that_overlap_are_refused() -> None:
    with pytest.raises(InputError):
        apply(b"abcdef", [Splice(0, 3, b""), Splice(2, 1, b"x")])
