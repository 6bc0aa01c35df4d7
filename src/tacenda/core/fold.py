"""Folding: the one normal form of names, under which two spellings of one song are equal.

Version 1, in prose. Everything works on the first 4,096 characters of a text, one after the other:

1. **Spelling.** Each character is replaced on its own, so composed and decomposed text agree. Case is folded
   (full, not by locale), compatibility forms are decomposed (NFKD), and of what results:
   apostrophes, primes, accents standing alone, invisible format characters and variation selectors vanish;
   accents and vowel points vanish (combining classes 1 and 10 to 240, enclosing marks), but the marks that are
   letters of their script stay: Indic vowel signs, nukta, virama, kana voicing, Thai and Lao signs;
   Latin letters without a decomposition become plain (``ø`` o, ``æ`` ae, ``œ`` oe, ``ł`` l, ``đ`` ``ð`` d,
   ``þ`` th, ``ħ`` h, ``ŧ`` t, ``ı`` i ...); ``ß`` becomes ss by case folding;
   ``&`` and ``+`` become the word *and*; ``$`` becomes s (``A$AP``, ``Ke$ha``, ``$ave``);
   letters and digits of every script stay; round, square and curly brackets are brackets; dashes are dashes;
   all else, unpaired surrogates and NUL included, is a space. A symbol-only name folds to nothing.
2. **Brackets.** What stands in brackets is a remark. All kinds are one kind; they nest; one that is never closed
   runs to the end; a closing one without an opening is a space.
3. **Tails** (titles). The title is cut before a dash that stands alone between spaces, where the part up to the
   next such dash begins or ends with a word of `TAIL_WORDS` (``- 2011 Remaster``, ``- Live at ...``), or begins
   with ``from`` or ``with``.
4. **Guests.** A title is cut before the words feat, featuring, ft where a word stands before and after; not before
   ``ft`` after a number (``6 ft under``). An artist is cut before these, ``with`` and ``duet with``. Names joined
   by *and*, a comma, ``x`` or ``vs`` are one credit and stay whole: ``x`` is a letter before it is a sign.
5. **The.** An artist loses a leading *the*, or else a trailing one (``Beatles, The``), if a word is left.
6. **Nothing left.** Where the rules leave no word, the spelling of the whole text stands instead.

So folding says *this song by this artist*, never *this recording*: a live version, an edit and a remaster fold to
the same name. A match by folded name is a match of names and is reported as such.

Not done: transliteration between scripts, number words, typing errors. Those belong to fuzzy engines. Text should
be in NFC: marks that stay are not put in canonical order. Cost: linear in the text, and bounded.

`tacenda.match.kernels` is the same in machine code, driven by a table made from `spelling_of`; tests hold the two
equal on every string. A change of any rule is a new `FOLD_VERSION`.
"""

import unicodedata
from typing import Final

FOLD_VERSION: Final = 1
LIMIT: Final = 4096

OPEN, CLOSE, DASH, SPACE, GONE = "(", ")", "-", " ", ""

_SPECIAL: Final = {
    **dict.fromkeys("'`´’‘‛ʼʻʹʽ′‵՚＇\u02c8\ua78b\ua78c", GONE),
    **dict.fromkeys("&+", " and "),
    "$": "s",
    "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "ı": "i",
    "ŋ": "n", "ĸ": "k", "ƀ": "b", "ɓ": "b", "ɖ": "d", "ɗ": "d", "ƒ": "f", "ɠ": "g", "ɨ": "i", "ɫ": "l",
    "ƙ": "k", "ɲ": "n", "ɵ": "o", "ƥ": "p", "ʂ": "s", "ƭ": "t", "ʉ": "u", "ƴ": "y", "ƶ": "z", "ə": "e",
    **dict.fromkeys("([{⟦⟨【〔〖〘〚⦅❨❪❬❲❴", OPEN),
    **dict.fromkeys(")]}⟧⟩】〕〗〙〛⦆❩❫❭❳❵", CLOSE),
    "\u2212": DASH, "\u2043": DASH,
    "\u034f": GONE, "\u115f": GONE, "\u1160": GONE, "\u3164": GONE, "\u17b4": GONE, "\u17b5": GONE,
}  # fmt: skip
_LETTER_MARK_CLASSES: Final = frozenset({0, 7, 8, 9, 103, 107, 118, 122, 129, 130, 132})

GUEST_WORDS: Final = frozenset({"feat", "featuring", "ft"})
TAIL_OPENERS: Final = frozenset({"from", "with"})
TAIL_WORDS: Final = GUEST_WORDS | frozenset(
    """
    acapella acoustic bonus deluxe demo edit edition extended instrumental karaoke live mix mixed mono nightcore
    outtake remaster remastered remastering remix remixed rerecorded session sessions slowed sped stereo track
    unplugged version
    """.split()
)


