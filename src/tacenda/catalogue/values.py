"""Cells as values: text, dates, durations, lists; and what looks damaged in them.

Nothing is repaired. A value that cannot be read is told, with a suggestion where there is a likely one.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from tacenda.formats.catalogue_table.rows import Cell

FORMULA_ERRORS: Final = frozenset("#N/A #REF! #VALUE! #NAME? #DIV/0! #NULL! #NUM! #SPILL! #CALC!".split())
_FIRST_SERIAL_DAY: Final = date(1899, 12, 30)
_SERIALS: Final = range(10_000, 80_000)  # 1927 to 2119
_YEARS: Final = range(1860, 2101)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell is not a value: rule, reason, and a suggestion or nothing."""

    rule: str
    why: str
    suggestion: str = ""


class DateOrder(StrEnum):
    """What comes first in a date such as 4/5/2024."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"
    UNKNOWN = "unknown"


class DurationUnit(StrEnum):
    MILLISECONDS = "ms"
    SECONDS = "s"
    UNKNOWN = "unknown"


# --- text -------------------------------------------------------------------------------------------------------

_SPACES: Final = re.compile(r"\s+")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BIDI: Final = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LOST: Final = re.compile("\ufffd|\u00ef\u00bf\u00bd|\u00ef\u00bf|\u00ef\u00bd")
_RUN: Final = re.compile("([\u00a1-\u00ff])\\1{2}")
_C1: Final = re.compile("[\x80-\x9f]")


def tidy(cell: Cell, longest: int) -> str | Fault:
    """One line of text in NFC, without white space around it and with single spaces in it.

    Control characters, NUL and half surrogate pairs are refused, since no other program would read them back.
    """
    if cell is None:
        return ""
    text = cell if isinstance(cell, str) else plain(cell)
    if text.isascii() and text.isprintable() and "  " not in text and len(text) <= longest:
        text = text.strip()
        return text if not text.startswith("#") or text not in FORMULA_ERRORS else _formula_error(text)
    if len(text) > longest:
        return Fault("text.length", f"The text has {len(text)} characters; at most {longest} are kept.")
    if _CONTROL.search(text):
        return Fault("text.control", "The text holds control characters.", _CONTROL.sub("", text).strip())
    if _SURROGATE.search(text):
        return Fault("text.surrogate", "The text holds half of a character.")
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    return _formula_error(text) if text in FORMULA_ERRORS else text


def path_text(cell: Cell, longest: int) -> str | Fault:
    """A path as it stands: its spaces and its Unicode form are part of its name."""
    if cell is None:
        return ""
    text = plain(cell).strip()
    checked = tidy(text, longest)
    return checked if isinstance(checked, Fault) else text


def _formula_error(text: str) -> Fault:
    return Fault("damage.formula", f"{text} is the error of a spreadsheet formula, not a value.")


def prose(cell: Cell, longest: int) -> str | Fault:
    """Text with its lines (lyrics), ends of lines as ``\\n``."""
    if cell is None:
        return ""
    lines = (cell if isinstance(cell, str) else plain(cell)).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = []
    for line in lines:
        one = tidy(line, longest)
        if isinstance(one, Fault):
            return one
        found.append(one)
    text = "\n".join(found).strip()
    return text if len(text) <= longest else Fault("text.length", f"At most {longest} characters are kept.")


def plain(cell: Cell) -> str:
    """A cell as its author would have written it: a whole number without ``.0``."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, tuple):
        return "; ".join(cell)
    if isinstance(cell, datetime):
        return cell.isoformat()
    return str(cell)


def damage(text: str) -> Fault | None:
    """Whether letters of a text look lost or garbled, and what it may have been. Costs nothing for ASCII."""
    if text.isascii():
        return None
    if _LOST.search(text):
        return Fault("text.lost", "Letters are lost: the mark of an unreadable character stands in their place.")
    repaired = _reread(text)
    if repaired:
        return Fault("text.garbled", "This looks like UTF-8 that was read in another encoding.", repaired)
    if _RUN.search(text):
        return Fault("text.lost", "Letters are lost: the same foreign letter stands three times in a row.")
    if _C1.search(text):
        return Fault("text.garbled", "Invisible control letters stand in the text.")
    if _BIDI.search(text):
        return Fault("text.direction", "Invisible marks change the direction of the text.", _BIDI.sub("", text))
    return None


