"""Identifiers of the trade as types with their checks: ISRC, ISWC, IPI, ISNI, UPC/EAN/GTIN, and outside ids.

`parse_identifier` answers with a value: an `Identifier` in its normal form, or a `Problem` that names the rule,
says why, and offers what the text looks like. A suggestion is never applied: an ISRC has no check digit, so a
repaired code may be somebody else's recording.

Only what cannot change the meaning is normalised: white space, hyphens of every kind, the name of the scheme in
front, and ASCII lower case. Case is never folded beyond ASCII (Turkish dotless i is not I).

What is deliberately not checked: the first two letters of an ISRC. ISO 3901:2019 gives them no meaning, and new
prefixes (QZ, TC, BC) are in no list of countries.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import mul
from typing import Final

from tacenda.errors import InputError


class Scheme(StrEnum):
    """The schemes by which a thing or a party may be named."""

    ISRC = "isrc"
    ISWC = "iswc"
    GTIN = "gtin"
    IPI = "ipi"
    ISNI = "isni"
    YOUTUBE = "youtube"
    SPOTIFY = "spotify"
    MBID = "mbid"
    DALI = "dali"
    MSD = "msd"
    IPI_BASE = "ipi_base"
    GRID = "grid"
    DPID = "dpid"
    ISCC = "iscc"


SCHEME_TITLES: Final[Mapping[Scheme, str]] = {
    Scheme.ISRC: "ISRC",
    Scheme.ISWC: "ISWC",
    Scheme.GTIN: "UPC/EAN",
    Scheme.IPI: "IPI name number",
    Scheme.ISNI: "ISNI",
    Scheme.YOUTUBE: "YouTube id",
    Scheme.SPOTIFY: "Spotify track id",
    Scheme.MBID: "MusicBrainz id",
    Scheme.DALI: "DALI id",
    Scheme.MSD: "Million Song Dataset id",
    Scheme.IPI_BASE: "IPI base number",
    Scheme.GRID: "GRid",
    Scheme.DPID: "DDEX party id",
    Scheme.ISCC: "ISCC",
}


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """One identifier in its normal form (the form that is compared, signed and hashed)."""

    scheme: Scheme
    value: str

    def __str__(self) -> str:
        return f"{self.scheme.value}:{self.value}"

    def display(self) -> str:
        """The form in which the trade prints it: ``ISRC AA-6Q7-20-00047``, ``T-034.524.680-1``."""
        return _DISPLAY.get(self.scheme, str)(self.value)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text is not an identifier of its scheme.

    Attributes:
        rule: stable code, such as ``isrc.length``; ``damage.*`` when a spreadsheet seems to have changed it.
        value: the text as it stood, cut to 200 characters.
        why: one sentence for a person.
        suggestion: what it looks like, for a person to confirm, or empty.
    """

    scheme: Scheme
    rule: str
    value: str
    why: str
    suggestion: str = ""


MAX_CHARACTERS: Final = 1_000

# Hyphens, dashes and minus signs of every kind, and white space that is not seen.
_SKIPPED: Final = dict.fromkeys(
    [0x00AD, 0x2043, 0x2212, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x02D7, 0x1806, 0xFE63, 0xFF0D, 0xFE58]
    + [0x002D, *range(0x2010, 0x2016), 0x207B, 0x208B]
    + [code for code in range(0x3001) if chr(code).isspace()]
)
_ASCII_UPPER: Final = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}

_ISRC: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", re.ASCII)
_ISWC: Final = re.compile(r"T[0-9]{10}", re.ASCII)
_GTIN: Final = re.compile(r"[0-9]{12,14}", re.ASCII)
_ISRC_ANYWHERE: Final = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[A-Z0-9]{3}[0-9]{7}(?![A-Z0-9])", re.ASCII)
_LOOKALIKE_DIGITS: Final = str.maketrans({"O": "0", "Q": "0", "I": "1", "L": "1"})
_LOOKALIKE_LETTERS: Final = str.maketrans({"0": "O", "1": "I"})
_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?[Ee]\+?\d{1,3}", re.ASCII)
_DECIMAL: Final = re.compile(r"(\d+)[.,]0+", re.ASCII)
_DIGITS: Final = re.compile(r"\d+", re.ASCII)

