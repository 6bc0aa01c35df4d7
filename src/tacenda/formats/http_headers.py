"""Reservation in HTTP response fields: ``tdm-reservation``, ``tdm-policy``, ``Content-Usage``, ``X-Robots-Tag``.

`parse_headers` says what a response says; `render_nginx` writes the snippet that makes nginx say it. In an nginx
configuration a value stands in double quotes; ``$`` begins a variable there and cannot be escaped in `add_header`,
so a value that holds one is refused, as is every control character.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tacenda.core.preference import Dimension, Preference, combine
from tacenda.errors import InputError
from tacenda.formats.aipref import Usage, parse_usage

MAX_FIELDS: Final = 1000
MAX_VALUE: Final = 65_536
_FIELD_NAME: Final = re.compile(r"[A-Za-z0-9-]+", re.ASCII)
_FIELD_VALUE: Final = re.compile(r"[ -~]+", re.ASCII)
_NO_AI: Final = frozenset({"noai", "noimageai"})


@dataclass(frozen=True, slots=True)
class HeaderStatement:
    """What the fields of one response say.

    Attributes:
        tdm: deny for 1, allow for 0, unknown otherwise.
        policy: address, or empty.
        usage: of all ``Content-Usage`` lines together (RFC 9651 section 4.2).
        noai: whether ``X-Robots-Tag`` says ``noai`` to everyone.
    """

    tdm: Preference
    policy: str
    usage: Usage
    noai: bool

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
    tdm, policy, usages, noai = Preference.UNKNOWN, "", [], False
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
    return HeaderStatement(tdm, policy, parse_usage(", ".join(usages)), noai)


def reservation_headers(denied: frozenset[Dimension], policy_url: str) -> tuple[tuple[str, str], ...]:
    """The fields that say what is denied, and nothing that is not."""
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
    return tuple(fields)


def render_nginx(fields: Sequence[tuple[str, str]], comments: Sequence[str] = ()) -> bytes:
    """A snippet for a ``server`` or ``location`` block.

    Raises:
        InputError: ``headers.name`` or ``headers.value`` for what could mean something else to nginx.
    """
    lines = ["# " + "".join(c if " " <= c <= "~" else "?" for c in comment)[:300] for comment in comments]
    for name, value in fields:
        if not _FIELD_NAME.fullmatch(name):
            raise InputError("headers.name", f"{name[:60]!r} is no field name.")
        if not _FIELD_VALUE.fullmatch(value) or "$" in value:
            raise InputError(
                "headers.value", f"{value[:80]!r} cannot stand in an nginx configuration.", hint="Use plain ASCII."
            )
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'add_header {name} "{quoted}" always;')
    return ("\n".join(lines) + "\n").encode("ascii")
