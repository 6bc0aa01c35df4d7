"""`tacenda publish watch` by the command line."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from tacenda.app import publish, reserve
from tacenda.app.desk import Desk
from tacenda.app.watch import plan_look
from tacenda.cli import cli
from tacenda.cli import watch as door
from tacenda.testing.fetching import FakeFetcher, Page

Run = Callable[..., Result]


@pytest.fixture
def pages(desk: Desk) -> dict[str, Page | str]:
    name = reserve.declare(desk, {"signatory": "M; D; sole", "site": "https://lark.example"}).declaration.id
    publish.write_publication(desk, name)
    pages: dict[str, Page | str] = {
        place.url: Page(place.data, 200, place.fields) for place in plan_look(desk, name).places
    }
    return pages


@pytest.fixture
def run(desk: Desk, pages: dict[str, Page | str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(door, "open_fetcher", lambda desk: FakeFetcher(pages))
    monkeypatch.setenv("TACENDA_NOW", "2026-11-22T10:00:00Z")
    monkeypatch.setenv("COLUMNS", "160")

    def invoke(*words: str) -> Result:
        command = ["-w", str(desk.root), "publish", "watch", *words]
        return CliRunner().invoke(cli, command, catch_exceptions=False)

    return invoke


def test_all_is_well(run: Run) -> None:
    done = run()
    assert done.exit_code == 0, done.output
    assert "present" in done.output
    assert "drifted" not in done.output
    assert "observation 1" in done.output


def test_a_dry_run_fetches_and_files_nothing(run: Run, desk: Desk) -> None:
    done = run("--dry-run")
    assert done.exit_code == 0
    assert "https://lark.example/robots.txt" in done.output
    planned = json.loads(run("--dry-run", "--json").output)
    assert planned["dry_run"]
    assert {place["form"] for place in planned["places"]} >= {"robots", "tdmrep", "page"}
    with desk.store.reading() as view:
        assert list(view.records("observation")) == []


def test_a_drift_is_exit_code_1_with_the_difference(run: Run, pages: dict[str, Page | str]) -> None:
    robots = pages["https://lark.example/robots.txt"]
    assert isinstance(robots, Page)
    hostile = b"# \x1b[31m\xe2\x80\xae\x07\n" + robots.body.replace(b"ai-train=no", b"ai-train=yes")
    pages["https://lark.example/robots.txt"] = Page(hostile)
    done = run()
    assert done.exit_code == 1
    assert "drifted" in done.output
    assert "ai-train=yes" in done.output
    assert not {"\x1b", "\u202e", "\x07"} & set(done.output)
    seen = json.loads(run("--json").output)
    assert seen["wrong"]
    assert {place["state"] for place in seen["places"]} == {"present", "drifted"}
    assert seen["format"] == "tacenda/observation/1"


def test_what_is_only_unreachable_is_exit_code_6(run: Run, pages: dict[str, Page | str]) -> None:
    pages["https://lark.example/robots.txt"] = "connect.refused"
    assert run().exit_code == 6
    del pages["https://lark.example/.well-known/tdmrep.json"]
    assert run().exit_code == 1


def test_the_history(run: Run, pages: dict[str, Page | str]) -> None:
    assert "never looked for" in run("--history").output
    run()
    pages["https://lark.example/robots.txt"] = Page(b"", 404)
    run()
    rows = json.loads(run("--history", "--json").output)["history"]
    assert [row["state"] for row in rows if row["form"] == "robots"] == ["present", "removed"]
    assert "removed" in run("--history").output


def test_a_site_that_is_none_is_refused(run: Run) -> None:
    from tacenda.errors import InputError

    with pytest.raises(InputError):
        run("--site", "file:///etc")
