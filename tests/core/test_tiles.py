"""The log as files: C2SP tlog-tiles v0.1.0."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.core.ledger import inclusion_proof, leaf_hash, root_at, tree_root, verify_inclusion
from tacenda.core.tiles import (
    ENTRIES,
    Growth,
    LogFile,
    Tile,
    TileHashes,
    parse_bundle,
    parse_tile_path,
    render_bundle,
    tile_in_tree,
    tiles_for_growth,
)
from tacenda.errors import InputError, IntegrityError


def grow(count: int) -> tuple[Growth, dict[str, bytes]]:
    growth, files = Growth(), {}
    for n in range(count):
        files.update({file.path: file.data for file in growth.add(f"entry {n}".encode())})
    return growth, files | {file.path: file.data for file in growth.partials()}


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),  # the specification's example
        (Tile(1, 273, 17), "tile/1/273.p/17"),
        (Tile(63, 1000, 255), "tile/63/x001/000.p/255"),
        (Tile(ENTRIES, 999, 1), "tile/entries/999.p/1"),
    ],
)
def test_paths(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_tile_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/1234",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/123/456",  # all but the last group bear an x
        "tile/0/x123",
        "tile/0/x000/001",  # a leading group of zeroes is another spelling of 001
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/05",
        "tile/0/000/",
        "tile/0/000\n",
        "tile/0/٠٠٠",
        "tile/0/../0/000",
        "/tile/0/000",
        "tile/0/" + "x999/" * 30 + "999",
    ],
)
def test_other_spellings_are_refused(path: str) -> None:
    with pytest.raises(InputError):
        parse_tile_path(path)


@given(st.builds(Tile, st.integers(-1, 63), st.integers(0, 2**62), st.integers(1, 256)))
def test_every_path_is_read_back(tile: Tile) -> None:
    assert parse_tile_path(tile.path) == tile


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts() -> None:
    """Partial Tiles: 273 full ones and one of width 112 at level 0; one full and one of width 17 at level 1; at
    level 2, one of width 1."""
    tiles = [tile for tile in tiles_for_growth(0, 70_000) if tile.level != ENTRIES]
    assert [len([t for t in tiles if t.level == level and t.width == 256]) for level in range(3)] == [273, 1, 0]
    partial = {(t.level, t.index, t.width) for t in tiles if t.width < 256}
    assert partial == {(0, 273, 112), (1, 1, 17), (2, 0, 1)}


def test_a_tree_of_256_has_a_full_tile_and_a_partial_one_above() -> None:
    assert list(tiles_for_growth(0, 256)) == [Tile(ENTRIES, 0), Tile(0, 0), Tile(1, 0, 1)]


def test_growth_writes_exactly_the_files_that_are_new() -> None:
    before: dict[str, bytes] = {}
    old_sizes = [0, 1, 5, 255, 256, 257, 511, 512, 700]
    for old, new in pairwise(old_sizes):
        _, now = grow(new)
        promised = {tile.path for tile in tiles_for_growth(0, new)}
        assert promised <= now.keys()
        new_paths = {tile.path for tile in tiles_for_growth(old, new)}
        assert promised - {tile.path for tile in tiles_for_growth(0, old)} == new_paths
        assert all(now[path] == before[path] for path in promised & before.keys())
        before |= now


def test_a_level_1_hash_is_the_root_of_a_full_tile() -> None:
    _, files = grow(600)
    leaves = [hashlib.sha256(b"\x00" + f"entry {n}".encode()).digest() for n in range(600)]
    assert files["tile/0/001"] == b"".join(leaves[256:512])
    assert files["tile/1/000.p/2"] == tree_root(leaves[:256]) + tree_root(leaves[256:512])
    assert files["tile/0/002.p/88"] == b"".join(leaves[512:])


def test_the_root_is_the_trees_at_every_size() -> None:
    growth, leaves = Growth(), []
    for n in range(800):
        assert growth.root() == tree_root(leaves)
        growth.add(f"entry {n}".encode())
        leaves.append(leaf_hash(f"entry {n}".encode()))


def test_three_levels_of_tiles() -> None:
    """65,536 + 300 entries: level 2 begins."""
    growth, files = grow(65_836)
    leaves = [leaf_hash(f"entry {n}".encode()) for n in range(65_836)]
    root = tree_root(leaves)
    assert growth.root() == root
    assert files["tile/2/000.p/1"] == tree_root(leaves[:65_536])
    assert files.keys() >= {tile.path for tile in tiles_for_growth(0, 65_836)}
    reader = TileHashes(65_836, lambda tile: files.get(tile.path), keep=4)
    assert root_at(65_836, reader) == root
    for index in (0, 255, 256, 65_535, 65_536, 65_835):
        verify_inclusion(leaves[index], index, 65_836, inclusion_proof(index, 65_836, reader), root)


def test_hashes_from_tiles_give_every_proof() -> None:
    growth, files = grow(513)
    for size in (1, 2, 255, 256, 257, 512, 513):
        sized, tiles = grow(size)
        files = tiles
        reader = TileHashes(size, lambda tile, files=files: files.get(tile.path))
        for index in range(0, size, 7):
            leaf = leaf_hash(f"entry {index}".encode())
            verify_inclusion(leaf, index, size, inclusion_proof(index, size, reader), sized.root())
    assert growth.size == 513


def test_a_missing_or_short_tile_is_named() -> None:
    with pytest.raises(IntegrityError) as missing:
        TileHashes(300, lambda _: None)(0, 299)
    assert missing.value.where == "tile/0/001.p/44"
    with pytest.raises(IntegrityError) as short:
        TileHashes(300, lambda _: bytes(100))(0, 0)
    assert short.value.where == "tile/0/000@100"


@pytest.mark.parametrize(("level", "index"), [(0, 300), (8, 1), (9, 0), (2, 75), (0, -1)])
def test_only_complete_subtrees_have_a_hash(level: int, index: int) -> None:
    _, files = grow(300)
    with pytest.raises(InputError):
        TileHashes(300, lambda tile: files.get(tile.path))(level, index)


def test_where_an_entry_stands() -> None:
    assert tile_in_tree(300, ENTRIES, 299) == Tile(ENTRIES, 1, 44)
    assert tile_in_tree(300, ENTRIES, 0) == Tile(ENTRIES, 0)
    with pytest.raises(InputError):
        tile_in_tree(300, ENTRIES, 300)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_are_read_back(entries: list[bytes]) -> None:
    assert parse_bundle(render_bundle(entries), len(entries)) == tuple(entries)


def test_a_bundle_is_length_and_bytes() -> None:
    assert render_bundle([b"ab", b"", b"c" * 258]) == b"\x00\x02ab\x00\x00\x01\x02" + b"c" * 258


@pytest.mark.parametrize(
    ("data", "width", "offset"),
    [
        (b"", 1, "@0"),
        (b"\x00\x02a", 1, "@0"),
        (b"\x00\x01a\x00", 1, "@3"),
        (b"\x00\x01a\x00", 2, "@3"),
        (b"\x00\x01a\x00\x01b", 1, "@3"),
        (b"\x00\x01a", 2, "@3"),
    ],
)
def test_damaged_bundles_name_the_byte(data: bytes, width: int, offset: str) -> None:
    with pytest.raises(IntegrityError) as error:
        parse_bundle(data, width)
    assert error.value.where == offset


def test_an_entry_above_65535_bytes_is_refused_before_it_counts() -> None:
    growth = Growth()
    growth.add(bytes(65_535))
    with pytest.raises(InputError):
        growth.add(bytes(65_536))
    assert growth.size == 1


def test_nothing_has_no_files() -> None:
    growth = Growth()
    assert growth.partials() == ()
    assert list(tiles_for_growth(0, 0)) == []
    assert list(tiles_for_growth(5, 5)) == []
    assert growth.add(b"one") == ()
    assert growth.partials()[0] == LogFile(Tile(ENTRIES, 0, 1), b"\x00\x03one")
