"""The description of a site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.errors import InputError
from tacenda.publish.site import (
    SERVERS,
    WHOLE_SITE,
    SiteDescription,
    parse_site,
    reach_document,
    reach_from_document,
)


def test_a_description_is_read() -> None:
    text = b'paths = ["/music/", "/archive/*.wav$"]\nhosts = ["https://cdn.lark.example"]\n'
    text += b'server = "nginx"\nmedia = ["mp3"]\n'
    assert parse_site(text) == SiteDescription(
        ("/archive/*.wav$", "/music/"), ("https://cdn.lark.example",), ("mp3",), "nginx"
    )
    assert parse_site(b"") == WHOLE_SITE
    assert parse_site(b'paths = ["/music/", "/"]').whole


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"paths = 1", "site.paths"),
        (b'paths = ["music"]', "site.paths"),
        (b'paths = ["/a b"]', "site.paths"),
        (b'paths = ["/a\\nDisallow: /"]', "site.paths"),
        (b"paths = [1]", "site.paths"),
        (b'hosts = ["http://x.example"]', "site.hosts"),
        (b'hosts = ["https://x.example/path"]', "site.hosts"),
        (b'media = [".mp3"]', "site.media"),
        (b'server = "iis"', "site.server"),
        (b'speed = "fast"', "site.key"),
        (b"=", "site.toml"),
        (b"\xff", "site.toml"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(text: bytes, code: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_site(text)
    assert refused.value.code == code


@given(st.lists(st.sampled_from(["/a/", "/b/*"]), min_size=1, unique=True), st.sampled_from(["", *SERVERS]))
def test_what_is_filed_is_read_again(paths: list[str], server: str) -> None:
    site = SiteDescription(tuple(paths), (), ("mp3",), server)
    assert reach_from_document(reach_document(site)) == site
    assert reach_from_document({}) == WHOLE_SITE
