"""The whole route on real data: two catalogues of real songs, three real training sets (`docs/at-size.md`)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from tacenda.cli import cli

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data"),
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("at-size") / "ws"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TACENDA_NOW", "2026-11-22T10:00:00Z")
        run(root, "init", str(root), "--name", "Lark & Linden Records", "--website", "https://lark.example")
        charts, streams = "billboard_hot100_distinct.csv", "spotify_most_streamed_2024.csv"
        run(root, "catalogue", "import", str(DATA / "catalogue" / charts), "--catalogue", "charts")
        dates = ("--dates", "month-first")
        run(root, "catalogue", "import", str(DATA / "catalogue" / streams), "--catalogue", "streams", *dates)
        signatory = "Mara Lind; Director; sole representation"
        contact = "rights@lark.example"
        run(root, "reserve", "declare", "--scope", "all", "--contact", contact, "--signatory", signatory)
        run(root, "snapshot", "build")
        yield root
        run(root, "evidence", "verify")


def run(root: Path, *words: str) -> str:
    result = CliRunner().invoke(cli, ["-w", str(root), *words])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def screened(root: Path, corpus: str) -> tuple[dict[str, Any], Path]:
    path = DATA / "training_sets" / corpus
    done = json.loads(run(root, "screen", str(path), "--out", str(root / "out" / corpus), "--json"))
    return done["totals"], Path(done["folder"])


def test_dali(workspace: Path) -> None:
    totals, folder = screened(workspace, "dali_v1_metadata.jsonl")
    assert totals["rows"] == 5_358
    assert totals["reserved"] >= 1_241
    assert totals["reserved"] + totals["silent"] == 5_358
    verdicts = pq.read_table(folder / "verdicts.parquet", columns=["id", "verdict", "item_title"]).to_pylist()
    assert len({row["id"] for row in verdicts}) == 5_358
    assert all(bool(row["item_title"]) == (row["verdict"] == "reserved") for row in verdicts)
    assert "Taylor Swift" in (folder / "report.html").read_text(encoding="utf-8")


def test_million_song_dataset(workspace: Path) -> None:
    totals, _ = screened(workspace, "msd_unique_tracks_part.txt")
    assert totals["rows"] == 5_000
    assert totals["reserved"] >= 90
    assert totals["unreadable"] == 0


def test_mtg_jamendo_names_nothing_and_is_unclear_as_a_whole(workspace: Path) -> None:
    totals, folder = screened(workspace, "mtg_jamendo_top50tags.tsv")
    assert (totals["rows"], totals["unclear"], totals["unreadable"]) == (54_380, 54_380, 0)
    assert totals["kept"] == 0
    assert "no column names a recording or work" in (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("corpus", "rows"),
    [
        ("audiocaps_train.csv", 49_274),
        ("audioset_balanced_train_segments.csv", 22_160),
        ("musiccaps-public.csv", 5_521),
        ("SHS100K-TRAIN.tsv", 101_968),
    ],
)
def test_sound_sets_lose_no_row_and_are_unclear(workspace: Path, corpus: str, rows: int) -> None:
    """They name YouTube videos or nothing, and this snapshot holds no YouTube id: it cannot answer."""
    totals, _ = screened(workspace, corpus)
    assert (totals["rows"], totals["unclear"]) == (rows, rows)
