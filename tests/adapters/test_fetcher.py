"""The guarded fetcher, with the rules of the product, against servers on loopback that behave badly."""

import gzip
import itertools
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from tacenda.adapters.fetcher import FetchPolicy, GuardedFetcher, agent_of, system_resolve
from tacenda.errors import SettingsError
from tacenda.ports import BODY_LIMIT, Fetched, Fetcher, FetchPurpose, Refused, Unreachable
from tacenda.testing.fakes import CountingIds, FakeClock
from tacenda.testing.fetching import ADDRESS, SCRIPT, FakeFetcher, FetcherContract, Page
from tacenda.testing.network import (
    Authority,
    Behaviour,
    LoopbackNetwork,
    Paper,
    RsaAuthority,
    drip,
    gzip_bomb,
    one_address,
    raw,
    reply,
    sent_bytes,
)

AGENT = agent_of("0.1.0", "https://lark.example")
ROBOTS = "https://lark.example/robots.txt"
HTML = FetchPurpose.HTML
CHUNKED = sent_bytes(200, "Transfer-Encoding: chunked")
OPEN = reply(Page(b"User-agent: *\nDisallow:\n"))
MakeNetwork = Callable[..., LoopbackNetwork]


def over(network: LoopbackNetwork, **policy: float) -> GuardedFetcher:
    rules = FetchPolicy(**policy)  # type: ignore[arg-type]
    return GuardedFetcher(FakeClock(), CountingIds(), AGENT, policy=rules, wires=network.wires())


def scripted(pages: Mapping[str, Page | str]) -> dict[str, Behaviour]:
    return {url.partition("://")[2]: reply(page) for url, page in pages.items() if isinstance(page, Page)}


class TestGuardedFetcher(FetcherContract):
    @pytest.fixture
    def fetcher(self, make_network: MakeNetwork) -> Fetcher:
        return over(make_network(scripted(SCRIPT)))


class TestFakeFetcher(FetcherContract):
    @pytest.fixture
    def fetcher(self) -> Fetcher:
        return FakeFetcher(SCRIPT)


def test_the_request_says_who_asks_and_where_it_went(make_network: MakeNetwork) -> None:
    network = make_network({"lark.example/robots.txt": OPEN})
    found = over(network).fetch(ROBOTS, purpose=FetchPurpose.ROBOTS)
    assert isinstance(found, Fetched)
    assert (found.address, network.dialled) == (ADDRESS, [(ADDRESS, 443)])
    (request,) = network.requests
    assert request.startswith(b"GET /robots.txt HTTP/1.1\r\nHost: lark.example\r\n")
    assert b"User-Agent: Tacenda/0.1.0 (+https://lark.example/)\r\n" in request


# F41: robots.txt and other bodies of every kind.


def test_f41_of_50_mb_the_first_500_kib_are_read(make_network: MakeNetwork) -> None:
    head = sent_bytes(200, f"Content-Length: {50 << 20}")
    network = make_network({"lark.example/robots.txt": drip(head, b"# filler\n" * 7000, times=800)})
    found = over(network).fetch(ROBOTS, purpose=FetchPurpose.ROBOTS)
    assert isinstance(found, Fetched)
    assert (len(found.body), found.cut) == (512_000, True)


def test_f41_a_gzip_bomb_is_unpacked_no_further_than_is_read(make_network: MakeNetwork) -> None:
    network = make_network({"lark.example/robots.txt": gzip_bomb(100)})
    found = over(network).fetch(ROBOTS, purpose=FetchPurpose.ROBOTS)
    assert isinstance(found, Fetched)
    assert (len(found.body), found.cut) == (512_000, True)


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
@pytest.mark.parametrize("packed", [False, True])
def test_f41_a_body_comes_whole_however_it_is_framed(
    make_network: MakeNetwork, framing: str, packed: bool
) -> None:
    text = b"User-agent: *\nDisallow: /\n" * 500
    page = Page(gzip.compress(text), 200, (("Content-Encoding", "gzip"),)) if packed else Page(text)
    network = make_network({"lark.example/robots.txt": reply(page, framing=framing)})
    found = over(network).fetch(ROBOTS, purpose=FetchPurpose.ROBOTS)
    assert isinstance(found, Fetched)
    assert (found.body, found.cut, found.flaw) == (text, False, "")


