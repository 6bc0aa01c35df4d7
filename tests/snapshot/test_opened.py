"""An opened snapshot answers as the desk would: rights groups, umbrellas, conflicts."""

from datetime import date
from itertools import product

import pyarrow as pa
import pytest

from tacenda.core.decision import Question, decide
from tacenda.core.identifiers import Scheme
from tacenda.core.vocabulary import Layer, Use
from tacenda.match.interface import CorpusBatch, How
from tacenda.snapshot.opened import Snapshot, Umbrella, open_snapshot

QUESTIONS = [
    Question(use, "DE", on, user)
    for use, on, user in product(
        (Use.TRAIN, Use.SEARCH, Use.TDM), (date(2025, 1, 1), date(2026, 11, 22)), ("", "friend", "stranger")
    )
]


@pytest.fixture
def opened(build, keys) -> Snapshot:
    return open_snapshot(build(), keys=keys)


def row_of(opened: Snapshot, item: str) -> int:
    return opened.items["id"].to_pylist().index(item)


def test_items_are_in_order_and_complete(opened: Snapshot) -> None:
    assert opened.items["id"].to_pylist() == ["f1", "f2", "f3", "l1", "l2", "l3", "m1", "w1"]
    assert opened.items["owner"].to_pylist()[:4] == ["finch", "finch", "finch", "lark"]
    assert set(opened.items.column_names) == {
        "id", "catalogue", "kind", "title", "artist", "isrc", "iswc", "gtin", "youtube", "label",
        "release_date", "owner",
    }  # fmt: skip


def test_facts_are_read_back(opened: Snapshot, facts) -> None:
    assert opened.facts.reservations == facts.reservations
    assert opened.facts.licences == facts.licences
    assert sorted(opened.facts.parties) == ["finch", "friend", "lark", "owl"]


def test_every_item_is_decided_as_its_own_thing_would_be(opened: Snapshot, whole_things, facts) -> None:
    """The group of an item leaves out only marks that no fact mentions."""
    for item, thing in whole_things.items():
        grouped = opened.thing(int(opened.group_of_item[row_of(opened, item)]))
        for question in QUESTIONS:
            assert decide(grouped, question, opened.facts) == decide(thing, question, facts), (item, question)


def test_items_that_nothing_tells_apart_share_a_group(build, keys, items) -> None:
    from dataclasses import replace

    from tacenda.core.identifiers import Identifier

    more = [
        replace(items[4], id=f"x{n}", identifiers=(Identifier(Scheme.ISRC, f"FRFIN27{n:05d}"),)) for n in range(50)
    ]
    opened = open_snapshot(build(items=(*items, *more)), keys=keys)
    groups = {int(opened.group_of_item[row_of(opened, f"x{n}")]) for n in range(50)}
    assert groups == {int(opened.group_of_item[row_of(opened, "f2")])}


def test_f34_two_owners_of_one_recording_are_one_thing(opened: Snapshot) -> None:
    ours, theirs = (opened.group_of_item[row_of(opened, item)] for item in ("l3", "f3"))
    assert ours == theirs
    thing = opened.thing(int(ours))
    assert thing.catalogues == {"lark", "finch"}
    assert [(c.party, c.layer) for c in thing.claims] == [("finch", Layer.RECORDING), ("lark", Layer.RECORDING)]


def test_umbrellas_answer_for_what_is_in_no_catalogue(opened: Snapshot) -> None:
    assert opened.umbrellas == (
        Umbrella("isrc", "FRFIN2699999"),
        Umbrella("isrc-prefix", "DEOWL"),
        Umbrella("isrc-prefix", "QZLRK"),
    )
    batch = CorpusBatch(isrc=pa.array(["FR-FIN-26-99999", "DEOWL2600001", "QZLRK2600001", "USBYS2600001"]))
    found = opened.matcher.ask(batch)
    assert found.row.tolist() == [0, 1, 2]
    assert found.how.tolist() == [How.ISRC, How.ISRC_PREFIX, How.ISRC]
    assert found.umbrella.tolist() == [0, 1, -1]
    words = [
        decide(opened.thing(int(group)), Question(Use.TRAIN, "DE", date(2026, 11, 22)), opened.facts).word
        for group in opened.groups_of(found)
    ]
    assert words == ["reserved"] * 3
    assert opened.thing_of_umbrella(1) == opened.thing(int(opened.groups_of(found)[1]))


def test_rows_are_found_by_every_mark(opened: Snapshot) -> None:
    batch = CorpusBatch(
        artist=pa.array(["larks", "FINCH (official)", "Larks"]),
        title=pa.array(["Halo - Remastered 2011", "宇多田", "noon"]),
        youtube=pa.array([None, "https://youtu.be/dQw4w9WgXcQ", ""]),
    )
    found = opened.matcher.ask(batch)
    ids = opened.items["id"].to_pylist()
    assert [(r, ids[i], How(h)) for r, i, h in zip(found.row, found.item, found.how, strict=True)] == [
        (0, "l1", How.TEXT),
        (1, "m1", How.YOUTUBE),
        (1, "m1", How.TEXT),
        (2, "f3", How.TEXT),
        (2, "l3", How.TEXT),
    ]


def test_stale_after_its_last_day(opened: Snapshot) -> None:
    assert not opened.stale(date(2026, 12, 22))
    assert opened.stale(date(2026, 12, 23))
