"""HTML: the elements that make one page reserve itself, to be pasted into the ``head`` of a site's pages.

TDMRep's ``meta`` elements (section on HTML), ``noai`` and ``noimageai`` (a convention of 2022), the RSL ``link``
and the JSON-LD pointer. They speak for the page that bears them and for nothing that it links to. AIPREF has no
HTML form, so input to models and search cannot be said here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import Any, Final

from tacenda.core.preference import Dimension, Preference
from tacenda.formats.json_ld import script_json
from tacenda.formats.rsl import MEDIA_TYPE

MAX_BYTES: Final = 2_000_000
_TAG: Final = re.compile(
    r"""<(meta|link)[\s/]((?:[^<>"']|"[^"<]{0,2000}"|'[^'<]{0,2000}'){0,4000})>""", re.IGNORECASE
)
_ATTRIBUTE: Final = re.compile(r"""([a-zA-Z][a-zA-Z:-]{0,60})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_HIDDEN: Final = re.compile(r"<!--|<script")
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
    """Read the elements of a page; the first 2 MB of it. Never fails; a bounded number of steps an octet.

    Comments and scripts are skipped. This is no HTML parser on purpose: the one of the standard library takes
    quadratic time for an unclosed tag, and fails on a marked section that it does not know.
    """
    metas: list[tuple[str, str]] = []
    licences: list[str] = []
    for tag, attributes in _TAG.findall(_without_hidden(data[:MAX_BYTES].decode("utf-8", "replace"))):
        given = _attributes(attributes)
        if tag.lower() == "meta":
            metas.append((given.get("name", "").lower(), given.get("content", "")))
        elif "license" in given.get("rel", "").lower().split() and given.get("type", "").lower() == MEDIA_TYPE:
            licences.append(given.get("href", ""))
    words = {"1": Preference.DENY, "0": Preference.ALLOW}
    said = [words.get(value.strip(), Preference.UNKNOWN) for name, value in metas if name == "tdm-reservation"]
    policies = [value.strip() for name, value in metas if name == "tdm-policy"]
    robots = [value for name, value in metas if name == "robots"]
    return HtmlStatement(
        Preference.DENY if Preference.DENY in said else next(iter(said), Preference.UNKNOWN),
        next(iter(policies), ""),
        any(_NO_AI & {word.strip().lower() for word in value.split(",")} for value in robots),
        tuple(licences),
    )


def _without_hidden(text: str) -> str:
    """`text` without comments and scripts; what is not closed hides all that follows."""
    lower, kept, place = text.lower(), [], 0
    while found := _HIDDEN.search(lower, place):
        kept.append(text[place : found.start()])
        close = "-->" if found[0] == "<!--" else "</script"
        end = lower.find(close, found.end())
        if end < 0:
            return "".join(kept)
        place = end + len(close)
    return "".join([*kept, text[place:]])


def _attributes(text: str) -> dict[str, str]:
    """By name in lower case; of two equal names the first counts."""
    given: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        given.setdefault(name.lower(), unescape(double or single or bare))
    return given


def _attribute(text: str) -> str:
    return escape(text).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _comment(text: str) -> str:
    """Printable ASCII without what could end a comment."""
    safe = "".join(letter if " " <= letter <= "~" and letter not in "<>" else "?" for letter in text)
    return re.sub("-+", "-", safe[:300]).strip("-")
