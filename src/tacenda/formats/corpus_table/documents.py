"""Files of running text as rows of two columns, ``id`` and ``text``: how text joins the corpora of tables."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from tacenda.errors import Unreadable
from tacenda.formats.corpus_table.chunk import BadRow, Chunk
from tacenda.formats.corpus_table.source import Source
from tacenda.formats.text_corpus import Document, read_documents

_ROWS: Final = 4096
_BYTES: Final = 8 << 20


def read_text_rows(source: Source, wanted: Sequence[str]) -> Iterator[Chunk]:
    """The documents of a file, some megabytes a chunk."""
    held: list[Document] = []
    bad: list[BadRow] = []
    size = 0
    for number, document in enumerate(read_documents(source.path, source.name), 1):
        if isinstance(document, Unreadable):
            bad.append(BadRow(number, document))
        else:
            held.append(Document(number, document.id, document.text))
            size += len(document.text)
        if size > _BYTES or len(held) + len(bad) >= _ROWS:
            yield _chunk(source, wanted, held, bad)
            held, bad, size = [], [], 0
    if held or bad:
        yield _chunk(source, wanted, held, bad)


def _chunk(source: Source, wanted: Sequence[str], held: list[Document], bad: list[BadRow]) -> Chunk:
    columns = {"id": [d.id for d in held], "text": [d.text for d in held]}
    lines = np.array([d.number for d in held], np.int64)
    return Chunk(source.name, lines, {name: pa.array(columns[name], pa.string()) for name in wanted}, tuple(bad))
