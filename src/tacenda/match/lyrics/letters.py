"""What each character is to the reader of words: a letter and which, a mark to drop, a word of its own, or a gap.

One table for the first 65,536 code points, made from Python's Unicode data and stored with every index, so that an
index made on one machine reads text on another the same way.

- Letters and digits are folded: compatibility form, lower case, accents dropped (`é` is `e`, `ﬁ` is `f` `i`).
- Marks with a combining class are dropped, others (vowel signs of the Indic scripts) are letters.
- Scripts that are written without spaces (Han, Kana, Bopomofo, Yi, Thai, Lao, Khmer, Burmese) go by character:
  each is a word of its own. Hangul is written with spaces and goes by word.
"""

import unicodedata
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

GAP: Final = 0
DROP: Final = 1
APOSTROPHE: Final = 2
BY_CHARACTER: Final = 1 << 20
EXPANDED: Final = 1 << 21
"""Added to the place in the table of expansions, for a character that is several letters."""

SIZE: Final = 1 << 16
MOST_LETTERS: Final = 4
_APOSTROPHES: Final = frozenset("'`\u00b4\u02b9\u02bb\u02bc\u02bd\u2018\u2019\u201b\u2032\uff07\uff40")
_INVISIBLE: Final = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_RANGES: Final = (
    (0x0E01, 0x0E5B), (0x0E81, 0x0EDF), (0x1000, 0x109F), (0x1780, 0x17DD), (0x2E80, 0x2FDF), (0x3005, 0x3007),
    (0x3041, 0x30FF), (0x3105, 0x312F), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA000, 0xA4CF),
    (0xF900, 0xFAFF), (0xFF66, 0xFF9D),
)  # fmt: skip


def letter_table() -> tuple[NDArray[np.uint32], NDArray[np.uint16]]:
    """What each code point is, uint32 (65536,); and the letters of those that are several, uint16 (n, 4)."""
    kinds = np.zeros(SIZE, np.uint32)
    several: dict[str, int] = {}
    for code in range(SIZE):
        letters = _letters_of(chr(code)) if not 0xD800 <= code < 0xE000 else ""
        if isinstance(letters, int):
            kinds[code] = letters
        elif len(letters) == 1:
            kinds[code] = ord(letters) | (BY_CHARACTER if _by_character(ord(letters)) else 0)
        elif letters:
            kinds[code] = EXPANDED | several.setdefault(letters[:MOST_LETTERS], len(several))
    expansions = np.zeros((max(1, len(several)), MOST_LETTERS), np.uint16)
    for word, place in several.items():
        expansions[place, : len(word)] = [ord(letter) for letter in word]
    return kinds, expansions


def _letters_of(char: str) -> str | int:
    """The folded letters of a character (none: a gap), or one of the kinds above."""
    if char in _APOSTROPHES:
        return APOSTROPHE
    if char in _INVISIBLE:
        return DROP
    category = unicodedata.category(char)
    if category[0] == "M" and unicodedata.combining(char):
        return DROP
    if category[0] not in "LNM":
        return ""
    if "\uac00" <= char <= "\ud7a3":
        return char
    alone = _by_character(ord(char))
    folded = unicodedata.normalize("NFKC" if alone else "NFKD", char.casefold())
    kept = [c for c in folded if unicodedata.category(c)[0] in "LNM" and not unicodedata.combining(c)]
    plain = "".join(_PLAIN.get(c, c) for c in kept if ord(c) < SIZE)
    return plain[:1] if alone else plain


_PLAIN: Final = {"ø": "o", "đ": "d", "ł": "l", "ı": "i", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}


def _by_character(code: int) -> bool:
    return any(first <= code <= last for first, last in _RANGES)


def byte_classes() -> NDArray[np.uint8]:
    """For each byte: 0 a gap, 1 to be looked at closely, else the lower-case letter or digit that it is."""
    classes = np.zeros(256, np.uint8)
    for code in range(128):
        if chr(code).isalnum():
            classes[code] = ord(chr(code).lower())
    for char in "'`-&<[\\":
        classes[ord(char)] = 1
    classes[128:] = 1
    return classes


CLASSES: Final[Any] = byte_classes()
