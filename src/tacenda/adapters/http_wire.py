"""One HTTP/1.1 exchange on one connected socket, in bounded time and memory, whatever the other side sends.

Ours and not `http.client`: there each read has its own time limit, so that a byte a second goes on for ever, and
the header as a whole has no limit. Here every read shares one deadline, a header has at most 64 KiB, and a body at
most what its purpose allows, before and after decoding. A connection is used once.

Codes of `WireFault`: ``time.deadline``, ``http.closed``, ``http.header``, ``http.status``, ``http.length``.
"""

import re
import socket
import ssl
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

MAX_HEADER: Final = 65_536
MAX_FIELDS: Final = 200
MAX_INTERIM: Final = 4
CHUNK: Final = 16_384
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
NO_BODY: Final = frozenset({204, 205, 304}) | REDIRECTS

_STATUS: Final = re.compile(rb"HTTP/1\.[0-9] ([1-5][0-9][0-9])(?: [^\x00\r\n]*)?")
_NAME: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SIZE: Final = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?")


class WireFault(Exception):
    """What ended an exchange; caught by the fetcher, which makes a value of it."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: see `tacenda.ports.Fetched` for `fields`, `body`, `cut` and `flaw`."""

    status: int
    fields: tuple[tuple[str, str], ...]
    body: bytes
    cut: bool
    flaw: str


class Stream:
    """Reading and writing with one deadline for everything together.

    Args:
        left: seconds that are left, of a clock that never goes back; nought or less ends the exchange.
    """

    def __init__(self, connection: socket.socket, left: Callable[[], float]) -> None:
        self._connection = connection
        self._left = left
        self._ahead = bytearray()

    def send(self, data: bytes) -> None:
        self._wait()
        try:
            self._connection.sendall(data)
        except OSError as error:
            raise _fault(error) from error

    def line(self, limit: int) -> bytes:
        """One line without its end (CR LF or LF); at most `limit` bytes with it."""
        start = 0
        while (end := self._ahead.find(b"\n", start)) < 0:
            if len(self._ahead) >= limit:
                raise WireFault("http.header", f"A header or line is longer than {MAX_HEADER:,} bytes.")
            start = len(self._ahead)
            if not self._more():
                raise WireFault("http.closed", "The connection was closed before the header ended.")
        if end >= limit:
            raise WireFault("http.header", f"A header or line is longer than {MAX_HEADER:,} bytes.")
        line = bytes(self._ahead[:end])
        del self._ahead[: end + 1]
        return line.removesuffix(b"\r")

    def some(self, limit: int) -> bytes:
        """Some bytes, at most `limit`; empty when the other side closed."""
        if not self._ahead:
            self._more()
        taken = bytes(self._ahead[:limit])
        del self._ahead[: len(taken)]
        return taken

    def _more(self) -> bool:
        self._wait()
        try:
            received = self._connection.recv(CHUNK)
        except OSError as error:
            raise _fault(error) from error
        self._ahead += received
        return bool(received)

    def _wait(self) -> None:
        left = self._left()
        if left <= 0:
            raise WireFault("time.deadline", "The answer took too long as a whole.")
        self._connection.settimeout(left)


def exchange(stream: Stream, request: bytes, body_limit: int) -> Answer:
    """Send `request`, a GET, and read the answer; of the body at most `body_limit` bytes, decoded.

    Raises:
        WireFault: when no answer came that could be understood up to its body. What is wrong with the body alone
            stands in `Answer.flaw`.
    """
    stream.send(request)
    for _ in range(MAX_INTERIM):
        status, fields = _head(stream)
        if status >= 200:
            break
    else:
        raise WireFault("http.status", "Only interim answers came.")
    if status in NO_BODY or body_limit == 0:
        return Answer(status, fields, b"", False, "")
    return _body(stream, status, fields, body_limit)


