"""The directory of recipients: read it from CSV, row by row, and say of each wrong row what is wrong."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar
from urllib.parse import urlsplit

from tacenda.core.recipient import (
    Confidence,
    GpaiCode,
    Recipient,
    RecipientKind,
    RecipientStatus,
    Suppression,
)
from tacenda.core.territory import COUNTRIES
from tacenda.errors import InputError, Unreadable

COLUMNS: Final = (
    "id", "name", "legal_entity", "kind", "also_kinds", "hq_country", "website", "brands", "models", "datasets",
    "crawler_tokens", "eu_gpai_code", "status", "suppression", "source", "source_date", "confidence", "notes",
)  # fmt: skip
ID_FORM: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?")
# RFC 9309 section 2.2.1 allows letters, hyphen and underscore; crawlers in the wild also bear digits.
TOKEN_FORM: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_BYTES: Final = 8_000_000

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Directory:
    """Recipients by id, and the rows that could not be read."""

    recipients: tuple[Recipient, ...]
    unreadable: tuple[Unreadable, ...] = ()


class _Wrong(Exception):
    """One cell that breaks a rule; never leaves this module."""

    def __init__(self, column: str, rule: str, value: str, why: str) -> None:
        super().__init__(why)
        self.column, self.rule, self.value, self.why = column, rule, value, why


def parse_directory(text: str, where: str = "recipients.csv") -> Directory:
    """All recipients in `text` (CSV with the columns of `COLUMNS`; lists are separated by ``; ``).

    A row that breaks a rule becomes an `Unreadable` with its line; the others stand.

    Raises:
        InputError: ``directory.size``, ``directory.columns``: the file as a whole is not a directory.
    """
    if len(text) > MAX_BYTES:
        raise InputError("directory.size", f"The directory is larger than {MAX_BYTES:,} characters.", where=where)
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise InputError(
            "directory.columns",
            f"The directory lacks the column {missing[0]!r}.",
            hint=f"The columns are {', '.join(COLUMNS)}.",
            where=where,
        )
    recipients: dict[str, Recipient] = {}
    wrong: list[Unreadable] = []
    for row in reader:
        line = f"{where}:{reader.line_num}"
        try:
            made = _recipient(row)
            if made.id in recipients:
                raise _Wrong("id", "directory.twice", made.id, f"The id {made.id} stands twice.")
            recipients[made.id] = made
        except _Wrong as error:
            wrong.append(Unreadable(line, error.column, error.rule, error.value[:200], error.why))
    return Directory(tuple(recipients[name] for name in sorted(recipients)), tuple(wrong))


def _recipient(row: Mapping[str, str | None]) -> Recipient:
    cells = {column: (row.get(column) or "").strip() for column in COLUMNS}
    for column, value in cells.items():
        if "@" in value:
            raise _Wrong(column, "directory.address", value, "The directory keeps no mail addresses.")
    if not ID_FORM.fullmatch(cells["id"]):
        raise _Wrong("id", "directory.id", cells["id"], "An id is made of lower-case letters, digits and hyphens.")
    if not cells["name"]:
        raise _Wrong("name", "directory.name", "", "The name is empty.")
    suppression, _, successor = cells["suppression"].partition(":")
    return Recipient(
        id=cells["id"],
        name=cells["name"],
        legal_entity=cells["legal_entity"],
        kind=_word("kind", cells["kind"], RecipientKind),
        also_kinds=tuple(_word("also_kinds", kind, RecipientKind) for kind in _list(cells["also_kinds"])),
        hq_country=_country(cells["hq_country"]),
        website=_website(cells["website"]),
        brands=_list(cells["brands"]),
        models=_list(cells["models"]),
        datasets=_list(cells["datasets"]),
        crawler_tokens=tuple(_token(token) for token in _list(cells["crawler_tokens"])),
        eu_gpai_code=_word("eu_gpai_code", cells["eu_gpai_code"], GpaiCode) if cells["eu_gpai_code"] else None,
        status=_word("status", cells["status"], RecipientStatus),
        suppression=_word("suppression", suppression, Suppression) if suppression else None,
        successor=successor,
        source=_list(cells["source"]),
        source_date=_day(cells["source_date"]),
        confidence=_word("confidence", cells["confidence"], Confidence),
        notes=cells["notes"],
    )


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _word(column: str, value: str, kind: type[Word]) -> Word:
    try:
        return kind(value)
    except ValueError as error:
        known = ", ".join(word.value for word in kind)
        raise _Wrong(column, f"directory.{column}", value, f"{value!r} is not one of {known}.") from error


def _country(value: str) -> str:
    if value and value not in COUNTRIES:
        raise _Wrong("hq_country", "directory.country", value, f"{value!r} is no ISO 3166-1 country code.")
    return value


def _website(value: str) -> str:
    if not value:
        return value
    try:
        parts = urlsplit(value)
        good = parts.scheme == "https" and bool(parts.hostname) and "." in (parts.hostname or "")
    except ValueError:
        good = False
    if not good or any(letter.isspace() for letter in value):
        raise _Wrong("website", "directory.website", value, f"{value!r} is no https address.")
    return value


def _token(value: str) -> str:
    if not TOKEN_FORM.fullmatch(value):
        raise _Wrong("crawler_tokens", "directory.token", value, f"{value!r} is no robots.txt product token.")
    return value


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise _Wrong("source_date", "directory.date", value, f"{value!r} is no date.") from error
