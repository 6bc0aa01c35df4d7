"""Politeness: how long to wait before the next request to a host, and to an address that many share (F48)."""

import hashlib
import threading
from collections.abc import Callable
from typing import Final

from tacenda.ports import Ids

HOST_SECONDS: Final = 1.0
ADDRESS_SECONDS: Final = 0.5
JITTER: Final = 0.25
MOST_KEYS: Final = 20_000


class Pace:
    """Hands out times to begin, so that requests to one host and to one address stand apart, in any thread.

    At least 1 s between two requests to a host and 0.5 s between two to an address, each made up to a quarter
    longer by chance (from `Ids`), so that 700 hosts behind one address are asked one after another and not in a
    beat. A place is taken before waiting for it: who comes later waits longer.

    Args:
        monotonic, sleep: of the machine, or of a test.
    """

    def __init__(self, ids: Ids, monotonic: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._ids = ids
        self._monotonic = monotonic
        self._sleep = sleep
        self._free: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait_for_host(self, host: str) -> None:
        self._wait(f"host {host}", HOST_SECONDS)

    def wait_for_address(self, address: str) -> None:
        self._wait(f"address {address}", ADDRESS_SECONDS)

    def _wait(self, key: str, gap: float) -> None:
        with self._lock:
            now = self._monotonic()
            start = max(now, self._free.get(key, now))
            if len(self._free) >= MOST_KEYS:
                self._free = {name: free for name, free in self._free.items() if free > now}
            self._free[key] = start + gap * (1 + JITTER * self._chance())
        if start > now:
            self._sleep(start - now)

    def _chance(self) -> float:
        """From 0 up to 1."""
        digest = hashlib.sha256(self._ids.new("pace").encode()).digest()
        return int.from_bytes(digest[:4], "big") / 2**32