def request_bytes(target: str, host: str, agent: str) -> bytes:
    """The request. `identity` is asked for, so that the bytes that are kept are those that the host holds."""
    lines = [
        f"GET {target} HTTP/1.1",
        f"Host: {host}",
        f"User-Agent: {agent}",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Connection: close",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _head(stream: Stream) -> tuple[int, tuple[tuple[str, str], ...]]:
    room = MAX_HEADER
    line = stream.line(room)
    match = _STATUS.fullmatch(line)
    if match is None:
        raise WireFault("http.status", "What answered does not speak HTTP/1.1.")
    room -= len(line) + 2
    fields: list[tuple[str, str]] = []
    while line := stream.line(max(room, 1)):
        room -= len(line) + 2
        if line[:1] in b" \t" and fields:
            name, value = fields[-1]
            fields[-1] = (name, f"{value} {line.strip().decode('latin-1')}")
            continue
        key, colon, rest = line.partition(b":")
        if not colon or not _NAME.fullmatch(key) or b"\x00" in rest or b"\r" in rest:
            raise WireFault("http.header", "A header field is malformed.")
        fields.append((key.decode("ascii").lower(), rest.strip(b" \t").decode("latin-1")))
        if len(fields) > MAX_FIELDS:
            raise WireFault("http.header", f"There are more than {MAX_FIELDS} header fields.")
    return int(match.group(1)), tuple(fields)


def _body(stream: Stream, status: int, fields: tuple[tuple[str, str], ...], limit: int) -> Answer:
    codings = _values(fields, "content-encoding")
    decoder = _Decoder(codings, limit)
    if _values(fields, "transfer-encoding"):
        known = _values(fields, "transfer-encoding") == ["chunked"]
        flaw = _chunks(stream, decoder) if known else "The body has an unknown transfer coding."
    else:
        flaw = _counted(stream, decoder, _length(fields))
    body, cut, damaged = decoder.result(whole=not flaw)
    return Answer(status, fields, body, cut, flaw or damaged)


def _counted(stream: Stream, decoder: "_Decoder", length: int | None) -> str:
    """Read `length` bytes, or all until the connection is closed."""
    read = 0
    while not decoder.full and (length is None or read < length):
        data = stream.some(CHUNK if length is None else min(CHUNK, length - read))
        if not data:
            break
        read += len(data)
        decoder.take(data)
    short = not decoder.full and length is not None and read < length
    return f"The connection was closed after {read:,} of {length:,} bytes." if short else ""


def _chunks(stream: Stream, decoder: "_Decoder") -> str:
    """Read a chunked body (RFC 9112 section 7.1); trailers are not read."""
    cut_off = "The connection was closed within a chunked body."
    wrong = "The body is not chunked as announced."
    while not decoder.full:
        line = _chunk_line(stream, 4096)
        if line is None:
            return cut_off
        match = _SIZE.fullmatch(line)
        if match is None:
            return wrong
        left = int(match.group(1), 16)
        if left == 0:
            return ""
        while left and not decoder.full:
            data = stream.some(min(CHUNK, left))
            if not data:
                return cut_off
            left -= len(data)
            decoder.take(data)
        if not decoder.full and _chunk_line(stream, 3) != b"":
            return wrong
    return ""


def _chunk_line(stream: Stream, limit: int) -> bytes | None:
    """A line between chunks; None when there is none, or a longer one."""
    try:
        return stream.line(limit)
    except WireFault as fault:
        if fault.code.startswith(("time.", "tls.")):
            raise
        return None


class _Decoder:
    """Takes a body piece by piece and never holds more than `limit` bytes of it, decoded.

    A gzip bomb costs its limit in memory and no more: decoding stops there.
    """

    def __init__(self, codings: list[str], limit: int) -> None:
        self._limit = limit
        self._made = bytearray()
        self._flaw = ""
        self._cut = False
        self._unzip: zlib._Decompress | None = None
        wanted = [coding for coding in codings if coding != "identity"]
        if wanted in (["gzip"], ["x-gzip"], ["deflate"]):
            self._unzip = zlib.decompressobj(47)
        elif wanted:
            self._flaw = f"The body has a coding that was not asked for ({', '.join(wanted)[:60]})."

    @property
    def full(self) -> bool:
        """Whether nothing more need be read."""
        return self._cut or (bool(self._flaw) and self._unzip is not None)

    def take(self, data: bytes) -> None:
        if self._unzip is not None:
            try:
                data = self._unzip.decompress(data, self._limit - len(self._made) + 1)
            except zlib.error:
                self._flaw = "The compressed body is damaged."
                return
        room = self._limit - len(self._made)
        self._made += data[:room]
        self._cut = len(data) > room

    def result(self, *, whole: bool) -> tuple[bytes, bool, str]:
        unended = self._unzip is not None and not self._unzip.eof and not self._cut and bool(self._made)
        if whole and unended and not self._flaw:
            self._flaw = "The compressed body ends too early."
        return bytes(self._made), self._cut, self._flaw


def _length(fields: tuple[tuple[str, str], ...]) -> int | None:
    lengths = set(_values(fields, "content-length"))
    if not lengths:
        return None
    length = lengths.pop()
    if lengths or not length.isascii() or not length.isdigit() or len(length) > 15:
        raise WireFault("http.length", "The announced length of the body contradicts itself.")
    return int(length)


def _values(fields: tuple[tuple[str, str], ...], name: str) -> list[str]:
    """The comma-separated values of all fields of a name, in lower case."""
    found = [part.strip().lower() for key, value in fields if key == name for part in value.split(",")]
    return [part for part in found if part]


def _fault(error: OSError) -> WireFault:
    if isinstance(error, TimeoutError):
        return WireFault("time.deadline", "The answer took too long as a whole.")
    if isinstance(error, ssl.SSLError):
        return WireFault("tls.broken", "The encrypted connection broke down.")
    return WireFault("http.closed", "The connection broke down.")
