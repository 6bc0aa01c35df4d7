"""Import of a made-up catalogue of realistic shape by the real path into SQLite, beside DuckDB's bare `read_csv`.

    python -m benchmarks.import_catalogue [ROWS]        (1,000,000 unless said otherwise; the target is under 60 s)

Twelve columns as a distributor exports them: one row in fifty has accents, one in a thousand a wrong ISRC or UPC,
one in two thousand repeats an earlier row. Both sides run in one process on the same file, ours first.

What DuckDB does not do on its side: it checks no identifier, reads no date, refuses no row with a reason, finds no
duplicates, keeps no line or byte offset, writes no error file, and has no place to resume at. So the ratio says
what the checks and the durable, indexed rows cost, not that one program is better.
"""

import os
import random
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path

import duckdb

from tacenda.app.catalogue import plan_import, run_import
from tacenda.app.workspace import init_workspace
from tacenda.core.party import Party

COLUMNS = "Track Title,Artist,ISRC,ISWC,UPC,Duration,Release Date,Label,Writers,Publishers,IPI,YouTube ID"
WORDS = """lark linden river stone glass morning harbour ember willow silver road winter lantern copper meadow tide
thistle hollow velvet amber signal paper wire garden shadow engine salt orchard mirror field north hunter sparrow
café señora über fjörd déjà coração""".split()
PLAIN = [word for word in WORDS if word.isascii()]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def write_rows(path: Path, rows: int, seed: int = 20261122) -> None:
    """A file of `rows` rows, the same for the same seed."""
    dice = random.Random(seed)
    pick, number = dice.choices, dice.randrange
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(COLUMNS + "\n")
        line = ""
        for row in range(rows):
            if not row % 2000 and row:
                file.write(line)
                continue
            words = WORDS if number(50) == 0 else PLAIN
            title = " ".join(pick(words, k=3)).title()
            artist = " ".join(pick(words, k=2)).title()
            isrc = f"QZ{LETTERS[row // 2_600_000 % 26]}{LETTERS[row // 100_000 % 26]}A24{row % 100_000:05d}"
            digits = f"{number(10**11):011d}"
            total = sum(int(d) * (3 if place % 2 == 0 else 1) for place, d in enumerate(digits))
            upc = f"{digits}{-total % 10}"
            work = f"{number(10**9):09d}"
            check = -(1 + sum(place * int(d) for place, d in enumerate(work, 1))) % 10
            if row % 1000 == 500:
                isrc = isrc[:-1] if row % 2000 == 500 else isrc
                upc = upc if row % 2000 == 500 else upc[:-1] + str((int(upc[-1]) + 1) % 10)
            video = "".join(pick(LETTERS, k=11))
            date = f"{1970 + number(55)}-{1 + number(12):02d}-{1 + number(28):02d}"
            time_ = f"{1 + number(6)}:{number(60):02d}"
            line = (
                f'{title},{artist},{isrc},T{work}{check},{upc},{time_},{date},Lark & Linden,"{artist}; M. Lind",'
                f"Linden Songs,00014107338,{video}\n"
            )
            file.write(line)


class Memory(threading.Thread):
    """Watches the anonymous resident memory of this process and the processes that it started, summed."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_mib = 0.0
        self._over = threading.Event()

    def run(self) -> None:
        """Look five times a second."""
        while not self._over.wait(0.2):
            self.peak_mib = max(self.peak_mib, sum(map(anonymous_mib, ("self", *children()))))

    def __enter__(self) -> "Memory":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


def children() -> list[str]:
    """The processes that the main thread started."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def anonymous_mib(process: str) -> float:
    """Anonymous resident memory of a process (no mapped files); nothing when it is gone."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def cpu_seconds() -> tuple[float, float]:
    """CPU of this process and of those that it started and that ended."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime, others.ru_utime + others.ru_stime


def main(rows: int) -> None:
    """Run both and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "catalogue.csv")
        write_rows(path, rows)
        print(f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB")
        desk = init_workspace(
            Path(folder, "desk"), rightsholder=Party("lark-and-linden", "Lark & Linden Records Ltd")
        )
        wall, (own, other) = time.perf_counter(), cpu_seconds()
        with Memory() as memory:
            plan = plan_import(desk, path)
            planned = time.perf_counter() - wall
            result = run_import(desk, plan)
        wall = time.perf_counter() - wall
        own, other = (now - before for now, before in zip(cpu_seconds(), (own, other), strict=True))
        cpu = own + other
        rules = {rule: times for rule, _, times in result.rules}
        print(f"import: {result.new:,} new, {result.left_out:,} left out, {rules}")
        print(f"import: {wall:.1f} s wall (plan {planned:.1f} s), {rows / wall:,.0f} rows/s")
        print(f"import: {own:.1f} s CPU writing, {other:.1f} s CPU reading and checking beside it")
        print(f"import: at most {memory.peak_mib:.0f} MiB of anonymous memory in all processes")
        again = time.perf_counter()
        assert run_import(desk, plan_import(desk, path)).already
        print(f"again:  {time.perf_counter() - again:.1f} s wall, nothing to do")
        bare, bare_cpu = time.perf_counter(), time.process_time()
        with duckdb.connect(str(Path(folder, "duck.db"))) as duck:
            duck.execute(f"CREATE TABLE catalogue AS SELECT * FROM read_csv('{path}', all_varchar = true)")
            count = duck.execute("SELECT count(*) FROM catalogue").fetchone()
        bare, bare_cpu = time.perf_counter() - bare, time.process_time() - bare_cpu
        print(f"DuckDB: {bare:.2f} s wall, {bare_cpu:.2f} s CPU, {count[0] if count else 0:,} rows, no checks")
        print(f"ratio: {wall / bare:.0f} x wall, {cpu / bare_cpu:.0f} x CPU")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
