"""Reading what others declare: a file, a folder with a saved site, a WARC, or an address through the fetcher.

Needs no workspace. What is fetched is fetched by the one guarded fetcher; a file is read up to a limit.
"""

import gzip
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

from tacenda.core.preference import Dimension, Preference
from tacenda.errors import InputError, RemoteError
from tacenda.formats.signals import headers as header_fields
from tacenda.formats.signals.meaning import ROBOTS
from tacenda.formats.signals.warc import Response, responses
from tacenda.ports import Fetched, Fetcher, FetchPurpose
from tacenda.publish.crawlers import load_crawlers
from tacenda.signals.evaluate import Answer
from tacenda.signals.protocols import Protocols, overridden, shipped
from tacenda.signals.reading import SITE_KINDS, Kind, Place, kind_of, read_places

MAX_FILE: Final = 50_000_000
MAX_PAGES: Final = 10_000
MAX_TERMS: Final = 3
OWN_TABLE: Final = "protocols.toml"
_SITE_FILES: Final = (
    ("/robots.txt", Kind.ROBOTS, FetchPurpose.ROBOTS),
    ("/.well-known/tdmrep.json", Kind.TDMREP, FetchPurpose.JSON),
    ("/ai.txt", Kind.AI_TXT, FetchPurpose.HTML),
)


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks, and by which table.

    Attributes:
        crawler: a product token, or empty.
        refusal: what keeping it out says, as far as the crawler table knows.
        address: where the bytes come from, when they come from a file.
        fields: of the response that they came with.
    """

    crawler: str = ""
    refusal: frozenset[Dimension] = ROBOTS
    address: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    protocols: Protocols = field(default_factory=shipped)


def table_of(path: Path | None, workspace: Path) -> Protocols:
    """The table of protocols: `path`, else the workspace's own ``protocols.toml``, else the shipped one."""
    own = path or workspace / OWN_TABLE
    if path is None and not own.is_file():
        return shipped()
    return overridden(own.read_text(encoding="utf-8"), str(own))


def refusal_of(crawler: str) -> frozenset[Dimension]:
    """What keeping a crawler out says; of one that the table of crawlers does not know, that it may not train."""
    known = {entry.token.lower(): entry.denies for entry in load_crawlers()}
    return known.get(crawler.lower(), ROBOTS)


def read_fields(path: Path) -> tuple[tuple[str, str], ...]:
    """The fields of a dump such as ``curl -I`` writes."""
    return tuple((name, value) for name, value in header_fields.read_dump(path.read_bytes()[:MAX_FILE]) if name)


def read_path(path: Path, question: Question) -> Iterator[Answer]:
    """One answer for a file, one for each page of a folder, one for each response of a WARC."""
    if path.is_dir():
        yield from _read_folder(path, question)
    elif path.name.lower().endswith((".warc", ".warc.gz")):
        yield from _read_warc(path, question)
    else:
        yield _read_file(path, question)


def _read_file(path: Path, question: Question) -> Answer:
    place = Place(question.address or path.name, _bytes(path), question.fields)
    kind = kind_of(place)
    if kind is Kind.OTHER and not question.address:
        kind = kind_of(Place(path.name, place.data))
    about = "" if kind in SITE_KINDS and _names_site_file(question.address) else question.address
    place = Place(place.where, place.data, place.fields, _kind_of_file(path, place, kind))
    return _ask([place], about or ("/" if place.kind in SITE_KINDS else path.name), question)


def _kind_of_file(path: Path, place: Place, kind: Kind) -> Kind:
    """The file's own name says what it is, where it is a site's file asked about another address."""
    own = kind_of(Place(path.name, place.data))
    return own if own in SITE_KINDS else kind


def _names_site_file(address: str) -> bool:
    return bool(address) and kind_of(Place(urlsplit(address).path, b"")) in SITE_KINDS


