"""Combining: the order never matters, a deny wins, what is malformed never allows, and the table decides."""

import random
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.core.preference import Dimension, Preference
from tacenda.errors import InputError
from tacenda.formats.signals.statement import Found, Saying, Standing, Statement
from tacenda.signals import decide_urls, read
from tacenda.signals.evaluate import evaluate
from tacenda.signals.protocols import overridden, shipped

DENY, ALLOW, UNKNOWN = Preference.DENY, Preference.ALLOW, Preference.UNKNOWN
dimensions = st.frozensets(st.sampled_from(Dimension))
sayings = st.builds(lambda d, a, x: Saying(d, a - d, x), dimensions, dimensions, dimensions)
statements = st.builds(
    lambda p, c, s, stands: Statement(p, "1", c, "x", 1, b"", "", s if stands else s.apparent(),
                                      Standing.STATED if stands else Standing.APPARENT),
    st.sampled_from(["aipref", "tdmrep", "noai", "rsl"]),
    st.sampled_from(["tdmrep.json", "http-header", "html-meta"]),
    sayings,
    st.booleans(),
)  # fmt: skip


@given(st.lists(statements, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_statements_changes_no_preference(found: list[Statement], dice: random.Random) -> None:
    other = list(found)
    dice.shuffle(other)
    first, second = (evaluate(Found(tuple(s)), shipped()) for s in (found, other))
    assert first.preferences == second.preferences
    assert first.apparent == second.apparent


@given(st.lists(statements, max_size=6))
def test_evidence_alone_never_allows_or_denies(found: list[Statement]) -> None:
    only = [s for s in found if s.standing is Standing.APPARENT]
    answer = evaluate(Found(tuple(only)), shipped())
    assert set(answer.preferences.values()) == {UNKNOWN}


@given(st.lists(statements, max_size=6), sayings)
def test_a_further_denial_never_lifts_one(found: list[Statement], says: Saying) -> None:
    before = evaluate(Found(tuple(found)), shipped())
    more = Statement("noai", "1", "http-header", "x", 1, b"", "", replace(says, allows=frozenset()))
    after = evaluate(Found((*found, more)), shipped())
    for dimension in Dimension:
        if before[dimension] is DENY:
            assert after[dimension] is DENY


def test_a_protocol_that_is_not_honoured_does_not_count() -> None:
    table = overridden('[[protocol]]\nid = "noai"\nhonoured = false\n', "x")
    fields = {"x-robots-tag": "noai"}
    assert read(b"", fields, "https://a.example/x", protocols=table)["train_any"] is UNKNOWN
    assert read(b"", fields, "https://a.example/x")["train_any"] is DENY


def test_the_first_protocol_may_be_made_to_decide() -> None:
    text = '[rule]\ncross_protocol = "first"\n[[protocol]]\nid = "tdmrep"\n[[protocol]]\nid = "noai"\n'
    fields = [("tdm-reservation", "0"), ("x-robots-tag", "noai")]
    answer = read(b"", fields, "https://a.example/x", protocols=overridden(text, "x"))
    assert answer["train_any"] is ALLOW


def test_an_apparent_reservation_may_be_made_to_deny() -> None:
    table = overridden('[rule]\napparent = "deny"\n', "x")
    assert read(b"", {"tdm-reservation": "yes"}, "https://a.example/x", protocols=table)["tdm"] is DENY


@pytest.mark.parametrize(
    ("fields", "dimension"),
    [
        ({"content-usage": "Train-AI=n"}, "train_gen"),
        ({"tdm-reservation": "yes"}, "tdm"),
        ({"x-robots-tag": "NoAI"}, "train_any"),
    ],
)
def test_a_malformed_reservation_is_never_an_allowance_and_is_flagged(
    fields: dict[str, str], dimension: str
) -> None:
    answer = read(b"", fields, "https://a.example/x")
    assert answer[dimension] is not ALLOW
    assert answer.apparent_reservation


def test_a_later_carrier_without_a_reservation_keeps_the_earlier_one_and_its_policy() -> None:
    page = b'<meta name="tdm-policy" content="https://a.example/new">'
    answer = read(
        page, {"tdm-reservation": "1", "tdm-policy": "https://a.example/old"}, "https://a.example/x.html"
    )
    assert answer["tdm"] is DENY
    assert answer.policies == ("https://a.example/new",)


def test_a_table_answers_by_host_status_and_crawler() -> None:
    table = pa.table(
        {
            "url": [
                "https://a.example/x",
                "https://b.example/x",
                "https://c.example/x",
                "https://d.example/x",
                None,
            ],
            "crawler": ["GPTBot", "CCBot", "GPTBot", "GPTBot", "CCBot"],
        }
    )
    robots = pa.table(
        {
            "host": ["a.example", "b.example", "c.example"],
            "robots": [b"user-agent: gptbot\ndisallow: /", None, None],
            "status": [200, 404, 503],
        }
    )
    answered = decide_urls(table, robots, refusals={"gptbot": frozenset({Dimension.SEARCH})})
    assert answered.column("crawl").to_pylist() == ["deny", "allow", "deny", "unknown", "unknown"]
    assert answered.column("search").to_pylist() == ["deny", "unknown", "deny", "unknown", "unknown"]
    assert answered.column("line").to_pylist() == [2, 0, 0, 0, 0]


def test_a_table_without_addresses_is_refused_or_empty() -> None:
    with pytest.raises(InputError):
        decide_urls(pa.table({"address": ["x"]}), {})
    empty = decide_urls(pa.table({"url": pa.array([], pa.string())}), {"a.example": b""})
    assert empty.num_rows == 0
    assert {"crawl", "tdm", "apparent", "line"} <= set(empty.column_names)


def test_chunks_slices_and_large_strings_are_answered_alike() -> None:
    urls = [f"https://a.example/{n}" for n in range(10)]
    robots = {"https://a.example": b"user-agent: *\ndisallow: /5"}
    whole = decide_urls(pa.table({"url": urls}), robots).column("crawl").to_pylist()
    large = decide_urls(pa.table({"url": pa.array(urls, pa.large_string())}), robots).column("crawl").to_pylist()
    parts = pa.table({"url": pa.chunked_array([urls[:3], urls[3:]])})
    assert whole == large == decide_urls(parts, robots).column("crawl").to_pylist()
    assert decide_urls(parts.slice(4, 3), robots).column("crawl").to_pylist() == whole[4:7]
