"""Speed, size and verification share of the lyric scan, at a made-up catalogue of many songs.

    python -m benchmarks.lyrics_scan [SONGS] [MEGABYTES]      (100,000 and 20 unless said otherwise)

Songs are made with real word statistics: a second-order chain over the research lyrics (words follow the two
before them), in verses and a chorus that comes back, about 250 words. Text is everyday text of the research data.
Filter and verification is what an index costs beside the same scan with an empty one.
Peers on the same text: DuckDB looking for one line, Python's `re` for 1,000 lines as alternatives, and, where they
can be imported, ahocorasick_rs and hyperscan for 100,000 lines.
"""

import random
import resource
import sys
import tempfile
import time
from collections import defaultdict
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from benchmarks.lyrics_data import documents, works

from tacenda.match.lyrics.background import shipped_counts
from tacenda.match.lyrics.index import LyricIndex, Shape, index_of_words, map_index
from tacenda.match.lyrics.search import LyricSearch, Space
from tacenda.match.lyrics.words import standard_reader


def chain() -> tuple[np.ndarray, np.ndarray]:
    """All words of the research lyrics in a row, and for each place another with the same two words before it."""
    reader = standard_reader()
    line = np.concatenate([reader.read(work.text).hashes for work in works()])
    places: dict[int, list[int]] = defaultdict(list)
    pairs = line[:-1].astype(np.uint64) << np.uint64(32) | line[1:].astype(np.uint64)
    for place, pair in enumerate(pairs[:-1].tolist()):
        places[pair].append(place + 2)
    draw = random.Random(1)
    jump = np.arange(1, len(line) + 1)
    jump[: len(pairs) - 1] = [draw.choice(places[pair]) for pair in pairs[:-1].tolist()]
    jump[jump >= len(line)] = 0
    return line, jump


def songs(count: int) -> list[np.ndarray]:
    """Made-up lyrics: six parts of about 40 words, one of them (the chorus) three times."""
    line, jump = chain()
    draw = np.random.default_rng(7)
    parts_each, size = 4, 42
    starts = draw.integers(0, len(line) - 2, count * parts_each)
    made = np.empty((count * parts_each, size), np.uint32)
    at = starts
    for column in range(size):
        made[:, column] = line[at]
        # Half of the steps follow the text, half jump to another place with the same two words before.
        at = np.where(draw.random(len(at)) < 0.5, jump[np.maximum(at - 1, 0)], (at + 1) % len(line))
    made = made.reshape(count, parts_each, size)
    order = [0, 1, 2, 1, 3, 1]
    return [song[order].ravel() for song in made]


