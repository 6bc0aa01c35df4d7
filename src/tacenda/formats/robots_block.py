"""Our own fenced block in a robots.txt that is somebody else's: put in, renewed, taken away.

Every byte outside the block stays as it was, whatever its line endings; taking the block away gives back the file
that was there before. The block stands at the end: what an earlier group leaves open is closed first, so that
nothing foreign is joined to our groups or ours to theirs.

Our general group ends with an empty ``Disallow:``, which forbids nothing. Without it a reader that knows RFC 9309
alone would skip our preference lines and join ``User-agent: *`` to the group of the AI crawlers that follows, and
so shut everybody out. It is not ``Allow: /``, which would win over a ``Disallow: /`` of the site's own.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from tacenda.core.preference import Dimension
from tacenda.errors import ConflictError, InputError
from tacenda.formats.robots import EVERYONE, MAX_BYTES, Group, Rule, UsageRule, parse, render, valid_token

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,80}", re.ASCII)
_COMMENT: Final = re.compile(r"[ -~]*", re.ASCII)
_JOINED: Final = " after an unended line"
_TOO_LARGE: Final = "The file would be longer than the 500 KiB that crawlers read."


@dataclass(frozen=True, slots=True)
class Block:
    """What the block says.

    Attributes:
        id, version: of the declaration.
        comments: lines that follow the fence, ASCII.
        denied: the dimensions that are denied to everyone.
        tokens: AI crawlers to be kept out altogether.
        also: crawlers that have groups of their own in the file, and so would not see the general group.
    """

    id: str
    version: int
    comments: tuple[str, ...]
    denied: frozenset[Dimension]
    tokens: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


def render_block(block: Block, *, close_group: bool = False, joined: bool = False) -> bytes:
    """The block with its fences. Tokens that RFC 9309 does not allow stand in a last group of their own.

    Args:
        close_group: put an empty ``Disallow:`` first, which closes a group that was left open and forbids nothing.
        joined: the line before it had no end, so one was put in.
    """
    if not _NAME.fullmatch(block.id):
        raise InputError("robots.id", f"{block.id[:80]!r} cannot stand in a robots.txt.")
    lines = [f"# BEGIN tacenda {block.id} v{block.version}{_JOINED if joined else ''}"]
    lines += [f"# {_printable(comment)}".rstrip() for comment in block.comments]
    if close_group:
        lines += ["# Closes the group above, which was left open; forbids nothing.", "Disallow:", ""]
    groups = _groups(block)
    body = render(groups).rstrip("\n").split("\n") if groups else []
    return ("\n".join([*lines, *body, f"# END tacenda {block.id}"]) + "\n").encode("ascii")


def put_block(existing: bytes, block: Block) -> bytes:
    """`existing` with the block at its end; an older version of the block is taken away first.

    Raises:
        ConflictError: ``robots.fence`` for a fence that somebody damaged.
        InputError: ``robots.size``, ``robots.encoding``: the file is not changed.
    """
    foreign = remove_block(existing, block.id)
    if b"\x00" in foreign or foreign.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("robots.encoding", "This robots.txt is not UTF-8 text.", hint="Save it as UTF-8 first.")
    elsewhere = parse(foreign)
    ours = {token.lower() for token in block.tokens}
    named = sorted({agent for group in elsewhere.groups for agent in group.agents} - ours - {EVERYONE})
    unended = bool(foreign) and not foreign.endswith((b"\n", b"\r"))
    complete = replace(block, also=tuple(named))
    rendered = render_block(complete, close_group=elsewhere.open_end, joined=unended)
    whole = foreign + (b"\n" if unended else b"") + rendered
    if len(whole) > MAX_BYTES:
        raise InputError("robots.size", _TOO_LARGE, hint="Shorten the rest of the file.")
    return whole


def remove_block(existing: bytes, name: str) -> bytes:
    """`existing` without the block of the declaration `name`: byte for byte what was there without it.

    Raises:
        ConflictError: ``robots.fence`` when a fence stands without its other half, or twice.
    """
    escaped = re.escape(name.encode("ascii"))
    start = rb"(?:\A|(?<=[\r\n]))"
    joined = re.escape(_JOINED.encode())
    begins = list(
        re.finditer(start + rb"# BEGIN tacenda %s v[0-9]{1,9}(%s)?(?=[\r\n])" % (escaped, joined), existing)
    )
    ends = list(re.finditer(start + rb"# END tacenda %s(?:\r\n|\r|\n|\Z)" % escaped, existing))
    if not begins and not ends:
        return existing
    if len(begins) != 1 or len(ends) != 1 or ends[0].start() < begins[0].end():
        raise ConflictError(
            "robots.fence",
            f"The fence of {name} in this robots.txt was damaged.",
            hint="Remove what is left between the BEGIN and END lines by hand, and write again.",
        )
    first = begins[0].start()
    if begins[0].group(1):
        first -= 2 if existing[:first].endswith(b"\r\n") else 1
    return existing[: max(first, 0)] + existing[ends[0].end() :]


def has_block(existing: bytes, name: str) -> bool:
    return remove_block(existing, name) != existing


def _groups(block: Block) -> list[Group]:
    said = block.denied
    usage = [
        f"{label}=n"
        for label, dimension in (
            ("train-ai", Dimension.TRAIN_GEN),
            ("ai-use", Dimension.AI_INPUT),
            ("search", Dimension.SEARCH),
        )
        if dimension in said
    ]
    signal = [
        f"{key}=no"
        for key, dimension in (
            ("search", Dimension.SEARCH),
            ("ai-input", Dimension.AI_INPUT),
            ("ai-train", Dimension.TRAIN_ANY),
        )
        if dimension in said
    ]
    groups = []
    if usage or signal:
        groups.append(
            Group(
                (EVERYONE, *block.also),
                rules=(Rule(False, b""),),
                usages=(UsageRule(b"", ", ".join(usage)),) if usage else (),
                signals=(", ".join(signal),) if signal else (),
            )
        )
    shut_out = (Rule(False, b"/"),)
    for good in (True, False):
        tokens = tuple(token for token in block.tokens if valid_token(token) is good)
        if tokens:
            groups.append(Group(tokens, rules=shut_out))
    return groups


def _printable(comment: str) -> str:
    """ASCII only, and nothing that ends a line: a name in a comment must not become a rule."""
    safe = "".join(letter if _COMMENT.fullmatch(letter) else "?" for letter in comment)
    return safe[:300]
