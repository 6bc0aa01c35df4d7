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
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv as arrow_csv

from tacenda.errors import Unreadable

_TEXT: Final = pa.string()
_WORD: Final = pa.dictionary(pa.int32(), pa.string())
CORPUS_FIELDS: Final = ("id", "title", "artist", "isrc", "iswc", "gtin", "youtube")
ITEM_FIELDS: Final = ("item", "catalogue", "item_title", "item_artist", "item_isrc", "owner")
ANSWER_FIELDS: Final = ("reserved_by", "since", "reasons", "records")
SCHEMA: Final = pa.schema(
    [
        ("row", pa.int64()),
        ("file", _WORD),
        ("line", pa.int64()),
        *((name, _TEXT) for name in CORPUS_FIELDS),
        ("verdict", _WORD),
        ("matched_by", _WORD),
        ("matches", pa.int32()),
        *((name, _TEXT) for name in ITEM_FIELDS),
        *((name, _WORD) for name in ANSWER_FIELDS),
    ]
)
LIST_COLUMNS: Final = ("row", "file", "line", *CORPUS_FIELDS, "verdict")
UNREADABLE_SCHEMA: Final = pa.schema([(name, _TEXT) for name in ("where", "column", "rule", "value", "why")])
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
        self._drop = pa.array(sorted(drop), _TEXT)
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
        with pq.ParquetWriter(
            self._folder / "verdicts.parquet", SCHEMA, use_dictionary=_dictionary_columns()
        ) as table:
            for batch, _ in work:
                table.write_batch(batch)

    def _write_cells(self, work: Iterator[Work]) -> None:
        options = arrow_csv.WriteOptions(batch_size=8192)
        columns = pa.schema([SCHEMA.field(name) for name in LIST_COLUMNS])
        with ExitStack() as stack:
            verdicts, keep, drop, unreadable = (
                stack.enter_context(arrow_csv.CSVWriter(self._folder / name, schema, write_options=options))
                for name, schema in (
                    ("verdicts.csv", SCHEMA),
                    ("keep.csv", columns),
                    ("drop.csv", columns),
                    ("unreadable.csv", UNREADABLE_SCHEMA),
                )
            )
            for batch, bad in work:
                safe = _safe(batch)
                verdicts.write_batch(safe)
                dropped = pc.is_in(_words(batch.column("verdict")), value_set=self._drop)
                for writer, mask in ((keep, pc.invert(dropped)), (drop, dropped)):
                    writer.write_batch(safe.select(list(LIST_COLUMNS)).filter(mask))
                count = pc.sum(dropped).as_py() or 0
                self.dropped += count
                self.kept += len(batch) - count
                if bad:
                    unreadable.write_batch(_unreadable_batch(bad))


def _dictionary_columns() -> list[str]:
    """The columns that Parquet should keep as words of a short list."""
    return ["file", "verdict", "matched_by", "catalogue", "owner", *ANSWER_FIELDS]


def _words(column: Any) -> Any:
    return column.cast(_TEXT) if pa.types.is_dictionary(column.type) else column


def _safe(batch: Any) -> Any:
    texts = [
        neutralised(batch.column(place))
        if pa.types.is_string(field.type) or pa.types.is_dictionary(field.type)
        else batch.column(place)
        for place, field in enumerate(batch.schema)
    ]
    return pa.record_batch(texts, schema=batch.schema)


def _unreadable_batch(bad: Sequence[Unreadable]) -> Any:
    rows: Mapping[str, list[str]] = {
        "where": [u.where for u in bad],
        "column": [u.column for u in bad],
        "rule": [u.rule for u in bad],
        "value": [u.value for u in bad],
        "why": [u.why for u in bad],
    }
    return pa.record_batch([neutralised(pa.array(rows[name], _TEXT)) for name in rows], schema=UNREADABLE_SCHEMA)
