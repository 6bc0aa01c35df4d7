"""What a declaration says in the dimensions of the machine forms."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from tacenda.core.preference import Dimension, Preference, combine, declared_preferences, denied
from tacenda.core.vocabulary import RESERVED_BY_DEFAULT, Use

ALLOW, DENY, UNKNOWN = Preference.ALLOW, Preference.DENY, Preference.UNKNOWN


def test_the_default_denies_all_but_search() -> None:
    assert denied(RESERVED_BY_DEFAULT) == frozenset(Dimension) - {Dimension.SEARCH}


def test_mining_reaches_training_and_training_reaches_generative_training_but_not_back() -> None:
    assert denied([Use.TDM]) == {Dimension.TDM, Dimension.TRAIN_ANY, Dimension.TRAIN_GEN}
    assert denied([Use.TRAIN]) == {Dimension.TRAIN_ANY, Dimension.TRAIN_GEN}
    assert denied([Use.TRAIN_GENERATIVE]) == {Dimension.TRAIN_GEN}
    assert denied([Use.VOICE_CLONE]) == frozenset()


@given(st.frozensets(st.sampled_from(list(Use))))
def test_nothing_is_ever_allowed_by_a_declaration(uses: frozenset[Use]) -> None:
    assert ALLOW not in declared_preferences(uses).values()


def test_any_deny_wins_then_any_allow_in_every_order() -> None:
    for order in permutations([ALLOW, DENY, UNKNOWN]):
        assert combine(order) is DENY
    assert combine([UNKNOWN, ALLOW]) is ALLOW
    assert combine([]) is UNKNOWN
