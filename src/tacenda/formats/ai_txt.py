"""``ai.txt`` (Spawning, May 2023): a robots.txt grammar that is asked when media are fetched for training.

The convention has no public grammar; this follows published examples: one general group, a pattern for each file
ending (``*.mp3``), and ``/`` for all the rest. It knows one question only, training of any model, and is written
only where that is reserved. Reading goes by `formats.robots`, where a pattern without a leading slash holds for
any path.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tacenda.core.vocabulary import Layer
from tacenda.formats.fence import comment, not_text, remove_fence, render_fence
from tacenda.formats.robots import EVERYONE, Group, Rule, parse, render

ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "audio": ("aac", "aif", "aiff", "alac", "flac", "m4a", "mp3", "oga", "ogg", "opus", "wav", "wma"),
    "text": ("csv", "doc", "docx", "lrc", "pdf", "ttml", "txt"),
    "image": ("avif", "gif", "jpeg", "jpg", "png", "svg", "tif", "tiff", "webp"),
    "video": ("avi", "m4v", "mkv", "mov", "mp4", "mpeg", "ogv", "webm"),
    "score": ("mid", "midi", "musicxml", "mxl"),
}
_OF_LAYER: Final[Mapping[Layer, tuple[str, ...]]] = {
    Layer.RECORDING: ("audio",),
    Layer.PERFORMANCE: ("audio", "video"),
    Layer.WORK: ("audio", "score", "text", "video"),
    Layer.LYRICS: ("text",),
    Layer.ARTWORK: ("image",),
    Layer.VIDEO: ("video",),
    Layer.DATA: ("text",),
    Layer.LIKENESS: ("audio", "image", "video"),
}


@dataclass(frozen=True, slots=True)
class AiTxt:
    """Our block of an ai.txt: the patterns that are not to be used for training."""

    id: str
    version: int
    comments: tuple[str, ...]
    patterns: tuple[str, ...]


def media_endings(layers: frozenset[Layer]) -> tuple[str, ...]:
    """The file endings in which the layers are found, sorted."""
    kinds = {kind for layer in layers for kind in _OF_LAYER[layer]}
    return tuple(sorted({ending for kind in kinds for ending in ENDINGS[kind]}))


def training_patterns(paths: Sequence[str], endings: Sequence[str], *, only: bool = False) -> tuple[str, ...]:
    """Patterns for media below `paths`, then, unless it is `only` about these media, the paths themselves.

    A path that ends in ``$`` names single files already, and stands as it is.
    """
    open_paths = [path.rstrip("*") if path != "/" else "" for path in paths if not path.endswith("$")]
    media = [f"{path}*.{ending}" for path in open_paths for ending in endings]
    return (*media, *(path for path in paths if not only or path.endswith("$")))


def put_ai_txt(existing: bytes, block: AiTxt) -> bytes:
    """`existing` with the block at its end; groups above it are closed first, and named ones told too.

    Raises:
        ConflictError, InputError: as `formats.fence`.
    """
    foreign = remove_fence(existing, block.id)
    not_text(foreign)
    elsewhere = parse(foreign)
    named = sorted({agent for group in elsewhere.groups for agent in group.agents} - {EVERYONE})
    rules = tuple(Rule(False, pattern.encode("ascii")) for pattern in block.patterns)
    lines = [comment(text) for text in block.comments]
    if elsewhere.open_end:
        lines += ["# Closes the group above, which was left open; forbids nothing.", "Disallow:", ""]
    lines += render([Group((EVERYONE, *named), rules)]).rstrip("\n").split("\n")
    unended = bool(foreign) and not foreign.endswith((b"\n", b"\r"))
    return foreign + (b"\n" if unended else b"") + render_fence(block.id, block.version, lines, joined=unended)


def may_train(data: bytes, path: str, token: str = "") -> bool:
    """Whether an ai.txt lets `path` be used for training by `token`; what no rule reaches, it does."""
    return parse(data).may_crawl(token or "anyone", path)
