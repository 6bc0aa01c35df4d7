"""HTML: the elements that make one page reserve itself, to be pasted into the ``head`` of a site's pages.

TDMRep's ``meta`` elements (section on HTML), ``noai`` and ``noimageai`` (a convention of 2022), the RSL ``link``
and the JSON-LD pointer. They speak for the page that bears them and for nothing that it links to. AIPREF has no
HTML form, so input to models and search cannot be said here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import Any, Final

from tacenda.core.preference import Dimension, Preference
from tacenda.formats.json_ld import script_json
from tacenda.formats.rsl import MEDIA_TYPE

MAX_BYTES: Final = 2_000_000
_NO_AI: Final = frozenset({"noai", "noimageai"})


@dataclass(frozen=True, slots=True)
class HtmlStatement:
    """What a page says of itself.

    Attributes:
        tdm: deny for 1, allow for 0, unknown otherwise.
        noai: whether ``meta name="robots"`` says ``noai``.
        licences: addresses of RSL documents.
    """

    tdm: Preference
    policy: str
    noai: bool
    licences: tuple[str, ...]


def reservation_metas(denied: frozenset[Dimension], policy_url: str) -> tuple[tuple[str, str], ...]:
    """``meta`` elements that say what is denied, and nothing that is not."""
    metas: list[tuple[str, str]] = []
    if Dimension.TDM in denied:
        metas.append(("tdm-reservation", "1"))
        if policy_url:
            metas.append(("tdm-policy", policy_url))
    if Dimension.TRAIN_ANY in denied:
        metas.append(("robots", "noai, noimageai"))
    return tuple(metas)


def render_head(
    metas: Sequence[tuple[str, str]],
    licence_url: str = "",
    linked: Mapping[str, Any] | None = None,
    comments: Sequence[str] = (),
) -> bytes:
    """The elements as ASCII HTML; everything in them is escaped (F62)."""
    lines = [f"<!-- {_comment(text)} -->" for text in comments]
    lines += [f'<meta name="{_attribute(name)}" content="{_attribute(value)}">' for name, value in metas]
    if licence_url:
        lines.append(f'<link rel="license" type="{MEDIA_TYPE}" href="{_attribute(licence_url)}">')
    if linked is not None:
        lines.append(f'<script type="application/ld+json">{script_json(linked)}</script>')
    return ("\n".join(lines) + "\n").encode("ascii")


def parse_head(data: bytes) -> HtmlStatement:
    """Read the elements of a page; the first 2 MB of it. Never fails."""
    page = _Head()
    page.feed(data[:MAX_BYTES].decode("utf-8", "replace"))
    page.close()
    words = {"1": Preference.DENY, "0": Preference.ALLOW}
    said = [
        words.get(value.strip(), Preference.UNKNOWN) for name, value in page.metas if name == "tdm-reservation"
    ]
    policies = [value.strip() for name, value in page.metas if name == "tdm-policy"]
    robots = [value for name, value in page.metas if name == "robots"]
    return HtmlStatement(
        Preference.DENY if Preference.DENY in said else next(iter(said), Preference.UNKNOWN),
        next(iter(policies), ""),
        any(_NO_AI & {word.strip().lower() for word in value.split(",")} for value in robots),
        tuple(page.licences),
    )


class _Head(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.metas: list[tuple[str, str]] = []
        self.licences: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and "name" in given:
            self.metas.append((given["name"].lower(), given.get("content", "")))
        elif tag == "link":
            rels = given.get("rel", "").lower().split()
            if "license" in rels and given.get("type", "").lower() == MEDIA_TYPE:
                self.licences.append(given.get("href", ""))


def _attribute(text: str) -> str:
    return escape(text).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _comment(text: str) -> str:
    """Printable ASCII without what could end a comment."""
    safe = "".join(letter if " " <= letter <= "~" and letter not in "<>" else "?" for letter in text)
    return re.sub("-+", "-", safe[:300]).strip("-")
