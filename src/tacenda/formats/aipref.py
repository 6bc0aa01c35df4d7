"""AIPREF usage preferences (draft-ietf-aipref-vocab-08): an RFC 9651 Dictionary such as ``train-ai=n, ai-use=n``.

A value counts only when it is the Token ``y`` or ``n``; the last of two equal keys wins inside one field; unknown
labels and parameters are ignored. A field that is not a Dictionary says nothing at all: one capital letter in a
key, a trailing comma or a missing comma voids the whole of it. Between fields the most restrictive wins, which is
the business of whoever combines them.

Reading costs a bounded number of steps a character. Not read: labels of older drafts (`HISTORIC`), which -08 says
MUST be ignored; they are told apart so that they can be shown as evidence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tacenda.core.preference import Preference

LABELS: Final = ("train-ai", "ai-use", "search")
HISTORIC: Final = frozenset({"all", "bots", "tdm", "ai", "genai", "train-genai", "ai-output", "inference"})
MAX_FIELD: Final = 65_536

_KEY: Final = re.compile(r"[a-z*][a-z0-9_.*-]*", re.ASCII)
_BARE: Final = re.compile(
    r"""(?P<token>[A-Za-z*][!#$%&'*+.^_`|~:/A-Za-z0-9-]*)
      | "(?:[ !#-\[\]-~]|\\["\\])*"
      | -?[0-9]{1,12}\.[0-9]{1,3}(?![0-9.]) | -?[0-9]{1,15}(?![0-9.])
      | :[A-Za-z0-9+/]*={0,2}:
      | \?[01](?![0-9])
      | @-?[0-9]{1,15}(?![0-9.])
      | %"(?:[ !#$&-~]|%[0-9a-f]{2})*"
    """,
    re.ASCII | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Usage:
    """What one field says.

    Attributes:
        preferences: of `LABELS` that are stated; a label that is not in it is unknown.
        historic: labels of older drafts that stand in it, sorted; they say nothing.
        readable: False when the field is no Dictionary, and so says nothing.
    """

    preferences: Mapping[str, Preference]
    historic: tuple[str, ...] = ()
    readable: bool = True


UNREADABLE: Final = Usage({}, (), False)


def parse_usage(text: str) -> Usage:
    """Read a ``Content-Usage`` value; a field longer than 64 KiB or not a Dictionary is unreadable.

    >>> parse_usage("train-ai=n, search=y").preferences["train-ai"]
    <Preference.DENY: 'deny'>
    >>> parse_usage("train-ai=n,").readable
    False
    """
    members = parse_dictionary(text)
    if members is None:
        return UNREADABLE
    words = {"y": Preference.ALLOW, "n": Preference.DENY}
    stated = {label: words[members[label]] for label in LABELS if members.get(label) in words}
    return Usage(stated, tuple(sorted(HISTORIC & set(members))))


def render_usage(preferences: Mapping[str, Preference]) -> str:
    """The field for what is stated, in the order of `LABELS`; empty when nothing is."""
    words = {Preference.ALLOW: "y", Preference.DENY: "n"}
    return ", ".join(
        f"{label}={words[preferences[label]]}"
        for label in LABELS
        if preferences.get(label, Preference.UNKNOWN) is not Preference.UNKNOWN
    )


def parse_dictionary(text: str) -> Mapping[str, str] | None:
    """The members of an RFC 9651 Dictionary: the token of those that are a Token, an empty text for all others.

    None when it is not a Dictionary (section 4.2.2: a failure voids the whole field).
    """
    if len(text) > MAX_FIELD or not text.isascii():
        return None
    members: dict[str, str] = {}
    text = text.strip(" ")
    place = 0
    while place < len(text):
        key = _KEY.match(text, place)
        if key is None:
            return None
        place, token = key.end(), ""
        if text[place : place + 1] == "=":
            read = _member(text, place + 1)
            if read is None:
                return None
            place, token = read
        after = _parameters(text, place)
        if after is None:
            return None
        members[key.group()] = token
        place = _skip(text, after, " \t")
        if place == len(text):
            break
        if text[place] != ",":
            return None
        place = _skip(text, place + 1, " \t")
        if place == len(text):
            return None
    return members


def _member(text: str, place: int) -> tuple[int, str] | None:
    """A bare item or an inner list at `place`: where it ends, and its token."""
    if text[place : place + 1] != "(":
        bare = _BARE.match(text, place)
        return (bare.end(), bare.group("token") or "") if bare else None
    place += 1
    while True:
        spaces = _skip(text, place, " ")
        if text[spaces : spaces + 1] == ")":
            return spaces + 1, ""
        bare = _BARE.match(text, spaces)
        if bare is None:
            return None
        after = _parameters(text, bare.end())
        if after is None or text[after : after + 1] not in (" ", ")"):
            return None
        place = after


def _parameters(text: str, place: int) -> int | None:
    """Where the parameters at `place` end; None when they are malformed."""
    while text[place : place + 1] == ";":
        key = _KEY.match(text, _skip(text, place + 1, " "))
        if key is None:
            return None
        place = key.end()
        if text[place : place + 1] == "=":
            bare = _BARE.match(text, place + 1)
            if bare is None:
                return None
            place = bare.end()
    return place


def _skip(text: str, place: int, characters: str) -> int:
    while place < len(text) and text[place] in characters:
        place += 1
    return place
