"""Publishing: what is written, in which order, and when signing is refused."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tacenda.core.ledger import EMPTY_ROOT, leaf_hash, tree_root
from tacenda.core.note import Checkpoint, open_checkpoint, render_checkpoint
from tacenda.core.tiles import tiles_for_growth
from tacenda.errors import ConflictError, IntegrityError
from tacenda.evidence import publication
from tacenda.evidence.publication import plan_publication, published_checkpoint


def entries_of(log: Any) -> list[bytes]:
    with log.store.reading() as view:
        return list(view.entries(0, view.entry_count()))


def test_an_empty_log_is_signed_first(log: Any) -> None:
    head = log.publish()
    assert (head.size, head.root) == (0, EMPTY_ROOT)
    assert log.tiles.files == {}


@pytest.mark.parametrize("sizes", [(1,), (1, 2), (255, 256, 257), (600,), (3, 600)])
def test_the_checkpoint_is_of_the_stores_entries(log: Any, sizes: tuple[int, ...]) -> None:
    log.grow(*sizes)
    head = open_checkpoint(log.tiles.head, [log.key], log.signer.name)
    assert head.size == sizes[-1]
    assert head.root == tree_root([leaf_hash(entry) for entry in entries_of(log)])
    assert log.tiles.files.keys() >= {tile.path for tile in tiles_for_growth(0, sizes[-1])}
    assert log.verify().sound


def test_publishing_nothing_new_writes_nothing(log: Any) -> None:
    log.grow(5)
    before, head = dict(log.tiles.files), log.tiles.head
    assert log.publish().size == 5
    assert (log.tiles.files, log.tiles.head) == (before, head)


def test_publishing_step_by_step_gives_the_same_tree_as_at_once(log: Any, new_log: Callable[[], Any]) -> None:
    steps, once = log.grow(1, 2, 300, 512, 513), new_log().grow(513)
    assert steps.tiles.head == once.tiles.head
    assert once.tiles.files.items() <= steps.tiles.files.items()


def test_a_plan_is_what_publishing_writes(log: Any) -> None:
    log.grow(200)
    before = set(log.tiles.files)
    log.file(400)
    plan = plan_publication(200, entries_of(log))
    head = log.publish()
    assert (plan.old_size, plan.new_size, plan.root) == (200, 600, head.root)
    assert {file.path for file in plan.files} == set(log.tiles.files) - before
    assert all(log.tiles.files[file.path] == file.data for file in plan.files)


def test_large_backlogs_are_published_in_portions(log: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication, "BATCH", 100)
    heads: list[bytes] = []
    keep = log.tiles.put_checkpoint
    monkeypatch.setattr(log.tiles, "put_checkpoint", lambda note: (heads.append(note), keep(note)))
    log.grow(350)
    assert [note.split(b"\n")[1] for note in heads] == [b"0", b"100", b"200", b"300", b"350"]
    assert log.verify().sound


def test_f02_the_checkpoint_is_written_after_every_file_it_promises(
    log: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts: list[str] = []
    put, head = log.tiles.put, log.tiles.put_checkpoint
    monkeypatch.setattr(log.tiles, "put", lambda name, data: (acts.append(name), put(name, data)))
    monkeypatch.setattr(log.tiles, "put_checkpoint", lambda note: (acts.append("checkpoint"), head(note)))
    log.grow(300)
    assert acts[0] == "checkpoint", "the empty log"
    assert set(acts[1:-1]) == {tile.path for tile in tiles_for_growth(0, 300)}
    assert acts[-1] == "checkpoint"


@pytest.mark.parametrize("stop_after", range(8))
def test_f02_stopped_at_any_write_it_is_whole_and_goes_on(
    log: Any, stop_after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.grow(200)
    head = log.tiles.head
    log.file(320)
    writes, put, put_checkpoint = iter(range(stop_after)), log.tiles.put, log.tiles.put_checkpoint

    def dying(act: Callable[..., None], *arguments: Any) -> None:
        if next(writes, None) is None:
            raise KeyboardInterrupt
        act(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(log.tiles, "put", partial(dying, put))
        patch.setattr(log.tiles, "put_checkpoint", partial(dying, put_checkpoint))
        with pytest.raises(KeyboardInterrupt):
            log.publish()
    assert log.tiles.head == head
    stopped = log.verify()
    assert stopped.sound
    assert stopped.waiting == 320
    assert log.publish().size == 520
    assert log.verify().sound


def test_f07_a_database_from_an_old_backup_may_not_sign(log: Any, new_log: Callable[[], Any]) -> None:
    log.grow(300)
    restored = new_log()
    restored.tiles = log.tiles
    restored.file(200)
    with pytest.raises(IntegrityError) as error:
        restored.publish()
    assert error.value.code == "log.behind"
    assert "backup" in error.value.hint


@pytest.mark.parametrize("common", [0, 100, 299])
def test_f07_a_database_that_went_another_way_may_not_sign(
    log: Any, new_log: Callable[[], Any], common: int
) -> None:
    log.grow(300)
    head, files = log.tiles.head, dict(log.tiles.files)
    restored = new_log()
    restored.file(common)
    restored.file(500 - common, note="filed after the restore")
    restored.tiles = log.tiles
    with pytest.raises(IntegrityError) as error:
        restored.publish()
    assert error.value.code == "log.fork"
    assert (log.tiles.head, log.tiles.files) == (head, files)


def test_tiles_without_a_checkpoint_stop_publication(log: Any) -> None:
    log.grow(3)
    log.tiles.head = None
    log.file(1)
    with pytest.raises(IntegrityError) as error:
        log.publish()
    assert error.value.code == "log.checkpoint.missing"


@pytest.mark.parametrize("place", [0, 25, 40, 80, 150])
def test_a_checkpoint_that_was_tampered_with_stops_publication(log: Any, place: int) -> None:
    log.grow(3)
    log.tiles.head = log.tiles.head[:place] + bytes([log.tiles.head[place] ^ 1]) + log.tiles.head[place + 1 :]
    log.file(1)
    with pytest.raises(IntegrityError) as error:
        log.publish()
    assert error.value.code == "log.checkpoint"
    assert error.value.where == "checkpoint"


def test_a_checkpoint_of_another_log_by_the_same_key_stops_publication(log: Any) -> None:
    note = log.signer.sign_note(render_checkpoint(Checkpoint("linden.example/log", 0, EMPTY_ROOT)))
    log.tiles.head = note.encode()
    with pytest.raises(IntegrityError, match=r"linden\.example/log"):
        published_checkpoint(log.tiles, log.key, log.signer.name)


def test_f08_a_second_sequencer_is_refused(log: Any) -> None:
    log.file(1)
    with log.tiles.writing(), pytest.raises(ConflictError) as error:
        log.publish()
    assert error.value.code == "log.busy"
