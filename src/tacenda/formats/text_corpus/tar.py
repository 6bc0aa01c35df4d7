"""Tar archives as webdataset keeps samples: each ``.txt`` member a text, of each ``.json`` member its texts.

Read as a stream: nothing is unpacked to the disk, links and devices are passed over, and a member's name is only
ever shown.
"""

import json
import tarfile
from collections.abc import Iterator
from typing import IO, Any, Final

from tacenda.errors import Unreadable
from tacenda.formats.text_corpus.document import Document

_TEXTS: Final = (".txt", ".text", ".md", ".html", ".lyrics", ".caption")


def read_tar(stream: IO[bytes], name: str, most: int) -> Iterator[Document | Unreadable]:
    """The texts of an unpacked tar archive."""
    number = 0
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                number += 1
                low = member.name.lower()
                if not member.isfile() or not low.endswith((*_TEXTS, ".json")):
                    continue
                where = f"{name}:{number}"
                if member.size > most:
                    yield Unreadable(where, "", "text.size", str(member.size), f"Longer than {most} bytes.")
                    continue
                file = archive.extractfile(member)
                data = file.read() if file is not None else b""
                text = _json_texts(data) if low.endswith(".json") else data.decode("utf-8", "replace")
                if text.strip():
                    yield Document(number, member.name, text)
    except tarfile.TarError as error:
        yield Unreadable(f"{name}:{number + 1}", "", "tar.member", "", f"The archive cannot be read on: {error}.")


def _json_texts(data: bytes) -> str:
    """All texts in a JSON document, one under the other."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return data.decode("utf-8", "replace")
    found: list[str] = []
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            waiting += reversed(value.values())
        elif isinstance(value, list):
            waiting += reversed(value)
    return "\n".join(found)
