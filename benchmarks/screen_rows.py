"""Match manifest rows against a snapshot by ISRC and folded name, beside a DuckDB join on the same rows.

    python -m benchmarks.screen_rows [ROWS]     (1,000,000 both sides; the target is 200,000 rows/s on two cores)

Both sides get the same two Arrow tables in memory in one process, ours first: the manifest in random order, half
of it in the catalogue, one name in two spelt another way. Reading files, deciding and writing verdicts are not in
it (`docs/at-size.md` has the whole route).

DuckDB gets the task as far as plain SQL goes: strip accents, lower, cut brackets, ``feat.`` and remaster tails by
regular expressions, and two hash joins. It does less than we do: no full Unicode folding, ISRCs without hyphens
and in capitals only, no several codes a cell, no umbrella prefixes. A snapshot has its keys ready, DuckDB folds
the catalogue in each run: both figures stand below, with the catalogue's folding and without.
"""

import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from benchmarks.build_snapshot import NOW, Desk, facts, isrc, recording

from tacenda.core.note import Checkpoint
from tacenda.match.exact import ExactMatcher
from tacenda.match.interface import CorpusBatch
from tacenda.snapshot.build import Terms, build_snapshot
from tacenda.snapshot.opened import open_snapshot
from tacenda.testing.fakes import FakeSigner

BATCH = 65_536
FOLD = r"""
    regexp_replace(regexp_replace(regexp_replace(strip_accents(lower({})),
        '\([^)]*\)|\[[^\]]*\]| - .*(remaster|live|edit|mix|version).*$| (feat|ft|featuring)\.? .*$', '', 'g'),
        '^the ', ''), '[^\p{{L}}\p{{N}}]+', '', 'g')
"""


def manifest(rows: int) -> Any:
    """Rows of a training-set manifest: half of them in the catalogue, with another spelling in every second."""
    dice = np.random.default_rng(20261122)
    numbers = dice.permutation(2 * rows)[:rows]
    made = [recording(int(n)) for n in numbers]
    odd = [bool(n % 2) for n in numbers]
    return pa.table(
        {
            "isrc": [isrc(int(n)) if n % 3 else f"{isrc(int(n))[:2]}-{isrc(int(n))[2:].lower()}" for n in numbers],
            "artist": [r["artist"].upper() if o else r["artist"] for r, o in zip(made, odd, strict=True)],
            "title": [
                r["title"] + " [Official Video]" if o else r["title"] for r, o in zip(made, odd, strict=True)
            ],
        }
    )


def ours(matcher: Any, table: Any, what: str) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    hits = 0
    for start in range(0, table.num_rows, BATCH):
        piece = table.slice(start, BATCH)
        hits += len(matcher.ask(CorpusBatch(isrc=piece["isrc"], artist=piece["artist"], title=piece["title"])))
    tell(what, table.num_rows, hits, wall, cpu)


def tell(what: str, rows: int, hits: int, wall: float, cpu: float) -> None:
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    speed = f"{rows / wall:12,.0f} rows/s {rows / cpu:12,.0f} rows/CPU-s"
    print(f"{what:<36} {speed} {hits:12,} hits   peak {peak:,} MiB")


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        desk = Desk(rows)
        catalogue = pa.table(
            {
                name: [row[list(recording(0)).index(name)] for row in desk.rows]
                for name in ("id", "isrc", "artist", "title")
            }
        )
        terms = Terms(
            "S-000001", 1, NOW, date(2026, 12, 22), Checkpoint("lark.example/t", 1, bytes(32), (), "-\n")
        )
        folder = Path(place) / "snapshot"
        build_snapshot(desk, folder, facts=facts(), terms=terms, sign=FakeSigner().sign_note)
        del desk
        corpus = manifest(rows)
        print(f"{rows:,} manifest rows against {rows:,} recordings")
        matcher = open_snapshot(folder).matcher
        assert isinstance(matcher, ExactMatcher)
        ours(matcher, corpus.slice(0, 1000), "(first batch, may compile)")
        ours(matcher, corpus, "Tacenda, one thread")
        ours(open_snapshot(folder, threads=2).matcher, corpus, "Tacenda, two threads")
        duckdb.sql("SET threads = 2")
        side = "SELECT {} AS id, upper(replace(isrc, '-', '')) AS isrc, {} AS artist, {} AS title FROM {}"
        folded = FOLD.format("artist"), FOLD.format("title")
        wall, cpu = time.perf_counter(), time.process_time()
        duckdb.sql(f"CREATE TABLE known AS {side.format('id', *folded, 'catalogue')}")
        ready, ready_cpu = time.perf_counter() - wall, time.process_time() - cpu
        asked = side.format("rowid", *folded, "(SELECT row_number() OVER () AS rowid, * FROM corpus)")
        query = f"""
            WITH asked AS MATERIALIZED ({asked})
            SELECT count(*) FROM (
                SELECT asked.id, known.id FROM asked JOIN known USING (isrc)
                UNION ALL
                SELECT asked.id, known.id FROM asked JOIN known USING (artist, title)
            )
        """
        wall, cpu = time.perf_counter(), time.process_time()
        hits = int(duckdb.sql(query).fetchall()[0][0])
        tell("DuckDB, two threads, keys ready", rows, hits, wall, cpu)
        tell("DuckDB, catalogue folded too", rows, hits, wall - ready, cpu - ready_cpu)
        del catalogue


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
