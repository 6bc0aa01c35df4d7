"""What goes into which file, and what its container cannot say. Pure: a plan is made, nothing is read or written.

A declaration speaks of layers; a file is sound or a picture. A file bears the declaration only where it reserves a
layer that such a file holds, so that no sleeve bears what was said of recordings alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tacenda.core.declaration import Declaration, FormKind
from tacenda.core.preference import DIMENSION_TITLES, Dimension, denied
from tacenda.core.vocabulary import LAYER_TITLES, USE_TITLES, Layer, in_order, layers_reached
from tacenda.errors import ConflictError
from tacenda.formats.assets.c2pa_manifest import can_say as manifest_can_say
from tacenda.formats.assets.containers import CONTAINERS, Container
from tacenda.formats.assets.fields import Marking
from tacenda.publish.plan import policy_url

TAGGING_FORMAT: Final = "tacenda/tagging/1"
IN_SOUND: Final = frozenset({Layer.RECORDING, Layer.PERFORMANCE, Layer.WORK, Layer.LYRICS, Layer.LIKENESS})
IN_PICTURES: Final = frozenset({Layer.ARTWORK, Layer.LIKENESS})
MAX_TERMS: Final = 2_000


@dataclass(frozen=True, slots=True)
class ContainerLine:
    """One line of the plan for a person: what a container says of the declaration, and what it cannot."""

    container: str
    says: str
    cannot: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """One file as it stands after a run.

    Attributes:
        path: as it was given, with ``/``.
        container: empty where the file was refused.
        original: SHA-256 of the file without ours.
        digest: SHA-256 of the file as it is now.
        changed: whether this run changed it.
        fields, kept: what bears ours, and what was left to others.
        code, why: of a refusal; else empty.
    """

    path: str
    container: str = ""
    original: str = ""
    digest: str = ""
    bytes: int = 0
    changed: bool = False
    fields: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    code: str = ""
    why: str = ""

    @property
    def refused(self) -> bool:
        return bool(self.code)


def marking_of(declaration: Declaration, digest: str) -> Marking:
    """What this version has to say inside files.

    Raises:
        ConflictError: ``assets.withdrawn``, ``assets.nothing`` when it reserves nothing that a file could say.
    """
    d = declaration
    if d.withdrawn:
        raise ConflictError(
            "assets.withdrawn", f"{d.name} withdraws the declaration.", hint="Take the fields out with --remove."
        )
    said = denied(d.uses)
    if not said:
        raise ConflictError(
            "assets.nothing", f"{d.name} reserves no use for which there is a field.", hint="Publish the page."
        )
    page = d.form_url(FormKind.PAGE)
    notice = "Rights reserved: " + ", ".join(DIMENSION_TITLES[x] for x in Dimension if x in said) + "."
    short = f"{notice} {page}".strip()
    return Marking(
        declaration=d.id,
        version=d.version,
        digest=digest,
        denied=said,
        policy_url=policy_url(d) if d.site else "",
        page_url=page,
        terms=_terms(d),
        notice=short if len(short) <= 256 else (page or notice)[:256],
    )


def bears(declaration: Declaration, container: Container) -> bool:
    """Whether a file of this container holds a layer that is reserved."""
    layers = layers_reached(declaration.layers)
    return bool(layers & (IN_PICTURES if container.picture else IN_SOUND))


def lines(declaration: Declaration, marking: Marking, *, manifest: bool) -> tuple[ContainerLine, ...]:
    """Every container, with what it says and what it cannot say of this declaration."""
    found = []
    for container in CONTAINERS:
        if not bears(declaration, container):
            found.append(ContainerLine(container.name, "", "Nothing: no layer in it is reserved."))
            continue
        says = container.can_say(marking)
        if manifest and container.media:
            says |= manifest_can_say(marking.denied)
        found.append(ContainerLine(container.name, _words(says), _words(marking.denied - says)))
    return tuple(found)


def remarks(declaration: Declaration) -> tuple[str, ...]:
    """What no container can say of this declaration, and what a person should know."""
    found = ["No audio container has a field for this: TDM-RESERVATION and TDM-POLICY are a convention of ours."]
    if not declaration.territory.is_world:
        found.append("Fields for machines know no territory; the terms in words name it.")
    if declaration.effective_from > declaration.declared_on:
        found.append(f"It takes effect on {declaration.effective_from.isoformat()}: deliver on that day.")
    found.append("Whoever encodes a file anew may drop every field: see to it that licensees carry them on.")
    return tuple(found)


def tagging_document(
    marking: Marking, act: str, listed: str, files: Sequence[Tagged], *, manifest: bool
) -> dict[str, Any]:
    """What is filed about a run: the declaration, the act, and the digest of the list of files.

    The list is the same however often a run was broken off and begun again; so is this document.
    """
    well = [file for file in files if not file.refused]
    containers = sorted({file.container for file in well})
    return {
        "format": TAGGING_FORMAT,
        "kind": "tag",
        "act": act,
        "declaration": {"id": marking.declaration, "version": marking.version, "sha256": marking.digest},
        "manifest": manifest,
        "tagged": len(well),
        "refused": len(files) - len(well),
        "by_container": {name: sum(file.container == name for file in well) for name in containers},
        "list": listed,
    }


def file_line(file: Tagged) -> dict[str, Any]:
    """One line of the list: path, digests, fields; or the reason of a refusal."""
    if file.refused:
        return {"path": file.path, "refused": file.code}
    return {
        "path": file.path,
        "container": file.container,
        "original": file.original,
        "sha256": file.digest,
        "bytes": file.bytes,
        "fields": list(file.fields),
    }


def _terms(d: Declaration) -> str:
    """The reservation in one sentence, for the fields that hold terms of use."""
    layers = ", ".join(LAYER_TITLES[layer] for layer in in_order(d.layers))
    uses = ", ".join(USE_TITLES[use] for use in in_order(d.uses))
    where = "" if d.territory.is_world else f" Territory: {' '.join(d.territory.as_words())}."
    ask = d.permission_url or d.permission_mailbox
    text = f"Rights reserved by {d.declarant.legal_name} in {layers}: {uses}.{where}"
    if d.effective_from > d.declared_on:
        text += f" From {d.effective_from.isoformat()}."
    if ask:
        text += f" Permission: {ask}"
    return " ".join(text.split())[:MAX_TERMS]


def _words(dimensions: Iterable[Dimension]) -> str:
    found = frozenset(dimensions)
    return ", ".join(DIMENSION_TITLES[d] for d in Dimension if d in found)