Answer = Identifier | Problem


def parse_identifier(scheme: Scheme, text: str) -> Answer:
    """`text` as an identifier of `scheme`, or why it is none. Never raises, costs no more than its length.

    >>> parse_identifier(Scheme.ISRC, "isrc aa-6q7-20-00047")
    Identifier(scheme=<Scheme.ISRC: 'isrc'>, value='AA6Q72000047')
    >>> parse_identifier(Scheme.ISRC, "AA6Q7200047").rule
    'isrc.length'
    """
    if len(text) > MAX_CHARACTERS:
        return Problem(scheme, f"{scheme.value}.length", text[:200], "The cell is far too long for an identifier.")
    return _PARSERS[scheme](text)


def parser_of(scheme: Scheme) -> Callable[[str], Answer]:
    """`parse_identifier` of one scheme, for loops over many rows. The caller bounds the length of the text."""
    return _PARSERS[scheme]


def normal_form_of(scheme: Scheme) -> Callable[[str], str]:
    """A function that answers with the normal form of a text that is plainly written, else with nothing.

    For the inner loop of the import: it makes no `Identifier`. Where it answers with nothing, `parser_of` decides.
    """
    return _PLAIN.get(scheme, _not_plain)


def identifier(scheme: Scheme, text: str, *, where: str = "") -> Identifier:
    """`parse_identifier` for callers with one identifier in hand.

    Raises:
        InputError: with the rule as its code and the suggestion as its hint.
    """
    answer = parse_identifier(scheme, text)
    if isinstance(answer, Identifier):
        return answer
    hint = f"It looks like {answer.suggestion}; check the source." if answer.suggestion else "Check the source."
    raise InputError(answer.rule, f"{answer.value!r}: {answer.why}", hint=hint, where=where)


def compact(text: str, prefix: str = "") -> str:
    """`text` without white space and hyphens, in ASCII capitals, without the scheme's name in front.

    >>> compact("ISRC: us–s1z 99 00001", "ISRC")
    'USS1Z9900001'
    """
    plain = text.translate(_SKIPPED).translate(_ASCII_UPPER)
    if prefix and plain.startswith(prefix):
        plain = plain[len(prefix) :].lstrip(":")
    return plain


_DIGIT: Final = "0123456789"
_ONE_TO_NINE: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9)
_TEN_TO_TWO: Final = (10, 9, 8, 7, 6, 5, 4, 3, 2)


# --- check characters -------------------------------------------------------------------------------------------


def weighted_check(digits: str, seed: int) -> str:
    """The check digit of an ISWC (`seed` 1) or an IPI base number (`seed` 2) of nine digits (ISO 15707).

    Place i weighs i, modulo 10: so a wrong digit is always seen in places 1, 3, 7 and 9, but not if it is off by 5
    in places 2, 4, 6 and 8, nor if it is off by an even number in place 5. That is the standard, not a leniency.
    """
    return _DIGIT[-(seed + sum(map(mul, digits.encode(), _ONE_TO_NINE)) - 48 * 45) % 10]


def ipi_check(digits: str) -> str:
    """The two check digits of an IPI name number of nine digits (CISAC)."""
    rest = (sum(map(mul, digits.encode(), _TEN_TO_TWO)) - 48 * 54) % 101
    return f"{(101 - rest) % 100:02d}" if rest else "00"


def isni_check(digits: str) -> str:
    """The check character of an ISNI of fifteen digits (ISO 7064 MOD 11-2)."""
    rest = 0
    for digit in digits:
        rest = (rest + int(digit)) * 2 % 11
    value = (12 - rest) % 11
    return "X" if value == 10 else str(value)


def gtin_check(digits: str) -> str:
    """The check digit of a GTIN whose other digits are given (GS1)."""
    codes = digits.encode()
    odd, even = codes[::-2], codes[-2::-2]
    return _DIGIT[-(3 * (sum(odd) - 48 * len(odd)) + sum(even) - 48 * len(even)) % 10]


def _plain_isrc(text: str) -> str:
    return text if _ISRC.fullmatch(text) else ""


