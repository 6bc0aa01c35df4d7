"""Declarations as JSON: TDM·AI in its three generations, and the CAWG training-mining assertion as tools print it.

TDM·AI (docs.tdmai.org): 2024 ``TDMAI`` as a boolean, where false reserves; March and May 2025
``usageReservation`` and ``usagePermission``; since November 2025 the keys ``all``, ``train-ai``,
``train-genai``, ``ai-use``, ``search`` with the *texts* ``"true"`` and ``"false"``, where ``train-ai``
inherits ``all`` and ``train-genai`` inherits ``train-ai``. Whether ``all`` reaches ``ai-use`` and ``search``
its documents contradict each other: it does not here. A declaration that bears no proof is read for what it
reserves and not for what it permits.

CAWG 1.1: labels and key prefixes ``c2pa`` and ``cawg`` in any mixture, with or without the ``entries`` wrapper;
``constrained`` alone is ``notAllowed``. Unless the manifest was reported valid, all of it is evidence only.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tacenda.core.preference import Dimension
from tacenda.errors import InputError
from tacenda.formats.signals.meaning import CAWG, MINING, TDMAI, TDMAI_2025, appear
from tacenda.formats.signals.statement import Asked, Diagnostic, Found, Saying, Standing, Statement, cut
from tacenda.formats.strict_json import parse_json

TDMAI_PROTOCOL: Final = "tdm-ai"
CAWG_PROTOCOL: Final = "cawg"
LABELS: Final = ("cawg.training-mining", "c2pa.training-mining")
MAX_ENTRIES: Final = 200
_PERMIT, _RESERVE = "usagePermission", "usageReservation"
_INHERITED: Final[tuple[tuple[str, Dimension, str], ...]] = (
    ("all", Dimension.TDM, ""),
    ("train-ai", Dimension.TRAIN_ANY, "all"),
    ("train-genai", Dimension.TRAIN_GEN, "train-ai"),
    ("ai-use", Dimension.AI_INPUT, ""),
    ("search", Dimension.SEARCH, ""),
)


def read_json(data: bytes, asked: Asked) -> Found:
    """The statements of a JSON document that is a TDM·AI declaration, an assertion or a manifest as printed."""
    try:
        document = parse_json(data)
    except InputError as error:
        return Found((), (Diagnostic(error.code, asked.where, 0, error.message),))
    if not isinstance(document, Mapping):
        return Found()
    statements = [*_assertions(document, data, asked), *_declaration(document, data, asked)]
    return Found(tuple(statements))


def is_declaration(document: Mapping[str, Any]) -> bool:
    keys = {str(key) for key in document}
    return "iscc" in keys or "TDMAI" in keys or bool(keys & {_PERMIT, _RESERVE})


def _declaration(document: Mapping[str, Any], data: bytes, asked: Asked) -> list[Statement]:
    subject = document.get("credentialSubject", document)
    if not isinstance(subject, Mapping) or not is_declaration(subject):
        return []
    proven = "proof" in document
    if "TDMAI" in subject:
        parts = [("2024", *_boolean(subject["TDMAI"]))]
    elif set(map(str, subject)) & set(TDMAI):
        parts = [("2025-11", *_texts(subject))]
    else:
        parts = [("2025-03", *_words(subject))]
    found = []
    policy = next((str(subject[k]) for k in ("policy", "TDMAI_policy") if isinstance(subject.get(k), str)), "")
    for version, says, term, odd in parts:
        if not proven and says.allows:
            says, odd = Saying(says.denies, appears=says.appears), odd or not says.denies
        standing = Standing.APPARENT if odd else Standing.STATED
        found.append(
            Statement(
                TDMAI_PROTOCOL,
                version,
                "declaration",
                asked.where,
                0,
                cut(data),
                term,
                says,
                standing,
                policy=policy,
            )
        )
    return found


def _boolean(value: object) -> tuple[Saying, str, bool]:
    """Generation 1: false is a reservation (trap 10)."""
    term = f"TDMAI={value}"[:100]
    if value is False:
        return Saying(denies=MINING), term, False
    if value is True:
        return Saying(allows=MINING), term, False
    return appear(MINING) if str(value).lower() == "false" else Saying(), term, True


def _texts(subject: Mapping[str, Any]) -> tuple[Saying, str, bool]:
    """Generation 3, with inheritance."""
    denies, allows, appears = set[Dimension](), set[Dimension](), set[Dimension]()
    values: dict[str, Any] = {}
    odd = False
    for key, dimension, parent in _INHERITED:
        value = values[key] = subject.get(key, values.get(parent))
        if value == "false":
            denies.add(dimension)
        elif value == "true":
            allows.add(dimension)
        elif value is not None:
            odd = True
            if str(value).lower() in ("false", "no", "n", "0"):
                appears.add(dimension)
    term = ", ".join(f"{key}={subject[key]}" for key in TDMAI if key in subject)[:300]
    says = Saying(frozenset(denies), frozenset(allows), frozenset(appears))
    return says, term, odd and not denies and not allows


def _words(subject: Mapping[str, Any]) -> tuple[Saying, str, bool]:
    """Generation 2: a list of what is reserved, or a word for each; nothing is inherited."""
    denies, allows = frozenset[Dimension](), frozenset[Dimension]()
    reserved = subject.get(_RESERVE, [])
    for word in reserved if isinstance(reserved, list) else []:
        denies |= TDMAI_2025.get(str(word).lower(), frozenset())
    for key, value in subject.items():
        reach = TDMAI_2025.get(str(key).lower(), frozenset())
        denies |= reach if value == _RESERVE else frozenset()
        allows |= reach if value == _PERMIT else frozenset()
    term = f"reserved: {', '.join(sorted(d.value for d in denies))}"
    return Saying(denies, allows - denies), term, not denies and not allows


def _assertions(document: Mapping[str, Any], data: bytes, asked: Asked) -> Iterator[Statement]:
    """Assertions in a bare document, a manifest definition, or a manifest store as printed by a tool."""
    valid = document.get("validation_state") in ("Valid", "Trusted")
    label = str(document.get("label", "")).split("__")[0]
    if label in LABELS:
        yield from read_assertion(label, document.get("data", document), data, asked, valid=False)
        return
    stores = document.get("manifests")
    active = document.get("active_manifest")
    manifests = [stores.get(active)] if isinstance(stores, Mapping) and active else [document]
    for manifest in manifests:
        listed = manifest.get("assertions") if isinstance(manifest, Mapping) else None
        for assertion in listed[:MAX_ENTRIES] if isinstance(listed, list) else []:
            if isinstance(assertion, Mapping) and str(assertion.get("label", "")).split("__")[0] in LABELS:
                name = str(assertion["label"]).split("__")[0]
                yield from read_assertion(name, assertion.get("data"), data, asked, valid=valid)
    if not stores and "assertions" not in document and _keys(document):
        yield from read_assertion(LABELS[0], document, data, asked, valid=False)


def _keys(document: Mapping[str, Any]) -> bool:
    entries = document.get("entries", document)
    return isinstance(entries, Mapping) and any(str(k).partition(".")[0] in ("cawg", "c2pa") for k in entries)


def read_assertion(label: str, body: object, data: bytes, asked: Asked, *, valid: bool) -> Iterator[Statement]:
    """The statements of one training-mining assertion."""
    entries = body.get("entries", body) if isinstance(body, Mapping) else None
    if not isinstance(entries, Mapping):
        return
    wrapped = isinstance(body, Mapping) and "entries" in body
    version = "C2PA 1.x" if label.startswith("c2pa") else ("1.1" if wrapped else "1.0")
    for key in list(entries)[:MAX_ENTRIES]:
        prefix, _, act = str(key).partition(".")
        if prefix not in ("cawg", "c2pa") or act not in CAWG:
            continue
        says, standing, word = _use(entries[key], CAWG[act])
        if not valid:
            says, standing = says.apparent(), Standing.APPARENT
        term = f"{key}={word}"[:200]
        yield Statement(CAWG_PROTOCOL, version, f"c2pa {label}", asked.where, 0, cut(data), term, says, standing)


def _use(entry: object, reach: frozenset[Dimension]) -> tuple[Saying, Standing, str]:
    use = entry.get("use") if isinstance(entry, Mapping) else entry
    if use in ("notAllowed", "constrained"):
        return Saying(denies=reach), Standing.STATED, str(use)
    if use == "allowed":
        return Saying(allows=reach), Standing.STATED, "allowed"
    return Saying(appears=reach), Standing.APPARENT, str(use)[:60]
