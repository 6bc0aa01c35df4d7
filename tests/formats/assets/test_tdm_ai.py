"""TDM·AI: what is written says what was declared, and three generations are understood."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.core.preference import Dimension
from tacenda.errors import InputError
from tacenda.formats.assets import tdm_ai
from tacenda.formats.assets.fields import Marking
from tacenda.formats.signals.statement import Saying
from tacenda.testing.fakes import FakeSigner

ISCC = "ISCC:KUAFVC5DMJJGYKZ4MQV6B6THIBBUG"
MINING = frozenset({Dimension.TDM, Dimension.TRAIN_ANY, Dimension.TRAIN_GEN})
BARE = Marking("res-000001", 1, "ab" * 32, MINING)
declared = st.sampled_from([MINING, MINING - {Dimension.TDM}, frozenset({Dimension.TRAIN_GEN}), frozenset()])
others = st.frozensets(st.sampled_from([Dimension.AI_INPUT, Dimension.SEARCH]))


def says(document: object) -> Saying:
    found = Saying()
    for statement in tdm_ai.read(json.dumps(document).encode()):
        found = found.joined(statement.says)
    return found


@given(declared, others)
def test_reading_gives_what_was_declared(core: frozenset[Dimension], more: frozenset[Dimension]) -> None:
    document = tdm_ai.declaration(ISCC, replace(BARE, denied=core | more))
    assert says(document) == Saying(denies=core | more)
    assert tdm_ai.can_say(core | more) == core | more
    assert "true" not in document.values()


def test_generation_one() -> None:
    assert says({"iscc": ISCC, "TDMAI": False}) == Saying(denies=MINING)
    assert says({"iscc": ISCC, "TDMAI": True}) == Saying(allows=MINING)
    assert says({"iscc": ISCC, "TDMAI": "false"}) == Saying(appears=MINING)


def test_generation_two() -> None:
    assert says({"iscc": ISCC, "usageReservation": ["generativeAI"]}) == Saying(
        denies=frozenset({Dimension.TRAIN_GEN})
    )
    assert says({"iscc": ISCC, "TDM": "usagePermission", "genAiTraining": "usageReservation"}) == Saying(
        denies=frozenset({Dimension.TRAIN_GEN}), allows=frozenset({Dimension.TDM})
    )
    assert not says({"iscc": ISCC, "TDM": "no"}).allows


def test_generation_three_inherits_downwards() -> None:
    whole = {"version": "1.0", "iscc": ISCC, "intent": "activate"}
    assert says(whole | {"all": "false"}) == Saying(denies=MINING)
    assert says(whole | {"all": "false", "train-ai": "true"}) == Saying(
        denies=frozenset({Dimension.TDM}), allows=MINING - {Dimension.TDM}
    )
    assert says(whole | {"search": "true"}) == Saying(allows=frozenset({Dimension.SEARCH}))


@pytest.mark.parametrize("value", [False, "no", "False", 0, None, [], {}])
def test_a_value_that_is_no_text_of_it_is_never_an_allowance(value: object) -> None:
    found = says({"version": "1.0", "iscc": ISCC, "intent": "activate", "all": value})
    assert found == Saying(appears=MINING)
    assert not says({"iscc": ISCC, "all": "true"}).allows, "without version it grants nothing"


@pytest.mark.parametrize("data", [b"", b"[]", b"nul", b"[" * 100_000, b" " * 2_000_000, b"\xff"])
def test_what_is_no_declaration_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        tdm_ai.read(data)


def test_it_is_signed_over_its_canonical_bytes() -> None:
    document = tdm_ai.declaration(ISCC, BARE)
    note = FakeSigner().sign_note(tdm_ai.note_text(document))
    assert ISCC in note
    assert tdm_ai.note_text(document) != tdm_ai.note_text(document | {"all": "true"})
    with pytest.raises(InputError):
        tdm_ai.declaration(ISCC, BARE, intent="update")
