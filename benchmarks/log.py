"""How fast the evidence log is: hashing, publishing to files, proofs, verifying; and how much memory it takes.

Run: ``python -m benchmarks.log [entries]``. CPU time (`process_time`), one thread; files on the system's temporary
folder with every fsync, so publishing is also given in wall time.
"""

import resource
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any

from tacenda.adapters.keys import FileSigner, known_key
from tacenda.adapters.tile_files import FileTiles
from tacenda.core.canonical import canonical_bytes
from tacenda.core.proof import verify_proof
from tacenda.evidence.proving import prove_entry
from tacenda.evidence.publication import plan_publication, publish_log, published_checkpoint
from tacenda.evidence.verification import LogVerifier

NAME = "lark.example/benchmark"


class Entries:
    """A store that makes its entries as it is asked for them."""

    def __init__(self, count: int) -> None:
        self.count = count

    def reading(self) -> AbstractContextManager["Entries"]:
        return nullcontext(self)

    def entry_count(self) -> int:
        return self.count

    def entries(self, start: int, stop: int) -> Sequence[bytes]:
        return [entry(number) for number in range(start, stop)]


def entry(number: int) -> bytes:
    return b'{"at":"2026-11-22T10:00:00Z","id":"letter-%012d","sha256":"%064x","type":"letter","version":1}' % (
        number,
        number,
    )


def memory_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(entries: int) -> Iterator[tuple[str, str]]:
    """(what, figure) one by one."""
    assert canonical_bytes({"a": 1}) == b'{"a":1}'
    bodies = [entry(number) for number in range(100_000)]
    start = process_time()
    plan_publication(0, bodies)
    yield "hash and lay out 100,000 entries in memory", f"{100_000 / (process_time() - start):,.0f} entries/s"
    del bodies
    with tempfile.TemporaryDirectory() as folder:
        yield from _with_files(entries, Path(folder))
    yield "peak memory of all of this", f"{memory_mib():,.0f} MiB"


def _with_files(entries: int, folder: Path) -> Iterator[tuple[str, str]]:
    signer, tiles = FileSigner.create(folder / "keys", NAME), FileTiles(folder / "log")
    key, store = known_key(signer.verifier_key), Entries(entries)
    fake: Any = store
    cpu, wall = process_time(), perf_counter()
    publish_log(fake, tiles, signer, key)
    cpu, wall = process_time() - cpu, perf_counter() - wall
    yield f"publish {entries:,} entries to files", f"{entries / cpu:,.0f} entries/CPU-s, {wall:.1f} s wall"
    size = sum((tiles.root / name).stat().st_size for name in tiles.names())
    yield "the log on disk", f"{len(tiles.names()):,} files, {size / 2**20:,.1f} MiB"
    store.count += 500
    cpu, wall = process_time(), perf_counter()
    publish_log(fake, tiles, signer, key)
    cpu, wall = process_time() - cpu, perf_counter() - wall
    yield "publish 500 more (the database's whole tree is checked first)", f"{cpu:.2f} CPU-s, {wall:.2f} s wall"
    head = published_checkpoint(tiles, key, NAME)
    assert head is not None
    random = Random(1)
    indexes = [random.randrange(head.size) for _ in range(500)]
    start = process_time()
    proofs = [prove_entry(tiles, head, key, index).encode() for index in indexes]
    yield (
        "receipts made and verified, files read anew for each",
        f"{500 / (process_time() - start):,.0f} receipts/s",
    )
    start = process_time()
    for proof in proofs:
        verify_proof(proof, [key], NAME)
    yield "receipts verified offline, signature included", f"{500 / (process_time() - start):,.0f} receipts/s"
    yield "size of a receipt", f"{len(proofs[0]):,} bytes"
    start = process_time()
    assert LogVerifier(tiles, key, NAME).run().sound
    yield "verify every file of the log", f"{head.size / (process_time() - start):,.0f} entries/s"


def main() -> None:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    for what, figure in measure(entries):
        print(f"{what:<64} {figure}", flush=True)


if __name__ == "__main__":
    main()
