"""SeenIds against a plain dictionary."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tacenda.catalogue.seen import NEW, SeenIds, hashes_of


@given(st.lists(st.lists(st.integers(0, 40), max_size=12), max_size=12), st.integers(1, 12))
def test_it_remembers_first_lines_as_a_dictionary_would(batches: list[list[int]], spill: int) -> None:
    seen, model = SeenIds(spill_ids=spill), dict[int, int]()
    line = 0
    for batch in batches:
        lines = np.arange(line, line + len(batch), dtype=np.int64)
        expected = []
        for value, here in zip(batch, lines.tolist(), strict=True):
            expected.append(model.get(value, NEW))
            model.setdefault(value, here)
        assert seen.add(np.array(batch, dtype=np.uint64), lines).tolist() == expected
        line += len(batch)
    assert len(seen) == len(model)
    asked = np.arange(45, dtype=np.uint64)
    assert seen.first_lines(asked).tolist() == [model.get(n, NEW) for n in range(45)]


def test_hashes_are_the_first_sixteen_digits() -> None:
    assert hashes_of(["ffffffffffffffff0000", "00000000000000010000"]).tolist() == [2**64 - 1, 1]
