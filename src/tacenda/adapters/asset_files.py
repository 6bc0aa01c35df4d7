"""Files of sound and pictures, changed whole or not at all.

A file is read where it is; what is to be is written beside the target under another name, read back, brought to
disk and put in place in one step. Whatever stops the machine, a file is the old one or the new one. A worker needs
nothing but this module and the formats, so that several processes can work at once.
"""

import contextlib
import hashlib
import os
import platform
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from tacenda.adapters import c2pa
from tacenda.adapters.durable import make_folder, sync_folder
from tacenda.core.preference import Dimension
from tacenda.errors import InputError, IntegrityError, TacendaError
from tacenda.formats.assets import c2pa_manifest, containers
from tacenda.formats.assets.containers import Container
from tacenda.formats.assets.fields import Edit, Marking, Reading
from tacenda.formats.assets.source import Source, spliced

TEMPORARY: Final = ".tacenda-"
GENERATOR: Final = "Tacenda"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done to every file of a run.

    Attributes:
        marking: None takes ours out.
        names: containers that may bear the marking; others are refused.
        key: with which a C2PA manifest is signed, or None for no manifest.
        write: False for a dry run.
    """

    marking: Marking | None
    names: frozenset[str]
    key: c2pa.ManifestKey | None = None
    version: str = ""
    write: bool = True


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one file; `code` and `why` when it was refused and left as it was."""

    source: str
    target: str
    container: str = ""
    original: str = ""
    digest: str = ""
    bytes: int = 0
    mtime_ns: int = 0
    changed: bool = False
    fields: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    code: str = ""
    why: str = ""


def sweep(folder: Path) -> int:
    """Remove what runs on this machine left behind in `folder` when they were killed; how many files."""
    gone = 0
    for path in folder.glob(f"{_own_prefix()}*"):
        pid = path.name.removeprefix(_own_prefix()).split("-")[0]
        if pid.isdigit() and not _alive(int(pid)):
            with contextlib.suppress(OSError):
                path.unlink()
                gone += 1
    return gone


def _own_prefix() -> str:
    return f"{TEMPORARY}{hashlib.sha256(platform.node().encode()).hexdigest()[:8]}-"


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def tag_files(order: Order, pairs: Sequence[tuple[str, str]]) -> list[Done]:
    """Carry out `order` on each (source, target); a file that cannot be done is refused and the rest go on.

    All new files of the batch are written first, then brought to disk, then put in place, then their folders are
    brought to disk: a batch costs the disk far less than its files one by one, and no file is put in place before
    its bytes are safe.
    """
    written = [_guarded(source, target, lambda s, t: _prepare(order, s, t)) for source, target in pairs]
    done = [_guarded(r.done.source, r.done.target, r.settle) if isinstance(r, _Ready) else r for r in written]
    found = [result.done if isinstance(result, _Ready) else result for result in done]
    if order.write:
        for folder in sorted({Path(result.target).parent for result in found if result.changed}):
            sync_folder(folder)
    return found


@dataclass(frozen=True, slots=True)
class _Ready:
    """A new file that is written and read back, and waits to be brought to disk and put in place."""

    file: BinaryIO
    name: str
    done: Done

    def settle(self, source: Path, target: Path) -> Done:
        try:
            with self.file:
                os.fsync(self.file.fileno())
            Path(self.name).replace(target)
        except BaseException:
            _unlink(self.name)
            raise
        return self.done


def _guarded(source: str, target: str, act: Callable[[Path, Path], "Done | _Ready"]) -> "Done | _Ready":
    """What `act` gives, or the refusal that its error is."""
    try:
        return act(Path(source), Path(target))
    except TacendaError as error:
        place = f" ({error.where})" if error.where.startswith("byte ") else ""
        return Done(source, target, code=error.code, why=error.message + place)
    except OSError as error:
        why = f"The file cannot be read or written: {error.strerror or error}."
        return Done(source, target, code="asset.file", why=why)


def _prepare(order: Order, source: Path, target: Path) -> Done | _Ready:
    with source.open("rb") as file:
        return _tag(order, file, source, target)


def _unlink(name: str) -> None:
    with contextlib.suppress(OSError):
        Path(name).unlink()


@dataclass(frozen=True, slots=True)
class _Job:
    """One file that is open, and what is to become of it."""

    order: Order
    source: Source
    mode: os.stat_result
    path: Path
    target: Path
    container: Container
    edit: Edit
    sign: bool


