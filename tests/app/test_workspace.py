"""Making and opening workspaces."""

import stat
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.app.desk import SETTINGS_FILE, Settings
from tacenda.app.evidence import verify
from tacenda.app.workspace import default_origin, init_workspace, open_desk, read_settings, settings_toml
from tacenda.core.documents import party_from_document
from tacenda.core.party import Party
from tacenda.errors import ConflictError, InputError, SettingsError
from tacenda.testing.fakes import CountingIds, FakeClock

ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return "sqlite:///tacenda.db"
    return str(request.getfixturevalue("empty_postgres_url"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "a" / "workspace"


def test_a_new_workspace_holds_its_rightsholder_as_record_and_log_entry(
    root: Path, lark: Party, database: str
) -> None:
    made = init_workspace(root, rightsholder=lark, database=database, clock=FakeClock(), ids=CountingIds())
    made.store.close()
    desk = open_desk(root)
    assert desk.settings == Settings("lark-and-linden", database, "lark.example/tacenda", "", {})
    with desk.store.reading() as view:
        assert list(view.parties()) == [lark]
        (record,) = view.records("party")
        assert party_from_document(record.body) == lark
        assert (record.id, record.version, record.entry) == ("lark-and-linden", 1, 0)
        assert view.entry_count() == 1
    assert verify(desk) is not None
    assert (root / "log" / "checkpoint").read_text().startswith("lark.example/tacenda\n1\n")
    desk.store.close()


def test_two_workspaces_made_alike_have_the_same_log_but_for_the_key(tmp_path: Path, lark: Party) -> None:
    logs = []
    for name in ("one", "two"):
        desk = init_workspace(tmp_path / name, rightsholder=lark, clock=FakeClock(), ids=CountingIds())
        with desk.store.reading() as view:
            logs.append(list(view.entries(0, 9)))
        desk.store.close()
    assert logs[0] == logs[1]
    keys = [(tmp_path / name / "keys" / "signing.vkey").read_text() for name in ("one", "two")]
    assert keys[0] != keys[1]


def test_a_workspace_is_made_once(root: Path, lark: Party) -> None:
    init_workspace(root, rightsholder=lark).store.close()
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    with pytest.raises(ConflictError) as caught:
        init_workspace(root, rightsholder=lark)
    assert caught.value.code == "workspace.exists"
    assert caught.value.hint
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_what_a_killed_run_left_is_used(root: Path, lark: Party) -> None:
    first = init_workspace(root, rightsholder=lark)
    key = first.signer.verifier_key
    first.store.close()
    (root / SETTINGS_FILE).unlink()  # it is written last
    second = init_workspace(root, rightsholder=lark)
    assert second.signer.verifier_key == key
    with second.store.reading() as view:
        assert view.entry_count() == 1
    second.store.close()


@pytest.mark.parametrize("change", [{"id": "wren"}, {"contact": "other@lark.example"}])
def test_a_database_of_another_desk_is_refused(
    root: Path, tmp_path: Path, lark: Party, change: dict[str, str]
) -> None:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    init_workspace(root, rightsholder=lark, database=url, origin="x.example/log").store.close()
    other = replace(lark, **change)
    with pytest.raises(ConflictError) as caught:
        init_workspace(tmp_path / "other", rightsholder=other, database=url, origin="x.example/log")
    assert caught.value.code == "workspace.database"
    assert not (tmp_path / "other" / SETTINGS_FILE).exists()


@pytest.mark.parametrize("folder", ["", "not/there"])
def test_where_there_is_no_workspace_the_hint_is_how_to_make_one(tmp_path: Path, folder: str) -> None:
    with pytest.raises(SettingsError) as caught:
        open_desk(tmp_path / folder)
    assert caught.value.code == "workspace.missing"
    assert "tacenda init" in caught.value.hint


def test_the_key_and_the_settings_are_their_owners_alone(root: Path, lark: Party) -> None:
    init_workspace(root, rightsholder=lark).store.close()
    modes = {path: stat.S_IMODE((root / path).stat().st_mode) for path in ("keys/signing.pem", SETTINGS_FILE)}
    assert modes == {"keys/signing.pem": 0o600, SETTINGS_FILE: 0o600}
    (root / "keys/signing.pem").chmod(0o644)
    with pytest.raises(SettingsError) as caught:
        open_desk(root)
    assert caught.value.code == "key.open"


def test_settings_that_name_another_log_than_the_database_are_refused(root: Path, lark: Party) -> None:
    init_workspace(root, rightsholder=lark).store.close()
    path = root / SETTINGS_FILE
    path.write_text(path.read_text().replace("lark.example/tacenda", "wren.example/tacenda"))
    with pytest.raises(SettingsError) as caught:
        open_desk(root)
    assert caught.value.code == "workspace.origin"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rightsholder = ",
        'rightsholder = "a"\ndatabase = "sqlite:///x"\n',
        'rightsholder = "a"\ndatabase = 7\norigin = "o"\n',
        'rightsholder = ""\ndatabase = "sqlite:///x"\norigin = "o"\n',
        "\x00",
    ],
)
def test_settings_that_cannot_be_read_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / SETTINGS_FILE).write_text(text)
    with pytest.raises(SettingsError) as caught:
        open_desk(tmp_path)
    assert caught.value.code == "workspace.settings"
    assert caught.value.where == str(tmp_path / SETTINGS_FILE)


def test_unknown_settings_are_kept(tmp_path: Path) -> None:
    text = 'rightsholder = "a"\ndatabase = "sqlite:///x"\norigin = "o"\nlookup_url = "https://lark.example"\n'
    text += "[web]\nport = 1\n"
    (tmp_path / SETTINGS_FILE).write_text(text)
    assert read_settings(tmp_path) == Settings(
        "a", "sqlite:///x", "o", "https://lark.example", {"web": {"port": 1}}
    )


toml_texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@given(toml_texts, toml_texts, toml_texts, toml_texts)
def test_settings_come_back_as_they_went_in(holder: str, url: str, origin: str, lookup: str) -> None:
    text = settings_toml(Settings(holder, url, origin, lookup))
    expected = {"rightsholder": holder, "database": url, "origin": origin, "lookup_url": lookup}
    assert tomllib.loads(text) == expected


@pytest.mark.parametrize(
    ("website", "origin"),
    [
        ("https://lark.example", "lark.example/tacenda"),
        ("https://www.Lark.example:8443/about", "lark.example/tacenda"),
        ("", "lark-and-linden/tacenda"),
    ],
)
def test_the_log_is_named_after_the_website_or_the_id(lark: Party, website: str, origin: str) -> None:
    assert default_origin(replace(lark, website=website)) == origin


@pytest.mark.parametrize("origin", ["a b", "a+b", "x\ny", "/x", "ä"])
def test_a_name_that_a_signed_note_cannot_bear_is_refused(root: Path, lark: Party, origin: str) -> None:
    with pytest.raises(SettingsError) as caught:
        init_workspace(root, rightsholder=lark, origin=origin)
    assert caught.value.code == "workspace.origin"
    assert not root.exists()


def test_a_rightsholder_out_of_form_leaves_nothing(root: Path, lark: Party) -> None:
    with pytest.raises(InputError):
        init_workspace(root, rightsholder=replace(lark, id="../lark"))
    assert not root.exists()
