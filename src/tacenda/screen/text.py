"""Lyrics in the text of a corpus: what the run asks, and the evidence that it keeps.

A row with text is searched for the words of every lyric in the snapshot. What is found is a match like others
(`How.LYRICS`), and each finding is written with its spans and its evidence into ``lyrics.parquet`` and
``lyrics.csv``. The least evidence follows from the number of chance hits that are accepted for the whole corpus.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from tacenda.formats.corpus_table import Source
from tacenda.match.interface import How, Matches
from tacenda.match.lyrics.index import LyricIndex
from tacenda.match.lyrics.search import ACCEPTED, Finding, LyricSearch, Space
from tacenda.match.lyrics.words import Words
from tacenda.screen.lists import neutralised

LYRICS_SCHEMA: Final = pa.schema(
    [
        ("file", pa.string()), ("line", pa.int64()), ("item", pa.string()), ("catalogue", pa.string()),
        ("item_title", pa.string()), ("items", pa.int32()), ("extent", pa.string()), ("best", pa.bool_()),
        ("matched_words", pa.int32()), ("longest_run", pa.int32()), ("lyric_words", pa.int32()),
        ("share", pa.float64()), ("bits", pa.float64()), ("chance_hits", pa.float64()),
        ("first_word", pa.int64()), ("last_word", pa.int64()), ("first_byte", pa.int64()),
        ("last_byte", pa.int64()), ("lyric_first_word", pa.int64()), ("lyric_last_word", pa.int64()),
        ("passage", pa.string()),
    ]
)  # fmt: skip
MAX_PASSAGE: Final = 2_000
CONTEXT: Final = 80
AGREES, DIFFERS, ROUND = 0, 1, 2
_BYTES_A_WORD: Final = 5.5
_UNPACKED: Final = {".gz": 4, ".zst": 4, ".xz": 5, ".parquet": 3, ".pq": 3}


@dataclass(frozen=True, slots=True)
class Terms:
    """How text is searched.

    Attributes:
        accepted: how many chance hits are accepted in the whole corpus.
        lyrics: texts of lyrics by their words' hashes (`lyrics_shown`), so that both sides can be shown.
    """

    accepted: float = ACCEPTED
    lyrics: Mapping[bytes, str] | None = None


def corpus_words(sources: Iterable[Source]) -> int:
    """About how many words a corpus holds, from the sizes of its files; never too few by much."""
    size = sum(s.path.stat().st_size * _UNPACKED.get(s.path.suffix.lower(), 1) for s in sources)
    return max(1_000, int(size / _BYTES_A_WORD))


class TextEngine:
    """Searches the text of rows and remembers the findings of the batch at hand."""

    def __init__(self, index: LyricIndex, items: Any, words: int, terms: Terms) -> None:
        self.index = index
        self.terms = terms
        self.space = Space(words, index.word_count)
        self.search = LyricSearch(index, self.space, accepted=terms.accepted)
        self.words = 0
        self.found = 0
        self._items = items
        self._batch: dict[int, list[Finding]] = {}
        self._texts: Any = None

    def ask(self, column: Any) -> Matches:
        """The items whose lyrics stand in each text of a string column."""
        found = self.search.ask(column)
        self.words += found.words
        self.found += len(found.findings)
        self._texts, self._batch = column, {}
        pairs: set[tuple[int, int]] = set()
        for finding in found.findings:
            self._batch.setdefault(finding.text, []).append(finding)
            pairs.update((finding.text, item) for item in finding.items)
        rows = np.array(sorted(pairs), np.int64).reshape(-1, 2)
        count = len(rows)
        return Matches(
            rows[:, 0].copy(),
            rows[:, 1].copy(),
            np.full(count, -1, np.int32),
            np.full(count, How.LYRICS, np.uint8),
        )

    def rows(self, source: str, lines: NDArray[np.int64]) -> Any:
        """The findings of the last batch as a record batch of `LYRICS_SCHEMA`."""
        made = [
            self._row(source, int(lines[row]), finding)
            for row in sorted(self._batch)
            for finding in self._batch[row]
        ]
        return pa.RecordBatch.from_pylist(made, LYRICS_SCHEMA)

    def _row(self, source: str, line: int, f: Finding) -> dict[str, Any]:
        item = self._items.select(["id", "catalogue", "title"]).slice(f.items[0], 1).to_pylist()[0]
        raw = self._text(f)
        return {
            "file": source, "line": line, "item": item["id"], "catalogue": item["catalogue"],
            "item_title": item["title"], "items": len(f.items), "extent": f.extent.value, "best": f.best,
            "matched_words": f.matched, "longest_run": f.longest,
            "lyric_words": int(self.index.lengths()[f.lyric]),
            "share": f.share, "bits": f.bits, "chance_hits": f.chance_hits, "first_word": f.first_word,
            "last_word": f.last_word, "first_byte": f.first_byte, "last_byte": f.last_byte,
            "lyric_first_word": f.lyric_first, "lyric_last_word": f.lyric_last,
            "passage": raw[f.first_byte : f.last_byte].decode("utf-8", "replace")[:MAX_PASSAGE],
        }  # fmt: skip

    def _text(self, finding: Finding) -> bytes:
        text: str = self._texts[finding.text].as_py()
        return text.encode("utf-8", "replace")

    def evidence(self, row: int, item: int) -> dict[str, Any]:
        """What the report shows of the strongest finding of `item` in a row of the last batch."""
        findings = [f for f in self._batch.get(row, ()) if item in f.items]
        if not findings:
            return {}
        f = max(findings, key=lambda finding: finding.bits)
        raw = self._text(f)
        words = self.index.reader.read(raw)
        lyric = self._lyric(f.lyric)
        length = int(self.index.lengths()[f.lyric])
        return {
            "extent": f.extent.value,
            "matched": f.matched,
            "longest": f.longest,
            "lyric_words": length,
            "lyric_first": f.lyric_first + 1,
            "lyric_last": f.lyric_last,
            "share": f"{100 * f.share:.0f} %",
            "bits": f"{f.bits:.0f}",
            "chance_hits": f"{f.chance_hits:.0e}",
            "passage": pieces(raw, words, f.first_word, f.last_word, f.pairs[:, 0]),
            "lyric": pieces(lyric, self.index.reader.read(lyric), f.lyric_first, f.lyric_last, f.pairs[:, 1])
            if lyric
            else [],
        }

    def _lyric(self, lyric: int) -> bytes:
        if not self.terms.lyrics:
            return b""
        words = self.index.words[self.index.starts[lyric] : self.index.starts[lyric + 1]]
        return self.terms.lyrics.get(words.tobytes(), "").encode("utf-8", "replace")


def pieces(raw: bytes, words: Words, first: int, last: int, agree: NDArray[np.int64]) -> list[list[Any]]:
    """A passage as [text, kind] in order, with some of what stands round it: kinds are `AGREES` and so on."""
    begin, end = int(words.starts[first]), int(words.ends[last - 1])
    same = set(agree.tolist())
    made: list[list[Any]] = [[_decoded(raw[max(0, begin - CONTEXT) : begin]), ROUND], ["", AGREES]]
    at = begin
    for word in range(first, last):
        stop = int(words.ends[word])
        kind = AGREES if word in same else DIFFERS
        if made[-1][1] != kind:
            gap = int(words.starts[word])
            made[-1][0] += _decoded(raw[at:gap])
            made.append([_decoded(raw[gap:stop]), kind])
        else:
            made[-1][0] += _decoded(raw[at:stop])
        at = stop
        if stop - begin > MAX_PASSAGE:
            break
    tail = _decoded(raw[end : end + CONTEXT]) if at == end else " …"
    made.append([tail, ROUND])
    return [piece for piece in made if piece[0]]


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "ignore")


def lyrics_shown(path: Path, index: LyricIndex) -> dict[bytes, str]:
    """The texts in a table (CSV or JSON Lines) that are lyrics of the index, by their words' hashes.

    Which column they stand in does not matter: a lyric is known by its words.
    """
    known: dict[bytes, str] = {}
    with path.open(encoding="utf-8", errors="replace", newline="") as lines:
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            cells = (str(value) for line in lines if line.strip() for value in json.loads(line).values())
        else:
            cells = (cell for row in csv.reader(lines) for cell in row)
        for cell in cells:
            words = index.reader.read(cell).hashes
            if len(words) > 3:
                known[words.tobytes()] = cell
    return known


class LyricLists:
    """Writes the findings, as Parquet and as CSV that no spreadsheet takes for formulas."""

    def __init__(self, folder: Path) -> None:
        self._table = pq.ParquetWriter(folder / "lyrics.parquet", LYRICS_SCHEMA)
        self._csv = arrow_csv.CSVWriter(folder / "lyrics.csv", LYRICS_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._table.close()
        self._csv.close()

    def add(self, batch: Any) -> None:
        if not len(batch):
            return
        self._table.write_batch(batch)
        columns = [neutralised(c) if pa.types.is_string(c.type) else c for c in batch.columns]
        self._csv.write_batch(pa.record_batch(columns, schema=LYRICS_SCHEMA))


def joined(parts: Sequence[Matches]) -> Matches:
    """Matches of several engines about the same rows, in the order that `Matches` states."""
    row, item, umbrella, how = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("row", "item", "umbrella", "how")
    )
    order = np.lexsort((umbrella, item, how, row))
    return Matches(row[order], item[order], umbrella[order], how[order])
