"""How much a word tells: bits of information under a model of everyday text, by hash, in a fixed small table.

A word tells ``-log2 p(word | the word before it)``: rare words much, set phrases little. Counts come from text of
everyday use (`count_words`) joined to the catalogue's own words. Two words with one place in the table share the
lower value, so that a collision can only weaken evidence.

Values are eighths of a bit, at most 255 (31.9 bits).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tacenda.match.compiled import INNER, OUTER, Int

EIGHTHS: Final = 8
SINGLE_BITS: Final = 17
_PAIR_SHARE: Final = 0.6
_LEAST_PAIRS: Final = 2
_TOP: Final = 255


@INNER
def pair_hash(before: Int, word: Int) -> Int:
    """uint64 of two words that stand side by side."""
    x = (np.uint64(before) << np.uint64(32) | np.uint64(word)) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(32))) * np.uint64(0xBF58476D1CE4E5B9)
    return x ^ (x >> np.uint64(31))


@INNER
def told(before: Int, word: Int, single: Any, pairs: Any, shift: Int) -> Int:
    """Eighths of a bit that `word` tells after `before` (0: at the beginning of a text)."""
    value = np.int64(single[word >> np.uint32(32 - SINGLE_BITS)])
    if before == 0:
        return value
    x = pair_hash(before, word)
    entry = pairs[x >> np.uint64(shift)]
    if entry >> 8 == (x & np.uint64(0xFF)):
        value = min(value, np.int64(entry & 0xFF))
    return value


@OUTER
def told_by(words: Any, single: Any, pairs: Any, shift: Int) -> Any:
    """int64: `told` of each word of one text."""
    out = np.empty(len(words), np.int64)
    for i in range(len(words)):
        out[i] = told(words[i - 1] if i > 0 else np.uint32(0), words[i], single, pairs, shift)
    return out


@OUTER
def _pair_hashes(words: Any, starts: Any) -> Any:
    """uint64: the hash of each pair inside a text; texts are words[starts[t]:starts[t + 1]]."""
    out = np.empty(max(0, len(words)), np.uint64)
    count = 0
    for text in range(len(starts) - 1):
        for i in range(starts[text] + 1, starts[text + 1]):
            out[count] = pair_hash(words[i - 1], words[i])
            count += 1
    return out[:count]


@dataclass(frozen=True)
class Counts:
    """How often words and pairs were seen. Pairs: hashes sorted, their counts, and the count of the first word's
    place, which is all that is needed of it."""

    words: int
    single: NDArray[np.int64]
    pairs: NDArray[np.uint64]
    times: NDArray[np.int64]
    before: NDArray[np.int64]


def count_words(words: NDArray[np.uint32], starts: NDArray[np.int64]) -> Counts:
    """Count the words of several texts: words[starts[t]:starts[t + 1]] is text t."""
    places = words >> np.uint32(32 - SINGLE_BITS)
    single = np.bincount(places, minlength=1 << SINGLE_BITS).astype(np.int64)
    hashes = _pair_hashes(words, starts)
    inner = np.ones(len(words), bool)
    ends = starts[1:]
    inner[ends[ends > starts[:-1]] - 1] = False
    firsts = places[inner]
    pairs, where, times = np.unique(hashes, return_index=True, return_counts=True)
    return Counts(len(words), single, pairs, times.astype(np.int64), firsts[where].astype(np.int64))


def add_counts(one: Counts, other: Counts) -> Counts:
    """The counts of two bodies of text together."""
    hashes = np.concatenate([one.pairs, other.pairs])
    times = np.concatenate([one.times, other.times])
    firsts = np.concatenate([one.before, other.before])
    pairs, where, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    summed = np.zeros(len(pairs), np.int64)
    np.add.at(summed, inverse, times)
    return Counts(one.words + other.words, one.single + other.single, pairs, summed, firsts[where])


@dataclass(frozen=True)
class WordModel:
    """The tables: `single` uint8 (2**17,), `pairs` uint16 (2**n,), each entry a check byte and a value."""

    single: NDArray[np.uint8]
    pairs: NDArray[np.uint16]

    @property
    def shift(self) -> int:
        return 64 - (len(self.pairs) - 1).bit_length()

    def told_by(self, words: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Eighths of a bit that each word of a text tells."""
        out: NDArray[np.int64] = told_by(words, self.single, self.pairs, self.shift)
        return out


def model_of(counts: Counts, most_pairs: int = 1 << 20) -> WordModel:
    """The model that follows from counts. Pairs seen once are left out; of more than `most_pairs` the rarer go."""
    total = counts.words + (1 << SINGLE_BITS) * 0.05 + 1.0
    p_single = (counts.single + 0.05) / total
    single = _eighths(p_single)
    keep = np.flatnonzero(counts.times >= _LEAST_PAIRS)
    if len(keep) > most_pairs:
        keep = np.sort(keep[np.argsort(-counts.times[keep], kind="stable")[:most_pairs]])
    # The pair's second word is not known any more: its own chance is left out, which only lowers what a pair tells
    # by what 1 - _PAIR_SHARE of that chance would have added to it.
    value = _eighths(_PAIR_SHARE * (counts.times[keep] - 0.5) / np.maximum(1, counts.single[counts.before[keep]]))
    bits = max(10, int(len(keep) * 2 - 1).bit_length()) if len(keep) else 10
    pairs = np.zeros(1 << bits, np.uint16)
    order = np.lexsort((counts.pairs[keep], -value.astype(np.int64)))  # the lowest value is written last
    hashes = counts.pairs[keep][order]
    slots = (hashes >> np.uint64(64 - bits)).astype(np.int64)
    pairs[slots] = ((hashes & np.uint64(0xFF)) << np.uint64(8)).astype(np.uint16) | value[order].astype(np.uint16)
    return WordModel(single, pairs)


def _eighths(chance: NDArray[Any]) -> NDArray[np.uint8]:
    eighths: NDArray[np.uint8] = np.clip(
        np.floor(-np.log2(np.clip(chance, 1e-12, 1.0)) * EIGHTHS), 1, _TOP
    ).astype(np.uint8)
    return eighths