def _tag(order: Order, file: BinaryIO, path: Path, target: Path) -> Done | _Ready:
    source = Source(file)
    container = containers.container_of(source)
    if order.marking is not None and container.name not in order.names:
        raise InputError("asset.layer", f"The declaration reserves no layer that a {container.name} file holds.")
    sign = order.key is not None and order.marking is not None and bool(container.media)
    edit = containers.write(source, order.marking, signed_anew=sign)
    sign = sign and (bool(edit.splices) or not container.read(source).manifest)
    mode = os.fstat(file.fileno())
    job = _Job(order, source, mode, path, target, container, edit, sign)
    if path == target and not edit.splices and not sign:
        return _done(job, source, mode.st_mtime_ns, changed=False)
    if order.write:
        return _replace(job)
    fields = (*edit.fields, *((_manifest_name(),) if sign else ()))
    return Done(str(path), str(target), container.name, changed=True, fields=fields, kept=edit.kept)


def _replace(job: _Job) -> _Ready:
    make_folder(job.target.parent)
    handle, name = tempfile.mkstemp(prefix=f"{_own_prefix()}{os.getpid()}-", dir=job.target.parent)
    new = os.fdopen(handle, "w+b")
    try:
        for piece in spliced(job.source, job.edit.splices):
            new.write(piece)
        if job.sign and job.order.key is not None and job.order.marking is not None:
            _sign(job.order, job.order.key, job.container, new, job.path.name)
        new.flush()
        _check(job.order.marking, job.container, new)
        os.fchmod(new.fileno(), job.mode.st_mode & 0o7777)
        with contextlib.suppress(OSError):
            os.fchown(new.fileno(), job.mode.st_uid, job.mode.st_gid)
        done = _done(job, Source(new), os.fstat(new.fileno()).st_mtime_ns, changed=True)
    except BaseException:
        new.close()
        _unlink(name)
        raise
    return _Ready(new, name, done)


def _sign(order: Order, key: c2pa.ManifestKey, container: Container, new: BinaryIO, title: str) -> None:
    """Put a manifest into the new file; it takes the place of what was written so far."""
    denied: frozenset[Dimension] = order.marking.denied if order.marking else frozenset()
    data = c2pa_manifest.assertion(denied)
    if not data:
        return
    definition = c2pa_manifest.definition(data, title, GENERATOR, order.version)
    with tempfile.TemporaryFile(dir=Path(new.name).parent if isinstance(new.name, str) else None) as signed:
        new.seek(0)
        c2pa.embed(container.media, new, signed, definition, key)
        new.seek(0)
        new.truncate()
        for piece in Source(signed).pieces():
            new.write(piece)
    new.flush()
    new.seek(0)
    valid, found = c2pa.read_manifest(container.media, new)
    said = [s for label, content in found for s in c2pa_manifest.read_assertion(label, content, valid=valid)]
    if frozenset().union(*(s.says.denies for s in said)) != c2pa_manifest.can_say(denied):
        raise IntegrityError("asset.read_back", "The manifest does not say what was declared.")


def _check(marking: Marking | None, container: Container, new: BinaryIO) -> None:
    """Read back what was written, before it takes the place of anything.

    Raises:
        IntegrityError: ``asset.read_back``.
    """
    reading: Reading = container.read(Source(new))
    if marking is None:
        well = reading.fence is None
    else:
        fence = reading.fence
        says = reading.says()
        well = (
            fence is not None
            and (fence.declaration, fence.version, fence.digest)
            == (marking.declaration, marking.version, marking.digest)
            and says.denies >= container.can_say(marking)
            and not says.allows & marking.denied
        )
    if not well:
        raise IntegrityError(
            "asset.read_back",
            "What would be written does not say what was declared.",
            hint="The file was left as it was. Report its first megabyte.",
        )


def _done(job: _Job, now: Source, mtime_ns: int, *, changed: bool) -> Done:
    """The result, with the digests of the file as it is and as it is without ours.

    A manifest cannot be taken out again, so of a file that bears one the bytes before are not known from it.
    """
    marking, container, fields = job.order.marking, job.container, job.edit.fields
    digest, original = _digest(now.pieces()), ""
    if marking is None:
        original = digest
    elif container.read(now).manifest:
        fields = (*fields, _manifest_name())
    else:
        original = _digest(spliced(now, container.write(now, None).splices))
    place = (str(job.path), str(job.target), container.name)
    return Done(*place, original, digest, now.size, mtime_ns, changed, fields, job.edit.kept)


def _manifest_name() -> str:
    return f"C2PA {c2pa_manifest.LABEL}"


def _digest(pieces: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()
