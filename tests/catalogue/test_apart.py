"""Reading in another process: the same batches, and an end that is told."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tacenda.catalogue import apart
from tacenda.catalogue.apart import reading, worth_a_process
from tacenda.catalogue.batches import Batch, batches
from tacenda.catalogue.plan import ImportPlan, PlanOptions, make_plan
from tacenda.errors import InputError, RemoteError
from tacenda.formats.catalogue_table.table import TableKind


def plan_of(path: Path, rows: int) -> ImportPlan:
    lines = "".join(f"Song {n},The Lindens,QZABC24{n:05d},{1000 + n % 1000}-01-02\n" for n in range(rows))
    path.write_text("Title,Artist,ISRC,Date\n" + lines + "only one cell\n", encoding="utf-8")
    return make_plan(path, PlanOptions(catalogue="main"), [], "lark")


@pytest.fixture
def plan(tmp_path: Path) -> ImportPlan:
    return plan_of(tmp_path / "songs.csv", 5_000)


def others() -> list[str]:
    """The processes that this one started and that still run."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def test_the_batches_are_the_same(plan: ImportPlan) -> None:
    here = list(batches(plan, 700))
    with reading(plan, 700, apart=True) as found:
        there = list(found)
    assert there == here
    assert [len(one.items) for one in here[:2]] == [700, 700]
    assert sum(one.rows for one in here) == 5_001


def test_a_small_file_is_read_here(plan: ImportPlan) -> None:
    before = others()
    with reading(plan, 700) as found:
        next(found)
        assert others() == before
    assert not worth_a_process(plan.table)
    assert worth_a_process(replace(plan.table, size=50_000_000))
    assert worth_a_process(replace(plan.table, size=2_000_000, kind=TableKind.XLSX))


def test_little_waits_here_however_slow_the_writer_is(plan: ImportPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "BACKLOG_BYTES", 1)
    here = list(batches(plan, 100))
    with reading(plan, 100, apart=True) as found:
        there = []
        for batch in found:
            there.append(batch)
            time.sleep(0.001)
    assert there == here


def test_who_stops_listening_stops_the_reader(plan: ImportPlan) -> None:
    before = others()
    with reading(plan, 50, apart=True) as found:
        next(found)
        assert others() != before
    assert others() == before


def test_a_killed_reader_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "BACKLOG_BYTES", 1)
    plan = plan_of(tmp_path / "songs.csv", 50_000)
    before = set(others())

    def consume(found: Iterator[Batch]) -> None:
        next(found)
        (process,) = set(others()) - before
        os.kill(int(process), signal.SIGKILL)
        for _ in found:
            pass

    with reading(plan, 100, apart=True) as found, pytest.raises(RemoteError, match="signal 9") as caught:
        consume(found)
    assert caught.value.code == "catalogue.reader"
    assert set(others()) == before


def test_what_the_reader_raises_is_raised_here(tmp_path: Path, plan: ImportPlan) -> None:
    bad = replace(plan, table=replace(plan.table, kind=TableKind.PARQUET))
    with reading(bad, 100, apart=True) as found, pytest.raises(InputError) as caught:
        list(found)
    assert caught.value.code == "parquet.form"


PARENT = """
import sys, time
from pathlib import Path
from tacenda.catalogue.apart import reading
from tacenda.catalogue.plan import PlanOptions, make_plan

plan = make_plan(Path(sys.argv[1]), PlanOptions(catalogue="main"), [], "lark")
with reading(plan, 100, apart=True) as found:
    next(found)
    print(Path(f"/proc/self/task/{__import__('os').getpid()}/children").read_text(), flush=True)
    time.sleep(60)
"""


def test_a_killed_writer_leaves_no_reader_behind(tmp_path: Path) -> None:
    path = tmp_path / "songs.csv"
    plan_of(path, 60_000)
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    reader = Path("/proc", parent.stdout.readline().strip())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until = time.monotonic() + 60
    while reader.exists() and "Z" not in (reader / "stat").read_text().rsplit(")", 1)[1][:3]:
        assert time.monotonic() < until
        time.sleep(0.05)
