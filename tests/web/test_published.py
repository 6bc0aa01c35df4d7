"""The published bundle on our own site: it obeys what it preaches."""

import json
from collections.abc import Callable

import pytest

from tacenda.app.publish import write_publication


@pytest.fixture
def published(make_house: Callable):
    house = make_house()
    write_publication(house.desk, house.declaration)
    return house


def test_the_machine_readable_forms_stand_where_they_belong(published) -> None:
    root = published.desk.root / "published" / published.declaration / "v1"
    home = f"rights-reservation/{published.declaration}"
    with published.client() as client:
        for path in ("robots.txt", ".well-known/tdmrep.json", f"{home}/policy.json", f"{home}/index.html"):
            answer = client.get(f"/{path}")
            assert answer.status_code == 200, path
            assert answer.content == (root / path).read_bytes()
        assert client.get("/rsl.xml").headers["content-type"].startswith("application/rsl+xml")
        assert client.get("/ai.txt").content == (root / "ai.txt").read_bytes()
        for language in ("de/", "fr/", "es/", ""):
            page = (root / home / language / "index.html").read_bytes()
            assert client.get(f"/{home}/{language}").content == page
        assert client.get("/nginx.conf").status_code == 404
        assert client.get(f"/{home}/../../tacenda.toml").status_code == 404
        front = client.get("/").text
        assert 'href="/robots.txt"' in front
        assert 'href="/.well-known/tdmrep.json"' in front


def test_every_response_says_that_rights_are_reserved(published) -> None:
    with published.client() as client:
        policy = json.loads(client.get("/.well-known/tdmrep.json").content)[0]["tdm-policy"]
        for path in ("/", "/lookup", "/nowhere", "/evidence/checkpoint"):
            headers = client.get(path).headers
            assert headers["tdm-reservation"] == "1"
            assert headers["tdm-policy"] == policy
            assert 'rel="license"; type="application/rsl+xml"' in headers["link"]
        assert '<meta name="tdm-reservation" content="1">' in client.get("/").text


def test_before_publication_nothing_is_said(house) -> None:
    with house.client() as client:
        assert "tdm-reservation" not in client.get("/").headers
        assert client.get("/robots.txt").status_code == 404


def test_every_file_of_the_bundle_can_be_downloaded(published) -> None:
    root = published.desk.root / "published" / published.declaration / "v1"
    with published.client() as client:
        page = client.get(f"/declaration/{published.declaration}").text
        for file in root.rglob("*"):
            if file.is_file():
                link = f"/declaration/{published.declaration}/v1/{file.relative_to(root).as_posix()}"
                assert file.name in page
                assert client.get(link).content == file.read_bytes()


def test_a_changed_file_is_an_error_and_not_served(published) -> None:
    robots = published.desk.root / "published" / published.declaration / "v1" / "robots.txt"
    robots.chmod(0o644)
    robots.write_bytes(b"User-agent: *\nAllow: /\n")
    with published.client() as client:
        answer = client.get("/robots.txt")
        assert answer.status_code == 503
        assert b"Allow" not in answer.content
        assert client.get(f"/declaration/{published.declaration}/v1/robots.txt").status_code == 503
