"""A text file as blocks of whole lines in UTF-8, with the line number and byte offset of each block's beginning.

Every file of text is read this way, whatever its encoding or compression, in memory that does not grow with it.
A line longer than `MAX_LINE` is not kept: it is reported and skipped.
"""

import codecs
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from tacenda.errors import InputError
from tacenda.formats.text_corpus.packed import open_unpacked

BLOCK: Final = 4 << 20
MAX_LINE: Final = 1 << 20
SNIFF: Final = 1 << 20

UTF8: Final = "utf-8"
UTF16_LE: Final = "utf-16-le"
UTF16_BE: Final = "utf-16-be"
WINDOWS: Final = "cp1252"
ENCODINGS: Final = (UTF8, UTF16_LE, UTF16_BE, WINDOWS, "latin-1")

_BOMS: Final = ((codecs.BOM_UTF8, UTF8), (codecs.BOM_UTF16_LE, UTF16_LE), (codecs.BOM_UTF16_BE, UTF16_BE))


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of one file.

    Attributes:
        data: UTF-8 (not checked), ending in LF unless `oversize`.
        line: number of its first line, from 1.
        offset: byte offset of its first byte in the decompressed file; -1 where the file was transcoded.
        last: nothing follows.
        oversize: one line that is longer than `MAX_LINE`; `data` holds its first 200 bytes.
    """

    data: bytes
    line: int
    offset: int
    last: bool = False
    oversize: bool = False


def open_bytes(path: Path) -> IO[bytes]:
    """The file's bytes, decompressed where its first bytes say gzip, xz or Zstandard."""
    return open_unpacked(path)


def head_of(path: Path, size: int = SNIFF) -> bytes:
    """The first `size` bytes, decompressed.

    Raises:
        InputError: ``corpus.gzip`` when the compression is broken at once.
    """
    with open_bytes(path) as stream:
        try:
            return stream.read(size)
        except (EOFError, OSError, zlib.error) as error:
            raise InputError("corpus.gzip", f"The file is not whole gzip: {error}.", where=str(path)) from error


def detect_encoding(head: bytes) -> str:
    """The encoding of a file by its first bytes.

    A byte order mark decides; NULs in every second place mean UTF-16; lines with bytes beyond ASCII, none of them
    valid UTF-8, mean Windows-1252. Everything else is UTF-8, and lines that are not are reported one by one.
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    sample = head[:4096]
    half = len(sample) // 2
    if half >= 2 and sample[1::2].count(0) > 0.8 * half and sample[::2].count(0) == 0:
        return UTF16_LE
    if half >= 2 and sample[::2].count(0) > 0.8 * half and sample[1::2].count(0) == 0:
        return UTF16_BE
    good = bad = 0
    for line in head.split(b"\n")[:-1] or [head]:
        if line.isascii():
            continue
        try:
            line.decode(UTF8)
            good += 1
        except UnicodeDecodeError:
            bad += 1
    return WINDOWS if bad and not good else UTF8


def old_mac_line_ends(head: bytes) -> bool:
    """Whether lines end in CR alone."""
    return b"\n" not in head and b"\r" in head


def utf8_pieces(stream: IO[bytes], encoding: str, carriage_returns: bool = False) -> Iterator[bytes]:
    """The file in UTF-8 pieces of about `BLOCK` bytes, cut anywhere."""
    first = True
    decoder = None if encoding == UTF8 else codecs.getincrementaldecoder(encoding)("replace")
    for piece in _pieces(stream):
        if first:
            for mark, name in _BOMS:
                if encoding == name and piece.startswith(mark):
                    piece = piece[len(mark) :]
            first = False
        if decoder is not None:
            piece = decoder.decode(piece).encode(UTF8, "replace")
        yield piece.replace(b"\r", b"\n") if carriage_returns else piece


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Pieces of about `BLOCK` bytes. What was read before a stream breaks off is given out before the error."""
    parts: list[bytes] = []
    size = 0
    try:
        while part := stream.read(min(BLOCK, 1 << 18)):
            parts.append(part)
            size += len(part)
            if size >= BLOCK:
                yield b"".join(parts)
                parts, size = [], 0
    except (EOFError, OSError, zlib.error):
        if parts:
            yield b"".join(parts)
        raise
    if parts:
        yield b"".join(parts)


def line_blocks(path: Path, encoding: str, carriage_returns: bool = False) -> Iterator[Block]:
    """Blocks of whole lines, in order. The last line gets its LF if it has none.

    A gzip stream that breaks off ends with an `InputError` after everything before it was given out.
    """
    line, offset, rest, skipping = 1, 0, b"", False
    with open_bytes(path) as stream:
        try:
            if encoding == UTF8 and head_of(path, 3) == codecs.BOM_UTF8:
                offset = len(codecs.BOM_UTF8)
            for piece in utf8_pieces(stream, encoding, carriage_returns):
                if skipping:
                    end = piece.find(b"\n")
                    if end < 0:
                        offset += len(piece)
                        continue
                    offset += end + 1
                    line += 1
                    piece, skipping = piece[end + 1 :], False
                data = rest + piece
                end = data.rfind(b"\n") + 1
                if end:
                    yield Block(data[:end], line, offset if encoding == UTF8 else -1)
                    line += data.count(b"\n", 0, end)
                    offset += end
                rest = data[end:]
                if len(rest) > MAX_LINE:
                    yield Block(rest[:200], line, offset if encoding == UTF8 else -1, oversize=True)
                    offset, rest, skipping = offset + len(rest), b"", True
        except (EOFError, OSError, zlib.error) as error:
            raise InputError(
                "corpus.gzip",
                f"The file breaks off after line {line - 1}: {error}.",
                hint="Fetch it again; what came before was read.",
                where=f"{path.name}:{line}",
            ) from error
    if rest:
        yield Block(rest + b"\n", line, offset if encoding == UTF8 else -1, last=True)