def _plain_iswc(text: str) -> str:
    return text if _ISWC.fullmatch(text) and weighted_check(text[1:10], 1) == text[10] else ""


def _plain_gtin(text: str) -> str:
    return text.zfill(14) if _GTIN.fullmatch(text) and gtin_check(text[:-1]) == text[-1] else ""


def _plain_youtube(text: str) -> str:
    return text if _YOUTUBE_ID.fullmatch(text) else ""


def _not_plain(_: str) -> str:
    return ""


_PLAIN: Final[Mapping[Scheme, Callable[[str], str]]] = {
    Scheme.ISRC: _plain_isrc,
    Scheme.ISWC: _plain_iswc,
    Scheme.GTIN: _plain_gtin,
    Scheme.YOUTUBE: _plain_youtube,
}

_ALPHABET_37: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def mod_37_36_check(characters: str) -> str:
    """The check character of GRid and DPID (ISO 7064 MOD 37,36)."""
    rest = 36
    for character in characters:
        rest = (rest + _ALPHABET_37.index(character)) % 36 or 36
        rest = rest * 2 % 37
    return _ALPHABET_37[(37 - rest) % 36]


# --- one function a scheme --------------------------------------------------------------------------------------


def _isrc(text: str) -> Answer:
    if _ISRC.fullmatch(text):
        return Identifier(Scheme.ISRC, text)
    plain = compact(text)
    if not _ISRC.fullmatch(plain):  # ISRC12345678 is itself a well-formed ISRC, so the name comes off second
        plain = compact(text, "ISRC")
    if _ISRC.fullmatch(plain):
        return Identifier(Scheme.ISRC, plain)

    def no(rule: str, why: str, suggestion: str = "") -> Problem:
        return Problem(Scheme.ISRC, rule, text[:200], why, suggestion)

    if not plain:
        return no("isrc.empty", "There is no ISRC here.")
    if plain.replace(".", "").replace(",", "").isdigit() or _SCIENTIFIC.fullmatch(plain):
        return no("damage.number", "This is a number, not an ISRC: a spreadsheet or an export has changed it.")
    several = _several_isrcs(text)
    if several:
        return no("isrc.several", "One recording has one ISRC; this cell holds several.", " and ".join(several))
    if len(plain) == 12:
        return _isrc_of_twelve(plain, no)
    suggestion = ""
    wide = compact(unicodedata.normalize("NFKC", text), "ISRC")
    if _ISRC.fullmatch(wide):
        suggestion = wide
    return no("isrc.length", f"An ISRC has 12 characters; this has {len(plain)}.", suggestion)


def _several_isrcs(text: str) -> list[str]:
    upper = text.translate(_ASCII_UPPER)
    found = _ISRC_ANYWHERE.findall(upper)
    if len(found) < 2:
        found = [compact(part, "ISRC") for part in re.split(r"[;,|/&+\n]|\s+(?:AND|OR)\s+|\s{2,}", upper)]
    if len(found) < 2:
        plain = compact(text).replace("ISRC", "")
        found = [plain[:12], plain[12:]] if len(plain) == 24 else []
    found = [code for code in found if _ISRC.fullmatch(code)]
    return found if len(found) > 1 else []


def _isrc_of_twelve(plain: str, no: Callable[..., Problem]) -> Problem:
    fixed = plain[:2].translate(_LOOKALIKE_LETTERS) + plain[2:5] + plain[5:].translate(_LOOKALIKE_DIGITS)
    if not _ISRC.fullmatch(fixed):
        wide = unicodedata.normalize("NFKC", plain)
        fixed = wide if _ISRC.fullmatch(wide) else ""
    if fixed and plain[5:] != fixed[5:] and plain.isascii():
        return no("isrc.letter", "The last seven characters of an ISRC are digits; a letter stands there.", fixed)
    if fixed and plain[:2] != fixed[:2] and plain.isascii():
        return no("isrc.prefix", "The first two characters of an ISRC are letters; a digit stands there.", fixed)
    return no(
        "isrc.characters",
        "An ISRC is two letters, three letters or digits, and seven digits, in plain ASCII.",
        fixed,
    )


