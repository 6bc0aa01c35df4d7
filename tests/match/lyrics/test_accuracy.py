"""The accuracy table in small, on the research data: recall beside n-grams, and no false positive."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared" / "data" / "lyrics"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.slow,
    pytest.mark.skipif(not SHARED.is_dir(), reason="needs the research data in ../shared"),
]


def test_quotes_are_found_that_n_grams_miss(capsys: pytest.CaptureFixture[str]) -> None:
    sys.path.insert(0, str(ROOT))
    from benchmarks import lyrics_accuracy as table
    from benchmarks.lyrics_data import documents, works
    from benchmarks.lyrics_peers import AnyNGram, Ours

    from tacenda.match.lyrics.background import shipped_counts
    from tacenda.match.lyrics.index import Shape

    songs = works()
    cells = table._cells(songs, "report", 60, seed=5)
    everyday = [text for _, split, text in documents() if split == "report"]
    ours = Ours(songs, Shape(3, 2, 18), shipped_counts(), 5 * table.ONE_IN)
    methods = [ours, *(AnyNGram(songs, n) for n in (8, 12, 13))]
    recall = {m.name: [table.right(m.ask([q.text for q in cell]), cell) / 60 for cell in cells] for m in methods}
    with capsys.disabled():
        for place, (_, _, title) in enumerate(table.CELLS):
            print(f"{title:28}", *(f"{name}: {row[place]:.2f}  " for name, row in recall.items()))
    least = {"14 words exact": 0.95, "14 words, 10 % edited": 0.9, "14 words, 20 % edited": 0.8,
             "28 words, 30 % edited": 0.88, "half a song, 30 % edited": 0.95}  # fmt: skip
    for place, (_, _, title) in enumerate(table.CELLS):
        assert recall[ours.name][place] >= least.get(title, 0.0)
    assert ours.ask(everyday) == []
