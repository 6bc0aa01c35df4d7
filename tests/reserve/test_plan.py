"""Planning: what would be signed, and what never is."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.core.canonical import digest_of
from tacenda.core.declaration import ChangeKind, FormKind, Signatory
from tacenda.core.documents import declaration_to_document
from tacenda.core.party import Party
from tacenda.core.scope import AllRepertoire, OfCatalogues
from tacenda.core.vocabulary import RESERVED_BY_DEFAULT, Capacity, Layer, Use
from tacenda.errors import ConflictError, InputError
from tacenda.reserve.plan import Surroundings, plan_amendment, plan_declaration, plan_withdrawal
from tacenda.reserve.terms import GrantorTerm, Terms
from tacenda.reserve.wording import load_wording

TODAY = date(2026, 11, 22)
LARK = Party("lark", "Lark {declarant} GmbH", website="https://lark.example", contact="rights@lark.example")
WREN = Party("wren", "Wren Ltd")
AROUND = Surroundings(TODAY, {"lark": LARK, "wren": WREN}, frozenset({"main"}), load_wording())
SIGNED = Terms(signatory=Signatory("M", "D", "sole"))
FIRST = plan_declaration("res-1", "lark", SIGNED, AROUND)


def test_defaults() -> None:
    d = FIRST.declaration
    assert (d.version, d.change, d.scope, d.capacity) == (1, ChangeKind.DECLARED, AllRepertoire(), Capacity.OWNER)
    assert d.layers == frozenset(Layer) - {Layer.LIKENESS}
    assert d.uses == RESERVED_BY_DEFAULT == frozenset(Use) - {Use.SEARCH}
    assert d.territory.is_world
    assert d.effective_from == TODAY
    assert [g.party for g in d.grantors] == ["lark"]
    assert d.silence_is_no_licence
    assert d.source_neutral
    assert d.research_not_reserved
    assert FIRST.digest == digest_of(declaration_to_document(d))


def test_the_elements_of_the_checklist_are_there() -> None:
    """The reference's element list for declarations, 1 to 17 (18 is the log's)."""
    d = FIRST.declaration
    assert "rights reservation" in d.title.lower()
    assert d.declarant.legal_name
    assert {basis.profile for basis in d.legal_bases} == {"eu", "de", "fr", "uk", "us"}
    clauses = {clause.id: clause.text for clause in d.clauses}
    assert set(clauses) == {
        "reservation", "sources", "exception", "silence", "research", "persons", "law", "time",
    }  # fmt: skip
    assert "training" in d.purposes
    assert d.form_url(FormKind.ROBOTS) == "https://lark.example/robots.txt"
    assert d.form_url(FormKind.PAGE) == "https://lark.example/rights-reservation/res-1/"
    assert d.permission_mailbox == "rights@lark.example"
    assert all("opt-out" not in text.lower() and "opt out" not in text.lower() for text in clauses.values())


def test_a_name_that_looks_like_a_field_is_not_filled_in_twice() -> None:
    assert FIRST.declaration.clauses[0].text.startswith("Lark {declarant} GmbH declares")


@pytest.mark.parametrize(
    ("effective", "code"),
    [
        (date(1, 1, 1), "reserve.date.past"),
        (TODAY - timedelta(days=1), "reserve.date.past"),
        (date(9999, 12, 31), "reserve.date.far"),
        (date(2037, 1, 1), "reserve.date.far"),
    ],
)
def test_f18_it_takes_effect_today_or_later_and_not_in_a_thousand_years(effective: date, code: str) -> None:
    for plan in (
        lambda: plan_declaration("res-1", "lark", replace(SIGNED, effective_from=effective), AROUND),
        lambda: plan_amendment([FIRST.declaration], Terms(effective_from=effective, title="x"), "why", AROUND),
        lambda: plan_withdrawal([FIRST.declaration], "why", effective, AROUND),
    ):
        with pytest.raises(InputError) as refused:
            plan()
        assert (refused.value.code, refused.value.where) == (code, "from")


@pytest.mark.parametrize(
    "since", [date(1, 1, 1), date(1899, 12, 31), TODAY, TODAY + timedelta(days=5), date(9999, 1, 1)]
)
def test_f18_a_claimed_day_lies_in_the_past_and_in_reason(since: date) -> None:
    with pytest.raises(InputError) as refused:
        plan_declaration("res-1", "lark", replace(SIGNED, claimed_since=since), AROUND)
    assert refused.value.where == "claimed-since"


def test_f18_a_past_day_may_be_claimed() -> None:
    plan = plan_declaration("res-1", "lark", replace(SIGNED, claimed_since=date(2024, 1, 1)), AROUND)
    assert plan.declaration.effective_from == TODAY
    assert any("proves nothing" in remark for remark in plan.remarks)


@given(st.integers(0, 3000))
def test_any_day_from_today_on_is_taken_as_it_is(days: int) -> None:
    effective = TODAY + timedelta(days=days)
    plan = plan_declaration("res-1", "lark", replace(SIGNED, effective_from=effective), AROUND)
    assert plan.declaration.effective_from == effective


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (Terms(), "reserve.signatory"),
        (replace(SIGNED, capacity=Capacity.AGENT), "reserve.mandate"),
        (replace(SIGNED, scope=OfCatalogues(("other",))), "reserve.catalogue"),
        (replace(SIGNED, grantors=(GrantorTerm("nobody", None),)), "reserve.party"),
        (replace(SIGNED, grantors=(GrantorTerm("wren", frozenset({Layer.LIKENESS})),)), "reserve.grantor"),
        (replace(SIGNED, legal_bases=("mars",)), "reserve.profile"),
    ],
)
def test_what_cannot_be_signed(terms: Terms, code: str) -> None:
    with pytest.raises(InputError) as refused:
        plan_declaration("res-1", "lark", terms, AROUND)
    assert refused.value.code == code


def test_without_a_contact_nobody_could_ask() -> None:
    around = replace(AROUND, parties={"lark": replace(LARK, contact="")})
    with pytest.raises(InputError) as refused:
        plan_declaration("res-1", "lark", SIGNED, around)
    assert refused.value.code == "reserve.contact"


def test_f62_a_party_whose_name_hides_something_cannot_declare() -> None:
    around = replace(AROUND, parties={"lark": replace(LARK, legal_name="Lark\u202e GmbH")})
    with pytest.raises(InputError):
        plan_declaration("res-1", "lark", SIGNED, around)


def test_an_amendment_names_what_it_follows_and_shows_field_by_field_what_changes() -> None:
    plan = plan_amendment([FIRST.declaration], Terms(uses=frozenset({Use.TRAIN})), "Narrowed", AROUND)
    d = plan.declaration
    assert (d.version, d.change, d.reason, d.supersedes) == (2, ChangeKind.AMENDED, "Narrowed", FIRST.digest)
    changed = {change.path: (change.before, change.after) for change in plan.changes}
    assert set(changed) == {"version", "change", "reason", "supersedes", "uses", "machine_forms"}
    assert changed["uses"][1] == ["train"]
    assert d.form_url(FormKind.TDMREP) == ""
    kept = replace(d, version=1, change=ChangeKind.DECLARED, reason="", supersedes="", uses=FIRST.declaration.uses,
                   machine_forms=FIRST.declaration.machine_forms)  # fmt: skip
    assert kept == FIRST.declaration


def test_fewer_layers_leave_no_grantor_for_what_is_gone() -> None:
    plan = plan_amendment([FIRST.declaration], Terms(layers=frozenset({Layer.WORK})), "Narrowed", AROUND)
    assert [g.layers for g in plan.declaration.grantors] == [frozenset({Layer.WORK})]


def test_an_amendment_that_changes_nothing_is_refused() -> None:
    for terms in (Terms(), Terms(uses=RESERVED_BY_DEFAULT)):
        with pytest.raises(ConflictError) as refused:
            plan_amendment([FIRST.declaration], terms, "why", replace(AROUND, today=TODAY + timedelta(days=3)))
        assert refused.value.code == "reserve.same"


def test_a_change_needs_a_reason() -> None:
    with pytest.raises(InputError) as refused:
        plan_withdrawal([FIRST.declaration], "  ", None, AROUND)
    assert refused.value.code == "reserve.reason"


def test_a_withdrawal_is_the_last_version() -> None:
    gone = plan_withdrawal([FIRST.declaration], "Sold", None, AROUND).declaration
    assert (gone.version, gone.withdrawn, gone.supersedes) == (2, True, FIRST.digest)
    assert [clause.id for clause in gone.clauses] == ["withdrawal"]
    for again in (
        lambda: plan_withdrawal([FIRST.declaration, gone], "x", None, AROUND),
        lambda: plan_amendment([FIRST.declaration, gone], Terms(title="x"), "x", AROUND),
    ):
        with pytest.raises(ConflictError) as refused:
            again()
        assert refused.value.code == "reserve.withdrawn"