def _reread(text: str) -> str:
    """The text if it was UTF-8 read as Windows-1252 or Latin-1, else nothing."""
    for encoding in ("cp1252", "latin-1"):
        try:
            found = text.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        if found != text and found.isprintable():
            return found
    return ""


# --- lists ------------------------------------------------------------------------------------------------------

_SEPARATORS: Final = re.compile(r"[;|\n]")


def split_list(cell: Cell) -> tuple[str, ...]:
    """The entries of a cell: a list of JSON or Parquet as it is, text cut at ``;``, ``|`` and line breaks.

    A cell that is a JSON list of texts is read as such, which is how our own export writes names that hold ``;``.
    Commas do not separate, since names hold them ("Lennon, John").
    """
    if cell is None:
        return ()
    if isinstance(cell, tuple):
        return cell
    text = plain(cell)
    if text.startswith("[") and text.endswith("]"):
        found = _json_list(text)
        if found is not None:
            return found
    return tuple(part for part in (part.strip() for part in _SEPARATORS.split(text)) if part)


def join_list(values: tuple[str, ...]) -> str:
    """The cell that `split_list` reads back as `values`."""
    text = "; ".join(values)
    return text if split_list(text) == values else json.dumps(list(values), ensure_ascii=False)


def _json_list(text: str) -> tuple[str, ...] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, list) and all(isinstance(entry, str) for entry in found):
        return tuple(found)
    return None


# --- dates ------------------------------------------------------------------------------------------------------

_ISO: Final = re.compile(
    r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?)?)?", re.ASCII
)
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_PARTS: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?: 00?:00(?::00)?)?", re.ASCII)
_NAMED: Final = re.compile(
    r"(?:(\d{1,2})\.?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4}))|(?:([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4}))", re.ASCII
)
_MONTHS: Final = {
    name: place for place, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}


def release_date(cell: Cell, order: DateOrder) -> str | Fault:
    """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, or empty. Years from 1860 (the first recording) to 2100.

    ISO dates, ``20240513``, ``13 May 2024``, and 13/5/2024 in the order of the column; where that order is not
    known and both readings are days, it is refused rather than guessed.
    """
    if cell is None or cell == "":
        return ""
    if isinstance(cell, date):
        return cell.strftime("%Y-%m-%d") if cell.year in _YEARS else _no_date()
    text = plain(cell).strip()
    if not text:
        return ""
    iso = _ISO.fullmatch(text)
    if iso:
        return _dated(int(iso[1]), int(iso[2] or 0), int(iso[3] or 0))
    compact = _COMPACT.fullmatch(text)
    if compact:
        return _dated(int(compact[1]), int(compact[2]), int(compact[3]))
    if text.replace(".", "", 1).isdigit() and text.isascii() and int(float(text)) in _SERIALS:
        day = _FIRST_SERIAL_DAY + timedelta(days=int(float(text)))
        return Fault("damage.date", "A spreadsheet has turned this date into a serial number.", day.isoformat())
    parts = _PARTS.fullmatch(text)
    if parts:
        return _ordered(int(parts[1]), int(parts[3]), int(parts[4]), order, dotted=parts[2] == ".")
    named = _NAMED.fullmatch(text)
    if named:
        number, month, year = (named[1], named[2], named[3]) if named[1] else (named[5], named[4], named[6])
        return _dated(int(year), _MONTHS.get(month[:3].lower(), 13), int(number))
    return _no_date()


def _no_date() -> Fault:
    return Fault("date.form", "This is no date that is read here; write YYYY-MM-DD.")


def _dated(year: int, month: int, day: int) -> str | Fault:
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return Fault("date.form", "There is no such day.")
    if year not in _YEARS:
        return Fault("date.year", f"The year {year} is before the first recording or too far ahead.")
    return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")


def _ordered(first: int, second: int, year: int, order: DateOrder, *, dotted: bool) -> str | Fault:
    if order is DateOrder.UNKNOWN and (dotted or first == second):
        order = DateOrder.DAY_FIRST  # nobody writes month.day.year
    if order is DateOrder.UNKNOWN:
        if first > 12 or second > 12:
            order = DateOrder.DAY_FIRST if first > 12 else DateOrder.MONTH_FIRST
        else:
            why = "It is not known whether the day or the month comes first; say --dates day-first or month-first."
            return Fault("date.order", why)
    day, month = (first, second) if order is DateOrder.DAY_FIRST else (second, first)
    if month > 12 >= day:
        return Fault(
            "date.order",
            f"The column is {order.value}, but this has no such month.",
            f"{year}-{day:02d}-{month:02d}",
        )
    return _dated(year, month, day)


