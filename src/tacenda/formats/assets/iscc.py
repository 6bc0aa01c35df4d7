"""ISCC codes of ISO 24138:2024, algorithm version 0: what a file is known by wherever it lies.

Covered, and checked against the published vectors: Meta-Code of a name with a description or with the bytes of
structured metadata, Text-Code, Audio-Code from Chromaprint features, Data-Code, Instance-Code, and their composite
ISCC-CODE. Not covered: Image-, Video-, Mixed- and Semantic-Code; and the making of Chromaprint features from
sound, for which a decoder and a fingerprinter are needed (``fpcalc -raw -json -signed -length 0``).

Data- and Instance-Code are of the bytes of a file, so a change of its tags changes them: take them of the file as
it is delivered. The Audio-Code is of the sound, and stays.
"""

import base64
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tacenda.errors import InputError
from tacenda.formats.assets import iscc_kernels as kernels

PREFIX: Final = "ISCC:"
MULTIHASH: Final = "1e20"
NAME_BYTES: Final = 128
DESCRIPTION_BYTES: Final = 4096
MAX_FEATURES: Final = 10_000_000
_TEXT_WINDOW, _META_WINDOW, _BYTE_WINDOW = 13, 3, 4


class Main(IntEnum):
    """MainTypes."""

    META = 0
    SEMANTIC = 1
    CONTENT = 2
    DATA = 3
    INSTANCE = 4
    ISCC = 5