def text_of(megabytes: int) -> tuple[np.ndarray, np.ndarray]:
    """Everyday text, repeated with other document borders until it is large enough."""
    raw = [t.encode() for _, split, t in documents() if split in ("tune", "choose", "report")]
    while sum(map(len, raw)) < megabytes << 20:
        raw += [part[len(part) // 3 :] for part in raw]
    raw = [part for part in raw if part]
    offsets = np.zeros(len(raw) + 1, np.int64)
    np.cumsum([len(part) for part in raw], out=offsets[1:])
    last = int(np.searchsorted(offsets, megabytes << 20))
    return np.frombuffer(b"".join(raw), np.uint8), offsets[: last + 1]


def timed(search: LyricSearch, data: np.ndarray, offsets: np.ndarray) -> tuple[float, float, np.ndarray]:
    """(CPU seconds, wall seconds, counts), the better of two runs."""
    best: tuple[float, float, np.ndarray] | None = None
    for _ in range(2):
        cpu, wall = time.process_time(), time.monotonic()
        _, _, counts = search.scan(data, offsets)
        run = (time.process_time() - cpu, time.monotonic() - wall, counts)
        best = run if best is None or run[0] < best[0] else best
    assert best is not None
    return best


def report(index: LyricIndex, folder: Path, megabytes: int) -> None:
    size = sum(path.stat().st_size for path in folder.iterdir())
    resident = index.sieve.nbytes + index.model.single.nbytes + index.model.pairs.nbytes
    print(f"  {size / len(index):,.0f} bytes a song on disk, {resident / len(index):,.0f} resident for the scan")
    data, offsets = text_of(megabytes)
    total = int(offsets[-1])
    space = Space(total // 6, index.word_count)
    search = LyricSearch(index, space)
    none = LyricIndex(
        **{**{n: getattr(index, n) for n in index.__dataclass_fields__}, "sieve": np.zeros(2, np.uint64)}
    )
    bare = LyricSearch(none, space)
    timed(bare, data[:1000], np.array([0, 1000], np.int64))
    empty, _, _ = timed(bare, data, offsets)
    cpu, wall, counts = timed(search, data, offsets)
    words = int(counts[0])
    print(
        f"  scan without index {total / empty / 1e6:,.0f} MB/s; with it {total / cpu / 1e6:,.0f} MB/s (CPU), ",
        end="",
    )
    print(f"{total / wall / 1e6:,.0f} MB/s (wall); filter and verification {1 - empty / cpu:.0%} of the time")
    per = [
        f"{name} {counts[place] / words * 1e6:,.0f}"
        for place, name in ((1, "let through"), (2, "seeds"), (3, "aligned"))
    ]
    print(f"  a million words: {', '.join(per)}; findings {counts[4]} in {words:,} words")


def peers(megabytes: int) -> None:
    import re

    data, offsets = text_of(megabytes)
    raw = data[: int(offsets[-1])].tobytes()
    text = raw.decode("utf-8", "replace")
    lines = [" ".join(w.text.split()[i : i + 7]) for w in works() for i in range(0, len(w.text.split()) - 7, 7)]
    pattern = re.compile("|".join(map(re.escape, lines[:1000])))
    cpu = time.process_time()
    pattern.findall(text[: 2 << 20])
    print(f"  re, 1,000 lines: {2 / (time.process_time() - cpu):,.1f} MB/s")
    if find_spec("ahocorasick_rs"):
        import ahocorasick_rs

        automaton = ahocorasick_rs.AhoCorasick(lines[:100_000])
        cpu = time.process_time()
        automaton.find_matches_as_indexes(text)
        speed = len(raw) / (time.process_time() - cpu) / 1e6
        print(f"  ahocorasick_rs, {len(lines[:100_000]):,} lines: {speed:,.0f} MB/s")
    if find_spec("duckdb"):
        import duckdb
        import pyarrow as pa

        table = pa.table({"t": [raw[a:b].decode("utf-8", "replace") for a, b in pairwise(offsets)]})
        connection = duckdb.connect(config={"threads": 1})
        connection.register("corpus", table)
        cpu = time.process_time()
        connection.execute(
            "select count(*) from corpus where contains(lower(t), ?)", [lines[5].lower()]
        ).fetchall()
        print(f"  DuckDB contains(lower(t), one line): {len(raw) / (time.process_time() - cpu) / 1e6:,.0f} MB/s")


def main(count: int = 100_000, megabytes: int = 20) -> None:
    made = songs(count)
    shapes = (Shape(4, 2, 24, 16), Shape(5, 3, 28, 16))
    for shape in shapes:
        start = time.process_time()
        owners = [np.array([i], np.uint32) for i in range(count)]
        index = index_of_words(made, owners, shape=shape, background=shipped_counts())
        print(f"{count:,} songs, {index.word_count:,} words, {shape}")
        print(f"  built in {time.process_time() - start:.1f} CPU s, {len(index.places) / count:.0f} seeds a song")
        with tempfile.TemporaryDirectory() as folder:
            index.save(Path(folder))
            report(map_index(Path(folder)), Path(folder), megabytes)
        print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
    print("peers:")
    peers(min(megabytes, 50))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
