"""From versions of declarations to the reservations that a decision sees."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacenda.core.declaration import ChangeKind, Declarant, Declaration, FormKind, Signatory, to_reservations
from tacenda.core.scope import AllRepertoire
from tacenda.core.vocabulary import Capacity, Layer, Use

FIRST = Declaration(
    id="res-1",
    version=1,
    change=ChangeKind.DECLARED,
    title="Reservation",
    declarant=Declarant("lark", "Lark"),
    capacity=Capacity.OWNER,
    scope=AllRepertoire(),
    layers=frozenset({Layer.RECORDING}),
    uses=frozenset({Use.TRAIN}),
    purposes="",
    declared_on=date(2026, 1, 1),
    effective_from=date(2026, 1, 1),
    signatory=Signatory("M", "D", "sole"),
    claimed_since=date(2024, 1, 1),
)


def _next(version: int, start: date, change: ChangeKind = ChangeKind.AMENDED, **fields: Any) -> Declaration:
    return replace(FIRST, version=version, change=change, effective_from=start, **fields)


def test_a_version_holds_until_the_day_before_the_next() -> None:
    made = to_reservations([(_next(2, date(2026, 6, 1)), "b"), (FIRST, "a")])
    assert [(r.version, r.effective_from, r.effective_to, r.digest) for r in made] == [
        (1, date(2026, 1, 1), date(2026, 5, 31), "a"),
        (2, date(2026, 6, 1), None, "b"),
    ]


def test_a_withdrawal_ends_the_reservation_and_makes_none() -> None:
    made = to_reservations([(FIRST, ""), (_next(2, date(2026, 3, 1), ChangeKind.WITHDRAWN), "")])
    assert [(r.version, r.effective_to) for r in made] == [(1, date(2026, 2, 28))]


def test_a_version_that_was_replaced_before_it_took_effect_never_held() -> None:
    late = _next(2, date(2027, 1, 1))
    early = _next(3, date(2026, 6, 1), uses=frozenset({Use.TDM}))
    made = to_reservations([(FIRST, ""), (late, ""), (early, "")])
    assert [(r.version, r.effective_to) for r in made] == [(1, date(2026, 5, 31)), (3, None)]


def test_a_reservation_withdrawn_before_it_took_effect_is_not_there() -> None:
    planned = replace(FIRST, effective_from=date(2027, 1, 1))
    gone = _next(2, date(2026, 6, 1), ChangeKind.WITHDRAWN)
    assert to_reservations([(planned, ""), (gone, "")]) == ()


def test_the_same_claimed_day_is_stated_once_and_another_one_anew() -> None:
    same, other = _next(2, date(2026, 6, 1)), _next(3, date(2026, 7, 1), claimed_since=date(2025, 1, 1))
    made = to_reservations([(FIRST, ""), (same, ""), (other, "")])
    assert [r.claimed_since for r in made] == [date(2024, 1, 1), None, date(2025, 1, 1)]


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=6),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_on_no_day_do_two_versions_of_one_declaration_hold(offsets: list[int], gone: bool, random: Any) -> None:
    versions = []
    for place, offset in enumerate(offsets):
        last = gone and place == len(offsets) - 1 and place > 0
        change = ChangeKind.WITHDRAWN if last else ChangeKind.AMENDED
        versions.append((_next(place + 1, date(2026, 1, 1) + timedelta(days=offset), change), ""))
    shuffled = list(versions)
    random.shuffle(shuffled)
    made = to_reservations(shuffled)
    assert made == to_reservations(versions)
    for offset in range(60):
        day = date(2026, 1, 1) + timedelta(days=offset)
        holding = [r for r in made if r.in_force(day)]
        assert len(holding) <= 1
        started = [d for d, _ in versions if d.effective_from <= day]
        if started:
            # of the versions that have begun, the latest one speaks
            latest = max(started, key=lambda d: d.version)
            assert [r.version for r in holding] == ([] if latest.withdrawn else [latest.version])


def test_form_urls_and_names() -> None:
    assert FIRST.name == "res-1 version 1"
    assert FIRST.form_url(FormKind.PAGE) == ""
    with pytest.raises(AttributeError):
        FIRST.title = "changed"  # type: ignore[misc]
