"""The bytes that are signed: RFC 8785 (JSON Canonicalization Scheme), without floating point.

Numbers are integers within plus or minus 2**53 - 1 only: amounts, counts and shares are written as integers or
strings, so no two programs can disagree about a digit. Keys are sorted by UTF-16 code units, as the RFC says.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tacenda.errors import InputError

MAX_SAFE_INTEGER: Final = 2**53 - 1
MAX_DEPTH: Final = 64


def canonical_bytes(value: Any) -> bytes:
    """`value` (dict, list, str, int, bool, None) as canonical UTF-8.

    >>> canonical_bytes({"b": [1, True, None], "a": "\\u20ac"})
    b'{"a":"\\xe2\\x82\\xac","b":[1,true,null]}'

    Raises:
        InputError: for a float, an integer beyond 2**53 - 1, a lone surrogate, a key that is no string, another
            type, or nesting deeper than 64.
    """
    pieces: list[str] = []
    _write(value, pieces, 0)
    try:
        return "".join(pieces).encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError("canonical.surrogate", "A text holds half a character (a lone surrogate).") from error


def digest_of(value: Any) -> str:
    """SHA-256 of the canonical bytes, as 64 lower-case hex digits."""
    return sha256_hex(canonical_bytes(value))


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write(value: Any, pieces: list[str], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise InputError("canonical.depth", f"The document is nested deeper than {MAX_DEPTH}.")
    if value is None or isinstance(value, bool | str):
        pieces.append(json.dumps(value, ensure_ascii=False))
    elif isinstance(value, int):
        if abs(value) > MAX_SAFE_INTEGER:
            raise InputError("canonical.integer", f"{value} is beyond 2**53 - 1.", hint="Write it as text.")
        pieces.append(str(value))
    elif isinstance(value, Mapping):
        _write_object(value, pieces, depth)
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        pieces.append("[")
        for place, item in enumerate(value):
            if place:
                pieces.append(",")
            _write(item, pieces, depth + 1)
        pieces.append("]")
    else:
        raise InputError(
            "canonical.type", f"A {type(value).__name__} has no canonical form.", hint="Use text or an integer."
        )


def _write_object(value: Mapping[Any, Any], pieces: list[str], depth: int) -> None:
    for key in value:
        if not isinstance(key, str):
            raise InputError("canonical.key", f"The key {key!r} is not a text.")
    pieces.append("{")
    for place, key in enumerate(sorted(value, key=lambda k: k.encode("utf-16-be", "surrogatepass"))):
        if place:
            pieces.append(",")
        pieces.append(json.dumps(key, ensure_ascii=False))
        pieces.append(":")
        _write(value[key], pieces, depth + 1)
    pieces.append("}")