class Content(IntEnum):
    """SubTypes of a Content-Code, and of an ISCC-CODE with one."""

    TEXT = 0
    IMAGE = 1
    AUDIO = 2
    VIDEO = 3
    MIXED = 4
    SUM = 5
    """An ISCC-CODE of Data- and Instance-Code alone."""
    NONE = 6
    """An ISCC-CODE with a Meta-Code and without a Content-Code."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One decoded ISCC unit."""

    main: Main
    sub: int
    digest: bytes

    def text(self) -> str:
        header = bytes([self.main << 4 | self.sub, len(self.digest) // 4 - 1])
        return PREFIX + _base32(header + self.digest)


# Which optional units an ISCC-CODE holds, by the number in its header.
_OPTIONAL: Final = (
    (),
    (Main.CONTENT,),
    (Main.SEMANTIC,),
    (Main.CONTENT, Main.SEMANTIC),
    (Main.META,),
    (Main.META, Main.CONTENT),
    (Main.META, Main.SEMANTIC),
    (Main.META, Main.SEMANTIC, Main.CONTENT),
)


def meta_code(name: str, description: str = "", bits: int = 64, *, meta: bytes = b"") -> str:
    """Meta-Code of a title and what tells it from others of the title; `meta` counts instead of the description.

    Raises:
        InputError: ``iscc.name`` when nothing is left of the name.
    """
    name = _trimmed(" ".join(_clean(name).split()), NAME_BYTES)
    description = _trimmed(_clean(description), DESCRIPTION_BYTES)
    if not name:
        raise InputError("iscc.name", "A Meta-Code needs a name.")
    digest = _text_similarity(name)
    if meta or description:
        pieces = [blake3(meta[i : i + _BYTE_WINDOW]) for i in range(max(1, len(meta) - _BYTE_WINDOW + 1))]
        other = _similarity(pieces, 32) if meta else _text_similarity(description)
        digest = b"".join(digest[i : i + 4] + other[i : i + 4] for i in range(0, 16, 4))
    return Unit(Main.META, 0, digest[: _bytes(bits)]).text()


def text_code(text: str, bits: int = 64) -> str:
    """Text-Code of plain text."""
    pieces = [window.encode("utf-8", "replace") for window in _windows(collapsed(text), _TEXT_WINDOW)]
    features = np.array([kernels.xxhash32(_array(p), 0, len(p)) for p in pieces], np.uint64)
    return Unit(Main.CONTENT, Content.TEXT, _minimum(features)[: _bytes(bits)]).text()


def audio_code(features: Sequence[int], bits: int = 64) -> str:
    """Audio-Code of signed 32-bit Chromaprint features: of all, of the quarters, of the sorted thirds."""
    if len(features) > MAX_FEATURES:
        raise InputError("iscc.features", f"There are more than {MAX_FEATURES:,} features.")
    if not all(-(1 << 31) <= value < 1 << 31 for value in features):
        raise InputError("iscc.features", "A feature is no signed 32-bit number.")
    parts = [list(features), *_divided(features, 4), *_divided(sorted(features), 3)]
    digest = b"".join(_similarity([v.to_bytes(4, "big", signed=True) for v in part], 4) for part in parts)
    return Unit(Main.CONTENT, Content.AUDIO, digest[: _bytes(bits)]).text()


def data_code(data: bytes | NDArray[np.uint8], bits: int = 64) -> str:
    """Data-Code of a file's bytes: alike for files that are alike."""
    features = kernels.chunk_features(_array(data), _tables()[0])
    return Unit(Main.DATA, 0, _minimum(features)[: _bytes(bits)]).text()


def instance_code(data: bytes | NDArray[np.uint8], bits: int = 64) -> str:
    """Instance-Code of a file's bytes: the same for the same bytes alone."""
    return Unit(Main.INSTANCE, 0, blake3(data)[: _bytes(bits)]).text()


def data_hash(data: bytes | NDArray[np.uint8]) -> str:
    """BLAKE3 of the bytes as a multihash in hexadecimal."""
    return MULTIHASH + blake3(data).hex()


def iscc_code(units: Sequence[str]) -> str:
    """The composite of units, which hold Data- and Instance-Code; 64 bits of each.

    Raises:
        InputError: ``iscc.units``.
    """
    found = {unit.main: unit for unit in map(parse_unit, units)}
    if len(found) != len(units) or not {Main.DATA, Main.INSTANCE} <= found.keys():
        raise InputError(
            "iscc.units", "An ISCC-CODE is of one Data- and one Instance-Code, and one of each other."
        )
    optional = tuple(main for main in (Main.META, Main.SEMANTIC, Main.CONTENT) if main in found)
    number = next((i for i, kinds in enumerate(_OPTIONAL) if set(kinds) == set(optional)), None)
    subs = {found[main].sub for main in (Main.SEMANTIC, Main.CONTENT) if main in found}
    if number is None or len(subs) > 1:
        raise InputError("iscc.units", "These units make no ISCC-CODE.")
    sub = subs.pop() if subs else Content.NONE if optional else Content.SUM
    order = (*optional, Main.DATA, Main.INSTANCE)
    if any(len(found[main].digest) < 8 for main in order):
        raise InputError("iscc.units", "A unit is shorter than 64 bits.")
    header = bytes([Main.ISCC << 4 | sub, number])
    return PREFIX + _base32(header + b"".join(found[main].digest[:8] for main in order))


def parse_unit(text: str) -> Unit:
    """An ISCC unit of version 0.

    Raises:
        InputError: ``iscc.format``.
    """
    plain = text.strip().removeprefix(PREFIX)
    try:
        raw = base64.b32decode(plain + "=" * (-len(plain) % 8))
    except ValueError as error:
        raise InputError("iscc.format", f"{text[:80]!r} is no ISCC.") from error
    if len(raw) < 6 or raw[0] >> 4 > Main.INSTANCE or raw[1] >> 4 or (raw[1] & 15) * 4 + 4 != len(raw) - 2:
        raise InputError("iscc.format", f"{text[:80]!r} is no ISCC unit of version 0.")
    return Unit(Main(raw[0] >> 4), raw[0] & 15, raw[2:])


def distance(one: str, other: str) -> int:
    """Bits in which two units of one type and length differ.

    Raises:
        InputError: ``iscc.compare``, ``iscc.format``.
    """
    a, b = parse_unit(one), parse_unit(other)
    if (a.main, a.sub, len(a.digest)) != (b.main, b.sub, len(b.digest)):
        raise InputError("iscc.compare", "Only units of one type and length can be compared.")
    return (int.from_bytes(a.digest, "big") ^ int.from_bytes(b.digest, "big")).bit_count()


def collapsed(text: str) -> str:
    """Text as it is compared: decomposed, lower case, without spaces, controls, marks and punctuation; NFKC."""
    plain = "".join(unicodedata.normalize("NFD", text).split()).lower()
    kept = (mark for mark in plain if unicodedata.category(mark)[0] not in "CMP")
    return unicodedata.normalize("NFKC", "".join(kept))


def blake3(data: bytes | NDArray[np.uint8]) -> bytes:
    """BLAKE3, 32 bytes."""
    words: NDArray[np.uint32] = kernels.blake3(_array(data))
    return words.astype("<u4").tobytes()


def _array(data: bytes | NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.frombuffer(data, np.uint8) if isinstance(data, bytes) else np.asarray(data)


def _minimum(features: NDArray[np.uint64]) -> bytes:
    _, a, b = _tables()
    return bytes(kernels.minimum_hash(features, a, b))


def _text_similarity(text: str) -> bytes:
    return _similarity([blake3(w.encode("utf-8")) for w in _windows(collapsed(text), _META_WINDOW)], 32)


def _similarity(digests: Sequence[bytes], width: int) -> bytes:
    """Each bit as in at least half of the digests; zeros of none."""
    if not digests:
        return bytes(width)
    bits = np.unpackbits(np.frombuffer(b"".join(digests), np.uint8).reshape(len(digests), width), axis=1)
    return np.packbits(bits.sum(axis=0) * 2 >= len(digests)).tobytes()


def _windows(text: str, width: int) -> list[str]:
    return [text[i : i + width] for i in range(max(1, len(text) - width + 1))]


def _divided(values: Sequence[int], parts: int) -> list[Sequence[int]]:
    """`values` in `parts` runs, the first ones longer by one where it does not come out even."""
    size, more = divmod(len(values), parts)
    starts = [i * size + min(i, more) for i in range(parts + 1)]
    return [values[starts[i] : starts[i + 1]] for i in range(parts)]


def _clean(text: str) -> str:
    """NFKC without controls but line ends, at most two of these together."""
    kept = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c)[0] != "C" or c in _LINE_ENDS)
    found: list[str] = []
    for mark in kept:
        if mark not in _LINE_ENDS:
            found.append(mark)
        elif found[-2:] != ["\n", "\n"]:
            found.append("\n")
    return "".join(found).strip()


_LINE_ENDS: Final = frozenset("\n\v\f\r\x85\u2028\u2029")


def _trimmed(text: str, count: int) -> str:
    return text.encode("utf-8", "replace")[:count].decode("utf-8", "ignore").strip()


def _bytes(bits: int) -> int:
    if bits % 32 or not 32 <= bits <= 256:
        raise InputError("iscc.bits", f"{bits} bits are none of 32, 64 and so on to 256.")
    return bits // 8


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=")


@lru_cache(maxsize=1)
def _tables() -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.uint64]]:
    """Gear table, factors and summands, from ``data/iscc.txt``."""
    rows: dict[str, list[int]] = {"gear": [], "a": [], "b": []}
    for line in resources.files("tacenda.data").joinpath("iscc.txt").read_text(encoding="ascii").splitlines():
        name, *numbers = line.split()
        if name in rows:
            rows[name] += [int(number, 16) for number in numbers]
    return np.array(rows["gear"], np.int64), np.array(rows["a"], np.uint64), np.array(rows["b"], np.uint64)
