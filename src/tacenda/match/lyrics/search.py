"""Ask an index: findings with spans, evidence in bits, and how many such would be met by chance.

**Expected number of chance hits.** For a corpus of N words and a catalogue of M, the number of alignments of at
least S bits that chance brings is taken as ``E = SCALE * N * M * 2**-S`` (the Karlin-Altschul form). With
independent words `SCALE` would be about 1; set phrases that lyrics and everyday text share make the tail heavier,
so it was set by what everyday text really brings, see ``docs/lyrics.md``. From an accepted E the least S follows:
there is no other threshold but that six words must agree.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tacenda.match.lyrics.index import LyricIndex
from tacenda.match.lyrics.scan import COLUMNS, scan_texts
from tacenda.match.lyrics.secret import key_of

SCALE: Final = 16
GATE: Final = 22
MOST_GATE: Final = 32
"""Bits on the diagonal of a seed from which it is aligned: half of what a finding needs, between these two."""
LEAST_MATCHED: Final = 6
ACCEPTED: Final = 0.1
"""Chance hits that are accepted in a whole screening when the user states none."""


class Extent(StrEnum):
    """How much of a lyric a passage holds."""

    FULL = "full"
    SUBSTANTIAL = "substantial"
    QUOTE = "quote"
    FRAGMENT = "fragment"


FULL_SHARE: Final = 0.6
SUBSTANTIAL_WORDS: Final = 25
QUOTE_WORDS: Final = 12


def extent_of(matched: int, share: float) -> Extent:
    """Full from 60 % of the lyric's words, substantial from 25 words, a quote from 12 (about two lines)."""
    if share >= FULL_SHARE:
        return Extent.FULL
    if matched >= SUBSTANTIAL_WORDS:
        return Extent.SUBSTANTIAL
    return Extent.QUOTE if matched >= QUOTE_WORDS else Extent.FRAGMENT


@dataclass(frozen=True, slots=True)
class Space:
    """What is searched: words of the corpus (an estimate serves) and of the catalogue."""

    corpus_words: int
    catalogue_words: int

    def chance_hits(self, bits: float) -> float:
        """The expected number of alignments of at least `bits` that chance brings."""
        chance: float = SCALE * self.corpus_words * self.catalogue_words * 2.0**-bits
        return chance

    def bits_for(self, accepted: float) -> float:
        """The least bits at which at most `accepted` chance hits are expected."""
        pairs = max(1, SCALE * self.corpus_words * self.catalogue_words)
        return max(0.0, math.log2(pairs / accepted))


@dataclass(frozen=True, slots=True)
class Finding:
    """One passage and the lyric that it agrees with. `last_*` are exclusive; bytes are of the text as UTF-8.

    Attributes:
        text: place of the text in the batch.
        lyric: number of the lyric in the index; `items` are the catalogue's rows that have it.
        best: whether no other lyric explains this passage with more bits.
        pairs: int64 (matched, 2): word of the text, word of the lyric.
    """

    text: int
    lyric: int
    items: tuple[int, ...]
    first_word: int
    last_word: int
    first_byte: int
    last_byte: int
    lyric_first: int
    lyric_last: int
    matched: int
    longest: int
    bits: float
    chance_hits: float
    share: float
    extent: Extent
    best: bool
    pairs: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Found:
    """What one batch brought. `counts`: words, let through by the filter, seeds, past the gate, found, texts."""

    findings: tuple[Finding, ...]
    words: int
    counts: tuple[int, ...] = ()


