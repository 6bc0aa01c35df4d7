"""Which letter fits which kind."""

import pytest

from tacenda.core.recipient import KIND_TITLES, RecipientKind, Variant
from tacenda.testing.letters import sample_recipient


@pytest.mark.parametrize("word", ["dsp", "ugc_platform", "lyrics_service", "recognition_service", "distributor"])
def test_services_that_carry_the_repertoire_get_the_streaming_letter(word: str) -> None:
    assert sample_recipient(kind=RecipientKind(word)).variant() is Variant.STREAMING


@pytest.mark.parametrize(
    "word", ["ai_developer", "ai_music_generator", "model_hub", "dataset_maintainer", "crawler_operator"]
)
def test_those_who_make_or_feed_ai_systems_get_the_developer_letter(word: str) -> None:
    assert sample_recipient(kind=RecipientKind(word)).variant() is Variant.DEVELOPER


@pytest.mark.parametrize("word", ["trade_body", "regulator"])
def test_bodies_get_no_letter(word: str) -> None:
    assert sample_recipient(kind=RecipientKind(word)).variant() is None


def test_further_kinds_are_roles_but_do_not_choose_the_letter() -> None:
    both = sample_recipient(kind=RecipientKind.DSP, also_kinds=(RecipientKind.AI_DEVELOPER,))
    assert both.has_role(RecipientKind.AI_DEVELOPER)
    assert both.variant() is Variant.STREAMING


def test_the_company_is_addressed_where_it_is_known() -> None:
    assert sample_recipient().addressee == "Nightingale Models, Inc."
    assert sample_recipient(legal_entity="").addressee == "Nightingale Models"


def test_every_kind_has_a_title() -> None:
    assert set(KIND_TITLES) == set(RecipientKind)
