"""Core types to plain column tuples and back. Pure; the same for every engine and for the fake."""

import json
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final

from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.item import Item, ItemKind
from tacenda.core.item_columns import OWN_COLUMN, ItemColumns, columns_of, list_text
from tacenda.core.party import Party, PartyKind
from tacenda.errors import InputError
from tacenda.ports import ITEM_COLUMNS

DIGEST_SIZE: Final = 16
DURATION: Final = ITEM_COLUMNS.index("duration_ms")
LAST: Final = len(ITEM_COLUMNS) - 1

ItemRow = tuple[Any, ...]
"""The columns of `ITEM_COLUMNS`, then the digest of the row (16 bytes of BLAKE2b over all of them)."""


def item_row(item: Item) -> ItemRow:
    """The columns of `ITEM_COLUMNS`, then the row's digest.

    Raises:
        InputError: ``store.text``, as in `with_digest`, and when an identifier holds a space.
    """
    return with_digest(columns_of(item))


def with_digest(columns: ItemColumns) -> ItemRow:
    """The row of some columns: the digest by which a row that did not change is known stands at its end.

    The digest never leaves the desk: it is compared with itself alone. About 3 microseconds a row.

    Raises:
        InputError: ``store.text`` when a text holds NUL (which PostgreSQL cannot keep, so SQLite may not either)
            or half a character.
    """
    duration = columns[DURATION]
    joined = "\0".join((*columns[:DURATION], "" if duration is None else str(duration), *columns[DURATION + 1 :]))
    if joined.count("\0") != LAST:
        raise _bad_text(columns, "a NUL character")
    try:
        return (*columns, blake2b(joined.encode(), digest_size=DIGEST_SIZE).digest())
    except UnicodeEncodeError as error:
        raise _bad_text(columns, "half a character (a lone surrogate)") from error


def item_from(row: Sequence[Any]) -> Item:
    """The item of a row with the columns of `ITEM_COLUMNS`."""
    found = dict(zip(ITEM_COLUMNS, row, strict=False))
    identifiers = [Identifier(s, value) for s in OWN_COLUMN for value in str(found[s.value]).split()]
    for text in json.loads(found["other_ids"]):
        scheme, _, value = text.partition(":")
        identifiers.append(Identifier(Scheme(scheme), value))
    return Item(
        id=found["id"],
        catalogue=found["catalogue"],
        kind=ItemKind(found["kind"]),
        title=found["title"],
        artist=found["artist"],
        identifiers=tuple(sorted(identifiers)),
        duration_ms=found["duration_ms"],
        release_date=found["release_date"],
        label=found["label"],
        writers=tuple(json.loads(found["writers"])),
        publishers=tuple(json.loads(found["publishers"])),
        ipi_name_numbers=tuple(json.loads(found["ipi_name_numbers"])),
        lyrics=found["lyrics"],
        audio_path=found["audio_path"],
    )


def party_row(party: Party) -> dict[str, Any]:
    """The columns of the table of parties."""
    row = {
        "id": party.id,
        "legal_name": party.legal_name,
        "kind": party.kind.value,
        "company_number": party.company_number,
        "seat": party.seat,
        "website": party.website,
        "contact": party.contact,
        "isrc_prefixes": list_text(party.isrc_prefixes),
        "ipi_name_numbers": list_text(party.ipi_name_numbers),
        "labels": list_text(party.labels),
        "aliases": list_text(party.aliases),
    }
    for column, text in row.items():
        check_text(text, f"{column} of party {party.id!r}")
    return row


def party_from(row: Any) -> Party:
    """The party of a row with attributes named like the columns."""
    return Party(
        id=row.id,
        legal_name=row.legal_name,
        kind=PartyKind(row.kind),
        company_number=row.company_number,
        seat=row.seat,
        website=row.website,
        contact=row.contact,
        isrc_prefixes=tuple(json.loads(row.isrc_prefixes)),
        ipi_name_numbers=tuple(json.loads(row.ipi_name_numbers)),
        labels=tuple(json.loads(row.labels)),
        aliases=tuple(json.loads(row.aliases)),
    )


def check_text(text: str, what: str) -> None:
    """Refuse what one of the engines cannot keep.

    Raises:
        InputError: ``store.text`` for NUL or half a character.
    """
    if "\0" in text:
        raise InputError("store.text", f"The {what} holds a NUL character.", hint="Remove it and try again.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(
            "store.text", f"The {what} holds half a character (a lone surrogate).", hint="Write it as UTF-8."
        ) from error


def _bad_text(columns: ItemColumns, what: str) -> InputError:
    return InputError(
        "store.text",
        f"A text of item {columns[0]!r} of catalogue {columns[1]!r} holds {what}.",
        hint="Remove it from the file and import again.",
    )
