"""URLs and addresses: one spelling each, and nothing inward is ever dialled."""

import ipaddress
import socket
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.core.address import Blocked, Public, Url, ipv4_of, join_url, judge_address, parse_url

INWARD = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
    "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255",
]  # fmt: skip
INWARD_V6 = [
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1",
    "2001::1", "2001:2::1", "2001:10::1", "2002:7f00:1::", "2002:5db8:d822::", "3fff::1", "64:ff9b:1::1", "100::1",
    "4000::1", "5f00::1", "2a00::5efe:7f00:1", "2a00:1450:4001:0:200:5efe:a00:1",
]  # fmt: skip
PUBLIC = ["93.184.215.14", "1.1.1.1", "172.32.0.1", "100.128.0.1", "192.0.1.1", "223.255.255.255"]
PUBLIC_V6 = ["2606:4700::1111", "2a00:1450:4001:80b::200e", "64:ff9b::5db8:d70e", "::ffff:93.184.215.14"]


@pytest.mark.parametrize("address", INWARD + INWARD_V6)
def test_f44_inward_addresses_are_blocked(address: str) -> None:
    assert isinstance(judge_address(address), Blocked)


@pytest.mark.parametrize("address", PUBLIC + PUBLIC_V6)
def test_public_addresses_are_not(address: str) -> None:
    assert judge_address(address) == Public(str(ipaddress.ip_address(address)))


@pytest.mark.parametrize("inner", INWARD)
@pytest.mark.parametrize(
    "prefix", ["::ffff:0:0", "64:ff9b::", "::", "::ffff:0:0:0", "64:ff9b:1::", "2a00::5efe:0:0"]
)
def test_f44_an_inward_address_in_an_ipv6_one_is_blocked(prefix: str, inner: str) -> None:
    """Python's ``is_global`` says yes to several of these (service.md 6.2)."""
    whole = ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | int(ipaddress.IPv4Address(inner)))
    assert isinstance(judge_address(str(whole)), Blocked)
    sixtofour = ipaddress.IPv6Address((0x2002 << 112) | (int(ipaddress.IPv4Address(inner)) << 80))
    assert isinstance(judge_address(str(sixtofour)), Blocked)


@given(st.ip_addresses(v=4))
def test_what_may_be_dialled_is_global_to_python_too(address: ipaddress.IPv4Address) -> None:
    if isinstance(judge_address(str(address)), Public):
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=6))
def test_what_may_be_dialled_of_ipv6_is_global_to_python_too(address: ipaddress.IPv6Address) -> None:
    if isinstance(judge_address(str(address)), Public) and address.ipv4_mapped is None:
        assert address.is_global
        assert not address.is_multicast


@pytest.mark.parametrize(
    "form",
    [
        "0177.0.0.1", "0x7f.1", "2130706433", "127.1", "127.0.1", "0x7f000001", "017700000001", "0x7f.0.0.0x1",
        "127.0.0.01",
    ],
)  # fmt: skip
def test_f44_other_spellings_of_loopback_are_known_and_refused(form: str) -> None:
    assert ipv4_of(form) == "127.0.0.1"
    assert isinstance(judge_address(form), Blocked)
    found = parse_url(f"http://{form}/")
    assert isinstance(found, Blocked)
    assert found.code == "address.form"


@pytest.mark.parametrize(
    "form", ["1.2.3.4.5", "256.1.1.1", "4294967296", "0x.g", "1..2", "", "08", "1.2.3.999", "9" * 99]
)
def test_what_is_no_spelling_of_an_address(form: str) -> None:
    assert ipv4_of(form) is None


