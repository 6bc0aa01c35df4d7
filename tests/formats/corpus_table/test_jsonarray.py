"""JSON arrays are read as a stream, element by element, and nothing of them is lost."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.errors import InputError
from tacenda.formats.corpus_table import Kind, examine, read_rows
from tacenda.formats.corpus_table.jsonvalues import elements

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def read(path: Path, wanted: tuple[str, ...] = ("title",)) -> tuple[list[Any], list[tuple[int, str]]]:
    rows: list[Any] = []
    bad: list[tuple[int, str]] = []
    for chunk in read_rows(examine(path, path.name), wanted):
        rows += zip(chunk.lines.tolist(), chunk.columns[wanted[0]].to_pylist(), strict=True)
        bad += [(b.line, b.what.rule) for b in chunk.bad]
    return rows, bad


@given(st.lists(VALUES, max_size=6), st.integers(1, 7), st.sampled_from([None, 1]))
def test_elements_are_what_the_whole_array_holds_wherever_it_is_cut(
    values: list[Any], size: int, indent: int | None
) -> None:
    text = json.dumps(values, indent=indent)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    assert [element for element, _ in elements(iter(pieces), "x")] == values


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_an_array_of_objects_is_a_corpus(tmp_path: Path, pack: Any) -> None:
    document = [{"title": "Åse", "meta": {"artist": "Wren"}}, 7, {"artist": "no title"}, {"title": 12}]
    path = tmp_path / "c.json"
    path.write_bytes(pack(json.dumps(document, indent=2, ensure_ascii=False).encode()))
    source = examine(path, "c.json")
    assert (source.kind, source.columns) == (Kind.JSON_ARRAY, ("title", "meta.artist", "artist"))
    assert read(path) == ([(1, "Åse"), (3, None), (4, "12")], [(2, "json.object")])


def test_texts_that_are_no_unicode_are_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(b'[{"title": "\xc3\xa9"},\n {"title": "\xff"}, {"title": "\\ud800"}, {"title": "b"}]')
    assert read(path) == ([(1, "é"), (4, "b")], [(2, "text.encoding"), (3, "json.surrogate")])


def test_a_broken_array_says_after_which_element(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(b'[{"title": "a"}, {"title": b}]')
    chunks = read_rows(examine(path, "c.json"), ["title"])
    assert len(next(chunks)) == 1
    with pytest.raises(InputError, match="after element 1"):
        next(chunks)


def test_an_empty_array_has_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(b" [ ] ")
    assert read(path, ("x",)) == ([], [])
