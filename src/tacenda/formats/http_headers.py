"""Reservation in HTTP response fields: TDMRep, ``Content-Usage``, ``X-Robots-Tag``, and a ``Link`` to RSL.

`parse_headers` says what a response says, `reservation_headers` what it is to say; `formats.server_headers` makes
a web server say it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tacenda.core.preference import Dimension, Preference, combine
from tacenda.formats.aipref import Usage, parse_usage
from tacenda.formats.rsl import MEDIA_TYPE

MAX_FIELDS: Final = 1000
MAX_VALUE: Final = 65_536
_LINK: Final = re.compile(r"<([^<>]*)>([^<>,]*)")
_PARAMETER: Final = re.compile(r';\s*([A-Za-z]+)="?([^";]*)"?')
_NO_AI: Final = frozenset({"noai", "noimageai"})


@dataclass(frozen=True, slots=True)
class HeaderStatement:
    """What the fields of one response say.

    Attributes:
        tdm: deny for 1, allow for 0, unknown otherwise.
        policy: address, or empty.
        usage: of all ``Content-Usage`` lines together (RFC 9651 section 4.2).
        noai: whether ``X-Robots-Tag`` says ``noai`` to everyone.
        licence: address of the RSL document that a ``Link`` names, or empty.
    """

    tdm: Preference
    policy: str
    usage: Usage
    noai: bool
    licence: str = ""

    def preferences(self) -> dict[Dimension, Preference]:
        """The five dimensions (signals mapping, published as our own reading)."""
        train = self.usage.preferences.get("train-ai", Preference.UNKNOWN)
        noai = Preference.DENY if self.noai else Preference.UNKNOWN
        return {
            Dimension.TDM: self.tdm,
            Dimension.TRAIN_ANY: combine((self.tdm, noai)),
            Dimension.TRAIN_GEN: combine((self.tdm, noai, train)),
            Dimension.AI_INPUT: self.usage.preferences.get("ai-use", Preference.UNKNOWN),
            Dimension.SEARCH: self.usage.preferences.get("search", Preference.UNKNOWN),
        }


def parse_headers(fields: Iterable[tuple[str, str]]) -> HeaderStatement:
    """Read the fields of a response; names in any case, at most 1,000 of them, each value cut at 64 KiB."""
    tdm, policy, usages, noai, licence = Preference.UNKNOWN, "", [], False, ""
    for place, (name, value) in enumerate(fields):
        if place >= MAX_FIELDS:
            break
        key, text = name.strip().lower(), value[:MAX_VALUE].strip()
        if key == "tdm-reservation":
            stated = {"1": Preference.DENY, "0": Preference.ALLOW}.get(text, Preference.UNKNOWN)
            tdm = combine((tdm, stated))
        elif key == "tdm-policy":
            policy = policy or text
        elif key == "content-usage":
            usages.append(text)
        elif key == "x-robots-tag":
            noai = noai or bool(_NO_AI & {word.strip().lower() for word in text.split(",")})
        elif key == "link":
            licence = licence or _rsl_link(text)
    return HeaderStatement(tdm, policy, parse_usage(", ".join(usages)), noai, licence)


def _rsl_link(value: str) -> str:
    """The target of the first ``rel="license"`` link of the RSL media type (RSL 1.0; RFC 8288)."""
    for part in _LINK.finditer(value):
        words = {key.lower(): word.strip('"').lower() for key, word in _PARAMETER.findall(part[2])}
        if "license" in words.get("rel", "").split() and words.get("type") == MEDIA_TYPE:
            return part[1]
    return ""


def reservation_headers(
    denied: frozenset[Dimension], policy_url: str, licence_url: str = ""
) -> tuple[tuple[str, str], ...]:
    """The fields that say what is denied, and nothing that is not; `licence_url` is that of an ``rsl.xml``."""
    usage = [
        f"{label}=n"
        for label, dimension in (
            ("train-ai", Dimension.TRAIN_GEN),
            ("ai-use", Dimension.AI_INPUT),
            ("search", Dimension.SEARCH),
        )
        if dimension in denied
    ]
    fields: list[tuple[str, str]] = []
    if Dimension.TDM in denied:
        fields.append(("tdm-reservation", "1"))
        if policy_url:
            fields.append(("tdm-policy", policy_url))
    if usage:
        fields.append(("Content-Usage", ", ".join(usage)))
    if Dimension.TRAIN_ANY in denied:
        fields.append(("X-Robots-Tag", "noai, noimageai"))
    if licence_url:
        fields.append(("Link", f'<{licence_url}>; rel="license"; type="{MEDIA_TYPE}"'))
    return tuple(fields)
