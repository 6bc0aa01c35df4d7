"""``noai`` and ``noimageai``: a convention of 2022, in ``X-Robots-Tag`` and in the robots meta element.

Read as Google's grammar for these places: in any case, divided by commas, with a crawler's name and a colon
before what is meant for it alone. ``noimageai`` speaks of images only. ``noml`` and the values of an expired
draft (draft-canel-robots-ai-control-00) are shown as apparent, and so is another spelling (``no-ai``);
``NoAI`` counts and is flagged, since readers that compare case do not see it.
"""

import re
from typing import Final

from tacenda.formats.signals.meaning import NOAI
from tacenda.formats.signals.statement import NOTHING, Asked, Saying, Standing, Statement, cut

PROTOCOL: Final = "noai"
VERSION: Final = "2022-11"
MAX_WORDS: Final = 40_000
_APPARENT: Final = frozenset(
    {"noml", "no-ai", "no_ai", "no ai", "noaitraining", "disallowaitraining", "no-ai-training"}
)
_CRAWLER: Final = re.compile(r"([a-z0-9_-]{1,60})[ \t]{0,8}:[ \t]{0,8}(.{0,200})", re.S)
_WITH_VALUE: Final = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})


def read_tag(
    value: str, asked: Asked, carrier: str, line: int, raw: bytes, audience: tuple[str, ...] = ()
) -> list[Statement]:
    """The statements of one value. A crawler's name holds for all words after it, up to the next name."""
    found: list[Statement] = []
    for part in value.split(",")[:MAX_WORDS]:
        word = part.strip(" \t\r\n")
        named = _CRAWLER.fullmatch(word.lower())
        if named and named.group(1) not in _WITH_VALUE:
            audience, word = (named.group(1),), word[-len(named.group(2)) :] if named.group(2) else ""
        made = _word(word.strip(), asked, carrier, line, raw, audience)
        if made:
            found.append(made)
    return found


def _word(
    word: str, asked: Asked, carrier: str, line: int, raw: bytes, audience: tuple[str, ...]
) -> Statement | None:
    plain, standing, term = word.lower(), Standing.STATED, word[:100]
    if plain in ("noai", "noimageai"):
        says = Saying(denies=NOAI, appears=NOAI if word != plain else NOTHING)
        if plain == "noimageai" and asked.media_type and not asked.media_type.startswith(("image/", "text/html")):
            standing = Standing.ELSEWHERE
    elif plain in _APPARENT:
        says, standing = Saying(appears=NOAI), Standing.APPARENT
    else:
        return None
    if not asked.reaches(audience):
        standing = Standing.ELSEWHERE
    return Statement(PROTOCOL, VERSION, carrier, asked.where, line, cut(raw), term, says, standing, audience)
