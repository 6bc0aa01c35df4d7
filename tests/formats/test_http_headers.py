"""Response fields and the nginx snippet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.core.preference import Dimension, Preference
from tacenda.formats.http_headers import parse_headers, reservation_headers

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


@pytest.mark.parametrize(
    ("value", "licence"),
    [
        ('<https://x.example/rsl.xml>; rel="license"; type="application/rsl+xml"', "https://x.example/rsl.xml"),
        ('<a>; rel="next", <b>; type="application/rsl+xml"; rel="license nofollow"', "b"),
        ('<https://x.example/cc>; rel="license"', ""),
        ('<https://x.example/rsl.xml>; rel="license"; type="text/xml"', ""),
        ("<", ""),
    ],
)
def test_a_link_leads_to_an_rsl_document(value: str, licence: str) -> None:
    """RSL 1.0, discovery: rel="license" and the media type, both."""
    assert parse_headers([("Link", value)]).licence == licence


def test_the_link_is_written_only_where_there_is_a_document() -> None:
    fields = reservation_headers(frozenset({Dimension.SEARCH}), "", "https://x.example/rsl.xml")
    assert fields[-1] == ("Link", '<https://x.example/rsl.xml>; rel="license"; type="application/rsl+xml"')
    assert reservation_headers(frozenset({Dimension.SEARCH}), "") == (("Content-Usage", "search=n"),)
