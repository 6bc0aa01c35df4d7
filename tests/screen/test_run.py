"""A whole run over files: one verdict a row, in whatever order and however dirty the rows are."""

import csv
import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tacenda.core.vocabulary import Use
from tacenda.formats.corpus_table import examine, find_files
from tacenda.screen.lists import read_back
from tacenda.screen.plan import Asked, plan_screening
from tacenda.screen.run import Run

ON = date(2026, 11, 22)


@pytest.fixture
def run(tmp_path: Path, snapshot: Any) -> Callable[..., tuple[Run, Path]]:
    """Screens a file or folder of the given bytes."""

    def run(files: Mapping[str, bytes | str] | str, **asked: Any) -> tuple[Run, Path]:
        corpus = tmp_path / f"corpus-{random.Random(str(files)).random()}"
        corpus.mkdir()
        for name, data in ({"c.csv": files} if isinstance(files, str) else files).items():
            (corpus / name).write_bytes(data.encode() if isinstance(data, str) else data)
        drop = asked.pop("drop", ("reserved", "unclear"))
        sources = [examine(path, name) for path, name in find_files(corpus)]
        planned = plan_screening("c", sources, Asked(asked.pop("use", Use.TRAIN), ON, **asked), drop=drop)
        out = corpus.with_name(f"{corpus.name}-out")
        out.mkdir()
        made = Run(planned, snapshot)
        made.write(out)
        return made, out

    return run


def rows_of(out: Path) -> list[dict[str, Any]]:
    return pq.read_table(out / "verdicts.parquet").to_pylist()


def cells_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


CORPUS = (
    "id,title,artist,isrc\n"
    "r1,Home Sweet Home (Live),The Larks,\n"
    "r2,Blue Hour,Wren,\n"
    "r3,Something Else,Nobody,\n"
    "r4,Open Field,Wren,\n"
    "r5,Not In A Catalogue,Owl,QZOWL2600099\n"
    "r6,Only a title,,\n"
    "r7,???,!!!,\n"
    "r8,,,nonsense\n"
    "r9,too,many,cells,here\n"
)


def test_each_row_gets_the_answer_of_what_it_matches(run: Callable[..., Any]) -> None:
    _, out = run(CORPUS, country="DE", user="friend")
    found = {row["id"]: (row["verdict"], row["matched_by"]) for row in rows_of(out)}
    assert found == {
        "r1": ("reserved", "text"),
        "r2": ("silent", "text"),
        "r3": ("silent", None),
        "r4": ("unclear", "text"),
        "r5": ("reserved", "isrc_prefix"),
        "r6": ("unclear", None),
        "r7": ("unclear", None),
        "r8": ("unclear", None),
        None: ("unclear", None),
    }


def test_without_a_country_the_strictest_answer_of_any_country_stands(run: Callable[..., Any]) -> None:
    _, out = run(CORPUS)
    assert [row["verdict"] for row in rows_of(out) if row["id"] == "r2"] == ["reserved"]


def test_licensed_and_silent_together_are_unclear(
    run: Callable[..., Any], make_snapshot: Callable[..., Any]
) -> None:
    made = make_snapshot(
        {"catalogue": "wren-free", "title": "Open Field", "artist": "Wren"},
        {"catalogue": "wren-us", "title": "Open Field", "artist": "Wren"},
    )
    _, out = run("title,artist\nOpen Field,Wren\n", country="DE", user="friend")
    assert "a name does not say which recording" in rows_of(out)[0]["reasons"]
    source = examine(next(iter(find_files(out.with_name(out.name.removesuffix("-out")))))[0], "c.csv")
    mixed = Run(plan_screening("c", [source], Asked(Use.TRAIN, ON, "DE", "friend")), made)
    folder = out / "mixed"
    folder.mkdir()
    mixed.write(folder)
    (row,) = rows_of(folder)
    assert (row["verdict"], row["matches"]) == ("unclear", 2)
    assert "not all of them are licensed" in row["reasons"]


