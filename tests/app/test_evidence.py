"""The evidence log of a real workspace: files, database, processes that are killed."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tacenda.app import evidence
from tacenda.app.desk import Desk
from tacenda.app.evidence import log_of
from tacenda.app.workspace import open_desk
from tacenda.core.canonical import canonical_bytes
from tacenda.errors import ConflictError, InputError, IntegrityError


def file_some(desk: Desk, count: int, kind: str = "letter") -> None:
    with desk.store.writing() as change:
        for _ in range(count):
            number = change.entry_count()
            desk.file(change, kind, f"{kind}-{number}", 1, {"type": kind, "number": number})
    evidence.publish(desk)


def tamper(path: Path, place: int) -> None:
    data = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])


def test_what_is_filed_is_published_and_verified(desk: Desk) -> None:
    start = evidence.checkpoint(desk).size
    file_some(desk, 300)
    assert evidence.checkpoint(desk).size == start + 300
    assert evidence.verify(desk) == []
    assert len(evidence.check(desk).steps) == 6


def test_a_copy_of_the_log_is_verified_with_the_vkey_alone(desk: Desk) -> None:
    file_some(desk, 10)
    found = evidence.verify_folder(desk.root / "log", desk.signer.verifier_key)
    assert found.sound


def test_entries_are_listed_oldest_first(desk: Desk) -> None:
    start = evidence.checkpoint(desk).size
    file_some(desk, 5)
    file_some(desk, 2, "declaration")
    every = evidence.entries(desk)
    assert [entry.index for entry in every] == list(range(start + 7))
    assert [entry.index for entry in evidence.entries(desk, limit=3)] == [start + 4, start + 5, start + 6]
    assert [entry.kind for entry in evidence.entries(desk, "declaration")] == ["declaration"] * 2
    assert [entry.index for entry in evidence.entries(desk, "letter", 1)] == [start + 4]


def test_a_receipt_is_verified_offline(desk: Desk) -> None:
    file_some(desk, 5)
    last = evidence.checkpoint(desk).size - 1
    proof = evidence.prove(desk, last).encode()
    document = {"number": last, "type": "letter"}
    receipt = evidence.verify_receipt(proof, desk.signer.verifier_key, canonical_bytes(document))
    assert (receipt.entry.kind, receipt.entry.id, receipt.document) == (
        "letter",
        f"letter-{last}",
        receipt.entry.sha256,
    )
    pretty = f'{{ "type": "letter",\n  "number": {last} }}'.encode()
    assert evidence.verify_receipt(proof, desk.signer.verifier_key, pretty).document
    for other in (b"", b"{}", b"\xff", b'{"number":1.5}', b"[" * 100_000):
        with pytest.raises(IntegrityError) as error:
            evidence.verify_receipt(proof, desk.signer.verifier_key, other)
        assert error.value.code == "proof.document"


def test_history_is_compared_with_a_kept_checkpoint(desk: Desk) -> None:
    kept = evidence.checkpoint(desk).note.encode()
    file_some(desk, 5)
    old, now = evidence.verify_since(desk.root / "log", desk.signer.verifier_key, kept)
    assert now.size == old.size + 5


def test_no_proof_of_what_is_not_there(desk: Desk) -> None:
    with pytest.raises(InputError):
        evidence.prove(desk, 1000)


def test_f14_each_kind_of_file_is_named_with_its_byte(desk: Desk) -> None:
    file_some(desk, 300)
    size = evidence.checkpoint(desk).size
    width = size - 256
    log = desk.root / "log"
    with desk.store.reading() as view:
        digest = view.records("letter")[7].digest
    blob = desk.root / "blobs" / digest[:2] / digest
    cases = [
        (log / "checkpoint", 5, "log.checkpoint", None),
        (log / "tile/0/000", 700, "log.tile.changed", 700),
        (log / f"tile/0/001.p/{width}", 3, "log.tile.changed", 3),
        (log / "tile/1/000.p/1", 31, "log.tile.changed", 31),
        (log / "tile/entries/000", 20, "log.bundle.changed", 2),
        (blob, 11, "blob.changed", 11),
    ]
    for path, place, code, offset in cases:
        tamper(path, place)
        finding = evidence.verify(desk)[0]
        assert (finding.code, finding.file, finding.offset) == (code, str(path), offset)
        tamper(path, place)
    assert evidence.verify(desk) == []


def test_f07_a_restored_database_may_not_sign(desk: Desk, tmp_path: Path) -> None:
    """Yesterday's database under today's log."""
    database = desk.root / "tacenda.db"
    desk.store.close()
    backup = database.read_bytes()
    today = open_desk(desk.root, clock=desk.clock, ids=desk.ids)
    file_some(today, 3)
    today.store.close()
    for path in desk.root.glob("tacenda.db*"):
        path.unlink()
    database.write_bytes(backup)
    restored = open_desk(desk.root, clock=desk.clock, ids=desk.ids)
    head = log_of(restored).checkpoint()
    with pytest.raises(IntegrityError) as error:
        evidence.publish(restored)
    assert error.value.code == "log.behind"
    with pytest.raises(IntegrityError) as error:
        file_some(restored, 9, "declaration")
    assert error.value.code == "log.fork"
    assert log_of(restored).checkpoint() == head
    restored.store.close()


def test_before_the_first_publication_there_is_no_checkpoint(desk: Desk) -> None:
    (desk.root / "log/checkpoint").unlink()
    for path in (desk.root / "log/tile").rglob("*"):
        if path.is_file():
            path.unlink()
    with pytest.raises(ConflictError):
        evidence.checkpoint(desk)


WRITER = """
import sys
from pathlib import Path
from tacenda.app import evidence
from tacenda.app.workspace import open_desk

desk = open_desk(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    with desk.store.writing() as change:
        for _ in range(37):
            number = change.entry_count()
            desk.file(change, "letter", f"letter-{number}", 1, {"type": "letter", "number": number})
    evidence.publish(desk)
"""


def test_f02_killed_while_publishing_the_log_is_whole(desk: Desk) -> None:
    """Ten processes file and publish without pause; each is killed with SIGKILL at a random moment.

    After each, the checkpoint fits the files there are, has not shrunk, and continues the last one.
    """
    moments = random.Random(2)
    kept = log_of(desk).checkpoint()
    assert kept is not None
    size, sizes = evidence.checkpoint(desk).size, []
    for _ in range(10):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(desk.root)], stdout=subprocess.PIPE, env={**os.environ}
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(moments.uniform(0.02, 0.4))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        found = evidence.check(desk)
        assert found.findings == ()
        old, now = evidence.verify_since(desk.root / "log", desk.signer.verifier_key, kept)
        assert old.size == size <= now.size
        kept, size = now.note.encode(), now.size
        sizes.append(size)
    assert sizes[-1] > sizes[0], "the writers got nothing done"
    head = evidence.publish(desk)
    with desk.store.reading() as view:
        assert head.size == view.entry_count()
    assert evidence.check(desk).sound
