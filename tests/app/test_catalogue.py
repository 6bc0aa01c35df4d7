"""Importing by the real path: SQLite and PostgreSQL, killed, repeated, edited, and on real files."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tacenda.app.catalogue import (
    catalogues,
    check_import,
    conflicts,
    export_catalogue,
    load_map,
    plan_import,
    run_import,
    save_map,
)
from tacenda.app.desk import Desk
from tacenda.app.workspace import init_workspace, open_desk
from tacenda.catalogue.fields import Field
from tacenda.catalogue.plan import PlanOptions
from tacenda.catalogue.run import ImportResult
from tacenda.core.identifiers import Scheme
from tacenda.core.item import Item
from tacenda.core.party import Party
from tacenda.errors import ConflictError, InputError
from tacenda.testing.fakes import CountingIds, FakeClock

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "catalogue"
HEADER = "Title,Artist,ISRC,Release Date\n"


def row(number: int, title: str = "Lark Song") -> str:
    return f"{title} {number},The Lindens,QZABC24{number:05d},2024-05-13\n"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


def imported(desk: Desk, path: Path, **words: object) -> ImportResult:
    plan = plan_import(desk, path, PlanOptions(**words))  # type: ignore[arg-type]
    return run_import(desk, plan, batch_rows=7)


def items(desk: Desk, catalogue: str | None = None) -> list[Item]:
    with desk.store.reading() as view:
        return list(view.items(catalogue))


def numbers(result: ImportResult) -> tuple[int, int, int, int]:
    return result.new, result.changed, result.unchanged, result.left_out


def errors(result: ImportResult) -> list[dict[str, str]]:
    with Path(result.errors_file).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_import_and_its_catalogue(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path / "Back Catalogue.csv", HEADER + "".join(map(row, range(30))))
    result = imported(desk, path)
    assert numbers(result) == (30, 0, 0, 0)
    (info,) = catalogues(desk)
    assert (info.id, info.title, info.owner, info.items) == (
        "back-catalogue",
        "Back Catalogue",
        "lark-and-linden",
        30,
    )
    assert info.layers == ("recording", "performance")
    assert {one.values(Scheme.ISRC) for one in items(desk)} == {(f"QZABC24{n:05d}",) for n in range(30)}


def test_a_dry_run_counts_and_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path / "songs.csv", HEADER + "".join(map(row, range(30))) + "x,y,QZABC24O0001,\n")
    result = check_import(desk, plan_import(desk, path))
    assert (result.dry_run, result.rows, result.new, result.left_out) == (True, 31, 30, 1)
    assert catalogues(desk) == ()
    assert items(desk) == []
    assert errors(result)[0]["rule"] == "isrc.letter"


def test_a_dry_run_foresees_what_the_import_does(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path / "songs.csv", HEADER + "".join(map(row, range(30))))
    imported(desk, path)
    lines = [row(n, "Changed Song" if n in (3, 17) else "Lark Song") for n in range(2, 35)]
    plan = plan_import(desk, write(path, HEADER + "".join(lines)))
    foreseen = check_import(desk, plan)
    assert (numbers(foreseen), foreseen.not_in_file) == ((5, 2, 26, 0), 2)
    assert numbers(run_import(desk, plan)) == numbers(foreseen)


def test_read_in_another_process_the_results_are_the_same(desk: Desk, tmp_path: Path) -> None:
    text = (
        HEADER + "".join(map(row, range(40))) + row(3) + "a,b,x,\n" + "short\n" + "Caf\u00e9,x,QZABC2400099,1066\n"
    )
    path = write(tmp_path / "songs.csv", text)
    found = []
    for catalogue, apart in (("here", False), ("there", True)):
        plan = plan_import(desk, path, PlanOptions(catalogue=catalogue))
        result = run_import(desk, plan, batch_rows=7, apart=apart)
        files = [Path(name).read_bytes() for name in (result.errors_file, result.rejected_file)]
        plain = sorted((replace(one, id="", catalogue="") for one in items(desk, catalogue)), key=str)
        found.append((numbers(result), result.rules, result.first, files, plain))
    assert found[0] == found[1]
    assert found[0][0] == (41, 0, 0, 3)


def test_f35_the_same_file_twice_is_a_no_op_and_says_so(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path / "songs.csv", HEADER + "".join(map(row, range(30))))
    first = imported(desk, path)
    before = items(desk)
    again = imported(desk, path)
    assert (first.already, again.already) == (False, True)
    assert (again.rows, again.items) == (30, 30)
    assert items(desk) == before


def test_f35_an_edited_file_changes_only_the_difference_and_says_which(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path / "songs.csv", HEADER + "".join(map(row, range(30))))
    imported(desk, path)
    lines = [row(n, "Changed Song" if n in (3, 17) else "Lark Song") for n in range(2, 35)]
    result = imported(desk, write(path, HEADER + "".join(lines)))
    assert numbers(result) == (5, 2, 26, 0)
    assert result.not_in_file == 2
    assert len(items(desk)) == 35  # nothing is deleted
    with Path(result.absent_file).open(encoding="utf-8-sig", newline="") as file:
        absent = list(csv.DictReader(file))
    assert {one["isrc"] for one in absent} == {"QZABC2400000", "QZABC2400001"}
    back = imported(desk, write(path, HEADER + "".join(map(row, range(30)))))
    assert (back.already, numbers(back)) == (False, (0, 2, 28, 0))


def test_rows_that_repeat_an_earlier_one_are_told_with_its_line(desk: Desk, tmp_path: Path) -> None:
    lines = [*map(row, range(20)), row(3, "Other Title"), row(19)]
    result = imported(desk, write(tmp_path / "songs.csv", HEADER + "".join(lines)))
    assert (numbers(result), result.duplicates) == ((20, 0, 0, 2), 2)
    found = errors(result)
    assert [(one["line"], one["rule"]) for one in found] == [("22", "row.duplicate"), ("23", "row.duplicate")]
    assert "Line 5 " in found[0]["why"]
    assert "Line 21 " in found[1]["why"]


def test_f31_f32_f33_bad_rows_are_told_with_line_byte_column_rule_value(desk: Desk, tmp_path: Path) -> None:
    data = (HEADER + row(1)).encode() + b"Caf\xe9,x,QZABC2400009,\n" + b"=a,b,QZABC24000,\n" + row(2).encode()
    path = tmp_path / "songs.csv"
    path.write_bytes(data)
    # One line with a letter of Latin-1, none of UTF-8: it cannot be known, so a person must say.
    with pytest.raises(InputError) as caught:
        imported(desk, path)
    assert caught.value.code == "catalogue.encoding"
    result = imported(desk, path, encoding="utf-8")
    assert numbers(result) == (2, 0, 0, 2)
    bad, short = errors(result)
    first = len(HEADER + row(1))
    assert (bad["line"], bad["byte_offset"], bad["rule"]) == ("3", str(first + 3), "text.encoding")
    assert (short["file"], short["line"], short["byte_offset"]) == (
        "songs.csv",
        "4",
        str(first + len(b"Caf\xe9,x,QZABC2400009,\n")),
    )
    assert (short["column"], short["rule"], short["value"]) == ("ISRC", "isrc.length", "QZABC24000")
    assert short["outcome"] == "row left out"


def test_rejected_rows_can_be_corrected_and_imported_again(desk: Desk, tmp_path: Path) -> None:
    path = write(
        tmp_path / "songs.csv", HEADER + row(1) + "=Lark,@b,QZABC24O0002,2024\n" + "'39,b,QZABC24O0003,\n"
    )
    result = imported(desk, path, catalogue="main")
    rejected = Path(result.rejected_file)
    text = rejected.read_text(encoding="utf-8-sig")
    assert "'=Lark,'@b" in text  # F63: no formula in it
    fixed = write(tmp_path / "fixed.csv", text.replace("QZABC24O", "QZABC240"))
    assert numbers(imported(desk, fixed, catalogue="main")) == (2, 0, 0, 0)
    assert {(one.title, one.artist) for one in items(desk)} >= {("=Lark", "@b"), ("'39", "b")}


def test_f34_two_owners_of_one_recording_are_both_kept_and_shown(desk: Desk, tmp_path: Path) -> None:
    with desk.store.writing() as change:
        change.put_party(Party("wren", "Wren Recordings Ltd"))
    imported(desk, write(tmp_path / "a.csv", HEADER + row(1) + row(2)))
    result = imported(desk, write(tmp_path / "b.csv", HEADER + row(2, "Ours") + row(3)), owner="wren")
    assert result.conflicts == 1
    (conflict,) = conflicts(desk)
    assert conflict.identifier == "isrc:QZABC2400002"
    assert conflict.owners == ("lark-and-linden", "wren")
    assert sorted(one.title for one in items(desk)) == ["Lark Song 1", "Lark Song 2", "Lark Song 3", "Ours 2"]
    with pytest.raises(ConflictError) as caught:
        imported(desk, tmp_path / "a.csv", owner="wren")
    assert caught.value.code == "catalogue.owner"


def test_an_unknown_owner_is_refused(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        imported(desk, write(tmp_path / "a.csv", HEADER + row(1)), owner="nobody")
    assert caught.value.code == "catalogue.party"


def test_a_saved_map_reads_the_file_in_the_same_way(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path / "songs.csv", "A;B;C\nLark;Linden;1/2/2024\n")
    options = PlanOptions(
        columns={Field.TITLE: "A", Field.ARTIST: "B", Field.RELEASE_DATE: "C"}, delimiter=";", encoding="utf-8"
    )
    plan = plan_import(desk, path, options)
    save_map(plan, tmp_path / "map.json")
    again = plan_import(desk, path, PlanOptions(saved=load_map(tmp_path / "map.json")))
    assert (again.mapping, again.run) == (plan.mapping, plan.run)


HOSTILE = [
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "'39", "''", "<script>alert(1)</script>", "a;b", '["x"]',
    '"quoted"', "\u202eevil", "a,b", "\uff1d1", "[sic]", "x|y", "\u00e9\u4e0a",
]  # fmt: skip


def test_f63_our_own_export_is_harmless_and_comes_back_without_loss(desk: Desk, tmp_path: Path) -> None:
    lines = [
        json.dumps(
            {
                "title": text, "artist": text, "isrc": f"QZABC24{n:05d}", "label": text, "writers": [text, "b"],
                "publishers": [text], "lyrics": f"{text}\n{text}", "audio_path": text, "upc": "036000291452",
                "youtube": ["dQw4w9WgXcQ", "9bZkp7q19f0"], "duration_ms": 225_123, "release_date": "2024-05",
                "ipi": ["00014107338"], "iswc": "T0345246801", "spotify": "2CEujT1Tuv3jIIjUyUvupg",
            }
        )
        for n, text in enumerate(HOSTILE)
    ]  # fmt: skip
    first = imported(desk, write(tmp_path / "songs.jsonl", "\n".join(lines)), catalogue="main")
    assert first.new == len(HOSTILE)
    before = items(desk)
    out = tmp_path / "out.csv"
    assert export_catalogue(desk, out, "main").items == len(HOSTILE)
    with out.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in cells)
    again = imported(desk, out, catalogue="main")
    assert numbers(again) == (0, 0, len(HOSTILE), 0)
    assert items(desk) == before
    other = imported(desk, out, catalogue="other")
    assert other.new == len(HOSTILE)
    strip = [(one.title, one.identifiers, one.writers, one.lyrics, one.audio_path) for one in items(desk, "other")]
    assert sorted(strip) == sorted((o.title, o.identifiers, o.writers, o.lyrics, o.audio_path) for o in before)
    with pytest.raises(ConflictError):
        export_catalogue(desk, out, "main")


def test_same_input_same_reports(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path / "songs.csv", HEADER + row(1) + row(1) + "a,b,x,\n")
    plan = plan_import(desk, path)
    first = Path(check_import(desk, plan).errors_file).read_bytes()
    assert Path(run_import(desk, plan, batch_rows=1).errors_file).read_bytes() == first


# --- F01 ---------------------------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
from tacenda.app.catalogue import plan_import, run_import
from tacenda.app.workspace import open_desk

desk = open_desk(Path(sys.argv[1]))
plan = plan_import(desk, Path(sys.argv[2]))
print("ready", flush=True)
apart = len(sys.argv) > 3
run_import(desk, plan, lambda done, total, what: print(done, flush=True), batch_rows=50, apart=apart)
print("finished", flush=True)
"""