def test_a_licence_for_a_recording_is_none_for_another_isrc_of_the_same_name(run: Callable[..., Any]) -> None:
    rows = (
        "title,artist,isrc\nOpen Field,Wren,QZWRN2600002\nOpen Field (Remix),Wren,QZWRN2600077\nOpen Field,Wren,\n"
    )
    _, out = run(rows, country="DE", user="friend")
    known, other, unsaid = rows_of(out)
    assert [row["verdict"] for row in (known, other, unsaid)] == ["licensed", "unclear", "unclear"]
    assert "which recording is meant" in unsaid["reasons"]
    assert "another recording" in other["reasons"]


def test_no_row_is_lost_and_no_row_is_in_both_lists(run: Callable[..., Any]) -> None:
    made, out = run(CORPUS)
    rows = rows_of(out)
    assert [row["row"] for row in rows] == list(range(1, 10))
    assert [row["line"] for row in rows] == list(range(2, 11))
    keep, drop = cells_of(out / "keep.csv"), cells_of(out / "drop.csv")
    assert sorted(int(r["row"]) for r in keep + drop) == list(range(1, 10))
    assert {r["verdict"] for r in keep} == {"silent", "licensed"} & {r["verdict"] for r in rows}
    assert (made.kept, made.dropped) == (len(keep), len(drop))
    (bad,) = cells_of(out / "unreadable.csv")
    assert (bad["where"], bad["rule"]) == ("c.csv:10", "row.columns")


def test_the_order_of_rows_changes_no_verdict(run: Callable[..., Any]) -> None:
    head, *lines = CORPUS.splitlines(keepends=True)
    expected = Counter((r["id"], r["verdict"], r["matched_by"], r["item"]) for r in rows_of(run(CORPUS)[1]))
    for seed in range(5):
        shuffled = random.Random(seed).sample(lines, len(lines))
        _, out = run(head + "".join(shuffled))
        assert Counter((r["id"], r["verdict"], r["matched_by"], r["item"]) for r in rows_of(out)) == expected


def test_duplicates_are_each_decided(run: Callable[..., Any]) -> None:
    made, out = run("title,artist\n" + "Home Sweet Home,Larks\n" * 3)
    assert [row["verdict"] for row in rows_of(out)] == ["reserved"] * 3
    assert made.tally.found.tolist() == [3, 0, 0, 0]


def test_an_identifier_of_a_kind_the_snapshot_has_none_of_is_unclear(run: Callable[..., Any]) -> None:
    _, out = run("upc,title\n0123456789012,A\n")
    (row,) = rows_of(out)
    assert row["verdict"] == "unclear"
    assert "holds none of" in row["reasons"]


def test_of_two_recordings_of_one_name_the_one_spelt_alike_is_shown(
    run: Callable[..., Any], make_snapshot: Callable[..., Any], tmp_path: Path
) -> None:
    made = make_snapshot(
        {"catalogue": "lark-all", "title": "Blue Hour (Anew)", "artist": "Wren"},
        {"catalogue": "lark-all", "title": "BLUE HOUR", "artist": "Wren"},
    )
    corpus = tmp_path / "two.csv"
    corpus.write_text("title,artist\nBlue Hour,Wren\n")
    again = Run(plan_screening("c", [examine(corpus, "two.csv")], Asked(Use.TRAIN, ON)), made)
    again.write(tmp_path)
    (row,) = rows_of(tmp_path)
    assert (row["item_title"], row["matches"]) == ("BLUE HOUR", 2)


def test_a_folder_is_read_file_by_file_with_columns_of_their_own(run: Callable[..., Any]) -> None:
    made, out = run(
        {
            "a.jsonl": '{"meta": {"title": "Blue Hour", "artist": "Wren"}}\n{"broken\n',
            "b.tsv": "file_name\tcaption\nY-abcdefghi1.wav\ta song\n",
            "c.txt": "no names at all\n",
        },
        country="US",
    )
    assert [(r["file"], r["line"], r["verdict"], r["matched_by"]) for r in rows_of(out)] == [
        ("a.jsonl", 1, "reserved", "text"),
        ("a.jsonl", 2, "unclear", None),
        ("b.tsv", 2, "reserved", "youtube"),
        ("c.txt", 1, "unclear", None),
    ]
    assert {name: (c.rows, c.unreadable) for name, c in made.tally.files.items()} == {
        "a.jsonl": (2, 1),
        "b.tsv": (1, 0),
        "c.txt": (1, 0),
    }


