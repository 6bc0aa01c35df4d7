"""Make the counts of everyday words that come with Tacenda (`data/words`), or others from any text files.

    python -m benchmarks.lyrics_background OUT.npz [FILE ...]

Without files: from the public-domain part of the research data that no benchmark reports on (speeches, and half of
the King James Bible, Shakespeare and Milton), and the documentation in the tuning split of this machine.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.lyrics_data import documents, machine_text

from tacenda.match.lyrics.background import count_texts, save_counts

MACHINE_BYTES = 40_000_000


def shipped_texts() -> Iterator[str | bytes]:
    """The texts behind the shipped counts."""
    free = ("nltk/inaugural", "nltk/state_union", "kjv/", "shakespeare/")
    for name, split, text in documents():
        if name.startswith(free) and split in ("model", "hard-model"):
            yield text
    for _, data in machine_text("tune", MACHINE_BYTES):
        yield data[:200_000]


def main(out: str, *files: str) -> None:
    texts = (Path(name).read_bytes() for name in files) if files else shipped_texts()
    counts = count_texts(texts)
    save_counts(counts, Path(out))
    print(f"{counts.words:,} words, {len(counts.pairs):,} pairs; {Path(out).stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
