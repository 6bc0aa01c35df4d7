"""Verifying: every step, and the file and byte that are named when one fails."""

from dataclasses import replace
from typing import Any

import pytest

from tacenda.core.canonical import canonical_bytes
from tacenda.core.ledger import leaf_hash
from tacenda.core.tiles import ENTRIES, Tile, parse_bundle, render_bundle, tiles_for_growth
from tacenda.evidence.verification import first_difference


def flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :]


def one(log: Any) -> tuple[str, str, int | None]:
    findings = log.verify().findings
    assert len(findings) == 1
    return findings[0].code, findings[0].file, findings[0].offset


def test_a_sound_log_passes_every_step(log: Any) -> None:
    found = log.grow(3, 300).verify()
    assert found.sound
    assert len(found.steps) == 6
    assert "entries: 300" in found.steps[0]
    assert "partial files of earlier checkpoints (2)" in found.steps[2]
    assert found.checkpoint is not None
    assert found.checkpoint.size == 300


def test_a_copy_of_the_files_is_verified_without_database(log: Any) -> None:
    found = log.grow(3, 300).verify_files()
    assert found.sound
    assert len(found.steps) == 3


def test_nothing_is_never_sound(log: Any) -> None:
    found = log.verify()
    assert not found.sound
    assert found.findings[0].code == "log.checkpoint.missing"


def test_an_empty_published_log_is_sound(log: Any) -> None:
    log.publish()
    assert log.verify().sound


def test_entries_that_wait_are_counted(log: Any) -> None:
    log.grow(10)
    log.file(4)
    found = log.verify()
    assert found.sound
    assert found.waiting == 4


