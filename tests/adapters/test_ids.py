"""Identifiers that sort by time."""

import re

import pytest

from tacenda.adapters.ids import TimeIds
from tacenda.errors import InputError
from tacenda.testing.fakes import FakeClock


def test_their_form() -> None:
    assert re.fullmatch(r"declaration-20261122-[0-9a-z]{10}", TimeIds(FakeClock()).new("declaration"))


def test_they_are_unique_and_sorted_within_a_second_and_across_seconds() -> None:
    clock = FakeClock()
    ids = TimeIds(clock)
    made = []
    for _ in range(50):
        made += [ids.new("d") for _ in range(50)]
        clock.advance(seconds=1)
    assert made == sorted(set(made))


def test_they_are_sorted_across_days() -> None:
    clock = FakeClock()
    ids = TimeIds(clock)
    first = ids.new("d")
    clock.advance(hours=15)
    assert ids.new("d") > first


def test_two_processes_of_one_second_differ() -> None:
    made = [TimeIds(FakeClock()).new("d") for _ in range(500)]
    assert len(set(made)) == 500


def test_a_repeatable_run_makes_the_same_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TACENDA_NOW", "2026-11-22T10:00:00Z")
    monkeypatch.setenv("TACENDA_SEED", "demo")
    one, two = TimeIds(), TimeIds()
    made = [one.new("d") for _ in range(20)]
    assert made == [two.new("d") for _ in range(20)]
    assert made == sorted(set(made))
    monkeypatch.setenv("TACENDA_SEED", "other")
    assert TimeIds().new("d") != made[0]


@pytest.mark.parametrize("prefix", ["", "D", "a_b", "-a", "a-", "a--b", "ä", "a b", "1a"])
def test_a_prefix_that_is_none(prefix: str) -> None:
    with pytest.raises(InputError):
        TimeIds(FakeClock()).new(prefix)
