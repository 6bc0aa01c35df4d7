"""Strict reading of one JSON object: every field is asked for by name, and what nobody asked for is an error.

Signed documents are read this way, so that a field that this version does not know can never be dropped in
silence. Every refusal says where: ``$.licence.territory[1]``.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final, TypeVar

from tacenda.errors import InputError

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

Made = TypeVar("Made")
Word = TypeVar("Word", bound=StrEnum)


def day(text: str, where: str = "") -> date:
    """A calendar day written ``YYYY-MM-DD``, and in no other way.

    Raises:
        InputError: ``document.day``, for 31 February as for any other spelling.
    """
    if not _DAY.fullmatch(text):
        raise _wrong("day", where, f"{text[:40]!r} is not a day written YYYY-MM-DD.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _wrong("day", where, f"{text!r} is not a day of the calendar.") from None


class Fields:
    """One JSON object that is read field by field; `done` refuses what is left.

    Args:
        document: the object as it was parsed.
        path: where it stands in the whole document, such as ``$.scope``.
    """

    __slots__ = ("_document", "_read", "path")

    def __init__(self, document: object, path: str = "$") -> None:
        if not isinstance(document, Mapping):
            raise _wrong("object", path, "An object was expected here.")
        self._document: Mapping[Any, Any] = document
        self._read: set[str] = set()
        self.path = path

    def at(self, name: str) -> str:
        return f"{self.path}.{name}"

    def raw(self, name: str) -> Any:
        if name not in self._document:
            raise _wrong("missing", self.at(name), f"The field {name!r} is missing.")
        self._read.add(name)
        return self._document[name]

    def text(self, name: str) -> str:
        return _text(self.raw(name), self.at(name))

    def integer(self, name: str) -> int:
        value = self.raw(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong("integer", self.at(name), "An integer was expected here.")
        return value

    def flag(self, name: str) -> bool:
        value = self.raw(name)
        if not isinstance(value, bool):
            raise _wrong("flag", self.at(name), "True or false was expected here.")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        return self.each(name, _text)

    def word(self, name: str, kind: type[Word]) -> Word:
        return _word(self.raw(name), self.at(name), kind)

    def words(self, name: str, kind: type[Word]) -> tuple[Word, ...]:
        return self.each(name, lambda value, path: _word(value, path, kind))

    def day(self, name: str) -> date:
        return day(self.text(name), self.at(name))

    def optional_day(self, name: str) -> date | None:
        return None if self.raw(name) is None else self.day(name)

    def child(self, name: str) -> "Fields":
        return Fields(self.raw(name), self.at(name))

    def each(self, name: str, read: Callable[[object, str], Made]) -> tuple[Made, ...]:
        """The elements of the list `name`, each made by ``read(value, path)``."""
        values = self.raw(name)
        if not isinstance(values, list | tuple):
            raise _wrong("list", self.at(name), "A list was expected here.")
        return tuple(read(value, f"{self.at(name)}[{place}]") for place, value in enumerate(values))

    def expect(self, name: str, value: str) -> None:
        """Refuse a document whose field `name` is not exactly `value`: another format, or a later one."""
        if self.text(name) != value:
            raise _wrong("format", self.at(name), f"{value!r} was expected here.")

    def done(self) -> None:
        """Refuse fields that nobody asked for.

        Raises:
            InputError: ``document.unknown``, naming the first of them.
        """
        left = sorted(str(name) for name in self._document if name not in self._read)
        if left:
            raise _wrong("unknown", self.at(left[0][:80]), f"The field {left[0][:80]!r} is not known here.")


def _text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise _wrong("text", path, "A text was expected here.")
    return value


def _word(value: object, path: str, kind: type[Word]) -> Word:
    text = _text(value, path)
    try:
        return kind(text)
    except ValueError:
        known = ", ".join(word.value for word in kind)
        raise _wrong("word", path, f"{text[:80]!r} is none of: {known}.") from None


def _wrong(rule: str, where: str, message: str) -> InputError:
    return InputError(f"document.{rule}", message, hint="Correct the document at this place.", where=where)
