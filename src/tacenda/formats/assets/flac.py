"""FLAC files (RFC 9639): the Vorbis comment block changed, every other block and all frames as they were.

An ID3 tag before ``fLaC`` is read for a C2PA manifest (that is where c2pa-rs puts it) and otherwise left alone. A
padding block is not used, so that taking ours out gives the old bytes. Without a comment block one is made after
STREAMINFO, and goes with ours.
"""

from dataclasses import dataclass
from typing import Final

from tacenda.formats.assets import id3, vorbis
from tacenda.formats.assets.fields import Edit, Marking, Reading
from tacenda.formats.assets.source import Source, Splice, changed_only, malformed, unsupported

CONTAINER: Final = "FLAC"
MAGIC: Final = b"fLaC"
MAX_BLOCKS: Final = 10_000
MAX_BLOCK_BYTES: Final = (1 << 24) - 1
_STREAMINFO, _COMMENTS, _INVALID = 0, 4, 127


@dataclass(frozen=True, slots=True)
class Block:
    """A metadata block; `offset` is that of its header of four bytes."""

    kind: int
    last: bool
    offset: int
    length: int


def is_flac(source: Source) -> bool:
    return source.read(id3.tag_length(source), 4) == MAGIC


def read(source: Source) -> Reading:
    """What a FLAC file says."""
    prefix = id3.tag_length(source)
    manifest = False
    notes: tuple[str, ...] = ()
    if prefix:
        _, _, manifest, notes = id3.read_tag(id3.parse_tag(source.exactly(0, prefix, "The ID3 tag")))
    block = _comment_block(_blocks(source, prefix))
    if block is None:
        return Reading(CONTAINER, manifest=manifest, notes=notes)
    comments = vorbis.parse_comments(_data(source, block), block.offset + 4)
    statements, fence = vorbis.read_comments(comments, block.offset)
    return Reading(CONTAINER, statements, fence, manifest, notes)


def write(source: Source, marking: Marking | None) -> Edit:
    """The change that puts `marking` in, or takes ours out when it is None.

    Raises:
        ConflictError: ``asset.contradicted``.
        InputError: ``asset.*``.
    """
    blocks = _blocks(source, id3.tag_length(source))
    block = _comment_block(blocks)
    old = vorbis.parse_comments(_data(source, block), block.offset + 4) if block else None
    fence = vorbis.fence_in(old) if old else None
    made = fence is not None and "block" in fence.made
    if marking is None:
        if old is None or block is None or fence is None:
            return Edit(())
        bare = vorbis.take_comments(old)
        if made and bare == vorbis.EMPTY:
            return Edit(_dropped(blocks, block))
        return Edit(_replaced(source, block, bare))
    reused = made and old is not None and vorbis.take_comments(old) == vorbis.EMPTY
    new, names, kept = vorbis.put_comments(
        old or vorbis.EMPTY, marking, made=("block",) if old is None or reused else ()
    )
    return Edit(_replaced(source, block, new) if block else _added(blocks[0], new), names, kept)


def _blocks(source: Source, start: int) -> list[Block]:
    if source.read(start, 4) != MAGIC:
        raise malformed("There is no FLAC stream here.", start)
    place = start + 4
    found: list[Block] = []
    while len(found) < MAX_BLOCKS:
        head = source.exactly(place, 4, "A FLAC metadata block")
        block = Block(head[0] & 0x7F, bool(head[0] & 0x80), place, int.from_bytes(head[1:], "big"))
        source.reaches(place + 4, block.length, "A FLAC metadata block")
        if (not found and block.kind != _STREAMINFO) or block.kind == _INVALID:
            raise malformed("The FLAC metadata blocks are out of order.", place)
        found.append(block)
        if block.last:
            return found
        place += 4 + block.length
    raise malformed(f"There are more than {MAX_BLOCKS} FLAC metadata blocks.", place)


def _comment_block(blocks: list[Block]) -> Block | None:
    return next((block for block in blocks if block.kind == _COMMENTS), None)


def _data(source: Source, block: Block) -> bytes:
    return source.exactly(block.offset + 4, block.length, "The Vorbis comments")


def _head(last: bool, length: int) -> bytes:
    if length > MAX_BLOCK_BYTES:
        raise unsupported("The Vorbis comments have no room: a FLAC block holds 16 MiB.")
    return bytes([_COMMENTS | (0x80 if last else 0)]) + length.to_bytes(3, "big")


def _replaced(source: Source, block: Block, comments: vorbis.Comments) -> tuple[Splice, ...]:
    data = comments.render()
    splice = Splice(block.offset, 4 + block.length, _head(block.last, len(data)) + data)
    return changed_only(source, [splice])


def _added(first: Block, comments: vorbis.Comments) -> tuple[Splice, ...]:
    data = comments.render()
    new = Splice(first.offset + 4 + first.length, 0, _head(first.last, len(data)) + data)
    return (Splice(first.offset, 1, bytes([_STREAMINFO])), new) if first.last else (new,)


def _dropped(blocks: list[Block], block: Block) -> tuple[Splice, ...]:
    gone = Splice(block.offset, 4 + block.length, b"")
    before = blocks[blocks.index(block) - 1]
    return (Splice(before.offset, 1, bytes([before.kind | 0x80])), gone) if block.last else (gone,)
