"""Addresses on the network: one spelling for each URL, and which addresses may be dialled at all. Pure.

A URL here is ``http`` or ``https`` with a host; it has no user, no password and no fragment. The canonical form
(RFC 3986 section 6.2.2): host in lower case and ASCII (IDNA), no default port, no dot segments, unreserved
characters decoded, everything else that is not ASCII percent-encoded.

An address may be dialled when it is a public unicast one by the table below, which follows IANA's special-purpose
registries as of November 2026. Python's ``ip.is_global`` is not asked: it says yes to 224.0.0.1, to NAT64 and 6to4
forms of 127.0.0.1 and to ``::127.0.0.1``, and changes between versions. An IPv6 address that carries an IPv4 one
is judged by that one where such addresses are in use (mapped, NAT64), and refused where they are not (6to4,
Teredo, compatible, translated, ISATAP).

Deliberately not here: looking a name up, and any list of bad hosts.
"""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

MAX_URL: Final = 4096
SCHEMES: Final = {"http": 80, "https": 443}

_PARTS: Final = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?")
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER: Final = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_PORT: Final = re.compile(r"[0-9]{1,5}")
_ENCODED: Final = re.compile(rb"%[0-9A-Fa-f]{2}")
_FORBIDDEN: Final = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ud800-\udfff]")
_UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT: Final = _UNRESERVED | frozenset(b"!$&'()*+,;=:@/%?")
# Letters that IDNA 2003 (which Python has) maps away and IDNA 2008 does not: two readers would go to two hosts.
_DEVIATIONS: Final = frozenset("ßẞς\u200c\u200d")


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a URL or an address is not to be used: a stable code, and one sentence."""

    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Url:
    """A URL in canonical form; ``str`` gives the text.

    Attributes:
        host: a name in lower-case ASCII, or an address without brackets.
        query: None when there is none, empty when there is a bare ``?``.
    """

    scheme: str
    host: str
    port: int
    path: str
    query: str | None = None

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == SCHEMES[self.scheme] else f":{self.port}")

    @property
    def target(self) -> str:
        """Path and query, as they stand in a request line."""
        return self.path if self.query is None else f"{self.path}?{self.query}"

    @property
    def literal(self) -> bool:
        """Whether the host is an address and not a name."""
        return ":" in self.host or bool(_NUMBER.fullmatch(self.host.rpartition(".")[2]))

    def __str__(self) -> str:
        return self.origin + self.target


@dataclass(frozen=True, slots=True)
class Public:
    """An address that may be dialled, in the form in which it was judged."""

    address: str


def parse_url(text: str) -> Url | Blocked:
    """A URL in canonical form.

    Codes: ``url.form``, ``url.scheme``, ``url.userinfo``, ``url.host``, ``url.port``; ``address.form`` for an IPv4
    address that is not written as four decimal numbers.

    >>> str(parse_url("HTTPS://Lark.Example:443/a/../%7Eb"))
    'https://lark.example/~b'
    """
    parts = _split(text)
    if isinstance(parts, Blocked):
        return parts
    scheme, authority, path, query = parts
    if scheme not in SCHEMES:
        return Blocked("url.scheme", f"Only http and https are fetched, not {(scheme or 'nothing')[:20]}.")
    if not authority:
        return Blocked("url.host", "The address names no host.")
    if "@" in authority:
        return Blocked("url.userinfo", "The address holds a user name or password.")
    found = _host_and_port(authority, SCHEMES[scheme])
    if isinstance(found, Blocked):
        return found
    host, port = found
    encoded = None if query is None else _encoded(query)
    return Url(scheme, host, port, _without_dots(_encoded(path) or "/"), encoded)


def join_url(base: Url, reference: str) -> Url | Blocked:
    """Where `reference` leads from `base` (RFC 3986 section 5.2), such as the ``Location`` of a redirect."""
    parts = _split(reference)
    if isinstance(parts, Blocked):
        return parts
    scheme, authority, path, query = parts
    tail = "" if query is None else f"?{query}"
    if scheme:
        return parse_url(reference)
    if authority is not None:
        return parse_url(f"{base.scheme}://{authority}{path}{tail}")
    if not path:
        return parse_url(base.origin + base.path + (tail or ("" if base.query is None else f"?{base.query}")))
    whole = path if path.startswith("/") else base.path.rpartition("/")[0] + "/" + path
    return parse_url(base.origin + whole + tail)


def ipv4_of(text: str) -> str | None:
    """The address that a resolver of the old school takes `text` for: ``0x7f.1`` and ``2130706433`` are 127.0.0.1.

    One to four numbers, decimal, octal with a leading 0 or hexadecimal; the last one fills what is left. None for
    anything else.
    """
    numbers = []
    for part in text.split("."):
        if not _NUMBER.fullmatch(part) or len(part) > 20:
            return None
        numbers.append(_number(part))
    if not 1 <= len(numbers) <= 4 or None in numbers:
        return None
    *heads, last = [number for number in numbers if number is not None]
    room: int = 256 ** (4 - len(heads))
    if any(head > 255 for head in heads) or last >= room:
        return None
    value = last
    for place, head in enumerate(heads):
        value += head << 8 * (3 - place)
    return str(IPv4Address(value))


def judge_address(text: str) -> Public | Blocked:
    """Whether an address may be dialled. Codes: ``address.<kind>``, such as ``address.loopback``.

    >>> judge_address("2002:7f00:1::").code
    'address.6to4'
    """
    try:
        if ":" in text:
            return _judge_v6(IPv6Address(text))
        return _judge_v4(IPv4Address(text))
    except AddressValueError:
        meant = ipv4_of(text)
        return Blocked("address.form", f"{text[:60]!r} is another way to write {meant or 'no address'}.")


_V4: Final = [
    (IPv4Network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "private"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "metadata"),
        ("169.254.0.0/16", "link_local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmark"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
]
# Of IPv6 only 2000::/3 is public unicast; these lie within it, or have a name of their own.
_V6: Final = [
    (IPv6Network(network), kind)
    for network, kind in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::/96", "compatible"),
        ("::ffff:0:0:0/96", "translated"),
        ("64:ff9b:1::/48", "nat64"),
        ("2001::/32", "teredo"),
        ("2001:db8::/32", "documentation"),
        ("2001::/23", "reserved"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link_local"),
        ("fec0::/10", "private"),
        ("ff00::/8", "multicast"),
    )
]
_UNWRAPPED: Final = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
_UNICAST: Final = IPv6Network("2000::/3")
_ISATAP: Final = (0x00005EFE, 0x02005EFE)


def _judge_v4(address: IPv4Address) -> Public | Blocked:
    for network, kind in _V4:
        if address in network:
            return Blocked(f"address.{kind}", f"{address} is not a public address ({kind.replace('_', ' ')}).")
    return Public(str(address))


def _judge_v6(address: IPv6Address) -> Public | Blocked:
    if address.scope_id is not None:
        return Blocked("address.link_local", f"{str(address)[:60]} is bound to one interface.")
    for network in _UNWRAPPED:
        if address in network:
            inner = _judge_v4(IPv4Address(int(address) & 0xFFFFFFFF))
            if isinstance(inner, Blocked):
                return Blocked(inner.code, f"{address} carries an IPv4 address: {inner.why}")
            return Public(str(address))
    for network, kind in _V6:
        if address in network:
            return Blocked(f"address.{kind}", f"{address} is not a public address ({kind.replace('_', ' ')}).")
    if int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
        return Blocked("address.isatap", f"{address} carries an IPv4 address of an inner network (ISATAP).")
    if address not in _UNICAST:
        return Blocked("address.reserved", f"{address} is not a public address (reserved).")
    return Public(str(address))


def _split(text: str) -> tuple[str, str | None, str, str | None] | Blocked:
    if len(text) > MAX_URL:
        return Blocked("url.form", f"The address is longer than {MAX_URL:,} characters.")
    if _FORBIDDEN.search(text):
        return Blocked("url.form", "The address holds a space, a control character or a backslash.")
    match = _PARTS.fullmatch(text)
    if match is None:
        return Blocked("url.form", "This is no address.")
    scheme, authority, path, query = match.groups()
    return (scheme or "").lower(), authority, path, query


def _host_and_port(authority: str, default: int) -> tuple[str, int] | Blocked:
    if authority.startswith("["):
        inside, closed, rest = authority[1:].partition("]")
        try:
            host = str(IPv6Address(inside)) if closed and "%" not in inside else ""
        except AddressValueError:
            host = ""
        if not host or (rest and not rest.startswith(":")):
            return Blocked("url.host", "What stands in brackets is no IPv6 address.")
        colon, digits = rest[:1], rest[1:]
    else:
        name, colon, digits = authority.partition(":")
        named = _ascii_host(name)
        if isinstance(named, Blocked):
            return named
        host = named
    if not colon or not digits:
        return host, default
    if not _PORT.fullmatch(digits) or not 0 < int(digits) < 65536:
        return Blocked("url.port", f"{digits[:20]!r} is no port.")
    return host, int(digits)


def _ascii_host(name: str) -> str | Blocked:
    if _DEVIATIONS.intersection(name):
        return Blocked("url.host", "Two standards read this host name differently; write it in its xn-- form.")
    try:
        host = name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return Blocked("url.host", f"{name[:60]!r} is no host name.")
    host = host.removesuffix(".")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        meant = ipv4_of(host)
        if meant != host:
            return Blocked("address.form", f"{host[:60]!r} is another way to write {meant or 'no address'}.")
        return host
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        return Blocked("url.host", f"{name[:60]!r} is no host name.")
    return host


def _number(part: str) -> int | None:
    try:
        if part[:2] in ("0x", "0X"):
            return int(part[2:] or "0", 16)
        return int(part, 8) if part.startswith("0") and len(part) > 1 else int(part)
    except ValueError:
        return None


def _encoded(text: str) -> str:
    decoded = _ENCODED.sub(_decode, text.encode("utf-8"))
    stray = re.sub(rb"%(?![0-9A-Fa-f]{2})", b"%25", decoded)
    return "".join(chr(octet) if octet in _KEPT else f"%{octet:02X}" for octet in stray)


def _decode(match: re.Match[bytes]) -> bytes:
    octet = int(match.group()[1:], 16)
    return bytes((octet,)) if octet in _UNRESERVED else match.group().upper()


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    ended = segments[-1] in (".", "..")
    return "/" + "/".join(kept) + ("/" if ended and kept else "")
