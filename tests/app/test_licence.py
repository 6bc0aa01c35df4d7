"""Licences are recorded only with a word about the paper that they stand on."""

from pathlib import Path

import pytest

from tacenda.app.desk import Desk
from tacenda.app.licence import amend_licence, list_licences, record_licence
from tacenda.app.party import add_party
from tacenda.core.party import Party
from tacenda.errors import InputError

TERMS = {
    "grantor": "lark-and-linden", "grantee": "bright", "uses": "train", "layers": "recording", "any-model": True,
}  # fmt: skip


@pytest.fixture
def house(desk: Desk) -> Desk:
    add_party(desk, Party("bright", "Bright AI"))
    return desk


def test_a_licence_without_a_paper_or_its_day_is_refused(house: Desk) -> None:
    for dry_run in (True, False):
        with pytest.raises(InputError) as refused:
            record_licence(house, TERMS, dry_run=dry_run)
        assert refused.value.code == "licence.paper"
        assert "--signed-on" in refused.value.hint
    assert list_licences(house) == []


def test_the_paper_or_its_day_suffices(house: Desk, tmp_path: Path) -> None:
    paper = tmp_path / "contract.pdf"
    paper.write_bytes(b"%PDF-")
    assert record_licence(house, TERMS, paper=paper).record is not None
    assert record_licence(house, TERMS | {"signed-on": "2026-11-02"}).record is not None


def test_an_amendment_is_in_writing_too(house: Desk) -> None:
    name = record_licence(house, TERMS | {"signed-on": "2026-11-02"}).deed.licence.id
    with pytest.raises(InputError) as refused:
        amend_licence(house, name, {"uses": "train,finetune"}, "More uses")
    assert refused.value.code == "licence.paper"
    assert amend_licence(house, name, {"uses": "train,finetune", "signed-on": "2026-11-20"}, "More uses").record
