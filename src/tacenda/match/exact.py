"""The exact engine: identifiers and folded names by look-up of their keys. No threshold, no guess.

A row is recognised by each of its marks on its own, and every hit is reported: where an ISRC says one song and the
name says another, both stand, for a person to see. An ISRC that is neither in the catalogue nor listed is tried
against the umbrella prefixes.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tacenda.match.cells import GTIN, ISRC, ISWC, YOUTUBE, identifier_forms
from tacenda.match.hashing import keys_of
from tacenda.match.interface import COLUMNS, CorpusBatch, How, Matches, StringColumn
from tacenda.match.kernels import text_forms
from tacenda.match.lookup import UMBRELLA, KeyTable
from tacenda.match.spelling import SpellingTable

KEY_CLASSES: Final[Mapping[How, str]] = {
    How.ISRC: "isrc",
    How.ISWC: "iswc",
    How.GTIN: "gtin",
    How.YOUTUBE: "youtube",
    How.TEXT: "text",
}
_KINDS: Final = {How.ISRC: ISRC, How.ISWC: ISWC, How.GTIN: GTIN, How.YOUTUBE: YOUTUBE}
_SPLIT_FROM: Final = 4096

Found = tuple[NDArray[np.int64], NDArray[np.uint32], How]


@dataclass(frozen=True, slots=True)
class Forms:
    """Normal forms found in a column: form i is data[offsets[i]:offsets[i + 1]] and stood in row rows[i]."""

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    rows: NDArray[np.int64]

    def texts(self) -> list[str]:
        """The forms as text, for tests and for looking."""
        raw = self.data.tobytes()
        return [raw[a:b].decode("utf-8") for a, b in zip(self.offsets[:-1], self.offsets[1:], strict=True)]


def forms_of(how: How, column: StringColumn) -> Forms:
    """The identifiers of one scheme in a column of cells."""
    return Forms(*identifier_forms(_KINDS[how], *_buffers(column)))


def forms_of_names(artist: StringColumn, title: StringColumn, table: SpellingTable) -> Forms:
    """The folded names (`core.fold.text_key`) of rows that have both an artist and a title."""
    return Forms(*text_forms(*_buffers(artist), *_buffers(title), table.pages, table.cells, table.pool))


@dataclass(frozen=True, slots=True)
class ExactMatcher:
    """A `match.interface.Matcher` over the key tables of a snapshot.

    Attributes:
        tables: by way; a way without a table is not asked.
        spelling: the table with which the text keys were made.
        prefixes: five-character ISRC prefixes, sorted, as ``S5``; `prefix_umbrellas` (int32) says whose.
        threads: a large batch is cut into this many pieces, looked up side by side.
    """

    tables: Mapping[How, KeyTable]
    spelling: SpellingTable
    prefixes: NDArray[Any] = field(default_factory=lambda: np.empty(0, "S5"))
    prefix_umbrellas: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    threads: int = 1

    def ask(self, batch: CorpusBatch) -> Matches:
        """Every hit of every row. Cost: about a microsecond a row and mark."""
        if self.threads < 2 or len(batch) < _SPLIT_FROM:
            return self._ask(batch)
        step = -(-len(batch) // self.threads)
        pieces = [_piece(batch, start, step) for start in range(0, len(batch), step)]
        with ThreadPoolExecutor(self.threads) as pool:
            answers = list(pool.map(self._ask, pieces))
        return _joined(answers, step)

    def _ask(self, batch: CorpusBatch) -> Matches:
        found: list[Found] = []
        for how in (How.ISRC, How.ISWC, How.GTIN, How.YOUTUBE):
            column = batch.column(KEY_CLASSES[how])
            if column is not None and (how in self.tables or (how is How.ISRC and len(self.prefixes))):
                found += self._identifiers(how, column)
        if batch.artist is not None and batch.title is not None and How.TEXT in self.tables:
            forms = forms_of_names(batch.artist, batch.title, self.spelling)
            found += self._look_up(How.TEXT, forms)[0]
        return _matches(found)

    def _identifiers(self, how: How, column: StringColumn) -> list[Found]:
        forms = forms_of(how, column)
        found, silent = self._look_up(how, forms)
        if how is How.ISRC and len(self.prefixes) and len(silent):
            found.append(self._by_prefix(forms, silent))
        return found

    def _look_up(self, how: How, forms: Forms) -> tuple[list[Found], NDArray[np.int64]]:
        """What the forms name, and which of them name nothing."""
        every = np.arange(len(forms.rows))
        table = self.tables.get(how)
        if table is None or not len(table) or not len(every):
            return [], every
        which, targets = table.find(keys_of(KEY_CLASSES[how], forms.data, forms.offsets))
        silent = np.ones(len(every), bool)
        silent[which] = False
        return [(forms.rows[which], targets, how)], every[silent]

    def _by_prefix(self, forms: Forms, silent: NDArray[np.int64]) -> Found:
        codes = forms.data.reshape(-1, 12)[silent, :5]
        codes = np.ascontiguousarray(codes).view("S5").ravel()
        places = np.minimum(np.searchsorted(self.prefixes, codes), len(self.prefixes) - 1)
        hit = self.prefixes[places] == codes
        targets = self.prefix_umbrellas[places[hit]].astype(np.uint32) | UMBRELLA
        return forms.rows[silent[hit]], targets, How.ISRC_PREFIX


def _matches(found: Sequence[Found]) -> Matches:
    """The hits by row, how and target, each once."""
    rows = np.concatenate([np.empty(0, np.int64), *(rows for rows, _, _ in found)])
    targets = np.concatenate([np.empty(0, np.uint32), *(targets for _, targets, _ in found)])
    hows = np.concatenate([np.empty(0, np.uint8), *(np.full(len(rows), how, np.uint8) for rows, _, how in found)])
    keyed = rows << 3 | hows
    if len(keyed) and not _in_order(keyed, targets):
        # One run a way, each by row: a stable sort merges the runs.
        order = np.argsort(keyed, kind="stable")
        keyed, targets = keyed[order], targets[order]
        if not _in_order(keyed, targets):
            order = np.lexsort((targets, keyed))
            keyed, targets = keyed[order], targets[order]
            fresh = np.ones(len(keyed), bool)
            fresh[1:] = (keyed[1:] != keyed[:-1]) | (targets[1:] != targets[:-1])
            keyed, targets = keyed[fresh], targets[fresh]
    umbrella = targets >= UMBRELLA
    number = (targets & ~UMBRELLA).astype(np.int64)
    return Matches(
        row=keyed >> 3,
        item=np.where(umbrella, -1, number),
        umbrella=np.where(umbrella, number, -1).astype(np.int32),
        how=(keyed & 7).astype(np.uint8),
    )


def _in_order(keyed: NDArray[np.int64], targets: NDArray[np.uint32]) -> bool:
    step = keyed[1:] - keyed[:-1]
    return bool(np.all((step > 0) | ((step == 0) & (targets[1:] > targets[:-1]))))


def _joined(answers: Sequence[Matches], step: int) -> Matches:
    return Matches(
        row=np.concatenate([answer.row + place * step for place, answer in enumerate(answers)]),
        item=np.concatenate([answer.item for answer in answers]),
        umbrella=np.concatenate([answer.umbrella for answer in answers]),
        how=np.concatenate([answer.how for answer in answers]),
    )


def _piece(batch: CorpusBatch, start: int, rows: int) -> CorpusBatch:
    columns = {name: batch.column(name) for name in COLUMNS}
    return CorpusBatch(**{name: c.slice(start, rows) for name, c in columns.items() if c is not None})


def _buffers(column: StringColumn) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """A column of text as (bytes, int64 offsets); what is null is empty."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        if isinstance(column, pa.ChunkedArray):
            column = pa.concat_arrays([chunk.cast(pa.large_string()) for chunk in column.chunks])
    if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
        column = column.cast(pa.large_string())
    if column.null_count:
        column = pc.fill_null(column, "")
    kind = np.int64 if pa.types.is_large_string(column.type) else np.int32
    _, places, data = column.buffers()
    if places is None or not len(column):
        return np.empty(0, np.uint8), np.zeros(len(column) + 1, np.int64)
    offsets = np.frombuffer(places, kind, len(column) + 1, column.offset * np.dtype(kind).itemsize)
    raw = np.frombuffer(data, np.uint8) if data is not None and len(data) else np.empty(0, np.uint8)
    return raw, offsets.astype(np.int64, copy=False)
