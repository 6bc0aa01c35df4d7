"""Snapshots of a desk: build, verify, show, list.

A build first publishes the evidence log, so that everything the snapshot holds is under the checkpoint it carries;
then it compiles into ``snapshots/<id>``, files the manifest's digest as a ``snapshot`` record, publishes again,
and only then moves the pointer ``snapshots/latest``. Verifying and showing need no workspace.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from tacenda.adapters.durable import write_durably
from tacenda.adapters.keys import known_key
from tacenda.app.decide import load_facts
from tacenda.app.desk import Desk
from tacenda.app.evidence import publish
from tacenda.core.note import KnownKey
from tacenda.errors import ConflictError, InputError, IntegrityError, SettingsError
from tacenda.ports import Progress, Record
from tacenda.snapshot.build import Terms, build_snapshot
from tacenda.snapshot.manifest import MANIFEST, Manifest
from tacenda.snapshot.verify import Verified, flaws_of, read_manifest, verify_snapshot

SNAPSHOTS: Final = "snapshots"
LATEST: Final = "latest"
VALID_DAYS: Final = 30
MAX_VALID_DAYS: Final = 366
RECORD_FORMAT: Final = "tacenda-snapshot-record/1"


@dataclass(frozen=True, slots=True)
class Built:
    """A new snapshot: its folder, its manifest, and the record under which its digest was logged."""

    folder: Path
    manifest: Manifest
    record: Record


@dataclass(frozen=True, slots=True)
class Line:
    """One snapshot of a workspace. `state` is ``current``, ``stale``, ``superseded`` or ``missing``."""

    id: str
    created_at: str
    valid_until: str
    items: int
    digest: str
    state: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "created_at": self.created_at,
            "valid_until": self.valid_until,
            "items": self.items,
            "manifest_sha256": self.digest,
            "state": self.state,
        }


def build(desk: Desk, *, valid_days: int = VALID_DAYS, report: Progress | None = None) -> Built:
    """Compile, sign, file and point to a new snapshot of everything on the desk.

    Args:
        valid_days: for how many days after today its answers count as current.

    Raises:
        InputError: ``snapshot.valid_days``.
        ConflictError: ``snapshot.exists``, when another build took the same number.
    """
    if not 1 <= valid_days <= MAX_VALID_DAYS:
        raise InputError("snapshot.valid_days", f"A snapshot is valid for 1 to {MAX_VALID_DAYS} days.")
    checkpoint = publish(desk)
    now = desk.clock.now()
    # One transaction for all that is read: what a writer adds meanwhile is in the next snapshot.
    with desk.store.reading() as view:
        number = _next_number(desk, view.records("snapshot"))
        folder = desk.folder(SNAPSHOTS) / _name(number)
        terms = Terms(_name(number), number, now, now.date() + timedelta(days=valid_days), checkpoint)
        manifest = build_snapshot(
            view,
            folder,
            facts=load_facts(view),
            terms=terms,
            sign=desk.signer.sign_note,
            report=report or (lambda done, total, what: None),
        )
    with desk.store.writing() as change:
        record = desk.file(change, "snapshot", manifest.id, 1, _body(manifest))
    publish(desk)
    write_durably(desk.folder(SNAPSHOTS) / LATEST, f"{manifest.id}\n".encode())
    return Built(folder, manifest, record)


def verify(folder: Path, vkey: str = "") -> Verified:
    """Check every byte of a snapshot, with its maker's verifier key or, without one, for damage only.

    Raises:
        IntegrityError: for the first thing that is wrong, with file and offset.
        SettingsError: ``snapshot.missing``.
        InputError: ``note.vkey``.
    """
    return verify_snapshot(folder, keys_from(vkey))


def flaws(folder: Path, vkey: str = "") -> list[IntegrityError]:
    """Everything that is wrong with a snapshot; empty when it holds."""
    return list(flaws_of(folder, keys_from(vkey)))


def manifest_of(folder: Path, vkey: str = "") -> Manifest:
    """What a snapshot says of itself; its files are not read."""
    return read_manifest(folder, keys_from(vkey))[0]


def keys_from(vkey: str) -> tuple[KnownKey, ...]:
    return (known_key(vkey.strip()),) if vkey.strip() else ()


def newest_snapshot(desk: Desk) -> Path | None:
    """The folder of the snapshot to which ``snapshots/latest`` points; None before the first build.

    Raises:
        SettingsError: ``snapshot.latest`` when it points to nothing.
    """
    pointer = desk.root / SNAPSHOTS / LATEST
    if not pointer.is_file():
        return None
    name = pointer.read_text(encoding="utf-8", errors="replace").strip()
    folder = desk.root / SNAPSHOTS / name
    if Path(name).name != name or not (folder / MANIFEST).is_file():
        raise SettingsError(
            "snapshot.latest",
            "The newest snapshot is not where it should be.",
            hint="Build a new one with `tacenda snapshot build`.",
            where=str(pointer),
        )
    return folder


def resolve(desk: Desk | None, place: str) -> Path:
    """A snapshot's folder from what a user typed: a path, the id of one of the workspace's, or ``latest``.

    Raises:
        ConflictError: ``snapshot.none`` when the newest is wanted and none was built.
    """
    if desk is None or (Path(place) / MANIFEST).is_file():
        return Path(place)
    if place in ("", LATEST):
        newest = newest_snapshot(desk)
        if newest is None:
            raise ConflictError(
                "snapshot.none", "No snapshot was built yet.", hint="Run `tacenda snapshot build`."
            )
        return newest
    own = desk.root / SNAPSHOTS / place
    return own if Path(place).name == place and own.is_dir() else Path(place)


def snapshots(desk: Desk) -> list[Line]:
    """The workspace's snapshots as they were filed, oldest first."""
    with desk.store.reading() as view:
        records = sorted(view.records("snapshot"), key=lambda record: record.entry)
    today = desk.clock.now().date()
    return [
        _line(desk, record, last=place == len(records) - 1, today=today) for place, record in enumerate(records)
    ]


def _line(desk: Desk, record: Record, *, last: bool, today: date) -> Line:
    body = record.body
    if not (desk.root / SNAPSHOTS / record.id / MANIFEST).is_file():
        state = "missing"
    elif not last:
        state = "superseded"
    else:
        state = "stale" if today > date.fromisoformat(body["valid_until"]) else "current"
    return Line(record.id, body["created_at"], body["valid_until"], body["items"], body["manifest_sha256"], state)


def _body(manifest: Manifest) -> dict[str, Any]:
    return {
        "format": RECORD_FORMAT,
        "id": manifest.id,
        "manifest_sha256": manifest.digest,
        "created_at": manifest.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "valid_until": manifest.valid_until.isoformat(),
        "log_size": manifest.log_size,
        "log_root": manifest.log_root,
        "items": manifest.items,
    }


def _next_number(desk: Desk, records: Sequence[Record]) -> int:
    """One above every number used: by a record, or by a folder that a killed run left unfiled."""
    names = {record.id for record in records}
    names |= {path.name for path in (desk.root / SNAPSHOTS).glob("S-*")}
    numbers = [int(name[2:]) for name in names if name[2:].isascii() and name[2:].isdigit()]
    return max(numbers, default=0) + 1


def _name(number: int) -> str:
    return f"S-{number:06d}"
