"""Seeds: runs of k words by which a passage and a lyric first meet.

A lyric is represented by some of its shingles (runs of k words): of each w in a row the one that tells most is
taken, so any k + w - 1 words in a row of the lyric hold one of them, and set phrases are taken only where there is
nothing else. A corpus is asked for all of its shingles: so an edit spoils only the shingles that it touches, and
the scan needs no window.

Words that are single characters (Chinese, Japanese, Thai) tell less: a shingle that begins with one spans 2 k.
"""

from typing import Any, Final

import numpy as np

from tacenda.match.compiled import INNER, OUTER, Int

MAX_K: Final = 8
_FACTORS: Final[Any] = np.array(
    [
        0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F,
        0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3, 0x589965CC75374CC3, 0x1D8E4E27C47D124F, 0xEB44ACCAB455D165,
        0xF1357AEA2E62A9C5, 0xBEA225F9EB34556D, 0x94D049BB133111EB, 0xBF58476D1CE4E5B9, 0xFF51AFD7ED558CCD,
        0xC4CEB9FE1A85EC53,
    ],
    np.uint64,
)  # fmt: skip


@INNER
def shingle_hashes(words: Any, count: Int, k: Int, by_character: Int, out: Any) -> Int:
    """Write the hash of each run of k words into `out`; how many. 0 where a run of characters is too long."""
    runs = count - k + 1
    if runs <= 0:
        return 0
    first = _FACTORS[0]
    for i in range(runs):
        out[i] = np.uint64(words[i]) * first
    for j in range(1, k):
        factor = _FACTORS[j]
        for i in range(runs):
            out[i] += np.uint64(words[i + j]) * factor
    if by_character > 0:
        for i in range(runs):
            if words[i] & 1:
                for j in range(k, 2 * k):
                    out[i] = out[i] + np.uint64(words[i + j]) * _FACTORS[j] if i + 2 * k <= count else np.uint64(0)
    for i in range(runs):
        x = out[i]
        x = (x ^ (x >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
        out[i] = x ^ (x >> np.uint64(29))
    return runs


@INNER
def filter_bits(x: Int) -> Int:
    """The three bits of a shingle in its word of the filter."""
    one = np.uint64(1)
    return (
        one << (x & np.uint64(63)) | one << ((x >> np.uint64(6)) & np.uint64(63))
        | one << ((x >> np.uint64(12)) & np.uint64(63))
    )  # fmt: skip


@OUTER
def choose_shingles(words: Any, starts: Any, told: Any, k: Int, w: Int, least: Int) -> tuple[Any, Any]:
    """(hashes, places in `words`) of the shingles that stand for each text words[starts[t]:starts[t + 1]].

    `told`: eighths of a bit of each word. Shingles that tell less than `least` are left out.
    """
    total = len(words)
    hashes, places = np.empty(total, np.uint64), np.empty(total, np.uint32)
    found = 0
    longest = np.int64(0)
    for text in range(len(starts) - 1):
        longest = max(longest, starts[text + 1] - starts[text])
    line = np.empty(longest + 1, np.uint64)
    worth = np.empty(longest + 1, np.int64)
    for text in range(len(starts) - 1):
        begin, count = starts[text], starts[text + 1] - starts[text]
        part = words[begin : begin + count]
        runs = shingle_hashes(part, count, k, 1, line)
        if runs == 0:
            continue
        for i in range(runs):
            worth[i] = -1
            if line[i] != 0:
                worth[i] = told[begin + i : begin + i + k].sum()
        taken = -1
        for stop in range(min(w, runs), runs + 1):
            best = max(0, stop - w)
            for i in range(best + 1, stop):
                if worth[i] > worth[best] or (worth[i] == worth[best] and i == taken):
                    best = i
            if best != taken and worth[best] >= least:
                hashes[found] = line[best]
                places[found] = begin + best
                found += 1
            taken = best
    return hashes[:found].copy(), places[:found].copy()
