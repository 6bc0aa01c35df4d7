"""The signing key in a file, and signatures of others' keys checked: Ed25519 as C2SP signed notes want it."""

import hashlib
import stat
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from tacenda.adapters.clock import repeatable_seed
from tacenda.adapters.durable import write_durably
from tacenda.core.note import KnownKey, Signature, VerifierKey, check_name, parse_vkey, render_note
from tacenda.errors import ConflictError, InputError, SettingsError

PRIVATE_FILE: Final = "signing.pem"
PUBLIC_FILE: Final = "signing.vkey"


class FileSigner:
    """`tacenda.ports.Signer` with its key in a folder: ``signing.pem`` (PKCS8, 0600), ``signing.vkey`` (public).

    The key is not encrypted at rest: who can read the file can sign. Give the folder to nobody but the operator.
    """

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        self._key = key
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._verifier = VerifierKey(check_name(name), public)

    @classmethod
    def create(cls, folder: Path, name: str) -> Self:
        """A new key in `folder`, for the log or signer called `name`.

        In a repeatable run (``TACENDA_NOW`` and ``TACENDA_SEED``) the key follows from the seed; that is allowed
        for names under ``.example`` only, since anyone could make the same key.

        Raises:
            ConflictError: ``key.exists``: a key is never overwritten.
            SettingsError: ``key.seed``, or ``file.write``.
        """
        path = folder / PRIVATE_FILE
        if path.exists() or (folder / PUBLIC_FILE).exists():
            raise ConflictError(
                "key.exists",
                "There is a signing key already.",
                hint="Use it, or choose another folder.",
                where=str(path),
            )
        signer = cls(name, _new_key(name))
        pem = signer._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_durably(path, pem, mode=0o600)
        write_durably(folder / PUBLIC_FILE, f"{signer.verifier_key}\n".encode())
        return signer

    @classmethod
    def load(cls, folder: Path, name: str) -> Self:
        """The key in `folder`.

        Raises:
            SettingsError: ``key.missing``, ``key.open`` (others can read it), ``key.format``, ``key.mismatch``.
        """
        path = folder / PRIVATE_FILE
        try:
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise SettingsError(
                    "key.open",
                    "Others than its owner can use the signing key.",
                    hint=f"chmod 600 {path}",
                    where=str(path),
                )
            key = load_pem_private_key(path.read_bytes(), password=None)
        except FileNotFoundError as error:
            raise SettingsError(
                "key.missing",
                "The signing key is not there.",
                hint="Restore the workspace's keys folder from a backup, or make a workspace with `tacenda init`.",
                where=str(error.filename),
            ) from error
        except (OSError, ValueError, TypeError) as error:
            raise SettingsError("key.format", "The signing key cannot be read.", where=str(path)) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise SettingsError("key.format", "The signing key is not an Ed25519 key.", where=str(path))
        signer = cls(name, key)
        public = folder / PUBLIC_FILE
        if (
            not public.exists()
        ):  # A killed run may have left the private half alone; the public half follows from it.
            write_durably(public, f"{signer.verifier_key}\n".encode())
        if public.read_text(encoding="utf-8", errors="replace").strip() != signer.verifier_key:
            raise SettingsError(
                "key.mismatch",
                f"The signing key, its public half and the name {name!r} do not belong together.",
                hint="Restore the workspace's keys folder and tacenda.toml from one backup.",
                where=str(public),
            )
        return signer

    @property
    def name(self) -> str:
        return self._verifier.name

    @property
    def verifier_key(self) -> str:
        return str(self._verifier)

    def sign_note(self, text: str) -> str:
        value = self._key.sign(text.encode("utf-8"))
        return render_note(text, [Signature(self.name, self._verifier.key_id, value)])


def known_key(vkey: str) -> KnownKey:
    """A key to verify notes with, from its vkey text.

    Raises:
        InputError: ``note.vkey``.
    """
    parsed = parse_vkey(vkey)
    try:
        public = Ed25519PublicKey.from_public_bytes(parsed.public)
    except ValueError as error:
        raise InputError("note.vkey", f"The verifier key of {parsed.name} is not a point of the curve.") from error

    def verify(message: bytes, signature: bytes) -> bool:
        try:
            public.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return KnownKey(parsed.name, parsed.key_id, verify)


def _new_key(name: str) -> Ed25519PrivateKey:
    seed = repeatable_seed()
    if seed is None:
        return Ed25519PrivateKey.generate()
    if not name.split("/", 1)[0].endswith(".example"):
        raise SettingsError(
            "key.seed",
            "TACENDA_SEED would make a signing key that anyone can make again.",
            hint="Unset TACENDA_SEED, or use a name under .example for a demonstration.",
        )
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"tacenda/key\0{seed}\0{name}".encode()).digest())