@pytest.mark.parametrize(
    "answer",
    [
        sent_bytes(200, "Content-Length: 100") + b"short",
        sent_bytes(200, "Transfer-Encoding: chunked") + b"5\r\nhello\r\n",
        sent_bytes(200, "Transfer-Encoding: chunked") + b"zz\r\nhello",
        sent_bytes(200, "Transfer-Encoding: chunked") + b"5\r\nhelloworld\r\n",
        sent_bytes(200, "Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n",
        sent_bytes(200, "Content-Encoding: gzip") + gzip.compress(b"x" * 100)[:-9],
        sent_bytes(200, "Content-Encoding: gzip") + b"not packed at all",
        sent_bytes(200, "Content-Encoding: br") + b"x",
        sent_bytes(200, "Content-Encoding: gzip, gzip") + b"x",
    ],
)
def test_f41_a_body_that_is_not_whole_says_so(make_network: MakeNetwork, answer: bytes) -> None:
    network = make_network({"lark.example/robots.txt": raw(answer)})
    found = over(network).fetch(ROBOTS, purpose=FetchPurpose.ROBOTS)
    assert isinstance(found, Fetched)
    assert found.flaw


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"", "http.closed"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "http.status"),
        (b"HTTP/1.1 999 x\r\n\r\n", "http.status"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "http.header"),
        (b"HTTP/1.1 200 OK\r\nA: \x00\r\n\r\n", "http.header"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", "http.closed"),
        (sent_bytes(200, "Content-Length: 5", "Content-Length: 6") + b"hello", "http.length"),
        (sent_bytes(200, "Content-Length: -5") + b"hello", "http.length"),
        (sent_bytes(100) * 9, "http.status"),
        (sent_bytes(200, *(f"A{n}: b" for n in range(300))), "http.header"),
        (sent_bytes(200, "A: " + "b" * 70_000), "http.header"),
    ],
)
def test_what_is_no_http_is_unreachable(make_network: MakeNetwork, answer: bytes, code: str) -> None:
    network = make_network({"lark.example/robots.txt": raw(answer)})
    found = over(network).fetch(ROBOTS, purpose=FetchPurpose.ROBOTS)
    assert isinstance(found, Unreachable)
    assert found.code == code


def test_an_interim_answer_is_passed_over(make_network: MakeNetwork) -> None:
    answer = sent_bytes(103, "Link: </x>") + sent_bytes(200, "Content-Length: 2") + b"ok"
    network = make_network({"lark.example/robots.txt": raw(answer)})
    found = over(network).fetch(ROBOTS, purpose=FetchPurpose.ROBOTS)
    assert isinstance(found, Fetched)
    assert (found.status, found.body) == (200, b"ok")


# F42: servers that never end.


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (drip(b"HTTP/1.1 200 OK\r\n", b"x", times=60, pause_s=0.05), "time.deadline"),
        (drip(sent_bytes(200, "Content-Length: 500"), b"x", times=60, pause_s=0.05), "time.deadline"),
        (drip(CHUNKED, b"1\r\nx\r\n", times=60, pause_s=0.05), "time.deadline"),
        (drip(b"", b"", times=1, pause_s=2.0), "time.deadline"),
        (drip(b"HTTP/1.1 200 OK\r\n", b"A: bbbbbbbbbbbbbbbbbbbb\r\n", times=100_000), "http.header"),
        (drip(b"HTTP/1.1 200 OK\r\nA: ", b"b" * 1000, times=1000), "http.header"),
        (drip(b"", b"HTTP", times=100_000), "http.header"),
    ],
)  # fmt: skip
def test_f42_what_never_ends_is_ended(make_network: MakeNetwork, behaviour: Behaviour, code: str) -> None:
    network = make_network({"lark.example/robots.txt": behaviour})
    found = over(network, deadline_s=0.8).fetch(ROBOTS, purpose=FetchPurpose.ROBOTS)
    assert isinstance(found, Unreachable)
    assert found.code == code


@pytest.mark.parametrize("purpose", [FetchPurpose.ROBOTS, FetchPurpose.JSON])
@pytest.mark.parametrize("head", [sent_bytes(200), sent_bytes(200, "Content-Length: 99999999")])
def test_f42_a_body_without_end_is_cut(make_network: MakeNetwork, purpose: FetchPurpose, head: bytes) -> None:
    body = drip(head, b"x" * 10_000, times=5000)
    network = make_network({"lark.example/robots.txt": OPEN, "lark.example/b": body})
    found = over(network).fetch("https://lark.example/b", purpose=purpose)
    assert isinstance(found, Fetched)
    assert (len(found.body), found.cut) == (BODY_LIMIT[purpose], True)


