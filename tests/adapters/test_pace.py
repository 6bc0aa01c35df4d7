"""Pauses between requests: per host, per address, never in a beat."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tacenda.adapters.pace import ADDRESS_SECONDS, HOST_SECONDS, JITTER, Pace
from tacenda.testing.fakes import CountingIds


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 3)), max_size=20))
def test_f48_two_requests_to_a_host_are_never_closer_than_a_second(asked: list[tuple[str, float]]) -> None:
    time, begun = Time(), dict[str, float]()
    pace = Pace(CountingIds(), lambda: time.now, time.sleep)
    for host, later in asked:
        time.now += later
        pace.wait_for_host(host)
        if host in begun:
            assert time.now - begun[host] >= HOST_SECONDS - 1e-9
        begun[host] = time.now


def test_f48_700_hosts_behind_one_address_take_minutes_and_keep_no_beat() -> None:
    time, begun = Time(), list[float]()
    pace = Pace(CountingIds(), lambda: time.now, time.sleep)
    for number in range(700):
        pace.wait_for_host(f"h{number}.example")
        pace.wait_for_address("93.184.215.14")
        begun.append(time.now)
    gaps = [later - earlier for earlier, later in pairwise(begun)]
    assert min(gaps) >= ADDRESS_SECONDS - 1e-9
    assert max(gaps) <= ADDRESS_SECONDS * (1 + JITTER) + 1e-9
    assert len({round(gap, 4) for gap in gaps}) > 300


def test_a_host_and_an_address_of_one_name_are_two_things_and_the_first_waits_for_nothing() -> None:
    time = Time()
    pace = Pace(CountingIds(), lambda: time.now, time.sleep)
    pace.wait_for_host("one.example")
    pace.wait_for_address("one.example")
    assert time.now == 0.0


def test_what_is_long_past_is_forgotten() -> None:
    time = Time()
    pace = Pace(CountingIds(), lambda: time.now, time.sleep)
    for number in range(20_001):
        time.now += 2
        pace.wait_for_host(f"h{number}.example")
    assert len(pace._free) < 20_000
