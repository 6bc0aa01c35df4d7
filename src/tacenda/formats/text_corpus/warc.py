"""WARC 1.0 and 1.1 (ISO 28500), as crawls keep pages, and WET, which is WARC with extracted text.

Given out: ``conversion`` and ``resource`` records, and the bodies of ``response`` records whose type is text. HTTP
headers are cut off; HTML is left as it is, because the reader of words passes over tags.
"""

from collections.abc import Iterator
from typing import IO, Final

from tacenda.errors import Unreadable
from tacenda.formats.text_corpus.document import Document

_WANTED: Final = ("conversion", "resource", "response")
_MAX_HEADERS: Final = 200
_MAX_LINE: Final = 64 << 10


def read_warc(stream: IO[bytes], name: str, most: int) -> Iterator[Document | Unreadable]:
    """The texts of an unpacked WARC file. A file that does not begin as one is one unreadable place."""
    number = 0
    while line := stream.readline(_MAX_LINE):
        if not line.strip():
            continue
        number += 1
        where = f"{name}:{number}"
        if not line.startswith(b"WARC/1."):
            yield Unreadable(where, "", "warc.record", line[:80].decode("utf-8", "replace"), "No WARC record.")
            return
        headers = _headers(stream)
        length = headers.get("content-length", "")
        if not length.isascii() or not length.isdigit() or len(length) > 12:
            yield Unreadable(where, "", "warc.length", length[:40], "The record does not say how long it is.")
            return
        if headers.get("warc-type", "") not in _WANTED or int(length) > most:
            if headers.get("warc-type", "") in _WANTED:
                yield Unreadable(where, "", "text.size", length, f"The text is longer than {most} bytes.")
            _skip(stream, int(length))
            continue
        body = stream.read(int(length))
        if len(body) < int(length):
            yield Unreadable(where, "", "warc.end", "", "The file ends inside a record.")
            return
        text = _text(body, headers)
        if text:
            yield Document(number, headers.get("warc-target-uri", where), text)


def _headers(stream: IO[bytes]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for _ in range(_MAX_HEADERS):
        line = stream.readline(_MAX_LINE)
        if not line.strip():
            break
        key, _, value = line.decode("utf-8", "replace").partition(":")
        headers[key.strip().lower()] = value.strip()
    return headers


def _skip(stream: IO[bytes], length: int) -> None:
    while length > 0 and (part := stream.read(min(length, 1 << 20))):
        length -= len(part)


def _text(body: bytes, headers: dict[str, str]) -> str:
    if headers["warc-type"] == "response":
        head, _, body = body.partition(b"\r\n\r\n")
        kind = next((h for h in head.lower().split(b"\r\n") if h.startswith(b"content-type:")), b"")
        if b"text/" not in kind and b"json" not in kind and b"xml" not in kind:
            return ""
    return body.decode("utf-8", "replace") if body.strip() else ""
