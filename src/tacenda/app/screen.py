"""Screen a corpus against a snapshot: reads both, writes one folder, and needs no workspace.

Inside a workspace the run is filed as a ``screening`` record with the digest of its summary, and logged.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tacenda import __version__
from tacenda.adapters.clock import SystemClock
from tacenda.adapters.keys import known_key
from tacenda.app.desk import Desk
from tacenda.app.evidence import publish
from tacenda.app.whole_folder import whole_folder
from tacenda.core.canonical import sha256_hex
from tacenda.errors import InputError, Unreadable
from tacenda.formats.corpus_table import Source, examine, find_files
from tacenda.match.lyrics.search import ACCEPTED
from tacenda.ports import Clock, Progress, Record
from tacenda.report.screening import render_screening
from tacenda.screen.plan import DROPPED_BY_DEFAULT, Asked, Plan, plan_screening
from tacenda.screen.run import Run
from tacenda.screen.summary import Origin, summary_document
from tacenda.screen.text import Terms, lyrics_shown
from tacenda.snapshot.opened import Snapshot, open_snapshot

SUMMARY: Final = "summary.json"
REPORT: Final = "report.html"
SCREENINGS: Final = "screenings"
THREADS: Final = 2
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Screening:
    """What a run made.

    Attributes:
        folder: where the lists, the summary and the report are.
        record: the filed record, where there was a workspace.
        notes: why the answers may not be relied on: who made the snapshot was not checked, or it is past its day.
    """

    folder: Path
    summary: Mapping[str, Any]
    record: Record | None = None
    notes: tuple[str, ...] = ()

    @property
    def report(self) -> Path:
        return self.folder / REPORT

    @property
    def totals(self) -> Mapping[str, int]:
        totals: Mapping[str, int] = self.summary["totals"]
        return totals


def plan(
    corpus: Path,
    asked: Asked,
    *,
    chosen: Mapping[str, str] | None = None,
    drop: Iterable[str] = DROPPED_BY_DEFAULT,
    encoding: str = "",
) -> Plan:
    """What `screen` would do: the files, and which column says what. Reads the first megabyte of each file.

    A file among several that cannot be read at all is left out and said so, unless there is no other.

    Raises:
        InputError: for a corpus that is missing, empty or unreadable, or a map that does not fit.
    """
    sources: list[Source] = []
    refused: list[InputError] = []
    for path, name in find_files(corpus):
        try:
            sources.append(_examined(path, name, encoding))
        except InputError as error:
            refused.append(error)
    if refused and not sources:
        raise refused[0]
    return plan_screening(
        corpus.name or str(corpus),
        sources,
        asked,
        chosen=chosen,
        drop=drop,
        refused=[Unreadable(e.where, "", e.code, "", e.message) for e in refused],
    )


def _examined(path: Path, name: str, encoding: str) -> Source:
    try:
        return examine(path, name, encoding)
    except OSError as error:
        raise InputError("corpus.file", f"The file cannot be read: {error.strerror}.", where=name) from error


def screen(
    desk: Desk | None,
    planned: Plan,
    snapshot: Path | Snapshot,
    *,
    key: str = "",
    out: Path | None = None,
    clock: Clock | None = None,
    progress: Progress | None = None,
    accepted: float = ACCEPTED,
    lyrics: Path | None = None,
) -> Screening:
    """Run a plan and write its folder, whole or not at all.

    Args:
        desk: the workspace in which the run is filed; None screens without one.
        key: C2SP verifier key of the snapshot's maker; without it only damage is noticed, not forgery. A snapshot
            of this workspace's own is always checked with the workspace's key.
        accepted: how many chance hits are accepted among the lyrics found in the text of the corpus.
        lyrics: a table with lyrics, to show them beside the passages found: the snapshot holds only hashes.
        out: the folder to make; by default ``screenings/<id>`` of the workspace, or ``screening-<corpus>`` here.

    Raises:
        ConflictError: ``screening.exists`` when `out` is there and holds something.
        InputError, IntegrityError: from the corpus or the snapshot.
    """
    opened = _open(desk, snapshot, key) if isinstance(snapshot, Path) else snapshot
    now = (clock or (desk.clock if desk is not None else SystemClock())).now()
    name = _next_name(desk) if desk is not None else ""
    folder = out or _default_folder(desk, planned, name)
    with whole_folder(folder) as work, ThreadPoolExecutor(1, "digests") as pool:
        digests = pool.submit(lambda: {f.source.name: _digest(f.source.path) for f in planned.files})
        run = Run(planned, opened, _text_terms(opened, accepted, lyrics))
        run.write(work, progress)
        summary = summary_document(run, _origin(opened, now), digests.result())
        data = json.dumps(summary, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8", "replace")
        (work / SUMMARY).write_bytes(data + b"\n")
        (work / REPORT).write_text(render_screening(summary), encoding="utf-8", newline="\n")
        record = _file(desk, name, summary, data + b"\n") if desk is not None else None
    return Screening(folder, summary, record, _notes(opened, now))


def _notes(snapshot: Snapshot, now: datetime) -> tuple[str, ...]:
    notes = []
    if not snapshot.signed_by:
        notes.append(
            "Who made this snapshot was not checked: no verifier key was given. Damage would have been noticed, "
            "forgery not. Give the maker's key with --vkey."
        )
    if now.date() > snapshot.manifest.valid_until:
        notes.append(
            f"The snapshot's answers counted as current until {snapshot.manifest.valid_until.isoformat()}; "
            "reservations and revocations since then are not in it. Fetch a newer one."
        )
    return tuple(notes)


def _text_terms(opened: Snapshot, accepted: float, lyrics: Path | None) -> Terms:
    if not 0 < accepted <= 1_000_000:
        raise InputError("screen.chance_hits", "The number of chance hits accepted must be above nought.")
    if lyrics is None or opened.lyrics is None:
        return Terms(accepted)
    return Terms(accepted, lyrics_shown(lyrics, opened.lyrics))


def _next_name(desk: Desk) -> str:
    """One above every number used, such as ``C-000001``: by a record, or by a folder that stands there."""
    with desk.store.reading() as view:
        names = {record.id for record in view.records("screening")}
    names |= {path.name for path in (desk.root / SCREENINGS).glob("C-*")}
    numbers = [int(name[2:]) for name in names if name[2:].isascii() and name[2:].isdigit()]
    return f"C-{max(numbers, default=0) + 1:06d}"


def _file(desk: Desk, name: str, summary: Mapping[str, Any], data: bytes) -> Record:
    """File the run: the question, the totals and digests; not the corpus."""
    body = {
        "format": summary["format"],
        "id": name,
        "question": {key: summary["question"][key] for key in ("use", "country", "on", "user", "model")},
        "corpus": summary["corpus"]["name"],
        "files": [[f["file"], f["sha256"]] for f in summary["corpus"]["files"]][:500],
        "snapshot": {key: summary["snapshot"][key] for key in ("id", "version", "manifest_sha256")},
        "totals": dict(summary["totals"]),
        "summary_sha256": sha256_hex(data),
    }
    with desk.store.writing() as change:
        record = desk.file(change, "screening", name, 1, body)
    publish(desk)
    return record


def _origin(snapshot: Snapshot, now: datetime) -> Origin:
    manifest = snapshot.manifest
    return Origin(
        snapshot_id=manifest.id,
        snapshot_version=manifest.version,
        snapshot_digest=manifest.digest,
        snapshot_made_at=manifest.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        snapshot_valid_until=manifest.valid_until.isoformat(),
        snapshot_signed_by=tuple(snapshot.signed_by),
        items=manifest.items,
        screened_at=now,
        tool_version=__version__,
    )


def _open(desk: Desk | None, folder: Path, key: str) -> Snapshot:
    """The snapshot, its signature checked against `key`, or against the workspace's own where it is its maker."""
    if key:
        return open_snapshot(folder, keys=(known_key(key),), threads=THREADS)
    if desk is not None:
        opened = open_snapshot(folder, contents=False)
        if opened.manifest.origin == desk.settings.origin:
            return open_snapshot(folder, keys=(known_key(desk.signer.verifier_key),), threads=THREADS)
    return open_snapshot(folder, threads=THREADS)


def _default_folder(desk: Desk | None, planned: Plan, name: str) -> Path:
    if desk is not None:
        return desk.folder(SCREENINGS) / name
    plain = "".join(c if c.isalnum() or c in "-_." else "-" for c in planned.corpus).strip(".-") or "corpus"
    return Path(f"screening-{plain}")


def _digest(path: Path) -> tuple[int, str]:
    """Bytes and SHA-256 of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def read_map(path: Path) -> dict[str, str]:
    """A column map that `save_map` wrote.

    Raises:
        InputError: ``corpus.map`` when it is no JSON object of texts.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError("corpus.map", f"The map cannot be read: {error}.", where=str(path)) from error
    if not isinstance(document, dict) or not all(isinstance(v, str) for v in document.values()):
        raise InputError("corpus.map", "The map is no object of texts.", where=str(path))
    return document


def save_map(planned: Plan, path: Path) -> None:
    """Write the columns as they were recognised, to be edited and used again."""
    chosen = {use.field.value: use.column for file in planned.files for use in reversed(file.columns.uses)}
    path.write_text(json.dumps(chosen, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