def test_silent_rows_can_be_dropped_too(run: Callable[..., Any]) -> None:
    made, _ = run(CORPUS, drop=("reserved", "unclear", "silent"))
    assert made.kept == 0


HOSTILE = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "'quoted", "<script>alert(1)</script>", "a\u202eb"]


def test_f63_cells_are_neutralised_and_read_back_without_loss(run: Callable[..., Any]) -> None:
    data = "id,title,artist\n" + "".join(f'"{text}","{text}",Wren\n' for text in HOSTILE)
    _, out = run(data)
    assert [(row["id"], row["title"]) for row in rows_of(out)] == [(text, text) for text in HOSTILE]
    for name, column in (("verdicts.csv", "id"), ("verdicts.csv", "title"), ("keep.csv", "id")):
        cells = [row[column] for row in cells_of(out / name)]
        assert not any(cell[:1] in "=+-@\t\r" for cell in cells)
        assert [read_back(cell) for cell in cells] == HOSTILE


def test_same_input_same_bytes(run: Callable[..., Any]) -> None:
    first, second = run(CORPUS)[1], run({"c.csv": CORPUS})[1]
    for name in ("verdicts.parquet", "verdicts.csv", "keep.csv", "drop.csv", "unreadable.csv"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def said(run: Callable[..., Any], row: str) -> tuple[str, str | None, str]:
    _, out = run(f"id,title,artist,isrc,upc\n{row}\n", country="DE")
    (found,) = rows_of(out)
    return found["verdict"], found["matched_by"], found["reasons"]


def test_f32_a_malformed_isrc_that_nothing_else_makes_good_is_unclear(run: Callable[..., Any]) -> None:
    verdict, matched_by, reasons = said(run, "1,Something Else,Nobody,QZLRK26O0001,")
    assert (verdict, matched_by) == ("unclear", None)
    assert "The ISRC of this row is malformed" in reasons


def test_f32_a_row_known_by_name_says_that_its_isrc_is_malformed(run: Callable[..., Any]) -> None:
    verdict, matched_by, reasons = said(run, "1,Home Sweet Home,The Larks,QZ-LRK-26-OO001,")
    assert (verdict, matched_by) == ("reserved", "text")
    assert reasons.endswith("The ISRC in this row is malformed; the row was recognised by another mark.")


def test_a_row_known_by_name_says_that_its_isrc_is_another(run: Callable[..., Any]) -> None:
    verdict, matched_by, reasons = said(run, "1,Blue Hour,Wren,DEA120000001,")
    assert (verdict, matched_by) == ("silent", "text")
    assert "is not the one on record for this item" in reasons


def test_a_row_whose_isrc_and_name_are_of_different_items_says_so(run: Callable[..., Any]) -> None:
    verdict, matched_by, reasons = said(run, "1,Blue Hour,Wren,QZLRK2600001,")
    assert (verdict, matched_by) == ("reserved", "isrc")
    assert "belong to different items" in reasons


@pytest.mark.parametrize("cell", ["", "n/a", "0", "unknown", "  ", "NULL"])
def test_a_cell_that_is_no_attempt_at_an_identifier_counts_as_empty(run: Callable[..., Any], cell: str) -> None:
    assert said(run, f"1,Something Else,Nobody,{cell},")[0] == "silent"


def test_a_row_that_agrees_with_itself_has_no_remark(run: Callable[..., Any]) -> None:
    made, out = run("title,artist,isrc\nHome Sweet Home,The Larks,QZLRK2600001\n", country="DE")
    (found,) = rows_of(out)
    assert found["matches"] == 2  # the item of this ISRC, and another of the same name
    assert not made.tally.doubts[1:].any()
    assert "ISRC" not in found["reasons"]


def test_a_malformed_identifier_of_a_kind_that_is_not_covered_hides_nothing(run: Callable[..., Any]) -> None:
    assert said(run, "1,Something Else,Nobody,,12345")[0] == "silent"
