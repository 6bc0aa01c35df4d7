"""Signed notes and checkpoints: C2SP signed-note v1.0.0 and tlog-checkpoint v1.0.0.

A signed note is a text, an empty line, and one line for each signature::

    lark.example/tacenda
    1093
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — lark.example/tacenda Az3grlgtzPICa5OS8npV...

The rules of opening one: signatures of unknown keys are ignored; a known key whose signature fails, or that signs
twice, rejects the whole note; without one good signature of a known key there is no note. Base64 is accepted in
its one canonical spelling only, so that every single-bit change of a note is refused.

There is no cryptography here: a `KnownKey` brings its own verification, made in `tacenda.adapters.keys`.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tacenda.core.ledger import HASH_BYTES, MAX_SIZE
from tacenda.errors import InputError, IntegrityError

ED25519: Final = 0x01
ED25519_KEY_BYTES: Final = 32
MAX_NOTE_BYTES: Final = 1 << 20
MAX_SIGNATURES: Final = 100
MAX_NAME_BYTES: Final = 255
KEY_ID_BYTES: Final = 4
_DASH: Final = "— "
_CONTROL: Final = re.compile(rb"[\x00-\x09\x0b-\x1f]")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_KEY_HASH: Final = re.compile(r"[0-9a-f]{8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: key name, key id (four bytes) and what the key made."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.value).decode('ascii')}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it was read, with nothing verified: do not show its text to anyone."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name, as in a vkey: ``name+hash+base64(type || key)``."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || type || key), first four bytes."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[
            :KEY_ID_BYTES
        ]

    def __str__(self) -> str:
        material = base64.b64encode(bytes([self.kind]) + self.public).decode("ascii")
        return f"{self.name}+{self.key_id.hex()}+{material}"


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that we trust: `verify` says whether the second argument signs the first."""

    name: str
    key_id: bytes
    verify: Callable[[bytes, bytes], bool]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log.

    Attributes:
        origin: the log's name, such as ``lark.example/tacenda``.
        size: how many entries.
        root: Merkle tree root over them, 32 bytes.
        extensions: further lines; not recommended, kept as they are.
        note: the signed note that it was read from, or empty when it is not signed yet.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()
    note: str = ""


def check_name(name: str) -> str:
    """`name` as a key name: not empty, no Unicode space, no plus, no control character.

    Raises:
        InputError: ``note.name``.
    """
    bad = not name or len(name.encode("utf-8", "replace")) > MAX_NAME_BYTES or "+" in name
    if bad or any(letter.isspace() or letter < " " or "\ud800" <= letter <= "\udfff" for letter in name):
        raise InputError(
            "note.name",
            f"{name[:80]!r} cannot be a key name.",
            hint="Use an address without https://, such as lark.example/tacenda.",
        )
    return name


def parse_vkey(text: str) -> VerifierKey:
    """An Ed25519 verifier key.

    Raises:
        InputError: ``note.vkey`` when its form, length, type or hash is wrong.
    """
    parts = text.split("+", 2)
    if len(text) > 1000 or len(parts) != 3 or not _KEY_HASH.fullmatch(parts[1]):
        raise InputError("note.vkey", "This is not a verifier key of the form name+hash+key.")
    name, key_hash, material = check_name(parts[0]), parts[1], decode_base64(parts[2], "note.vkey")
    if len(material) != 1 + ED25519_KEY_BYTES or material[0] != ED25519:
        raise InputError("note.vkey", f"The verifier key of {name} is not an Ed25519 key.")
    key = VerifierKey(name, material[1:])
    if key.key_id.hex() != key_hash:
        raise InputError("note.vkey", f"The hash in the verifier key of {name} does not fit its key.")
    return key


def render_note(text: str, signatures: Sequence[Signature]) -> str:
    """A text ending in a newline, with its signature lines.

    Raises:
        InputError: ``note.text`` for a text without a final newline or with a control character, or no signature.
    """
    if not text.endswith("\n") or _CONTROL.search(text.encode("utf-8")) or not signatures:
        raise InputError("note.text", "A note needs a text of whole lines and at least one signature.")
    for signature in signatures:
        check_name(signature.name)
    return text + "\n" + "".join(signature.line() for signature in signatures)


