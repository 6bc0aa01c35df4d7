"""Lines of a byte stream, cut without ever holding more than a block and a line."""

import re
from collections.abc import Iterator
from typing import Final, Protocol

BLOCK_BYTES: Final = 1 << 20
_TEXT_LINES: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class ByteStream(Protocol):
    """What is asked of a file: nothing but reading on."""

    def read(self, size: int, /) -> bytes: ...


class Overlong:
    """Stands for a line that was skipped because it is too long. `len()` is its bytes."""

    def __init__(self, length: int) -> None:
        self._length = length

    def __len__(self) -> int:
        return self._length


RawLine = bytes | Overlong


def byte_lines(stream: ByteStream, line_bytes: int, block_bytes: int = BLOCK_BYTES) -> Iterator[RawLine]:
    r"""Lines with their ends (``\n``, ``\r\n`` or ``\r``) of a stream in ASCII or a superset of it.

    A line of more than `line_bytes` is not kept: an `Overlong` stands in its place.
    """
    tail = b""
    while block := stream.read(block_bytes):
        lines = (tail + block).splitlines(keepends=True)
        tail = b"" if lines[-1].endswith(b"\n") else lines.pop()
        yield from _checked(lines, line_bytes)
        if len(tail) > line_bytes:
            length, tail = _skip_line(stream, tail, block_bytes)
            yield Overlong(length)
    if tail:
        yield from _checked([tail], line_bytes)


def _checked(lines: list[bytes], line_bytes: int) -> Iterator[RawLine]:
    if lines and max(map(len, lines)) > line_bytes:
        for line in lines:
            yield line if len(line) <= line_bytes else Overlong(len(line))
    else:
        yield from lines


def _skip_line(stream: ByteStream, tail: bytes, block_bytes: int) -> tuple[int, bytes]:
    """Bytes of the line that begins with `tail`, and what was read after it."""
    if tail.endswith(b"\r"):
        return len(tail), b""
    length = len(tail)
    while block := stream.read(block_bytes):
        first = block.splitlines(keepends=True)[0]
        length += len(first)
        if first.endswith((b"\n", b"\r")):
            return length, block[len(first) :]
    return length, b""


def wide_lines(
    stream: ByteStream, encoding: str, line_bytes: int, block_bytes: int = BLOCK_BYTES
) -> Iterator[RawLine]:
    """`byte_lines` of UTF-16 (``utf-16-le`` or ``utf-16-be``): each line as its own bytes; offsets stay true."""
    tail = b""
    too_long = 0
    while block := stream.read(block_bytes):
        data = tail + block
        keep = len(data) % 2
        text = data[: len(data) - keep].decode(encoding, "surrogatepass")
        lines = _TEXT_LINES.findall(text)
        rest = lines.pop() if lines and not lines[-1].endswith("\n") else ""
        for line in lines:
            raw = line.encode(encoding, "surrogatepass")
            yield Overlong(too_long + len(raw)) if too_long or len(raw) > line_bytes else raw
            too_long = 0
        tail = rest.encode(encoding, "surrogatepass")
        if len(tail) > line_bytes:
            too_long, tail = too_long + len(tail), b""
        tail += data[len(data) - keep :] if keep else b""
    if too_long:
        yield Overlong(too_long + len(tail))
    elif tail:
        yield tail


def raw_lines(stream: ByteStream, encoding: str, line_bytes: int) -> Iterator[RawLine]:
    """Lines of a stream in any encoding that is read here."""
    if encoding.startswith("utf-16"):
        return wide_lines(stream, encoding, line_bytes)
    return byte_lines(stream, line_bytes)