class LyricSearch:
    """An index that is ready to be asked. Safe to ask from several threads: it holds no state between batches.

    Example:
        >>> from tacenda.match.lyrics.index import build_index
        >>> index = build_index([(7, "Row, row, row your boat, gently down the stream")])
        >>> search = LyricSearch(index, Space(1_000, index.word_count), least_bits=20)
        >>> [f.items for f in search.ask(["they sang row row row your boat gently down the stream"]).findings]
        [(7,)]
    """

    def __init__(
        self,
        index: LyricIndex,
        space: Space,
        *,
        accepted: float = ACCEPTED,
        least_bits: float | None = None,
        least_matched: int = LEAST_MATCHED,
        gate: int | None = None,
        secret: bytes = b"",
    ) -> None:
        self.index = index
        self.space = space
        self.least_bits = space.bits_for(accepted) if least_bits is None else least_bits
        reader, model = index.reader, index.model
        self._reading = (reader.tables, reader.aliases, key_of(secret))
        self._index = index.arrays()
        self._model = (model.single, model.pairs, model.shift)
        if gate is None:
            gate = max(GATE, min(MOST_GATE, int(self.least_bits / 2)))
        self._limits = np.array([gate * 8, round(self.least_bits * 8), least_matched], np.int64)

    def ask(self, texts: Any) -> Found:
        """Search texts: a sequence of `str` or `bytes`, or an Arrow array of strings (nulls count as empty)."""
        data, offsets = _buffers(texts)
        rows, pairs, counts = self.scan(data, offsets)
        return Found(tuple(self._findings(rows, pairs)), int(counts[0]), tuple(counts.tolist()))

    def scan(self, data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> tuple[Any, Any, Any]:
        """The bare arrays of `scan.scan_texts`, for those who need speed."""
        rows, pairs, counts = scan_texts(data, offsets, self._reading, self._index, self._model, self._limits)
        return rows, pairs, counts

    def _findings(self, rows: NDArray[np.int64], pairs: NDArray[np.int64]) -> list[Finding]:
        rows, pairs = _whole(rows, pairs)
        lengths = self.index.lengths()
        best = best_of_passage(rows)
        made = []
        for place in np.lexsort((rows[:, 1], -rows[:, 10], rows[:, 2], rows[:, 0])).tolist():
            row = dict(zip(COLUMNS, rows[place].tolist(), strict=True))
            at, lyric, bits = row.pop("pairs"), row.pop("work"), row.pop("told") / 8
            share = row["matched"] / max(1, int(lengths[lyric]))
            made.append(
                Finding(
                    **row,
                    lyric=lyric,
                    items=tuple(self.index.items_of(lyric).tolist()),
                    bits=bits,
                    chance_hits=self.space.chance_hits(bits),
                    share=share,
                    extent=extent_of(row["matched"], share),
                    best=bool(best[place]),
                    pairs=pairs[at : at + row["matched"]],
                )
            )
        return made


def _whole(rows: NDArray[np.int64], pairs: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of findings of one lyric in one text that overlap in the text, only the one with most bits."""
    order = np.lexsort((-rows[:, 10], rows[:, 1], rows[:, 0]))
    kept: list[int] = []
    for place in order.tolist():
        row = rows[place]
        alike = (k for k in reversed(kept) if rows[k, 0] == row[0] and rows[k, 1] == row[1])
        if not any(rows[k, 2] < row[3] and row[2] < rows[k, 3] for k in alike):
            kept.append(place)
    return rows[sorted(kept)], pairs


def best_of_passage(rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """For each finding whether none that overlaps it by half its words has more bits (of equals: the first)."""
    best = np.ones(len(rows), bool)
    for text in np.unique(rows[:, 0]).tolist():
        mine = np.flatnonzero(rows[:, 0] == text)
        order = mine[np.lexsort((rows[mine, 1], -rows[mine, 10]))]
        taken: list[int] = []
        for place in order.tolist():
            first, last = rows[place, 2], rows[place, 3]
            shared = (min(last, rows[t, 3]) - max(first, rows[t, 2]) for t in taken)
            best[place] = not any(2 * words >= last - first for words in shared)
            if best[place]:
                taken.append(place)
    return best


def _buffers(texts: Any) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Bytes and offsets of texts; of an Arrow array without a copy."""
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    if isinstance(texts, pa.Array):
        return _arrow_buffers(texts)
    return _joined(texts)


def _arrow_buffers(texts: Any) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    if not pa.types.is_string(texts.type) and not pa.types.is_large_string(texts.type):
        texts = texts.cast(pa.large_string())
    if texts.null_count:
        texts = texts.fill_null("")
    kind = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    _, offsets, data = texts.buffers()
    if not len(texts):
        return np.zeros(1, np.uint8), np.zeros(1, np.int64)
    ends = np.frombuffer(offsets, kind)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    return (np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)), ends


def _joined(texts: Sequence[str | bytes]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    raw = [text.encode("utf-8", "replace") if isinstance(text, str) else text for text in texts]
    ends = np.zeros(len(raw) + 1, np.int64)
    np.cumsum([len(part) for part in raw], out=ends[1:])
    return np.frombuffer(b"".join(raw) or b" ", np.uint8), ends
