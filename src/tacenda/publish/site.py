"""What a declaration reaches on which site: the description that a rightsholder may give (``site.toml``).

Without one, a declaration reaches the whole of its site. Paths are patterns as in robots.txt: ``*`` for any run of
characters, ``$`` for the end. A form that cannot be limited to them is not written, since it would say more than
was declared.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tacenda.core.declaration import FormKind
from tacenda.errors import InputError
from tacenda.formats.server_headers import PATH

MAX_PATHS: Final = 100
MAX_HOSTS: Final = 200
SERVERS: Final = {
    "nginx": FormKind.HTTP_HEADERS,
    "apache": FormKind.APACHE,
    "caddy": FormKind.CADDY,
    "netlify": FormKind.HEADERS_FILE,
    "cloudflare-pages": FormKind.HEADERS_FILE,
    "plain": None,
}
_HOST: Final = re.compile(r"https://[a-z0-9.-]{1,253}(:[0-9]{1,5})?", re.ASCII)
_ENDING: Final = re.compile(r"[a-z0-9]{1,10}", re.ASCII)
_KEYS: Final = frozenset({"paths", "hosts", "media", "server"})


@dataclass(frozen=True, slots=True)
class SiteDescription:
    """Where the repertoire lies.

    Attributes:
        paths: patterns; ``("/",)`` for the whole site.
        hosts: further origins that serve the same; each needs robots.txt, tdmrep.json, ai.txt and the fields too.
        media: file endings for ai.txt; empty for those that follow from the layers.
        server: one of `SERVERS`, or empty when it is not known: then a snippet is made for each.
    """

    paths: tuple[str, ...] = ("/",)
    hosts: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    server: str = ""

    @property
    def whole(self) -> bool:
        return self.paths == ("/",)


WHOLE_SITE: Final = SiteDescription()


def parse_site(data: bytes) -> SiteDescription:
    """Read a ``site.toml``.

    Raises:
        InputError: ``site.toml``, ``site.key``, ``site.paths``, ``site.hosts``, ``site.media``, ``site.server``.
    """
    try:
        document = tomllib.loads(data[:100_000].decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError("site.toml", f"The site description is not TOML: {error}.") from error
    unknown = sorted(set(document) - _KEYS)
    if unknown:
        raise InputError(
            "site.key",
            f"{unknown[0][:60]!r} is no key of a site description.",
            hint=f"Known are: {', '.join(sorted(_KEYS))}.",
        )
    paths = tuple(sorted(set(_texts(document, "paths", PATH, MAX_PATHS)))) or ("/",)
    if "/" in paths or "/*" in paths:
        paths = ("/",)
    server = document.get("server", "")
    if server not in ("", *SERVERS):
        raise InputError("site.server", "This server is not known.", hint=f"Known are: {', '.join(SERVERS)}.")
    return SiteDescription(
        paths,
        tuple(sorted(set(_texts(document, "hosts", _HOST, MAX_HOSTS)))),
        tuple(sorted(set(_texts(document, "media", _ENDING, MAX_PATHS)))),
        server,
    )


def reach_document(site: SiteDescription) -> dict[str, Any]:
    """The description as it is filed with a publication."""
    return {
        "paths": list(site.paths),
        "hosts": list(site.hosts),
        "media": list(site.media),
        "server": site.server,
    }


def reach_from_document(document: Mapping[str, Any]) -> SiteDescription:
    """The description that was filed; the whole site where none was."""
    return SiteDescription(
        tuple(document.get("paths", ("/",))),
        tuple(document.get("hosts", ())),
        tuple(document.get("media", ())),
        str(document.get("server", "")),
    )


def _texts(document: dict[str, Any], key: str, shape: re.Pattern[str], most: int) -> list[str]:
    given = document.get(key, [])
    if not isinstance(given, list) or len(given) > most:
        raise InputError(f"site.{key}", f"{key} is a list of at most {most} texts.")
    for text in given:
        if not isinstance(text, str) or not shape.fullmatch(text):
            raise InputError(f"site.{key}", f"{str(text)[:80]!r} cannot stand under {key}.")
    return given
