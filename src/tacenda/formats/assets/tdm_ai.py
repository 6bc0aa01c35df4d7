"""TDM·AI usage declarations: bound to content by its ISCC, signed; three generations of them read.

Written is the form of November 2025 (version 1.0): keys ``all``, ``train-ai``, ``train-genai``, ``ai-use`` and
``search``, whose values are the *texts* ``"true"`` and ``"false"``; ``"false"`` is a reservation. Only
reservations are written, never a permission, and each by its own key: ``all`` where mining as a whole is reserved.
Its documents contradict each other on whether ``all`` reaches ``ai-use`` and ``search``; we read that it does not,
and a reader of the other opinion will see those two reserved as well.

The registries want W3C Verifiable Credentials, whose issuing is theirs; what is made here is the declaration and a
signed note (C2SP) over its canonical bytes with the key of the workspace, so that anyone can check who declared.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from tacenda.core.canonical import canonical_bytes, sha256_hex
from tacenda.core.preference import Dimension
from tacenda.errors import InputError
from tacenda.formats.assets.fields import Marking, Statement
from tacenda.formats.signals.meaning import TDMAI, TDMAI_2025
from tacenda.formats.signals.statement import Saying

VERSION: Final = "1.0"
MAX_BYTES: Final = 1_000_000
INTENTS: Final = ("activate", "update", "supersede")
_KNOWN: Final = frozenset({"version", "iscc", "intent", "reference", "summary", "policy", *TDMAI})
_CARRIER: Final = "TDM-AI"
# `train-ai` inherits `all`, `train-genai` inherits `train-ai`; a key of its own counts before what it inherits.
_INHERITS: Final[Mapping[str, str]] = {"train-ai": "all", "train-genai": "train-ai"}
_OWN: Final[Mapping[str, frozenset[Dimension]]] = {
    "all": frozenset({Dimension.TDM}),
    "train-ai": frozenset({Dimension.TRAIN_ANY}),
    "train-genai": frozenset({Dimension.TRAIN_GEN}),
    "ai-use": frozenset({Dimension.AI_INPUT}),
    "search": frozenset({Dimension.SEARCH}),
}


def declaration(iscc: str, marking: Marking, *, intent: str = "activate", reference: str = "") -> dict[str, Any]:
    """The declaration of one asset, as JSON.

    Args:
        iscc: of the asset, ``ISCC:…``.
        intent: ``activate``, ``update`` or ``supersede``.
        reference: of the declaration before, for the other two.

    Raises:
        InputError: ``tdmai.intent``, ``tdmai.iscc``.
    """
    if intent not in INTENTS or (intent != "activate") != bool(reference):
        raise InputError("tdmai.intent", "An update or a supersession names the declaration before it.")
    if not iscc.startswith("ISCC:"):
        raise InputError("tdmai.iscc", f"{iscc[:80]!r} is no ISCC.")
    document: dict[str, Any] = {"version": VERSION, "iscc": iscc, "intent": intent}
    document |= {key: "false" for key, dimensions in TDMAI.items() if dimensions <= marking.denied}
    for key, value in (("reference", reference), ("summary", marking.terms), ("policy", marking.policy_url)):
        if value:
            document[key] = value
    return document


def can_say(denied: frozenset[Dimension]) -> frozenset[Dimension]:
    """What of `denied` a declaration says."""
    return frozenset().union(*(dimensions for dimensions in TDMAI.values() if dimensions <= denied))


def note_text(document: Mapping[str, Any]) -> str:
    """The text that is signed: what it is, of which asset, and the digest of its canonical bytes."""
    return f"TDM-AI usage declaration\n{document['iscc']}\nsha256 {sha256_hex(canonical_bytes(dict(document)))}\n"


def read(data: bytes, offset: int = 0) -> tuple[Statement, ...]:
    """The statements of a declaration of any generation.

    Raises:
        InputError: ``tdmai.format`` when it is no JSON object, or larger than a megabyte.
    """
    try:
        document = json.loads(data) if len(data) <= MAX_BYTES else None
    except (ValueError, RecursionError) as error:
        raise InputError("tdmai.format", "It is no JSON.") from error
    if not isinstance(document, dict):
        raise InputError("tdmai.format", "It is no TDM·AI declaration.", hint="It is one JSON object.")
    if "TDMAI" in document:
        return _first(document, offset)
    if "usageReservation" in document or _lower(document) & TDMAI_2025.keys():
        return _second(document, offset)
    return _third(document, offset)


def _first(document: Mapping[str, Any], offset: int) -> tuple[Statement, ...]:
    """2024 to January 2025: the boolean ``TDMAI``; false is a reservation."""
    value = document["TDMAI"]
    everything = TDMAI["all"]
    if value is False:
        return (_statement("2024", "TDMAI", value, Saying(denies=everything), offset),)
    if value is True:
        return (_statement("2024", "TDMAI", value, Saying(allows=everything), offset),)
    return (_statement("2024", "TDMAI", value, Saying(appears=everything), offset, "It is no JSON boolean."),)


def _second(document: Mapping[str, Any], offset: int) -> tuple[Statement, ...]:
    """March 2025, a list of reservations; May 2025, ``usagePermission`` or ``usageReservation`` for each act."""
    found = []
    listed = document.get("usageReservation")
    for word in listed if isinstance(listed, list) else ():
        dimensions = TDMAI_2025.get(str(word).lower())
        if dimensions:
            found.append(_statement("2025-03", str(word), "usageReservation", Saying(denies=dimensions), offset))
    for key, value in document.items():
        dimensions = TDMAI_2025.get(str(key).lower())
        if not dimensions:
            continue
        says, why = Saying(appears=dimensions), "The value is neither usagePermission nor usageReservation."
        if value == "usageReservation":
            says, why = Saying(denies=dimensions), ""
        elif value == "usagePermission":
            says, why = Saying(allows=dimensions), ""
        found.append(_statement("2025-05", str(key), value, says, offset, why))
    return tuple(found)


def _third(document: Mapping[str, Any], offset: int) -> tuple[Statement, ...]:
    """November 2025: texts, with inheritance. What breaks the schema is evidence, never an allowance."""
    problems = _problems(document)
    found = []
    for key, dimensions in _OWN.items():
        source: str | None = key
        while source is not None and source not in document:
            source = _INHERITS.get(source)
        if source is None:
            continue
        value = document[source]
        says, why = Saying(appears=dimensions), 'The value is neither "true" nor "false".'
        if value == "false":
            says, why = Saying(denies=dimensions), ""
        elif value == "true":
            says, why = Saying(allows=dimensions), ""
        elif value is True:
            says = Saying()
        if problems and not why:
            says, why = says.apparent() if says.denies else Saying(), problems
        found.append(_statement("2025-11", key, value, says, offset, why))
    return tuple(found)


def _problems(document: Mapping[str, Any]) -> str:
    if document.get("version") != VERSION:
        return "The version is not 1.0."
    if not isinstance(document.get("iscc"), str) or not document["iscc"].startswith("ISCC:"):
        return "There is no ISCC."
    if document.get("intent") not in (*INTENTS, "supercede", None):  # prose spells it so, and calls it optional
        return "The intent is none of activate, update and supersede."
    strange = sorted(set(document) - _KNOWN)
    return f"There is no key {strange[0][:40]!r}." if strange else ""


def _lower(document: Mapping[str, Any]) -> set[str]:
    return {str(key).lower() for key in document}


def _statement(version: str, key: str, value: object, says: Saying, offset: int, why: str = "") -> Statement:
    raw = f"{key}={json.dumps(value, ensure_ascii=False, default=str)}".encode("utf-8", "replace")[:4096]
    return Statement("tdm-ai", f"{_CARRIER} {version} {key}", raw, offset, says, why)
