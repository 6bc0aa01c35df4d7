"""Corpora as they come: manifests of training sets in CSV, TSV, ``<SEP>`` text, JSON and Parquet.

A corpus is bigger and dirtier than a catalogue. The readers stream, keep columns as Arrow arrays, and never lose a
row: every row of a file is given out either as read or as `Unreadable` with its place.
"""

from collections.abc import Iterator, Sequence

from tacenda.formats.corpus_table.chunk import BadRow, Chunk
from tacenda.formats.corpus_table.columns import ColumnMap, ColumnUse, Field, Form, recognise
from tacenda.formats.corpus_table.delimited import read_delimited
from tacenda.formats.corpus_table.documents import read_text_rows
from tacenda.formats.corpus_table.jsonarray import read_json_array
from tacenda.formats.corpus_table.jsonlines import read_json_lines
from tacenda.formats.corpus_table.parquet import read_parquet
from tacenda.formats.corpus_table.source import Kind, Source, examine, find_files
from tacenda.formats.corpus_table.values import field_values

__all__ = [
    "BadRow",
    "Chunk",
    "ColumnMap",
    "ColumnUse",
    "Field",
    "Form",
    "Kind",
    "Source",
    "examine",
    "field_values",
    "find_files",
    "read_rows",
    "recognise",
]


def read_rows(source: Source, wanted: Sequence[str]) -> Iterator[Chunk]:
    """The rows of one file, with the columns `wanted`.

    Raises:
        InputError: when the file breaks off (a gzip stream); what came before was given out.
    """
    match source.kind:
        case Kind.DELIMITED:
            return read_delimited(source, wanted)
        case Kind.JSON_LINES:
            return read_json_lines(source, wanted)
        case Kind.JSON_ARRAY:
            return read_json_array(source, wanted)
        case Kind.PARQUET:
            return read_parquet(source, wanted)
        case Kind.DOCUMENTS:
            return read_text_rows(source, wanted)
