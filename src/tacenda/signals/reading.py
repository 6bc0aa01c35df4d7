"""From bytes, fields and an address to an answer: what kind of file it is, who reads it, and all combined."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from tacenda.core.preference import Dimension, Preference
from tacenda.errors import InputError
from tacenda.formats.assets import containers
from tacenda.formats.assets.source import Source
from tacenda.formats.signals import ai_txt, declared_json, headers, html, rsl, tdm, xmp
from tacenda.formats.signals.meaning import ROBOTS
from tacenda.formats.signals.statement import Asked, Diagnostic, Found, Standing, Statement, joined
from tacenda.signals.evaluate import Answer, evaluate
from tacenda.signals.protocols import Protocols, shipped
from tacenda.signals.robots import read_robots_txt

Fields = Iterable[tuple[str, str]] | Mapping[str, str]


class Kind(StrEnum):
    """What a file is read as."""

    ROBOTS = "robots.txt"
    TDMREP = "tdmrep.json"
    AI_TXT = "ai.txt"
    RSL = "rsl"
    HTML = "html"
    HEADERS = "headers"
    JSON = "json"
    OPF = "opf"
    XMP = "xmp"
    MEDIA = "media"
    OTHER = "other"


SITE_KINDS: Final = frozenset({Kind.ROBOTS, Kind.TDMREP, Kind.AI_TXT, Kind.RSL})
_NAMES: Final = {
    "robots.txt": Kind.ROBOTS,
    "tdmrep.json": Kind.TDMREP,
    "ai.txt": Kind.AI_TXT,
    "rsl.xml": Kind.RSL,
    "license.xml": Kind.RSL,
}
_ENDINGS: Final = {
    "html": Kind.HTML, "htm": Kind.HTML, "xhtml": Kind.HTML, "opf": Kind.OPF, "json": Kind.JSON, "xmp": Kind.XMP,
    "headers": Kind.HEADERS, "rsl": Kind.RSL, "pdf": Kind.XMP,
    **dict.fromkeys("mp3 aif aiff wav flac ogg oga opus m4a mp4 jpg jpeg png".split(), Kind.MEDIA),
}  # fmt: skip
_TYPES: Final = {
    "text/html": Kind.HTML,
    "application/xhtml+xml": Kind.HTML,
    "application/rsl+xml": Kind.RSL,
    "application/json": Kind.JSON,
    "application/ld+json": Kind.JSON,
    "application/pdf": Kind.XMP,
}
_MARKS: Final = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Place:
    """One place that was looked at.

    Attributes:
        where: address or name, for the reader of the answer.
        kind: what it is read as; None to find out.
        status: HTTP; 0 when nobody answered.
    """

    where: str
    data: bytes
    fields: tuple[tuple[str, str], ...] = ()
    kind: Kind | None = None
    status: int = 200


def read(
    data: bytes,
    headers: Fields = (),
    address: str = "",
    *,
    kind: Kind | None = None,
    crawler: str = "",
    refusal: frozenset[Dimension] = ROBOTS,
    about: str = "",
    protocols: Protocols | None = None,
) -> Answer:
    """What one response or file says.

    Args:
        headers: fields of the response, if there was one.
        address: where the bytes come from. A robots.txt, tdmrep.json, ai.txt or rsl.xml is asked about `about`, or
            about ``/``; anything else is asked about itself.
        crawler: a product token; empty for nobody in particular.
        refusal: what keeping that crawler out by robots.txt says: training, unless more is known of it.

    >>> read(b"User-agent: *\\nContent-Usage: train-ai=n\\n", address="https://a.example/robots.txt")["train_gen"].value
    'deny'
    """
    place = Place(address, data, _pairs(headers), kind)
    found = kind or kind_of(place)
    target = about or ("" if found in SITE_KINDS else address)
    return read_places([replace(place, kind=found)], target, crawler=crawler, refusal=refusal, protocols=protocols)


def read_places(
    places: Sequence[Place],
    about: str,
    *,
    crawler: str = "",
    refusal: frozenset[Dimension] = ROBOTS,
    protocols: Protocols | None = None,
) -> Answer:
    """What several places say about one address: its response, and the files of its site."""
    table = protocols or shipped()
    founds = [read_place(place, about, crawler=crawler, refusal=refusal, protocols=table) for place in places]
    return evaluate(joined(founds), table, about or (places[0].where if places else ""), crawler)


def read_place(
    place: Place, about: str, *, crawler: str, refusal: frozenset[Dimension], protocols: Protocols
) -> Found:
    """The statements of one place, as far as they are known to be about `about`."""
    kind = place.kind or kind_of(place)
    origin, path = split_address(about)
    asked = Asked(place.where, path, origin, crawler, refusal, "" if kind in SITE_KINDS else _media_type(place))
    if kind is Kind.ROBOTS and not 200 <= place.status < 300:
        return _no_robots(place)
    data, odd = _plain(place.data)
    founds = [_READERS[kind](data, asked, protocols)] if 200 <= place.status < 300 else []
    if place.fields and kind not in SITE_KINDS:
        founds.insert(0, headers.read_headers(place.fields, asked))
    found = joined(founds)
    if odd:
        why = "It is not UTF-8: what it says is taken as evidence only."
        kept = tuple(_evidence(s) for s in found.statements)
        crawl = found.crawl if found.crawl is Preference.DENY else Preference.UNKNOWN
        return Found(kept, (*found.diagnostics, Diagnostic("encoding", place.where, 1, why)), crawl)
    return found


def kind_of(place: Place) -> Kind:
    """What a file is, by its name, else by its media type, else by its first octets."""
    name = (
        place.where.partition("?")[0].partition("#")[0].replace("\\", "/").rstrip("/").rpartition("/")[2].lower()
    )
    if name in _NAMES:
        return _NAMES[name]
    media = _media_type(place)
    if media in _TYPES:
        return _TYPES[media]
    ending = name.rpartition(".")[2] if "." in name else ""
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    return _by_content(_plain(place.data[:4096])[0])


def _by_content(start: bytes) -> Kind:
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    first = head.split(b"\n", 1)[0]
    if head.startswith(b"http/") or first.startswith(
        (b"content-type:", b"date:", b"server:", b"tdm-", b"x-robots-tag:")
    ):
        return Kind.HEADERS
    if b"https://rslstandard.org/rsl" in head and head.startswith((b"<rsl", b"<?xml")):
        return Kind.RSL
    if head.startswith((b"<!doctype html", b"<html", b"<!--")) or b"<meta" in head or b"<head" in head:
        return Kind.HTML
    if head.startswith(b"[") and b"tdm-reservation" in head:
        return Kind.TDMREP
    if head.startswith(b"{"):
        return Kind.JSON
    if b"user-agent" in head or b"disallow" in head or b"content-usage:" in head or b"content-signal:" in head:
        return Kind.ROBOTS
    return Kind.OTHER


def _plain(data: bytes) -> tuple[bytes, bool]:
    """The octets as UTF-8, and whether they had to be turned into it."""
    for mark, coding in _MARKS:
        if data.startswith(mark):
            return data[2:].decode(coding, "replace").encode("utf-8"), True
    return data, False


def _evidence(statement: Statement) -> Statement:
    if statement.standing is Standing.STATED:
        return replace(statement, says=statement.says.apparent(), standing=Standing.APPARENT)
    return statement


def _pairs(fields: Fields) -> tuple[tuple[str, str], ...]:
    return tuple(fields.items()) if isinstance(fields, Mapping) else tuple(fields)


def _media_type(place: Place) -> str:
    for name, value in place.fields:
        if name.lower() == "content-type":
            return value.partition(";")[0].strip().lower()
    return ""


def split_address(address: str) -> tuple[str, str]:
    """``https://host`` and the path with its query, as it stands; no origin for a path or a name alone."""
    whole = address.partition("#")[0]
    scheme, separator, rest = whole.partition("://")
    if not separator:
        return "", whole if whole.startswith("/") else "/"
    end = min((place for place in map(rest.find, "/?\\") if place >= 0), default=len(rest))
    path = rest[end:]
    return f"{scheme}://{rest[:end]}", path if path.startswith("/") else f"/{path}"


