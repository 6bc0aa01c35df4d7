"""What the field uses to find text in text, re-implemented on the same words: any shared n-gram, and MinHash.

- any 13-gram: lm-evaluation-harness and GPT-3 decontamination; any 12-gram: datatrove's; 8 and 5: elsewhere.
- MinHash: 128 permutations, Jaccard similarity of the whole document with the whole lyric at or above a threshold.

All read words with Tacenda's reader, so they gain from the same normalisation; their own programs do less.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from benchmarks.lyrics_data import Work

from tacenda.match.lyrics.background import _hashes
from tacenda.match.lyrics.index import Shape, build_index
from tacenda.match.lyrics.model import Counts
from tacenda.match.lyrics.search import LyricSearch, Space
from tacenda.match.lyrics.words import standard_reader


@dataclass(frozen=True)
class Hit:
    """A passage of a text and the song that it is taken for."""

    text: int
    song: str
    first_byte: int
    last_byte: int


class AnyNGram:
    """One shared run of n words is a hit; the song that shares most runs in a passage is named."""

    def __init__(self, works: Sequence[Work], n: int) -> None:
        self.name = f"any {n}-gram"
        self.works, self.n = works, n
        reader = standard_reader()
        each = [np.unique(self._runs(reader.read(work.text).hashes)) for work in works]
        hashes = np.concatenate(each)
        owners = np.repeat(np.arange(len(works)), [len(part) for part in each])
        order = np.argsort(hashes, kind="stable")
        self.hashes, self.owners = hashes[order], owners[order]

    def _runs(self, words: np.ndarray) -> np.ndarray:
        return _hashes(words, len(words), self.n, 0)

    def ask(self, texts: Sequence[str | bytes]) -> list[Hit]:
        hits = []
        for place, text in enumerate(texts):
            words = standard_reader().read(text)
            runs = self._runs(words.hashes)
            near = np.minimum(np.searchsorted(self.hashes, runs), len(self.hashes) - 1)
            at = np.flatnonzero(self.hashes[near] == runs)
            for group in np.split(at, np.flatnonzero(np.diff(at) > 2 * self.n) + 1):
                if len(group):
                    first, last = int(words.starts[group[0]]), int(words.ends[group[-1] + self.n - 1])
                    hits.append(Hit(place, self._song(runs[group]), first, last))
        return hits

    def _song(self, runs: np.ndarray) -> str:
        low, high = np.searchsorted(self.hashes, runs, "left"), np.searchsorted(self.hashes, runs, "right")
        votes = Counter(
            self.works[owner].song for a, b in zip(low, high, strict=True) for owner in set(self.owners[a:b])
        )
        return votes.most_common(1)[0][0]


class MinHash:
    """The whole document against the whole lyric."""

    def __init__(self, works: Sequence[Work], n: int, threshold: float) -> None:
        self.name = f"MinHash {n}-gram, Jaccard {threshold}"
        self.works, self.n, self.threshold = works, n, threshold
        draw = np.random.default_rng(1)
        self.factors = draw.integers(1, 1 << 62, 128, dtype=np.uint64) * 2 + 1
        self.signatures = np.array([self._signature(work.text) for work in works])

    def _signature(self, text: str | bytes) -> np.ndarray:
        words = standard_reader().read(text[:200_000]).hashes
        runs = np.unique(_hashes(words, len(words), self.n, 0))
        if not len(runs):
            return np.zeros(128, np.uint64)
        return np.array([(runs * factor).min() for factor in self.factors])

    def ask(self, texts: Sequence[str | bytes]) -> list[Hit]:
        hits = []
        for place, text in enumerate(texts):
            alike = (self.signatures == self._signature(text)).mean(axis=1)
            best = int(alike.argmax())
            if alike[best] >= self.threshold:
                hits.append(Hit(place, self.works[best].song, 0, len(text) * 4))
        return hits


class Ours:
    """Tacenda: the threshold follows from the words searched and the number of chance hits accepted."""

    def __init__(
        self, works: Sequence[Work], shape: Shape, background: Counts, words: int, accepted: float = 1.0
    ) -> None:
        self.name = f"tacenda k={shape.k} w={shape.w} least={shape.least}"
        self.works = works
        self.index = build_index(
            [(i, work.text) for i, work in enumerate(works)], shape=shape, background=background
        )
        self.search = LyricSearch(self.index, Space(words, self.index.word_count), accepted=accepted)

    def ask(self, texts: Sequence[str | bytes]) -> list[Hit]:
        return [
            Hit(f.text, self.works[f.items[0]].song, f.first_byte, f.last_byte)
            for f in self.search.ask(texts).findings
            if f.best
        ]
