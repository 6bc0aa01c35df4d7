"""XML of a stranger, read with limits: no document type, no entity of its own, size, depth and count (F46).

Elements know their line and their octets. Namespaces are resolved; text is joined.
"""

import xml.parsers.expat
from dataclasses import dataclass, field
from typing import Final

from tacenda.errors import InputError

MAX_BYTES: Final = 2_000_000
MAX_DEPTH: Final = 64
MAX_ELEMENTS: Final = 100_000


@dataclass(slots=True)
class Element:
    """Name as ``namespace name`` (a space between; the name alone without one), attributes in the same form."""

    name: str
    attributes: dict[str, str]
    line: int
    start: int
    end: int = 0
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    @property
    def local(self) -> str:
        return self.name.rpartition(" ")[2]

    @property
    def namespace(self) -> str:
        return self.name.rpartition(" ")[0]

    def walk(self) -> "list[Element]":
        """This element and all below it, in the order of the document."""
        found, todo = [], [self]
        while todo:
            element = todo.pop()
            found.append(element)
            todo.extend(reversed(element.children))
        return found


class _Reader:
    def __init__(self) -> None:
        self.parser = xml.parsers.expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.EntityDeclHandler = self.refuse
        self.parser.buffer_text = True
        self.open: list[Element] = []
        self.texts: list[list[str]] = []
        self.root: Element | None = None
        self.count = 0

    def refuse(self, *_: object) -> None:
        raise InputError("xml.doctype", "A document type or an entity of its own is not read.")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.open) >= MAX_DEPTH or self.count > MAX_ELEMENTS:
            raise InputError("xml.limits", f"It has more than {MAX_ELEMENTS:,} elements, or is nested too deep.")
        made = Element(name, attributes, self.parser.CurrentLineNumber, self.parser.CurrentByteIndex)
        if self.open:
            self.open[-1].children.append(made)
        elif self.root is None:
            self.root = made
        self.open.append(made)
        self.texts.append([])

    def end(self, _: str) -> None:
        element = self.open.pop()
        element.end = self.parser.CurrentByteIndex
        element.text = "".join(self.texts.pop())

    def characters(self, text: str) -> None:
        if self.texts:
            self.texts[-1].append(text)


def parse_xml(data: bytes) -> Element:
    """The root element.

    Raises:
        InputError: ``xml.size``, ``xml.doctype``, ``xml.limits`` or ``xml.syntax``.
    """
    if len(data) > MAX_BYTES:
        raise InputError("xml.size", f"The file has {len(data):,} bytes; at most {MAX_BYTES:,} are read.")
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except (xml.parsers.expat.ExpatError, ValueError, LookupError) as error:
        raise InputError("xml.syntax", f"This is not XML: {str(error)[:200]}.") from error
    if reader.root is None:
        raise InputError("xml.syntax", "There is no element.")
    return reader.root
