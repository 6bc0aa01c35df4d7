"""C2PA manifests by c2pa-python (``pip install tacenda[c2pa]``): made, signed and read back.

The manifest is an *edit*: what the file was before is its parent ingredient, so a manifest that was there stays in
the new one's history. No timestamp authority is asked and no picture is added, so nothing leaves the machine. A
manifest holds random identifiers: two runs do not give the same bytes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tacenda.errors import InputError, SettingsError

_CURVES: Final = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
_SETTINGS: Final = {"builder": {"thumbnail": {"enabled": False}}, "verify": {"remote_manifest_fetch": False}}


@dataclass(frozen=True, slots=True)
class ManifestKey:
    """A certificate chain (the signer's first) and its private key, both PEM."""

    certificates: bytes
    key: bytes
    algorithm: str

    def __repr__(self) -> str:
        return f"ManifestKey({self.algorithm})"


def load_key(certificates: bytes, key: bytes, where: str = "") -> ManifestKey:
    """The signer of manifests.

    Raises:
        SettingsError: ``c2pa.key``, ``c2pa.missing`` when c2pa-python is not installed.
    """
    _library()
    try:
        private = load_pem_private_key(key, password=None)
        leaf = x509.load_pem_x509_certificates(certificates)[0]
    except (ValueError, TypeError, IndexError) as error:
        raise SettingsError(
            "c2pa.key",
            "The certificate or its key cannot be read as PEM.",
            hint="Give the chain, signer first.",
            where=where,
        ) from error
    if leaf.public_key() != private.public_key():
        raise SettingsError("c2pa.key", "The certificate is not that of the key.", where=where)
    if isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name in _CURVES:
        return ManifestKey(certificates, key, _CURVES[private.curve.name])
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return ManifestKey(certificates, key, "ed25519")
    if isinstance(private, rsa.RSAPrivateKey):
        return ManifestKey(certificates, key, "ps256")
    raise SettingsError("c2pa.key", "C2PA knows no signature of this kind of key.", hint="Use ES256.", where=where)


def embed(media: str, source: BinaryIO, target: BinaryIO, definition: Mapping[str, Any], key: ManifestKey) -> None:
    """Copy `source` to `target` with a signed manifest in it. `target` is open for reading and writing.

    Raises:
        InputError: ``c2pa.refused`` when the library cannot put one in.
        SettingsError: ``c2pa.missing``.
    """
    c2pa = _library()
    info = c2pa.C2paSignerInfo(key.algorithm.encode(), key.certificates, key.key, None)
    try:
        signer = c2pa.Signer.from_info(info)
        builder = c2pa.Builder(json.dumps(definition), _context(c2pa))
        builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
        builder.sign(signer, media, source, target)
    except c2pa.C2paError as error:
        raise InputError(
            "c2pa.refused",
            f"No manifest could be put in: {str(error)[:300]}",
            hint="Leave this file out of --c2pa, or use another certificate.",
        ) from error


def read_manifest(media: str, source: BinaryIO) -> tuple[bool, list[tuple[str, Any]]]:
    """Whether the active manifest is valid (its signer may be unknown), and its assertions as (label, data).

    Raises:
        InputError: ``c2pa.unreadable``.
        SettingsError: ``c2pa.missing``.
    """
    c2pa = _library()
    try:
        reader = c2pa.Reader(media, source, context=_context(c2pa))
        state, document = reader.get_validation_state(), json.loads(reader.json())
    except c2pa.C2paError as error:
        raise InputError("c2pa.unreadable", f"The manifest cannot be read: {str(error)[:300]}") from error
    active = document["manifests"][document["active_manifest"]]
    found = [(str(a.get("label")), a.get("data")) for a in active.get("assertions", ())]
    return state in ("Valid", "Trusted"), found


def _context(c2pa: Any) -> Any:
    return c2pa.Context(c2pa.Settings.from_dict(_SETTINGS))


def _library() -> Any:
    try:
        import c2pa  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        raise SettingsError(
            "c2pa.missing", "c2pa-python is not installed.", hint="Install tacenda[c2pa]."
        ) from error
    return c2pa
