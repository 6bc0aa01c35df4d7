"""How strangers' words and our numbers are shown."""

import doctest

from hypothesis import given
from hypothesis import strategies as st

from tacenda.report import words


def test_the_examples_hold() -> None:
    assert doctest.testmod(words).failed == 0


@given(st.text(max_size=40), st.text(max_size=40))
def test_differences_lose_no_letter(mine: str, theirs: str) -> None:
    assert "".join(text for text, _ in words.differences(mine, theirs)) == mine
    assert not any(differs for _, differs in words.differences(mine, mine))


@given(st.text())
def test_f62_nothing_unseen_is_left(text: str) -> None:
    assert not set(words.shown(text)) & set("\x00\x07\r\x1b\u200b\u200f\u202a\u202e\u2066\u2069\ufeff")


def test_dates_and_shares() -> None:
    assert words.long_date("2026-11-22T10:00:00Z") == "22 November 2026"
    assert words.long_date("soon") == "soon"
    assert words.share(0, 0) == "0 %"
    assert words.share(1264, 5358) == "23.6 %"
