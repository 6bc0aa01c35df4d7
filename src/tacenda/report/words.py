"""How strangers' words, numbers and dates are shown in a report."""

import re
from datetime import date
from difflib import SequenceMatcher
from typing import Final

_MONTHS: Final = "January February March April May June July August September October November December".split()
# Controls, and the marks by which a text could turn the direction of the line around it (F62).
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_TOKEN: Final = re.compile(r"\w+|\W+")


def shown(text: object) -> str:
    """The text with every unseen or direction-turning character made visible, such as ``[U+202E]``.

    >>> shown("abc\\u202edef")
    'abc[U+202E]def'
    """
    return _UNSEEN.sub(lambda found: f"[U+{ord(found.group()):04X}]", str(text))


def number(value: int) -> str:
    """An integer with thin commas: ``1,241``."""
    return f"{value:,}"


def share(part: int, whole: int) -> str:
    """A percentage that is never rounded to all or nothing.

    >>> share(1, 3), share(1, 100000), share(99999, 100000), share(0, 5)
    ('33.3 %', 'under 0.1 %', 'over 99.9 %', '0 %')
    """
    if not whole or not part:
        return "0 %"
    if part == whole:
        return "100 %"
    percent = 100 * part / whole
    if percent < 0.1:
        return "under 0.1 %"
    if percent > 99.9:
        return "over 99.9 %"
    return f"{percent:.1f} %"


def long_date(iso: str) -> str:
    """``22 November 2026`` for an ISO date or instant; the text itself where it is neither."""
    try:
        day = date.fromisoformat(iso[:10])
    except ValueError:
        return iso
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def differences(mine: str, theirs: str) -> list[tuple[str, bool]]:
    """`mine` in pieces, each with whether it differs from `theirs`; case and punctuation alone make no difference.

    >>> differences("Help! (Live)", "HELP!")
    [('Help! (', False), ('Live', True), (')', False)]
    """
    tokens = _TOKEN.findall(mine[:500])
    own = [(place, token.casefold()) for place, token in enumerate(tokens) if re.match(r"\w", token)]
    other = [token.casefold() for token in _TOKEN.findall(theirs[:500]) if re.match(r"\w", token)]
    same: set[int] = set()
    for block in SequenceMatcher(None, [word for _, word in own], other, autojunk=False).get_matching_blocks():
        same.update(own[place][0] for place in range(block.a, block.a + block.size))
    differing = {place for place, _ in own} - same
    differing |= {place for place in range(1, len(tokens) - 1) if {place - 1, place + 1} <= differing}
    pieces: list[tuple[str, bool]] = []
    for place, token in enumerate(tokens):
        differs = place in differing
        if pieces and pieces[-1][1] == differs:
            pieces[-1] = (pieces[-1][0] + token, differs)
        else:
            pieces.append((token, differs))
    return pieces