def date_order(cells: list[Cell]) -> tuple[DateOrder, str]:
    """The order of the dates of a column, and why: whichever reading the rows allow alone."""
    day_first = month_first = seen = 0
    for cell in cells:
        parts = _PARTS.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if parts is None or parts[2] == ".":
            continue
        seen += 1
        day_first += int(parts[1]) > 12 >= int(parts[3])
        month_first += int(parts[3]) > 12 >= int(parts[1])
    if not seen:
        return DateOrder.UNKNOWN, ""
    if day_first and not month_first:
        return DateOrder.DAY_FIRST, f"{day_first} of {seen} sampled dates are days only if the day comes first."
    if month_first and not day_first:
        return (
            DateOrder.MONTH_FIRST,
            f"{month_first} of {seen} sampled dates are days only if the month comes first.",
        )
    if day_first:
        return DateOrder.UNKNOWN, "The column mixes both orders; dates that can be read both ways are left out."
    return DateOrder.UNKNOWN, "The sampled dates can be read both ways and are left out until --dates says which."


# --- durations --------------------------------------------------------------------------------------------------

_CLOCK: Final = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]?\d)(?:[.,](\d{1,3}))?", re.ASCII)
_PERIOD: Final = re.compile(
    r"PT(?:(\d{1,2})H)?(?:(\d{1,3})M)?(?:(\d{1,5})(?:\.(\d{1,3}))?S)?", re.ASCII | re.IGNORECASE
)
_NUMBER: Final = re.compile(r"\d{1,9}(?:[.,]\d{1,6})?", re.ASCII)
LONGEST_MS: Final = 48 * 3_600_000


def duration_ms(cell: Cell, unit: DurationUnit) -> int | Fault | None:
    """Milliseconds. ``3:45``, ``0:03:45.2`` and ``PT3M45S`` in any column, bare numbers in the column's unit."""
    if cell is None or cell == "":
        return None
    text = plain(cell).strip()
    if not text:
        return None
    found = _CLOCK.fullmatch(text) or _PERIOD.fullmatch(text)
    if found and any(found.groups()):
        hours, minutes, seconds, rest = (found[1] or "0", found[2] or "0", found[3] or "0", found[4] or "0")
        total = (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * 1000 + int(rest.ljust(3, "0"))
    elif _NUMBER.fullmatch(text):
        if unit is DurationUnit.UNKNOWN:
            return Fault(
                "duration.unit", "It is not known whether this is in seconds; say --duration-unit s or ms."
            )
        number = float(text.replace(",", "."))
        total = round(number * (1000 if unit is DurationUnit.SECONDS else 1))
    else:
        return Fault("duration.form", "This is no duration that is read here; write 3:45 or milliseconds.")
    if not 0 <= total <= LONGEST_MS:
        return Fault("duration.range", "A duration is between nought and 48 hours.")
    return total or None


def duration_unit(name: str, cells: list[Cell]) -> tuple[DurationUnit, str]:
    """The unit of bare numbers in a column: by its name, else by their size."""
    words = set(name.split())
    if words & {"ms", "milliseconds", "millis", "msec"}:
        return DurationUnit.MILLISECONDS, "The name of the column says milliseconds."
    if words & {"s", "sec", "secs", "seconds", "sekunden", "secondes", "segundos", "secondi"}:
        return DurationUnit.SECONDS, "The name of the column says seconds."
    numbers = sorted(
        float(text.replace(",", ".")) for text in map(plain, cells) if _NUMBER.fullmatch(text.strip())
    )
    if not numbers:
        return DurationUnit.UNKNOWN, ""
    middle = numbers[len(numbers) // 2]
    if middle >= 10_000:
        return (
            DurationUnit.MILLISECONDS,
            f"The middle of the sampled numbers is {middle:.0f}: seconds would be hours.",
        )
    if 20 <= middle <= 3_000:
        return (
            DurationUnit.SECONDS,
            f"The middle of the sampled numbers is {middle:.0f}: milliseconds would be nothing.",
        )
    return DurationUnit.UNKNOWN, f"The middle of the sampled numbers is {middle:.0f}, which says neither."
