"""The index on disk: hashes only, the same bytes, refused when damaged, small."""

from pathlib import Path

import numpy as np
import pytest

from tacenda.errors import IntegrityError
from tacenda.match.lyrics.background import load_counts, save_counts, shipped_counts
from tacenda.match.lyrics.index import LyricIndex, build_index, index_of_words, map_index, shape_for
from tacenda.match.lyrics.model import add_counts, count_words, model_of
from tacenda.match.lyrics.search import LyricSearch, Space
from tacenda.match.lyrics.words import standard_reader


def test_saved_and_mapped_it_answers_the_same(index: LyricIndex, tmp_path: Path, songs: dict[int, str]) -> None:
    index.save(tmp_path)
    mapped = map_index(tmp_path)
    for text in songs.values():
        one, other = (LyricSearch(i, Space(10**6, i.word_count)).ask([text]).findings for i in (index, mapped))
        assert [(f.items, f.bits, f.first_byte) for f in one] == [(f.items, f.bits, f.first_byte) for f in other]


def test_no_word_of_a_lyric_is_in_it(index: LyricIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    data = b"".join(path.read_bytes() for path in sorted(tmp_path.iterdir()))
    for word in ("acquaintance", "wretch", "merrily", "床前"):
        for encoding in ("utf-8", "utf-16-le", "utf-32-le"):
            assert word.encode(encoding) not in data


def test_the_order_of_lyrics_leaves_no_trace(songs: dict[int, str], tmp_path: Path) -> None:
    made = []
    for name, order in (("a", list(songs.items())), ("b", list(reversed(songs.items())))):
        (tmp_path / name).mkdir()
        build_index(order, background=shipped_counts()).save(tmp_path / name)
        made.append({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()})
    assert made[0] == made[1]


def test_equal_lyrics_stand_once_for_several_items() -> None:
    index = build_index([(4, "Row your boat gently down"), (1, "row, YOUR boat; gently down!"), (2, "")])
    assert len(index) == 1
    assert index.items_of(0).tolist() == [1, 4]


@pytest.mark.parametrize("name", ["words", "starts", "places", "buckets", "sieve", "pairs", "letters"])
def test_a_part_that_does_not_fit_is_refused(index: LyricIndex, tmp_path: Path, name: str) -> None:
    index.save(tmp_path)
    part = np.load(tmp_path / f"{name}.npy")
    np.save(tmp_path / f"{name}.npy", part[:-1])
    with pytest.raises(IntegrityError, match="index of lyrics"):
        map_index(tmp_path)


def test_a_place_that_leads_out_is_refused(index: LyricIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    places = np.load(tmp_path / "places.npy")
    places[0] = len(index.words)
    np.save(tmp_path / "places.npy", places)
    with pytest.raises(IntegrityError):
        map_index(tmp_path)


def test_two_kilobytes_a_song(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    vocabulary = draw.integers(2, 1 << 32, 40_000, dtype=np.uint32) & 0xFFFFFFFE
    rank = np.minimum(draw.zipf(1.2, 2000 * 250) - 1, len(vocabulary) - 1)
    verses = [vocabulary[part].reshape(5, 50) for part in np.split(rank, 2000)]
    lyrics = [verse[[0, 1, 2, 1, 3]].ravel() for verse in verses]  # the chorus comes back once
    owners = [np.array([i], np.uint32) for i in range(2000)]
    index = index_of_words(lyrics, owners, shape=shape_for(250_000_000))
    fixed = index.model.single.nbytes + index.model.pairs.nbytes + index.reader.letters.nbytes
    index.save(tmp_path)
    assert (sum(p.stat().st_size for p in tmp_path.iterdir()) - fixed) / 2000 < 2048


def test_counts_come_back_and_add_up(tmp_path: Path) -> None:
    read = standard_reader().read("a b a b a c").hashes
    counts = count_words(read, np.array([0, 6], np.int64))
    assert counts.words == 6
    assert sorted(counts.times.tolist()) == [1, 2, 2]
    twice = add_counts(counts, counts)
    assert (twice.words, sorted(twice.times.tolist())) == (12, [2, 4, 4])
    save_counts(counts, tmp_path / "c.npz")
    assert load_counts(tmp_path / "c.npz").times.tolist() == counts.times.tolist()
    (tmp_path / "d.npz").write_bytes(b"no counts")
    with pytest.raises(IntegrityError):
        load_counts(tmp_path / "d.npz")


def test_rare_words_tell_more_and_set_phrases_less() -> None:
    model = model_of(shipped_counts())
    read = standard_reader().read("the of zyzzyva").hashes
    told = model.told_by(read)
    assert told[2] > 2 * told[0]
    alone = model.told_by(standard_reader().read("states").hashes)[0]
    assert model.told_by(standard_reader().read("united states").hashes)[1] < alone
