"""Bind a declaration to content: an ISCC and a signed TDM·AI usage declaration for each file.

The codes are of the bytes as they are delivered (Data- and Instance-Code, composed as ISCC-CODE ``SUM``): tag
first, then bind. Written for each file, into one folder: ``<name>.tdmai.json``, canonical, and
``<name>.tdmai.note``, signed with the key of the workspace. One publication of kind ``tdm-ai`` is filed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from tacenda.adapters.durable import write_durably
from tacenda.app.desk import Desk
from tacenda.app.evidence import publish as publish_log
from tacenda.app.reserve import show_declaration
from tacenda.core.canonical import canonical_bytes, sha256_hex
from tacenda.errors import ConflictError, InputError, SettingsError
from tacenda.formats.assets import iscc, tdm_ai
from tacenda.ports import Progress, Record
from tacenda.publish.assets import marking_of

BINDING_FORMAT: Final = "tacenda/binding/1"
KIND: Final = "publication"


@dataclass(frozen=True, slots=True)
class Bound:
    """One file: its codes, and where its declaration was written."""

    path: str
    iscc: str
    data_hash: str
    document: dict[str, Any]
    note: str


def bind_assets(
    desk: Desk, name: str, paths: Sequence[Path], into: Path | None, report: Progress | None = None
) -> tuple[tuple[Bound, ...], Record | None]:
    """A signed declaration for each file; nothing is written without a folder `into`.

    Raises:
        ConflictError: ``assets.withdrawn``, ``assets.nothing``, ``assets.same_target``.
        InputError: ``assets.none``.
        SettingsError: ``asset.file``, ``file.write``.
    """
    declaration, record = show_declaration(desk, name)
    marking = marking_of(declaration, record.digest)
    if not paths:
        raise InputError("assets.none", "There is no file to bind.")
    if len({path.name for path in paths}) < len(paths):
        raise ConflictError("assets.same_target", "Two files have one name.", hint="Bind them into two folders.")
    found = []
    for done, path in enumerate(sorted(paths), 1):
        found.append(_bound(desk, path, lambda code: tdm_ai.declaration(code, marking)))
        if report:
            report(done, len(paths), "Binding")
    if into is None:
        return tuple(found), None
    for bound in found:
        base = Path(bound.path).name
        write_durably(into / f"{base}.tdmai.json", canonical_bytes(bound.document))
        write_durably(into / f"{base}.tdmai.note", bound.note.encode("utf-8"))
    about = {"id": declaration.id, "version": declaration.version, "sha256": record.digest}
    return tuple(found), _file(desk, about, found)


def _bound(desk: Desk, path: Path, declare: Callable[[str], dict[str, Any]]) -> Bound:
    try:
        data = np.memmap(path, np.uint8, mode="r") if path.stat().st_size else np.empty(0, np.uint8)
    except (OSError, ValueError) as error:
        raise SettingsError("asset.file", f"The file cannot be read: {error}.", where=str(path)) from error
    code = iscc.iscc_code([iscc.data_code(data), iscc.instance_code(data)])
    document = declare(code)
    name = path.as_posix().encode("utf-8", "backslashreplace").decode()
    return Bound(name, code, iscc.data_hash(data), document, desk.signer.sign_note(tdm_ai.note_text(document)))


def _file(desk: Desk, about: dict[str, Any], found: Sequence[Bound]) -> Record:
    """File the run, unless the latest one says the same."""
    documents = [canonical_bytes(b.document) for b in found]
    rows = [
        {"path": b.path, "iscc": b.iscc, "datahash": b.data_hash, "sha256": sha256_hex(data)}
        for b, data in zip(found, documents, strict=True)
    ]
    listed = b"".join(canonical_bytes(row) + b"\n" for row in rows)
    document = {
        "format": BINDING_FORMAT,
        "kind": "tdm-ai",
        "declaration": about,
        "files_bound": len(rows),
        "list": sha256_hex(listed),
    }
    name = f"{about['id']}-bound"
    with desk.store.reading() as view:
        earlier = [record for record in view.records(KIND) if record.id == name]
    if earlier and earlier[-1].digest == sha256_hex(canonical_bytes(document)):
        return earlier[-1]
    desk.blobs.put(listed)
    for data in documents:
        desk.blobs.put(data)
    with desk.store.writing() as change:
        record = desk.file(change, KIND, name, len(earlier) + 1, document)
    publish_log(desk)
    return record
