"""The search: what is found, where, with what evidence; and what is not."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.match.lyrics.background import shipped_counts, stop_shingles, work_masks
from tacenda.match.lyrics.index import LyricIndex, build_index
from tacenda.match.lyrics.search import Extent, LyricSearch, Space, best_of_passage, extent_of

QUOTE = "amazing grace how sweet the sound that saved a wretch like me"


@pytest.fixture(scope="module")
def search(index: LyricIndex) -> LyricSearch:
    return LyricSearch(index, Space(1_000_000, index.word_count))


def test_a_quote_is_found_where_it_stands(search: LyricSearch, songs: dict[int, str]) -> None:
    text = f"He said so and then — {QUOTE} — he went home."
    (finding,) = search.ask([text]).findings
    assert finding.items == (5,)
    assert text.encode()[finding.first_byte : finding.last_byte].decode() == QUOTE
    assert (finding.lyric_first, finding.lyric_last, finding.matched, finding.longest) == (0, 12, 12, 12)
    assert finding.share == pytest.approx(12 / len(songs[5].split()))
    assert finding.extent is Extent.QUOTE
    assert finding.pairs[:, 1].tolist() == list(range(12))


def test_an_edited_quote_says_which_words_agree(search: LyricSearch) -> None:
    text = "amazing grace how very sweet the noise that saved a poor wretch like me"
    (finding,) = search.ask([text]).findings
    agree = [text.split()[place] for place in finding.pairs[:, 0].tolist()]
    assert agree == "amazing grace how sweet the that saved a wretch like me".split()
    assert finding.longest == 3


def test_everyday_text_is_not_found(search: LyricSearch) -> None:
    text = "He was almost blind, and I see now that he had once been lost on the way to the stream. Life is hard."
    assert search.ask([text]).findings == ()


def test_chinese_is_found_by_character(search: LyricSearch) -> None:
    (finding,) = search.ask(["他说：床前明月光，疑是地上霜。举头望明月，然后走了"]).findings
    assert finding.items == (9,)
    assert finding.matched == 15


def test_two_songs_in_one_text_and_one_song_twice(search: LyricSearch, songs: dict[int, str]) -> None:
    gap = " nothing of that kind was ever heard in this house before the war and no one asked for more " * 4
    found = search.ask([songs[5] + gap + songs[8] + gap + songs[5]]).findings
    assert [f.items for f in found if f.best] == [(5,), (8,), (5,)]
    assert {f.extent for f in found} == {Extent.FULL}


def test_arrow_texts_with_nulls_and_slices(search: LyricSearch) -> None:
    column = pa.array(["x", None, QUOTE, ""], pa.string())
    assert [f.text for f in search.ask(column).findings] == [2]
    assert [f.text for f in search.ask(column.slice(2)).findings] == [0]
    assert [f.text for f in search.ask(column.cast(pa.large_string())).findings] == [2]
    assert search.ask(pa.array([], pa.string())).findings == ()


def test_the_threshold_follows_from_the_chance_hits_accepted() -> None:
    space = Space(1 << 44, 1 << 28)
    assert space.bits_for(1.0) == 76.0
    assert space.chance_hits(76.0) == 1.0
    assert space.bits_for(0.5) == 77.0


@given(
    st.lists(st.sampled_from([*QUOTE.split(), "stone", "seven", "window"]), max_size=40),
    st.lists(st.sampled_from(["stone", "seven", "window", "paper"]), max_size=10),
)
def test_more_text_round_it_never_hides_a_finding(index: LyricIndex, words: list[str], around: list[str]) -> None:
    search = LyricSearch(index, Space(1_000, index.word_count), least_bits=20)
    bare = {f.lyric: f.bits for f in search.ask([" ".join(words)]).findings}
    wrapped = {f.lyric: f.bits for f in search.ask([" ".join([*around, *words, *around])]).findings}
    assert bare.keys() <= wrapped.keys()


def test_a_keyed_index_answers_only_to_its_secret(songs: dict[int, str]) -> None:
    index = build_index(list(songs.items()), background=shipped_counts(), secret=b"lark")
    space = Space(1_000_000, index.word_count)
    plain = build_index(list(songs.items()), background=shipped_counts())
    assert not set(index.words.tolist()) & set(plain.words.tolist())
    assert len(LyricSearch(index, space, secret=b"lark").ask([QUOTE]).findings) == 1
    assert LyricSearch(index, space, secret=b"wren").ask([QUOTE]).findings == ()


def test_words_of_a_known_source_earn_nothing(index: LyricIndex, songs: dict[int, str]) -> None:
    masked = work_masks(index, [QUOTE])
    space = Space(1_000_000, index.word_count)
    assert LyricSearch(masked, space).ask([QUOTE]).findings == ()
    (finding,) = LyricSearch(masked, space).ask([songs[5]]).findings
    (whole,) = LyricSearch(index, space).ask([songs[5]]).findings
    assert finding.bits < whole.bits


def test_a_run_that_many_texts_share_is_no_seed(songs: dict[int, str]) -> None:
    plain = build_index(list(songs.items()), background=shipped_counts())
    stop = stop_shingles([songs[3], "they sang " + songs[3]], plain.shape.k)
    index = build_index(list(songs.items()), background=shipped_counts(), stop=stop)
    search = LyricSearch(index, Space(1_000, index.word_count))
    assert search.ask([songs[3]]).findings == ()
    assert len(search.ask([songs[5]]).findings) == 1


def test_classes() -> None:
    assert extent_of(30, 0.2) is Extent.SUBSTANTIAL
    assert extent_of(25, 0.61) is Extent.FULL
    assert extent_of(7, 0.1) is Extent.FRAGMENT


def test_the_best_of_a_passage() -> None:
    rows = np.zeros((3, 12), np.int64)
    rows[:, 1] = [0, 1, 2]
    rows[:, 2], rows[:, 3], rows[:, 10] = [0, 2, 30], [20, 20, 40], [100, 300, 50]
    assert best_of_passage(rows).tolist() == [False, True, True]
