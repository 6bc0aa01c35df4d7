"""TDMRep: order decides, odd values say nothing, foreign rules stay byte for byte."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacenda.core.preference import Preference
from tacenda.errors import InputError
from tacenda.formats.tdmrep import (
    Policy,
    holes_before,
    parse_tdmrep,
    put_rule,
    remove_rule,
    render_policy,
    rule_for,
)

URL = "https://lark.example/rights-reservation/res-1/policy.json"


def test_the_first_rule_that_matches_decides() -> None:
    rules = parse_tdmrep(
        b'[{"location": "/a/", "tdm-reservation": 0}, {"location": "/a/b", "tdm-reservation": 1},'
        b' {"location": "/*.mp3$", "tdm-reservation": 1, "tdm-policy": "https://x.example/p"}]'
    )
    assert rule_for(rules, "/a/b").reservation is Preference.ALLOW  # type: ignore[union-attr]
    found = rule_for(rules, "/x.mp3")
    assert found is not None
    assert (found.reservation, found.policy) == (Preference.DENY, "https://x.example/p")
    assert rule_for(rules, "/x.mp4") is None


@pytest.mark.parametrize(
    ("value", "said", "apparent"),
    [
        ("1", Preference.DENY, False), ("0", Preference.ALLOW, False), ("2", Preference.UNKNOWN, False),
        ('"1"', Preference.UNKNOWN, True), ("true", Preference.UNKNOWN, True), ("null", Preference.UNKNOWN, False),
        ("1.0", Preference.UNKNOWN, True), ('"no"', Preference.UNKNOWN, False),
    ],
)  # fmt: skip
def test_other_values_than_1_and_0_are_unset(value: str, said: Preference, apparent: bool) -> None:
    rule = parse_tdmrep(f'[{{"location": "/", "tdm-reservation": {value}}}]'.encode())[0]
    assert rule.reservation is said
    assert value == "1.0" or rule.apparent is apparent


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{}", "tdmrep.form"),
        (b"[1]", "tdmrep.form"),
        (b"[", "json.syntax"),
        (b'[{"location": "/", "location": "/"}]', "json.duplicate"),
        (b"[NaN]", "json.number"),
        (b"[Infinity]", "json.number"),
        (b"[" + b"9" * 30 + b"]", "json.number"),
        (b"[" * 10_000, "json.depth"),
        (b" " * 1_000_001, "json.size"),
        (b"\xff", "json.encoding"),
    ],
)
def test_f46_hostile_json_is_refused_by_name(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_tdmrep(data)
    assert refused.value.code == code


rules = st.fixed_dictionaries(
    {"location": st.sampled_from(["/", "/a/*", "/ü"]), "tdm-reservation": st.sampled_from([0, 1, "1"])},
    optional={
        "x-own": st.text(max_size=5),
        "tdm-policy": st.just("https://other.example/p"),
        "n": st.lists(st.just({}), max_size=2),
    },
)


@settings(max_examples=100)
@given(st.lists(rules, max_size=4), st.sampled_from([None, 0, 2, "\t"]), st.booleans())
def test_foreign_rules_stay_byte_for_byte(others: list[Any], indent: Any, ascii_only: bool) -> None:
    existing = (json.dumps(others, indent=indent, ensure_ascii=ascii_only) + "\n").encode()
    with_ours = put_rule(existing, URL)
    assert remove_rule(with_ours, URL) == existing or not others
    assert put_rule(with_ours, URL) == with_ours
    read = json.loads(with_ours)
    assert read[:-1] == others
    assert read[-1] == {"location": "/", "tdm-reservation": 1, "tdm-policy": URL}
    for line in existing.decode().strip().strip("[]").strip().splitlines():
        assert line.strip().rstrip(",") in with_ours.decode()


def test_a_rule_that_is_there_is_renewed_in_its_place() -> None:
    existing = (
        f'[ {{"tdm-policy": "{URL}", "location": "/", "tdm-reservation": 0}},\n {{"location": "/b"}} ]'.encode()
    )
    renewed = put_rule(existing, URL)
    assert [rule.reservation for rule in parse_tdmrep(renewed)] == [Preference.DENY, Preference.UNKNOWN]
    assert json.loads(remove_rule(renewed, URL)) == [{"location": "/b"}]


def test_without_a_file_one_is_made_and_left_empty_when_ours_goes() -> None:
    made = put_rule(b"", URL)
    assert json.loads(made) == [{"location": "/", "tdm-reservation": 1, "tdm-policy": URL}]
    assert json.loads(remove_rule(made, URL)) == []


def test_the_policy_has_what_the_report_demands() -> None:
    """CG Final Report, section on policies: contexts in order, uid, Offer, profile, one assigner, tdm:mine."""
    policy = json.loads(
        render_policy(
            Policy(URL, "https://lark.example", 'L"<b>', "a@lark.example", "https://lark.example/ai", "DE")
        )
    )
    assert policy["@context"] == ["http://www.w3.org/ns/odrl.jsonld", "http://www.w3.org/ns/tdmrep.jsonld"]
    assert (policy["@type"], policy["profile"], policy["uid"]) == ("Offer", "http://www.w3.org/ns/tdmrep", URL)
    assert policy["assigner"]["vcard:fn"] == 'L"<b>'
    assert policy["assigner"]["vcard:hasEmail"] == "mailto:a@lark.example"
    assert [p["action"] for p in policy["permission"]] == ["tdm:mine"]
    assert [duty["action"] for duty in policy["permission"][0]["duty"]] == ["obtainConsent", "compensate"]
    assert "prohibition" not in policy
    assert "obligation" not in policy


@pytest.mark.parametrize(
    ("theirs", "locations", "holes"),
    [
        ([("/shop/*", 0)], ("/",), [b"/shop/*"]),
        ([("/shop/*", 0)], ("/music/",), []),
        ([("/music/free/", 0)], ("/music/",), [b"/music/free/"]),
        ([("/*.mp3$", 0)], ("/music/",), [b"/*.mp3$"]),
        ([("/shop/", 1), ("/shop/x", 0)], ("/",), []),
        ([("/shop/x", 0), ("/shop/", 1)], ("/",), [b"/shop/x"]),
    ],
)
def test_rules_that_leave_a_hole_before_ours(theirs: Any, locations: Any, holes: Any) -> None:
    existing = json.dumps([{"location": where, "tdm-reservation": value} for where, value in theirs]).encode()
    assert [rule.location for rule in holes_before(existing, URL, locations)] == holes
    behind = put_rule(b"", URL, locations).rstrip()[:-1] + b"," + existing[1:]
    assert holes_before(behind, URL, locations) == ()
    assert holes_before(b"", URL, locations) == ()
