"""What changes, in words: what goes and what comes, and never the inside of a document."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.reserve.change_words import change_words
from tacenda.reserve.difference import Difference

CLAUSE = {"id": "time", "version": "1", "heading": "Time", "text": "From the day " * 50}


@pytest.mark.parametrize(
    ("path", "before", "after", "shown"),
    [
        ("uses", ["tdm", "train"], ["train", "search"], "no longer: tdm; new: search"),
        ("version", 1, 2, "was: 1; now: 2"),
        ("claimed_since", None, "2024-01-01", "new: 2024-01-01"),
        ("site", "https://lark.example", "", "no longer: https://lark.example"),
        ("clauses", [CLAUSE], [CLAUSE | {"text": "Other"}], "reworded: Time"),
        ("clauses", [CLAUSE], [], "no longer: Time"),
        ("legal_bases", [], [{"profile": "de", "as_of": "2026-11-22"}], "new: de as of 2026-11-22"),
        (
            "grantors",
            [{"party": "lark", "legal_name": "Lark", "layers": ["work", "lyrics"]}],
            [{"party": "lark", "legal_name": "Lark", "layers": ["work"]}],
            "no longer: Lark (work, lyrics); new: Lark (work)",
        ),
        (
            "machine_forms",
            [{"kind": "rsl", "url": "https://a.example/rsl.xml"}],
            [{"kind": "rsl", "url": "https://b.example/rsl.xml"}],
            "no longer: rsl https://a.example/rsl.xml; new: rsl https://b.example/rsl.xml",
        ),
        ("supersedes", "", "ab" * 32, "new: abababababababab"),
        ("source_neutral", True, False, "was: yes; now: no"),
        ("scope.labels", ["a", "b"], ["b", "a"], "in another order"),
    ],
)  # fmt: skip
def test_the_words(path: str, before: object, after: object, shown: str) -> None:
    assert change_words(Difference(path, before, after))[1] == shown


def test_a_field_is_named_without_underscores() -> None:
    assert change_words(Difference("declarant.legal_name", "a", "b"))[0] == "declarant, legal name"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(JSON, JSON)
def test_any_two_values_have_words_of_a_bearable_length(before: object, after: object) -> None:
    assert len(change_words(Difference("x", before, after))[1]) < 1000
