"""Running a plan: rows in batches, one transaction a batch, resumable, with nothing in memory but two batches.

Killed at any point, the next run reads the file from its start without writing (which makes the same error file
again, byte for byte) and writes on from the first batch that was not committed. The place is written in the
transaction of each batch, so there is no half row and no row twice (F01).
"""

import gc
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import numpy as np

from tacenda.catalogue.apart import reading
from tacenda.catalogue.batches import BATCH_ROWS, ID, Batch
from tacenda.catalogue.plan import ImportPlan, expected_rows, require_certain
from tacenda.catalogue.report_files import ReportFiles
from tacenda.catalogue.rows import Outcome, Trouble
from tacenda.catalogue.seen import NEW, SeenIds, hashes_of
from tacenda.core.item_columns import ItemColumns
from tacenda.ports import CatalogueInfo, Clock, ImportProgress, Progress, Store, View

FIRST_TROUBLES: Final = 20


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, or a dry run would do.

    Attributes:
        rows: of the file, without blank lines.
        items: rows that are items of the catalogue now.
        new, changed, unchanged: of these.
        left_out: rows that were not imported, duplicates included.
        duplicates: of these, rows that name an item of an earlier row.
        rules: how often each rule was broken, by rule and outcome.
        first: the first troubles.
        not_in_file: items of the catalogue that no row of the file names. Nothing is deleted.
        resumed_at: rows that an earlier, interrupted run had committed.
        already: the same file was imported last; nothing was read again.
        errors_file, rejected_file, absent_file: paths, or empty where there was nothing to write.
    """

    run: str
    catalogue: str
    dry_run: bool = False
    rows: int = 0
    items: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: int = 0
    duplicates: int = 0
    rules: tuple[tuple[str, str, int], ...] = ()
    first: tuple[Trouble, ...] = ()
    not_in_file: int = 0
    resumed_at: int = 0
    already: bool = False
    errors_file: str = ""
    rejected_file: str = ""
    absent_file: str = ""
    conflicts: int = 0

    def counts(self) -> dict[str, int]:
        """The numbers that the desk remembers of a run."""
        names = ("rows", "items", "new", "changed", "unchanged", "left_out", "duplicates", "not_in_file")
        return {name: getattr(self, name) for name in names}


@dataclass(slots=True)
class _Tally:
    rows: int = 0
    items: int = 0
    new: int = 0
    changed: int = 0
    left_out: int = 0
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: list[Trouble] = field(default_factory=list)

    def take(self, batch: Batch) -> None:
        self.rows += batch.rows
        self.items += len(batch.items)
        self.left_out += batch.rows - len(batch.items)
        for found in batch.troubles:
            self.rules[found.rule, found.outcome.value] += 1
        if len(self.first) < FIRST_TROUBLES:
            self.first += batch.troubles[: FIRST_TROUBLES - len(self.first)]

    def result(self, plan: ImportPlan, **more: Any) -> ImportResult:
        rules = sorted(((rule, outcome, n) for (rule, outcome), n in self.rules.items()), key=lambda r: (-r[2], r))
        return ImportResult(
            plan.run,
            plan.catalogue,
            rows=self.rows,
            items=self.items,
            new=self.new,
            changed=self.changed,
            unchanged=self.items - self.new - self.changed,
            left_out=self.left_out,
            duplicates=self.rules["row.duplicate", Outcome.ROW_LEFT_OUT.value],
            rules=tuple(rules),
            first=tuple(self.first),
            **more,
        )


# --- acting -----------------------------------------------------------------------------------------------------


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep the garbage collector from walking the rows of a batch again and again: a third of the time otherwise.

    Rows make no reference cycles; each batch ends with a collection of the youngest objects all the same.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass(slots=True)
class Importer:
    """Runs one plan against one store.

    Attributes:
        folder: where the report files go; made by the caller.
        batch_rows: rows a transaction.
        apart: whether another process reads the file; None decides by its size.
    """

    store: Store
    clock: Clock
    plan: ImportPlan
    folder: Path
    progress: Progress
    batch_rows: int = BATCH_ROWS
    apart: bool | None = None

    def run(self) -> ImportResult:
        """Import.

        Raises:
            InputError: ``catalogue.encoding`` when the encoding is a guess.
            ConflictError: from the store.
        """
        plan = self.plan
        require_certain(plan)
        with self.store.reading() as view:
            latest = _latest(view, plan.catalogue)
            finished = latest.get("run") == plan.run and latest.get("finished")
            settled = any(
                (one.id, one.title, one.layers) == (plan.catalogue, plan.title, plan.layers)
                for one in view.catalogues()
            )
            if finished and settled:
                return ImportResult(plan.run, plan.catalogue, already=True, **latest["counts"])
            known = view.import_progress(plan.table.digest, plan.mapping_digest, plan.catalogue)
            resumed = latest.get("run") == plan.run and known is not None and not known.finished
            done = known.rows_done if resumed and known is not None else 0
            existing = existing_ids(view, plan.catalogue)
        if not resumed:
            self._open_catalogue()
        tally = _Tally()
        if resumed:
            tally.new, tally.changed = latest["counts"]["new"], latest["counts"]["changed"]
        named = SeenIds()
        with _collector_at_rest(), ReportFiles(self.folder, plan.table) as files, self._batches() as found:
            for batch in found:
                tally.take(batch)
                _write_reports(files, batch)
                fresh = _count_new(batch.items, existing, named)
                if tally.rows > done:
                    self._commit(batch, tally, fresh)
                self.progress(tally.rows, expected_rows(plan, tally.rows, batch.offset), "rows")
                del batch  # the next one is made while this one would still be held
                gc.collect(0)
            absent = self._absent(files, named) if len(existing) else 0
            result = tally.result(plan, resumed_at=done, not_in_file=absent)
            self._finish(result, tally)
        return _with_files(result, files)

    def check(self) -> ImportResult:
        """A dry run: everything but writing to the desk. The report files are written."""
        with self.store.reading() as view:
            existing = existing_ids(view, self.plan.catalogue)
        tally, named = _Tally(), SeenIds()
        with _collector_at_rest(), ReportFiles(self.folder, self.plan.table) as files, self._batches() as found:
            for batch in found:
                tally.take(batch)
                fresh = _count_new(batch.items, existing, named)
                tally.new += fresh
                if fresh < len(batch.items):
                    with self.store.reading() as view:
                        tally.changed += view.compare_item_rows(batch.items)[1]
                _write_reports(files, batch)
                self.progress(tally.rows, expected_rows(self.plan, tally.rows, batch.offset), "rows")
                del batch
                gc.collect(0)
            absent = self._absent(files, named) if len(existing) else 0
            result = tally.result(self.plan, dry_run=True, not_in_file=absent)
        return _with_files(result, files)

    # --- steps ---

    def _batches(self) -> AbstractContextManager[Iterator[Batch]]:
        return reading(self.plan, self.batch_rows, apart=self.apart)

    def _open_catalogue(self) -> None:
        plan = self.plan
        info = CatalogueInfo(plan.catalogue, plan.title, plan.owner, plan.layers, self.clock.now())
        with self.store.writing() as change:
            change.put_catalogue(info)
            change.put_setting(_setting(plan.catalogue), self._memory(_Tally().result(plan), finished=False))
            change.set_import_progress(self._progress(_Tally(), finished=False))

    def _commit(self, batch: Batch, tally: _Tally, fresh: int) -> None:
        batch.items.sort(key=itemgetter(ID))  # in the order of the store's key: neighbours go to the same page
        with self.store.writing() as change:
            different = change.put_item_rows(batch.items)
            tally.new += fresh
            tally.changed += different - fresh
            change.set_import_progress(self._progress(tally, finished=False))
            change.put_setting(
                _setting(self.plan.catalogue), self._memory(tally.result(self.plan), finished=False)
            )

    def _finish(self, result: ImportResult, tally: _Tally) -> None:
        with self.store.writing() as change:
            change.set_import_progress(self._progress(tally, finished=True))
            change.put_setting(_setting(self.plan.catalogue), self._memory(result, finished=True))

    def _progress(self, tally: _Tally, *, finished: bool) -> ImportProgress:
        plan = self.plan
        return ImportProgress(
            plan.table.digest,
            plan.mapping_digest,
            plan.catalogue,
            tally.rows,
            tally.new + tally.changed,
            tally.left_out,
            finished,
            self.clock.now(),
        )

    def _memory(self, result: ImportResult, *, finished: bool) -> str:
        document = {
            "run": self.plan.run,
            "file": self.plan.table.path.name,
            "sha256": self.plan.table.digest,
            "finished": finished,
            "counts": result.counts(),
        }
        return json.dumps(document, sort_keys=True)

    def _absent(self, files: ReportFiles, named: SeenIds) -> int:
        """Write and count the items of the catalogue that no row named."""
        with self.store.reading() as view:
            for rows in view.item_rows(("catalogue", "id", "title", "artist", "isrc")):
                own = [row for row in rows if row[0] == self.plan.catalogue]
                if not own:
                    continue
                lines = named.first_lines(hashes_of([row[1] for row in own]))
                for place in np.flatnonzero(lines == NEW).tolist():
                    files.absent.write(own[place][1:])
        return files.absent.rows


def _setting(catalogue: str) -> str:
    return f"import.{catalogue}"


def _latest(view: View, catalogue: str) -> dict[str, Any]:
    found = view.setting(_setting(catalogue))
    document: dict[str, Any] = json.loads(found) if found else {}
    return document


def existing_ids(view: View, catalogue: str) -> SeenIds:
    """The ids of a catalogue as it stands, 16 bytes each."""
    found = SeenIds()
    for rows in view.item_rows(("catalogue", "id")):
        own = [row[1] for row in rows if row[0] == catalogue]
        if own:
            found.add(hashes_of(own), np.zeros(len(own), dtype=np.int64))
    return found


def _count_new(items: Sequence[ItemColumns], existing: SeenIds, named: SeenIds) -> int:
    """How many items the catalogue did not have; what it had and the file names is remembered in `named`."""
    if not items or not len(existing):
        return len(items)
    hashes = hashes_of([item[ID] for item in items])
    named.add(hashes, np.zeros(len(hashes), dtype=np.int64))
    return int(np.count_nonzero(existing.first_lines(hashes) == NEW))


def _write_reports(files: ReportFiles, batch: Batch) -> None:
    for found in batch.troubles:
        files.trouble(found)
    for row in batch.left_out:
        files.left_out(row)


def _with_files(result: ImportResult, files: ReportFiles) -> ImportResult:
    def path(one: Any) -> str:
        return str(one.path) if one.rows else ""

    return replace(
        result,
        errors_file=path(files.errors),
        rejected_file=path(files.rejected),
        absent_file=path(files.absent),
    )
