"""Tag files: put a declaration into files of sound and pictures, or take it out again; thousands in one run.

A run can be broken off at any point and begun again. Each file is the old one or the new one. A journal in the
workspace, one line a file, says what was done: a file that still has the size and time that it had then is not
read again; any other is read, and is left alone if it already says what it should. The run is filed as one
publication of kind ``tag``, with the digest of the list of files; the same files again file nothing.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, BinaryIO, Final

from tacenda import __version__
from tacenda.adapters.asset_files import TEMPORARY, Done, Order, sweep, tag_files
from tacenda.adapters.c2pa import ManifestKey, load_key
from tacenda.app.desk import Desk
from tacenda.app.evidence import publish as publish_log
from tacenda.app.reserve import show_declaration
from tacenda.core.canonical import canonical_bytes, sha256_hex
from tacenda.core.declaration import Declaration
from tacenda.errors import ConflictError, InputError, SettingsError
from tacenda.formats.assets.containers import CONTAINERS, SUFFIXES
from tacenda.formats.assets.fields import Marking
from tacenda.ports import Progress, Record
from tacenda.publish.assets import (
    ContainerLine,
    Tagged,
    bears,
    file_line,
    lines,
    marking_of,
    remarks,
    tagging_document,
)

KIND: Final = "publication"
BATCH_FILES: Final = 16
FEW_FILES: Final = 64
MAX_PROCESSES: Final = 8
TAG: Final = "tag"
REMOVE: Final = "remove"


@dataclass(frozen=True, slots=True)
class Tagging:
    """What came of a run.

    Attributes:
        lines, remarks: the plan in words.
        files: one for each file, by path; refused ones too.
        record: None after a dry run.
        filed: whether a record was filed now.
    """

    declaration: Declaration
    act: str
    lines: tuple[ContainerLine, ...]
    remarks: tuple[str, ...]
    files: tuple[Tagged, ...]
    record: Record | None = None
    filed: bool = False

    @property
    def refused(self) -> tuple[Tagged, ...]:
        return tuple(file for file in self.files if file.refused)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for.

    Attributes:
        out: folder for the new files, or None to change them in place.
        key: with which C2PA manifests are signed, or None.
        processes: 0 for as many as the machine has cores, at most eight.
    """

    paths: tuple[Path, ...]
    out: Path | None = None
    remove: bool = False
    dry_run: bool = False
    key: ManifestKey | None = None
    processes: int = 0


def read_manifest_key(certificate: Path, key: Path) -> ManifestKey:
    """The signer of C2PA manifests, from two PEM files.

    Raises:
        SettingsError: ``c2pa.key``, ``c2pa.missing``.
    """
    try:
        return load_key(certificate.read_bytes(), key.read_bytes(), str(certificate))
    except OSError as error:
        raise SettingsError(
            "c2pa.key", f"It cannot be read: {error.strerror}.", where=str(error.filename)
        ) from error


def tag_assets(desk: Desk, name: str, wish: Wish, report: Progress | None = None) -> Tagging:
    """Put the latest version of declaration `name` into the files, or take ours out with ``wish.remove``.

    A file that cannot be tagged is refused, with the reason, and left as it was; the others go on.

    Raises:
        ConflictError: ``assets.withdrawn``, ``assets.nothing``, ``assets.same_target``.
        InputError: ``assets.none`` when there is no file.
        SettingsError: ``assets.path``.
    """
    declaration, record = show_declaration(desk, name)
    act = REMOVE if wish.remove else TAG
    marking = None if wish.remove else marking_of(declaration, record.digest)
    names = frozenset(c.name for c in CONTAINERS if bears(declaration, c))
    order = Order(marking, names, wish.key, __version__, write=not wish.dry_run)
    pairs = _pairs(wish)
    if wish.dry_run:
        done = {d.source: d for d in _run(order, pairs, wish.processes, report, len(pairs))}
    else:
        done = _resumed(desk, name, record.digest, order, pairs, wish, report)
    files = tuple(_tagged(done[source], source) for source, _ in pairs)
    plan = lines(declaration, marking, manifest=wish.key is not None) if marking else ()
    words = remarks(declaration) if marking else ()
    tagging = Tagging(declaration, act, plan, words, files)
    if wish.dry_run:
        return tagging
    about = marking or Marking(declaration.id, declaration.version, record.digest, frozenset())
    filed, new = _file(desk, about, act, files, manifest=wish.key is not None)
    return replace(tagging, record=filed, filed=new)


def _pairs(wish: Wish) -> tuple[tuple[str, str], ...]:
    """Each file and where it goes, by path; links are not followed out of a folder."""
    found: dict[str, str] = {}
    for path in wish.paths:
        for file, below in _files(path):
            target = file if wish.out is None else wish.out / below
            found[str(file)] = str(target)
    if not found:
        raise InputError(
            "assets.none", "There is no file to tag.", hint=f"Known endings: {' '.join(sorted(SUFFIXES))}."
        )
    targets: dict[str, str] = {}
    for source, place in sorted(found.items()):
        if place in targets:
            raise ConflictError(
                "assets.same_target",
                f"{targets[place]} and {source} would both become {place}.",
                hint="Run them into two folders.",
            )
        targets[place] = source
    return tuple(sorted(found.items()))