@pytest.fixture(params=["sqlite", "postgres"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path, lark: Party) -> Path:
    root = tmp_path / "workspace"
    url = "sqlite:///tacenda.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    init_workspace(root, rightsholder=lark, database=url, clock=FakeClock(), ids=CountingIds()).store.close()
    return root


@pytest.mark.postgres
def test_f01_killed_imports_go_on_without_half_rows_or_duplicates(workspace: Path, tmp_path: Path) -> None:
    count = 2_000
    path = write(tmp_path / "songs.csv", HEADER + "".join(map(row, range(count))) + "bad,row,QZABC24O0001,\n")
    resumed = 0
    for stop in (100, 350, 351, 900, 1_500):
        command = [sys.executable, "-c", KILLED, str(workspace), str(path), *(["apart"] if stop % 100 else [])]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip().isdigit() and int(line) >= stop:
                time.sleep(0.002 * (stop % 7))  # somewhere within the next batch
                os.kill(process.pid, signal.SIGKILL)
                break
        process.wait()
        process.stdout.close()
        desk = open_desk(workspace)
        plan = plan_import(desk, path)
        with desk.store.reading() as view:
            known = view.import_progress(plan.table.digest, plan.mapping_digest, plan.catalogue)
            stored = sum(1 for _ in view.items())
        desk.store.close()
        assert known is not None
        assert not known.finished
        assert stored == known.rows_done >= resumed
        assert known.rows_done % 50 == 0
        resumed = known.rows_done
    desk = open_desk(workspace)
    result = run_import(desk, plan_import(desk, path), batch_rows=50)
    assert result.resumed_at == resumed > 0
    assert numbers(result) == (count, 0, 0, 1)
    found = items(desk)
    assert len(found) == len({one.id for one in found}) == count
    assert all(one.title.startswith("Lark Song ") and one.values(Scheme.ISRC) for one in found)
    assert [one["rule"] for one in errors(result)] == ["isrc.letter"]
    assert run_import(desk, plan_import(desk, path)).already
    desk.store.close()


# --- real files --------------------------------------------------------------------------------------------------

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the research data is not here")


@pytest.mark.shared
@needs_shared
def test_billboard_hot_100(desk: Desk) -> None:
    result = run_import(desk, plan_import(desk, SHARED / "billboard_hot100_distinct.csv"))
    assert result.rows == 32_654
    assert result.duplicates == result.left_out == 17  # the same title and artist in other capitals
    assert result.new == 32_637


@pytest.mark.shared
@needs_shared
def test_f31_most_streamed_with_its_damaged_letters(desk: Desk) -> None:
    plan = plan_import(desk, SHARED / "spotify_most_streamed_2024.csv")
    assert plan.table.encoding is not None
    assert plan.table.encoding.certain
    assert plan.mapping.dates.value == "month-first"
    result = run_import(desk, plan)
    assert (result.rows, result.new, result.duplicates) == (4_600, 4_598, 2)
    rules = {rule: count for rule, _, count in result.rules}
    with (SHARED / "spotify_most_streamed_2024.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    cells = [one[name] for one in table for name in ("Track", "Artist")]
    lost = sum("\u00ef\u00bf" in cell or "\u00fd\u00fd\u00fd" in cell for cell in cells)
    assert lost <= rules["text.lost"] <= lost + 5
    assert rules["artist.missing"] == 5
    assert {one["value"] for one in errors(result) if one["rule"] == "row.duplicate"} == {
        "isrc:TCAGJ2289254",
        "isrc:USWL11700269",
    }
    assert all(len(one.release_date) == 10 for one in items(desk))


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize(
    ("name", "rows", "scheme"),
    [("discogs_the_beatles.csv", 653, Scheme.SPOTIFY), ("spotify_billions.csv", 572, None)],
)
def test_other_real_files(desk: Desk, name: str, rows: int, scheme: Scheme | None) -> None:
    result = run_import(desk, plan_import(desk, SHARED / name))
    assert (result.rows, result.left_out) == (rows, 0)
    assert all(one.duration_ms and one.release_date for one in items(desk))
    if scheme:
        assert all(one.values(scheme) for one in items(desk))
