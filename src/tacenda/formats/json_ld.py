"""JSON-LD in schema.org's words: where the rights reservation of a site is found, and whom to ask.

schema.org has no word for a reservation, so this says nothing that a machine could take for an answer; it leads
there: ``usageInfo`` names the page, ``encoding`` the signed document with its digest, ``acquireLicensePage`` the
address for permission. ``license`` is left out on purpose: nothing is licensed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tacenda.formats.strict_json import parse_json

CONTEXT: Final = "https://schema.org"


@dataclass(frozen=True, slots=True)
class Pointer:
    """What leads to a declaration.

    Attributes:
        name: of the declaration, as its title.
        holder: legal name of who declares.
        licence_url: how to ask for permission, or empty.
    """

    site: str
    page_url: str
    document_url: str
    digest: str
    name: str
    holder: str
    licence_url: str = ""


def pointer_document(pointer: Pointer) -> dict[str, Any]:
    """The pointer in schema.org's words, for a whole site."""
    document: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "WebSite",
        "url": f"{pointer.site}/",
        "copyrightHolder": {"@type": "Organization", "name": pointer.holder},
        "usageInfo": {
            "@type": "DigitalDocument",
            "url": pointer.page_url,
            "name": pointer.name,
            "encoding": {
                "@type": "MediaObject",
                "contentUrl": pointer.document_url,
                "encodingFormat": "application/json",
                "sha256": pointer.digest,
            },
        },
    }
    if pointer.licence_url:
        document["acquireLicensePage"] = pointer.licence_url
    return document


def render_json_ld(document: Mapping[str, Any]) -> bytes:
    """The document as ASCII that may also stand in a ``script`` element: no markup is in it (F62)."""
    return (script_json(document) + "\n").encode("ascii")


def script_json(document: object) -> str:
    text = json.dumps(document, ensure_ascii=True, indent=1, sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def parse_json_ld(data: bytes) -> Pointer | None:
    """The pointer that `render_json_ld` wrote, or None for a document of another shape.

    Raises:
        InputError: ``json.*``.
    """
    document = parse_json(data)
    usage = document.get("usageInfo") if isinstance(document, Mapping) else None
    encoding = usage.get("encoding") if isinstance(usage, Mapping) else None
    if not isinstance(usage, Mapping) or not isinstance(encoding, Mapping):
        return None
    holder = document.get("copyrightHolder")
    return Pointer(
        site=str(document.get("url", "")).removesuffix("/"),
        page_url=str(usage.get("url", "")),
        document_url=str(encoding.get("contentUrl", "")),
        digest=str(encoding.get("sha256", "")),
        name=str(usage.get("name", "")),
        holder=str(holder.get("name", "")) if isinstance(holder, Mapping) else "",
        licence_url=str(document.get("acquireLicensePage", "")),
    )
