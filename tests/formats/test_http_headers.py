"""Response fields and the nginx snippet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.core.preference import Dimension, Preference
from tacenda.errors import InputError
from tacenda.formats.http_headers import parse_headers, render_nginx, reservation_headers

DENY, UNKNOWN = Preference.DENY, Preference.UNKNOWN
POLICY = "https://lark.example/policy.json"


def test_the_fields_for_a_default_declaration() -> None:
    fields = reservation_headers(frozenset(Dimension) - {Dimension.SEARCH}, POLICY)
    assert fields == (
        ("tdm-reservation", "1"),
        ("tdm-policy", POLICY),
        ("Content-Usage", "train-ai=n, ai-use=n"),
        ("X-Robots-Tag", "noai, noimageai"),
    )


@given(st.frozensets(st.sampled_from(list(Dimension))))
def test_reading_the_fields_gives_what_was_denied_and_what_mining_implies(denied: frozenset[Dimension]) -> None:
    stated = parse_headers(reservation_headers(denied, POLICY)).preferences()
    implied = {Dimension.TRAIN_ANY, Dimension.TRAIN_GEN} if Dimension.TDM in denied else set()
    implied |= {Dimension.TRAIN_GEN} if Dimension.TRAIN_ANY in denied else set()
    for dimension in Dimension:
        assert stated[dimension] is (DENY if dimension in denied | implied else UNKNOWN)


@pytest.mark.parametrize(
    ("fields", "dimension", "said"),
    [
        ([("TDM-Reservation", "1")], Dimension.TDM, DENY),
        ([("tdm-reservation", "yes")], Dimension.TDM, UNKNOWN),
        ([("tdm-reservation", "0")], Dimension.TDM, Preference.ALLOW),
        ([("tdm-reservation", "0"), ("tdm-reservation", "1")], Dimension.TDM, DENY),
        ([("X-Robots-Tag", "noindex, NoAI")], Dimension.TRAIN_ANY, DENY),
        ([("x-robots-tag", "googlebot: noai")], Dimension.TRAIN_ANY, UNKNOWN),
        ([("Content-Usage", "train-ai=n"), ("content-usage", "search=y")], Dimension.TRAIN_GEN, DENY),
        ([("Content-Usage", "train-ai=n"), ("content-usage", "search=y,")], Dimension.TRAIN_GEN, UNKNOWN),
        ([("Content-Usage", "train-ai=n")], Dimension.TRAIN_ANY, UNKNOWN),
    ],
)
def test_what_a_response_says(fields: list[tuple[str, str]], dimension: Dimension, said: Preference) -> None:
    assert parse_headers(fields).preferences()[dimension] is said


@pytest.mark.parametrize("value", ['a"\nb', "a\r\nadd_header x y", "$host", "é", ""])
def test_f62_a_value_that_could_mean_something_else_to_nginx_is_refused(value: str) -> None:
    with pytest.raises(InputError):
        render_nginx([("tdm-policy", value)])


def test_quotes_and_backslashes_are_escaped_and_comments_stay_on_their_line() -> None:
    text = render_nginx([("x", 'a"b\\c;}')], ["n\ninclude /etc/passwd;"]).decode()
    assert text == '# n?include /etc/passwd;\nadd_header x "a\\"b\\\\c;}" always;\n'