def _no_robots(place: Place) -> Found:
    """RFC 9309 section 2.3.1: 4xx, all may be fetched; 5xx or no answer, nothing may."""
    if 400 <= place.status < 500:
        why = f"The server answered {place.status}: there is no robots.txt, and nothing is said."
        return Found((), (Diagnostic("robots.absent", place.where, 0, why),), Preference.ALLOW)
    why = f"The server answered {place.status or 'nothing'}: nothing may be fetched until it does."
    return Found((), (Diagnostic("robots.unreachable", place.where, 0, why),), Preference.DENY)


def _media(data: bytes, asked: Asked, _: Protocols) -> Found:
    """Tags and metadata of a sound or picture file (`tacenda.formats.assets`)."""
    try:
        reading = containers.read(Source(data))
    except InputError as error:
        return joined(
            [Found((), (Diagnostic(error.code, asked.where, 0, error.message),)), xmp.read_xmp(data, asked)]
        )
    versions = {"plus": xmp.VERSION, "cawg": "1.1", "tdm-tag": "Tacenda 1"}
    statements = tuple(
        Statement(
            s.protocol, versions.get(s.protocol, ""), s.carrier, asked.where, 0, s.raw, s.why or s.carrier, s.says,
            Standing.APPARENT if s.says.appears and not s.says.denies else Standing.STATED,
        )
        for s in reading.statements
    )  # fmt: skip
    return Found(statements, tuple(Diagnostic("asset.note", asked.where, 0, note) for note in reading.notes))


def _robots(data: bytes, asked: Asked, protocols: Protocols) -> Found:
    return read_robots_txt(data, asked, google=protocols.robots == "google")


_READERS: Final[Mapping[Kind, Callable[[bytes, Asked, Protocols], Found]]] = {
    Kind.ROBOTS: _robots,
    Kind.TDMREP: lambda data, asked, _: tdm.read_tdmrep(data, asked),
    Kind.AI_TXT: lambda data, asked, _: ai_txt.read_ai_txt(data, asked),
    Kind.RSL: lambda data, asked, _: rsl.read_rsl(data, asked),
    Kind.HTML: lambda data, asked, _: html.read_html(data, asked),
    Kind.HEADERS: lambda data, asked, _: headers.read_headers(headers.read_dump(data), asked),
    Kind.JSON: lambda data, asked, _: declared_json.read_json(data, asked),
    Kind.OPF: lambda data, asked, _: xmp.read_opf(data, asked),
    Kind.XMP: lambda data, asked, _: xmp.read_xmp(data, asked),
    Kind.MEDIA: _media,
    Kind.OTHER: lambda data, asked, _: xmp.read_xmp(data, asked),
}
