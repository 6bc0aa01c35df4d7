"""Cells as values. Expected values are written by hand."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.catalogue.values import (
    DateOrder,
    DurationUnit,
    Fault,
    damage,
    date_order,
    duration_ms,
    duration_unit,
    join_list,
    path_text,
    prose,
    release_date,
    split_list,
    tidy,
)

DAY, MONTH, UNKNOWN = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST, DateOrder.UNKNOWN


@pytest.mark.parametrize(
    ("cell", "order", "value"),
    [
        (None, UNKNOWN, ""),
        ("", UNKNOWN, ""),
        ("1998", UNKNOWN, "1998"),
        (1998.0, UNKNOWN, "1998"),
        ("1998-05", UNKNOWN, "1998-05"),
        ("1998-5-3", UNKNOWN, "1998-05-03"),
        ("1998/05/03", UNKNOWN, "1998-05-03"),
        ("1998-05-03T00:00:00Z", UNKNOWN, "1998-05-03"),
        ("19980503", UNKNOWN, "1998-05-03"),
        ("3.5.1998", UNKNOWN, "1998-05-03"),
        ("13/5/1998", UNKNOWN, "1998-05-13"),
        ("5/13/1998", UNKNOWN, "1998-05-13"),
        ("3/5/1998", DAY, "1998-05-03"),
        ("3/5/1998", MONTH, "1998-03-05"),
        ("4/4/1998", UNKNOWN, "1998-04-04"),
        ("3 May 1998", UNKNOWN, "1998-05-03"),
        ("May 3, 1998", UNKNOWN, "1998-05-03"),
        (date(1998, 5, 3), UNKNOWN, "1998-05-03"),
        (datetime(1998, 5, 3, 12), UNKNOWN, "1998-05-03"),  # noqa: DTZ001 - a cell of a workbook has no zone
    ],
)
def test_dates(cell: object, order: DateOrder, value: str) -> None:
    assert release_date(cell, order) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "order", "rule", "suggestion"),
    [
        ("3/5/1998", UNKNOWN, "date.order", ""),
        ("13/5/1998", MONTH, "date.order", "1998-05-13"),
        ("1998-02-30", UNKNOWN, "date.form", ""),
        ("1998-13", UNKNOWN, "date.form", ""),
        ("soon", UNKNOWN, "date.form", ""),
        ("1492", UNKNOWN, "date.year", ""),
        ("44197", UNKNOWN, "damage.date", "2021-01-01"),
        (44197.0, UNKNOWN, "damage.date", "2021-01-01"),
        (44197, UNKNOWN, "damage.date", "2021-01-01"),
    ],
)
def test_f37_dates_that_are_refused(cell: object, order: DateOrder, rule: str, suggestion: str) -> None:
    found = release_date(cell, order)  # type: ignore[arg-type]
    assert isinstance(found, Fault)
    assert (found.rule, found.suggestion) == (rule, suggestion)


def test_the_order_of_dates_needs_evidence() -> None:
    assert date_order(["1/2/2020", "13/2/2020"])[0] is DAY
    assert date_order(["1/2/2020", "2/13/2020"])[0] is MONTH
    assert date_order(["1/2/2020", "3/4/2020"])[0] is UNKNOWN
    assert date_order(["13/2/2020", "2/13/2020"])[0] is UNKNOWN
    assert date_order(["2020-01-02"]) == (UNKNOWN, "")


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [
        (None, DurationUnit.UNKNOWN, None),
        ("3:45", DurationUnit.UNKNOWN, 225_000),
        ("0:03:45", DurationUnit.MILLISECONDS, 225_000),
        ("1:02:03.5", DurationUnit.UNKNOWN, 3_723_500),
        ("PT3M45S", DurationUnit.UNKNOWN, 225_000),
        ("pt1h", DurationUnit.UNKNOWN, 3_600_000),
        ("225", DurationUnit.SECONDS, 225_000),
        (225.5, DurationUnit.SECONDS, 225_500),
        ("225000", DurationUnit.MILLISECONDS, 225_000),
        ("0", DurationUnit.SECONDS, None),
    ],
)
def test_durations(cell: object, unit: DurationUnit, value: int | None) -> None:
    assert duration_ms(cell, unit) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "rule"), [("225", "duration.unit"), ("long", "duration.form"), ("99:99:99", "duration.form")]
)
def test_durations_that_are_refused(cell: str, rule: str) -> None:
    found = duration_ms(cell, DurationUnit.UNKNOWN)
    assert isinstance(found, Fault)
    assert found.rule == rule


def test_the_unit_of_durations_by_name_and_by_size() -> None:
    assert duration_unit("length ms", ["1"])[0] is DurationUnit.MILLISECONDS
    assert duration_unit("length sec", ["225000"])[0] is DurationUnit.SECONDS
    assert duration_unit("length", ["225000", "180000"])[0] is DurationUnit.MILLISECONDS
    assert duration_unit("length", ["225", "180"])[0] is DurationUnit.SECONDS
    assert duration_unit("length", ["5000"])[0] is DurationUnit.UNKNOWN


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (None, ""),
        ("  A  b ", "A b"),
        ("A\r\nb", "A b"),
        ("e\u0301", "\u00e9"),
        (1999.0, "1999"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("\u202eevil", "\u202eevil"),
    ],
)
def test_text_is_kept_as_it_is_spelt(cell: object, value: str) -> None:
    assert tidy(cell, 100) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a\0b", "text.control"),
        ("a\x1b[31mb", "text.control"),
        ("\ud800", "text.surrogate"),
        ("x" * 101, "text.length"),
        ("#REF!", "damage.formula"),
        ("#N/A", "damage.formula"),
    ],
)
def test_text_that_is_refused(text: str, rule: str) -> None:
    found = tidy(text, 100)
    assert isinstance(found, Fault)
    assert found.rule == rule


@pytest.mark.parametrize(
    ("text", "rule", "suggestion"),
    [
        ("For\u00c3\u00a7a", "text.garbled", "For\u00e7a"),  # ForÃ§a
        ("It\u00e2\u20ac\u2122s", "text.garbled", "It\u2019s"),  # Itâ€™s
        ("Beyonc\u00ef\u00bf", "text.lost", ""),
        ("Tit\u00ef\u00bf\u00bd", "text.lost", ""),
        ("Tit\ufffd", "text.lost", ""),
        ("\u00fd\u00fd\u00fd\u00fd", "text.lost", ""),
        ("abc\u202edef", "text.direction", "abcdef"),
        ("abc\x96def", "text.garbled", ""),
    ],
)
def test_what_looks_damaged(text: str, rule: str, suggestion: str) -> None:
    found = damage(text)
    assert found is not None
    assert (found.rule, found.suggestion) == (rule, suggestion)


@pytest.mark.parametrize(
    "text",
    [
        "Fuer\u00e7a",
        "S\u00c3O JO\u00c3O",
        "\u00c0 la p\u00eache",
        "\u4e0a\u6d77",
        "Bj\u00f6rk",
        "M\u00f8",
        "\u0420\u0443\u0441",
    ],
)
def test_what_is_only_foreign_is_not_called_damaged(text: str) -> None:
    assert damage(text) is None


@given(st.text(st.characters(min_codepoint=0xC0, max_codepoint=0x17F, categories=["L"]), min_size=1))
def test_every_latin_text_read_in_the_wrong_encoding_is_seen(text: str) -> None:
    try:
        garbled = text.encode("utf-8").decode("cp1252")
    except UnicodeDecodeError:
        return
    found = damage(garbled)
    assert found is not None


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda s: s == s.strip()))
)
def test_f63_lists_come_back_as_they_were(values: list[str]) -> None:
    assert split_list(join_list(tuple(values))) == tuple(values)


def test_lists() -> None:
    assert split_list("Lennon, John; McCartney, Paul") == ("Lennon, John", "McCartney, Paul")
    assert split_list(("a;b",)) == ("a;b",)
    assert split_list('["a;b", "c"]') == ("a;b", "c")
    assert split_list("[sic]") == ("[sic]",)


def test_lyrics_keep_their_lines_and_paths_their_spaces() -> None:
    assert prose("a\r\n b  c\r\n", 100) == "a\nb c"
    assert path_text("/x/a  b\u0065\u0301.wav", 100) == "/x/a  b\u0065\u0301.wav"
    assert isinstance(path_text("a\0", 100), Fault)
