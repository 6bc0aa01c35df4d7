"""Catalogues: plan an import, run it, list what is there, show conflicts, export."""

import json
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from tacenda.app.desk import Desk
from tacenda.catalogue.batches import BATCH_ROWS
from tacenda.catalogue.columns import ColumnMap, map_from_document
from tacenda.catalogue.export import write_export, write_template
from tacenda.catalogue.plan import ImportPlan, PlanOptions, make_plan
from tacenda.catalogue.run import Importer, ImportResult
from tacenda.errors import ConflictError, InputError, SettingsError
from tacenda.ports import CatalogueInfo, Conflict, Progress

IMPORTS = "imports"
MOST_CONFLICTS = 1_000


def _silent(done: int, total: int | None, what: str) -> None:
    """No progress bar."""


def plan_import(desk: Desk, path: Path, options: PlanOptions | None = None) -> ImportPlan:
    """Look at a file and settle how it would be imported. Reads the file once; changes nothing.

    Raises:
        InputError: when the file, its columns or the owner are not known.
        ConflictError: ``catalogue.owner``.
    """
    with desk.store.reading() as view:
        catalogues = view.catalogues()
        parties = {party.id for party in view.parties()}
    plan = make_plan(path, options or PlanOptions(), catalogues, desk.settings.rightsholder)
    if plan.owner not in parties:
        raise InputError(
            "catalogue.party",
            f"There is no party {plan.owner!r} at this desk.",
            hint="Add it with `tacenda party add`, or name another with --owner.",
        )
    return plan


def check_import(desk: Desk, plan: ImportPlan, progress: Progress = _silent) -> ImportResult:
    """Read and check every row without importing any. Writes the report files into the workspace, nothing else."""
    folder = desk.folder(IMPORTS, plan.run)
    return Importer(desk.store, desk.clock, plan, folder, progress).check()


def run_import(
    desk: Desk,
    plan: ImportPlan,
    progress: Progress = _silent,
    batch_rows: int = BATCH_ROWS,
    *,
    apart: bool | None = None,
) -> ImportResult:
    """Import by the plan, batch by batch; goes on where an interrupted run of the same plan stopped.

    Args:
        batch_rows: rows a transaction.
        apart: whether another process reads and checks the file meanwhile; None decides by its size.

    Raises:
        InputError: ``catalogue.encoding`` when the encoding is only a guess; ``catalogue.nothing`` when not
            one row could be imported.
        RemoteError: ``catalogue.reader`` when the process that reads the file was stopped.
    """
    folder = desk.folder(IMPORTS, plan.run)
    result = Importer(desk.store, desk.clock, plan, folder, progress, batch_rows, apart).run()
    if result.rows and not result.items:
        why = result.first[0].why if result.first else "See the error file."
        raise InputError(
            "catalogue.nothing",
            f"None of the {result.rows:,} rows could be imported. The first: {why}",
            hint="Look at the columns with `tacenda catalogue plan`, and say which is which with --map.",
            where=result.errors_file or str(plan.table.path),
        )
    return replace(result, conflicts=len(conflicts(desk, MOST_CONFLICTS)))


def catalogues(desk: Desk) -> tuple[CatalogueInfo, ...]:
    """All catalogues with their owners, layers and numbers of items."""
    with desk.store.reading() as view:
        return tuple(view.catalogues())


def conflicts(desk: Desk, limit: int = MOST_CONFLICTS) -> tuple[Conflict, ...]:
    """The ISRCs and ISWCs that two owners list. Both claims stand (F34)."""
    with desk.store.reading() as view:
        owners = {info.owner for info in view.catalogues()}
        return tuple(view.conflicts(limit)) if len(owners) > 1 else ()


@dataclass(frozen=True, slots=True)
class Exported:
    path: str
    catalogue: str
    items: int


def export_catalogue(desk: Desk, path: Path, catalogue: str = "", *, overwrite: bool = False) -> Exported:
    """Write one catalogue, or the only one, as CSV.

    Raises:
        InputError: ``catalogue.unknown``.
        ConflictError: ``catalogue.exists`` when the file is there.
    """
    with desk.store.reading() as view:
        known = [info.id for info in view.catalogues()]
        name = catalogue or (known[0] if len(known) == 1 else "")
        if name not in known:
            raise InputError(
                "catalogue.unknown",
                f"There is no catalogue {name!r}." if name else "There are several catalogues, or none.",
                hint=f"Say --catalogue with one of: {', '.join(known)}." if known else "Import one first.",
            )
        with _new_file(path, overwrite) as stream:
            count = write_export(stream, view.items(name))
    return Exported(str(path), name, count)


def save_template(path: Path, *, overwrite: bool = False) -> None:
    """Write the empty table for someone who types a catalogue.

    Raises:
        ConflictError: ``catalogue.exists`` when the file is there.
    """
    with _new_file(path, overwrite) as stream:
        write_template(stream)


def _new_file(path: Path, overwrite: bool) -> Any:
    try:
        return path.open("w" if overwrite else "x", encoding="utf-8", newline="", errors="surrogatepass")
    except FileExistsError as error:
        raise ConflictError(
            "catalogue.exists",
            "There is a file of that name.",
            hint="Name another, or say --overwrite.",
            where=str(path),
        ) from error
    except OSError as error:
        raise SettingsError(
            "catalogue.write",
            f"The file cannot be written: {error.strerror}.",
            hint="Check the path.",
            where=str(path),
        ) from error


def save_map(plan: ImportPlan, path: Path) -> None:
    """Keep the column map of a plan as JSON, to be used again.

    Raises:
        SettingsError: ``catalogue.write``.
    """
    with _new_file(path, overwrite=True) as stream:
        stream.write(json.dumps(plan.mapping.to_document(), ensure_ascii=False, indent=2) + "\n")


def load_map(path: Path) -> ColumnMap:
    """A map that `save_map` wrote, perhaps edited by hand.

    Raises:
        InputError: ``catalogue.map``.
    """
    try:
        with path.open(encoding="utf-8") as stream:
            document = json.loads("".join(islice(stream, 10_000)))
    except (OSError, ValueError) as error:
        raise InputError(
            "catalogue.map",
            f"The column map cannot be read: {error}.",
            hint="Make one with --save-map.",
            where=str(path),
        ) from error
    return map_from_document(document, str(path))