def test_f42_the_deadline_counts_for_all_redirects_together(make_network: MakeNetwork) -> None:
    def slow(number: int) -> Behaviour:
        head = f"HTTP/1.1 302 Scripted\r\nLocation: /{number + 1}\r\nX: ".encode()
        return drip(head, b"y", times=6, pause_s=0.05)

    pages = {f"lark.example/{number}": slow(number) for number in range(5)}
    network = make_network({"lark.example/robots.txt": OPEN, **pages})
    found = over(network, deadline_s=0.5).fetch("https://lark.example/0", purpose=HTML)
    assert isinstance(found, Unreachable)
    assert found.code in ("time.deadline", "http.closed")


# F43: redirects.


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("/a", "redirect.loop"),
        ("https://LARK.example:443/x/../a", "redirect.loop"),
        ("file:///etc/passwd", "url.scheme"),
        ("gopher://lark.example/", "url.scheme"),
        ("https://127.0.0.1/", "address.loopback"),
        ("https://169.254.169.254/latest/", "address.link_local"),
        ("https://0x7f.1/", "address.form"),
        ("https://[::1]/", "address.loopback"),
        ("https://93.184.215.14/", "address.literal"),
        ("https://inward.example/", "address.private"),
        ("https://lark.example:22/", "url.port"),
        ("http://lark.example/", "redirect.downgrade"),
        ("https://user@lark.example/", "url.userinfo"),
    ],
)
def test_f43_every_hop_is_checked_like_the_first(make_network: MakeNetwork, location: str, code: str) -> None:
    page = reply(Page(b"", 302, (("Location", location),)))
    names = {"lark.example": one_address(), "inward.example": [["10.1.2.3"]]}
    network = make_network({"lark.example/robots.txt": OPEN, "lark.example/a": page}, names)
    found = over(network).fetch("https://lark.example/a", purpose=HTML)
    assert isinstance(found, Refused)
    assert found.code == code
    assert [hop.location for hop in found.hops] == [location]
    assert {address for address, _ in network.dialled} == {ADDRESS}


# F44: names.


@pytest.mark.parametrize(
    ("addresses", "code"),
    [
        (["127.0.0.1"], "address.loopback"),
        (["10.0.0.1"], "address.private"),
        ([ADDRESS, "192.168.0.1"], "address.private"),
        (["::1"], "address.loopback"),
        (["::ffff:127.0.0.1"], "address.loopback"),
        (["64:ff9b::7f00:1"], "address.loopback"),
        (["2002:7f00:1::"], "address.6to4"),
        (["::127.0.0.1"], "address.compatible"),
        (["224.0.0.1"], "address.multicast"),
        (["192.88.99.1"], "address.6to4"),
        (["0177.0.0.1"], "address.form"),
        (["fe80::1%eth0"], "address.link_local"),
    ],
)
def test_f44_a_name_with_an_inward_address_is_never_dialled(
    make_network: MakeNetwork, addresses: list[str], code: str
) -> None:
    network = make_network({}, {"lark.example": [addresses]})
    found = over(network).fetch("https://lark.example/", purpose=HTML)
    assert isinstance(found, Refused)
    assert found.code == code
    assert network.dialled == []


def test_f44_rebinding_the_address_that_was_checked_is_the_one_that_is_dialled(make_network: MakeNetwork) -> None:
    network = make_network({"lark.example/robots.txt": OPEN}, {"lark.example": [[ADDRESS], ["127.0.0.1"]]})
    fetcher = over(network)
    first = fetcher.fetch(ROBOTS, purpose=FetchPurpose.ROBOTS)
    assert isinstance(first, Fetched)
    assert (network.resolved, network.dialled) == (["lark.example"], [(ADDRESS, 443)])
    second = fetcher.fetch(ROBOTS, purpose=FetchPurpose.ROBOTS)
    assert isinstance(second, Refused)
    assert second.code == "address.loopback"
    assert network.dialled == [(ADDRESS, 443)]


def test_f44_rebinding_between_two_hops_is_caught(make_network: MakeNetwork) -> None:
    pages = {"lark.example/robots.txt": OPEN, "lark.example/a": reply(Page(b"", 302, (("Location", "/b"),)))}
    network = make_network(pages, {"lark.example": [[ADDRESS], [ADDRESS], ["169.254.169.254"]]})
    found = over(network).fetch("https://lark.example/a", purpose=HTML)
    assert isinstance(found, Refused)
    assert found.code == "address.link_local"
    assert {address for address, _ in network.dialled} == {ADDRESS}


