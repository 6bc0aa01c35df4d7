"""The look-up: the four answers, the question's limits, JSON and its problems."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tacenda.web.application import create_app


def ask(client: TestClient, **params: str) -> dict:
    answer = client.get("/lookup.json", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_reserved_with_reasons_records_and_missing_consents(client: TestClient, house) -> None:
    found = ask(client, isrc="zz-ll1-26-00001")
    assert (found["answer"], found["may_use"]) == ("reserved", False)
    assert found["records"] == [f"{house.declaration} version 1"]
    assert {m["party"] for m in found["missing"]} == {"lark"}
    assert [(m["item"], m["how"]) for m in found["matched"]] == [("i1", ["isrc"])]
    assert {m["layer"] for m in found["missing"]} == {"recording", "performance", "work", "lyrics"}
    page = client.get("/lookup", params={"isrc": "ZZLL12600001"})
    assert f'href="/declaration/{house.declaration}/v1"' in page.text
    assert "badge-reserved" in page.text


def test_a_recording_in_no_catalogue_is_reserved_by_its_prefix(client: TestClient) -> None:
    found = ask(client, isrc="ZZLL12699999")
    assert found["answer"] == "reserved"
    assert found["matched"] == []


def test_by_artist_and_title_whatever_the_spelling(client: TestClient) -> None:
    found = ask(client, artist="PLAIN singer", title="refrain \u202eGnos (Live)")
    assert found["answer"] == "reserved"


def test_silent_is_never_called_permission(client: TestClient) -> None:
    found = ask(client, artist="Nobody Known", title="Nothing Heard")
    assert (found["answer"], found["may_use"], found["records"]) == ("silent", False, [])
    assert "not permission" in found["advice"]
    page = client.get("/lookup", params={"artist": "Nobody Known", "title": "Nothing Heard"})
    assert "Silent is not permission" in page.text
    assert "badge-silent" in page.text


def test_licensed_only_for_the_licensee(client: TestClient) -> None:
    assert ask(client, isrc="ZZQQ12600003")["answer"] == "silent"
    assert ask(client, isrc="ZZQQ12600003", user="user", use="train")["answer"] == "licensed"
    assert ask(client, isrc="ZZQQ12600003", user="user", use="finetune")["answer"] == "silent"


def test_two_marks_that_name_two_things_get_the_stricter_answer(client: TestClient) -> None:
    found = ask(client, isrc="ZZQQ12600003", artist="Plain Singer", title="Refrain gnos", user="user")
    assert {m["item"]: m["answer"] for m in found["matched"]}.get("i3") == "licensed"
    assert found["answer"] == "reserved"


def test_before_the_reservation_the_answer_is_not_reserved(client: TestClient) -> None:
    assert ask(client, isrc="ZZLL12600001", on="2026-11-21")["answer"] == "silent"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"isrc": "ZZLL1260000"}, "isrc.length"),
        ({"iswc": "T-034.524.680-2"}, "iswc.check"),
        ({"isrc": "ZZLL12600001" * 20}, "lookup.length"),
        ({"isrc": "ZZLL1260\x000001"}, "lookup.control"),
        ({"artist": "x" * 301, "title": "y"}, "lookup.length"),
        ({"title": "alone"}, "lookup.names"),
        ({"grid": "A12425GABC1234002M"}, "lookup.parameter"),
        ({"isrc": "ZZLL12600001", "use": "anything"}, "lookup.use"),
        ({"isrc": "ZZLL12600001", "country": "XX"}, "territory.country"),
        ({"isrc": "ZZLL12600001", "on": "2026-02-31"}, "document.day"),
        ({}, "lookup.nothing"),
    ],
)
def test_f50_what_cannot_be_read_is_a_400_with_its_rule(client: TestClient, params: dict, code: str) -> None:
    answer = client.get("/lookup.json", params=params)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["status"]) == (code, 400)
    assert problem["type"] == f"urn:tacenda:problem:{code}"
    if params:
        page = client.get("/lookup", params=params)
        assert page.status_code == 400
        assert code in page.text


def test_f50_repeated_parameters_are_refused(client: TestClient) -> None:
    answer = client.get("/lookup.json?isrc=ZZLL12600001&isrc=ZZLL12600002")
    assert (answer.status_code, answer.json()["code"]) == (400, "lookup.repeated")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            ["isrc", "iswc", "gtin", "youtube", "artist", "title", "use", "country", "on", "user", "odd"]
        ),
        st.text(max_size=80),
        max_size=5,
    )
)
def test_f50_no_question_breaks_it(client: TestClient, params: dict) -> None:
    params = {name: value.encode("utf-8", "replace").decode() for name, value in params.items()}
    for path in ("/lookup", "/lookup.json"):
        assert client.get(path, params=params).status_code in (200, 400)


def test_json_by_accept(client: TestClient) -> None:
    params = {"isrc": "ZZLL12600001"}
    for accept, kind in (
        ("application/json", "application/json"),
        ("text/html;q=0.5, application/json", "application/json"),
        ("text/html, application/json;q=0.9", "text/html"),
        ("*/*", "text/html"),
        ("application/json;q=banana", "text/html"),
    ):
        answer = client.get("/lookup", params=params, headers={"accept": accept})
        assert answer.headers["content-type"].startswith(kind), accept
        assert answer.headers["vary"] == "accept"


def test_f54_a_flipped_byte_in_the_snapshot_is_an_error_and_never_silent(house, tmp_path: Path) -> None:
    for number, file in enumerate(sorted(house.snapshot.rglob("*"))):
        if not file.is_file() or file.stat().st_size == 0:
            continue
        copy = tmp_path / f"copy{number}" / house.snapshot.name
        shutil.copytree(house.snapshot, copy)
        victim = copy / file.relative_to(house.snapshot)
        victim.chmod(0o644)
        data = bytearray(victim.read_bytes())
        data[len(data) // 2] ^= 1
        victim.write_bytes(data)
        with TestClient(
            create_app(None, copy, keys=[house.desk.signer.verifier_key], clock=house.desk.clock),
            base_url="http://127.0.0.1",
        ) as client:
            answer = client.get("/lookup.json", params={"isrc": "ZZLL12600001"})
            page = client.get("/lookup", params={"isrc": "ZZLL12600001"})
            assert answer.status_code == page.status_code == 503, file.name
            assert "answer" not in answer.json()
            assert "badge-" not in page.text
            assert client.get("/healthz").status_code == 503


def test_f54_a_snapshot_changed_while_it_is_served_is_noticed(house, tmp_path: Path) -> None:
    copy = tmp_path / house.snapshot.name
    shutil.copytree(house.snapshot, copy)
    with TestClient(
        create_app(None, copy, keys=[house.desk.signer.verifier_key], clock=house.desk.clock),
        base_url="http://127.0.0.1",
    ) as client:
        assert ask(client, isrc="ZZLL12600001")["answer"] == "reserved"
        victim = max((f for f in copy.rglob("*") if f.is_file()), key=lambda f: f.stat().st_size)
        victim.chmod(0o644)
        victim.write_bytes(victim.read_bytes()[:-1])
        assert client.get("/lookup.json", params={"isrc": "ZZLL12600001"}).status_code == 503
