"""Text rows: searched for lyrics, decided on the words alone, with their evidence written beside."""

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tacenda.formats.corpus_table import Source, examine
from tacenda.match.interface import How, Matches
from tacenda.match.lyrics.background import shipped_counts
from tacenda.match.lyrics.index import LyricIndex, build_index
from tacenda.screen.text import (
    AGREES,
    DIFFERS,
    ROUND,
    LyricLists,
    Terms,
    TextEngine,
    corpus_words,
    joined,
    lyrics_shown,
)

LYRIC = "Beautiful dreamer, wake unto me, starlight and dewdrops are waiting for thee; sounds of the rude world"
ITEMS = pa.table({"id": ["a", "b"], "catalogue": ["c", "c"], "title": ["Other", "=Beautiful Dreamer"]})


@pytest.fixture(scope="module")
def index() -> LyricIndex:
    other = "Row, row, row your boat, gently down the stream, merrily, life is but a dream"
    return build_index([(0, other), (1, LYRIC)], background=shipped_counts())


def test_a_text_with_a_lyric_matches_its_item(index: LyricIndex) -> None:
    engine = TextEngine(index, ITEMS, 1000, Terms())
    matches = engine.ask(pa.array(["nothing here", None, f"She sang: {LYRIC.upper()}!"]))
    assert (matches.row.tolist(), matches.item.tolist(), matches.how.tolist()) == ([2], [1], [int(How.LYRICS)])


def test_the_evidence_is_written_and_no_cell_is_a_formula(index: LyricIndex, tmp_path: Path) -> None:
    engine = TextEngine(index, ITEMS, 1000, Terms())
    with LyricLists(tmp_path) as lists:
        engine.ask(pa.array(["=1+1 " + LYRIC]))
        lists.add(engine.rows("f.jsonl", np.array([7])))
    (row,) = pq.read_table(tmp_path / "lyrics.parquet").to_pylist()
    assert (row["line"], row["item"], row["extent"], row["matched_words"]) == (7, "b", "full", len(LYRIC.split()))
    assert row["passage"] == LYRIC
    with (tmp_path / "lyrics.csv").open(newline="") as lines:
        (cells,) = list(csv.DictReader(lines))
    assert cells["item_title"] == "'=Beautiful Dreamer"


def test_both_sides_are_shown_where_the_lyrics_are_given(index: LyricIndex, tmp_path: Path) -> None:
    table = tmp_path / "songs.jsonl"
    table.write_text(json.dumps({"anything": LYRIC, "n": 1}) + "\n", encoding="utf-8")
    shown = lyrics_shown(table, index)
    text = "before it: beautiful dreamer, wake up unto me, starlight and dewdrops are waiting for thee; after it"
    for terms, there in ((Terms(lyrics=shown), True), (Terms(), False)):
        engine = TextEngine(index, ITEMS, 1000, terms)
        engine.ask(pa.array([text]))
        evidence = engine.evidence(0, 1)
        assert "".join(piece for piece, _ in evidence["passage"]) == text
        assert [piece.strip() for piece, kind in evidence["passage"] if kind == DIFFERS] == ["up"]
        assert bool(evidence["lyric"]) is there
        assert {kind for _, kind in evidence["passage"]} == {AGREES, DIFFERS, ROUND}


def test_matches_of_several_engines_stand_in_order() -> None:
    def some(row: list[int], how: How) -> Matches:
        count = len(row)
        return Matches(
            np.array(row, np.int64), np.arange(count, dtype=np.int64), np.full(count, -1, np.int32),
            np.full(count, how, np.uint8),
        )  # fmt: skip

    both = joined([some([0, 2], How.TEXT), some([0, 1], How.LYRICS)])
    assert both.row.tolist() == [0, 0, 1, 2]
    assert both.how.tolist() == [How.TEXT, How.LYRICS, How.LYRICS, How.TEXT]


def test_the_size_of_a_corpus_is_taken_from_its_files(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"text": "' + "word " * 10_000 + '"}\n', encoding="utf-8")
    source: Source = examine(path, "t.jsonl")
    assert 8_000 <= corpus_words([source]) <= 12_000