def _read_folder(folder: Path, question: Question) -> Iterator[Answer]:
    """Every page and file of a saved site, together with the site's robots.txt, tdmrep.json, ai.txt and RSL."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()][:MAX_PAGES]
    base = question.address or "https://site.invalid/"
    site, pages = [], []
    for path in files:
        name = path.relative_to(folder).as_posix()
        kind = kind_of(Place(name, _bytes(path, 4096)))
        if kind in SITE_KINDS and (
            kind is Kind.RSL or name in ("robots.txt", ".well-known/tdmrep.json", "ai.txt")
        ):
            site.append(Place(urljoin(base, name), _bytes(path), (), kind))
        elif kind is not Kind.OTHER:
            pages.append((path, name, kind))
    yield _ask(site, urljoin(base, "/"), question)
    for path, name, kind in pages:
        address = urljoin(base, name.removesuffix("index.html"))
        yield _ask([Place(address, _bytes(path), (), kind), *site], address, question)


def _read_warc(path: Path, question: Question) -> Iterator[Answer]:
    """Each response with its site's files, wherever in the WARC these stand: the file is read twice."""
    site: dict[str, list[Place]] = {}
    for response in _responses(path):
        kind = kind_of(Place(response.address, response.body, response.fields))
        if kind in SITE_KINDS:
            place = Place(response.address, response.body, response.fields, kind, response.status)
            site.setdefault(_origin(response.address), []).append(place)
    for response in _responses(path):
        place = Place(response.address, response.body, response.fields, None, response.status)
        if kind_of(place) not in SITE_KINDS:
            yield _ask([place, *site.get(_origin(response.address), [])], response.address, question)
        elif kind_of(place) is Kind.ROBOTS:
            origin = _origin(response.address)
            yield _ask(site[origin], f"{origin}/", question)


def _responses(path: Path) -> Iterator[Response]:
    with path.open("rb") as file:
        yield from responses(file)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}"


def read_address(address: str, fetcher: Fetcher, question: Question) -> Answer:
    """An address with its site's files, fetched now; RSL documents that they name, at most three of them.

    Raises:
        InputError: ``signals.address``.
        RemoteError: ``signals.fetch`` when the address itself cannot be fetched.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise InputError("signals.address", f"{address[:200]!r} is no address.", hint="It begins with https://.")
    origin = _origin(address)
    places = []
    for path, kind, purpose in _SITE_FILES:
        place = _fetch(fetcher, origin + path, purpose, kind)
        if place is not None and (kind is Kind.ROBOTS or place.status == 200):
            places.append(place)
    own = kind_of(Place(parts.path, b""))
    if own not in SITE_KINDS:
        page = _fetch(fetcher, address, FetchPurpose.HTML, None)
        if page is None and not places:
            raise RemoteError("signals.fetch", "Nothing could be fetched from there.", where=address)
        places = [*([page] if page else []), *places]
    about = address if own not in SITE_KINDS else f"{origin}/"
    first = _ask(places, about, question)
    terms = [s.policy for s in first.statements if s.protocol == "rsl" and s.policy][:MAX_TERMS]
    for term in dict.fromkeys(terms):
        document = _fetch(fetcher, urljoin(address, term), FetchPurpose.HTML, Kind.RSL)
        if document is not None and document.status == 200:
            places.append(document)
    return _ask(places, about, question) if terms else first


def _fetch(fetcher: Fetcher, address: str, purpose: FetchPurpose, kind: Kind | None) -> Place | None:
    """What came back; a place without an answer for a robots.txt, None for anything else that was not fetched."""
    outcome = fetcher.fetch(address, purpose=purpose)
    if isinstance(outcome, Fetched):
        return Place(outcome.final_url, outcome.body, outcome.fields, kind, outcome.status)
    return Place(address, b"", (), kind, 0) if kind is Kind.ROBOTS else None


def denies_anything(answers: Iterable[Answer]) -> bool:
    """Whether an answer denies something, or looks as if it did."""
    return any(a.apparent_reservation or Preference.DENY in (*a.preferences.values(), a.crawl) for a in answers)


def _ask(places: Sequence[Place], about: str, question: Question) -> Answer:
    return read_places(
        places, about, crawler=question.crawler, refusal=question.refusal, protocols=question.protocols
    )


def _bytes(path: Path, limit: int = MAX_FILE) -> bytes:
    with path.open("rb") as file:
        start = file.read(2)
        file.seek(0)
        if start == b"\x1f\x8b" and path.suffix == ".gz":
            with gzip.open(file) as inner:
                return inner.read(limit)
        return file.read(limit)
