"""Reply-by dates, counted by hand from printed calendars."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.errors import InputError
from tacenda.notify.deadline import Roll, Term, Unit, country_name, reply_by

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("seat", "last_day"),
    [
        ("DE", date(2026, 12, 11)),  # three full weeks, no public holiday
        ("US", date(2026, 12, 14)),  # Thanksgiving, 26 November
        ("JP", date(2026, 12, 14)),  # Labour Thanksgiving, 23 November
        ("AE", date(2026, 12, 15)),  # National Day, 2 and 3 December
        ("IL", date(2026, 12, 13)),  # works on Sundays, rests on Friday and Saturday
        ("HK", date(2026, 12, 11)),  # Saturday does not count where Sunday is free
    ],
)
def test_fifteen_working_days_from_22_november_2026(seat: str, last_day: date) -> None:
    assert reply_by(SUNDAY, Term(), seat).last_day == last_day


def test_christmas_and_new_year_do_not_count_in_germany() -> None:
    found = reply_by(date(2026, 12, 18), Term(), "DE")
    assert found.last_day == date(2027, 1, 12)
    assert [day for day, _ in found.skipped] == [date(2026, 12, 25), date(2027, 1, 1)]


def test_what_was_skipped_is_named() -> None:
    found = reply_by(SUNDAY, Term(), "US")
    assert found.skipped == ((date(2026, 11, 26), "Thanksgiving Day"),)
    assert found.calendar == "US"
    assert found.of_recipient
    assert found.calendar_version.startswith("holidays ")


def test_the_senders_calendar_stands_in_for_a_seat_that_is_not_known() -> None:
    found = reply_by(SUNDAY, Term(), "", "US")
    assert (found.calendar, found.of_recipient, found.last_day) == ("US", False, date(2026, 12, 14))


def test_without_any_calendar_only_weekends_are_left_out() -> None:
    found = reply_by(SUNDAY, Term(5), "", "ZZ")
    assert (found.calendar, found.last_day) == ("", date(2026, 11, 27))


@pytest.mark.parametrize(
    ("roll", "last_day"),
    [(Roll.FOLLOWING, date(2026, 12, 28)), (Roll.PRECEDING, date(2026, 12, 24)), (Roll.NONE, date(2026, 12, 25))],
)
def test_a_term_in_calendar_days_rolls_off_a_holiday(roll: Roll, last_day: date) -> None:
    assert reply_by(date(2026, 11, 25), Term(30, Unit.CALENDAR_DAYS, roll), "DE").last_day == last_day


@pytest.mark.parametrize("amount", [0, -1, 401])
def test_a_term_has_bounds(amount: int) -> None:
    with pytest.raises(InputError, match="days"):
        reply_by(SUNDAY, Term(amount), "DE")


@given(
    st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    st.integers(1, 60),
    st.sampled_from(["DE", "US", "JP", "IL", "AE", "CN", "IN", "FR", "KR", ""]),
)
def test_a_longer_term_ends_later_and_never_on_a_saturday(start: date, amount: int, seat: str) -> None:
    sooner, later = reply_by(start, Term(amount), seat), reply_by(start, Term(amount + 1), seat)
    assert start + timedelta(days=amount) <= sooner.last_day < later.last_day
    assert sooner.last_day.weekday() != 5


@pytest.mark.parametrize(
    ("code", "name"), [("US", "United States"), ("DE", "Germany"), ("KR", "South Korea"), ("", "")]
)
def test_countries_have_names(code: str, name: str) -> None:
    assert country_name(code) == name
