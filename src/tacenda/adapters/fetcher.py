"""The one guarded fetcher of the whole product: GET from strangers' hosts, safely and politely (F41 to F48).

Safe. A name is looked up once a hop; every address it has must be public, or none is used; the socket is connected
to that very address, so that a second answer of the name server changes nothing. Each redirect is a new place and
is checked like the first; it never leads from https to http, to an address in place of a name, or to another
scheme. Certificates are verified; where they are not in order nothing is sent, and nothing is tried in clear.
Proxies of the environment are not used: they would undo the pinning.

Bounded. At most 5 redirects, 20 s for everything together but the pauses of politeness, 64 KiB of header, of the
body what the purpose allows.

Polite. A User-Agent that says who and why, robots.txt asked before anything else (``Tacenda``; 4xx says nothing,
5xx and no answer close the host, RFC 9309 section 2.3.1), pauses by `adapters.pace`. Never tries again by itself.

Not built: signing requests (Web Bot Auth).
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final

from tacenda.adapters.http_wire import REDIRECTS, Answer, Stream, WireFault, exchange, request_bytes
from tacenda.adapters.pace import Pace
from tacenda.core.address import Blocked, Url, join_url, judge_address, parse_url
from tacenda.errors import SettingsError
from tacenda.formats import robots
from tacenda.ports import (
    BODY_LIMIT,
    MAX_REDIRECTS,
    Clock,
    Fetched,
    FetchPurpose,
    Hop,
    Ids,
    Refused,
    Unreachable,
)

TOKEN: Final = "Tacenda"  # noqa: S105 - a product token of RFC 9309
ROBOTS_SECONDS: Final = 24 * 3600
CLOSED_SECONDS: Final = 600
MOST_ORIGINS: Final = 10_000
MOST_ADDRESSES: Final = 16
MOST_TRIED: Final = 3

# OpenSSL's reasons (X509_V_ERR_*) in our words; anything else is ``tls.failed``.
_CERTIFICATE: Final = {
    9: ("tls.not_yet", "The certificate is not valid yet."),
    10: ("tls.expired", "The certificate has expired."),
    18: ("tls.self_signed", "The certificate is signed by nobody but itself."),
    19: ("tls.self_signed", "The certificate is signed by nobody who is trusted."),
    20: ("tls.issuer", "The certificate is signed by nobody who is trusted."),
    21: ("tls.issuer", "The certificate is signed by nobody who is trusted."),
    23: ("tls.revoked", "The certificate was revoked."),
    62: ("tls.host", "The certificate is of another host."),
    64: ("tls.host", "The certificate is of another address."),
    66: ("tls.weak", "The key of the certificate is too weak."),
    67: ("tls.weak", "The key of the issuing certificate is too weak."),
    68: ("tls.weak", "The certificate is signed with a hash that is broken, such as SHA-1."),
}

Resolve = Callable[[str, int, float], Sequence[str]]
Dial = Callable[[str, int, float], socket.socket]


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """What the guard lets through. The defaults are for the product; the rest is for tests.

    Attributes:
        loopback: addresses and ports of servers on this machine that a test may reach in spite of the rules.

    Raises:
        SettingsError: ``fetch.policy`` for an address that is not loopback.
    """

    ports: frozenset[int] = frozenset({80, 443})
    deadline_s: float = 20.0
    loopback: frozenset[tuple[str, int]] = frozenset()

    def __post_init__(self) -> None:
        for address, _ in self.loopback:
            if not ip_address(address).is_loopback:
                raise SettingsError("fetch.policy", f"{address} is not on this machine.")

    def open_port(self, port: int) -> bool:
        return port in self.ports or any(port == own for _, own in self.loopback)


def system_resolve(host: str, port: int, seconds: float) -> Sequence[str]:
    """The addresses of a name by the system, which knows no time limit; so it is asked in a thread of its own.

    Raises:
        OSError: `TimeoutError` among them.
    """
    found: list[str] = []
    failed: list[OSError] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
            found.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))
        except (OSError, UnicodeError) as error:
            failed.append(error if isinstance(error, OSError) else OSError(str(error)))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if thread.is_alive():
        raise TimeoutError
    return found


def system_dial(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to exactly this address.

    Raises:
        OSError: when there is none in time.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect((address, port))
    except BaseException:
        connection.close()
        raise
    return connection


def tls_context(trust: str | None = None) -> ssl.SSLContext:
    """TLS 1.2 or later, host name and chain verified, no SHA-1 and no short keys.

    Args:
        trust: certificates (PEM) to trust instead of the system's.
    """
    context = ssl.create_default_context(cadata=trust)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("DEFAULT:@SECLEVEL=2")
    return context


@dataclass(frozen=True, slots=True)
class Wires:
    """What the fetcher needs of the machine; a test puts in its own names, connections and time."""

    resolve: Resolve = system_resolve
    dial: Dial = system_dial
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    tls: ssl.SSLContext = field(default_factory=tls_context)


def agent_of(version: str, about: str) -> str:
    """The User-Agent: ``Tacenda/0.1.0 (+https://lark.example/)``.

    Raises:
        SettingsError: ``fetch.about`` when `about` is no address.
    """
    place = parse_url(about)
    if isinstance(place, Blocked):
        raise SettingsError(
            "fetch.about",
            f"The address for the User-Agent cannot be used: {place.why}",
            hint="Set about in [fetch] of tacenda.toml to an https address that says who fetches.",
        )
    return f"{TOKEN}/{version} (+{place})"


class _Stopped(Exception):
    """Why a fetch ended without an answer; never leaves this module."""

    def __init__(self, code: str, why: str, at: str, *, refused: bool) -> None:
        super().__init__(why)
        self.code, self.why, self.at, self.refused = code, why, at, refused


class _Budget:
    """The time that is left of one fetch; stands still while we pause out of politeness."""

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self._left = seconds
        self._monotonic = monotonic
        self._since: float | None = None

    def __enter__(self) -> None:
        self._since = self._monotonic()

    def __exit__(self, *_: object) -> None:
        self._left = self.left()
        self._since = None

    def left(self) -> float:
        return self._left - (0.0 if self._since is None else self._monotonic() - self._since)


class GuardedFetcher:
    """`tacenda.ports.Fetcher` over sockets. May be used from several threads."""

    def __init__(
        self, clock: Clock, ids: Ids, agent: str, *, policy: FetchPolicy | None = None, wires: Wires | None = None
    ) -> None:
        self._clock = clock
        self._agent = agent
        self._policy = policy or FetchPolicy()
        self._wires = wires or Wires()
        self._pace = Pace(ids, self._wires.monotonic, self._wires.sleep)
        self._robots: dict[str, tuple[float, robots.Robots | None]] = {}

    @property
    def agent(self) -> str:
        return self._agent

    def fetch(self, url: str, *, purpose: FetchPurpose) -> Fetched | Refused | Unreachable:
        started = self._clock.now()
        trail: list[Hop] = []
        try:
            place, answer = self._follow(url, purpose, trail, self._budget())
            if purpose is FetchPurpose.ROBOTS:
                self._remember(_placed(parse_url(url), url), answer)
        except _Stopped as stopped:
            kind = Refused if stopped.refused else Unreachable
            hops = tuple(trail)
            return kind(url, stopped.code, stopped.why, stopped.at, hops, started, self._clock.now())
        return Fetched(
            url=url,
            final_url=str(place),
            status=answer.status,
            fields=answer.fields,
            body=answer.body,
            address=trail[-1].address,
            hops=tuple(trail),
            started_at=started,
            finished_at=self._clock.now(),
            cut=answer.cut,
            flaw=answer.flaw,
        )

    def _budget(self) -> _Budget:
        return _Budget(self._policy.deadline_s, self._wires.monotonic)

    def _follow(self, url: str, purpose: FetchPurpose, trail: list[Hop], budget: _Budget) -> tuple[Url, Answer]:
        place = _placed(parse_url(url), url)
        # RFC 9309 section 2.2.2: only /robots.txt itself, wherever it is redirected to, may always be fetched.
        asks = purpose is not FetchPurpose.ROBOTS or place.target != "/robots.txt"
        seen: set[str] = set()
        for _ in range(MAX_REDIRECTS + 1):
            if str(place) in seen:
                raise _refused("redirect.loop", "The redirects lead in a circle.", place)
            seen.add(str(place))
            self._check_place(place)
            if asks:
                self._ask_robots(place, budget)
            answer, address = self._once(place, BODY_LIMIT[purpose], budget)
            location = next((v for k, v in answer.fields if k == "location"), "")
            redirected = bool(location) and answer.status in REDIRECTS
            trail.append(Hop(str(place), address, answer.status, location if redirected else ""))
            if not redirected:
                return place, answer
            place = _next_place(place, location)
        raise _refused("redirect.many", f"There are more than {MAX_REDIRECTS} redirects.", place)

    def _check_place(self, place: Url) -> None:
        if not self._policy.open_port(place.port):
            raise _refused("url.port", f"Only ports 80 and 443 are used, not {place.port}.", place)
        if place.literal and (place.host, place.port) not in self._policy.loopback:
            verdict = judge_address(place.host)
            if isinstance(verdict, Blocked):
                raise _refused(verdict.code, verdict.why, place)
            raise _refused("address.literal", "An address stands in place of a host name.", place)

    def _once(self, place: Url, body_limit: int, budget: _Budget) -> tuple[Answer, str]:
        """One request to one place: look up, check, connect to what was checked, ask."""
        self._pace.wait_for_host(place.host)
        with budget:
            addresses = self._addresses(place, budget)
        failed: _Stopped | None = None
        for address in addresses[:MOST_TRIED]:
            self._pace.wait_for_address(address)
            with budget:
                try:
                    connection = self._connect(place, address, budget)
                except _Stopped as stopped:
                    failed = stopped
                    if not stopped.code.startswith("connect."):
                        raise
                    continue
                with connection:
                    try:
                        request = request_bytes(place.target, place.origin.partition("://")[2], self._agent)
                        return exchange(Stream(connection, budget.left), request, body_limit), address
                    except WireFault as fault:
                        raise _lost(fault.code, fault.why, place) from fault
        raise failed or _lost("dns.unknown", "The host has no address.", place)

    def _addresses(self, place: Url, budget: _Budget) -> Sequence[str]:
        """The addresses of the host, every one of them public; asked for once, and used as they are."""
        if place.literal:
            return [place.host]
        try:
            found = self._wires.resolve(place.host, place.port, _positive(budget, place))
        except TimeoutError as error:
            raise _lost("time.deadline", "Looking up the host took too long.", place) from error
        except OSError as error:
            raise _lost("dns.unknown", "The host is not known.", place) from error
        if not found:
            raise _lost("dns.unknown", "The host has no address.", place)
        for address in found[:MOST_ADDRESSES]:
            verdict = judge_address(address)
            if isinstance(verdict, Blocked) and (address, place.port) not in self._policy.loopback:
                raise _refused(verdict.code, verdict.why, place)
        return found[:MOST_ADDRESSES]

    def _connect(self, place: Url, address: str, budget: _Budget) -> socket.socket:
        try:
            connection = self._wires.dial(address, place.port, _positive(budget, place))
        except TimeoutError as error:
            raise _lost("connect.time", f"{address} does not answer.", place) from error
        except OSError as error:
            raise _lost("connect.refused", f"{address} does not accept a connection.", place) from error
        if place.scheme == "http":
            return connection
        try:
            connection.settimeout(_positive(budget, place))
            return self._wires.tls.wrap_socket(connection, server_hostname=place.host)
        except ssl.SSLCertVerificationError as error:
            code, why = _CERTIFICATE.get(error.verify_code, ("tls.failed", "The certificate is not in order."))
            raise _close(connection, _lost(code, why, place)) from error
        except TimeoutError as error:
            raise _close(connection, _lost("time.deadline", "The TLS handshake took too long.", place)) from error
        except (OSError, ValueError) as error:
            raise _close(connection, _lost("tls.failed", "No TLS connection came about.", place)) from error

    def _ask_robots(self, place: Url, budget: _Budget) -> None:
        """Refuse what the robots.txt of the host keeps us from; where it cannot be read, everything."""
        known = self._robots.get(place.origin)
        keep_s = CLOSED_SECONDS if known and known[1] is None else ROBOTS_SECONDS
        if known and self._wires.monotonic() - known[0] <= keep_s:
            rules = known[1]
        else:
            rules = self._fetch_robots(place, budget)
        if rules is None:
            raise _refused("robots.unreachable", "Its robots.txt fails (5xx), which closes the host.", place)
        if not rules.may_crawl(TOKEN, place.target):
            raise _refused("robots.disallow", f"Its robots.txt keeps {TOKEN} out.", place)

    def _fetch_robots(self, place: Url, budget: _Budget) -> robots.Robots | None:
        url = f"{place.origin}/robots.txt"
        try:
            _, answer = self._follow(url, FetchPurpose.ROBOTS, [], budget)
        except _Stopped as stopped:
            if stopped.code.startswith(("dns.", "connect.", "tls.", "address.")):
                raise
            why = f"Its robots.txt could not be read, which closes the host: {stopped.why}"
            raise _refused("robots.unreachable", why, place) from stopped
        return self._remember(_placed(parse_url(url), url), answer)

    def _remember(self, place: Url, answer: Answer) -> robots.Robots | None:
        """What an answer to ``/robots.txt`` means (RFC 9309 section 2.3.1): 4xx no rules, 5xx and 429 closed."""
        if 200 <= answer.status < 300:
            rules: robots.Robots | None = robots.parse(answer.body)
        else:
            rules = robots.parse(b"") if 300 <= answer.status < 500 and answer.status != 429 else None
        if place.target == "/robots.txt":
            if len(self._robots) >= MOST_ORIGINS:
                self._robots.clear()
            self._robots[place.origin] = (self._wires.monotonic(), rules)
        return rules


def _placed(found: Url | Blocked, text: str) -> Url:
    if isinstance(found, Blocked):
        raise _Stopped(found.code, found.why, text, refused=True)
    return found


def _next_place(place: Url, location: str) -> Url:
    """Where a redirect leads, unless it leads where none may."""
    try:
        text = location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        text = location
    found = _placed(join_url(place, text), text)
    if place.scheme == "https" and found.scheme == "http":
        raise _refused("redirect.downgrade", "A redirect leads from https to http.", found)
    return found


def _positive(budget: _Budget, place: Url) -> float:
    left = budget.left()
    if left <= 0:
        raise _lost("time.deadline", "The answer took too long as a whole.", place)
    return left


def _refused(code: str, why: str, place: Url) -> _Stopped:
    return _Stopped(code, why, str(place), refused=True)


def _lost(code: str, why: str, place: Url) -> _Stopped:
    return _Stopped(code, why, str(place), refused=False)


def _close(connection: socket.socket, stopped: _Stopped) -> _Stopped:
    connection.close()
    return stopped
