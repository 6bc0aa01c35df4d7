"""Licences: nothing is back-dated, and no version speaks for another's days."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from tacenda.core.party import Party
from tacenda.core.vocabulary import Layer, Use
from tacenda.errors import ConflictError, InputError
from tacenda.licensing.deed import Deed, DeedKind, deed_from_document, deed_to_document, in_force
from tacenda.licensing.plan import LicenceTerms, plan_licence, plan_licence_amendment, plan_revocation
from tacenda.testing.declarations import licences

TODAY = date(2026, 11, 22)
PARTIES = {name: Party(name, name.title()) for name in ("lark", "bright")}
TERMS = LicenceTerms(
    "lark", "bright", layers=frozenset({Layer.RECORDING}), uses=frozenset({Use.TRAIN}), any_model=True
)
FIRST = plan_licence("lic-1", TERMS, PARTIES, TODAY)


def test_a_licence_of_today_begins_today() -> None:
    assert (FIRST.kind, FIRST.applies_from, FIRST.recorded_on) == (DeedKind.RECORDED, TODAY, TODAY)
    assert in_force([FIRST]) == (FIRST.licence,)


def test_a_first_day_in_the_past_needs_the_day_of_the_paper() -> None:
    past = date(2026, 6, 1)
    with pytest.raises(InputError) as refused:
        plan_licence("lic-1", replace(TERMS, valid_from=past), PARTIES, TODAY)
    assert (refused.value.code, refused.value.where) == ("licence.date", "from")
    deed = plan_licence("lic-1", replace(TERMS, valid_from=past, signed_on=past), PARTIES, TODAY)
    assert (deed.licence.valid_from, deed.recorded_on, deed.signed_on) == (past, TODAY, past)
    with pytest.raises(InputError):
        plan_licence("lic-1", replace(TERMS, valid_from=date(2026, 5, 31), signed_on=past), PARTIES, TODAY)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (replace(TERMS, grantor="nobody"), "licence.party"),
        (replace(TERMS, grantee=None), "licence.incomplete"),
        (replace(TERMS, uses=None), "licence.incomplete"),
        (replace(TERMS, signed_on=TODAY + timedelta(days=1)), "licence.date"),
        (replace(TERMS, valid_to=TODAY - timedelta(days=1)), "licence.date"),
        (replace(TERMS, models=()), "licence.models"),
    ],
)
def test_what_is_no_licence(terms: LicenceTerms, code: str) -> None:
    with pytest.raises(InputError) as refused:
        plan_licence("lic-1", terms, PARTIES, TODAY)
    assert refused.value.code == code


def test_an_amendment_never_licenses_the_days_before_it() -> None:
    later = TODAY + timedelta(days=30)
    wider = replace(TERMS, uses=frozenset({Use.TRAIN, Use.FINETUNE}))
    second = plan_licence_amendment([FIRST], wider, "Widened", None, PARTIES, later)
    one, two = in_force([second, FIRST])
    assert (one.version, one.revoked_from, two.version, two.valid_from) == (1, later, 2, later)
    for day in (TODAY, later - timedelta(days=1)):
        assert one.active(day)
        assert not two.active(day)
    assert two.active(later)
    assert not one.active(later)


def test_a_revocation_stops_new_acts_from_its_day() -> None:
    later = TODAY + timedelta(days=10)
    gone = plan_revocation([FIRST], later, "Unpaid", TODAY)
    (left,) = in_force([FIRST, gone])
    assert left.active(later - timedelta(days=1))
    assert not left.active(later)
    with pytest.raises(InputError):
        plan_revocation([FIRST], TODAY - timedelta(days=1), "Unpaid", TODAY)
    for again in (
        lambda: plan_revocation([FIRST, gone], None, "x", TODAY),
        lambda: plan_licence_amendment([FIRST, gone], TERMS, "x", None, PARTIES, TODAY),
    ):
        with pytest.raises(ConflictError) as refused:
            again()
        assert refused.value.code == "licence.revoked"


def test_an_amendment_that_changes_nothing_or_lies_in_the_past_is_refused() -> None:
    with pytest.raises(ConflictError):
        plan_licence_amendment([FIRST], replace(TERMS, any_model=False), "x", None, PARTIES, TODAY)
    with pytest.raises(InputError):
        plan_licence_amendment(
            [FIRST], LicenceTerms(valid_to=date(2027, 1, 1)), "x", TODAY - timedelta(days=1), PARTIES, TODAY
        )


def test_an_amendment_can_be_amended_and_names_its_predecessor() -> None:
    second = plan_licence_amendment([FIRST], LicenceTerms(models=("B 2",)), "Model", None, PARTIES, TODAY)
    third = plan_licence_amendment([FIRST, second], LicenceTerms(any_model=True), "All", None, PARTIES, TODAY)
    assert (second.licence.models, third.licence.models) == (("B 2",), None)
    assert len(second.supersedes) == len(third.supersedes) == 64
    assert [licence.version for licence in in_force([FIRST, second, third])] == [3]


@settings(max_examples=40, deadline=None)
@given(licences())
def test_a_deed_comes_back_exactly(licence: Any) -> None:
    deed = Deed(DeedKind.AMENDED, licence, TODAY, TODAY, None, "why <b>", "ab")
    assert deed_from_document(deed_to_document(deed)) == deed
