"""Our own fenced block in a robots.txt that is somebody else's: put in, renewed, taken away.

Every byte outside the block stays as it was (`formats.fence`). The block stands at the end: what an earlier group
leaves open is closed first, so that nothing foreign is joined to our groups or ours to theirs.

Our general group ends with an empty ``Disallow:``, which forbids nothing. Without it a reader that knows RFC 9309
alone would skip our preference lines and join ``User-agent: *`` to the group of the AI crawlers that follows, and
so shut everybody out. It is not ``Allow: /``, which would win over a ``Disallow: /`` of the site's own.

A crawler that has a group of its own never sees the general one, so foreign groups are named beside ``*`` and the
preferences hold for them too; the groups of those that are kept out of some paths only repeat them. ``License``
(RSL 1.0) stands inside our groups: behind somebody else's it would be read as theirs.
"""

from dataclasses import dataclass, replace
from typing import Final

from tacenda.core.preference import Dimension, Preference
from tacenda.errors import InputError
from tacenda.formats.aipref import render_usage
from tacenda.formats.content_signal import ContentSignal, render_content_signal
from tacenda.formats.fence import comment, not_text, remove_fence, render_fence
from tacenda.formats.robots import EVERYONE, MAX_BYTES, Group, Rule, UsageRule, parse, render, valid_token

WHOLE_SITE: Final = ("/",)
_TOO_LARGE: Final = "The file would be longer than the 500 KiB that crawlers read."
_USAGE: Final = (
    ("train-ai", Dimension.TRAIN_GEN),
    ("ai-use", Dimension.AI_INPUT),
    ("search", Dimension.SEARCH),
)
_SIGNAL: Final = (
    ("search", Dimension.SEARCH),
    ("ai-input", Dimension.AI_INPUT),
    ("ai-train", Dimension.TRAIN_ANY),
)


@dataclass(frozen=True, slots=True)
class Block:
    """What the block says.

    Attributes:
        id, version: of the declaration.
        comments: lines that follow the fence, ASCII.
        denied: the dimensions that are denied to everyone.
        tokens: AI crawlers to be kept out of `paths`.
        also: crawlers that have groups of their own in the file, and so would not see the general group.
        paths: patterns of what the declaration reaches; ``Content-Signal`` is written for the whole site only.
        extent: the `use` key of ``Content-Signal``, or empty.
        licence_url: address of ``rsl.xml``, or empty.
    """

    id: str
    version: int
    comments: tuple[str, ...]
    denied: frozenset[Dimension]
    tokens: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    paths: tuple[str, ...] = WHOLE_SITE
    extent: str = ""
    licence_url: str = ""


def render_block(block: Block, *, close_group: bool = False, joined: bool = False) -> bytes:
    """The block with its fences. Tokens that RFC 9309 does not allow stand in a last group of their own.

    Args:
        close_group: put an empty ``Disallow:`` first, which closes a group that was left open and forbids nothing.
        joined: the line before it had no end, so one was put in.
    """
    lines = [comment(text) for text in block.comments]
    if close_group:
        lines += ["# Closes the group above, which was left open; forbids nothing.", "Disallow:", ""]
    groups = _groups(block)
    if groups:
        lines += render(groups).rstrip("\n").split("\n")
    return render_fence(block.id, block.version, lines, joined=joined)


def put_block(existing: bytes, block: Block) -> bytes:
    """`existing` with the block at its end; an older version of the block is taken away first.

    Raises:
        ConflictError: ``fence.damaged`` for a fence that somebody damaged.
        InputError: ``robots.size``, ``fence.encoding``: the file is not changed.
    """
    foreign = remove_block(existing, block.id)
    not_text(foreign)
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
        ConflictError: ``fence.damaged`` when a fence stands without its other half, or twice.
    """
    return remove_fence(existing, name)


def has_block(existing: bytes, name: str) -> bool:
    return remove_block(existing, name) != existing


def _groups(block: Block) -> list[Group]:
    usage = render_usage({label: Preference.DENY for label, asked in _USAGE if asked in block.denied})
    whole = block.paths == WHOLE_SITE
    signal = ContentSignal({key: Preference.DENY for key, asked in _SIGNAL if asked in block.denied}, block.extent)
    patterns = [b""] if whole else [path.encode("ascii") for path in block.paths]
    said = Group(
        (EVERYONE, *block.also),
        rules=(Rule(False, b""),),
        usages=tuple(UsageRule(pattern, usage) for pattern in patterns) if usage else (),
        signals=(render_content_signal(signal),) if whole and signal.preferences else (),
        licences=(block.licence_url,) if block.licence_url else (),
    )
    groups = [said] if said.usages or said.signals else []
    shut_out = tuple(Rule(False, path.encode("ascii")) for path in block.paths)
    for good in (True, False):
        tokens = tuple(token for token in block.tokens if valid_token(token) is good)
        if tokens:
            groups.append(
                Group(tokens, shut_out) if whole else replace(said, agents=tokens, rules=shut_out, signals=())
            )
    return groups
