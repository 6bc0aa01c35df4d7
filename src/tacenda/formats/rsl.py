"""RSL 1.0 (Really Simple Licensing, Recommendation of 10 December 2025): ``rsl.xml``.

What is written only prohibits: a ``permits`` would be a licence, which a reservation is not, and it would close
the world for every other word of its type. Prohibited words are space-separated; ``max-age`` counts days. The
child ``copyright`` of ``content`` says whom to ask.

Reading is for evidence: prohibitions and permissions are kept apart as they stand, a comma list (as in 0.9) is
marked as malformed, and a malformed permission is no permission. A document with a DOCTYPE is refused unread, so
that no entity is ever expanded (F46); size and depth are bounded; elements of other namespaces are skipped.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from tacenda.errors import InputError

NAMESPACE: Final = "https://rslstandard.org/rsl"
MEDIA_TYPE: Final = "application/rsl+xml"
USAGE_WORDS: Final = ("all", "ai-all", "ai-train", "ai-input", "ai-index", "search")
MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 32
MAX_CONTENTS: Final = 10_000
MAX_AGE_DAYS: Final = 7
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class RslContent:
    """One ``content``: its address or pattern, and the usage words of all its licences.

    Attributes:
        malformed: a word list that is not RSL 1.0 (commas, unknown words) stood in it.
    """

    url: str
    prohibits: tuple[str, ...]
    permits: tuple[str, ...] = ()
    malformed: bool = False


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom to ask: shown in ``copyright``."""

    mailbox: str = ""
    url: str = ""


def render_rsl(contents: Sequence[RslContent], holder: Holder, comments: Sequence[str] = ()) -> bytes:
    """The document. The same input gives the same bytes.

    Raises:
        InputError: ``rsl.word`` for a word that is not RSL 1.0; ``rsl.permits`` for a permission.
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines += [f"<!-- {re.sub('-+', '-', _plain(comment)).strip('-')} -->" for comment in comments]
    lines.append(f'<rsl xmlns="{NAMESPACE}" max-age="{MAX_AGE_DAYS}">')
    for content in contents:
        if content.permits:
            raise InputError("rsl.permits", "A reservation permits nothing.")
        if not content.prohibits or not set(content.prohibits) <= set(USAGE_WORDS):
            raise InputError("rsl.word", "These are no usage words of RSL 1.0.")
        contact = "".join(
            f" {name}={quoteattr(_plain(value))}"
            for name, value in (("contactEmail", holder.mailbox), ("contactUrl", holder.url))
            if value
        )
        lines += [
            f"  <content url={quoteattr(_plain(content.url))}>",
            "    <license>",
            f'      <prohibits type="usage">{escape(" ".join(content.prohibits))}</prohibits>',
            "    </license>",
            *([f"    <copyright{contact}/>"] if contact else []),
            "  </content>",
        ]
    return ("\n".join([*lines, "</rsl>"]) + "\n").encode("utf-8")


def parse_rsl(data: bytes) -> tuple[RslContent, ...]:
    """The contents in their order.

    Raises:
        InputError: ``rsl.size``, ``rsl.doctype``, ``rsl.depth``, ``rsl.syntax``, ``rsl.root``.
    """
    if len(data) > MAX_BYTES:
        raise InputError("rsl.size", f"The file has {len(data):,} bytes; at most {MAX_BYTES:,} are read.")
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise InputError("rsl.syntax", f"This is not XML: {error}.") from error
    return tuple(
        RslContent(content.url, tuple(content.prohibits), tuple(content.permits), content.malformed)
        for content in reader.contents
    )


@dataclass(slots=True)
class _Open:
    url: str
    prohibits: list[str] = field(default_factory=list)
    permits: list[str] = field(default_factory=list)
    malformed: bool = False


@dataclass(slots=True)
class _Reader:
    contents: list[_Open] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    reading: str = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if not self.path and (namespace, local) != (NAMESPACE, "rsl"):
            raise InputError("rsl.root", "The root is not <rsl> of RSL 1.0.")
        if len(self.path) >= MAX_DEPTH:
            raise InputError("rsl.depth", f"It is nested deeper than {MAX_DEPTH}.")
        self.path.append(local if namespace == NAMESPACE else "")
        if self.path == ["rsl", "content"] and len(self.contents) < MAX_CONTENTS:
            self.contents.append(_Open(attributes.get("url", "")))
        elif self.path in (["rsl", "content", "license", "permits"], ["rsl", "content", "license", "prohibits"]):
            self.reading = local if attributes.get("type") == "usage" else ""
            self.words = []

    def text(self, data: str) -> None:
        if self.reading:
            self.words.append(data)

    def end(self, name: str) -> None:
        self.path.pop()
        if not self.reading or len(self.path) != 3:
            return
        content, words = self.contents[-1], "".join(self.words)
        split = re.split(r"[\s,]+", words.strip()) if words.strip() else []
        known = [word for word in split if word in USAGE_WORDS]
        flawed = "," in words or len(known) < len(split)
        content.malformed = content.malformed or flawed
        if self.reading == "prohibits":
            content.prohibits += known
        elif not flawed:
            content.permits += known
        self.reading = ""


def _refuse_doctype(*_: object) -> None:
    raise InputError("rsl.doctype", "A DOCTYPE is refused, and nothing behind it is read.")


def _plain(text: str) -> str:
    """Without what XML cannot hold."""
    return _FORBIDDEN.sub("\ufffd", " ".join(text.split()))