def _iswc(text: str) -> Answer:
    if _ISWC.fullmatch(text) and weighted_check(text[1:10], 1) == text[10]:
        return Identifier(Scheme.ISWC, text)
    plain = compact(text, "ISWC").replace(".", "")

    def no(rule: str, why: str, suggestion: str = "") -> Problem:
        return Problem(Scheme.ISWC, rule, text[:200], why, suggestion)

    if not plain:
        return no("iswc.empty", "There is no ISWC here.")
    body = plain[1:]
    if plain[0] == "T" and len(body) == 10 and _DIGITS.fullmatch(body):
        if weighted_check(body[:9], 1) == body[9]:
            return Identifier(Scheme.ISWC, plain)
        return no("iswc.check", f"The check digit of this ISWC would be {weighted_check(body[:9], 1)}.")
    if len(re.findall(r"T\d{10}", plain)) > 1:
        return no("iswc.several", "This cell holds several ISWCs; give them as a list or in rows of their own.")
    suggestion = ""
    if len(plain) == 10 and _DIGITS.fullmatch(plain) and weighted_check(plain[:9], 1) == plain[9]:
        suggestion = Identifier(Scheme.ISWC, "T" + plain).display()
    return no("iswc.form", "An ISWC is T and ten digits, such as T-034.524.680-1.", suggestion)


def _ipi(text: str) -> Answer:
    plain = compact(compact(text, "IPI"), "CAE").lstrip("#")

    def no(rule: str, why: str, suggestion: str = "") -> Problem:
        return Problem(Scheme.IPI, rule, text[:200], why, suggestion)

    damage = _spreadsheet_damage(plain)
    if damage:
        return no(damage[0], damage[1])
    if not _DIGITS.fullmatch(plain) or len(plain) > 11:
        return no("ipi.form", "An IPI name number is eleven digits, such as 00014107338.")
    if len(plain) < 11:
        whole = plain.zfill(11)
        if len(plain) >= 7 and ipi_check(whole[:9]) == whole[9:]:
            return no(
                "damage.leading_zero", "An IPI name number has eleven digits; leading zeros are lost.", whole
            )
        return no("ipi.length", f"An IPI name number has eleven digits; this has {len(plain)}.")
    if ipi_check(plain[:9]) != plain[9:]:
        return no("ipi.check", f"The check digits of this IPI name number would be {ipi_check(plain[:9])}.")
    return Identifier(Scheme.IPI, plain)


def _ipi_base(text: str) -> Answer:
    plain = compact(text, "IPI")

    def no(rule: str, why: str) -> Problem:
        return Problem(Scheme.IPI_BASE, rule, text[:200], why)

    if not re.fullmatch(r"I\d{10}", plain, re.ASCII):
        return no("ipi_base.form", "An IPI base number is I and ten digits, such as I-000000229-7.")
    if weighted_check(plain[1:10], 2) != plain[10]:
        return no("ipi_base.check", f"The check digit of this number would be {weighted_check(plain[1:10], 2)}.")
    return Identifier(Scheme.IPI_BASE, f"I-{plain[1:10]}-{plain[10]}")


def _isni(text: str) -> Answer:
    tail = re.fullmatch(r"\s*https?://(?:www\.)?isni\.org/(?:isni/)?([0-9Xx]+)/?\s*", text, re.ASCII)
    plain = compact(tail.group(1) if tail else text, "ISNI")

    def no(rule: str, why: str) -> Problem:
        return Problem(Scheme.ISNI, rule, text[:200], why)

    if not re.fullmatch(r"\d{15}[\dX]", plain, re.ASCII):
        return no("isni.form", "An ISNI has sixteen digits, of which the last may be X.")
    if isni_check(plain[:15]) != plain[15]:
        return no("isni.check", f"The check character of this ISNI would be {isni_check(plain[:15])}.")
    return Identifier(Scheme.ISNI, plain)


