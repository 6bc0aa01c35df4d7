"""One text of a corpus."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """A text, its place in the file (from 1) and what the file calls it (an address, a member's name)."""

    number: int
    id: str
    text: str
