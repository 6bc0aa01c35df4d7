"""Folding in machine code is folding in Python, on every string."""

import csv
import json
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tacenda.core.fold import text_key
from tacenda.match.exact import forms_of_names
from tacenda.match.spelling import spelling_table

SHARED = Path(__file__).parents[3] / "shared" / "data"
WORDS = st.sampled_from(
    "feat featuring ft with The the duet live remaster from 6 - – -- ( ) [ ] （ ） & + ' $ é e\u0301 ﷺ が Straße "
    "漢字 \U0001f600 \u200d instrumental remasterings x".split(" ")
)
NAMES = st.one_of(st.text(), st.lists(WORDS | st.just(" ") | st.characters(), max_size=14).map("".join))
SPACED = st.lists(WORDS, max_size=10).map(" ".join)


def keys(pairs: list[tuple[str, str]]) -> list[str]:
    artists, titles = zip(*pairs, strict=True)
    forms = forms_of_names(pa.array(artists, pa.string()), pa.array(titles, pa.string()), spelling_table())
    found = [""] * len(pairs)
    for row, text in zip(forms.rows, forms.texts(), strict=True):
        found[row] = text
    return found


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(NAMES | SPACED, NAMES | SPACED), min_size=1, max_size=8))
@example([("a" * 5000, "b" * 5000)])
@example([("ﷺ" * 4096, "𝔞" * 4097)])
@example([("\x00", "a\x00b"), ("(", ")")])
def test_equal_to_the_reference(pairs: list[tuple[str, str]]) -> None:
    pairs = [tuple(part.encode("utf-8", "replace").decode() for part in pair) for pair in pairs]
    assert keys(pairs) == [text_key(artist, title) for artist, title in pairs]


def test_equal_on_every_character() -> None:
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    pairs = [("a" + character, "b" + character + "c") for character in every]
    assert keys(pairs) == [text_key(artist, title) for artist, title in pairs]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=40), min_size=1, max_size=6))
def test_bytes_that_are_not_utf8_are_harmless(cells: list[bytes]) -> None:
    raw = pa.array(cells, pa.binary())
    column = pa.Array.from_buffers(pa.string(), len(cells), raw.buffers())
    forms = forms_of_names(column, pa.array(["song"] * len(cells)), spelling_table())
    for text in forms.texts():
        assert text.endswith("|song")


def test_overlong_and_surrogate_bytes_are_spaces() -> None:
    cells = [b"a\xc0\xafb", b"a\xed\xa0\x80b", b"a\xf4\x90\x80\x80b", b"ab\xe6\xbc"]
    raw = pa.array(cells, pa.binary())
    column = pa.Array.from_buffers(pa.string(), len(cells), raw.buffers())
    forms = forms_of_names(column, pa.array(["s"] * 4), spelling_table())
    assert forms.texts() == ["ab|s"] * 4


def test_columns_in_pieces_with_nulls_and_dictionaries() -> None:
    artist = pa.chunked_array([["x", "Lark"], [None, "Owl"]]).slice(1)
    title = pa.chunked_array([["Halo", "b", "Dusk"]]).dictionary_encode()
    forms = forms_of_names(artist, title, spelling_table())
    assert (forms.texts(), forms.rows.tolist()) == (["lark|halo", "owl|dusk"], [0, 2])


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared")
def test_equal_on_real_names() -> None:
    pairs = []
    with (SHARED / "catalogue/billboard_hot100_distinct.csv").open(encoding="utf-8", newline="") as file:
        pairs += [(row["artist"], row["title"]) for row in csv.DictReader(file)]
    path = SHARED / "catalogue/spotify_most_streamed_2024.csv"
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        pairs += [(row["Artist"], row["Track"]) for row in csv.DictReader(file)]
    lines = (SHARED / "training_sets/dali_v1_metadata.jsonl").read_text(encoding="utf-8").splitlines()
    pairs += [(song["artist"], song["title"]) for song in map(json.loads, lines)]
    assert keys(pairs) == [text_key(artist, title) for artist, title in pairs]
