"""The columns of the items that rows matched, as they stand in the verdicts."""

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tacenda.screen.lists import ITEM_WORDS

ITEM_COLUMNS: Final = ("id", "catalogue", "title", "artist", "isrc", "owner")


class FoundItems:
    """Looks up items by their number. Catalogues and owners stay words of a short list.

    Of a dictionary with repeated texts, Arrow's Parquet writer leaves part of a page unwritten: bytes of this
    process's memory would stand in the file. So every dictionary given out holds each text once, whatever the
    snapshot's do.
    """

    def __init__(self, items: Any) -> None:
        self._texts = {name: _one(items.column(name)) for name in ITEM_COLUMNS if name not in ITEM_WORDS}
        self._words = {name: _words_of(items.column(name)) for name in ITEM_WORDS}

    def has_isrc(self, item: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Of each item whether its ISRC is known."""
        sizes = pc.binary_length(text(self._texts["isrc"].take(pa.array(item))))
        known: NDArray[np.bool_] = pc.fill_null(sizes, 0).to_numpy(zero_copy_only=False) > 0
        return known

    def columns(self, item: NDArray[np.int64]) -> list[Any]:
        """`ITEM_COLUMNS` of these items; null where the number is -1."""
        nothing = item < 0
        places = pa.array(item, mask=nothing)
        found = []
        for name in ITEM_COLUMNS:
            if name in ITEM_WORDS:
                codes, place, words = self._words[name]
                picked = np.full(len(item), -1, np.int32)
                picked[~nothing] = place[codes[item[~nothing]]]
                found.append(pa.DictionaryArray.from_arrays(pa.array(picked, mask=picked < 0), words))
            else:
                found.append(text(self._texts[name].take(places)))
        return found


def words_once(numbers: NDArray[Any], texts: Any) -> Any:
    """The texts of these numbers as a dictionary array in which each text stands once, and none that is not used.

    `texts` gives the text of a number.
    """
    used = np.flatnonzero(np.bincount(numbers)) if len(numbers) else np.zeros(0, np.int64)
    places: dict[str, int] = {}
    place = np.zeros(int(used[-1]) + 1 if len(used) else 0, np.int32)
    for number in used.tolist():
        place[number] = places.setdefault(texts(number), len(places))
    return pa.DictionaryArray.from_arrays(pa.array(place[numbers]), pa.array(list(places), pa.string()))


def _words_of(column: Any) -> tuple[NDArray[np.int32], NDArray[np.int32], Any]:
    """A column as numbers as they are stored, which word each means (-1 for null), and the words, each once."""
    column = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if isinstance(column, pa.ChunkedArray):
        column = column.unify_dictionaries() if pa.types.is_dictionary(column.type) else column
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    texts = column.dictionary.cast(pa.string()).fill_null("").to_pylist()
    places: dict[str, int] = {}
    place = np.array([*(places.setdefault(word, len(places)) for word in texts), -1], np.int32)
    indices = pc.fill_null(column.indices, -1) if column.null_count else column.indices
    codes = indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    return codes, place, pa.array(list(places), pa.string())


def _one(column: Any) -> Any:
    """The column's only chunk, if it has one: to look up there is faster."""
    return column.chunk(0) if isinstance(column, pa.ChunkedArray) and column.num_chunks == 1 else column


def text(column: Any) -> Any:
    """One string array, from whatever a string column may be."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
        column = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    return column if pa.types.is_string(column.type) else column.cast(pa.string())
