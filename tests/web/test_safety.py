"""Headers, limits, paths and errors."""

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from tacenda.web.application import ROUTES
from tacenda.web.files import TILE
from tacenda.web.render import sentence, shown, unbroken

EVERY = ["/", "/lookup", "/desk", "/healthz", "/nowhere", "/evidence/checkpoint", "/lookup.json?isrc=bad"]


@pytest.mark.parametrize("path", EVERY)
def test_every_response_carries_the_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "cache-control" in headers
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/declaration/..%2f..%2fetc%2fpasswd",
        "/declaration/a%00b",
        "/declaration/" + "a" * 400,
        "/declaration/res/v0",
        "/declaration/res/v1/..%2f..%2f..%2ftacenda.toml",
        "/declaration/res/v1/%2e%2e/%2e%2e/%2e%2e/tacenda.toml",
        "/declaration/res/v999999/declaration.json",
        "/evidence/tile/../../keys/key",
        "/evidence/tile/%2e%2e/%2e%2e/tacenda.toml",
        "/evidence/tile/0/x001",
        "/evidence/tile/64/000",
        "/evidence/tile/0/000.p/0",
        "/evidence/tile/0/000%00",
        "/evidence/.lock",
        "/style/x/../../__init__.py",
        "/style/x/house.css%00",
        "/style/x/fonts/OFL.txt",
        "/static/",
        "/%ff%fe",
    ],
)
def test_f50_no_path_leads_out_of_the_house(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (400, 404)
    assert "database" not in answer.text


def test_f50_over_long_addresses_are_refused(client: TestClient) -> None:
    assert client.get("/lookup?title=" + "x" * 5_000).status_code == 414
    assert client.get("/" + "x" * 2_000).status_code == 414
    assert "content-security-policy" in client.get("/" + "x" * 2_000).headers


def test_only_reading_is_allowed(client: TestClient) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = client.request(method, "/lookup")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD"


def test_head_answers_like_get_without_a_body(client: TestClient) -> None:
    for path in ("/", "/lookup", "/evidence/checkpoint"):
        answer = client.head(path)
        assert answer.status_code == 200
        assert answer.content == b""


def test_a_foreign_host_is_refused(house) -> None:
    with house.client() as client:
        answer = client.get("/", headers={"host": "evil.example"})
        assert answer.status_code == 400
        assert "content-security-policy" in answer.headers


def test_static_files_have_an_etag_and_are_not_sent_twice(client: TestClient) -> None:
    for path in ("/evidence/checkpoint", "/style/any/house.css"):
        first = client.get(path)
        again = client.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_a_fault_of_ours_shows_no_stack_and_keeps_the_headers(house) -> None:
    app = house.app()

    def broken(_request: Request) -> Response:
        raise RuntimeError("secret path /srv/keys")

    app.router.routes.append(Route("/broken", broken))
    client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    page = client.get("/broken")
    assert page.status_code == 500
    assert "secret" not in page.text
    assert "An error is not permission" in page.text
    assert "content-security-policy" in page.headers
    problem = client.get("/broken", headers={"accept": "application/json"})
    assert (problem.json()["status"], problem.headers["content-type"]) == (500, "application/problem+json")


def test_every_route_is_documented() -> None:
    paths = [path for path, _, _ in ROUTES]
    assert len(paths) == len(set(paths))
    assert all(purpose for _, _, purpose in ROUTES)


def test_every_route_of_the_table_is_served(house) -> None:
    served = {route.path for route in house.app().routes if isinstance(route, Route)}
    assert served == {path for path, _, _ in ROUTES}


@pytest.mark.parametrize(
    "name", ["tile/0/000", "tile/0/000.p/3", "tile/entries/x001/x234/067", "tile/63/000.p/255"]
)
def test_tile_names_of_the_standard_are_read(name: str) -> None:
    assert TILE.fullmatch(name)


def test_f62_control_and_direction_characters_become_visible() -> None:
    assert shown("a\x00b\x1b[31m\r\u202e\u2066x\x7f") == "a␀b␛[31m␍\ufffd\ufffdx\ufffd"
    assert shown("Zoë — 曲\n\tيا") == "Zoë — 曲\n\tيا"
    assert shown(None) == ""


def test_capitals_of_the_trade_are_kept() -> None:
    assert sentence("every recording whose ISRC begins with") == "Every recording whose ISRC begins with"
    assert sentence("") == ""


@pytest.mark.parametrize(
    ("name", "shown_as"), [("Lark Ltd", "Lark\u00a0Ltd"), ("Lark", "Lark"), ("Lark Unlimited", "Lark Unlimited")]
)
def test_a_short_last_word_stays_with_its_name(name: str, shown_as: str) -> None:
    assert unbroken(name) == shown_as