@given(
    st.lists(
        st.one_of(
            st.integers(0, 300).map(str),
            st.integers(0, 300).map(hex),
            st.integers(0, 300).map(lambda n: f"0{n:o}"),
        ),
        min_size=1,
        max_size=4,
    ).map(".".join)
)
def test_the_old_spellings_mean_what_the_system_takes_them_for(form: str) -> None:
    try:
        meant: str | None = socket.inet_ntoa(socket.inet_aton(form))
    except OSError:
        meant = None
    assert ipv4_of(form) == meant


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("https://lark.example", "https://lark.example/"),
        ("HTTPS://LARK.Example:443/", "https://lark.example/"),
        ("http://lark.example:80", "http://lark.example/"),
        ("http://lark.example:8080/a", "http://lark.example:8080/a"),
        ("https://lark.example./x#part", "https://lark.example/x"),
        ("https://lark.example/a/./b/../c", "https://lark.example/a/c"),
        ("https://lark.example/../../etc", "https://lark.example/etc"),
        ("https://lark.example/a/..", "https://lark.example/"),
        ("https://lark.example/a/b/..", "https://lark.example/a/"),
        ("https://lark.example/%7euser/%c3%a9", "https://lark.example/~user/%C3%A9"),
        ("https://lark.example/é?q=ü", "https://lark.example/%C3%A9?q=%C3%BC"),
        ("https://lark.example/100%", "https://lark.example/100%25"),
        ("https://lark.example?", "https://lark.example/?"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://[2606:4700:0::1111]/", "https://[2606:4700::1111]/"),
        ("https://lark.example/%2e%2e/x", "https://lark.example/x"),
    ],
)  # fmt: skip
def test_one_spelling_for_each_url(text: str, canonical: str) -> None:
    found = parse_url(text)
    assert str(found) == canonical
    assert parse_url(canonical) == found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ftp://lark.example/", "url.scheme"),
        ("file:///etc/passwd", "url.scheme"),
        ("gopher://lark.example/", "url.scheme"),
        ("javascript:alert(1)", "url.scheme"),
        ("lark.example", "url.scheme"),
        ("", "url.scheme"),
        ("https://", "url.host"),
        ("https:///x", "url.host"),
        ("https://user:pw@lark.example/", "url.userinfo"),
        ("https://lark.example@127.0.0.1/", "url.userinfo"),
        ("https://lark.example\\@127.0.0.1/", "url.form"),
        ("https://lark.example/a b", "url.form"),
        ("https://lark.example/\r\nHost: x", "url.form"),
        ("https://lark.example/\x00", "url.form"),
        ("https://lark.example:0/", "url.port"),
        ("https://lark.example:65536/", "url.port"),
        ("https://lark.example:8o/", "url.port"),
        ("https://[fe80::1%25eth0]/", "url.host"),
        ("https://[::1/", "url.host"),
        ("https://straße.example/", "url.host"),
        ("https://a..b/", "url.host"),
        ("https://-/", "url.host"),
        ("https://lark%2eexample/", "url.host"),
        ("https://①②⑦.1/", "address.form"),
        ("https://127。0。0。0x1/", "address.form"),
        ("https://lark.example/" + "a" * 5000, "url.form"),
    ],
)  # fmt: skip
def test_what_is_not_fetched(text: str, code: str) -> None:
    found = parse_url(text)
    assert isinstance(found, Blocked), found
    assert found.code == code


@pytest.mark.parametrize(
    ("reference", "whole"),
    [
        ("/x", "https://lark.example/x"),
        ("x", "https://lark.example/a/x"),
        ("../x", "https://lark.example/x"),
        ("?n", "https://lark.example/a/b?n"),
        ("", "https://lark.example/a/b?q"),
        ("#p", "https://lark.example/a/b?q"),
        ("//other.example/y", "https://other.example/y"),
        ("http://other.example", "http://other.example/"),
    ],
)
def test_where_a_redirect_leads(reference: str, whole: str) -> None:
    base = parse_url("https://lark.example/a/b?q")
    assert isinstance(base, Url)
    assert str(join_url(base, reference)) == whole


def test_f43_a_redirect_to_another_scheme_is_not_followed() -> None:
    base = parse_url("https://lark.example/")
    assert isinstance(base, Url)
    for reference in ("file:///etc/passwd", "gopher://x.example/", "data:text/plain,x", "//127.1/"):
        assert isinstance(join_url(base, reference), Blocked)


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_is_a_url_in_its_one_spelling_or_is_blocked_with_a_reason(text: str, tail: str) -> None:
    for candidate in (text, f"https://lark.example/{text}", f"https://{text}/{tail}"):
        found = parse_url(candidate)
        if isinstance(found, Blocked):
            assert found.code.startswith(("url.", "address."))
            assert found.why
        else:
            assert parse_url(str(found)) == found
            assert str(found).isascii()
            assert not any(ord(letter) < 0x21 for letter in str(found))


def test_a_literal_host_is_known_as_such() -> None:
    hosts = ["http://1.1.1.1/", "http://[2606:4700::1]/", "http://lark.example/"]
    literal = [url.literal for url in map(parse_url, hosts) if isinstance(url, Url)]
    assert literal == [True, True, False]
    assert all(first >= second for first, second in pairwise(literal))