def _files(path: Path) -> Iterator[tuple[Path, Path]]:
    """The files that a word of the command line names, each with its path below the output folder."""
    if path.is_dir():
        for folder, _, names in os.walk(path):
            for name in names:
                file = Path(folder, name)
                wanted = file.suffix.lower() in SUFFIXES and not name.startswith(TEMPORARY)
                if wanted and file.is_file() and not file.is_symlink():
                    yield file, file.relative_to(path)
    elif path.is_symlink() or not path.is_file():
        raise SettingsError(
            "assets.path", "There is no such file or folder.", hint="A link is not followed.", where=str(path)
        )
    else:
        yield path, Path(path.name)


def _resumed(
    desk: Desk,
    name: str,
    digest: str,
    order: Order,
    pairs: Sequence[tuple[str, str]],
    wish: Wish,
    report: Progress | None,
) -> dict[str, Done]:
    """The results of all files, those of an earlier run out of the journal where the file is as it was left."""
    made = "manifest" if wish.key else "plain"
    place = desk.folder("assets", name) / f"{REMOVE if wish.remove else TAG}-{digest[:16]}-{made}.jsonl"
    before = _journal(place)
    done: dict[str, Done] = {}
    left: list[tuple[str, str]] = []
    for source, target in pairs:
        earlier = before.get(_key(source, target))
        if earlier is not None and _unchanged(earlier):
            done[source] = replace(earlier, source=source, target=target, changed=False)
        else:
            left.append((source, target))
    for folder in sorted({Path(target).parent for _, target in left}):
        sweep(folder)
    with _appending(place) as journal:
        for result in _run(order, left, wish.processes, report, len(pairs), journal):
            done[result.source] = result
    return done


def _run(
    order: Order,
    pairs: Sequence[tuple[str, str]],
    processes: int,
    report: Progress | None,
    total: int,
    journal: BinaryIO | None = None,
) -> Iterator[Done]:
    """The results as they come, each batch written to the journal before it is given out."""
    batches = [pairs[i : i + BATCH_FILES] for i in range(0, len(pairs), BATCH_FILES)]
    finished = total - len(pairs)
    for results in _batches(order, batches, _workers(processes, len(pairs))):
        if journal is not None:
            journal.write(b"".join(_journal_line(d) for d in results if not d.code))
            journal.flush()
            os.fsync(journal.fileno())
        finished += len(results)
        if report:
            report(finished, total, "Tagging" if order.write else "Planning")
        yield from results


def _batches(order: Order, batches: Sequence[Sequence[tuple[str, str]]], workers: int) -> Iterator[list[Done]]:
    if workers <= 1:
        for batch in batches:
            yield tag_files(order, batch)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: set[Future[list[Done]]] = set()
        for batch in batches:
            waiting.add(pool.submit(tag_files, order, list(batch)))
            if len(waiting) >= workers * 2:
                ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in ready)
        for future in waiting:
            yield future.result()


def _workers(asked: int, files: int) -> int:
    if not asked and files < FEW_FILES:
        return 1
    return max(1, min(asked or os.cpu_count() or 1, MAX_PROCESSES, files))


def _key(source: str, target: str) -> str:
    return f"{Path(source).resolve()}\n{Path(target).resolve()}"


def _journal(place: Path) -> Mapping[str, Done]:
    """The journal by source and target, the last line of each; a line that was cut off does not count."""
    if not place.exists():
        return {}
    found: dict[str, Done] = {}
    for line in place.read_bytes().split(b"\n"):
        try:
            d = json.loads(line)
            key = d.pop("key")
            found[key] = Done(**{**d, "fields": tuple(d["fields"]), "kept": tuple(d["kept"])})
        except (ValueError, KeyError, TypeError):
            continue
    return found


def _journal_line(done: Done) -> bytes:
    document: dict[str, Any] = {
        "key": _key(done.source, done.target),
        "source": done.source,
        "target": done.target,
        "container": done.container,
        "original": done.original,
        "digest": done.digest,
        "bytes": done.bytes,
        "mtime_ns": done.mtime_ns,
        "fields": list(done.fields),
        "kept": list(done.kept),
    }
    return json.dumps(document).encode() + b"\n"


def _unchanged(done: Done) -> bool:
    try:
        status = Path(done.target).stat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (done.bytes, done.mtime_ns)


@contextmanager
def _appending(place: Path) -> Iterator[BinaryIO]:
    """The journal, to be written at its end; a last line that was cut off is closed first."""
    with place.open("ab") as file:
        if file.tell():
            file.write(b"\n")
        yield file


def _tagged(done: Done, source: str) -> Tagged:
    """The result for a person and for the list; a name that is no text is written with backslashes."""
    path = Path(source).as_posix().encode("utf-8", "backslashreplace").decode()
    return Tagged(
        path, done.container, done.original, done.digest, done.bytes, done.changed, done.fields, done.kept,
        done.code, done.why,
    )  # fmt: skip


def _file(
    desk: Desk, marking: Marking, act: str, files: Sequence[Tagged], *, manifest: bool
) -> tuple[Record, bool]:
    """File the run, unless the latest one says the same."""
    listed = b"".join(canonical_bytes(file_line(file)) + b"\n" for file in files)
    document = tagging_document(marking, act, sha256_hex(listed), files, manifest=manifest)
    name = f"{marking.declaration}-files"
    with desk.store.reading() as view:
        earlier = [record for record in view.records(KIND) if record.id == name]
    if earlier and earlier[-1].digest == sha256_hex(canonical_bytes(document)):
        return earlier[-1], False
    desk.blobs.put(listed)
    with desk.store.writing() as change:
        record = desk.file(change, KIND, name, len(earlier) + 1, document)
    publish_log(desk)
    return record, True
