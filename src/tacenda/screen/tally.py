"""What a run counts while it goes on, in memory that grows with the catalogue and never with the corpus."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tacenda.errors import Unreadable
from tacenda.match.compiled import OUTER
from tacenda.match.interface import How
from tacenda.screen.answers import DOUBTS, RESERVED, WORDS

SAMPLE_A_KIND: Final = 60
MAX_FINDINGS: Final = 200
MAX_UNREADABLE_SHOWN: Final = 50
_RESERVED = int(RESERVED)


@dataclass(slots=True)
class FileCount:
    rows: int = 0
    unreadable: int = 0
    broken: str = ""


@dataclass(slots=True)
class _Kept:
    """The findings of one kind with the smallest numbers: a fair sample that never changes between runs."""

    numbers: list[int] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def limit(self) -> int:
        return self.numbers[-1] if len(self.numbers) >= SAMPLE_A_KIND else (1 << 64) - 1


class Tally:
    """Counts and samples.

    Attributes:
        answers: rows of each answer, by its number.
        by_how: rows by the mark they matched by and their verdict, (How, verdict).
        doubts: rows of each doubt, by its number.
        found, reserved: int32, how many rows each item of the snapshot matched, and of these the Reserved ones.
    """

    def __init__(self, items: int) -> None:
        self.rows = 0
        self.matched = 0
        self.answers = np.zeros(0, np.int64)
        self.by_how = np.zeros((len(How), len(WORDS)), np.int64)
        self.doubts = np.zeros(len(DOUBTS), np.int64)
        self.found = np.zeros(items, np.int32)
        self.reserved = np.zeros(items, np.int32)
        self.files: dict[str, FileCount] = {}
        self.rules: Counter[str] = Counter()
        self.unreadable: list[Unreadable] = []
        self._kept: dict[tuple[int, int], _Kept] = {}

    def count(
        self,
        answer: NDArray[np.int32],
        verdict: NDArray[np.int8],
        how: NDArray[np.int64],
        item: NDArray[np.int64],
        doubt: NDArray[np.int8],
    ) -> None:
        """Count one batch of rows. `how` and `item` are -1 where nothing matched."""
        self.doubts += np.bincount(doubt, minlength=len(DOUBTS))
        if len(answer):
            most = int(answer.max()) + 1
            if most > len(self.answers):
                self.answers = np.concatenate([self.answers, np.zeros(most - len(self.answers), np.int64)])
            _count(answer, verdict, how, item, self.answers, self.by_how, self.found, self.reserved)
        self.rows += len(answer)
        self.matched += int(np.count_nonzero(how >= 0))

    def count_unreadable(self, bad: Sequence[Unreadable]) -> None:
        self.rules.update(u.rule for u in bad)
        self.unreadable += bad[: max(0, MAX_UNREADABLE_SHOWN - len(self.unreadable))]

    def candidates(
        self, rows: NDArray[np.int64], verdict: NDArray[np.int8], how: NDArray[np.int64]
    ) -> list[tuple[int, int, tuple[int, int]]]:
        """Which rows of a batch belong in the sample: (place in the batch, number, kind)."""
        places = np.flatnonzero(how >= 0)
        numbers = _scatter(rows[places])
        chosen = []
        for kind in sorted(set(zip(verdict[places].tolist(), how[places].tolist(), strict=True))):
            mine = (verdict[places] == kind[0]) & (how[places] == kind[1])
            mine &= numbers <= np.uint64(self._kept.setdefault(kind, _Kept()).limit)
            own = np.flatnonzero(mine)
            for place in own[np.argsort(numbers[own], kind="stable")][:SAMPLE_A_KIND].tolist():
                chosen.append((int(places[place]), int(numbers[place]), kind))
        return chosen

    def keep(self, number: int, kind: tuple[int, int], finding: dict[str, Any]) -> None:
        """Put a finding into the sample."""
        kept = self._kept.setdefault(kind, _Kept())
        place = int(np.searchsorted(np.array(kept.numbers, np.uint64), np.uint64(number)))
        kept.numbers.insert(place, number)
        kept.findings.insert(place, finding)
        del kept.numbers[SAMPLE_A_KIND:], kept.findings[SAMPLE_A_KIND:]

    def findings(self) -> list[dict[str, Any]]:
        """At most 200 findings, of each kind the same number where there are as many, in the order of rows."""
        kinds = [self._kept[kind].findings for kind in sorted(self._kept)]
        chosen: list[dict[str, Any]] = []
        for turn in range(SAMPLE_A_KIND):
            chosen += [findings[turn] for findings in kinds if turn < len(findings)]
        return sorted(chosen[:MAX_FINDINGS], key=lambda finding: int(finding["row"]))


@OUTER
def _count(
    answer: Any, verdict: Any, how: Any, item: Any, answers: Any, by_how: Any, found: Any, reserved: Any
) -> None:
    for row in range(len(answer)):
        answers[answer[row]] += 1
        if how[row] >= 0:
            by_how[how[row], verdict[row]] += 1
        if item[row] >= 0:
            found[item[row]] += 1
            if verdict[row] == _RESERVED:
                reserved[item[row]] += 1


def _scatter(rows: NDArray[np.int64]) -> NDArray[np.uint64]:
    """uint64: numbers that look random and depend on the row number alone (SplitMix64)."""
    with np.errstate(over="ignore"):
        x = rows.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed: NDArray[np.uint64] = x ^ (x >> np.uint64(31))
        return mixed


def top(counts: Mapping[str, int], limit: int) -> list[tuple[str, int]]:
    """The names with the highest counts; of equal counts the first by name."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