def parse_note(data: bytes) -> Note:
    """A note, strictly. At most 1 MiB and 100 signatures; what is too large is refused before it is decoded.

    Raises:
        InputError: ``note.format``.
    """
    if len(data) > MAX_NOTE_BYTES:
        raise InputError("note.format", f"A note of {len(data)} bytes is above {MAX_NOTE_BYTES}.")
    if _CONTROL.search(data):
        raise InputError("note.format", "The note holds a control character, such as a carriage return.")
    # The *last* empty line parts text and signatures: a text may hold empty lines.
    split = data.rfind(b"\n\n")
    block = data[split + 2 :]
    if split < 0 or not block.endswith(b"\n"):
        raise InputError(
            "note.format", "The note has no signature lines after an empty line, or no final newline."
        )
    if block.count(b"\n") > MAX_SIGNATURES:
        raise InputError("note.format", f"The note has more than {MAX_SIGNATURES} signatures.")
    try:
        text = data[: split + 1].decode("utf-8")
        lines = block.decode("utf-8").split("\n")[:-1]
    except UnicodeDecodeError as error:
        raise InputError("note.format", "The note is not UTF-8.") from error
    return Note(text, tuple(_parse_signature(line) for line in lines))


def open_note(data: bytes, known: Sequence[KnownKey]) -> Note:
    """The text and the good signatures of known keys only.

    Raises:
        InputError: ``note.format``.
        IntegrityError: ``note.key`` when two known keys bear one name and id; ``note.signature`` when a known
            key's signature fails or stands twice; ``note.unsigned`` when no known key signed.
    """
    keys: dict[tuple[str, bytes], KnownKey] = {}
    for key in known:
        if (key.name, key.key_id) in keys:
            raise IntegrityError("note.key", f"Two known keys are called {key.name}+{key.key_id.hex()}.")
        keys[key.name, key.key_id] = key
    note = parse_note(data)
    message = note.text.encode("utf-8")
    good: dict[tuple[str, bytes], Signature] = {}
    for signature in note.signatures:
        address = (signature.name, signature.key_id)
        trusted = keys.get(address)
        if trusted is None:
            continue
        if address in good:
            raise IntegrityError("note.signature", f"The note bears two signatures of {signature.name}.")
        if not trusted.verify(message, signature.value):
            raise IntegrityError("note.signature", f"The signature of {signature.name} does not fit the text.")
        good[address] = signature
    if not good:
        raise IntegrityError(
            "note.unsigned",
            "No known key signed this note.",
            hint="Check that the verifier key is the one that the log's owner published.",
        )
    return Note(note.text, tuple(good.values()))


def render_checkpoint(checkpoint: Checkpoint) -> str:
    """The text that is signed: origin, size, root, and extension lines.

    Raises:
        InputError: ``checkpoint.format`` for what could not be read back.
    """
    root = base64.b64encode(checkpoint.root).decode("ascii")
    text = "\n".join((checkpoint.origin, str(checkpoint.size), root, *checkpoint.extensions)) + "\n"
    parse_checkpoint(text)
    return text


def parse_checkpoint(text: str, note: str = "") -> Checkpoint:
    """A checkpoint from the text of a note (open the note first).

    Raises:
        InputError: ``checkpoint.format``.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "" or "" in lines:
        raise InputError("checkpoint.format", "A checkpoint has at least three lines, and none is empty.")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
        raise InputError("checkpoint.format", f"{size[:40]!r} is not the size of a log.")
    decoded = decode_base64(root, "checkpoint.format")
    if len(decoded) != HASH_BYTES:
        raise InputError("checkpoint.format", f"The root has {len(decoded)} bytes instead of {HASH_BYTES}.")
    return Checkpoint(origin, int(size), decoded, tuple(extensions), note)


def open_checkpoint(data: bytes, known: Sequence[KnownKey], origin: str) -> Checkpoint:
    """A checkpoint that is signed by a known key and is of the log `origin`.

    Raises:
        InputError: ``note.format`` or ``checkpoint.format``.
        IntegrityError: as `open_note`, or ``checkpoint.origin`` for another log's checkpoint.
    """
    opened = open_note(data, known)
    checkpoint = parse_checkpoint(opened.text, data.decode("utf-8"))
    if checkpoint.origin != origin:
        raise IntegrityError(
            "checkpoint.origin", f"The checkpoint is of {checkpoint.origin[:80]!r}, not of {origin!r}."
        )
    return checkpoint


def _parse_signature(line: str) -> Signature:
    if not line.startswith(_DASH):
        raise InputError("note.format", "A signature line does not begin with an em dash and a space.")
    name, _, encoded = line[len(_DASH) :].partition(" ")
    try:
        check_name(name)
    except InputError as error:
        raise InputError("note.format", "A signature line has no valid key name.") from error
    value = decode_base64(encoded, "note.format")
    if len(value) <= KEY_ID_BYTES:
        raise InputError("note.format", "A signature is too short.")
    return Signature(name, value[:KEY_ID_BYTES], value[KEY_ID_BYTES:])


def decode_base64(text: str, code: str) -> bytes:
    """Standard Base64 (RFC 4648 section 4), padded, and in the one spelling that encoding gives.

    Raises:
        InputError: with `code`.
    """
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise InputError(code, "This is not Base64.") from error
    if base64.b64encode(value).decode("ascii") != text:
        raise InputError(code, "This Base64 is not in its canonical spelling.")
    return value
