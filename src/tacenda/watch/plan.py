"""Planning a look: which places, for which form, and what has to be found there. Pure; nothing is fetched.

What has to be found are the very bytes that were published (`publication` records and their blobs), not what this
version of the program would render today. Response fields have no file of their own: they follow from the
declaration.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tacenda.core.address import Blocked, Url, parse_url
from tacenda.core.declaration import Declaration, FormKind
from tacenda.core.machine_forms import able_to_deny
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
class WatchPlan:
    """The places, robots.txt first; and forms that the declaration promises and no publication holds."""

    places: tuple[Place, ...]
    unpublished: tuple[FormKind, ...]


def plan_places(declaration: Declaration, files: Mapping[str, bytes], sites: Sequence[str] = ()) -> WatchPlan:
    """The places of a declaration.

    Args:
        files: what was published, by path below the site's root.
        sites: origins to look at instead of the declared one, such as a mirror; each is asked for every form.

    Raises:
        InputError: ``watch.site`` for a site that is no origin.
    """
    origins = [_origin(site) for site in sites] or [declaration.site]
    places: list[Place] = []
    unpublished: list[FormKind] = []
    for form in declaration.machine_forms:
        path = form.url.removeprefix(declaration.site).removeprefix("/")
        data, fields = b"", _fields(declaration) if form.kind is FormKind.HTTP_HEADERS else ()
        if form.kind is not FormKind.HTTP_HEADERS:
            found = files.get(path + "index.html" if path.endswith("/") else path)
            if found is None:
                unpublished.append(form.kind)
                continue
            data = found
        elif not fields:
            continue
        purpose = PURPOSES.get(form.kind, FetchPurpose.JSON)
        places += [
            Place(form.kind, f"{origin}/{path}", purpose, declaration.id, data, fields) for origin in origins
        ]
    places.sort(key=lambda place: place.purpose is not FetchPurpose.ROBOTS)
    return WatchPlan(tuple(places), tuple(unpublished))


def plan_leftovers(
    earlier: Declaration, files: Mapping[str, bytes], latest: Declaration, sites: Sequence[str] = ()
) -> tuple[Place, ...]:
    """The places of a published version that a withdrawal, `latest`, should have left empty."""
    kept = {form.url for form in latest.machine_forms}
    plan = plan_places(earlier, files, sites)
    stays = {form.kind for form in earlier.machine_forms if form.url in kept}
    return tuple(replace(place, withdrawn=True) for place in plan.places if place.form not in stays)


def _fields(declaration: Declaration) -> Fields:
    denied = able_to_deny(declaration.uses).get(FormKind.HTTP_HEADERS, frozenset())
    if declaration.withdrawn or not denied:
        return ()
    return reservation_headers(denied, declaration.form_url(FormKind.TDM_POLICY))


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