def test_another_address_is_tried_when_one_does_not_answer(make_network: MakeNetwork) -> None:
    network = make_network({"lark.example/robots.txt": OPEN}, {"lark.example": [["2606:4700::1111", ADDRESS]]})
    wires = network.wires()

    def dial(address: str, port: int, seconds: float):  # type: ignore[no-untyped-def]
        if ":" in address:
            raise ConnectionRefusedError
        return wires.dial(address, port, seconds)

    fetcher = GuardedFetcher(FakeClock(), CountingIds(), AGENT, wires=replace(wires, dial=dial))
    found = fetcher.fetch(ROBOTS, purpose=FetchPurpose.ROBOTS)
    assert isinstance(found, Fetched)
    assert found.address == ADDRESS


def test_a_name_that_the_system_does_not_know() -> None:
    with pytest.raises(OSError):
        system_resolve("no such name", 443, 5.0)
    assert list(system_resolve("127.0.0.1", 443, 5.0)) == ["127.0.0.1"]


# F45: certificates.


def _papers(authority: Authority) -> dict[str, Paper]:
    return {
        "tls.expired": authority.issue("lark.example", years=(2020, 2021)),
        "tls.not_yet": authority.issue("lark.example", years=(2090, 2091)),
        "tls.host": authority.issue("other.example"),
        "tls.issuer": Authority("Nobody").issue("lark.example"),
        "tls.weak": authority.issue_weak("lark.example"),
    }


@pytest.mark.parametrize("code", ["tls.expired", "tls.not_yet", "tls.host", "tls.issuer", "tls.weak"])
def test_f45_a_certificate_that_is_not_in_order_is_unverifiable_and_never_http(
    make_network: MakeNetwork, authority: Authority, code: str
) -> None:
    network = make_network({"lark.example/robots.txt": OPEN}, paper=_papers(authority)[code])
    found = over(network).fetch(ROBOTS, purpose=FetchPurpose.ROBOTS)
    assert isinstance(found, Unreachable)
    assert found.code == code
    assert found.unverifiable
    assert network.requests == []
    assert [port for _, port in network.dialled] == [443]


def test_f45_a_certificate_signed_by_itself(make_network: MakeNetwork) -> None:
    alone = Authority("lark.example")
    network = make_network({"lark.example/robots.txt": OPEN}, paper=alone.issue("lark.example"))
    found = over(network).fetch(ROBOTS, purpose=FetchPurpose.ROBOTS)
    assert isinstance(found, Unreachable)
    assert found.code == "tls.self_signed"
    assert network.requests == []


def test_f45_a_certificate_over_sha1(make_network: MakeNetwork) -> None:
    weak = RsaAuthority()
    network = make_network(
        {"lark.example/robots.txt": OPEN}, paper=weak.issue_sha1("lark.example"), trust=weak.pem
    )
    found = over(network).fetch(ROBOTS, purpose=FetchPurpose.ROBOTS)
    assert isinstance(found, Unreachable)
    assert found.code == "tls.weak"
    assert network.requests == []


def test_f45_a_server_without_tls_on_the_port_of_tls(make_network: MakeNetwork) -> None:
    network = make_network({"lark.example/robots.txt": OPEN})
    network.secure = network.plain
    found = over(network, deadline_s=2.0).fetch(ROBOTS, purpose=FetchPurpose.ROBOTS)
    assert isinstance(found, Unreachable)
    assert found.unverifiable or found.code == "time.deadline"


# robots.txt of the host, for our own agent.


