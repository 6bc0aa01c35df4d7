"""The time, from the system or, for runs that must be repeatable, from the environment."""

import os
from datetime import UTC, datetime
from typing import Final

from tacenda.errors import SettingsError

NOW: Final = "TACENDA_NOW"
SEED: Final = "TACENDA_SEED"


class SystemClock:
    """`tacenda.ports.Clock`. ``TACENDA_NOW=2026-11-22T10:00:00Z`` makes it stand still at that second."""

    def now(self) -> datetime:
        fixed = os.environ.get(NOW)
        if not fixed:
            return datetime.now(UTC).replace(microsecond=0)
        try:
            return datetime.strptime(fixed, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError as error:
            raise SettingsError(
                "clock.now", f"{NOW} is {fixed[:40]!r}.", hint="Write it as 2026-11-22T10:00:00Z, or unset it."
            ) from error


def repeatable_seed() -> str | None:
    """The seed of a repeatable run: ``TACENDA_SEED``, but only while ``TACENDA_NOW`` is set too."""
    return os.environ.get(SEED) or None if os.environ.get(NOW) else None
