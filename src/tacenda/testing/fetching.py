# ruff: noqa: S101
"""A fetcher that answers from a script, and the suite that every fetcher must pass. Needs pytest for the suite."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pytest

from tacenda.core.address import Blocked, Url, join_url, judge_address, parse_url
from tacenda.ports import (
    BODY_LIMIT,
    MAX_REDIRECTS,
    Fetched,
    Fetcher,
    FetchPurpose,
    Hop,
    Refused,
    Unreachable,
)
from tacenda.testing.fakes import START

ADDRESS: Final = "93.184.215.14"


@dataclass(frozen=True, slots=True)
class Page:
    """What a scripted place answers."""

    body: bytes = b""
    status: int = 200
    fields: tuple[tuple[str, str], ...] = ()


@dataclass
class FakeFetcher:
    """`tacenda.ports.Fetcher` without a network: pages and failures by canonical URL, every call kept in `asked`.

    Checks addresses, redirects and sizes as the real one does; knows neither robots.txt nor pauses. A host that is
    not scripted is not known.

    Args:
        script: a page, or the code of an `Unreachable` such as ``tls.expired``.
    """

    script: Mapping[str, Page | str] = field(default_factory=dict)
    agent: str = "Tacenda/0 (+https://lark.example/)"
    asked: list[tuple[str, FetchPurpose]] = field(default_factory=list)

    def fetch(self, url: str, *, purpose: FetchPurpose) -> Fetched | Refused | Unreachable:
        self.asked.append((url, purpose))
        place, hops = parse_url(url), list[Hop]()
        for _ in range(MAX_REDIRECTS + 1):
            stopped = _checked(place)
            if stopped or not isinstance(place, Url):
                return _refused(url, stopped, place, hops)
            page = self._page(place)
            if isinstance(page, str):
                return Unreachable(url, page, f"Scripted: {page}.", str(place), tuple(hops), START, START)
            location = next((value for key, value in page.fields if key.lower() == "location"), "")
            hops.append(Hop(str(place), ADDRESS, page.status, location))
            if not location:
                return _fetched(url, place, page, BODY_LIMIT[purpose], hops)
            place = join_url(place, location)
        return _refused(url, Blocked("redirect.many", "Too many."), place, hops)

    def _page(self, place: Url) -> Page | str:
        if str(place) in self.script:
            return self.script[str(place)]
        known = {found.host for found in map(parse_url, self.script) if isinstance(found, Url)}
        return Page(b"", 404) if place.host in known else "dns.unknown"


def _checked(place: Url | Blocked) -> Blocked | None:
    if isinstance(place, Blocked):
        return place
    if place.port not in (80, 443):
        return Blocked("url.port", "Only ports 80 and 443 are used.")
    if place.literal:
        verdict = judge_address(place.host)
        return verdict if isinstance(verdict, Blocked) else Blocked("address.literal", "An address.")
    return None


def _refused(url: str, why: Blocked | None, place: Url | Blocked, hops: Sequence[Hop]) -> Refused:
    reason = why or Blocked("url.form", "")
    return Refused(url, reason.code, reason.why, str(place), tuple(hops), START, START)


def _fetched(url: str, place: Url, page: Page, limit: int, hops: Sequence[Hop]) -> Fetched:
    cut = bool(limit) and len(page.body) > limit
    body, fields = page.body[:limit], tuple((key.lower(), value) for key, value in page.fields)
    return Fetched(url, str(place), page.status, fields, body, ADDRESS, tuple(hops), START, START, cut)


SCRIPT: Final[Mapping[str, Page | str]] = {
    "https://lark.example/robots.txt": Page(b"User-agent: *\nDisallow:\n"),
    "https://lark.example/page": Page(b"<p>words</p>", 200, (("Content-Type", "text/html"),)),
    "https://lark.example/moved": Page(b"", 301, (("Location", "/page"),)),
    "https://lark.example/inward": Page(b"", 302, (("Location", "http://127.0.0.1/"),)),
    "https://lark.example/local": Page(b"", 302, (("Location", "file:///etc/passwd"),)),
    "https://lark.example/broken": Page(b"sorry", 503),
    "https://lark.example/large": Page(b"x" * 1_048_577),
    **{f"https://lark.example/many{n}": Page(b"", 302, (("Location", f"/many{n + 1}"),)) for n in range(8)},
}


class FetcherContract:
    """What holds for every fetcher. A subclass has a fixture `fetcher` that answers `SCRIPT`."""

    def test_an_answer_is_a_value_whatever_its_status(self, fetcher: Fetcher) -> None:
        page = fetcher.fetch("https://lark.example/page", purpose=FetchPurpose.HTML)
        assert isinstance(page, Fetched)
        assert (page.status, page.body, page.field("Content-Type")) == (200, b"<p>words</p>", "text/html")
        broken = fetcher.fetch("https://lark.example/broken", purpose=FetchPurpose.HTML)
        assert isinstance(broken, Fetched)
        assert (broken.status, broken.body) == (503, b"sorry")
        missing = fetcher.fetch("https://lark.example/nothing", purpose=FetchPurpose.JSON)
        assert isinstance(missing, Fetched)
        assert missing.status == 404

    def test_a_redirect_is_followed_and_told(self, fetcher: Fetcher) -> None:
        found = fetcher.fetch("https://lark.example/moved", purpose=FetchPurpose.HTML)
        assert isinstance(found, Fetched)
        assert found.final_url == "https://lark.example/page"
        assert [(hop.status, hop.location) for hop in found.hops] == [(301, "/page"), (200, "")]

    def test_f41_a_sixth_redirect_is_not_followed(self, fetcher: Fetcher) -> None:
        assert isinstance(fetcher.fetch("https://lark.example/many3", purpose=FetchPurpose.HTML), Fetched)
        found = fetcher.fetch("https://lark.example/many2", purpose=FetchPurpose.HTML)
        assert isinstance(found, Refused)
        assert found.code == "redirect.many"
        assert len(found.hops) == 6

    @pytest.mark.parametrize(
        ("url", "code"),
        [
            ("ftp://lark.example/", "url.scheme"),
            ("https://lark.example:8443/", "url.port"),
            ("http://127.0.0.1/", "address.loopback"),
            ("http://0x7f.1/", "address.form"),
            ("http://169.254.169.254/latest/meta-data", "address.link_local"),
            ("http://[::ffff:10.0.0.1]/", "address.private"),
            ("https://93.184.215.14/", "address.literal"),
            ("https://lark.example/inward", "address.loopback"),
            ("https://lark.example/local", "url.scheme"),
        ],
    )
    def test_f43_where_it_does_not_go(self, fetcher: Fetcher, url: str, code: str) -> None:
        found = fetcher.fetch(url, purpose=FetchPurpose.HTML)
        if url.endswith("/inward"):
            assert isinstance(found, Refused)
            assert found.code in (code, "redirect.downgrade")
            return
        assert isinstance(found, Refused)
        assert found.code == code
        assert found.why

    def test_a_body_is_cut_at_what_its_purpose_allows(self, fetcher: Fetcher) -> None:
        found = fetcher.fetch("https://lark.example/large", purpose=FetchPurpose.JSON)
        assert isinstance(found, Fetched)
        assert (len(found.body), found.cut) == (1_048_576, True)
        whole = fetcher.fetch("https://lark.example/large", purpose=FetchPurpose.HTML)
        assert isinstance(whole, Fetched)
        assert (len(whole.body), whole.cut) == (1_048_577, False)
        none = fetcher.fetch("https://lark.example/large", purpose=FetchPurpose.HEADERS)
        assert isinstance(none, Fetched)
        assert (none.body, none.cut) == (b"", False)

    def test_a_host_that_nobody_knows_is_unreachable(self, fetcher: Fetcher) -> None:
        found = fetcher.fetch("https://nowhere.example/", purpose=FetchPurpose.HTML)
        assert isinstance(found, Unreachable)
        assert found.code == "dns.unknown"
