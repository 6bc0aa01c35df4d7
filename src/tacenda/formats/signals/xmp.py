"""XMP packets: the PLUS property ``plus:DataMining`` (IPTC Photo Metadata 2023.1) and TDMRep in PDF and EPUB.

A packet is found by its ``rdf:RDF`` element wherever it stands in the bytes, uncompressed. PLUS values are
whole addresses; a bare suffix or lower case is evidence only. TDMRep's own inconsistency (``tdmrep/`` in PDF,
``tdmrep#`` in EPUB) is accepted both ways.
"""

import re
from typing import Final

from tacenda.errors import InputError
from tacenda.formats.signals import tdm
from tacenda.formats.signals.meaning import PLUS
from tacenda.formats.signals.statement import Asked, Diagnostic, Found, Saying, Standing, Statement, cut
from tacenda.formats.signals.strict_xml import Element, parse_xml

PROTOCOL: Final = "plus"
VERSION: Final = "LDF 2.0.1"
CARRIER: Final = "xmp"
PLUS_NAMESPACE: Final = "http://ns.useplus.org/ldf/xmp/1.0/"
PLUS_VALUES: Final = "http://ns.useplus.org/ldf/vocab/"
TDM_NAMESPACES: Final = ("http://www.w3.org/ns/tdmrep/", "http://www.w3.org/ns/tdmrep#")
MAX_PACKETS: Final = 50
MAX_PACKET: Final = 2_000_000
_PACKET: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,20}:)?RDF[\s>]")
_OPF_META: Final = frozenset({"tdm:reservation", "tdm:policy"})


def read_xmp(data: bytes, asked: Asked) -> Found:
    """The statements of all packets in `data`; at most 50, each up to 2 MB."""
    statements: list[Statement] = []
    problems: list[Diagnostic] = []
    place = 0
    for _ in range(MAX_PACKETS):
        match = _PACKET.search(data, place)
        if match is None:
            break
        name = match.group()[1:-1]
        end = data.find(b"</" + name + b">", match.end(), match.start() + MAX_PACKET)
        if end < 0:
            problems.append(Diagnostic("xmp.cut", asked.where, 0, "A packet has no end within 2 MB."))
            break
        place = end + len(name) + 3
        packet, line = data[match.start() : place], 1 + data.count(b"\n", 0, match.start())
        try:
            root = parse_xml(packet)
        except InputError as error:
            problems.append(Diagnostic(error.code, asked.where, line, error.message))
            statements += _evidence(packet, asked, line)
            continue
        statements += _statements(root, packet, asked, line)
    return Found(tuple(statements), tuple(problems))


def read_opf(data: bytes, asked: Asked) -> Found:
    """The package document of an EPUB: ``meta`` elements of TDMRep, in EPUB 2 and EPUB 3 form."""
    try:
        root = parse_xml(data)
    except InputError as error:
        return Found((), (Diagnostic(error.code, asked.where, 1, error.message),))
    metas = []
    for element in root.walk():
        key = element.attributes.get("property") or element.attributes.get("name", "")
        if element.local == "meta" and key in _OPF_META:
            value = element.text if "property" in element.attributes else element.attributes.get("content", "")
            metas.append((key, value.strip(), element))
    policy = next((value for key, value, _ in metas if key == "tdm:policy"), "")
    return Found(
        tuple(
            tdm.statement(value, policy, "epub", asked.where, e.line, data[e.start : e.end])
            for key, value, e in metas
            if key == "tdm:reservation"
        )
    )


def plus_statement(value: str, carrier: str, where: str, line: int, raw: bytes) -> Statement:
    """One value of ``plus:DataMining``."""
    word = value.strip()
    term = word.removeprefix(PLUS_VALUES)
    if term != word and term in PLUS:
        return Statement(PROTOCOL, VERSION, carrier, where, line, cut(raw), term, PLUS[term])
    near = PLUS.get(word.rpartition("/")[2].upper(), Saying())
    return Statement(
        PROTOCOL, VERSION, carrier, where, line, cut(raw), term[:100], near.apparent(), Standing.APPARENT
    )


def _statements(root: Element, packet: bytes, asked: Asked, first_line: int) -> list[Statement]:
    found: list[Statement] = []
    values: list[tuple[str, str, str, Element]] = []
    for element in root.walk():
        for name, value in element.attributes.items():
            namespace, _, local = name.rpartition(" ")
            values.append((namespace, local, value, element))
        text = element.text.strip() or next(
            (v for k, v in element.attributes.items() if k.endswith(" resource")), ""
        )
        values.append((element.namespace, element.local, text, element))
    policy = next((v for ns, local, v, _ in values if ns in TDM_NAMESPACES and local == "policy"), "")
    for namespace, local, value, element in values:
        line, raw = first_line + element.line - 1, packet[element.start : max(element.end, element.start + 200)]
        if namespace == PLUS_NAMESPACE and local == "DataMining":
            found.append(plus_statement(value, CARRIER, asked.where, line, raw))
        elif namespace in TDM_NAMESPACES and local == "reservation":
            found.append(tdm.statement(value, policy, CARRIER, asked.where, line, raw))
    return found


def _evidence(packet: bytes, asked: Asked, line: int) -> list[Statement]:
    match = re.search(rb"DMI-PROHIBITED[A-Z-]{0,40}", packet)
    if match is None:
        return []
    made = plus_statement(match.group().decode("ascii"), CARRIER, asked.where, line, match.group())
    return [made]
