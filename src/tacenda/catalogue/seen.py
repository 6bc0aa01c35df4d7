"""Which ids were seen before, and in which line first, for files of any length in bounded memory.

The first 64 bits of each id stand in sorted runs that are merged as they grow (16 bytes an id); a run of
`SPILL_IDS` goes to a temporary file and is asked there. Two different ids that share 64 bits would be taken for
one: for fifty million rows that happens once in fifteen thousand imports, and would be reported as a duplicate,
not hidden.
"""

import tempfile
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
SPILL_IDS: Final = 4_000_000
NEW: Final = -1


def hashes_of(ids: Sequence[str]) -> Hashes:
    """The first 64 bits of ids of 16 or more hex digits."""
    return np.array([int(one[:16], 16) for one in ids], dtype=np.uint64)


class SeenIds:
    """A set of ids that only grows. `len()` is how many are in it."""

    def __init__(self, spill_ids: int = SPILL_IDS) -> None:
        self._runs: list[tuple[Any, Any]] = []
        self._spilled: list[tuple[Any, Any]] = []
        self._spill_ids = spill_ids
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def first_lines(self, hashes: Hashes) -> npt.NDArray[np.int64]:
        """For each hash the line where it was first seen, or `NEW`."""
        found = np.full(len(hashes), NEW, dtype=np.int64)
        for ids, lines in (*self._spilled, *self._runs):
            place = np.minimum(np.searchsorted(ids, hashes), len(ids) - 1)
            hit = ids[place] == hashes
            found[hit] = lines[place[hit]]
        return found

    def add(self, hashes: Hashes, lines: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Add them; for each the line where it was first seen before, in this call or an earlier one, or `NEW`."""
        before = self.first_lines(hashes)
        unique, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
        own = first[inverse]
        repeated = (before == NEW) & (own != np.arange(len(hashes)))
        before[repeated] = lines[own[repeated]]
        fresh = before[first] == NEW
        if fresh.any():
            self._push(unique[fresh], lines[first[fresh]])
        return before

    def _push(self, ids: Any, lines: Any) -> None:
        self._count += len(ids)
        self._runs.append((ids, lines))
        while len(self._runs) > 1 and len(self._runs[-1][0]) * 2 >= len(self._runs[-2][0]):
            (a, a_lines), (b, b_lines) = self._runs.pop(), self._runs.pop()
            both, both_lines = np.concatenate((a, b)), np.concatenate((a_lines, b_lines))
            order = np.argsort(both, kind="stable")
            self._runs.append((both[order], both_lines[order]))
        if len(self._runs[-1][0]) >= self._spill_ids:
            ids, lines = self._runs.pop()
            self._spilled.append((_on_disk(ids), _on_disk(lines)))


def _on_disk(values: Any) -> Any:
    with tempfile.TemporaryFile() as file:
        file.write(values.tobytes())
        file.flush()
        return np.memmap(file, dtype=values.dtype, mode="r", shape=values.shape)
