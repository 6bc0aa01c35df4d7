"""WARC files (ISO 28500): the responses in them, one after another, in bounded memory.

Plain or gzip, one member a record or one for all. A record that is damaged ends the reading with a
diagnostic; bodies beyond the limit are cut. Chunked transfer coding is undone, and gzip content coding up to
the limit.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

PIECE: Final = 65_536
MAX_HEAD: Final = 65_536
MAX_BODY: Final = 5_000_000
MAX_RECORDS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Response:
    """A response as it was recorded.

    Attributes:
        address: target of the request.
        date: of the record, as it stood.
        fields: header fields of the response.
        body: at most 5,000,000 octets, content coding undone where it is gzip or deflate.
    """

    address: str
    date: str
    status: int
    fields: tuple[tuple[str, str], ...]
    body: bytes


class Damaged(Exception):
    """The file ends or is broken within a record. Caught by `responses`."""


class _Stream:
    """Octets of a file that may be compressed, as they are asked for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        head = file.read(2)
        self._zipped = head == b"\x1f\x8b"
        self._raw = head
        self._inflate = zlib.decompressobj(31) if self._zipped else None
        self._held = bytearray()

    def _more(self) -> bool:
        piece, self._raw = self._raw or self._file.read(PIECE), b""
        if self._inflate is None:
            self._held += piece
            return bool(piece)
        if self._inflate.eof:
            piece = self._inflate.unused_data + piece
            if not piece:
                return False
            self._inflate = zlib.decompressobj(31)
        elif not piece and not self._inflate.unconsumed_tail:
            return False
        try:
            self._held += self._inflate.decompress(self._inflate.unconsumed_tail + piece, PIECE * 16)
        except zlib.error as error:
            raise Damaged from error
        return True

    def line(self) -> bytes:
        while True:
            end = self._held.find(b"\n")
            if end >= 0:
                return self.take(end + 1)
            if len(self._held) > MAX_HEAD or not self._more():
                return self.take(len(self._held))

    def take(self, count: int) -> bytes:
        while len(self._held) < count and self._more():
            pass
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken

    def skip(self, count: int) -> None:
        while count > 0:
            taken = self.take(min(count, PIECE))
            if not taken:
                raise Damaged
            count -= len(taken)


def responses(file: BinaryIO) -> Iterator[Response]:
    """The responses in `file`, up to the end or to where it is damaged."""
    stream = _Stream(file)
    for _ in range(MAX_RECORDS):
        try:
            record = _record(stream)
        except Damaged:
            return
        if record is None:
            return
        kind, address, date, block = record
        if kind == "response" and address.lower().startswith(("http://", "https://")):
            yield _response(address, date, block)


def _record(stream: _Stream) -> tuple[str, str, str, bytes] | None:
    line = stream.line()
    while line in (b"\r\n", b"\n"):
        line = stream.line()
    if not line:
        return None
    if not line.startswith(b"WARC/"):
        raise Damaged
    named = dict(_fields(stream))
    length = named.get("content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 16):
        raise Damaged
    size = int(length)
    block = stream.take(min(size, MAX_BODY + MAX_HEAD))
    stream.skip(size - len(block))
    return (
        named.get("warc-type", ""),
        named.get("warc-target-uri", "").strip("<>"),
        named.get("warc-date", ""),
        block,
    )


def _fields(stream: _Stream) -> Iterator[tuple[str, str]]:
    for _ in range(1_000):
        line = stream.line().rstrip(b"\r\n")
        if not line:
            return
        name, _, value = line.decode("utf-8", "replace").partition(":")
        yield name.strip().lower(), value.strip()


def _response(address: str, date: str, block: bytes) -> Response:
    head, separator, body = block.partition(b"\r\n\r\n")
    if not separator:
        head, _, body = block.partition(b"\n\n")
    lines = head.decode("latin-1").splitlines()
    status = lines[0].split()[1] if lines and len(lines[0].split()) > 1 else ""
    fields = []
    for line in lines[1:1_000]:
        name, colon, value = line.partition(":")
        if colon:
            fields.append((name.strip(), value.strip()))
    named = {name.lower(): value.lower() for name, value in fields}
    if named.get("transfer-encoding") == "chunked":
        body = _unchunked(body)
    coding = named.get("content-encoding", "")
    if coding in ("gzip", "x-gzip", "deflate"):
        try:
            body = zlib.decompressobj(47).decompress(body, MAX_BODY)
        except zlib.error:
            body = b""
    return Response(
        address, date, int(status) if status.isdigit() and len(status) == 3 else 0, tuple(fields), body[:MAX_BODY]
    )


def _unchunked(body: bytes) -> bytes:
    """The body without chunk sizes; as it stands when they are not well formed (some tools undo them already)."""
    parts: list[bytes] = []
    place = 0
    while True:
        end = body.find(b"\r\n", place, place + 20)
        size = body[place:end].split(b";")[0].strip() if end >= 0 else b""
        try:
            count = int(size, 16)
        except ValueError:
            return b"".join(parts) if parts else body
        if count <= 0:
            return b"".join(parts)
        parts.append(body[end + 2 : end + 2 + count])
        place = end + 4 + count
