"""References: given once, never again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.errors import ConflictError, InputError
from tacenda.notify.campaign import campaign_from_document, campaign_to_document, check_name, with_references
from tacenda.testing.letters import sample_recipient, sample_sending

BARE = sample_sending([]).campaign


def test_references_count_from_one_in_the_given_order() -> None:
    made = with_references(BARE, ["wren", "owl"], [])
    assert [made.reference(name) for name in ("wren", "owl")] == ["TAC-2026-000001", "TAC-2026-000002"]


def test_a_reference_stays_when_others_join() -> None:
    made = with_references(with_references(BARE, ["wren"], []), ["finch", "wren"], [])
    assert made.numbers == {"wren": 1, "finch": 2}


def test_two_campaigns_never_share_a_reference() -> None:
    first = with_references(BARE, ["wren", "owl"], [])
    second = with_references(replace(BARE, name="second"), ["wren"], [first])
    assert second.reference("wren") == "TAC-2026-000003"


def test_another_year_counts_anew() -> None:
    last_year = with_references(replace(BARE, day=BARE.day.replace(year=2025)), ["wren"], [])
    assert with_references(BARE, ["owl"], [last_year]).reference("owl") == "TAC-2026-000001"


def test_a_year_can_be_full() -> None:
    with pytest.raises(ConflictError, match="All references"):
        with_references(replace(BARE, numbers={"wren": 999_999}), ["owl"], [])


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), max_size=5))
def test_no_sequence_of_runs_moves_or_shares_a_reference(runs: list[list[str]]) -> None:
    campaign, seen = BARE, {}
    for run in runs:
        campaign = with_references(campaign, run, [])
        for name, number in seen.items():
            assert (campaign.numbers or {})[name] == number
        seen = dict(campaign.numbers or {})
    assert len(set(seen.values())) == len(seen)


def test_a_campaign_reads_back_from_its_document() -> None:
    campaign = sample_sending([sample_recipient()]).campaign
    document = campaign_to_document(campaign)
    assert campaign_from_document(document) == campaign
    with pytest.raises(InputError, match="not known"):
        campaign_from_document(document | {"secret": 1})


@pytest.mark.parametrize("name", ["", "../x", "First Notice", "a/b", "-a", "a" * 49, "é"])
def test_a_name_that_could_leave_its_folder_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="cannot name a campaign"):
        check_name(name)
