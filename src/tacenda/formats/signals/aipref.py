"""AIPREF usage preferences as evidence: by the current draft, by older ones, and what was meant and written badly.

Evaluated with draft-ietf-aipref-vocab-08 (`tacenda.formats.aipref`). Labels of older drafts MUST be ignored
by it; they are reported with the draft they come from, as apparent reservations. So is a field that is no RFC
9651 Dictionary (one capital letter or a trailing comma voids it) or a value other than the Tokens ``y`` and
``n``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tacenda.core.preference import Dimension
from tacenda.formats.aipref import MAX_FIELD, parse_dictionary
from tacenda.formats.signals.meaning import AIPREF, AIPREF_HISTORIC
from tacenda.formats.signals.statement import NOTHING, Saying

PROTOCOL: Final = "aipref"
VERSION: Final = "draft-ietf-aipref-vocab-08"

# Words of neighbouring protocols, in a field where they say nothing (trap 3).
_NEIGHBOURS: Final[Mapping[str, str]] = {"ai-train": "train-ai", "ai-input": "ai-use"}
_PAIR: Final = re.compile(
    r"([A-Za-z][A-Za-z_-]{0,30})[ \t]{0,8}[=:][ \t]{0,8}[\"'?:]?(no?|0|false|deny|disallow)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Words:
    """One statement within a field: its version, its own words, what they mean, and what is wrong with them."""

    version: str
    term: str
    says: Saying
    problem: str = ""


def read_usage(value: bytes) -> tuple[Words, ...]:
    """The statements of one ``Content-Usage`` field, or of several joined by commas.

    >>> read_usage(b"train-ai=n")[0].says.denies
    frozenset({<Dimension.TRAIN_GEN: 'train_gen'>})
    >>> read_usage(b"Train-AI=n")[0].says.denies, read_usage(b"Train-AI=n")[0].problem
    (frozenset(), 'aipref.syntax')
    """
    text = value[: MAX_FIELD + 1].decode("latin-1")
    members = parse_dictionary(text)
    evidence = _evidence(text)
    if members is None:
        appears = frozenset(d for dimensions in evidence.values() for d in dimensions)
        return (Words(VERSION, text.strip()[:200], Saying(appears=appears), "aipref.syntax"),)
    found = []
    stated = {label: members[label] for label in AIPREF if members.get(label) in ("y", "n")}
    if stated:
        denies = frozenset(d for label, word in stated.items() if word == "n" for d in AIPREF[label])
        allows = frozenset(d for label, word in stated.items() if word == "y" for d in AIPREF[label])
        term = ", ".join(f"{label}={token}" for label, token in stated.items())
        found.append(Words(VERSION, term, Saying(denies, allows)))
    for label in members:
        if label in stated:
            continue
        if label in AIPREF_HISTORIC:
            draft, dimensions = AIPREF_HISTORIC[label]
            appears = dimensions if members[label] == "n" else NOTHING
            term = f"{label}={members[label]}"
            found.append(Words(f"draft-ietf-aipref-{draft}", term, Saying(appears=appears), "aipref.historic"))
        elif label in evidence:
            found.append(Words(VERSION, label, Saying(appears=evidence[label]), "aipref.value"))
        elif label in AIPREF:
            found.append(Words(VERSION, label, Saying(), "aipref.value"))
    return tuple(found)


def _evidence(text: str) -> dict[str, frozenset[Dimension]]:
    """By label: what looks denied, whatever the syntax."""
    found: dict[str, frozenset[Dimension]] = {}
    for match in _PAIR.finditer(text[:MAX_FIELD]):
        label = match.group(1).lower().replace("_", "-")
        known = _NEIGHBOURS.get(label, label)
        if known in AIPREF:
            found[label] = AIPREF[known]
        elif known in AIPREF_HISTORIC:
            found[label] = AIPREF_HISTORIC[known][1]
    return found
