"""The elements for the head of a page."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.core.preference import Dimension, Preference
from tacenda.formats.html_head import HtmlStatement, parse_head, render_head, reservation_metas

DENY, ALLOW, UNKNOWN = Preference.DENY, Preference.ALLOW, Preference.UNKNOWN
RSL = "https://lark.example/rsl.xml"


@given(st.frozensets(st.sampled_from(list(Dimension))), st.text(max_size=30))
def test_reading_what_was_written(denied: frozenset[Dimension], comment: str) -> None:
    made = render_head(reservation_metas(denied, "https://x.example/p"), RSL, {"a": comment}, (comment, "--><x>"))
    read = parse_head(made)
    assert (read.tdm is DENY) is (Dimension.TDM in denied)
    assert read.noai is (Dimension.TRAIN_ANY in denied)
    assert read.licences == (RSL,)
    assert made.isascii()
    assert made.count(b"<script") == made.count(b"</script") == 1


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ('<meta name="TDM-Reservation" content="1">', HtmlStatement(DENY, "", False, ())),
        ('<meta name="tdm-reservation" content="0">', HtmlStatement(ALLOW, "", False, ())),
        ('<meta name="tdm-reservation" content="yes">', HtmlStatement(UNKNOWN, "", False, ())),
        ('<meta name="robots" content="noindex, NoImageAI">', HtmlStatement(UNKNOWN, "", True, ())),
        ('<link rel="license" href="/cc">', HtmlStatement(UNKNOWN, "", False, ())),
        ("<meta", HtmlStatement(UNKNOWN, "", False, ())),
    ],
)
def test_what_a_page_says_of_itself(page: str, said: HtmlStatement) -> None:
    assert parse_head(page.encode()) == said


def test_f62_a_value_never_leaves_its_attribute() -> None:
    made = render_head((("tdm-policy", 'https://x"><script>alert(1)</script>'),)).decode()
    assert "<script" not in made
    assert unescape(made.split('content="')[1].split('"')[0]) == 'https://x"><script>alert(1)</script>'


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail(data: bytes) -> None:
    assert parse_head(data).tdm in (DENY, ALLOW, UNKNOWN)


def test_what_is_hidden_says_nothing() -> None:
    inside = '<meta name="robots" content="noai">'
    assert not parse_head(f"<!-- {inside} -->".encode()).noai
    assert not parse_head(f"<script>{inside}</script>".encode()).noai
    assert not parse_head(f"<!-- {inside}".encode()).noai
    assert parse_head(f"<!-- a --><SCRIPT>b</SCRIPT>{inside}".encode()).noai


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<meta b='", '<meta "', "<![x[", "</", "&#x", "<link a=", "<script"]
)
def test_a_megabyte_of_unclosed_markup_comes_to_an_end(piece: str) -> None:
    assert parse_head(piece.encode() * 200_000).licences == ()
