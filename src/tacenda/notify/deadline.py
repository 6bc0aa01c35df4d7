"""The day by which a reply is asked for, in working days of the recipient's seat.

Day zero is the date of the letter, and counting starts on the next working day. Weekends are those of the country
(Friday and Saturday in some; Saturday with Sunday wherever Sunday is free), and its public holidays do not count.
The last day of a term in working days is by construction one, so the roll rule matters for calendar days alone.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import version
from typing import Final

import holidays

from tacenda.errors import InputError

DEFAULT_WORKING_DAYS: Final = 15
MAX_DAYS: Final = 400
SATURDAY, SUNDAY = 5, 6
WEEKEND: Final = frozenset({SATURDAY, SUNDAY})


class Unit(StrEnum):
    """In what kind of days a term is counted."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


class Roll(StrEnum):
    """Where a term in calendar days ends when its last day is no working day."""

    FOLLOWING = "following"
    PRECEDING = "preceding"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Term:
    """How long a recipient has."""

    amount: int = DEFAULT_WORKING_DAYS
    unit: Unit = Unit.WORKING_DAYS
    roll: Roll = Roll.FOLLOWING


@dataclass(frozen=True, slots=True)
class Deadline:
    """The day, and everything needed to compute it again.

    Attributes:
        last_day: inclusive.
        calendar: ISO 3166-1 code of the country whose working days were counted; empty for weekends alone.
        calendar_version: of the holiday tables, such as ``holidays 0.109``.
        of_recipient: whether the calendar is that of the recipient's seat.
        skipped: public holidays on weekdays that did not count, with their names, in order.
    """

    last_day: date
    term: Term
    start: date
    calendar: str
    calendar_version: str
    of_recipient: bool
    skipped: tuple[tuple[date, str], ...] = ()


CALENDAR_VERSION: Final = f"holidays {version('holidays')}"


def reply_by(start: date, term: Term, seat: str, fallback_seat: str = "") -> Deadline:
    """The last day of `term` after `start`.

    Args:
        seat: of the recipient; where it is empty or has no calendar, `fallback_seat` (the sender's) is used, and
            where that has none either, only weekends are left out.

    Raises:
        InputError: ``deadline.term``.
    """
    if not 1 <= term.amount <= MAX_DAYS:
        raise InputError("deadline.term", f"A term of {term.amount} days is not between 1 and {MAX_DAYS}.")
    calendar = next((code for code in (seat, fallback_seat) if code and _known(code)), "")
    if term.unit is Unit.CALENDAR_DAYS:
        last = _rolled(start + timedelta(days=term.amount), term.roll, calendar)
    else:
        last = _counted(start, term.amount, calendar)
    days = (start + timedelta(days=n) for n in range(1, (last - start).days + 1))
    skipped = tuple((day, _holiday(day, calendar)) for day in days if _holiday(day, calendar))
    weekend = _weekend(calendar)
    return Deadline(
        last, term, start, calendar, CALENDAR_VERSION, bool(calendar) and calendar == seat,
        tuple((day, name) for day, name in skipped if day.weekday() not in weekend),
    )  # fmt: skip


def _counted(start: date, amount: int, calendar: str) -> date:
    day, left = start, amount
    while left:
        day += timedelta(days=1)
        left -= _works(day, calendar)
    return day


def _rolled(day: date, roll: Roll, calendar: str) -> date:
    step = {Roll.FOLLOWING: 1, Roll.PRECEDING: -1, Roll.NONE: 0}[roll]
    while step and not _works(day, calendar):
        day += timedelta(days=step)
    return day


def _works(day: date, calendar: str) -> bool:
    return day.weekday() not in _weekend(calendar) and not _holiday(day, calendar)


def _holiday(day: date, calendar: str) -> str:
    """Name of the public holiday, or empty."""
    return _holidays(calendar, day.year).get(day, "") if calendar else ""


def _known(calendar: str) -> bool:
    return calendar in holidays.list_supported_countries(include_aliases=False)


@lru_cache(maxsize=256)
def country_name(code: str) -> str:
    """The country in English, as the holiday tables name it; the code itself where they do not know it.

    >>> country_name("KR"), country_name("ZZ")
    ('South Korea', 'ZZ')
    """
    if not code or not _known(code):
        return code
    named = next(
        (kind.__name__ for kind in type(holidays.country_holidays(code)).__mro__ if len(kind.__name__) > 3), code
    )
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", named)


@lru_cache(maxsize=256)
def _weekend(calendar: str) -> frozenset[int]:
    if not calendar:
        return WEEKEND
    # Where the tables rest on Sunday alone (Hong Kong, India), Saturday does not count either: offices are shut.
    days = frozenset(holidays.country_holidays(calendar).weekend)
    return days | {SATURDAY} if SUNDAY in days else days


@lru_cache(maxsize=1024)
def _holidays(calendar: str, year: int) -> dict[date, str]:
    # English names where the tables have them; some countries have only their own language.
    supported = holidays.country_holidays(calendar).supported_languages
    language = next((tongue for tongue in ("en_GB", "en_US", "en") if tongue in supported), None)
    return dict(holidays.country_holidays(calendar, years=year, language=language).items())
