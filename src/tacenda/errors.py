"""What can go wrong, sorted by who can put it right.

One root and five families. Every error carries a stable `code` (for programs and tests), one sentence for a
person, what to do next (`hint`), and `where` it happened (``file:line`` or an address) when that is known.

Only adapters catch foreign exceptions and turn them into these; only the doors (`cli`, `web`) catch these.
Readers of many rows never raise for one row: they yield the row or an `Unreadable`.
"""

from dataclasses import dataclass
from typing import ClassVar


class TacendaError(Exception):
    """The root of everything Tacenda raises on purpose.

    Args:
        code: stable, lower-case, dotted: ``catalogue.isrc.format``.
        message: one sentence that says what is wrong.
        hint: what to do next, one sentence; empty only if there is nothing to be done.
        where: ``file:line``, a path or an address.
    """

    family: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, message: str, *, hint: str = "", where: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.hint}" if self.hint else ""
        return f"{place}{self.message}{advice}"

    def __reduce__(self) -> tuple[object, ...]:
        """Errors travel between processes whole (an exception with keyword arguments does not by itself)."""
        return (_again, (type(self), self.code, self.message, self.hint, self.where))

    def as_dict(self) -> dict[str, str]:
        """The error as a program reads it (``--json``, RFC 9457 problems)."""
        return {
            "family": self.family,
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "where": self.where,
        }


def _again(family: type[TacendaError], code: str, message: str, hint: str, where: str) -> TacendaError:
    return family(code, message, hint=hint, where=where)


class InputError(TacendaError):
    """The author of the data can put it right."""

    family = "input"
    exit_code = 3


class SettingsError(TacendaError):
    """The operator can put it right: a path, a key, an address, a missing workspace."""

    family = "settings"
    exit_code = 4


class ConflictError(TacendaError):
    """The caller asked for something that the present state forbids."""

    family = "conflict"
    exit_code = 5


class RemoteError(TacendaError):
    """Another machine or program failed; trying again may help."""

    family = "remote"
    exit_code = 6


class IntegrityError(TacendaError):
    """Something is not what was signed. Stop, keep everything, call a person."""

    family = "integrity"
    exit_code = 7


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row or file that could not be read, where a reader of many would otherwise have to die.

    Attributes:
        where: ``file:line`` (or ``file#row-group/row``).
        column: the column, or empty when the whole row is meant.
        rule: stable code of the rule that was broken, such as ``isrc.format``.
        value: the value as it stood, cut to 200 characters.
        why: one sentence for a person.
    """

    where: str
    column: str
    rule: str
    value: str
    why: str
