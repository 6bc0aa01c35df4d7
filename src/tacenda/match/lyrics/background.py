"""Everyday text: what its words tell, and the runs of words in it that are nobody's own.

Both can be made anew from any corpus, and are kept as data: counts of words for the model (`count_texts`,
`save_counts`), and a sorted list of the hashes of runs that stand in several texts (`stop_shingles`), such as
scripture, licence texts and set phrases. With a list, an index takes no seed from them; with `work_masks`, words
of a lyric that a known source holds too earn nothing.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tacenda.errors import IntegrityError
from tacenda.match.compiled import OUTER
from tacenda.match.lyrics.index import LyricIndex
from tacenda.match.lyrics.model import Counts, add_counts, count_words
from tacenda.match.lyrics.search import LyricSearch, Space
from tacenda.match.lyrics.seeds import shingle_hashes
from tacenda.match.lyrics.words import standard_reader

_AT_ONCE: Final = 4_000_000
SHIPPED: Final = "background-words.npz"


@OUTER
def _hashes(words: Any, count: Any, k: Any, by_character: Any) -> Any:
    out = np.empty(max(1, count), np.uint64)
    runs = shingle_hashes(words, count, k, by_character, out)
    return out[:runs]


def _in_batches(texts: Iterable[str | bytes]) -> Iterator[list[NDArray[np.uint32]]]:
    reader = standard_reader()
    batch: list[NDArray[np.uint32]] = []
    held = 0
    for text in texts:
        batch.append(reader.read(text).hashes)
        held += len(batch[-1])
        if held >= _AT_ONCE:
            yield batch
            batch, held = [], 0
    yield batch


def count_texts(texts: Iterable[str | bytes]) -> Counts:
    """Counts of the words of any number of texts, in the memory of about four million words at once."""
    total: Counts | None = None
    for batch in _in_batches(texts):
        starts = np.zeros(len(batch) + 1, np.int64)
        np.cumsum([len(words) for words in batch], out=starts[1:])
        words = np.concatenate(batch) if batch else np.zeros(0, np.uint32)
        counts = count_words(words, starts)
        total = counts if total is None else add_counts(total, counts)
    assert total is not None  # noqa: S101 - there is always a last batch
    return total


def save_counts(counts: Counts, path: Path, most_pairs: int = 60_000) -> None:
    """Write counts; of the pairs only the most frequent, so that the file stays small."""
    keep = np.sort(np.lexsort((counts.pairs, -counts.times))[:most_pairs])
    np.savez_compressed(
        path,
        words=np.array([counts.words], np.int64),
        single=counts.single.astype(np.uint32),
        pairs=counts.pairs[keep],
        times=counts.times[keep].astype(np.uint32),
        before=counts.before[keep].astype(np.uint32),
    )


def load_counts(path: Path) -> Counts:
    """Counts that `save_counts` wrote.

    Raises:
        IntegrityError: ``lyrics.background`` when the file is no such.
    """
    try:
        with np.load(path, allow_pickle=False) as parts:
            return Counts(
                int(parts["words"][0]),
                parts["single"].astype(np.int64),
                parts["pairs"].astype(np.uint64),
                parts["times"].astype(np.int64),
                parts["before"].astype(np.int64),
            )
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise IntegrityError(
            "lyrics.background", "The counts of everyday words cannot be read.", where=str(path)
        ) from error


def shipped_counts() -> Counts:
    """The counts that come with Tacenda; see ``data/words/ORIGINS.md``."""
    from importlib.resources import as_file, files

    with as_file(files("tacenda.data").joinpath("words", SHIPPED)) as path:
        return load_counts(path)


def stop_shingles(texts: Iterable[str | bytes], k: int, least_texts: int = 2) -> NDArray[np.uint64]:
    """uint64, sorted: the runs of k words that stand in at least so many of the texts. Unkeyed indexes only."""
    totals, times = np.zeros(0, np.uint64), np.zeros(0, np.int64)
    for batch in _in_batches(texts):
        each = [np.unique(_hashes(words, len(words), k, 1)) for words in batch if len(words) >= k]
        if each:
            hashes, inverse = np.unique(np.concatenate([totals, *each]), return_inverse=True)
            weight = np.concatenate([times, np.ones(sum(map(len, each)), np.int64)])
            summed = np.zeros(len(hashes), np.int64)
            np.add.at(summed, inverse, weight)
            totals, times = hashes, summed
    return totals[times >= least_texts]


def work_masks(
    index: LyricIndex, sources: Iterable[str | bytes], *, secret: bytes = b"", least_bits: float = 40
) -> LyricIndex:
    """The index with those words masked that known sources (scripture, traditional words) hold too.

    A passage that agrees with a source by at least `least_bits` is taken for the source's own.
    """
    search = LyricSearch(index, Space(1, index.word_count), least_bits=least_bits, secret=secret)
    masked = np.zeros(index.word_count, bool)
    for source in sources:
        for finding in search.ask([source]).findings:
            masked[index.starts[finding.lyric] + finding.pairs[:, 1]] = True
    return index.with_mask(masked)
