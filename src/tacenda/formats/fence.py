"""Our fenced block in a text file that is somebody else's: put in, renewed, taken away, byte for byte.

The fences are comment lines of their own, ``# BEGIN tacenda <id> v<n>`` and ``# END tacenda <id>``, in a syntax in
which ``#`` begins a comment: robots.txt, ai.txt, ``_headers``, nginx, Apache and Caddy. Every byte outside them
stays as it was, whatever its line endings. A block of an earlier version is renewed where it stands, or moved to
the end where order matters. Where the line before the block had no end, one is put in and taken away again with
the block, unless somebody has written on behind it: then it stays, so that two foreign lines never become one.

A damaged fence is never guessed at.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tacenda.errors import ConflictError, InputError

NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,80}", re.ASCII)
_JOINED: Final = " after an unended line"
_START: Final = rb"(?:\A|(?<=[\r\n]))"


@dataclass(frozen=True, slots=True)
class Fence:
    """Where a block stands: from its first octet to behind its last, and whether a line end was put before it."""

    first: int
    last: int
    joined: bool


def render_fence(name: str, version: int, lines: Sequence[str], *, joined: bool = False) -> bytes:
    """The lines between their fences.

    Raises:
        InputError: ``fence.id`` for an id that could break the fence, ``fence.line`` for a line that could.
    """
    if not NAME.fullmatch(name):
        raise InputError("fence.id", f"{name[:80]!r} cannot stand in a fence.")
    if any("\n" in line or "\r" in line or not line.isascii() for line in lines):
        raise InputError("fence.line", "A line of the block is not one line of ASCII.")
    head = f"# BEGIN tacenda {name} v{version}{_JOINED if joined else ''}"
    return ("\n".join([head, *lines, f"# END tacenda {name}"]) + "\n").encode("ascii")


def comment(text: str) -> str:
    """`text` as a comment line: printable ASCII only, so that nothing in a name ends the line."""
    return f"# {''.join(letter if ' ' <= letter <= '~' else '?' for letter in text)[:300]}".rstrip()


def find_fence(existing: bytes, name: str) -> Fence | None:
    """Our block in `existing`, or None.

    Raises:
        ConflictError: ``fence.damaged`` when a fence stands without its other half, or twice.
    """
    escaped, joined = re.escape(name.encode("ascii")), re.escape(_JOINED.encode())
    head = _START + rb"# BEGIN tacenda %s v[0-9]{1,9}(%s)?(?=[\r\n])" % (escaped, joined)
    begins = list(re.finditer(head, existing))
    ends = list(re.finditer(_START + rb"# END tacenda %s(?:\r\n|\r|\n|\Z)" % escaped, existing))
    if not begins and not ends:
        return None
    if len(begins) != 1 or len(ends) != 1 or ends[0].start() < begins[0].end():
        raise ConflictError(
            "fence.damaged",
            f"The fence of {name} in this file was damaged.",
            hint="Remove what is left between the BEGIN and END lines by hand, and write again.",
        )
    return Fence(begins[0].start(), ends[0].end(), bool(begins[0].group(1)))


def other_fences(existing: bytes, name: str) -> list[tuple[str, bytes]]:
    """Blocks of other declarations than `name`, with the ids of these; a damaged one is left out."""
    head = rb"# BEGIN tacenda ([a-z0-9][a-z0-9-]{0,80}) v[0-9]{1,9}[^\r\n]*[\r\n]"
    whole = _START + head + rb"(.*?)[\r\n]# END tacenda \1(?=[\r\n]|\Z)"
    found = re.finditer(whole, existing, re.DOTALL)
    return [(each[1].decode("ascii"), each[2]) for each in found if each[1].decode("ascii") != name]


def remove_fence(existing: bytes, name: str) -> bytes:
    """`existing` without the block of `name`: byte for byte what was there without it.

    Raises:
        ConflictError: as `find_fence`.
    """
    found = find_fence(existing, name)
    if found is None:
        return existing
    first, behind = found.first, existing[found.last :]
    if found.joined and not behind:
        first -= 2 if existing[:first].endswith(b"\r\n") else 1
    return existing[: max(first, 0)] + behind


def put_fence(existing: bytes, name: str, version: int, lines: Sequence[str]) -> bytes:
    """`existing` with the block: renewed where it stands, or else at the end.

    Raises:
        ConflictError: as `find_fence`.
        InputError: as `render_fence`; ``fence.encoding`` for a file that is not text in an extension of ASCII.
    """
    not_text(existing)
    found = find_fence(existing, name)
    if found is None:
        joined = bool(existing) and not existing.endswith((b"\n", b"\r"))
        return existing + (b"\n" if joined else b"") + render_fence(name, version, lines, joined=joined)
    block = render_fence(name, version, lines, joined=found.joined)
    return existing[: found.first] + block + existing[found.last :]


def not_text(existing: bytes) -> None:
    """Refuse what no line of ASCII can be added to.

    Raises:
        InputError: ``fence.encoding``.
    """
    if b"\x00" in existing or existing.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("fence.encoding", "This file is not UTF-8 text.", hint="Save it as UTF-8 first.")
