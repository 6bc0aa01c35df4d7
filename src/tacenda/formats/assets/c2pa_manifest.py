"""The CAWG 1.1 training and data mining assertion in a C2PA manifest: what is put in, and what others put in.

CAWG (DIF ratified, 16 May 2025) names four acts. ``cawg.ai_training`` is training that is *not* generative, so
both are stated. C2PA 1.x had the same under ``c2pa.`` and 2.0 dropped it; both labels with both prefixes are in
the wild, and so are version 1.0 without the ``entries`` wrapper and ``constraints_info`` for ``constraint_info``.
An absent entry says nothing. ``constrained`` without more is ``notAllowed``. Search has no entry.

This module is words only; `tacenda.adapters.c2pa` signs. A signature proves who signed, not who holds the right.
"""

from collections.abc import Mapping
from typing import Any, Final

from tacenda.core.preference import Dimension
from tacenda.formats.assets.fields import SILENT, Statement
from tacenda.formats.signals.meaning import CAWG
from tacenda.formats.signals.statement import Saying

LABEL: Final = "cawg.training-mining"
LABELS: Final = (LABEL, "c2pa.training-mining")
MAX_ENTRIES: Final = 100


def assertion(denied: frozenset[Dimension]) -> dict[str, Any]:
    """The assertion's data: an entry for each act that is reserved, none for what is not. Empty without any."""
    entries = {
        f"cawg.{act}": {"use": "notAllowed"} for act, dimensions in sorted(CAWG.items()) if dimensions <= denied
    }
    return {"entries": entries} if entries else {}


def definition(data: Mapping[str, Any], title: str, generator: str, version: str) -> dict[str, Any]:
    """The manifest definition that c2pa wants: one assertion, under the name of the file."""
    return {
        "claim_generator_info": [{"name": generator, "version": version}],
        "title": title,
        "assertions": [{"label": LABEL, "data": dict(data)}],
    }


def can_say(denied: frozenset[Dimension]) -> frozenset[Dimension]:
    """What of `denied` the assertion says."""
    stated = [dimensions for dimensions in CAWG.values() if dimensions <= denied]
    return frozenset().union(*stated)


def read_assertion(label: str, data: object, *, valid: bool, offset: int = 0) -> tuple[Statement, ...]:
    """The statements of one assertion. Where the manifest is not valid, they are evidence and nothing more."""
    plain = label.split("__")[0]
    if plain not in LABELS or not isinstance(data, Mapping):
        return ()
    entries = data.get("entries", data)
    if not isinstance(entries, Mapping):
        return ()
    found = []
    for key in list(entries)[:MAX_ENTRIES]:
        prefix, _, act = str(key).partition(".")
        if prefix not in ("cawg", "c2pa") or act not in CAWG:
            continue
        says, why = _meaning(entries[key], CAWG[act])
        if not valid and says != SILENT:
            says, why = says.apparent(), "The manifest is not valid, so this is evidence only."
        raw = f"{key}={entries[key]!r}".encode("utf-8", "replace")[:4096]
        found.append(Statement("cawg", f"C2PA {plain} {key}", raw, offset, says, why))
    return tuple(found)


def _meaning(entry: object, dimensions: frozenset[Dimension]) -> tuple[Saying, str]:
    if not isinstance(entry, Mapping):
        return Saying(appears=dimensions), "The entry is no map."
    use = entry.get("use")
    terms = entry.get("constraint_info") or entry.get("constraints_info")
    match use:
        case "notAllowed":
            return Saying(denies=dimensions), ""
        case "allowed":
            return Saying(allows=dimensions), ""
        case "constrained":
            return Saying(denies=dimensions), f"Constrained: {str(terms)[:200]}" if terms else ""
    return Saying(appears=dimensions), "The use is none of allowed, notAllowed and constrained."
