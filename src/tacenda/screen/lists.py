"""The lists a screening writes: verdicts (Parquet and CSV), keep and drop, unreadable.

A CSV cell that a spreadsheet could take for a formula (it begins with ``=``, ``+``, ``-``, ``@``, tab or CR) is
written with one apostrophe in front, and so is a cell that begins with an apostrophe. So nothing is lost: whoever
reads the CSV takes one leading apostrophe off wherever there is one (`read_back`). Parquet holds the bare values.
"""

import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from tacenda.errors import Unreadable
from tacenda.screen.cells import CsvRows, header

_TEXT: Final = pa.string()
_WORD: Final = pa.dictionary(pa.int32(), pa.string())
CORPUS_FIELDS: Final = ("title", "artist", "isrc", "iswc", "gtin", "youtube")
ITEM_FIELDS: Final = ("item", "catalogue", "item_title", "item_artist", "item_isrc", "owner")
ITEM_WORDS: Final = ("catalogue", "owner")
ANSWER_FIELDS: Final = ("reserved_by", "since", "reasons", "records")
SCHEMA: Final = pa.schema(
    [
        ("row", pa.int64()),
        ("file", _WORD),
        ("line", pa.int64()),
        ("id", _TEXT),
        ("verdict", _WORD),
        *((name, _TEXT) for name in CORPUS_FIELDS),
        ("matched_by", _WORD),
        ("matches", pa.int32()),
        *((name, _WORD if name in ITEM_WORDS else _TEXT) for name in ITEM_FIELDS),
        *((name, _WORD) for name in ANSWER_FIELDS),
    ]
)
# The keep and drop lists say which rows; what these rows are stands in the verdicts.
LIST_COLUMNS: Final = ("row", "file", "line", "id", "verdict")
UNREADABLE_SCHEMA: Final = pa.schema([(name, _TEXT) for name in ("where", "column", "rule", "value", "why")])
# Row numbers and lines mostly count up; what has few values is kept as numbers of a short list.
_PARQUET: Final[Mapping[str, Any]] = {
    "use_dictionary": ["file", "verdict", "matched_by", "matches", *ITEM_WORDS, *ANSWER_FIELDS],
    "column_encoding": {"row": "DELTA_BINARY_PACKED", "line": "DELTA_BINARY_PACKED"},
    "write_statistics": ["row", "verdict"],
    "compression": "zstd",
    "compression_level": 1,
}
_DANGEROUS: Final = "^[=+\\-@\\t\\r']"


def neutralised(column: Any) -> Any:
    """The texts with an apostrophe before each that a spreadsheet could take for a formula (F63)."""
    if pa.types.is_dictionary(column.type):
        return pa.DictionaryArray.from_arrays(column.indices, neutralised(column.dictionary))
    risky = pc.match_substring_regex(column, _DANGEROUS)
    if not pc.any(risky).as_py():
        return column
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)


def read_back(cell: str) -> str:
    """What stood in a cell before `neutralised`.

    >>> read_back("'-0Gj8-vB1q4"), read_back("plain")
    ('-0Gj8-vB1q4', 'plain')
    """
    return cell.removeprefix("'")


Work = tuple[Any, Sequence[Unreadable]]


class _Writer:
    """A thread that writes batches as they come; at most four wait.

    An error in the thread is raised by the next `add` or by `close`.
    """

    def __init__(self, name: str, write: Callable[[Iterator[Work]], None]) -> None:
        self._write = write
        self._queue: queue.Queue[Work | None] = queue.Queue(maxsize=4)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def add(self, work: Work) -> None:
        if self._error is not None:
            raise self._error
        self._queue.put(work)

    def close(self) -> BaseException | None:
        self._queue.put(None)
        self._thread.join()
        return self._error

    def _work(self) -> None:
        try:
            self._write(iter(self._queue.get, None))
        except BaseException as error:  # noqa: BLE001 - handed to the main thread by `add` and `close`
            self._error = error
            while self._queue.get() is not None:
                pass


class Lists:
    """Writes the lists into one folder, on two threads, so that the next batch is screened meanwhile.

    Memory does not grow with the corpus. An error in a thread is raised by the next `add` or on leaving.
    """

    def __init__(self, folder: Path, drop: frozenset[str]) -> None:
        self._drop = drop
        self._folder = folder
        self._writers: list[_Writer] = []
        self.kept = 0
        self.dropped = 0

    def __enter__(self) -> Self:
        self._writers = [_Writer("parquet", self._write_table), _Writer("csv", self._write_cells)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        errors = [failed for writer in self._writers if (failed := writer.close()) is not None]
        if errors and error is None:
            raise errors[0]

    def add(self, batch: Any, unreadable: Sequence[Unreadable] = ()) -> None:
        """Write one record batch of `SCHEMA`, and what could not be read among its rows."""
        for writer in self._writers:
            writer.add((batch, unreadable))

    def _write_table(self, work: Iterator[Work]) -> None:
        path = self._folder / "verdicts.parquet"
        with pq.ParquetWriter(path, SCHEMA, **_PARQUET) as table:
            for batch, _ in work:
                table.write_batch(batch)

    def _write_cells(self, work: Iterator[Work]) -> None:
        rows = CsvRows(len(LIST_COLUMNS))
        with ExitStack() as stack:
            names = {"verdicts.csv": SCHEMA.names, "keep.csv": LIST_COLUMNS, "drop.csv": LIST_COLUMNS}
            files = [stack.enter_context((self._folder / name).open("wb", buffering=0)) for name in names]
            for file, columns in zip(files, names.values(), strict=True):
                file.write(header(columns))
            unreadable = stack.enter_context(
                arrow_csv.CSVWriter(self._folder / "unreadable.csv", UNREADABLE_SCHEMA)
            )
            for batch, bad in work:
                dropped = self._dropped(batch)
                for lines in rows.lines(batch, dropped):
                    for file, part in zip(files, (lines.whole, lines.kept, lines.dropped), strict=True):
                        _write_all(file, part)
                count = int(np.count_nonzero(dropped))
                self.dropped += count
                self.kept += len(batch) - count
                if bad:
                    unreadable.write_batch(_unreadable_batch(bad))

    def _dropped(self, batch: Any) -> NDArray[np.bool_]:
        """Of each row, whether its verdict is one of those to be dropped."""
        verdict = batch.column("verdict")
        of_word = np.array([word in self._drop for word in verdict.dictionary.to_pylist()], np.bool_)
        dropped: NDArray[np.bool_] = of_word[verdict.indices.to_numpy()]
        return dropped


def _write_all(file: IO[bytes], part: memoryview) -> None:
    """Write all of it: an unbuffered file may take less at a time."""
    while len(part):
        part = part[file.write(part) :]


def _unreadable_batch(bad: Sequence[Unreadable]) -> Any:
    rows: Mapping[str, list[str]] = {
        "where": [u.where for u in bad],
        "column": [u.column for u in bad],
        "rule": [u.rule for u in bad],
        "value": [u.value for u in bad],
        "why": [u.why for u in bad],
    }
    return pa.record_batch([neutralised(pa.array(rows[name], _TEXT)) for name in rows], schema=UNREADABLE_SCHEMA)
