"""JSON Lines: flattening, and every line that is refused."""

import io

import pytest

from tacenda.formats.catalogue_table.json_lines import json_records, json_rows
from tacenda.formats.catalogue_table.rows import BadRow, Limits


def one(line: str | bytes, limits: Limits = Limits()) -> object:  # noqa: B008
    data = line.encode() if isinstance(line, str) else line
    (found,) = json_records(io.BytesIO(data + b"\n"), "utf-8", limits=limits)
    return found.rule if isinstance(found, BadRow) else found[2]


def test_objects_and_lists_one_level_deep_become_columns() -> None:
    line = '{"title": "A", "album": {"upc": "1"}, "artists": [{"name": "B"}, {"name": "C"}], "tags": ["x", "y"]}'
    assert one(line) == {"title": "A", "album.upc": "1", "artists.name": ("B", "C"), "tags": ("x", "y")}


def test_f37_numbers_keep_their_spelling() -> None:
    assert one('{"upc": 6.02E+11, "n": 36000291452}') == {"upc": "6.02E+11", "n": "36000291452"}


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('{"a": 1, "a": 2}', "json.duplicate"),
        ('{"a": {"b": 1, "b": 2}}', "json.duplicate"),
        ('{"a": NaN}', "json.number"),
        ('{"a": Infinity}', "json.number"),
        ('{"a": ', "json.form"),
        ("[1, 2]", "json.object"),
        ('"text"', "json.object"),
        ('{"a": ' + "[" * 200_000 + "]" * 200_000 + "}", "json.depth"),
        (b'{"a": "\xff"}', "text.encoding"),
    ],
)
def test_f31_lines_that_are_refused(line: str | bytes, rule: str) -> None:
    assert one(line) == rule


def test_brackets_within_texts_are_no_nesting() -> None:
    assert one('{"title": "[[[[[[[[[[ \\" ]]]"}') == {"title": '[[[[[[[[[[ " ]]]'}


def test_rows_have_lines_offsets_and_the_columns_asked_for() -> None:
    data = b'{"a": "1"}\n\nbad\n{"b": "2", "a": null}\n'
    found = list(json_rows(io.BytesIO(data), "utf-8", ["a", "b"]))
    assert [(row.line, row.offset) for row in found] == [(1, 0), (3, 12), (4, 16)]
    assert found[0].cells == ["1", None]  # type: ignore[union-attr]
    assert found[2].cells == [None, "2"]  # type: ignore[union-attr]


def test_a_line_beyond_the_limit_is_skipped() -> None:
    data = b'{"a": "' + b"x" * 2_000 + b'"}\n{"a": "1"}\n'
    found = list(json_rows(io.BytesIO(data), "utf-8", ["a"], limits=Limits(line_bytes=1_000)))
    assert [type(row).__name__ for row in found] == ["BadRow", "Row"]
