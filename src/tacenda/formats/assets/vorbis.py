"""Vorbis comments, as FLAC, Ogg Vorbis and Ogg Opus hold them: ours put in after the others, and taken out.

Written are ``TDM_RESERVATION``, ``TDM_POLICY`` (a convention of ours), ``LICENSE`` twice (the terms in words, and
their address; the field exists for this, and fields may repeat), and last our fence ``TACENDA``. Names are ASCII
without regard to case; values are UTF-8. Comments that break the rules stay as they are.
"""

from dataclasses import dataclass
from typing import Final

from tacenda.formats.assets import fields as f
from tacenda.formats.assets.fields import Fence, Marking, Statement
from tacenda.formats.assets.source import malformed

VENDOR: Final = b"tacenda"
_FENCE: Final = f.FENCE.encode() + b"="


@dataclass(frozen=True, slots=True)
class Comments:
    """A comment block: vendor, the comments as they stand, and what follows them (framing bit, Opus padding)."""

    vendor: bytes
    comments: tuple[bytes, ...]
    rest: bytes

    def render(self) -> bytes:
        parts = [len(self.vendor).to_bytes(4, "little"), self.vendor, len(self.comments).to_bytes(4, "little")]
        for comment in self.comments:
            parts += (len(comment).to_bytes(4, "little"), comment)
        return b"".join((*parts, self.rest))


EMPTY: Final = Comments(VENDOR, (), b"")


def parse_comments(data: bytes, offset: int = 0) -> Comments:
    """The block in `data`. Costs no more than the bytes that are there, whatever lengths are stated.

    Raises:
        InputError: ``asset.format``.
    """
    place = 0

    def number() -> int:
        nonlocal place
        if place + 4 > len(data):
            raise malformed("The Vorbis comments end before the length that they state.", offset + place)
        place += 4
        return int.from_bytes(data[place - 4 : place], "little")

    def piece() -> bytes:
        nonlocal place
        count = number()
        if place + count > len(data):
            raise malformed("A Vorbis comment is longer than its block.", offset + place)
        place += count
        return data[place - count : place]

    vendor = piece()
    count = number()
    if count * 4 > len(data) - place:
        raise malformed(f"There are said to be {count} Vorbis comments, more than fit.", offset + place)
    comments = tuple(piece() for _ in range(count))
    return Comments(vendor, comments, data[place:])


def read_comments(block: Comments, offset: int) -> tuple[tuple[Statement, ...], Fence | None]:
    """Statements and our fence."""
    statements: list[Statement] = []
    for comment in block.comments:
        name, mark, value = comment.partition(b"=")
        key = name.decode("ascii", "replace")
        if not mark:
            continue
        found = f.pair_statement(key, value, f"Vorbis {key.upper()[:60]}", offset)
        if found:
            statements.append(found)
        elif key.upper() in ("LICENSE", "COPYRIGHT"):
            statements.append(Statement("notice", f"Vorbis {key.upper()}", value[:4096], offset))
    return tuple(statements), fence_in(block)


def fence_in(block: Comments) -> Fence | None:
    found = (f.parse_fence(c[len(_FENCE) :].decode("ascii", "replace")) for c in block.comments if _is_fence(c))
    return next((fence for fence in found if fence), None)


def put_comments(
    block: Comments, marking: Marking, *, made: tuple[str, ...] = (), pages: tuple[int, ...] = ()
) -> tuple[Comments, tuple[str, ...], tuple[str, ...]]:
    """The block with ours in place of an older ours, names of our fields, and what was left to others.

    Raises:
        ConflictError: ``asset.contradicted``.
    """
    bare = take_comments(block)
    new: list[bytes] = []
    kept: list[str] = []
    names: list[str] = []
    for key, value in marking.pairs():
        theirs = [c for c in bare.comments if f.key_name(c.partition(b"=")[0].decode("latin-1")) == key]
        if theirs:
            words = [f.foreign_pair(key, c.partition(b"=")[2], value, f"Vorbis {key}") for c in theirs]
            kept += [word for word in words if word]
            continue
        name = key.replace("-", "_")
        new.append(name.encode("ascii") + b"=" + f.ascii_only(value, name))
        names.append(f"Vorbis {name}")
    for text in (marking.terms, marking.page_url):
        comment = b"LICENSE=" + text.encode("utf-8")
        if text and comment not in bare.comments:
            new.append(comment)
            names.append("Vorbis LICENSE")
    fence = f.fence_of(marking, [f.field_digest("comment", c) for c in new], made, pages)
    new.append(_FENCE + fence.text().encode("ascii"))
    return Comments(bare.vendor, (*bare.comments, *new), bare.rest), tuple(dict.fromkeys(names)), tuple(kept)


def take_comments(block: Comments) -> Comments:
    """The block without ours."""
    fence = fence_in(block)
    if fence is None:
        return block
    left = (c for c in block.comments if not _is_fence(c) and f.field_digest("comment", c) not in fence.fields)
    return Comments(block.vendor, tuple(left), block.rest)


def _is_fence(comment: bytes) -> bool:
    return comment.startswith(_FENCE + b'{"tacenda":1,')
