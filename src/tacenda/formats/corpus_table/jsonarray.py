"""One JSON array of objects as chunks, read as a stream: memory is that of some thousand elements.

The place of a row is the number of its element, from 1. An element that is no object is unreadable, like a line
of JSON Lines that is none. Where the array itself is broken nothing after it can be told apart, so the file counts
as one that breaks off.
"""

import codecs
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from tacenda.errors import InputError
from tacenda.formats.corpus_table.blocks import UTF8, open_bytes, utf8_pieces
from tacenda.formats.corpus_table.chunk import BadRow, Chunk, bad_row
from tacenda.formats.corpus_table.jsonvalues import elements, flatten
from tacenda.formats.corpus_table.source import Source

CHUNK_ROWS: Final = 1 << 16


def read_json_array(source: Source, wanted: Sequence[str]) -> Iterator[Chunk]:
    """The elements of `source` with the columns `wanted`.

    Raises:
        InputError: ``corpus.json`` where the array breaks off; what came before was given out.
    """
    rows = _Rows(source.name, tuple(wanted))
    try:
        for number, (element, text) in enumerate(elements(_texts(source.path, source.encoding), source.name), 1):
            rows.take(number, element, text)
            if len(rows) >= CHUNK_ROWS:
                yield rows.chunk()
                rows = _Rows(source.name, tuple(wanted))
    except (InputError, EOFError, OSError, zlib.error) as error:
        if len(rows):
            yield rows.chunk()
        if isinstance(error, InputError):
            raise
        raise InputError("corpus.gzip", f"The file breaks off: {error}.", where=source.name) from error
    if len(rows):
        yield rows.chunk()


def _texts(path: Path, encoding: str) -> Iterator[str]:
    """The file as text in pieces. Bytes that are not UTF-8 become lone surrogates, which `_Rows` then finds."""
    decoder = codecs.getincrementaldecoder(UTF8)("surrogateescape")
    with open_bytes(path) as stream:
        for piece in utf8_pieces(stream, encoding):
            yield decoder.decode(piece)
    yield decoder.decode(b"", True)


class _Rows:
    """Elements being gathered into a chunk."""

    def __init__(self, source: str, wanted: tuple[str, ...]) -> None:
        self._source = source
        self._wanted = wanted
        self._cells: list[list[str | None]] = [[] for _ in wanted]
        self._lines: list[int] = []
        self._bad: list[BadRow] = []

    def __len__(self) -> int:
        return len(self._lines) + len(self._bad)

    def take(self, number: int, element: Any, text: str) -> None:
        if not isinstance(element, dict):
            self._bad.append(
                bad_row(self._source, number, "json.object", _shown(text), "The element is no object")
            )
            return
        fields = flatten(element)
        values = [fields.get(name) for name in self._wanted]
        if not _whole("".join(filter(None, values))):
            rule = "json.surrogate" if _whole(text) else "text.encoding"
            why = "A text is not valid Unicode"
            self._bad.append(bad_row(self._source, number, rule, _shown(text), why))
            return
        self._lines.append(number)
        for column, value in zip(self._cells, values, strict=True):
            column.append(value)

    def chunk(self) -> Chunk:
        columns = {
            name: pa.array(cells, pa.string()) for name, cells in zip(self._wanted, self._cells, strict=True)
        }
        return Chunk(self._source, np.array(self._lines, np.int64), columns, tuple(self._bad))


def _whole(text: str) -> bool:
    """Whether the text holds no half characters."""
    try:
        text.encode(UTF8)
    except UnicodeEncodeError:
        return False
    return True


def _shown(text: str) -> str:
    return text[:800].encode(UTF8, "replace").decode(UTF8)
