"""Screen a manifest end to end: Parquet in, verdicts, lists and report out, beside a DuckDB join.

    python -m benchmarks.screen_corpus [ROWS]     (1,000,000 both sides; the target is 200,000 rows/s on two cores)

Ours is the command itself in a process of its own, from its start to the written folder: it verifies every byte of
the snapshot and its signature, reads the Parquet manifest, matches by ISRC and folded name, decides, and writes
Parquet and CSV verdicts, keep and drop lists, the summary and the report. Peak memory is that process's.

DuckDB reads the same two Parquet files, folds names as far as plain SQL goes, joins twice, and writes one Parquet
file: no verification, no decision, no CSV, no report. Both use two threads; ours runs first.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.screen_rows import FOLD

PEER = """
import duckdb, sys
duckdb.sql("SET threads = 2")
duckdb.sql('''
COPY (
  WITH corpus AS (SELECT row_number() OVER () AS row, *, {artist} || '|' || {title} AS name FROM '{corpus}'),
  catalogue AS (SELECT id, isrc, {artist} || '|' || {title} AS name FROM '{catalogue}')
  SELECT c.row, c.isrc, c.artist, c.title, a.id AS by_isrc, b.id AS by_name
  FROM corpus c
  LEFT JOIN catalogue a ON upper(replace(c.isrc, '-', '')) = a.isrc
  LEFT JOIN catalogue b ON c.name = b.name
) TO '{out}' (FORMAT parquet)
''')
"""


def clocked(what: str, command: Sequence[str], rows: int) -> None:
    """Run a command; print its wall and CPU seconds, rows a second of each, peak memory and the machine's load.

    Where others load the machine, wall says little; CPU seconds grow too then, by a third at a load of five.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall, cpu = time.perf_counter() - start, usage.ru_utime + usage.ru_stime
    if status:
        sys.exit(f"{what} failed")
    print(
        f"{what:<46} {wall:6.2f} s wall {cpu:6.2f} s CPU "
        f"{rows / wall:>9,.0f} rows/s {rows / cpu:>9,.0f} rows/CPU-s   "
        f"peak {usage.ru_maxrss // 1024:,} MiB   load {os.getloadavg()[0]:.1f}"
    )


def prepare(folder: Path, rows: int) -> None:
    """Write the snapshot, its key, the catalogue and the manifests. In a process of its own: see `main`."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from benchmarks.build_snapshot import Desk, build, recording
    from benchmarks.screen_rows import manifest

    from tacenda.testing.fakes import FakeSigner

    signer, desk, names = FakeSigner(), Desk(rows), list(recording(0))
    columns = [pa.array(column) for column in zip(*desk.rows, strict=True)]
    pq.write_table(pa.table(dict(zip(names, columns, strict=True))), folder / "catalogue.parquet")
    build(desk, folder / "snapshot", signer)
    (folder / "vkey").write_text(signer.verifier_key)
    pq.write_table(manifest(rows), folder / "manifest.parquet")
    pq.write_table(manifest(100), folder / "few.parquet")


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        # A child begins with the peak memory of its parent, so this process stays small.
        subprocess.run([sys.executable, "-m", "benchmarks.screen_corpus", str(rows), place], check=True)
        screen = [sys.executable, "-m", "tacenda", "-w", place, "screen", "--snapshot", str(folder / "snapshot")]
        screen += ["--vkey", str(folder / "vkey"), "--on", "2026-11-22", "--json"]
        few = [*screen, str(folder / "few.parquet"), "--out", str(folder / "few")]
        clocked("a hundred rows (start, verify the snapshot)", few, 100)
        for turn in (1, 2):
            run = [*screen, str(folder / "manifest.parquet"), "--out", str(folder / f"out{turn}")]
            clocked(f"tacenda screen, turn {turn}", run, rows)
        size = sum(path.stat().st_size for path in (folder / "out1").iterdir())
        print(f"  wrote {size:,} bytes")
        peer = PEER.format(
            artist=FOLD.format("artist"),
            title=FOLD.format("title"),
            corpus=folder / "manifest.parquet",
            catalogue=folder / "catalogue.parquet",
            out=folder / "peer.parquet",
        )
        clocked("DuckDB: two joins to one Parquet file", [sys.executable, "-c", peer], rows)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        prepare(Path(sys.argv[2]), int(sys.argv[1]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
