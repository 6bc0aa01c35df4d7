"""Verification of a snapshot folder, offline and without opening anything in it. Every step must hold:

1. the manifest can be read, strictly;
2. a known key signed the note, and the note names this manifest by id and digest;
3. the folder holds the files that the manifest lists, no other, and no link;
4. each has the size listed (cheap, before any large file is read);
5. each has the digest listed, and where not, the damaged block is named by its offset.

Without a key, step 2 cannot show who made the snapshot: only that it is undamaged. Say so to the user.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tacenda.core.note import KnownKey, open_note, parse_note
from tacenda.errors import IntegrityError, SettingsError, TacendaError
from tacenda.snapshot.manifest import (
    AGAIN,
    BLOCK,
    MANIFEST,
    MAX_MANIFEST_BYTES,
    NOTE,
    FileEntry,
    Manifest,
    measure,
    parse_manifest,
)

_MAX_NOTE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Verified:
    """A snapshot that held. `signed_by` lists the known keys that signed it; empty when none was given."""

    manifest: Manifest
    signed_by: tuple[str, ...]


def verify_snapshot(folder: Path, keys: Sequence[KnownKey] = (), *, contents: bool = True) -> Verified:
    """Check `folder` by the steps above; with `contents` False, all but the last.

    Cost: one reading of every file, about a second a gigabyte.

    Raises:
        SettingsError: ``snapshot.missing`` when there is no snapshot.
        IntegrityError: for the first thing that is wrong, with its place.
    """
    manifest, signed_by = read_manifest(folder, keys)
    for flaw in _flaws(folder, manifest, contents):
        raise flaw
    return Verified(manifest, signed_by)


def flaws_of(folder: Path, keys: Sequence[KnownKey] = ()) -> Iterator[IntegrityError]:
    """Everything that is wrong, not only the first. Stops after a manifest that cannot be trusted."""
    try:
        manifest, _ = read_manifest(folder, keys)
    except IntegrityError as error:
        yield error
        return
    yield from _flaws(folder, manifest, contents=True)


def read_manifest(folder: Path, keys: Sequence[KnownKey]) -> tuple[Manifest, tuple[str, ...]]:
    """Steps 1 and 2: the manifest, and who signed it of those we know."""
    data = _small_file(folder, MANIFEST, MAX_MANIFEST_BYTES)
    manifest = parse_manifest(data, str(folder / MANIFEST))
    path = folder / NOTE
    raw = _small_file(folder, NOTE, _MAX_NOTE)
    try:
        note = open_note(raw, keys) if keys else parse_note(raw)
    except TacendaError as error:
        raise IntegrityError(
            "snapshot.signature" if isinstance(error, IntegrityError) else "snapshot.note",
            f"The snapshot's signature does not hold: {error.message}",
            hint="Trust nothing in it. Check the verifier key with the publisher, and fetch the snapshot again.",
            where=str(path),
        ) from error
    if note.text != manifest.note_text():
        raise IntegrityError(
            "snapshot.note", "The signed note is about another manifest.", hint=AGAIN, where=str(path)
        )
    return manifest, tuple(signature.name for signature in note.signatures) if keys else ()


def _flaws(folder: Path, manifest: Manifest, contents: bool) -> Iterator[IntegrityError]:
    listed = {entry.name: entry for entry in manifest.files}
    found = set(_files(folder))
    for name in sorted(found - listed.keys() - {MANIFEST, NOTE}):
        yield IntegrityError(
            "snapshot.extra",
            f"The file {name!r} is not part of the snapshot.",
            hint="Remove it, or fetch the snapshot again.",
            where=str(folder / name),
        )
    for name in sorted(listed.keys() - found):
        yield IntegrityError(
            "snapshot.incomplete", f"The file {name!r} is missing.", hint=AGAIN, where=str(folder / name)
        )
    there = [entry for entry in manifest.files if entry.name in found]
    whole = []
    for entry in there:
        path = folder / entry.name
        if path.is_symlink() or not path.is_file():
            yield IntegrityError(
                "snapshot.link", f"{entry.name!r} is not a plain file.", hint=AGAIN, where=str(path)
            )
        elif (size := path.stat().st_size) != entry.size:
            yield IntegrityError(
                "snapshot.size",
                f"{entry.name!r} has {size} bytes instead of {entry.size}.",
                hint=AGAIN,
                where=str(path),
            )
        else:
            whole.append(entry)
    if contents:
        # Two threads: hashing holds no lock. Blocks are hashed only where the whole is not as listed.
        with ThreadPoolExecutor(2, "digests") as pool:
            same = pool.map(lambda entry: _as_listed(folder / entry.name, entry), whole)
            for entry, good in zip(whole, same, strict=True):
                if not good:
                    yield from _changed(folder / entry.name, entry)


def _as_listed(path: Path, entry: FileEntry) -> bool:
    """Whether the file's digest is the one listed; False too where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == entry.sha256
    except OSError:
        return False


def _changed(path: Path, entry: FileEntry) -> Iterator[IntegrityError]:
    try:
        now = measure(path, entry.name)
    except OSError as error:
        yield IntegrityError(
            "snapshot.unreadable", f"{entry.name!r} cannot be read: {error}.", hint=AGAIN, where=str(path)
        )
        return
    if now == entry:
        return
    pairs = zip(now.blocks, entry.blocks, strict=False)
    wrong = [place * BLOCK for place, (is_now, was) in enumerate(pairs) if is_now != was] or [0]
    last = min(wrong[0] + BLOCK, entry.size) - 1
    yield IntegrityError(
        "snapshot.changed",
        f"{entry.name!r} is not what was signed, first between bytes {wrong[0]} and {last}.",
        hint=AGAIN,
        where=f"{path}:{wrong[0]}",
    )


def _files(folder: Path) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        base = Path(place).relative_to(folder)
        linked = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in (*names, *linked):
            yield (base / name).as_posix()


def _small_file(folder: Path, name: str, limit: int) -> bytes:
    path = folder / name
    try:
        if path.stat().st_size > limit:
            raise IntegrityError("snapshot.manifest", f"{name} is far too large.", hint=AGAIN, where=str(path))
        return path.read_bytes()
    except FileNotFoundError as error:
        if name == MANIFEST:
            raise SettingsError(
                "snapshot.missing",
                "There is no snapshot here.",
                hint="Give the folder that holds manifest.json; `tacenda snapshot build` makes one.",
                where=str(folder),
            ) from error
        raise IntegrityError(
            "snapshot.incomplete", f"The file {name!r} is missing.", hint=AGAIN, where=str(path)
        ) from error
    except OSError as error:
        raise SettingsError(
            "snapshot.unreadable", f"{name} cannot be read: {error.strerror}.", where=str(path)
        ) from error
