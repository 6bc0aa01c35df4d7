"""Running text as corpora hold it: plain files, WARC and WET, tar archives, each also packed.

Every reader gives out `Document`s one by one and never holds a file in memory; what cannot be read is given out as
`Unreadable` in its place.
"""

from collections.abc import Iterator
from pathlib import Path

from tacenda.errors import InputError, Unreadable
from tacenda.formats.text_corpus.document import Document
from tacenda.formats.text_corpus.packed import open_unpacked, plain_suffix
from tacenda.formats.text_corpus.tar import read_tar
from tacenda.formats.text_corpus.warc import read_warc

__all__ = ["ARCHIVES", "Document", "is_archive", "open_unpacked", "plain_suffix", "read_documents"]

ARCHIVES = (".warc", ".wet", ".tar", ".tgz")
MAX_DOCUMENT = 64 << 20


def is_archive(path: Path) -> bool:
    """Whether the name says that this file holds documents and no table."""
    return plain_suffix(path) in ARCHIVES


def read_documents(path: Path, name: str) -> Iterator[Document | Unreadable]:
    """The documents of one file; a file of no known kind is one document.

    Raises:
        InputError: ``corpus.packed`` when the compression breaks off; what came before was given out.
    """
    suffix = plain_suffix(path)
    try:
        with open_unpacked(path) as stream:
            if suffix in (".warc", ".wet"):
                yield from read_warc(stream, name, MAX_DOCUMENT)
            elif suffix in (".tar", ".tgz"):
                yield from read_tar(stream, name, MAX_DOCUMENT)
            else:
                yield from _plain(stream.read(MAX_DOCUMENT + 1), name)
    except (EOFError, OSError, ValueError) as error:
        raise InputError("corpus.packed", f"The file breaks off: {error}.", where=name) from error


def _plain(data: bytes, name: str) -> Iterator[Document | Unreadable]:
    if len(data) > MAX_DOCUMENT:
        yield Unreadable(name, "", "text.size", "", f"The text is longer than {MAX_DOCUMENT} bytes.")
    elif data.strip():
        yield Document(1, name, data.decode("utf-8", "replace"))
