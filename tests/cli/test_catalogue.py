"""`tacenda catalogue` as a person and as a program use it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tacenda.app.desk import Desk
from tacenda.cli import cli
from tacenda.errors import InputError

SONGS = "Title,Artist,ISRC\nLark,The Lindens,QZ-ABC-24-00001\nEvil \x1b[31m,x,QZABC2400002\n=cmd,y,QZABC24O0003\n"


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    path = tmp_path / "songs.csv"
    path.write_text(SONGS, encoding="utf-8")
    return path


def run(desk: Desk, *words: object, fails: bool = False) -> Result:
    result = CliRunner().invoke(cli, ["-w", str(desk.root), "catalogue", *map(str, words)])
    if not fails:
        assert result.exit_code == 0, result.output
    return result


def test_plan_then_import_then_list(desk: Desk, songs: Path) -> None:
    planned = run(desk, "plan", songs).output
    assert "UTF-8" in planned
    assert "Its name is known" in planned
    assert "Dry run" in planned
    assert "isrc.letter" in planned
    assert "\x1b" not in planned
    assert "no catalogue yet" in run(desk, "list").output
    assert "1 new" in run(desk, "import", songs, "--title", "Back").output
    assert "imported" in run(desk, "import", songs).output
    (info,) = json.loads(run(desk, "list", "--json").output)
    assert (info["id"], info["items"]) == ("songs", 1)
    assert "No recording" in run(desk, "conflicts").output


def test_samples_stand_on_one_line_and_are_cut(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_text('Title,Artist,Lyrics\nLark,x,"la la\nla  la\n' + "ti " * 30 + '"\n', encoding="utf-8")
    planned = run(desk, "plan", path).output
    (line,) = [line for line in planned.splitlines() if line.startswith("lyrics")]
    assert line.rstrip().endswith("la la la la ti ti ti ti ti ti ti ti ti …")


def test_a_dry_run_tells_changed_from_unchanged(desk: Desk, songs: Path) -> None:
    run(desk, "import", songs)
    songs.write_text(SONGS.replace("The Lindens", "Others") + "New,x,QZABC2400009\n", encoding="utf-8")
    result = json.loads(run(desk, "plan", songs, "--json").output)["result"]
    assert (result["new"], result["changed"], result["unchanged"]) == (1, 1, 0)
    assert "1 would be new, 1 would change one" in run(desk, "plan", songs).output


def test_an_import_says_in_short_what_is_read(desk: Desk, songs: Path) -> None:
    done = run(desk, "import", songs).output
    assert "songs.csv (delimited text) into songs, owner lark-and-linden" in done
    assert "Its name is known" not in done


def test_json_is_one_document(desk: Desk, songs: Path) -> None:
    found = json.loads(run(desk, "import", songs, "--json", "--dry-run").output)
    assert found["result"]["dry_run"] is True
    assert [one["field"] for one in found["plan"]["columns"]] == ["title", "artist", "isrc"]
    assert found["plan"]["delimiter"]["value"] == ","
    assert json.loads(run(desk, "import", songs, "--json").output)["result"]["new"] == 1


def test_map_is_stated_saved_and_used(desk: Desk, songs: Path, tmp_path: Path) -> None:
    kept = tmp_path / "map.json"
    run(desk, "plan", songs, "--map", "title=Artist", "--map", "artist=Title", "--save-map", kept)
    used = json.loads(run(desk, "plan", songs, "--use-map", kept, "--json").output)
    assert {one["field"]: one["column"] for one in used["plan"]["columns"]}["title"] == "Artist"


def test_template_export_and_layers(desk: Desk, songs: Path, tmp_path: Path) -> None:
    template = tmp_path / "mine.csv"
    run(desk, "template", template)
    header = template.read_text(encoding="utf-8-sig")
    template.write_text(header + "Lark,The Lindens" + "," * 12 + "\n", encoding="utf-8")
    assert "1 new" in run(desk, "import", template, "--layers", "work,lyrics").output
    out = tmp_path / "out.csv"
    assert "1 items" in run(desk, "export", out).output
    assert "The Lindens" in out.read_text(encoding="utf-8-sig")
    (info,) = json.loads(run(desk, "list", "--json").output)
    assert info["layers"] == ["work", "lyrics"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("import", "nope.csv"), "table.missing"),
        (("import", "SONGS", "--layers", "nonsense"), "catalogue.layers"),
        (("import", "SONGS", "--map", "nope=x"), "catalogue.map"),
        (("import", "SONGS", "--catalogue", "../x"), "catalogue.id"),
        (("export", "out.csv"), "catalogue.unknown"),
    ],
)
def test_errors_have_codes(desk: Desk, songs: Path, words: tuple[str, ...], code: str) -> None:
    result = run(desk, *(str(songs) if word == "SONGS" else word for word in words), fails=True)
    assert isinstance(result.exception, InputError)
    assert result.exception.code == code
    assert result.exception.hint


@pytest.mark.parametrize("name", ["plan", "import", "list", "conflicts", "template", "export"])
def test_every_command_has_an_example(desk: Desk, name: str) -> None:
    assert "Example:" in run(desk, name, "--help").output


def test_layers_are_claimed_with_shares_and_shown_with_them(desk: Desk, songs: Path) -> None:
    shown = run(desk, "import", songs, "--layers", "work:1/3,recording:100,performance:33.333,lyrics").output
    assert "No share of lyrics is stated" in " ".join(shown.split())
    stored = ["recording:100", "performance:33.333", "work:1/3", "lyrics"]
    (listed,) = json.loads(run(desk, "list", "--json").output)
    assert listed["layers"] == stored
    plan = json.loads(run(desk, "plan", songs, "--json").output)["plan"]
    assert plan["layers"] == stored  # those of the catalogue stay unless stated
    words = " ".join(run(desk, "list").output.split())
    assert "recording 100 %" in words
    assert "share not stated" in words
    run(desk, "import", songs, "--layers", "recording:100")
    assert json.loads(run(desk, "list", "--json").output)[0]["layers"] == ["recording:100"]


@pytest.mark.parametrize("layers", ["recording:0", "recording:120", "recording:2/1", "recording:x"])
def test_a_share_that_cannot_be_is_refused(desk: Desk, songs: Path, layers: str) -> None:
    result = run(desk, "import", songs, "--layers", layers, fails=True)
    assert isinstance(result.exception, InputError)
    assert result.exception.code == "catalogue.share"
