"""AIPREF fields: the draft's examples, and what voids a field."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.core.preference import Preference
from tacenda.formats.aipref import LABELS, parse_dictionary, parse_usage, render_usage

ALLOW, DENY = Preference.ALLOW, Preference.DENY
VECTORS = Path(__file__).parents[2].parent / "shared" / "conformance" / "structured-fields" / "dictionary.json"


@pytest.mark.parametrize(
    ("field", "stated"),
    [
        ("train-ai=n, ai-use=n, search=y", {"train-ai": DENY, "ai-use": DENY, "search": ALLOW}),
        ('train-ai=y, train-ai, search=n, search="n"', {}),
        ("train-ai;allow=n, train-ai=y", {"train-ai": ALLOW}),
        ("train-ai=n; search=y", {"train-ai": DENY}),
        ("train-ai=N", {}),
        ("train-ai=no", {}),
        ('train-ai="n"', {}),
        ("train-ai=?0", {}),
        ("train-ai=(n)", {}),
        ("train-ai=y, train-ai=n", {"train-ai": DENY}),
        ("  train-ai=n  ", {"train-ai": DENY}),
        ("", {}),
    ],
)
def test_what_a_dictionary_says(field: str, stated: dict[str, Preference]) -> None:
    usage = parse_usage(field)
    assert usage.readable
    assert usage.preferences == stated


@pytest.mark.parametrize(
    "field",
    [
        "train-ai=n search=y", "train-ai=n,", "Train-AI=n", 'train-ai;has;parameters="?";', ",train-ai=n",
        "train-ai=n;", "train-ai=", "train-ai=é", "train-ai=n\n", "train-ai=(n", "a=1.",
        "a=1234567890123456", 'a="x', "train-ai =n", "x" * 70_000,
    ],
)  # fmt: skip
def test_a_field_that_is_no_dictionary_says_nothing_at_all(field: str) -> None:
    assert parse_usage(field).preferences == {}
    assert not parse_usage(field).readable


def test_labels_of_older_drafts_are_told_apart_and_ignored() -> None:
    usage = parse_usage("bots=n, train-genai=n, train-ai=n")
    assert (usage.historic, usage.preferences) == (("bots", "train-genai"), {"train-ai": DENY})


@given(st.dictionaries(st.sampled_from(LABELS), st.sampled_from([ALLOW, DENY])))
def test_reading_what_was_rendered_gives_it_back(preferences: dict[str, Preference]) -> None:
    assert parse_usage(render_usage(preferences)).preferences == preferences


@given(st.text(max_size=60))
def test_no_text_makes_it_fail(text: str) -> None:
    parse_usage(text)


@pytest.mark.shared
@pytest.mark.skipif(not VECTORS.exists(), reason="../shared is not there")
def test_the_dictionary_vectors_of_rfc_9651() -> None:
    vectors: list[dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))
    assert vectors
    wrong = []
    for vector in vectors:
        read = parse_dictionary(", ".join(vector["raw"]))
        if vector.get("must_fail"):
            wrong += [vector["name"]] if read is not None else []
        elif not vector.get("can_fail") and (read is None or set(read) != {key for key, _ in vector["expected"]}):
            wrong.append(vector["name"])
    assert wrong == []