def _gtin(text: str) -> Answer:
    if _GTIN.fullmatch(text) and gtin_check(text[:-1]) == text[-1]:
        return Identifier(Scheme.GTIN, text.zfill(14))
    plain = text
    if not (text.isascii() and text.isdigit()):
        plain = compact(text)
        for prefix in ("GTIN", "UPC", "EAN", "BARCODE"):
            plain = plain.removeprefix(prefix).lstrip(":")

    def no(rule: str, why: str, suggestion: str = "") -> Problem:
        return Problem(Scheme.GTIN, rule, text[:200], why, suggestion)

    damage = _spreadsheet_damage(plain)
    if damage:
        whole = _gtin(damage[2]) if damage[2] else None
        return no(damage[0], damage[1], damage[2] if isinstance(whole, Identifier) else "")
    if not _DIGITS.fullmatch(plain):
        return no("gtin.form", "A UPC has 12 digits, an EAN 13, a GTIN 14; nothing else may stand there.")
    if len(plain) in (12, 13, 14):
        if gtin_check(plain[:-1]) == plain[-1]:
            return Identifier(Scheme.GTIN, plain.zfill(14))
        return no("gtin.check", f"The check digit of this UPC or EAN would be {gtin_check(plain[:-1])}.")
    if 7 <= len(plain) <= 11 and gtin_check(plain[:-1]) == plain[-1]:
        return no("damage.leading_zero", "A UPC has 12 digits; leading zeros are lost.", plain.zfill(12))
    return no("gtin.length", f"A UPC has 12 digits, an EAN 13, a GTIN 14; this has {len(plain)}.")


def _spreadsheet_damage(plain: str) -> tuple[str, str, str] | None:
    """Rule, reason and the digits that are left, when a spreadsheet has turned a code into a number (F37)."""
    if _SCIENTIFIC.fullmatch(plain):
        return (
            "damage.scientific",
            "A spreadsheet has turned this code into a rounded number; digits are lost.",
            "",
        )
    decimal = _DECIMAL.fullmatch(plain)
    if decimal:
        return "damage.decimal", "A spreadsheet has turned this code into a decimal number.", decimal.group(1)
    return None


def _grid(text: str) -> Answer:
    plain = compact(text, "GRID")
    if not re.fullmatch(r"A1[A-Z0-9]{16}", plain, re.ASCII):
        return Problem(Scheme.GRID, "grid.form", text[:200], "A GRid is A1 and sixteen letters or digits.")
    if mod_37_36_check(plain[:17]) != plain[17]:
        return Problem(Scheme.GRID, "grid.check", text[:200], "The check character of this GRid is wrong.")
    return Identifier(Scheme.GRID, plain)


def _dpid(text: str) -> Answer:
    plain = compact(text)
    if not re.fullmatch(r"PADPIDA[0-9]{10}[A-Z0-9]", plain, re.ASCII):
        return Problem(
            Scheme.DPID, "dpid.form", text[:200], "A DPID is PADPIDA, ten digits and a check character."
        )
    if mod_37_36_check(plain[:17]) != plain[17]:
        return Problem(Scheme.DPID, "dpid.check", text[:200], "The check character of this DPID is wrong.")
    return Identifier(Scheme.DPID, plain)


def _iscc(text: str) -> Answer:
    """Form and header only (ISO 24138: MainType 0 to 7, Version 0); it has no check digit."""
    plain = "ISCC:" + compact(text, "ISCC")
    body = plain[5:]
    try:
        data = base64.b32decode(body + "=" * (-len(body) % 8))
    except (binascii.Error, ValueError):
        data = b""
    if len(data) < 10 or len(body) > 110 or data[0] >> 4 > 7 or data[1] >> 4 != 0:
        return Problem(Scheme.ISCC, "iscc.form", text[:200], "An ISCC is ISCC: and Base32 with a known header.")
    return Identifier(Scheme.ISCC, plain)


_YOUTUBE_ID: Final = re.compile(r"[A-Za-z0-9_-]{11}", re.ASCII)
_YOUTUBE_URL: Final = re.compile(
    r"(?:https?://)?(?:(?:www|m|music)\.)?(?:youtube(?:-nocookie)?\.com/"
    r"(?:watch/?\?(?:[^#\s;|]*&)?v=|embed/|shorts/|live/|v/)|youtu\.be/)([A-Za-z0-9_-]{11})(?:[?&#/][^\s;|]*)?",
    re.ASCII | re.IGNORECASE,
)