def test_f14_every_flipped_byte_of_every_tile_is_named(log: Any) -> None:
    log.grow(3, 300)
    for tile in tiles_for_growth(0, 300):
        if tile.level == ENTRIES:
            continue
        whole = log.tiles.files[tile.path]
        for place in (0, 31, len(whole) // 2, len(whole) - 1):
            log.tiles.files[tile.path] = flip(whole, place)
            assert one(log) == ("log.tile.changed", tile.path, place)
            assert log.verify_files().findings == log.verify().findings
        log.tiles.files[tile.path] = whole


def test_f14_a_flipped_byte_of_a_bundle_names_the_entry(log: Any) -> None:
    log.grow(300)
    path = "tile/entries/001.p/44"
    whole = log.tiles.files[path]
    entries = parse_bundle(whole, 44)
    start = len(render_bundle(entries[:7])) + 2
    log.tiles.files[path] = flip(whole, start + 20)
    assert one(log) == ("log.bundle.changed", path, start)
    assert "Entry 263" in log.verify().findings[0].what
    assert log.verify_files().findings == log.verify().findings


@pytest.mark.parametrize("bit", range(16))
@pytest.mark.parametrize("index", [0, 4, 9])
def test_f14_a_flipped_bit_of_a_length_names_its_entry(log: Any, index: int, bit: int) -> None:
    log.grow(10)
    path = "tile/entries/000.p/10"
    whole = log.tiles.files[path]
    start = len(render_bundle(parse_bundle(whole, 10)[:index]))
    length = int.from_bytes(whole[start : start + 2], "big") ^ 1 << bit
    log.tiles.files[path] = whole[:start] + length.to_bytes(2, "big") + whole[start + 2 :]
    assert one(log) == ("log.bundle.changed", path, start)


def test_f14_every_flipped_byte_of_the_checkpoint_is_named(log: Any) -> None:
    log.grow(10)
    whole = log.tiles.head
    for place in range(len(whole)):
        log.tiles.head = flip(whole, place)
        code, file, _ = one(log)
        assert (code, file) == ("log.checkpoint", "checkpoint")


def test_f14_a_flipped_byte_of_a_blob_is_named(log: Any) -> None:
    log.grow(10)
    with log.store.reading() as view:
        digest = view.records("declaration")[4].digest
    log.blobs.kept[digest] = flip(log.blobs.kept[digest], 9)
    finding = log.verify().findings[0]
    assert (finding.code, finding.offset) == ("blob.changed", 9)
    assert digest in finding.file or digest in finding.what


def test_f14_every_blob_that_is_wrong_is_named(log: Any) -> None:
    log.grow(10)
    digests = list(log.blobs.kept)[:3]
    for digest in digests:
        del log.blobs.kept[digest]
    findings = log.verify().findings
    assert [finding.code for finding in findings] == ["blob.missing"] * 3
    assert [finding.file for finding in findings] == digests


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"])
def test_f14_a_missing_tile_is_named(log: Any, path: str) -> None:
    log.grow(300)
    del log.tiles.files[path]
    assert one(log) == ("log.tile.missing", path, None)


@pytest.mark.parametrize("path", ["tile/entries/000", "tile/entries/001.p/44"])
def test_f14_a_missing_bundle_is_named(log: Any, path: str) -> None:
    log.grow(300)
    del log.tiles.files[path]
    assert one(log) == ("log.bundle.missing", path, None)


@pytest.mark.parametrize("cut", [0, 1, 100, 8191])
def test_f14_a_tile_that_was_cut_is_named(log: Any, cut: int) -> None:
    log.grow(300)
    log.tiles.files["tile/0/000"] = log.tiles.files["tile/0/000"][:cut]
    assert one(log) == ("log.tile.changed", "tile/0/000", cut)


@pytest.mark.parametrize("path", ["tile/0/000.p/3", "tile/entries/000.p/3"])
def test_f14_a_flipped_byte_of_an_earlier_partial_file_is_named(log: Any, path: str) -> None:
    log.grow(3, 300)
    log.tiles.files[path] = flip(log.tiles.files[path], 50)
    assert one(log) == ("log.partial.changed", path, 50)


def forge(log: Any, index: int) -> None:
    """Change one entry in its bundle and its hash in its tile: the files agree with each other."""
    bundle, tile = Tile(ENTRIES, 0, 10), Tile(0, 0, 10)
    entries = list(parse_bundle(log.tiles.files[bundle.path], 10))
    entries[index] = entries[index].replace(b"declaration", b"declaratiom")
    log.tiles.files[bundle.path] = render_bundle(entries)
    log.tiles.files[tile.path] = b"".join(leaf_hash(entry) for entry in entries)


def test_a_rewritten_entry_is_named_with_the_databases_help(log: Any) -> None:
    log.grow(10)
    start = len(render_bundle(parse_bundle(log.tiles.files["tile/entries/000.p/10"], 10)[:6])) + 2
    forge(log, 6)
    assert one(log) == ("log.bundle.changed", "tile/entries/000.p/10", start)


def test_a_rewritten_log_is_found_without_the_database(log: Any) -> None:
    log.grow(10)
    forge(log, 6)
    finding = log.verify_files().findings[0]
    assert (finding.code, finding.file) == ("log.root", "checkpoint")


def test_a_database_with_another_entry_is_named(log: Any) -> None:
    log.grow(10)
    entries = log.store._state.entries
    entries[4] = entries[4].replace(b"d4", b"dX")
    assert one(log) == ("log.fork", "database", None)
    assert "Entry 4" in log.verify().findings[0].what


def test_a_database_that_lost_entries_is_named(log: Any) -> None:
    log.grow(10)
    del log.store._state.entries[8:]
    assert one(log)[0] == "log.behind"


def test_a_record_that_was_edited_is_named(log: Any) -> None:
    log.grow(10)
    records = log.store._state.records
    key = ("declaration", "d3", 1)
    for body in ({"type": "declaration", "number": 4}, {"share": 0.5}):
        records[key] = replace(records[key], body=body)
        assert one(log)[:2] == ("record.changed", "database")
        assert "d3" in log.verify().findings[0].what


def test_an_entry_whose_record_is_gone_is_named(log: Any) -> None:
    log.grow(10)
    del log.store._state.records["declaration", "d3", 1]
    assert one(log)[:2] == ("record.missing", "database")


def test_an_entry_that_no_desk_writes_is_named(log: Any) -> None:
    with log.store.writing() as change:
        change.append_entry(canonical_bytes({"hello": "world"}))
    log.publish()
    assert one(log)[0] == "record.entry"


def test_the_error_says_where_and_what_to_do(log: Any) -> None:
    log.grow(300)
    log.tiles.files["tile/0/000"] = flip(log.tiles.files["tile/0/000"], 64)
    error = log.verify().findings[0].error()
    assert error.exit_code == 7
    assert error.where == "tile/0/000, byte 64"
    assert error.hint


def test_first_difference() -> None:
    assert first_difference(b"abc", b"abd") == 2
    assert first_difference(b"abc", b"abcd") == 3
    assert first_difference(b"", b"a") == 0
    with pytest.raises(ValueError, match="same"):
        first_difference(b"a", b"a")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("letter", lambda d: {"pdf": {"sha256": d, "file": "letter.pdf"}}),
        ("publication", lambda d: {"files": [{"sha256": d, "path": "robots.txt"}]}),
        ("licence", lambda d: {"licence": {"document_digest": d}}),
    ],
)
def test_f14_a_changed_file_that_a_document_names_is_named(log: Any, kind: str, body: Any) -> None:
    digest = log.blobs.put(b"the enclosed file")
    with log.store.writing() as change:
        log.desk.file(change, kind, "x", 1, body(digest))
    log.publish()
    sound = log.verify()
    assert sound.sound
    assert sound.steps[-1].endswith("stands beside it, unchanged: 1.")
    log.blobs.kept[digest] = b"the enclosed f1le"
    (finding,) = log.verify().findings
    assert finding.code == "blob.changed"
    assert f"of {kind} x, version 1" in finding.what
