"""``tacenda screen`` through the door: with and without a workspace, whole or not at all, harmless to look at."""

import csv
import json
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tacenda.app.evidence import verify
from tacenda.app.whole_folder import PARTIAL
from tacenda.app.workspace import open_desk
from tacenda.cli import cli
from tacenda.errors import ConflictError, IntegrityError, TacendaError

CATALOGUE = (
    "title,artist,isrc,label\nHome Sweet Home,The Larks,QZLRK2600001,Linden\nBlue Hour,Wren,QZLRK2600002,Linden\n"
)
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\u202e"
CORPUS = (
    'title,artist,file\n"home, sweet home!",LARKS,a.wav\n'
    f"{EVIL},Wren,b.wav\nBlue Hour (Live),Wren,=c.wav\nbroken\n"
)


@pytest.fixture
def tacenda(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command in a workspace's folder; the result, with errors raised."""
    monkeypatch.setenv("TACENDA_NOW", "2026-11-22T10:00:00Z")
    monkeypatch.chdir(tmp_path)

    def run(*words: str, workspace: str = "ws") -> Any:
        result = CliRunner().invoke(cli, ["-w", workspace, *words])
        if isinstance(result.exception, TacendaError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result

    return run


@pytest.fixture
def snapshot(tacenda: Any, tmp_path: Path) -> Path:
    (tmp_path / "catalogue.csv").write_text(CATALOGUE)
    (tmp_path / "corpus.csv").write_text(CORPUS, encoding="utf-8")
    tacenda("init", "ws", "--name", "Lark & Linden", "--website", "https://lark.example")
    tacenda("catalogue", "import", "catalogue.csv", "--catalogue", "main")
    signatory = "Mara Lind; Director; sole representation"
    tacenda("reserve", "declare", "--scope", "all", "--contact", "rights@lark.example", "--signatory", signatory)
    tacenda("snapshot", "build")
    return tmp_path / "ws" / "snapshots" / "S-000001"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_in_a_workspace_the_run_is_filed_and_logged(tacenda: Any, snapshot: Path, tmp_path: Path) -> None:
    done = json.loads(tacenda("screen", "corpus.csv", "--country", "DE", "--json").stdout)
    assert {k: done["totals"][k] for k in ("rows", "reserved", "unclear", "silent", "unreadable")} == {
        "rows": 4, "reserved": 2, "unclear": 1, "silent": 1, "unreadable": 1,
    }  # fmt: skip
    assert done["snapshot"]["signed_by"] == ["lark.example/tacenda"]
    folder = tmp_path / "ws" / "screenings" / "C-000001"
    names = [
        "drop.csv",
        "keep.csv",
        "report.html",
        "summary.json",
        "unreadable.csv",
        "verdicts.csv",
        "verdicts.parquet",
    ]
    assert sorted(path.name for path in folder.iterdir()) == names
    desk = open_desk(tmp_path / "ws")
    with desk.store.reading() as view:
        (record,) = view.records("screening")
    assert record.body["totals"] == done["totals"]
    assert verify(desk) == []


def test_without_a_workspace_nothing_else_is_needed(tacenda: Any, snapshot: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    snapshot.rename(alone / "S")
    (tmp_path / "ws").rename(tmp_path / "gone")
    result = tacenda("screen", "corpus.csv", "-s", "alone/S", "--out", "out", workspace="alone")
    assert "Silent is not permission" in result.stdout
    assert "its signature was not checked" in (tmp_path / "out" / "report.html").read_text()


def test_f62_words_of_strangers_do_nothing_in_the_report(tacenda: Any, snapshot: Path, tmp_path: Path) -> None:
    (tmp_path / "catalogue2.csv").write_text(f"title,artist\n{EVIL},Wren\n", encoding="utf-8")
    tacenda("catalogue", "import", "catalogue2.csv", "--catalogue", "second")
    tacenda("snapshot", "build")
    tacenda("screen", "corpus.csv", "--user", EVIL[:40], "--out", "out")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    reader = _Tags()
    reader.feed(page)
    found = {tag for tag, _ in reader.tags}
    assert not found & {"script", "img", "iframe", "object", "link", "base", "form"}
    assert not any(name.startswith("on") for _, attributes in reader.tags for name in attributes)
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page


def test_the_report_stands_alone_and_is_the_same_each_time(tacenda: Any, snapshot: Path, tmp_path: Path) -> None:
    for out in ("one", "two"):
        tacenda("screen", "corpus.csv", "--out", out)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
    page = (tmp_path / "one" / "report.html").read_text()
    assert "url(" not in page
    assert "src=" not in page
    assert "<table" in page


def test_a_folder_with_something_in_it_is_left_alone(tacenda: Any, snapshot: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("kept")
    with pytest.raises(ConflictError) as refused:
        tacenda("screen", "corpus.csv", "--out", "out")
    assert refused.value.code == "screening.exists"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]


def test_a_run_that_fails_leaves_nothing(tacenda: Any, snapshot: Path, tmp_path: Path) -> None:
    import gzip

    whole = gzip.compress(CORPUS.encode() * 50_000)
    (tmp_path / "corpus.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(TacendaError) as broken:
        tacenda("screen", "corpus.csv.gz", "--out", "out")
    assert broken.value.code == "corpus.gzip"
    assert not [path for path in tmp_path.iterdir() if "out" in path.name]


def test_a_run_that_is_killed_leaves_no_half_folder_and_the_next_clears_up(
    tacenda: Any, snapshot: Path, tmp_path: Path
) -> None:
    (tmp_path / "large.csv").write_text("title,artist\n" + "Blue Hour (Live),Wren\n" * 3_000_000)
    command = [sys.executable, "-m", "tacenda", "-w", "alone", "screen", "large.csv", "-s", str(snapshot)]
    process = subprocess.Popen([*command, "--out", "out"], cwd=tmp_path, stdout=subprocess.DEVNULL)
    while not (written := list(tmp_path.glob(f".out.*{PARTIAL}/verdicts.csv"))):
        assert process.poll() is None
        time.sleep(0.002)
    process.kill()
    process.wait()
    assert not (tmp_path / "out").exists()
    assert written[0].exists()
    tacenda("screen", "corpus.csv", "--out", "other")
    assert not list(tmp_path.glob(f".*{PARTIAL}"))
    assert not (tmp_path / "out").exists()
    assert (tmp_path / "other" / "report.html").exists()


def test_a_file_that_cannot_be_read_is_reported_and_the_others_are_screened(
    tacenda: Any, snapshot: Path, tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.csv").write_text(CORPUS, encoding="utf-8")
    (corpus / "b.parquet").write_bytes(b"no parquet")
    (corpus / "c.csv").write_bytes(b"")
    done = json.loads(tacenda("screen", "corpus", "--out", "out", "--json").stdout)
    assert done["totals"]["rows"] == 4
    assert [w for w in done["warnings"] if w.startswith("b.parquet was not read")]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert [refused["file"] for refused in summary["corpus"]["refused"]] == ["b.parquet", "c.csv"]
    assert {"b.parquet", "c.csv"} <= {
        row["where"] for row in csv.DictReader((tmp_path / "out" / "unreadable.csv").open(newline=""))
    }
    (corpus / "a.csv").unlink()
    with pytest.raises(TacendaError) as refused:
        tacenda("screen", "corpus", "--out", "none")
    assert refused.value.code == "corpus.kind"
    assert not (tmp_path / "none").exists()


def test_f14_a_flipped_bit_in_the_snapshot_stops_everything(tacenda: Any, snapshot: Path, tmp_path: Path) -> None:
    path = snapshot / "items.arrow"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    with pytest.raises(IntegrityError):
        tacenda("screen", "corpus.csv", "--out", "out")
    assert not (tmp_path / "out").exists()


def test_maps_are_shown_saved_and_used(tacenda: Any, snapshot: Path, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("track_id,was,wer\n1,Blue Hour,Wren\n")
    shown = tacenda(
        "screen", "odd.csv", "--map", "title=was", "--map", "artist=wer", "--save-map", "m.json", "--dry-run"
    )
    assert "was" in shown.stdout
    assert not list(tmp_path.glob("screening-*"))
    assert json.loads((tmp_path / "m.json").read_text()) == {"artist": "wer", "id": "track_id", "title": "was"}
    done = json.loads(tacenda("screen", "odd.csv", "--use-map", "m.json", "--out", "out", "--json").stdout)
    assert done["totals"]["reserved"] == 1


def test_help_has_an_example(tacenda: Any) -> None:
    assert "Example:" in tacenda("screen", "--help").stdout


def test_a_snapshot_of_which_nobody_checked_the_maker_is_noted(
    tacenda: Any, snapshot: Path, tmp_path: Path
) -> None:
    words = ("screen", "corpus.csv", "-s", str(snapshot), "--country", "DE", "--json")
    far = tacenda(*words, "--out", "far", workspace="nowhere")
    assert "Note: Who made this snapshot was not checked" in " ".join(far.stderr.split())
    (note,) = json.loads(far.stdout)["notes"]
    assert "--vkey" in note
    key = open_desk(tmp_path / "ws").signer.verifier_key
    known = tacenda(*words, "--out", "known", "--vkey", key, workspace="nowhere")
    assert (known.stderr, json.loads(known.stdout)["notes"]) == ("", [])
    assert json.loads(tacenda("screen", "corpus.csv", "--json").stdout)["notes"] == []


def test_an_expired_snapshot_is_noted(tacenda: Any, snapshot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TACENDA_NOW", "2027-03-01T10:00:00Z")
    done = tacenda("screen", "corpus.csv", "--country", "DE")
    assert "Note: The snapshot's answers counted as current until 2026-12-22" in " ".join(done.stderr.split())
