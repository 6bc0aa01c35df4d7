"""JSON values as texts, and the elements of an array that comes in pieces."""

import json
from collections.abc import Iterator
from typing import Any, Final

from tacenda.errors import InputError

MAX_ELEMENT: Final = 16 << 20
_SPACE: Final = " \t\r\n"
_DECODER: Final = json.JSONDecoder()


def flatten(document: Any) -> dict[str, str]:
    """The fields of one JSON object as texts; objects inside it one level deep, as ``outer.inner``.

    Lists become their plain members joined by ``; ``; deeper objects are left out; null is an empty text.
    """
    flat: dict[str, str] = {}
    for key, value in document.items():
        if isinstance(value, dict):
            for inner, below in value.items():
                if not isinstance(below, dict):
                    flat[f"{key}.{inner}"] = plain(below)
        else:
            flat[key] = plain(value)
    return flat


def plain(value: Any) -> str:
    """One JSON value as text."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(plain(member) for member in value if not isinstance(member, dict | list))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def elements(pieces: Iterator[str], name: str) -> Iterator[tuple[Any, str]]:
    """The elements of an array that comes in pieces, each with its own text.

    Raises:
        InputError: ``corpus.json`` where no element can be made out.
    """
    text, count = "", 0
    opened = False
    for piece in pieces:
        text += piece
        at = 0
        if not opened and text.strip(_SPACE):
            opened, at = True, _past_space(text, 0) + 1
        while opened:
            start = _past_space(text, at)
            if count and text[start : start + 1] == ",":
                start = _past_space(text, start + 1)
            if text[start : start + 1] == "]":
                return
            element, end = _element(text, start)
            if end == 0:
                break
            yield element, text[start:end]
            at = end
            count += 1
        text = text[at:]
        if len(text) > MAX_ELEMENT + len(piece):
            break
    raise _broken(name, count)


def _element(text: str, start: int) -> tuple[Any, int]:
    """The element at `start` and where it ends, or 0 if it is not whole: what follows must show its end."""
    try:
        element, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, 0
    after = _past_space(text, end)
    return element, end if text[after : after + 1] in (",", "]") else 0


def _past_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _broken(name: str, count: int) -> InputError:
    return InputError(
        "corpus.json",
        f"The JSON array breaks off after element {count}: what follows is not JSON, or longer than 16 MiB.",
        hint="Write one object a line, so that a broken one harms no other: jq -c '.[]' FILE > FILE.jsonl",
        where=f"{name}:{count + 1}",
    )
