"""Sorted keys: found exactly, duplicates and all, in memory and from a file."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacenda.errors import IntegrityError
from tacenda.match.lookup import make_table, map_table

KEYS = st.tuples(
    st.sampled_from([0, 1, 2**63, 2**64 - 1, 2**40]) | st.integers(0, 2**64 - 1),
    st.sampled_from([0, 1, 2**64 - 1]) | st.integers(0, 2**64 - 1),
)


def array(keys: list[tuple[int, int]]) -> np.ndarray:
    return np.array(keys, np.uint64).reshape(-1, 2)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(KEYS, st.integers(0, 50)), max_size=60), st.lists(KEYS, max_size=30))
def test_find_is_a_dictionary(entries: list[tuple[tuple[int, int], int]], asked: list[tuple[int, int]]) -> None:
    asked += [key for key, _ in entries[:10]]
    table = make_table(array([key for key, _ in entries]), np.array([t for _, t in entries], np.uint32))
    which, targets = table.find(array(asked))
    expected = [
        (place, target)
        for place, key in enumerate(asked)
        for target in sorted({t for other, t in entries if other == key})
    ]
    assert list(zip(which.tolist(), targets.tolist(), strict=True)) == expected


def test_order_of_entries_leaves_no_trace(tmp_path: Path) -> None:
    keys, targets = array([(5, 1), (5, 1), (1, 9), (5, 0)]), np.array([2, 1, 3, 1], np.uint32)
    first, second = tmp_path / "first", tmp_path / "second"
    for path, order in ((first, [0, 1, 2, 3]), (second, [3, 1, 0, 2])):
        with path.open("wb") as file:
            make_table(keys[order], targets[order]).write(file)
    assert first.read_bytes() == second.read_bytes()


def test_mapped_like_made(tmp_path: Path) -> None:
    dice = np.random.default_rng(1)
    keys = dice.integers(0, 2**64, (5000, 2), np.uint64, endpoint=False)
    made = make_table(keys, np.arange(5000, dtype=np.uint32))
    with (tmp_path / "keys").open("wb") as file:
        made.write(file)
    which, targets = map_table(tmp_path / "keys").find(keys)
    assert which.tolist() == targets.tolist() == list(range(5000))


def test_one_key_with_very_many_entries() -> None:
    table = make_table(array([(7, 7)] * 10_000), np.arange(10_000, dtype=np.uint32))
    which, targets = table.find(array([(7, 7), (7, 8), (7, 7)]))
    assert len(which) == 20_000
    assert targets.tolist() == [*range(10_000), *range(10_000)]


@pytest.mark.parametrize("cut", [0, 10, 63, 64, 100, -1, -64])
def test_f14_a_cut_file_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "keys"
    with path.open("wb") as file:
        make_table(array([(1, 1), (2, 2)]), np.array([0, 1], np.uint32)).write(file)
    path.write_bytes(path.read_bytes()[:cut] or b"x")
    with pytest.raises(IntegrityError):
        map_table(path)
