"""New identifiers: a prefix, the UTC day, and ten letters that sort by time."""

import hashlib
import re
import secrets
from collections.abc import Callable
from typing import Final

from tacenda.adapters.clock import SystemClock, repeatable_seed
from tacenda.errors import InputError
from tacenda.ports import Clock

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_BITS: Final = 33
_LETTERS: Final = 10
_PREFIX: Final = re.compile(r"[a-z][0-9a-z]*(-[0-9a-z]+)*", re.ASCII)


class TimeIds:
    """`tacenda.ports.Ids`: ``declaration-20261122-92t3hq0xk5``.

    The letters hold the second of the day (17 bits) and 33 random bits; within one second each id of this object
    is above the last, so ids sort by time of making. With ``TACENDA_NOW`` and ``TACENDA_SEED`` set, the same calls
    give the same ids: then each process of one workspace needs its own second or its own seed.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._day = ""
        self._last = -1
        self._random: Callable[[], int] = _system_random
        seed = repeatable_seed()
        if seed is not None:
            self._random = _SeededRandom(seed)

    def new(self, prefix: str) -> str:
        """A new id.

        Raises:
            InputError: ``id.prefix`` unless it is of ``0-9a-z`` and single inner ``-``.
        """
        if not _PREFIX.fullmatch(prefix):
            raise InputError("id.prefix", f"{prefix[:40]!r} cannot begin an id.")
        now = self._clock.now()
        day = now.strftime("%Y%m%d")
        second = now.hour * 3600 + now.minute * 60 + now.second
        value = second << _RANDOM_BITS | self._random()
        if day == self._day and value <= self._last:
            value = self._last + 1
        self._day, self._last = day, value
        letters = "".join(_ALPHABET[value >> 5 * place & 31] for place in range(_LETTERS - 1, -1, -1))
        return f"{prefix}-{day}-{letters}"


def _system_random() -> int:
    return secrets.randbits(_RANDOM_BITS)


class _SeededRandom:
    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._calls = 0

    def __call__(self) -> int:
        digest = hashlib.sha256(f"tacenda/ids\0{self._seed}\0{self._calls}".encode()).digest()
        self._calls += 1
        return int.from_bytes(digest[:8], "big") >> (64 - _RANDOM_BITS)
