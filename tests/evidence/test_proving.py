"""Proofs from published files."""

from typing import Any

import pytest

from tacenda.core.note import Checkpoint, render_checkpoint
from tacenda.core.proof import verify_proof
from tacenda.errors import InputError, IntegrityError
from tacenda.evidence.proving import check_continues, prove_entry, read_logged
from tacenda.evidence.publication import published_checkpoint


def head_of(log: Any) -> Checkpoint:
    head = published_checkpoint(log.tiles, log.key, log.signer.name)
    assert head is not None
    return head


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600])
def test_every_entry_is_proved(log: Any, size: int) -> None:
    log.grow(size)
    with log.store.reading() as view:
        entries = view.entries(0, size)
    for index in {0, size // 2, size - 1}:
        text = prove_entry(log.tiles, head_of(log), log.key, index)
        verified = verify_proof(text.encode(), [log.key], log.signer.name)
        assert (verified.index, verified.entry) == (index, entries[index])
        assert read_logged(log.tiles, index, size) == entries[index]


@pytest.mark.parametrize("index", [-1, 5, 10**6])
def test_what_is_not_logged_is_not_proved(log: Any, index: int) -> None:
    log.grow(5)
    with pytest.raises(InputError):
        prove_entry(log.tiles, head_of(log), log.key, index)


@pytest.mark.parametrize("path", ["tile/entries/000.p/5", "tile/0/000.p/5"])
def test_a_wrong_file_gives_no_proof(log: Any, path: str) -> None:
    log.grow(5)
    data = log.tiles.files[path]
    log.tiles.files[path] = data[:40] + bytes([data[40] ^ 1]) + data[41:]
    with pytest.raises(IntegrityError):
        prove_entry(log.tiles, head_of(log), log.key, 0)


def test_todays_log_continues_every_earlier_checkpoint(log: Any) -> None:
    kept = []
    for size in (0, 1, 5, 256, 300, 600):
        log.grow(size)
        kept.append((size, log.tiles.head))
    for size, note in kept:
        assert check_continues(log.tiles, head_of(log), log.key, note).size == size


def test_a_changed_history_is_found(log: Any, new_log: Any) -> None:
    log.grow(5)
    kept = log.tiles.head
    other = new_log()
    other.file(5, note="other")
    other.publish()
    other.grow(9)
    with pytest.raises(IntegrityError) as error:
        check_continues(other.tiles, head_of(other), other.key, kept)
    assert error.value.code == "ledger.consistency"


def test_a_log_that_shrank_is_found(log: Any, new_log: Any) -> None:
    log.grow(9)
    shorter = new_log().grow(5)
    with pytest.raises(IntegrityError, match="shrunk"):
        check_continues(shorter.tiles, head_of(shorter), shorter.key, log.tiles.head)


def test_an_empty_log_has_one_root(log: Any) -> None:
    log.grow(2)
    note = log.signer.sign_note(render_checkpoint(Checkpoint(log.signer.name, 0, bytes(32)))).encode()
    with pytest.raises(IntegrityError):
        check_continues(log.tiles, head_of(log), log.key, note)
