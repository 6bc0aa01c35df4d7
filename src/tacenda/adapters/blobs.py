"""Large bytes in a folder, each under its SHA-256: ``ab/abcd…``."""

import hashlib
import re
from pathlib import Path
from typing import Final

from tacenda.adapters.durable import write_durably
from tacenda.errors import InputError, IntegrityError, SettingsError

_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


class FolderBlobs:
    """`tacenda.ports.Blobs` under `root`. A blob is whole or not there; it is never changed or removed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest)
        # A blob that rotted on the disk is made whole again by the same bytes.
        if self.raw(digest) != data:
            write_durably(path, data, mode=0o444)
        return digest

    def get(self, digest: str) -> bytes:
        data = self.raw(digest)
        if data is None:
            raise IntegrityError(
                "blob.missing",
                "A document that the log speaks of is missing.",
                hint="Restore the file from a backup; its name is its SHA-256.",
                where=str(self.path(digest)),
            )
        if hashlib.sha256(data).hexdigest() != digest:
            raise IntegrityError(
                "blob.changed",
                "A document's bytes do not fit its SHA-256.",
                hint="Keep the file, and restore it from a backup; its name is its SHA-256.",
                where=str(self.path(digest)),
            )
        return data

    def raw(self, digest: str) -> bytes | None:
        """The bytes as they lie there, unchecked; None when missing. For finding out what changed."""
        path = self.path(digest)
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise SettingsError(
                "file.read", f"Could not read: {error.strerror or error}.", where=str(path)
            ) from error

    def path(self, digest: str) -> Path:
        """Where the blob stands or would stand.

        Raises:
            InputError: ``blob.digest``.
        """
        if not _DIGEST.fullmatch(digest):
            raise InputError("blob.digest", f"{digest[:80]!r} is not a SHA-256 in 64 lower-case hex digits.")
        return self.root / digest[:2] / digest
