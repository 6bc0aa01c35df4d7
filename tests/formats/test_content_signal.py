"""Content Signals: yes and no, the key of July 2026, and nothing that grants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.core.preference import Preference
from tacenda.core.vocabulary import RESERVED_BY_DEFAULT, Use
from tacenda.formats.content_signal import (
    EXTENTS,
    SIGNALS,
    ContentSignal,
    parse_content_signal,
    render_content_signal,
    signal_extent,
)

DENY, ALLOW = Preference.DENY, Preference.ALLOW


@pytest.mark.parametrize(
    ("value", "said", "use"),
    [
        ("search=yes, ai-train=no", {"search": ALLOW, "ai-train": DENY}, ""),
        ("search=yes,ai-train=no,use=reference", {"search": ALLOW, "ai-train": DENY}, "reference"),
        ("AI-Train = NO", {"ai-train": DENY}, ""),
        ("ai-train=n, train-ai=no, x=yes", {}, ""),
        ("ai-train=yes, ai-train=no", {"ai-train": DENY}, ""),
        ("use=full, use=immediate", {}, "immediate"),
        ("use=everything", {}, ""),
        ("", {}, ""),
        (",,=,", {}, ""),
    ],
)
def test_what_a_line_says(value: str, said: dict[str, Preference], use: str) -> None:
    assert parse_content_signal(value) == ContentSignal(said, use)


stated = st.dictionaries(st.sampled_from(SIGNALS), st.sampled_from([DENY, ALLOW]))
signals = st.builds(ContentSignal, stated, st.sampled_from(("", *EXTENTS)))


@given(signals)
def test_reading_what_was_written(signal: ContentSignal) -> None:
    assert parse_content_signal(render_content_signal(signal)) == signal


@given(st.text(max_size=200))
def test_reading_never_fails(value: str) -> None:
    assert set(parse_content_signal(value).preferences) <= set(SIGNALS)


@given(st.frozensets(st.sampled_from(list(Use))))
def test_no_declaration_grants_a_full_use(uses: frozenset[Use]) -> None:
    assert signal_extent(uses) in ("", "reference", "immediate")
    assert bool(signal_extent(uses)) is (Use.GENERATE_OUTPUT in uses)


def test_the_default_declaration_refuses_full_use_and_leaves_search_its_default() -> None:
    assert signal_extent(RESERVED_BY_DEFAULT) == "reference"
    assert signal_extent(frozenset(Use)) == "immediate"