def spelling_of(character: str) -> str:
    """What one character becomes (rule 1): letters, digits, and the signs for bracket, dash and space."""
    special = _SPECIAL.get(character)
    if special is not None:
        return special
    once = unicodedata.normalize("NFKD", character.casefold())
    again = unicodedata.normalize("NFKD", once.casefold())
    return "".join(map(_sign, again))


def _sign(character: str) -> str:
    """What one character becomes that has no case and no decomposition left."""
    special = _SPECIAL.get(character)
    if special is not None:
        return special
    category = unicodedata.category(character)
    if category[0] in "LN":
        return character
    if category == "Pd":
        return DASH
    if category == "Cf" or category == "Me" or _is_selector(character):
        return GONE
    if category[0] == "M":
        return character if unicodedata.combining(character) in _LETTER_MARK_CLASSES else GONE
    return SPACE


def _is_selector(character: str) -> bool:
    return (
        "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
        or "\u180b" <= character <= "\u180f"
    )


class _Spelling(dict[int, str]):
    """The table of `str.translate`, filled as characters are met; as large as Unicode at the most."""

    def __missing__(self, code: int) -> str:
        self[code] = made = spelling_of(chr(code))
        return made


_SPELLING: Final = _Spelling()
_PLAIN: Final = str.maketrans({OPEN: SPACE, CLOSE: SPACE, DASH: SPACE})


def fold_text(text: str) -> str:
    """A name of any kind: spelling only, nothing cut.

    >>> fold_text("Motörhead – Ace of Spades (Live)"), fold_text("Simon & Garfunkel")
    ('motorhead ace of spades live', 'simon and garfunkel')
    """
    return " ".join(_spell(text).translate(_PLAIN).split())


def fold_title(title: str) -> str:
    """The title of a song without remarks, tails and guests.

    >>> fold_title("Heroes - 2017 Remaster"), fold_title("Umbrella (feat. Jay-Z)"), fold_title("(Untitled)")
    ('heroes', 'umbrella', 'untitled')
    """
    kept: list[str] = []
    for part in _parts(_outside_brackets(_spell(title))):
        if kept and _is_tail(part):
            break
        kept += part
    return " ".join(kept[: _guests_from(kept, artist=False)]) or fold_text(title)


def fold_artist(artist: str) -> str:
    """The main artist, or the whole of a joint credit, without guests and without *the*.

    >>> fold_artist("The Beatles"), fold_artist("Beyoncé ft. Shakira"), fold_artist("The The")
    ('beatles', 'beyonce', 'the')
    """
    words = [word for part in _parts(_outside_brackets(_spell(artist))) for word in part]
    words = words[: _guests_from(words, artist=True)]
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    elif len(words) > 1 and words[-1] == "the":
        words = words[:-1]
    return " ".join(words) or fold_text(artist)


def text_key(artist: str, title: str) -> str:
    """The normal form of the key class ``text``: folded artist, a bar, folded title, without spaces.

    Empty where either folds to nothing: half a name names nothing.

    >>> text_key("R.E.M.", "Everybody Hurts (Live)") == text_key("REM", "Everybody hurts")
    True
    """
    by, name = fold_artist(artist).replace(" ", ""), fold_title(title).replace(" ", "")
    return f"{by}|{name}" if by and name else ""


def _spell(text: str) -> str:
    return text[:LIMIT].translate(_SPELLING)


def _outside_brackets(spelt: str) -> str:
    """`spelt` with every bracket and what it holds replaced by a space."""
    kept: list[str] = []
    depth = 0
    for sign in spelt:
        if sign == OPEN:
            depth += 1
            kept.append(SPACE)
        elif sign == CLOSE:
            depth = max(0, depth - 1)
            kept.append(SPACE)
        elif depth == 0:
            kept.append(sign)
    return "".join(kept)


def _parts(spelt: str) -> list[list[str]]:
    """The words, in parts divided by dashes that stand alone; a dash inside a word divides words only."""
    parts: list[list[str]] = [[]]
    for token in spelt.split(SPACE):
        words = [word for word in token.split(DASH) if word]
        if token and not words:
            parts.append([])
        parts[-1] += words
    return parts


def _is_tail(part: list[str]) -> bool:
    return bool(part) and (part[0] in TAIL_WORDS or part[-1] in TAIL_WORDS or part[0] in TAIL_OPENERS)


def _guests_from(words: list[str], *, artist: bool) -> int:
    """Place of the first word that introduces a guest, or the number of words."""
    for place in range(1, len(words) - 1):
        word = words[place]
        if word in GUEST_WORDS and not (
            word == "ft" and words[place - 1].isascii() and words[place - 1].isdigit()
        ):
            return place
        if artist and word == "with":
            return place - 1 if words[place - 1] == "duet" and place > 1 else place
    return len(words)
