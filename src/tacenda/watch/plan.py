"""Planning a look: which places, for which form, and what has to be found there. Pure; nothing is fetched.

What has to be found are the very bytes that were published (`publication` records and their blobs), not what this
version of the program would render today. Response fields have no file of their own: they follow from the
declaration.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tacenda.core.address import Blocked, Url, parse_url
from tacenda.core.declaration import Declaration, FormKind, MachineForm
from tacenda.core.machine_forms import HEADER_FORMS, able_to_deny
from tacenda.errors import InputError
from tacenda.formats.http_headers import reservation_headers
from tacenda.ports import FetchPurpose

Fields = tuple[tuple[str, str], ...]

PURPOSES: Final[Mapping[FormKind, FetchPurpose]] = {
    FormKind.PAGE: FetchPurpose.HTML,
    FormKind.DOCUMENT: FetchPurpose.JSON,
    FormKind.ROBOTS: FetchPurpose.ROBOTS,
    FormKind.TDMREP: FetchPurpose.JSON,
    FormKind.TDM_POLICY: FetchPurpose.JSON,
    FormKind.HTTP_HEADERS: FetchPurpose.HEADERS,
}
# The others lie in the declaration's own folder, on its own site.
EVERY_HOST: Final = frozenset({FormKind.ROBOTS, FormKind.TDMREP, FormKind.AI_TXT, FormKind.HTTP_HEADERS})


@dataclass(frozen=True, slots=True)
class Place:
    """One form at one address, and what was published there.

    Attributes:
        name: id of the declaration.
        data: the bytes of the form as they were published, alone, without what a site may have around them.
        fields: of `HTTP_HEADERS`, the fields that each response has to bear; `data` is empty then.
        withdrawn: it was withdrawn since, and must no longer be there.
    """

    form: FormKind
    url: str
    purpose: FetchPurpose
    name: str
    data: bytes = b""
    fields: Fields = ()
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication holds.

    Attributes:
        files: those that are uploaded, by path below the site's root.
        forms: those that were chosen; None when that was not written down.
        paths: patterns of the site that the declaration reaches.
        hosts: further origins that serve the same.
    """

    files: Mapping[str, bytes]
    forms: frozenset[FormKind] | None = None
    paths: tuple[str, ...] = ("/",)
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WatchPlan:
    """What to look for.

    Attributes:
        places: robots.txt first.
        unpublished: forms that the declaration promises and the publication does not hold.
        unprobed: patterns from which no address follows, so that their response fields cannot be looked at.
    """

    places: tuple[Place, ...]
    unpublished: tuple[FormKind, ...] = ()
    unprobed: tuple[str, ...] = ()


def plan_places(declaration: Declaration, published: Published, sites: Sequence[str] = ()) -> WatchPlan:
    """The places of a declaration.

    Args:
        sites: origins to look at instead of the declared ones, such as a mirror; each is asked for every form.

    Raises:
        InputError: ``watch.site`` for a site that is no origin.
    """
    own = [_origin(site) for site in sites] or [declaration.site]
    every = own if sites else [*own, *(host for host in published.hosts if host not in own)]
    places: list[Place] = []
    unpublished: list[FormKind] = []
    for form in declaration.machine_forms:
        if form.kind is FormKind.HTTP_HEADERS:
            found = _field_places(declaration, published, every)
        else:
            found = _file_places(declaration, form, published, every if form.kind in EVERY_HOST else own)
        places += found
        if not found:
            unpublished.append(form.kind)
    places.sort(key=lambda place: place.purpose is not FetchPurpose.ROBOTS)
    fields = any(place.form is FormKind.HTTP_HEADERS for place in places)
    unprobed = tuple(path for path in published.paths if fields and not _probe(path))
    return WatchPlan(tuple(places), tuple(unpublished), unprobed)


def _file_places(
    declaration: Declaration, form: MachineForm, published: Published, origins: Sequence[str]
) -> list[Place]:
    path = form.url.removeprefix(declaration.site).removeprefix("/")
    data = published.files.get(path + "index.html" if path.endswith("/") else path)
    if data is None:
        return []
    purpose = PURPOSES.get(form.kind, FetchPurpose.JSON)
    return [Place(form.kind, f"{origin}/{path}", purpose, declaration.id, data) for origin in origins]


def _field_places(declaration: Declaration, published: Published, origins: Sequence[str]) -> list[Place]:
    fields = _fields(declaration, published)
    if not fields or (published.forms is not None and not published.forms & frozenset(HEADER_FORMS)):
        return []
    kind, purpose = FormKind.HTTP_HEADERS, FetchPurpose.HEADERS
    probes = list(dict.fromkeys(probe for probe in map(_probe, published.paths) if probe))
    return [
        Place(kind, origin + probe, purpose, declaration.id, fields=fields)
        for origin in origins
        for probe in probes
    ]


def _probe(pattern: str) -> str:
    """An address of which the fields can be looked at, for a pattern; empty when none follows from it."""
    path = pattern.removesuffix("$").rstrip("*")
    return "" if "*" in path or not path.startswith("/") else path


def plan_leftovers(
    earlier: Declaration, published: Published, latest: Declaration, sites: Sequence[str] = ()
) -> tuple[Place, ...]:
    """The places of a published version that a withdrawal, `latest`, should have left empty."""
    kept = {form.url for form in latest.machine_forms}
    plan = plan_places(earlier, published, sites)
    stays = {form.kind for form in earlier.machine_forms if form.url in kept}
    return tuple(replace(place, withdrawn=True) for place in plan.places if place.form not in stays)


def _fields(declaration: Declaration, published: Published) -> Fields:
    denied = able_to_deny(declaration.uses).get(FormKind.HTTP_HEADERS, frozenset())
    if declaration.withdrawn or not denied:
        return ()
    rsl = declaration.form_url(FormKind.RSL)
    held = published.forms is not None and FormKind.RSL in published.forms
    return reservation_headers(denied, declaration.form_url(FormKind.TDM_POLICY), rsl if held else "")


def _origin(site: str) -> str:
    found = parse_url(site)
    if isinstance(found, Blocked) or found.target != "/" or not isinstance(found, Url):
        why = found.why if isinstance(found, Blocked) else "It has a path."
        raise InputError(
            "watch.site",
            f"{site[:80]!r} is no site: {why}",
            hint="Write it as https://lark.example.",
            where="site",
        )
    return found.origin
