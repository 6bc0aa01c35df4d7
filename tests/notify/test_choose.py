"""Who is written to, and the reason for each who is not."""

from dataclasses import replace
from datetime import date

import pytest

from tacenda.core.licence import Licence
from tacenda.core.recipient import RecipientKind, RecipientStatus, Suppression
from tacenda.core.scope import AllRepertoire
from tacenda.core.vocabulary import Layer, Use
from tacenda.errors import InputError
from tacenda.notify.choose import Choice, Criteria, choose, licensees
from tacenda.testing.letters import sample_recipient

WREN = sample_recipient(id="wren", name="Wren", legal_entity="", kind=RecipientKind.DSP)
NIGHTINGALE = sample_recipient()
OWL = sample_recipient(id="owl", name="Owl", brands=("Barn Owl",), also_kinds=(RecipientKind.CRAWLER_OPERATOR,))


def held_codes(choice: Choice) -> dict[str, str]:
    return {held.recipient.id: held.code for held in choice.held}


def test_all_are_chosen_in_the_order_of_their_ids() -> None:
    choice = choose([WREN, OWL, NIGHTINGALE], Criteria())
    assert [recipient.id for recipient in choice.chosen] == ["nightingale", "owl", "wren"]
    assert choice.held == ()


def test_a_kind_may_be_the_first_or_a_further_one() -> None:
    choice = choose([WREN, OWL], Criteria(kinds=frozenset({RecipientKind.CRAWLER_OPERATOR})))
    assert [recipient.id for recipient in choice.chosen] == ["owl"]


def test_an_unknown_id_is_refused() -> None:
    with pytest.raises(InputError, match="no recipient 'robin'"):
        choose([WREN], Criteria(only=("robin",)))


@pytest.mark.parametrize("why", list(Suppression))
def test_what_the_directory_suppresses_is_held_with_a_reason(why: Suppression) -> None:
    choice = choose([replace(WREN, suppression=why, successor="owl")], Criteria())
    assert held_codes(choice) == {"wren": why.value}
    assert "(see owl)" in choice.held[0].reason


@pytest.mark.parametrize("status", [RecipientStatus.DEFUNCT, RecipientStatus.MERGED])
def test_what_is_no_more_is_held(status: RecipientStatus) -> None:
    assert held_codes(choose([replace(WREN, status=status)], Criteria())) == {"wren": status.value}


@pytest.mark.parametrize("name", ["OWL", "owl", "Barn  Owl", "Nightingale Models, Inc."])
def test_an_affiliate_is_known_by_name_company_or_brand_however_it_is_spelt(name: str) -> None:
    assert set(held_codes(choose([OWL], Criteria(affiliates=(name,)))).values()) == {"affiliate"}


def test_a_licensee_is_written_to_by_hand() -> None:
    choice = choose([WREN, OWL], Criteria(licensees={"owl": "lic-1 version 1"}))
    assert held_codes(choice) == {"owl": "licensee"}
    assert "lic-1 version 1" in choice.held[0].reason


def test_no_letter_fits_a_regulator() -> None:
    assert held_codes(choose([replace(WREN, kind=RecipientKind.REGULATOR)], Criteria())) == {"wren": "variant"}


def test_excluded_is_said() -> None:
    assert held_codes(choose([WREN, OWL], Criteria(exclude=("wren",)))) == {"wren": "excluded"}


def licence(**changes: object) -> Licence:
    made = Licence(
        "lic-1", 1, "lark", "owl", AllRepertoire(), frozenset({Layer.WORK}), frozenset({Use.TRAIN}),
        date(2026, 1, 1), date(2026, 12, 31), affiliates=("barn",),
    )  # fmt: skip
    return replace(made, **changes)


def test_licensees_are_those_of_the_declarant_for_a_reserved_use_on_that_day() -> None:
    uses, day = frozenset({Use.TRAIN, Use.TDM}), date(2026, 11, 22)
    assert licensees([licence()], "lark", uses, day) == {"owl": "lic-1 version 1", "barn": "lic-1 version 1"}
    assert licensees([licence(grantor="finch")], "lark", uses, day) == {}
    assert licensees([licence(uses=frozenset({Use.SEARCH}))], "lark", uses, day) == {}
    assert licensees([licence(revoked_from=date(2026, 11, 1))], "lark", uses, day) == {}
    assert licensees([licence()], "lark", uses, date(2027, 1, 1)) == {}
