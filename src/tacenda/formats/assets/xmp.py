"""XMP packets: ``plus:DataMining`` read, joined to somebody's packet, and taken out again byte for byte.

IPTC Photo Metadata 2023.1 and PLUS LDF 2.0.1 define the property for pictures; in sound it is a convention of
ours. Ours is one ``rdf:Description`` of its own, written in one fixed way at the end of the packet's ``rdf:RDF``,
so that every other byte stays. Packets are read as XML without entities; what is no well-formed XML is left alone.
"""

import re
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from tacenda.errors import ConflictError
from tacenda.formats.assets.fields import Fence, Marking, Statement, plus_statement
from tacenda.formats.assets.source import MAX_METADATA_BYTES, malformed, unsupported

PLUS: Final = "http://ns.useplus.org/ldf/xmp/1.0/"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RIGHTS: Final = "http://ns.adobe.com/xap/1.0/rights/"
OURS: Final = "urn:tacenda:1"
MAX_DEPTH: Final = 200

_HEAD: Final = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
)
_TAIL: Final = b'</rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
_OURS: Final = re.compile(
    rb'<[\w.-]+:Description [\w.-]+:about="" xmlns:plus="http://ns\.useplus\.org/ldf/xmp/1\.0/"'
    rb' xmlns:xmpRights="http://ns\.adobe\.com/xap/1\.0/rights/" xmlns:tacenda="urn:tacenda:1"'
    rb'(?: plus:DataMining="[^"<>]*")?(?: xmpRights:WebStatement="[^"<>]*")?'
    rb' tacenda:declaration="([^"<>]*)" tacenda:version="([0-9]{1,9})" tacenda:sha256="([0-9a-f]{64})"/>'
)


@dataclass(slots=True)
class _Found:
    """What one pass over a packet found."""

    mining: list[str] = field(default_factory=list)
    web: list[str] = field(default_factory=list)
    end: int = -1
    prefix: str = ""
    depth: int = 0
    taking: str = ""
    text: list[str] = field(default_factory=list)


def read_packet(packet: bytes, carrier: str, offset: int) -> tuple[tuple[Statement, ...], Fence | None]:
    """The statements of a packet, and our fence if it holds one.

    Raises:
        InputError: ``asset.format`` when it is no well-formed XML.
    """
    found = _scan(packet, offset)
    statements = tuple(plus_statement(value, f"{carrier} plus:DataMining", offset) for value in found.mining)
    return statements, fence_in(packet)


def fence_in(packet: bytes) -> Fence | None:
    match = _OURS.search(packet)
    if match is None:
        return None
    name, version, digest = (group.decode("utf-8", "replace") for group in match.groups())
    return Fence(_unescaped(name), int(version), digest)


def put_packet(packet: bytes | None, marking: Marking, offset: int = 0) -> tuple[bytes | None, tuple[str, ...]]:
    """The packet (None for none) with ours instead of an older ours; None when there is nothing to write.

    Also what was left to others, in words.

    Raises:
        ConflictError: ``asset.contradicted`` when somebody else's property allows what is reserved.
        InputError: ``asset.format``, ``asset.unsupported``.
    """
    bare = take_packet(packet) if packet else None
    if not marking.plus:
        return bare, ()
    if bare is None:
        return _HEAD + _ours(marking, b"rdf", web=True) + _TAIL, ()
    found = _scan(bare, offset)
    kept = []
    for value in found.mining:
        says = plus_statement(value, "", 0).says
        if says.allows & marking.denied:
            raise _contradicted(value)
        if value != marking.plus:
            kept.append(f"plus:DataMining holds {value[-60:]!r}, which stays")
    if found.mining:
        return bare, tuple(kept)
    if found.end < 0:
        raise unsupported("The XMP packet has no place for another description.", offset=offset)
    new = _ours(marking, found.prefix.encode(), web=not found.web)
    return bare[: found.end] + new + bare[found.end :], tuple(kept)


def take_packet(packet: bytes) -> bytes | None:
    """The packet without ours; None when we made it and nothing else is in it."""
    bare = _OURS.sub(b"", packet, count=1)
    if bare != packet and bare == _HEAD + _TAIL:
        return None
    return bare


def _ours(marking: Marking, prefix: bytes, *, web: bool) -> bytes:
    """Our description. Written in this one way, since `_OURS` has to find it again."""
    parts = [
        b'<%s:Description %s:about="" xmlns:plus="%s" xmlns:xmpRights="%s" xmlns:tacenda="%s"'
        % (prefix, prefix, PLUS.encode(), RIGHTS.encode(), OURS.encode()),
        b' plus:DataMining="%s"' % marking.plus.encode(),
    ]
    if web and marking.page_url:
        parts.append(b' xmpRights:WebStatement="%s"' % _escaped(marking.page_url))
    parts.append(
        b' tacenda:declaration="%s" tacenda:version="%d" tacenda:sha256="%s"/>'
        % (_escaped(marking.declaration), marking.version, marking.digest.encode())
    )
    return b"".join(parts)


def _scan(packet: bytes, offset: int) -> _Found:
    """One pass: values of the properties that matter, and where ``rdf:RDF`` ends."""
    if len(packet) > MAX_METADATA_BYTES:
        raise malformed("The XMP packet is larger than 64 MiB.", offset)
    found = _Found()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.namespace_prefixes = True

    def refuse(*_: object) -> None:
        raise malformed("The XMP packet declares a document type, which XMP does not allow.", offset)

    def start(name: str, attributes: dict[str, str]) -> None:
        found.depth += 1
        if found.depth > MAX_DEPTH:
            raise malformed(f"The XMP packet is nested deeper than {MAX_DEPTH}.", offset)
        plain = _plain(name)
        for key, value in attributes.items():
            _note(found, _plain(key), value)
            if plain in _WANTED and _plain(key) == (RDF, "resource"):
                _note(found, plain, value)
        found.taking = name if plain in _WANTED else ""
        found.text.clear()

    def end(name: str) -> None:
        found.depth -= 1
        if found.taking == name and "".join(found.text).strip():
            _note(found, _plain(name), "".join(found.text).strip())
        found.taking = ""
        if _plain(name) == (RDF, "RDF"):
            place = parser.CurrentByteIndex
            parts = name.split(" ")
            closing = packet[place : place + 2] == b"</" and len(parts) == 3
            found.end, found.prefix = (place, parts[2]) if closing else (-1, "")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda text: found.text.append(text) if found.taking else None
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(packet.rstrip(b"\0 \r\n\t"), True)
    except expat.ExpatError as error:
        raise malformed(f"The XMP packet is no well-formed XML: {error}.", offset) from error
    return found


_WANTED: Final = frozenset({(PLUS, "DataMining"), (RIGHTS, "WebStatement")})


def _plain(name: str) -> tuple[str, str]:
    """Namespace and local name."""
    parts = name.split(" ")
    return (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])


def _note(found: _Found, name: tuple[str, str], value: str) -> None:
    if name == (PLUS, "DataMining"):
        found.mining.append(value)
    elif name == (RIGHTS, "WebStatement"):
        found.web.append(value)


def _escaped(text: str) -> bytes:
    for mark, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(mark, entity)
    return text.encode("utf-8")


def _unescaped(text: str) -> str:
    for mark, entity in (("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("&", "&amp;")):
        text = text.replace(entity, mark)
    return text


def _contradicted(value: str) -> ConflictError:
    return ConflictError(
        "asset.contradicted",
        f"The file's XMP says otherwise in plus:DataMining: {value[-80:]!r}.",
        hint="Ask who wrote it; take it out, then run the command again.",
    )
