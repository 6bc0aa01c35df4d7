"""From the columns of a chunk to what engines are asked about: one array a field, ids taken out."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tacenda.formats.corpus_table.chunk import Chunk
from tacenda.formats.corpus_table.columns import (
    ADDRESS_PATTERN,
    DASH_PATTERN,
    FILE_PATTERN,
    ColumnMap,
    ColumnUse,
    Field,
    Form,
)

_SOUND_FILE = r"\.(?i:wav|mp3|m4a|flac|ogg|opus|webm|mp4|aac)$"


def field_values(chunk: Chunk, columns: ColumnMap) -> Mapping[Field, Any]:
    """The fields that this file has, each as a string array as long as `chunk.lines`; empty texts stay empty."""
    values: dict[Field, Any] = {}
    for use in columns.uses:
        column = chunk.columns[use.column]
        if use.field is Field.ARTIST_TITLE:
            values[Field.ARTIST], values[Field.TITLE] = _split(column)
        elif use.field is Field.YOUTUBE:
            values[Field.YOUTUBE] = _youtube(column, use)
        else:
            values[use.field] = column
    return values


def _youtube(column: Any, use: ColumnUse) -> Any:
    if use.form is Form.ADDRESS:
        return pc.struct_field(pc.extract_regex(column, ADDRESS_PATTERN), "id")
    if use.form is Form.FILE_NAME:
        found = pc.extract_regex(column, FILE_PATTERN)
        named, bare = pc.struct_field(found, "id"), pc.struct_field(found, "bare")
        return pc.if_else(pc.equal(pc.fill_null(named, ""), ""), bare, named)
    return column


def _split(column: Any) -> tuple[Any, Any]:
    """Artist and title of ``Artist - Title``; a value without a dash is a title without an artist."""
    text = pc.replace_substring_regex(column, r"^.*[/\\]", "") if _paths(column) else column
    text = pc.replace_substring_regex(text, _SOUND_FILE, "")
    found = pc.extract_regex(text, DASH_PATTERN)
    artist, title = pc.struct_field(found, "artist"), pc.struct_field(found, "title")
    return artist, pc.if_else(pc.is_valid(title), title, text)


def _paths(column: Any) -> bool:
    """Whether most values are paths of sound files, so that folders are not taken for artists."""
    if not len(column):
        return False
    files = pc.sum(pc.match_substring_regex(column, _SOUND_FILE)).as_py() or 0
    return bool(files > len(column) / 2)


def empty_column(rows: int) -> Any:
    """A column of nulls."""
    return pa.nulls(rows, pa.string())
