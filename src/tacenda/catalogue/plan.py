"""The plan of an import: what the file is, how it is read, into which catalogue. A dry run prints it."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tacenda.catalogue.columns import Choice, ColumnMap, guess_columns, settle_map
from tacenda.catalogue.fields import Field
from tacenda.catalogue.values import DateOrder, DurationUnit
from tacenda.core.canonical import canonical_bytes, sha256_hex
from tacenda.core.claimed import parse_claims, unstated
from tacenda.core.fold import fold_text
from tacenda.core.vocabulary import Layer
from tacenda.errors import ConflictError, InputError
from tacenda.formats.catalogue_table.table import Table, TableKind, inspect
from tacenda.ports import CatalogueInfo

READER_VERSION: Final = 1
"""Raised when the same file would be read differently, so that a finished import is not taken for the same one."""

DEFAULT_LAYERS: Final = (Layer.RECORDING, Layer.PERFORMANCE)
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)


def parse_layers(text: str) -> tuple[str, ...]:
    """What the owner claims, words with commas between them (``recording:100,work:25``); nothing for no text.

    Raises:
        InputError: ``catalogue.layers``, ``catalogue.share``.
    """
    return tuple(map(str, parse_claims(text)))


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What the operator said; empty or None where nothing was said.

    Attributes:
        columns: field to column; an empty column leaves the field out.
        saved: a map of an earlier import; `columns`, `dates` and the others win over it.
    """

    columns: Mapping[Field, str] = field(default_factory=dict)
    saved: ColumnMap | None = None
    dates: DateOrder | None = None
    unit: DurationUnit | None = None
    delimiter: str = ""
    encoding: str = ""
    sheet: str = ""
    catalogue: str = ""
    title: str = ""
    owner: str = ""
    layers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Attributes:
    table: the file as it was looked at, with its digest.
    mapping: how its cells are read.
    choices: the columns that are read, with reasons.
    unread: the columns that are not.
    notes: what a person should know before saying yes.
    run: id of the import: the same file through the same map into the same catalogue is the same run.
    """

    table: Table
    mapping: ColumnMap
    choices: tuple[Choice, ...]
    unread: tuple[str, ...]
    notes: tuple[str, ...]
    catalogue: str
    title: str
    owner: str
    layers: tuple[str, ...]
    mapping_digest: str
    run: str

    def as_document(self) -> dict[str, Any]:
        """The plan for a program (``--json``)."""
        table = self.table
        return {
            "file": str(table.path),
            "sha256": table.digest,
            "bytes": table.size,
            "kind": table.kind.value,
            "encoding": _reason(table.encoding.name, table.encoding.why) if table.encoding else None,
            "encoding_certain": table.encoding.certain if table.encoding else True,
            "delimiter": _reason(table.dialect.delimiter, table.dialect.why) if table.dialect else None,
            "sheet": table.sheet,
            "header_row": table.header_row,
            "columns": [
                {"field": c.field.value, "column": c.column, "why": c.why, "samples": list(c.samples)}
                for c in self.choices
            ],
            "unread": list(self.unread),
            "dates": self.mapping.dates.value,
            "duration_unit": self.mapping.unit.value,
            "notes": list(self.notes),
            "catalogue": self.catalogue,
            "title": self.title,
            "owner": self.owner,
            "layers": list(self.layers),
            "run": self.run,
        }


def _reason(value: str, why: str) -> dict[str, str]:
    return {"value": value, "why": why}


def make_plan(path: Path, options: PlanOptions, catalogues: Sequence[CatalogueInfo], owner: str) -> ImportPlan:
    """Look at the file and settle everything that the import needs to know.

    Args:
        catalogues: those of the desk; importing into one of them keeps its owner and, unless stated, its layers.
        owner: the workspace's rightsholder, who owns a new catalogue unless stated.

    Raises:
        InputError: when the file cannot be read or its columns are unknown.
        ConflictError: ``catalogue.owner`` when the catalogue is somebody else's.
    """
    saved = options.saved
    stated = (
        options.delimiter or (saved.delimiter if saved else ""),
        options.encoding or (saved.encoding if saved else ""),
        options.sheet or (saved.sheet if saved else ""),
    )
    table = inspect(path, delimiter=stated[0] or None, encoding=stated[1] or None, sheet=stated[2])
    wanted = dict(options.columns)
    if saved:
        left_out = {name: "" for name in Field if name not in saved.columns}
        wanted = left_out | dict(saved.columns) | wanted
    choices, notes = guess_columns(table, wanted)
    dates = options.dates or (saved.dates if saved else None)
    unit = options.unit or (saved.unit if saved else None)
    mapping, more = settle_map(table, choices, dates=dates, unit=unit, stated=stated)
    info = _catalogue(path, options, catalogues, owner)
    digest = sha256_hex(canonical_bytes({"reader": READER_VERSION, **mapping.to_document()}))
    run = hashlib.sha256("\0".join((info.id, table.digest, digest)).encode()).hexdigest()[:12]
    read = {choice.column for choice in choices}
    return ImportPlan(
        table,
        mapping,
        choices,
        tuple(column for column in table.columns if column not in read),
        (*table.notes, *notes, *more, *_name_notes(choices), *_share_notes(info.layers)),
        info.id,
        info.title,
        info.owner,
        info.layers,
        digest,
        run,
    )


@dataclass(frozen=True, slots=True)
class _Target:
    id: str
    title: str
    owner: str
    layers: tuple[str, ...]


def _catalogue(path: Path, options: PlanOptions, catalogues: Sequence[CatalogueInfo], owner: str) -> _Target:
    name = options.catalogue or fold_text(path.stem).replace(" ", "-")[:60].strip("-")
    if not _ID.fullmatch(name):
        raise InputError(
            "catalogue.id",
            f"{name!r} is no id of a catalogue.",
            hint="Say --catalogue with lower-case letters, digits and hyphens, such as back-catalogue.",
        )
    known = next((info for info in catalogues if info.id == name), None)
    layers = parse_layers(",".join(options.layers or DEFAULT_LAYERS))
    if known is None:
        return _Target(name, options.title or path.stem, options.owner or owner, layers)
    if options.owner and options.owner != known.owner:
        raise ConflictError(
            "catalogue.owner",
            f"The catalogue {name} belongs to {known.owner}, not to {options.owner}.",
            hint="Import it as a catalogue of its own with --catalogue; both claims will stand.",
        )
    return _Target(name, options.title or known.title, known.owner, layers if options.layers else known.layers)


def _name_notes(choices: Sequence[Choice]) -> tuple[str, ...]:
    """Without an artist no row can be found by name; without identifiers either, by nothing at all."""
    fields = {choice.field for choice in choices}
    if Field.ARTIST in fields:
        return ()
    codes = fields & {Field.ISRC, Field.ISWC, Field.YOUTUBE, Field.UPC}
    found = "only by its identifiers" if codes else "by nothing at all"
    return (f"No column is read as the artist, so a row can be found {found}. Say which: --map artist=COLUMN",)


def _share_notes(layers: Sequence[str]) -> tuple[str, ...]:
    open_ = unstated(layers)
    if not open_:
        return ()
    whole = ",".join(f"{layer}:100" for layer in open_)
    said = f"No share of {', '.join(open_)} is stated, so no answer can be Licensed."
    return (f"{said} If all is the owner's: --layers {whole}",)


def require_certain(plan: ImportPlan) -> None:
    """Refuse to import through a guess.

    Raises:
        InputError: ``catalogue.encoding``.
    """
    encoding = plan.table.encoding
    if encoding is not None and not encoding.certain:
        raise InputError(
            "catalogue.encoding",
            f"The encoding of the file can only be guessed. {encoding.why}",
            hint=f"If the sample reads well, import with --encoding {encoding.name}.",
            where=str(plan.table.path),
        )


def expected_rows(plan: ImportPlan, rows: int, offset: int) -> int | None:
    """How many rows the file will turn out to have, for a progress bar."""
    if plan.table.rows is not None:
        return plan.table.rows
    if offset <= 0 or plan.table.kind is TableKind.XLSX:
        return None
    return max(rows, round(rows * plan.table.size / offset))
