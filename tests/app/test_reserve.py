"""Declaring at a desk: filed, logged, signed, and never silently changed."""

import json
import tomllib
from pathlib import Path

import pytest

from tacenda.app import reserve
from tacenda.app.decide import load_facts
from tacenda.app.desk import Desk
from tacenda.app.evidence import prove
from tacenda.errors import ConflictError, InputError, IntegrityError

TERMS = {"signatory": "Mara Lind; Director; sole representation"}


def test_a_declaration_is_filed_logged_signed_and_verified(desk: Desk) -> None:
    done = reserve.declare(desk, TERMS)
    assert done.record is not None
    assert done.folder is not None
    assert sorted(path.name for path in done.folder.iterdir()) == ["declaration.json", "declaration.note"]
    assert reserve.verify_declaration(desk, done.declaration.id, 1) == done.record
    assert "tlog-proof" in prove(desk, done.record.entry)
    with desk.store.reading() as view:
        facts = load_facts(view)
    assert [(r.id, r.digest) for r in facts.reservations] == [(done.declaration.id, done.digest)]
    assert reserve.list_declarations(desk)[0].state == "in force"


def test_a_dry_run_leaves_no_trace(desk: Desk) -> None:
    with desk.store.reading() as view:
        before = view.entry_count()
    done = reserve.declare(desk, TERMS, dry_run=True)
    assert (done.record, done.folder) == (None, None)
    with desk.store.reading() as view:
        assert view.entry_count() == before
        assert view.records("declaration") == []
    assert not (desk.root / "declarations").exists()


def test_amended_and_withdrawn_versions_stand_side_by_side(desk: Desk) -> None:
    name = reserve.declare(desk, TERMS).declaration.id
    second = reserve.amend(desk, name, {"uses": "train", "from": "2026-12-01"}, "Narrowed")
    third = reserve.withdraw(desk, name, "Sold", "2027-01-01")
    assert [second.declaration.version, third.declaration.version] == [2, 3]
    for version in (1, 2, 3):
        reserve.verify_declaration(desk, name, version)
    assert reserve.show_declaration(desk, name, 1)[0].version == 1
    assert reserve.list_declarations(desk)[0].state == "ends 2027-01-01"
    with desk.store.reading() as view:
        held = [(r.version, str(r.effective_to)) for r in load_facts(view).reservations]
    assert held == [(1, "2026-11-30"), (2, "2026-12-31")]
    with pytest.raises(ConflictError):
        reserve.amend(desk, name, {"uses": "tdm"}, "x")


def test_a_lost_file_is_made_again_byte_for_byte(desk: Desk) -> None:
    done = reserve.declare(desk, TERMS)
    assert done.folder is not None
    assert done.record is not None
    before = {path.name: path.read_bytes() for path in done.folder.iterdir()}
    for path in done.folder.iterdir():
        path.unlink()
    reserve.lay_down(desk, done.record)
    assert {path.name: path.read_bytes() for path in done.folder.iterdir()} == before


@pytest.mark.parametrize("file", ["declaration.json", "declaration.note"])
def test_every_kind_of_change_to_what_was_signed_is_seen(desk: Desk, file: str) -> None:
    done = reserve.declare(desk, TERMS)
    assert done.folder is not None
    path = done.folder / file
    good = path.read_bytes()
    for place in range(0, len(good), max(1, len(good) // 40)):
        changed = bytearray(good)
        changed[place] ^= 1
        path.write_bytes(bytes(changed))
        with pytest.raises(IntegrityError):
            reserve.verify_declaration(desk, done.declaration.id, 1)
    path.write_bytes(good)
    reserve.verify_declaration(desk, done.declaration.id, 1)


def test_a_note_of_one_declaration_does_not_fit_another(desk: Desk) -> None:
    one, two = reserve.declare(desk, TERMS), reserve.declare(desk, TERMS)
    assert one.folder is not None
    assert two.folder is not None
    (two.folder / "declaration.note").write_bytes((one.folder / "declaration.note").read_bytes())
    with pytest.raises(IntegrityError) as refused:
        reserve.verify_declaration(desk, two.declaration.id, 1)
    assert refused.value.code == "declaration.note"


def test_f18_dates_in_a_file_are_refused_with_the_place(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "terms.toml"
    file.write_text('from = 2026-02-31\nsignatory = "a;b;c"\n')
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(file.read_text())
    with pytest.raises(InputError) as refused:
        reserve.read_terms_file(file)
    assert refused.value.where == str(file)
    file.write_text('from = 2026-11-21\nsignatory = "a;b;c"\n')
    with pytest.raises(InputError) as past:
        reserve.declare(desk, reserve.read_terms_file(file), where=str(file))
    assert past.value.code == "reserve.date.past"


def test_terms_in_json_and_toml_declare_the_same(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(TERMS | {"layers": ["recording"], "from": "2026-12-24"}))
    (tmp_path / "a.toml").write_text(
        f'signatory = "{TERMS["signatory"]}"\nlayers = ["recording"]\nfrom = 2026-12-24\n'
    )
    one, two = (
        reserve.declare(desk, reserve.read_terms_file(tmp_path / name), dry_run=True).document
        for name in ("a.json", "a.toml")
    )
    assert {**one, "id": "", "machine_forms": []} == {**two, "id": "", "machine_forms": []}


def test_what_is_not_there(desk: Desk, tmp_path: Path) -> None:
    name = reserve.declare(desk, TERMS).declaration.id
    for refused in (
        lambda: reserve.show_declaration(desk, "res-none"),
        lambda: reserve.show_declaration(desk, name, 9),
        lambda: reserve.withdraw(desk, "res-none", "x"),
        lambda: reserve.read_terms_file(tmp_path / "none.toml"),
    ):
        with pytest.raises(InputError):
            refused()
