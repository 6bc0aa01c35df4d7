"""What differs between what was published and what was found, as lines a person can read; always short."""

import difflib
import json
import re
from collections.abc import Sequence
from typing import Any, Final

MOST_LINES: Final = 200
MOST_READ: Final = 2_000
LINE: Final = 240


def difference(published: Sequence[str], found: Sequence[str]) -> str:
    """A unified diff; each line cut at 240 characters, 2,000 lines of each side read, 200 lines shown.

    `difflib` costs at worst the product of both lengths: hence the limits before it, not after.
    """
    old, new = ([line[:LINE] for line in lines[:MOST_READ]] for lines in (published, found))
    lines = list(difflib.unified_diff(old, new, "published", "found", lineterm="", n=2))
    left = len(lines) - MOST_LINES
    text = "\n".join(lines[:MOST_LINES] + ([f"... {left} more lines"] if left > 0 else []))
    return text.encode("utf-8", "replace").decode("utf-8")  # JSON may hold half a character, which no record may


def text_lines(data: bytes) -> list[str]:
    """The lines of a text without its byte-order mark; bytes that are no UTF-8 show as replacement characters."""
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    return re.split(r"\r\n|\r|\n", text)


def json_lines(value: Any) -> list[str]:
    """A JSON value, a member to a line, by name."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).split("\n")


def holds_in_order(found: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether all of `wanted` stand in `found` in their order, others between them."""
    rest = iter(found)
    return all(line in rest for line in wanted)
