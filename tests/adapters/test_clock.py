"""The system's clock, and one that stands still."""

from datetime import UTC, datetime, timedelta

import pytest

from tacenda.adapters.clock import SystemClock, repeatable_seed
from tacenda.errors import SettingsError


def test_the_system_clock_is_utc_in_whole_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TACENDA_NOW", raising=False)
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(0)
    assert now.microsecond == 0
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)


def test_it_stands_still_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TACENDA_NOW", "2026-11-22T10:00:00Z")
    assert SystemClock().now() == datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize("text", ["now", "2026-11-22", "2026-11-22T10:00:00+01:00", "2026-13-01T00:00:00Z"])
def test_another_form_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("TACENDA_NOW", text)
    with pytest.raises(SettingsError):
        SystemClock().now()


def test_a_seed_counts_only_while_the_clock_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TACENDA_SEED", "demo")
    monkeypatch.delenv("TACENDA_NOW", raising=False)
    assert repeatable_seed() is None
    monkeypatch.setenv("TACENDA_NOW", "2026-11-22T10:00:00Z")
    assert repeatable_seed() == "demo"
