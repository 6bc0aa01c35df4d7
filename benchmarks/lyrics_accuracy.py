"""Recall and false positives of the lyric search, beside what the field uses, on splits that share no song.

    python -m benchmarks.lyrics_accuracy [QUERIES] [MEGABYTES]

Of each method the setting is chosen on ``choose``: at most one false positive in ten million words of everyday
text, and of those the best mean recall. It is then scored once on ``report``: other songs, other documents, the
whole catalogue in the index. A quote counts as found when a hit that touches it names its song. Everyday text:
speeches, reviews, news, web text, and the documentation and code of this machine; scripture, Shakespeare and
Milton, which hymns really quote, are counted apart. Intervals are Wilson's at 95 %.
"""

import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.lyrics_data import Query, Work, documents, machine_text, queries, works
from benchmarks.lyrics_peers import AnyNGram, Hit, MinHash, Ours

from tacenda.match.lyrics.background import shipped_counts
from tacenda.match.lyrics.index import Shape
from tacenda.match.lyrics.words import standard_reader

CELLS: tuple[tuple[float, float | str, str], ...] = (
    (7, 0.0, "7 words exact"),
    (14, 0.0, "14 words exact"),
    (14, "spelling", "14 words respelt"),
    (14, 0.1, "14 words, 10 % edited"),
    (14, 0.2, "14 words, 20 % edited"),
    (28, 0.1, "28 words, 10 % edited"),
    (28, 0.2, "28 words, 20 % edited"),
    (28, 0.3, "28 words, 30 % edited"),
    (0.5, 0.3, "half a song, 30 % edited"),
    (1.0, 0.3, "whole song, 30 % edited"),
)
SHAPES = (Shape(3, 2, 18), Shape(3, 2, 20), Shape(3, 3, 20), Shape(4, 1, 16), Shape(4, 2, 20), Shape(4, 3, 16))
NGRAMS = tuple(range(4, 14))
MINHASHES = tuple((n, t) for n in (3, 5) for t in (0.1, 0.3, 0.8))
PUBLISHED = (13, 12, 8, 5)
ONE_IN = 10_000_000
BATCH_BYTES = 4_000_000


@dataclass
class Score:
    """What one method did on one split."""

    name: str
    found: list[int]
    false: list[str]
    hard: int
    words: int
    hard_words: int


def wilson(found: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    z, p = 1.96, found / of
    middle, width = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return (middle - width) / (1 + z * z / of), (middle + width) / (1 + z * z / of)


def right(hits: Iterable[Hit], asked: Sequence[Query]) -> int:
    """How many quotes were found with the right song."""
    good = {
        hit.text
        for hit in hits
        if hit.song == asked[hit.text].song
        and hit.first_byte < asked[hit.text].last
        and hit.last_byte > asked[hit.text].first
    }
    return len(good)


def batches(texts: Iterable[str | bytes]) -> Iterator[list[str | bytes]]:
    batch: list[str | bytes] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def score(methods: Sequence[object], cells: Sequence[Sequence[Query]], split: str, megabytes: int) -> list[Score]:
    """Score every method on the queries and the text of one split."""
    scores = []
    everyday = [text for _, where, text in documents() if where == split]
    hard = [text for _, where, text in documents() if where == "hard"]
    for method in methods:
        found = [right(method.ask([q.text for q in cell]), cell) for cell in cells]  # type: ignore[attr-defined]
        scores.append(Score(method.name, found, [], 0, 0, 0))  # type: ignore[attr-defined]
    bodies = (("everyday", iter(everyday)), ("everyday", (d for _, d in machine_text(split, megabytes << 20))))
    for kind, texts in (*bodies, ("hard", iter(hard))):
        for batch in batches(texts):
            words = sum(len(standard_reader().read(text)) for text in batch)
            for method, into in zip(methods, scores, strict=True):
                hits = method.ask(batch)  # type: ignore[attr-defined]
                if kind == "hard":
                    into.hard += len(hits)
                    into.hard_words += words
                else:
                    into.words += words
                    into.false += [_passage(batch[h.text], h) for h in hits]
    return scores


def _passage(text: str | bytes, hit: Hit) -> str:
    raw = text.encode("utf-8", "replace") if isinstance(text, str) else text
    return f"{hit.song}: {raw[hit.first_byte : hit.last_byte].decode('utf-8', 'replace')[:160]!r}"


def choose(scores: Sequence[Score]) -> int:
    """The place of the best: few enough false positives, then recall; with none few enough, the fewest."""
    allowed = [i for i, s in enumerate(scores) if len(s.false) <= max(1, s.words / ONE_IN)]
    if not allowed:
        return min(range(len(scores)), key=lambda i: len(scores[i].false))
    return max(allowed, key=lambda i: (sum(scores[i].found), -i))


def show(scores: Sequence[Score], count: int) -> None:
    for s in scores:
        print(f"\n{s.name}")
        for (_, _, title), found in zip(CELLS, s.found, strict=True):
            low, high = wilson(found, count)
            print(f"  {title:26} {found / count:5.3f}  [{low:.3f}, {high:.3f}]")
        upper = wilson(len(s.false), s.words)[1] * ONE_IN
        print(f"  false positives: {len(s.false)} in {s.words:,} words of everyday text")
        print(f"    = {len(s.false) / s.words * ONE_IN:.2f} per ten million, at most {upper:.2f} at 95 %")
        print(f"  hits in scripture, Shakespeare, Milton: {s.hard} in {s.hard_words:,} words")


def _cells(songs: Sequence[Work], split: str, count: int, seed: int = 11) -> list[list[Query]]:
    carriers = [t for name, where, t in documents() if where == split and not name.startswith("nltk/udhr")]
    mine = [work for work in songs if work.split == split]
    return [queries(mine, carriers, length, change, count, seed) for length, change, _ in CELLS]


def main(count: int = 400, megabytes: int = 200) -> None:
    songs, background = works(), shipped_counts()
    some = [work for work in songs if work.split == "choose"]
    size = ONE_IN
    ours = [Ours(some, shape, background, size) for shape in SHAPES]
    grams = [AnyNGram(some, n) for n in NGRAMS]
    hashes = [MinHash(some, n, t) for n, t in MINHASHES]
    cells = _cells(songs, "choose", count // 2)
    first = score(ours, cells, "choose", megabytes // 4)
    second = score(grams, cells, "choose", megabytes // 16)
    third = score(hashes, cells, "choose", 1)
    print(f"chosen on {len(some)} works, {first[0].words:,} words of everyday text, {count // 2} quotes a cell:")
    for scores in (first, second, third):
        for s in scores:
            print(f"  {s.name:32} recall {[round(f / (count // 2), 3) for f in s.found]} false {len(s.false)}")
    shape, n, minhash = SHAPES[choose(first)], NGRAMS[choose(second)], MINHASHES[choose(third)]
    print(f"settings tried: tacenda {len(SHAPES)}, n-grams {len(NGRAMS)}, MinHash {len(MINHASHES)}")
    print(f"chosen: {shape}; {n}-grams; MinHash {minhash}")
    cells = _cells(songs, "report", count)
    print(f"\nreport: {len(songs)} works in the index, quotes of {sum(w.split == 'report' for w in songs)}")
    reported = score([Ours(songs, shape, background, 5 * size)], cells, "report", megabytes)
    show(reported, count)
    for passage in reported[0].false:
        print(f"    {passage}")
    peers = [AnyNGram(songs, size) for size in dict.fromkeys((n, *PUBLISHED))]
    show(score(peers, cells, "report", megabytes // 8), count)
    show(score([MinHash(songs, *minhash)], cells, "report", 1), count)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
