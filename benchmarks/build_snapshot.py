"""Compile, open and verify a snapshot of made-up recordings, beside DuckDB writing the columns to Parquet.

    python -m benchmarks.build_snapshot [ROWS]          (1,000,000 unless said otherwise; the target is under 60 s)

The rows come from memory, so the figure is of compiling, not of the database; 3,000 labels, half of them named
by the declarant's party, one reservation of all repertoire and one of a list of 1,000 ISRCs.

What DuckDB does not do on its side: it folds no names, makes no keys, no index, no rights groups, no digests
and no signature; it sorts by id and writes compressed columns. So the ratio says what being askable and provable
costs.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from tacenda.adapters.keys import known_key
from tacenda.core.decision import Facts
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.note import Checkpoint
from tacenda.core.party import Party
from tacenda.core.reservation import Reservation
from tacenda.core.scope import AllRepertoire, OfList
from tacenda.core.vocabulary import ALL_LAYERS, RESERVED_BY_DEFAULT
from tacenda.ports import CatalogueInfo
from tacenda.snapshot.build import Terms, build_snapshot
from tacenda.snapshot.opened import open_snapshot
from tacenda.snapshot.verify import verify_snapshot
from tacenda.testing.fakes import FakeSigner

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
LABELS = 3000


def isrc(row: int) -> str:
    return f"QZ{chr(65 + row // 2_600_000 % 26)}{chr(65 + row // 100_000 % 26)}A24{row % 100_000:05d}"


def recording(row: int) -> dict[str, Any]:
    """Row `row` of the made-up catalogue, with the columns that a build reads."""
    mark = ("é", " (Live)", " - 2011 Remaster", " feat. Wren", "", "", "", "")[row % 8]
    return {
        "id": f"r{row * 7919 % 10_000_000:08d}-{row}",
        "catalogue": "main",
        "kind": "recording",
        "title": f"Silver Morning Road {row}{mark}",
        "artist": f"The Copper Larks {row % 60_000}",
        "isrc": isrc(row),
        "iswc": "",
        "gtin": f"{row // 12:013d}"[-13:] + "0" if row % 3 else "",
        "youtube": "",
        "label": f"Thistle Records {row % LABELS}",
        "release_date": f"{1970 + row % 55}-01-01",
        "ipi_name_numbers": "[]",
        "other_ids": "[]",
    }


class Desk:
    """The rows of a catalogue, made before the clock starts."""

    def __init__(self, rows: int) -> None:
        self.rows = [tuple(recording(row).values()) for row in range(rows)]

    def catalogues(self) -> Sequence[CatalogueInfo]:
        return [CatalogueInfo("main", "Main", "lark", ("recording",), NOW)]

    def item_rows(self, columns: Sequence[str], batch_rows: int = 50_000) -> Iterator[Sequence[tuple[Any, ...]]]:
        names = list(recording(0))
        places = [names.index(column) if column in names else -1 for column in columns]
        for start in range(0, len(self.rows), batch_rows):
            rows = self.rows[start : start + batch_rows]
            if list(columns) == names:
                yield rows
            else:
                yield [tuple("" if place < 0 else row[place] for place in places) for row in rows]


def facts() -> Facts:
    listed = OfList(tuple(Identifier(Scheme.ISRC, isrc(row * 37)) for row in range(1000)))
    return Facts(
        reservations=(
            Reservation("D-1", 1, "lark", AllRepertoire(), ALL_LAYERS, RESERVED_BY_DEFAULT, date(2026, 1, 1)),
            Reservation("D-2", 1, "finch", listed, ALL_LAYERS, RESERVED_BY_DEFAULT, date(2026, 1, 1)),
        ),
        parties={
            "lark": Party(
                "lark",
                "Lark & Linden",
                isrc_prefixes=("QZLRK",),
                labels=tuple(f"Thistle Records {n}" for n in range(LABELS // 2)),
            )
        },
    )


def build(desk: Desk, folder: Path, signer: FakeSigner) -> None:
    checkpoint = Checkpoint("lark.example/tacenda", 1, bytes(32), (), "no note\n")
    terms = Terms("S-000001", 1, NOW, date(2026, 12, 22), checkpoint)
    manifest = build_snapshot(desk, folder, facts=facts(), terms=terms, sign=signer.sign_note)
    size = sum(entry.size for entry in manifest.files)
    keys = sum(manifest.keys.values())
    print(f"  {manifest.items:,} items, {manifest.groups:,} groups, {keys:,} keys, {size:,} bytes")


class Clocked:
    """Prints wall and CPU seconds, and the peak memory so far."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{self.what:<44} {wall:8.2f} s wall {cpu:8.2f} s CPU   peak {peak:,} MiB")


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        signer, folder = FakeSigner(), Path(place) / "snapshot"
        keys = [known_key(signer.verifier_key)]
        with Clocked("first build on this machine may compile"):
            build(Desk(10), Path(place) / "warm", signer)
        desk = Desk(rows)
        print(f"(made {rows:,} rows; their memory is in every peak below)")
        with Clocked("build"):
            build(desk, folder, signer)
        with Clocked("verify, every byte and the signature"):
            verify_snapshot(folder, keys)
        with Clocked("open, every byte checked"):
            open_snapshot(folder, keys=keys)
        with Clocked("open, signature and sizes checked"):
            open_snapshot(folder, keys=keys, contents=False)
        with Clocked("DuckDB: sort and write Parquet"):
            names = list(recording(0))
            columns = [pa.array(column) for column in zip(*desk.rows, strict=True)]
            catalogue = pa.table(dict(zip(names, columns, strict=True)))
            duckdb.sql("SET threads = 2")
            duckdb.sql(f"COPY (SELECT * FROM catalogue ORDER BY id) TO '{place}/peer.parquet'")
            del catalogue


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
