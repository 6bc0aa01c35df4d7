"""Watching what was published: planned, looked at, filed; and the history of it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tacenda.adapters.fetcher import GuardedFetcher, agent_of
from tacenda.app import publish, reserve
from tacenda.app import watch as stage
from tacenda.app.desk import Desk
from tacenda.app.evidence import verify
from tacenda.core.declaration import FormKind
from tacenda.errors import ConflictError, InputError
from tacenda.ports import FetchPurpose
from tacenda.testing.fakes import CountingIds, FakeClock
from tacenda.testing.fetching import FakeFetcher, Page
from tacenda.testing.network import Authority, LoopbackNetwork, one_address, reply
from tacenda.watch.verdict import PlaceState

TERMS = {"signatory": "M; D; sole", "site": "https://lark.example"}
PRESENT, DRIFTED, REMOVED = PlaceState.PRESENT, PlaceState.DRIFTED, PlaceState.REMOVED


@dataclass
class Site:
    """A site that holds what was published, to be changed by a test."""

    pages: dict[str, Page | str]

    def fetcher(self) -> FakeFetcher:
        return FakeFetcher(self.pages)


@pytest.fixture
def name(desk: Desk) -> str:
    return reserve.declare(desk, TERMS).declaration.id


@pytest.fixture
def site(desk: Desk, name: str) -> Site:
    done = publish.write_publication(desk, name)
    look = stage.plan_look(desk, name)
    pages: dict[str, Page | str] = {}
    for file in done.bundle.files:
        if file.upload:
            path = file.path.removesuffix("index.html")
            pages[f"https://lark.example/{path}"] = Page(file.data)
    fields = next(place.fields for place in look.places if place.form is FormKind.HTTP_HEADERS)
    pages["https://lark.example/"] = Page(b"home", 200, fields)
    return Site(pages)


def states(watched: stage.Watched) -> dict[FormKind, PlaceState]:
    return {one.place.form: one.verdict.state for one in watched.observed}


def test_what_was_published_is_found_and_filed(desk: Desk, name: str, site: Site) -> None:
    look = stage.plan_look(desk, name)
    fetcher = site.fetcher()
    watched = stage.watch(desk, look, fetcher)
    assert set(states(watched).values()) == {PRESENT}, watched.observed
    assert {FormKind.PAGE, FormKind.DOCUMENT, FormKind.ROBOTS, FormKind.TDMREP, FormKind.HTTP_HEADERS} <= set(
        states(watched)
    )
    assert not watched.wrong
    assert not watched.unreachable
    assert fetcher.asked[0] == ("https://lark.example/robots.txt", FetchPurpose.ROBOTS)
    body = watched.record.body
    assert (watched.record.kind, watched.record.id, watched.record.version) == ("observation", name, 1)
    assert body["declaration"]["id"] == name
    for place in body["places"]:
        assert desk.blobs.get(place["answer"]["sha256"]) is not None
        assert place["hops"][-1]["address"] == place["answer"]["address"]
    assert list(verify(desk)) == []


def test_every_look_is_filed_and_the_history_tells_changes_only(desk: Desk, name: str, site: Site) -> None:
    look = stage.plan_look(desk, name)
    stage.watch(desk, look, site.fetcher())
    stage.watch(desk, look, site.fetcher())
    tdmrep = "https://lark.example/.well-known/tdmrep.json"
    del site.pages[tdmrep]
    third = stage.watch(desk, look, site.fetcher())
    assert third.record.version == 3
    assert third.wrong
    past = [line for line in stage.watch_history(desk, name) if line.url == tdmrep]
    assert [(line.state, line.entry) for line in past] == [
        ("present", past[0].entry), ("removed", third.record.entry)
    ]  # fmt: skip
    assert past[0].entry < third.record.entry
    assert list(verify(desk)) == []


def test_an_answer_that_is_lost_is_found_out(desk: Desk, name: str, site: Site) -> None:
    site.pages["https://lark.example/robots.txt"] = Page(b"User-agent: *\nDisallow:\n# of another\n")
    watched = stage.watch(desk, stage.plan_look(desk, name), site.fetcher())
    digest = watched.record.body["places"][0]["answer"]["sha256"]
    (desk.root / "blobs" / digest[:2] / digest).unlink()
    found = list(verify(desk))
    assert [finding.code for finding in found] == ["blob.missing"]
    assert "https://lark.example/robots.txt" in found[0].what


def test_each_place_has_its_own_state(desk: Desk, name: str, site: Site) -> None:
    look = stage.plan_look(desk, name)
    robots = site.pages["https://lark.example/robots.txt"]
    assert isinstance(robots, Page)
    site.pages["https://lark.example/robots.txt"] = Page(robots.body.replace(b"train-ai=n", b"train-ai=y"))
    site.pages["https://lark.example/.well-known/tdmrep.json"] = Page(b"<!doctype html><html>Oops")
    site.pages["https://lark.example/"] = Page(b"home", 503)
    site.pages[f"https://lark.example/rights-reservation/{name}/"] = Page(b"", 404)
    site.pages[f"https://lark.example/rights-reservation/{name}/declaration.json"] = "tls.expired"
    watched = stage.watch(desk, look, site.fetcher())
    found = states(watched)
    assert found[FormKind.ROBOTS] is DRIFTED
    assert found[FormKind.TDMREP] is PlaceState.UNREADABLE
    assert found[FormKind.HTTP_HEADERS] is PlaceState.UNREACHABLE
    assert found[FormKind.PAGE] is REMOVED
    assert found[FormKind.DOCUMENT] is PlaceState.UNREACHABLE
    drifted = next(place for place in watched.record.body["places"] if place["form"] == "robots")
    assert "-Content-Usage" in drifted["difference"]
    assert watched.unreachable


def test_a_mirror_is_asked_for_every_form(desk: Desk, name: str, site: Site) -> None:
    look = stage.plan_look(desk, name, sites=["https://mirror.example", "https://lark.example/"])
    assert {place.url.split("/")[2] for place in look.places} == {"mirror.example", "lark.example"}
    watched = stage.watch(desk, look, site.fetcher())
    mirror = [one.verdict for one in watched.observed if "mirror" in one.place.url]
    assert {verdict.state for verdict in mirror} == {PlaceState.UNREACHABLE}
    with pytest.raises(InputError) as refused:
        stage.plan_look(desk, name, sites=["https://mirror.example/folder"])
    assert refused.value.code == "watch.site"


def test_what_was_not_published_is_not_looked_for(desk: Desk, name: str) -> None:
    with pytest.raises(ConflictError) as refused:
        stage.plan_look(desk, name)
    assert refused.value.code == "watch.unpublished"


def test_the_published_version_is_looked_for_and_a_newer_one_told(desk: Desk, name: str, site: Site) -> None:
    reserve.amend(desk, name, {"uses": "tdm"}, "Narrowed")
    look = stage.plan_look(desk, name)
    assert look.declaration.version == 1
    assert "Version 2" in look.remarks[0]


@pytest.mark.parametrize("uses", ["tdm", "train_generative", "search", "rag_input,index_embed"])
def test_whatever_was_declared_and_published_is_present(desk: Desk, uses: str) -> None:
    name = reserve.declare(desk, {**TERMS, "uses": uses}).declaration.id
    files = {file.path: file.data for file in publish.write_publication(desk, name).bundle.files}
    pages: dict[str, Page | str] = {
        f"https://lark.example/{path.removesuffix('index.html')}": Page(data) for path, data in files.items()
    }
    look = stage.plan_look(desk, name)
    pages |= {place.url: Page(b"home", 200, place.fields) for place in look.places if place.fields}
    watched = stage.watch(desk, look, FakeFetcher(pages))
    assert {(one.place.form, one.verdict.state) for one in watched.observed} == {
        (form.kind, PRESENT) for form in look.declaration.machine_forms
    }
    assert look.unpublished == ()


def test_after_a_withdrawal_nothing_of_ours_may_be_left(desk: Desk, name: str, site: Site) -> None:
    reserve.withdraw(desk, name, "Sold")
    publish.write_publication(desk, name)
    look = stage.plan_look(desk, name)
    assert {place.form for place in look.places if place.withdrawn} >= {FormKind.ROBOTS, FormKind.TDMREP}
    gone = {place.url for place in look.places if place.withdrawn}
    for place in look.places:
        if not place.withdrawn:
            site.pages[place.url] = Page(place.data)
    left = stage.watch(desk, look, site.fetcher())
    assert {one.verdict.code for one in left.observed if one.place.withdrawn} == {"withdrawn.left"}
    assert {one.verdict.state for one in left.observed if not one.place.withdrawn} == {PRESENT}
    for url in gone:
        site.pages[url] = Page(b"", 404)
    site.pages["https://lark.example/robots.txt"] = Page(b"User-agent: GPTBot\nDisallow: /\n")
    site.pages["https://lark.example/"] = Page(b"home", 200, (("X-Robots-Tag", "noai"),))
    clean = stage.watch(desk, look, site.fetcher())
    assert {one.verdict.state for one in clean.observed} == {PRESENT}


def test_half_a_character_in_a_strangers_json_does_not_stop_the_filing(desk: Desk, name: str, site: Site) -> None:
    tdmrep = site.pages["https://lark.example/.well-known/tdmrep.json"]
    assert isinstance(tdmrep, Page)
    broken = tdmrep.body.replace(b'"tdm-reservation": 1', b'"tdm-reservation": 0, "x": "\\ud800\\u0000"')
    site.pages["https://lark.example/.well-known/tdmrep.json"] = Page(broken)
    fields = (("x-note", "caf\xe9 \x85 \x1b[31m"),)
    site.pages["https://lark.example/robots.txt"] = Page(b"# \xff\xfe\r\x0b\x1c\n", 200, fields)
    watched = stage.watch(desk, stage.plan_look(desk, name), site.fetcher())
    found = {one.place.form: one.verdict for one in watched.observed}
    assert found[FormKind.TDMREP].state is DRIFTED
    assert found[FormKind.ROBOTS].state is REMOVED
    assert list(verify(desk)) == []


def test_over_real_sockets(desk: Desk, name: str, site: Site, tmp_path: Path) -> None:
    """The whole way: TLS, robots.txt, redirects, the pinned address, the record."""
    authority = Authority()
    script = {url.partition("://")[2]: reply(page) for url, page in site.pages.items() if isinstance(page, Page)}
    script["www.lark.example/"] = script["lark.example/"]
    script["lark.example/"] = reply(Page(b"", 301, (("Location", "https://www.lark.example/"),)))
    names = {"lark.example": one_address()}
    network = LoopbackNetwork(names, script, authority.issue("lark.example"), authority.pem, tmp_path)
    try:
        agent = agent_of("0.1.0", "https://lark.example")
        fetcher = GuardedFetcher(FakeClock(), CountingIds(), agent, wires=network.wires())
        watched = stage.watch(desk, stage.plan_look(desk, name), fetcher)
    finally:
        network.close()
    found = states(watched)
    assert found.pop(FormKind.HTTP_HEADERS) is PlaceState.UNREACHABLE  # www.lark.example has no name here
    assert set(found.values()) == {PRESENT}
    assert sum(b"GET /robots.txt" in request for request in network.requests) == 1
    assert all(b"User-Agent: Tacenda/0.1.0 (+https://lark.example/)" in request for request in network.requests)
