"""Kills, full disks, damaged files, wrong addresses, other processes: what the store makes of them."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from tacenda.adapters.db.store import DatabaseStore, open_store
from tacenda.errors import ConflictError, IntegrityError, RemoteError, SettingsError
from tacenda.testing.suites import LARK, MAIN, PLAIN, SONG

ROUNDS = 5
BATCH = 500

IMPORTER = """
import sys
from dataclasses import replace
from pathlib import Path
from tacenda.adapters.db.store import open_store
from tacenda.ports import ImportProgress
from tacenda.testing.suites import NOON, PLAIN
store = open_store(sys.argv[1], Path(sys.argv[2]))
with store.reading() as view:
    known = view.import_progress("a" * 64, "b" * 64, "main")
done = known.rows_done if known else 0
while True:
    batch = [replace(PLAIN, id=f"{n:09d}", title=f"Song {n}") for n in range(done, done + 500)]
    with store.writing() as change:
        assert change.put_items(batch) == 500
        done += 500
        change.set_import_progress(ImportProgress("a" * 64, "b" * 64, "main", done, done, 0, False, NOON))
    print(done, flush=True)
"""

HOLDER = """
import sys
from pathlib import Path
from tacenda.adapters.db.store import open_store
store = open_store(sys.argv[1], Path(sys.argv[2]))
with store.writing() as change:
    change.put_setting("held", "yes")
    print("writing", flush=True)
    sys.stdin.readline()
"""


def program(source: str, url: str, root: Path) -> "subprocess.Popen[str]":
    arguments = [sys.executable, "-c", source, url, str(root)]
    return subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_f01_kill_9_during_an_import_leaves_whole_batches(
    database: DatabaseStore, url: str, tmp_path: Path
) -> None:
    with database.writing() as change:
        change.put_party(LARK)
        change.put_catalogue(MAIN)
    chance = random.Random(20261122)
    for _ in range(ROUNDS):
        importer = program(IMPORTER, url, tmp_path)
        assert importer.stdout is not None
        seen = [int(importer.stdout.readline()) for _ in range(chance.randint(1, 6))]
        importer.kill()
        seen += [int(line) for line in importer.stdout.read().split()]
        importer.wait()
        with database.reading() as view:
            progress = view.import_progress("a" * 64, "b" * 64, "main")
            ids = [row[0] for batch in view.item_rows(["id"]) for row in batch]
        assert progress is not None
        # A commit may be done before it could be printed; one that was printed is never lost.
        assert progress.rows_done in (seen[-1], seen[-1] + BATCH)
        assert ids == [f"{n:09d}" for n in range(progress.rows_done)]


def test_another_process_that_writes_makes_us_wait_and_then_say_so(
    database: DatabaseStore, url: str, tmp_path: Path
) -> None:
    holder = program(HOLDER, url, tmp_path)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "writing\n"
    with database.reading() as view:
        assert view.setting("held") is None
    with pytest.raises(ConflictError) as caught, database.writing():
        pass
    assert caught.value.code == "store.busy"
    assert caught.value.hint
    holder.communicate("\n", timeout=60)
    with database.writing() as change:
        assert change.setting("held") == "yes"


def test_f04_a_full_disk_rolls_back_and_reading_goes_on(tmp_path: Path) -> None:
    store = open_store("sqlite:///desk.db", tmp_path)
    with store.writing() as change:
        change.put_party(LARK)
        change.put_catalogue(MAIN)
        change.put_items([PLAIN])
    with store.transaction() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(SettingsError) as caught, store.writing() as change:  # noqa: PT012
        for number in range(200):
            change.append_entry(b"x" * 60_000)
            assert number < 199
    assert caught.value.code == "store.full"
    assert caught.value.where == str(tmp_path / "desk.db")
    with store.reading() as view:
        assert (list(view.items()), view.entry_count()) == ([PLAIN], 0)
    with store.transaction() as connection:
        connection.execute(text("PRAGMA max_page_count = 1000000"))
    with store.writing() as change:
        assert change.append_entry(b"x" * 60_000) == 0
    store.close()


def test_f14_a_damaged_file_is_named_and_not_served(tmp_path: Path) -> None:
    store = open_store("sqlite:///desk.db", tmp_path)
    with store.writing() as change:
        change.put_party(LARK)
        change.put_catalogue(MAIN)
        change.put_items([SONG])
    store.close()
    path = tmp_path / "desk.db"
    path.write_bytes(b"not a database, whatever it says\n" * 1000)
    for name in ("desk.db-wal", "desk.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    with pytest.raises(IntegrityError) as caught:
        open_store("sqlite:///desk.db", tmp_path)
    assert caught.value.code == "store.corrupt"
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    "url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "nonsense", "http://lark.example"]
)
def test_a_database_that_cannot_be_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        open_store(url, tmp_path)
    assert caught.value.code == "store.url"


def test_a_password_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        open_store("mysql://lark:swordfish@db.example/x", tmp_path)
    assert "swordfish" not in str(caught.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        open_store("sqlite:///nowhere/desk.db", tmp_path)
    assert caught.value.code == "store.path"
    assert str(tmp_path / "nowhere") in caught.value.where


def test_a_server_that_is_not_there_is_remote_and_may_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(RemoteError) as caught:
        open_store("postgresql://lark@127.0.0.1:1/desk?connect_timeout=2", tmp_path)
    assert caught.value.code == "store.unreachable"


@pytest.mark.postgres
def test_f12_a_lost_connection_undoes_the_transaction_and_the_next_one_works(
    postgres_url: str, tmp_path: Path
) -> None:
    store = open_store(postgres_url, tmp_path)
    with pytest.raises(RemoteError) as caught, store.writing() as change:  # noqa: PT012
        change.put_party(LARK)
        pid = change._connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        other = open_store(postgres_url, tmp_path)
        with other.reading() as view:
            view._connection.execute(text(f"SELECT pg_terminate_backend({pid})"))
        other.close()
        change.put_setting("after", "the end")
    assert caught.value.code == "store.unreachable"
    with store.writing() as change:
        assert list(change.parties()) == []
        change.put_party(LARK)
    store.close()
