"""Publishing the log: plan which files it grows by, write them, and sign the checkpoint last.

The order is the promise (F02): a checkpoint names only files that are already durable, so whoever reads the log
between two acts, or after a crash, sees the old tree whole. Files without a checkpoint promise nothing and are
written again.

The signer's rule (F07): a checkpoint is signed only if the last published one is a prefix of the database's tree.
So each publication hashes the database's entries from the first on: linear time (about a microsecond and a half an
entry), constant memory.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from tacenda.core.ledger import EMPTY_ROOT
from tacenda.core.note import Checkpoint, KnownKey, open_checkpoint, render_checkpoint
from tacenda.core.tiles import Growth, LogFile
from tacenda.errors import InputError, IntegrityError
from tacenda.ports import Progress, Signer, Store, Tiles, View

BATCH: Final = 65_536
"""Entries at most between two checkpoints, so that memory does not grow with what is waiting."""
READ_ROWS: Final = 4_096
_RESTORED: Final = (
    "Do not publish. The database is probably an older backup: restore the newest one, or file again what is "
    "missing in a new workspace with a new log. Keep the log folder as it is: others may hold its checkpoints."
)


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing will do: the files to write, and then the head to sign.

    Attributes:
        old_size, new_size: entries before and after.
        root: root of the tree of `new_size` entries.
        files: bundles and tiles, in an order in which they may be written.
    """

    old_size: int
    new_size: int
    root: bytes
    files: tuple[LogFile, ...]


def plan_publication(old_size: int, entries: Iterable[bytes]) -> Publication:
    """How the log grows from its first `old_size` entries to all of `entries` (given from the first on)."""
    every = iter(entries)
    growth = Growth()
    for entry in islice(every, old_size):
        growth.add(entry)
    return plan_growth(growth, every)


def plan_growth(growth: Growth, entries: Iterable[bytes]) -> Publication:
    """How the log grows by `entries` from where `growth` stands; `growth` moves on."""
    old_size = growth.size
    files: list[LogFile] = []
    for entry in entries:
        files.extend(growth.add(entry))
    files.extend(growth.partials())
    return Publication(old_size, growth.size, growth.root(), tuple(files))


def replay(published: Checkpoint, entries: Iterable[bytes]) -> Growth:
    """The database's entries up to the published size, proved to be the published tree.

    Raises:
        IntegrityError: ``log.fork`` when they are another tree.
    """
    growth = Growth()
    for entry in islice(entries, published.size):
        growth.add(entry)
    if growth.size != published.size or growth.root() != published.root:
        raise IntegrityError(
            "log.fork",
            f"The database's first {published.size} entries are not those that were published and signed.",
            hint=_RESTORED,
        )
    return growth


def publish_log(
    store: Store, tiles: Tiles, signer: Signer, key: KnownKey, report: Progress | None = None
) -> Checkpoint:
    """Bring the published log up to the database. Nothing new: nothing is written.

    Raises:
        IntegrityError: ``log.behind``, ``log.fork``, ``log.checkpoint``, ``log.checkpoint.missing``; nothing is
            signed then.
        ConflictError: ``log.busy``.
    """
    with tiles.writing(), store.reading() as view:
        published = published_checkpoint(tiles, key, signer.name)
        if published is None:
            published = _begin(tiles, signer)
        count = view.entry_count()
        if count < published.size:
            raise IntegrityError(
                "log.behind",
                f"The database holds {count} entries, but {published.size} were published and signed.",
                hint=_RESTORED,
            )
        if count == published.size:
            return published
        growth = replay(published, stream_entries(view, 0, published.size))
        waiting = stream_entries(view, published.size, count)
        while growth.size < count:
            plan = plan_growth(growth, islice(waiting, BATCH))
            published = act(plan, tiles, signer)
            if report:
                report(plan.new_size, count, "Publishing the evidence log")
        return published


def act(plan: Publication, tiles: Tiles, signer: Signer) -> Checkpoint:
    """Write the plan's files, then sign and publish the checkpoint."""
    for file in plan.files:
        tiles.put(file.path, file.data)
    return _sign(tiles, signer, Checkpoint(signer.name, plan.new_size, plan.root))


def published_checkpoint(tiles: Tiles, key: KnownKey, origin: str) -> Checkpoint | None:
    """The published checkpoint, verified; None when nothing was ever published.

    Raises:
        IntegrityError: ``log.checkpoint`` when it is not what `key` signed; ``log.checkpoint.missing`` when there
            are tiles without it.
    """
    data = tiles.checkpoint()
    if data is None:
        if tiles.names():
            raise IntegrityError(
                "log.checkpoint.missing",
                "The log has tiles but no checkpoint.",
                hint="Restore the file named checkpoint from a backup or from where the log was published.",
                where="checkpoint",
            )
        return None
    try:
        return open_checkpoint(data, [key], origin)
    except (InputError, IntegrityError) as error:
        raise IntegrityError(
            "log.checkpoint",
            f"The published checkpoint is not what this log signed: {error.message}",
            hint="Restore the file named checkpoint from a backup or from where the log was published.",
            where="checkpoint",
        ) from error


def stream_entries(view: View, start: int, stop: int) -> Iterator[bytes]:
    """Entries start <= index < stop, read in portions."""
    for first in range(start, stop, READ_ROWS):
        yield from view.entries(first, min(first + READ_ROWS, stop))


def _begin(tiles: Tiles, signer: Signer) -> Checkpoint:
    """Sign the empty log. From then on, tiles without a checkpoint are always a fault."""
    return _sign(tiles, signer, Checkpoint(signer.name, 0, EMPTY_ROOT))


def _sign(tiles: Tiles, signer: Signer, checkpoint: Checkpoint) -> Checkpoint:
    note = signer.sign_note(render_checkpoint(checkpoint))
    tiles.put_checkpoint(note.encode("utf-8"))
    return replace(checkpoint, note=note)