@pytest.mark.parametrize(
    ("robots", "code"),
    [
        (reply(Page(b"", 404)), ""),
        (reply(Page(b"", 403)), ""),
        (reply(Page(b"", 500)), "robots.unreachable"),
        (reply(Page(b"", 503)), "robots.unreachable"),
        (reply(Page(b"", 429)), "robots.unreachable"),
        (raw(b""), "robots.unreachable"),
        (reply(Page(b"User-agent: *\nDisallow: /\n")), "robots.disallow"),
        (reply(Page(b"User-agent: tacenda\nDisallow: /a\n\nUser-agent: *\nAllow: /\n")), "robots.disallow"),
        (reply(Page(b"User-agent: tacenda\nAllow: /\n\nUser-agent: *\nDisallow: /\n")), ""),
        (reply(Page(b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n")), "robots.disallow"),
        (reply(Page(b"", 301, (("Location", "https://127.0.0.1/robots.txt"),))), "address.loopback"),
    ],
)
def test_the_robots_txt_of_the_host_is_asked_first(
    make_network: MakeNetwork, robots: Behaviour, code: str
) -> None:
    network = make_network({"lark.example/robots.txt": robots, "lark.example/a": reply(Page(b"a"))})
    fetcher = over(network)
    for _ in range(2):
        found = fetcher.fetch("https://lark.example/a", purpose=HTML)
        if code:
            assert isinstance(found, Refused)
            assert found.code == code
        else:
            assert isinstance(found, Fetched)
    assert not code or not any(request.startswith(b"GET /a ") for request in network.requests)


def test_the_robots_txt_is_asked_for_once_a_day(make_network: MakeNetwork) -> None:
    network = make_network({"lark.example/robots.txt": OPEN, "lark.example/a": reply(Page(b"a"))})
    now = [0.0]
    fetcher = GuardedFetcher(FakeClock(), CountingIds(), AGENT, wires=network.wires(lambda: now[0]))
    for _ in range(3):
        fetcher.fetch("https://lark.example/a", purpose=HTML)
    assert sum(b"/robots.txt" in request for request in network.requests) == 1
    now[0] += 25 * 3600
    fetcher.fetch("https://lark.example/a", purpose=HTML)
    assert sum(b"/robots.txt" in request for request in network.requests) == 2


def test_a_host_that_was_closed_is_asked_again_soon(make_network: MakeNetwork) -> None:
    network = make_network({"lark.example/robots.txt": reply(Page(b"", 503)), "lark.example/a": reply(Page(b"a"))})
    now = [0.0]
    fetcher = GuardedFetcher(FakeClock(), CountingIds(), AGENT, wires=network.wires(lambda: now[0]))
    for seconds in (0.0, 60.0, 900.0):
        now[0] = seconds
        assert isinstance(fetcher.fetch("https://lark.example/a", purpose=HTML), Refused)
    assert len(network.requests) == 2


def test_no_other_place_is_fetched_under_the_name_of_robots_txt(make_network: MakeNetwork) -> None:
    rules = reply(Page(b"User-agent: *\nDisallow: /\n"))
    network = make_network({"lark.example/robots.txt": rules, "lark.example/a": reply(Page(b"a"))})
    found = over(network).fetch("https://lark.example/a", purpose=FetchPurpose.ROBOTS)
    assert isinstance(found, Refused)
    assert found.code == "robots.disallow"


# F48: politeness.


def test_f48_many_hosts_behind_one_address_are_asked_one_after_another(make_network: MakeNetwork) -> None:
    hosts = [f"h{number}.example" for number in range(30)]
    network = make_network({f"{host}/robots.txt": OPEN for host in hosts}, {host: one_address() for host in hosts})
    fetcher = over(network)
    found: list[object] = []

    def ask(host: str) -> None:
        found.append(fetcher.fetch(f"http://{host}/robots.txt", purpose=FetchPurpose.ROBOTS))

    threads = [threading.Thread(target=ask, args=(host,)) for host in hosts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert all(isinstance(one, Fetched) for one in found)
    assert len(found) == 30
    pauses = sorted(network.slept)
    assert len(pauses) >= 28
    assert pauses[-1] > 13.0  # the last of them waits for all that came before
    assert len({round(later - earlier, 6) for earlier, later in itertools.pairwise(pauses)}) > 10


def test_f48_two_requests_to_one_host_stand_a_second_apart(make_network: MakeNetwork) -> None:
    network = make_network({"lark.example/robots.txt": OPEN})
    now = [100.0]
    wires = network.wires(lambda: now[0])
    fetcher = GuardedFetcher(FakeClock(), CountingIds(), AGENT, wires=wires)
    for _ in range(3):
        fetcher.fetch(ROBOTS, purpose=FetchPurpose.ROBOTS)
    assert len(network.slept) == 4  # of the host and of the address, before the second and the third
    host_pauses = network.slept[0::2]
    assert 1.0 <= host_pauses[0] <= 1.25
    assert 2.0 <= host_pauses[1] <= 2.5


def test_the_policy_opens_nothing_but_loopback_and_the_agent_needs_an_address() -> None:
    with pytest.raises(SettingsError):
        FetchPolicy(loopback=frozenset({("10.0.0.1", 8080)}))
    with pytest.raises(SettingsError):
        agent_of("0.1.0", "nowhere\r\nX: y")


def test_a_server_of_a_test_is_reached_by_a_policy_that_names_it(make_network: MakeNetwork) -> None:
    network = make_network({})
    port = network.plain.port
    rules = FetchPolicy(loopback=frozenset({("127.0.0.1", port)}))
    fetcher = GuardedFetcher(FakeClock(), CountingIds(), AGENT, policy=rules)
    found = fetcher.fetch(f"http://127.0.0.1:{port}/robots.txt", purpose=FetchPurpose.ROBOTS)
    assert isinstance(found, Fetched)
    assert found.status == 404
