"""Asking the desk, through declarations, licences, conflicts and silence."""

from datetime import UTC, date, datetime

import pytest

from tacenda.app import licence, reserve
from tacenda.app.decide import Target, ask
from tacenda.app.desk import Desk
from tacenda.app.party import add_party
from tacenda.core.decision import Licensed, Question, Reserved, Silent, Unclear
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.item import Item, ItemKind
from tacenda.core.party import Party
from tacenda.core.vocabulary import Use
from tacenda.errors import InputError
from tacenda.ports import CatalogueInfo

TODAY = date(2026, 11, 22)
ISRC = Identifier(Scheme.ISRC, "DEA122600001")
OTHER = Identifier(Scheme.ISRC, "GBXYZ2600001")
TERMS = {"signatory": "M; D; sole"}
ALL_AUDIO = ("recording", "performance", "work", "lyrics")
WHOLLY = tuple(f"{layer}:100" for layer in ALL_AUDIO)


def _question(use: Use = Use.TRAIN, user: str = "", on: date = TODAY) -> Question:
    return Question(use, "DE", on, user=user)


@pytest.fixture
def full(desk: Desk) -> Desk:
    add_party(desk, Party("bright", "Bright AI"))
    add_party(desk, Party("wren", "Wren Ltd"))
    with desk.store.writing() as change:
        for name, owner in (("main", "lark-and-linden"), ("wrens", "wren")):
            change.put_catalogue(CatalogueInfo(name, name, owner, WHOLLY, datetime(2026, 1, 1, tzinfo=UTC)))
        change.put_items(
            [
                Item("i1", "main", ItemKind.RECORDING, "Dawn", "The Larks", (ISRC,)),
                Item("i2", "main", ItemKind.RECORDING, "Dusk", "The Larks", (OTHER,)),
                Item("i3", "wrens", ItemKind.RECORDING, "Dusk (Remastered)", "Larks", (OTHER,)),
                Item("i4", "main", ItemKind.WORK, "Noon"),
            ]
        )
    return desk


def test_silence_reservation_licence_and_revocation_in_turn(full: Desk) -> None:
    target = Target((ISRC,))
    assert isinstance(ask(full, target, _question()).decision, Silent)
    name = reserve.declare(full, TERMS).declaration.id
    verdict = ask(full, target, _question(user="bright"))
    assert isinstance(verdict.decision, Reserved)
    assert verdict.decision.records == (f"{name} version 1",)
    grant = {
        "grantor": "lark-and-linden", "grantee": "bright", "uses": "train", "layers": ",".join(ALL_AUDIO),
        "any-model": True, "signed-on": "2026-11-22",
    }  # fmt: skip
    filed = licence.record_licence(full, grant)
    assert isinstance(ask(full, target, _question(user="bright")).decision, Licensed)
    assert isinstance(ask(full, target, _question(user="")).decision, Reserved)
    assert isinstance(ask(full, target, _question(Use.FINETUNE, "bright")).decision, Reserved)
    licence.revoke_licence(full, filed.deed.licence.id, "Unpaid", revoked_from="2027-01-01")
    assert isinstance(ask(full, target, _question(user="bright", on=date(2026, 12, 31))).decision, Licensed)
    assert isinstance(ask(full, target, _question(user="bright", on=date(2027, 1, 1))).decision, Reserved)


def test_a_withdrawn_reservation_answers_for_its_own_days_for_ever(full: Desk) -> None:
    name = reserve.declare(full, TERMS).declaration.id
    reserve.withdraw(full, name, "Sold", "2027-01-01")
    assert isinstance(ask(full, Target((ISRC,)), _question(on=date(2026, 12, 31))).decision, Reserved)
    assert isinstance(ask(full, Target((ISRC,)), _question(on=date(2027, 1, 1))).decision, Silent)


def test_a_claimed_day_is_unclear_and_not_reserved(full: Desk) -> None:
    reserve.declare(full, TERMS | {"claimed-since": "2024-01-01"})
    assert isinstance(ask(full, Target((ISRC,)), _question(on=date(2025, 1, 1))).decision, Unclear)
    assert isinstance(ask(full, Target((ISRC,)), _question(on=date(2023, 1, 1))).decision, Silent)


def test_f34_two_owners_of_one_recording_are_a_conflict_that_shows(full: Desk) -> None:
    verdict = ask(full, Target((OTHER,)), _question())
    assert isinstance(verdict.decision, Unclear)
    assert "share.conflict" in {reason.code for reason in verdict.decision.reasons}
    assert {item.catalogue for item in verdict.cases[0].items} == {"main", "wrens"}


def test_a_title_finds_rows_that_share_an_identifier_as_one_thing(full: Desk) -> None:
    verdict = ask(full, Target(artist="LARKS", title="dusk"), _question())
    assert [len(case.items) for case in verdict.cases] == [2]


def test_a_prefix_speaks_for_what_no_catalogue_lists(full: Desk) -> None:
    reserve.declare(full, TERMS)
    unlisted = Target((Identifier(Scheme.ISRC, "DEA122699999"),))
    verdict = ask(full, unlisted, _question())
    assert isinstance(verdict.decision, Reserved)
    assert verdict.cases[0].items == ()


def test_text_copies_words_alone(full: Desk) -> None:
    verdict = ask(full, Target((ISRC,), material="text"), _question())
    assert [layer.value for layer in verdict.cases[0].thing.layers] == ["lyrics"]


def test_nothing_named_is_no_question(full: Desk) -> None:
    with pytest.raises(InputError) as refused:
        ask(full, Target(title="Dawn"), _question())
    assert refused.value.code == "decide.target"


def test_a_thing_named_twice_is_refused_rather_than_half_of_it_ignored(full: Desk) -> None:
    for target in (Target((ISRC,), "The Larks", "Dusk"), Target((ISRC,), title="Dusk")):
        with pytest.raises(InputError) as refused:
            ask(full, target, _question())
        assert refused.value.code == "decide.target"


def test_a_name_of_signs_alone_does_not_find_all_names_of_signs(full: Desk) -> None:
    with full.store.writing() as change:
        change.put_items([Item(f"s{n}", "main", ItemKind.RECORDING, "..." + "?" * n, "!!!") for n in range(3)])
    reserve.declare(full, TERMS)
    verdict = ask(full, Target(artist="!!!", title="???"), _question())
    assert isinstance(verdict.decision, Unclear)
    assert [case.items for case in verdict.cases] == [()]


def test_a_licence_for_one_isrc_is_none_for_its_remix_by_work_or_album(full: Desk) -> None:
    album, song = Identifier(Scheme.GTIN, "00012345678905"), Identifier(Scheme.ISWC, "T0345246801")
    one, two = (Identifier(Scheme.ISRC, f"DEA12260010{n}") for n in (1, 2))
    with full.store.writing() as change:
        change.put_items(
            [
                Item("a1", "main", ItemKind.RECORDING, "Song", "The Larks", (album, one, song)),
                Item("a2", "main", ItemKind.RECORDING, "Song (Remix)", "The Larks", (album, two, song)),
            ]
        )
    licence.record_licence(
        full,
        {
            "grantor": "lark-and-linden", "grantee": "bright", "uses": "train", "layers": ",".join(ALL_AUDIO),
            "any-model": True, "signed-on": "2026-11-22", "scope": [f"isrc:{one.value}"],
        },
    )  # fmt: skip
    words = [
        ask(full, Target((asked,)), _question(user="bright")).decision.word for asked in (one, two, album, song)
    ]
    assert words == ["licensed", "silent", "unclear", "unclear"]
