"""Files as they are packed: gzip (of several members too), xz, Zstandard by way of Arrow; known by first bytes."""

import gzip
import io
import lzma
from pathlib import Path
from typing import IO, Final

_PACKED: Final = (".gz", ".xz", ".zst", ".zstd")


def open_unpacked(path: Path) -> IO[bytes]:
    """The bytes of a file without its compression."""
    stream = path.open("rb")
    magic = stream.read(6)
    stream.seek(0)
    if magic[:2] == b"\x1f\x8b":
        return io.BufferedReader(gzip.GzipFile(fileobj=stream), 1 << 20)
    if magic == b"\xfd7zXZ\0":
        return io.BufferedReader(lzma.LZMAFile(stream), 1 << 20)
    if magic[:4] == b"\x28\xb5\x2f\xfd":
        import pyarrow as pa

        stream.close()
        return io.BufferedReader(pa.input_stream(str(path), compression="zstd"), 1 << 20)
    return stream


def plain_suffix(path: Path) -> str:
    """The last suffix that is not one of packing, in small letters.

    >>> plain_suffix(Path("CC-MAIN-0001.warc.wet.gz"))
    '.wet'
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""
