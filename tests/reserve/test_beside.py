"""What a person should know before signing: a twin on record, and marks of another party."""

from dataclasses import replace
from datetime import date

from tacenda.core.declaration import Declaration, Signatory
from tacenda.core.party import Party
from tacenda.core.scope import OfCatalogues, OfIpis, OfIsrcPrefixes, OfLabels, Scope
from tacenda.core.vocabulary import Capacity, Use
from tacenda.reserve.plan import ReservePlan, Surroundings, plan_amendment, plan_declaration, plan_withdrawal
from tacenda.reserve.terms import GrantorTerm, Terms
from tacenda.reserve.wording import load_wording

LARK = Party("lark", "Lark GmbH", website="https://lark.example", contact="rights@lark.example", labels=("Lark",))
WREN = Party("wren", "Wren Ltd", labels=("Wrén Records",), isrc_prefixes=("GBABC",),
             ipi_name_numbers=("00014107338",))  # fmt: skip
AROUND = Surroundings(
    date(2026, 11, 22),
    {"lark": LARK, "wren": WREN},
    frozenset({"main", "hers"}),
    load_wording(),
    owners={"main": "lark", "hers": "wren"},
)
SIGNED = Terms(signatory=Signatory("M", "D", "sole"))


def planned(terms: Terms = SIGNED, *declared: Declaration, name: str = "res-2") -> ReservePlan:
    return plan_declaration(name, "lark", terms, replace(AROUND, declared=declared))


def said(plan: ReservePlan, words: str) -> list[str]:
    return [remark for remark in plan.remarks if words in remark]


FIRST = planned(name="res-1").declaration


def test_an_equal_declaration_on_record_is_named() -> None:
    (remark,) = said(planned(SIGNED, FIRST), "equal declaration")
    assert "res-1 version 1" in remark
    assert said(planned(replace(SIGNED, title="Another title", claimed_since=date(2024, 1, 1)), FIRST), "res-1")


def test_one_that_reserves_something_else_or_was_withdrawn_is_not_a_twin() -> None:
    withdrawn = plan_withdrawal([FIRST], "sold", None, AROUND).declaration
    assert not said(planned(SIGNED, withdrawn), "equal")
    assert not said(planned(replace(SIGNED, uses=frozenset({Use.TDM})), FIRST), "equal")
    amended = plan_amendment([FIRST], Terms(title="x"), "why", replace(AROUND, declared=(FIRST,)))
    assert not said(amended, "equal")


def test_a_mark_of_another_party_is_named_with_the_party() -> None:
    scopes: dict[str, Scope] = {
        "the label “WREN records”": OfLabels(("Lark", "WREN records")),
        "the ISRC prefix GBABC": OfIsrcPrefixes(("GBABC",)),
        "the IPI name number 00014107338": OfIpis(("00014107338",)),
        "the catalogue hers": OfCatalogues(("hers", "main")),
    }
    for mark, scope in scopes.items():
        (remark,) = said(planned(replace(SIGNED, scope=scope)), "On record")
        assert mark in remark
        assert "Wren Ltd (wren)" in remark
        assert "--capacity" in remark


def test_whoever_names_the_party_or_the_mark_of_nobody_is_not_bothered() -> None:
    hers = replace(SIGNED, scope=OfLabels(("Wrén Records",)))
    assert not said(planned(replace(hers, affiliates=("Wren Ltd",))), "On record")
    assert not said(planned(replace(hers, grantors=(GrantorTerm("wren", None),))), "On record")
    assert not said(planned(replace(SIGNED, scope=OfLabels(("Unheard",)))), "On record")
    (remark,) = said(planned(replace(hers, capacity=Capacity.AGENT, mandate="M 1")), "On record")
    assert "--capacity" not in remark
