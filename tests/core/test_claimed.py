"""Layers and shares as they are typed and stored."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.core.claimed import LayerClaim, claims_words, parse_claim, parse_claims, unstated
from tacenda.core.vocabulary import Layer
from tacenda.errors import InputError


@pytest.mark.parametrize(
    ("text", "share", "stored"),
    [
        ("work", None, "work"),
        ("work:100", Fraction(1), "work:100"),
        (" work : 25 % ", Fraction(1, 4), "work:25"),
        ("work:33.333", Fraction(33333, 100000), "work:33.333"),
        ("work:1/3", Fraction(1, 3), "work:1/3"),
        ("work:3/12", Fraction(1, 4), "work:25"),
        ("work:0.000001", Fraction(1, 10**8), "work:0.000001"),
    ],
)
def test_a_claim_is_read_and_stored(text: str, share: Fraction | None, stored: str) -> None:
    assert parse_claim(text) == LayerClaim(Layer.WORK, share)
    assert str(parse_claim(text)) == stored


@pytest.mark.parametrize(
    "text",
    [
        "work:",
        "work:0",
        "work:101",
        "work:-5",
        "work:4/3",
        "work:1/0",
        "work:x",
        "work:1e2",
        "work:٢٥",
        "work:nan",
    ],
)
def test_a_share_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_claim(text)
    assert refused.value.code == "catalogue.share"


@pytest.mark.parametrize("text", ["song", "song:50", "work:50,work:50", "recording,recording:100"])
def test_layers_that_are_none_or_stand_twice_are_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_claims(text)
    assert refused.value.code == "catalogue.layers"


@given(
    st.fractions(min_value=Fraction(1, 10**5), max_value=1, max_denominator=10**5), st.sampled_from(list(Layer))
)
def test_every_share_survives_being_written(share: Fraction, layer: Layer) -> None:
    claim = LayerClaim(layer, share)
    assert parse_claim(str(claim)) == claim


def test_claims_in_words() -> None:
    words = [str(claim) for claim in parse_claims("lyrics:1/3, recording:100,performance")]
    assert words == ["recording:100", "performance", "lyrics:1/3"]
    assert claims_words(words) == "recording 100 %, performance (share not stated), lyrics 1/3"
    assert unstated(words) == (Layer.PERFORMANCE,)
    assert parse_claims(" ") == ()
