"""JSON of a stranger, read with limits: size, depth, no duplicate key, no NaN or Infinity (F46)."""

import json
from typing import Any, Final, NoReturn

from tacenda.errors import InputError

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 64


def parse_json(data: bytes, *, limit: int = MAX_BYTES) -> Any:
    """The value.

    Raises:
        InputError: ``json.size``, ``json.encoding``, ``json.depth``, ``json.duplicate``, ``json.number`` or
            ``json.syntax``.
    """
    if len(data) > limit:
        raise InputError("json.size", f"The file has {len(data):,} bytes; at most {limit:,} are read.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("json.encoding", "The file is not UTF-8.") from error
    _check_depth(text)
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant, parse_int=_integer)
    except ValueError as error:
        raise InputError("json.syntax", f"This is not JSON: {error}.") from error


def _check_depth(text: str) -> None:
    depth, quoted, escaped = 0, False, False
    for letter in text:
        if quoted:
            quoted, escaped = escaped or letter != '"', not escaped and letter == "\\"
        elif letter == '"':
            quoted = True
        elif letter in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise InputError("json.depth", f"It is nested deeper than {MAX_DEPTH}.")
        elif letter in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise InputError("json.duplicate", f"The key {key[:80]!r} stands twice.")
        made[key] = value
    return made


def _no_constant(word: str) -> NoReturn:
    raise InputError("json.number", f"{word} is not JSON.")


def _integer(digits: str) -> int:
    if len(digits) > 20:
        raise InputError("json.number", "A number has more than 20 digits.")
    return int(digits)
