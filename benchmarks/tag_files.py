"""Tagging files in place, each brought to disk: files and megabytes a second. `python -m benchmarks.tag_files`.

1,000 FLAC files and 1,000 WAVE files of 2 MB each (noise), tagged, tagged again, and undone; one process and two.
Prints wall and processor time of this process. For scale the same bytes are also copied plainly, with fsync.
"""

import io
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from tacenda.app.assets import Wish, tag_assets
from tacenda.app.reserve import declare
from tacenda.app.workspace import init_workspace
from tacenda.core.party import Party


def sound(container: str) -> bytes:
    out = io.BytesIO()
    samples = np.random.default_rng(1).integers(-20_000, 20_000, (500_000, 2), dtype=np.int16)
    soundfile.write(out, samples, 44_100, format=container, subtype="PCM_16")
    return out.getvalue()


def measure(what: str, files: int, megabytes: float, act: Callable[[], object]) -> None:
    wall, own = time.perf_counter(), time.process_time()
    act()
    wall, own = time.perf_counter() - wall, time.process_time() - own
    speed = f"{files / wall:>8,.0f} files/s {megabytes / wall:>8,.0f} MB/s"
    print(f"{what:<26} {speed}   wall {wall:6.2f} s  cpu {own:6.2f} s", flush=True)


def short(folder: Path, count: int) -> None:
    """Files of 20 kB, so that what is measured is the work on each and not the disk."""
    data = sound("FLAC")[:20_000]
    for number in range(count):
        (folder / f"{number:05}.flac").write_bytes(data)


def copy_all(folder: Path, target: Path) -> None:
    for path in folder.iterdir():
        shutil.copyfile(path, target / path.name)
        with (target / path.name).open("rb+") as file:
            os.fsync(file.fileno())


def main(count: int = 1_000) -> None:
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        root = Path(name)
        masters, copies = root / "masters", root / "copies"
        masters.mkdir()
        copies.mkdir()
        made = {"flac": sound("FLAC"), "wav": sound("WAV")}
        for number in range(count):
            for suffix, data in made.items():
                (masters / f"{number:05}.{suffix}").write_bytes(data)
        files, megabytes = 2 * count, count * sum(map(len, made.values())) / 1e6
        print(f"{files} files, {megabytes:,.0f} MB")
        party = Party(id="lark", legal_name="Lark & Linden Music GmbH", seat="DE", website="https://lark.example",
                      contact="rights@lark.example")  # fmt: skip
        desk = init_workspace(root / "desk", rightsholder=party)
        declared = declare(desk, {"signatory": "M; D; sole", "layers": ["recording"]}).declaration.id
        wish = Wish((masters,), processes=1)
        measure("plain copy with fsync", files, megabytes, lambda: copy_all(masters, copies))
        measure("tag, one process", files, megabytes, lambda: tag_assets(desk, declared, wish))
        measure("tag again (journal)", files, megabytes, lambda: tag_assets(desk, declared, wish))
        undo = Wish((masters,), remove=True, processes=1)
        measure("take out, one process", files, megabytes, lambda: tag_assets(desk, declared, undo))
        two = Wish((masters,), processes=2)
        measure("tag, two processes", files, megabytes, lambda: tag_assets(desk, declared, two))
        dry = Wish((masters,), processes=1, remove=True, dry_run=True)
        measure("dry run, one process", files, megabytes, lambda: tag_assets(desk, declared, dry))
        few = root / "short"
        few.mkdir()
        short(few, 5 * count)
        for processes in (1, 2):
            folder = root / f"out{processes}"
            wish = Wish((few,), out=folder, processes=processes)
            measure(
                f"20 kB files, {processes} process(es)",
                5 * count,
                0.1 * count,
                lambda w=wish: tag_assets(desk, declared, w),
            )
        desk.store.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
