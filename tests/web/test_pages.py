"""Every page, with a house whose names are hostile."""

import hashlib
import html
import json
import re
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

PAGES = ["/", "/lookup", "/lookup?isrc=ZZLL12600001", "/lookup?artist=Plain+Singer&title=refrain", "/desk"]
ALLOWED = {"script": False, "iframe": False, "object": False, "img": False}


class Tags(HTMLParser):
    """What a browser would see: the elements, their event attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.said = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.said += data


def links(text: str) -> list[str]:
    return [html.unescape(link) for link in re.findall(r'href="([^"]+)"', text)]


@pytest.mark.parametrize("path", PAGES)
def test_f62_hostile_names_are_text_on_every_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    tags = Tags(answer.text)
    assert not {"script", "img", "iframe", "object", "b", "i", "em"}.intersection(tags.names)
    assert not [name for name, _ in tags.attributes if name.startswith("on") or name == "style"]
    assert "<script>alert(1)</script> & Söhne" in tags.said.replace("\u00a0", " ")
    assert "\u202e" not in answer.text


def test_f62_hostile_names_are_text_on_the_declaration(client: TestClient, house) -> None:
    answer = client.get(f"/declaration/{house.declaration}")
    tags = Tags(answer.text)
    assert answer.status_code == 200
    assert "script" not in tags.names
    assert "em" not in tags.names
    assert "Reservation of <em>everything</em>" in tags.said
    assert "Mara <Lind>, Director" in tags.said


def test_f62_a_matched_title_is_text(client: TestClient) -> None:
    answer = client.get("/lookup", params={"isrc": "ZZLL12600001"})
    assert '"><img src=x onerror=alert(1)>' in Tags(answer.text).said
    assert "<img" not in answer.text


def test_f62_what_was_typed_comes_back_as_text(client: TestClient) -> None:
    typed = '"><script>alert(1)</script>'
    for params in ({"isrc": typed}, {"artist": typed, "title": typed}, {"user": typed, "isrc": "ZZLL12600001"}):
        answer = client.get("/lookup", params=params)
        assert answer.status_code in (200, 400)
        assert "<script" not in answer.text


def test_every_page_leads_only_to_pages_that_answer(client: TestClient, house) -> None:
    """Every link on every page, followed once, from the first one on."""
    seen: dict[str, int] = {}
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path in seen or not path.startswith("/"):
            continue
        answer = client.get(path)
        seen[path] = answer.status_code
        if answer.headers["content-type"].startswith("text/html"):
            waiting += [link.split("#")[0] for link in links(answer.text) if not link.startswith(("#", "data:"))]
    assert set(seen.values()) == {200}
    assert {"/", "/lookup", "/desk", f"/declaration/{house.declaration}", "/evidence/checkpoint"} <= seen.keys()


def test_the_front_page_says_whose_what_and_since_when(client: TestClient) -> None:
    said = " ".join(Tags(client.get("/").text).said.split())
    assert "All present and future repertoire" in said
    assert "22 November 2026" in said
    assert "Search that leads to the source" in said


def test_the_declaration_can_be_checked_by_hand(client: TestClient, house) -> None:
    page = client.get(f"/declaration/{house.declaration}")
    document = client.get(f"/declaration/{house.declaration}/v1.json")
    digest = hashlib.sha256(document.content).hexdigest()
    assert digest in page.text
    assert json.loads(document.content)["id"] == house.declaration
    proof = client.get(f"/declaration/{house.declaration}/v1.tlog-proof")
    assert proof.status_code == 200
    assert proof.text.startswith("c2sp.org/tlog-proof@v1\n")


def test_the_signed_files_are_served_as_they_lie(client: TestClient, house) -> None:
    found = client.get(f"/declaration/{house.declaration}/v1/declaration.json")
    lies = house.desk.root / "declarations" / house.declaration / "v1" / "declaration.json"
    assert found.content == lies.read_bytes()
    assert "sandbox" in found.headers["content-security-policy"]


def test_the_log_is_served_and_full_tiles_never_change(client: TestClient, house) -> None:
    head = client.get("/evidence/checkpoint")
    assert head.content == (house.desk.root / "log" / "checkpoint").read_bytes()
    assert head.headers["cache-control"] == "no-cache"
    size = int(head.text.splitlines()[1])
    tile = client.get(f"/evidence/tile/entries/000.p/{size}")
    assert tile.status_code == 200
    assert "immutable" in tile.headers["cache-control"]


def test_the_desk_is_hidden_from_the_public(house) -> None:
    with house.client(public=True) as public:
        assert public.get("/desk").status_code == 404
        assert "/desk" not in public.get("/").text
        refused = public.get("/lookup", params={"isrc": "ZZLL12600001", "user": "user"})
        assert refused.status_code == 400
        assert public.get("/lookup", params={"isrc": "ZZLL12600001"}).status_code == 200


def test_a_snapshot_alone_can_be_served(house) -> None:
    with house.client(desk=False) as alone:
        front = alone.get("/")
        assert front.status_code == 200
        assert "All present and future repertoire" in front.text
        assert alone.get("/lookup", params={"isrc": "ZZLL12600001"}).status_code == 200
        assert alone.get("/desk").status_code == 404
        assert alone.get(f"/declaration/{house.declaration}").status_code == 404
        assert f"/declaration/{house.declaration}" not in front.text


def test_health(client: TestClient) -> None:
    assert client.get("/healthz").text == "ok\n"
