"""The desk page says where it is, and states what is in force in the words of the command line."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tacenda.app.desk_page import DeskPage, desk_page
from tacenda.app.licence import amend_licence, list_licences, record_licence, revoke_licence
from tacenda.app.reserve import amend, list_declarations, withdraw
from tacenda.app.workspace import open_desk

TODAY = date(2026, 11, 22)


def column(page: DeskPage, title: str, name: str) -> list[str]:
    table = next(table for table in page.tables if table.title == title)
    return [row.cells[table.columns.index(name)] for row in table.rows]


def test_the_folder_is_named_in_full(make_house: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_house().desk.root
    monkeypatch.chdir(root)
    assert desk_page(open_desk(Path()), TODAY).root == str(root.resolve())


def test_a_withdrawal_to_come_is_not_yet_one(make_house: Callable[[], Any]) -> None:
    house = make_house()
    withdraw(house.desk, house.declaration, "Sold", "2027-02-01")
    assert column(desk_page(house.desk, TODAY), "Declarations", "State") == [
        "ends 2027-02-01", "in force until 2027-01-31",
    ]  # fmt: skip
    assert [standing.state for standing in list_declarations(house.desk)] == ["ends 2027-02-01"]
    shown = house.client().get(f"/declaration/{house.declaration}").text
    assert "withdraws this reservation from 1 February 2027" in shown
    assert "has withdrawn" not in shown
    assert column(desk_page(house.desk, date(2027, 2, 1)), "Declarations", "State") == ["withdrawn", "ended"]


def test_an_amendment_to_come_and_one_that_never_held(make_house: Callable[[], Any]) -> None:
    house = make_house()
    amend(house.desk, house.declaration, {"uses": "tdm", "from": "2027-02-01"}, "Narrowed")
    amend(house.desk, house.declaration, {"uses": "train", "from": "2027-01-01"}, "Sooner")
    assert column(desk_page(house.desk, TODAY), "Declarations", "State") == [
        "takes effect 2027-01-01", "never in force", "in force until 2026-12-31",
    ]  # fmt: skip


def test_a_licence_shows_from_when_it_is_revoked(make_house: Callable[[], Any]) -> None:
    desk = make_house().desk
    name = list_licences(desk)[0][0].licence.id
    assert column(desk_page(desk, TODAY), "Licences", "Days") == ["2026-11-22 until revoked"]
    assert column(desk_page(desk, TODAY), "Licences", "State") == ["active"]
    amend_licence(desk, name, {"uses": "tdm", "signed-on": "2026-11-22"}, "Other", applies_from="2026-12-01")
    revoke_licence(desk, name, "Unpaid", revoked_from="2027-01-01")
    assert column(desk_page(desk, TODAY), "Licences", "State") == [
        "active, replaced from 2026-12-01", "not yet, revoked from 2027-01-01",
    ]  # fmt: skip
    assert list_licences(desk)[0][2] == "revoked from 2027-01-01"
    assert column(desk_page(desk, date(2027, 1, 1)), "Licences", "State") == [
        "replaced from 2026-12-01", "revoked from 2027-01-01",
    ]  # fmt: skip


def test_a_licence_with_a_last_day_expires(make_house: Callable[[], Any]) -> None:
    desk = make_house().desk
    terms = {"grantor": "quiet", "grantee": "user", "uses": "tdm", "layers": "recording", "any-model": True,
             "signed-on": "2026-11-22", "to": "2026-12-31"}  # fmt: skip
    record_licence(desk, terms)
    assert "2026-11-22 to 2026-12-31" in column(desk_page(desk, TODAY), "Licences", "Days")
    assert "expired" in column(desk_page(desk, date(2027, 1, 1)), "Licences", "State")