def _youtube(text: str) -> Answer:
    plain = text.strip()
    if _YOUTUBE_ID.fullmatch(plain):
        return Identifier(Scheme.YOUTUBE, plain)
    found = _YOUTUBE_URL.fullmatch(plain)
    if found:
        return Identifier(Scheme.YOUTUBE, found.group(1))
    return Problem(
        Scheme.YOUTUBE,
        "youtube.form",
        text[:200],
        "A YouTube id has 11 letters, digits, _ or -, or is in a video URL.",
    )


_SPOTIFY: Final = re.compile(
    r"(?:spotify:track:|(?:https?://)?(?:open|play)\.spotify\.com/(?:intl-[a-z]{2}(?:-[a-z]{2})?/)?"
    r"(?:embed/)?track/)?([A-Za-z0-9]{22})(?:[?#][^\s;|]*)?",
    re.ASCII,
)
_UUID: Final = re.compile(
    r"(?:(?:https?://)?(?:[a-z]+\.)?musicbrainz\.org/[a-z-]+/)?"
    r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/?",
    re.ASCII,
)
_DALI: Final = re.compile(r"([0-9a-f]{32})", re.ASCII)
_MSD: Final = re.compile(r"((?:TR|SO)[A-Z0-9]{16})", re.ASCII)


def _by_pattern(
    scheme: Scheme, pattern: re.Pattern[str], why: str, lower: bool = False
) -> Callable[[str], Answer]:
    def parse(text: str) -> Answer:
        plain = text.strip()
        found = pattern.fullmatch(plain.lower() if lower and plain.isascii() else plain)
        if found:
            return Identifier(scheme, found.group(1))
        return Problem(scheme, f"{scheme.value}.form", text[:200], why)

    return parse


_PARSERS: Final[Mapping[Scheme, Callable[[str], Answer]]] = {
    Scheme.ISRC: _isrc,
    Scheme.ISWC: _iswc,
    Scheme.GTIN: _gtin,
    Scheme.IPI: _ipi,
    Scheme.IPI_BASE: _ipi_base,
    Scheme.ISNI: _isni,
    Scheme.GRID: _grid,
    Scheme.DPID: _dpid,
    Scheme.ISCC: _iscc,
    Scheme.YOUTUBE: _youtube,
    Scheme.SPOTIFY: _by_pattern(
        Scheme.SPOTIFY, _SPOTIFY, "A Spotify track id has 22 letters or digits, or is in a track URL."
    ),
    Scheme.MBID: _by_pattern(Scheme.MBID, _UUID, "A MusicBrainz id is a UUID or a musicbrainz.org address.", True),
    Scheme.DALI: _by_pattern(Scheme.DALI, _DALI, "A DALI id has 32 hexadecimal digits.", True),
    Scheme.MSD: _by_pattern(Scheme.MSD, _MSD, "A Million Song Dataset id is TR or SO and 16 capitals or digits."),
}


def _show_isrc(value: str) -> str:
    return f"ISRC {value[:2]}-{value[2:5]}-{value[5:7]}-{value[7:]}"


def _show_iswc(value: str) -> str:
    return f"T-{value[1:4]}.{value[4:7]}.{value[7:10]}-{value[10]}"


def _show_gtin(value: str) -> str:
    """As a UPC (12 digits) or an EAN (13) where it is one."""
    return value[2:] if value.startswith("00") else value[1:] if value.startswith("0") else value


def _show_isni(value: str) -> str:
    return " ".join(value[start : start + 4] for start in (0, 4, 8, 12))


def _show_grid(value: str) -> str:
    return f"{value[:2]}-{value[2:7]}-{value[7:17]}-{value[17]}"


_DISPLAY: Final[Mapping[Scheme, Callable[[str], str]]] = {
    Scheme.ISRC: _show_isrc,
    Scheme.ISWC: _show_iswc,
    Scheme.GTIN: _show_gtin,
    Scheme.ISNI: _show_isni,
    Scheme.GRID: _show_grid,
}
