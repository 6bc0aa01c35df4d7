"""Core types to plain column tuples and back. Pure; the same for every engine and for the fake."""

import json
from collections.abc import Sequence
from hashlib import blake2b
from json.encoder import encode_basestring
from typing import Any, Final

from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.item import Item, ItemKind
from tacenda.core.party import Party, PartyKind
from tacenda.errors import InputError
from tacenda.ports import ITEM_COLUMNS

OWN_COLUMN: Final = {Scheme.ISRC: 0, Scheme.ISWC: 1, Scheme.GTIN: 2, Scheme.YOUTUBE: 3}
EMPTY_LIST: Final = "[]"
DIGEST_SIZE: Final = 16

ItemRow = tuple[Any, ...]
"""The columns of `ITEM_COLUMNS`, then the digest of the row (16 bytes of BLAKE2b over all of them)."""


def item_row(item: Item) -> ItemRow:
    """The columns of `ITEM_COLUMNS`, then the row's digest, by which a row that did not change is known.

    The digest never leaves the desk: it is compared with itself alone. About 6 microseconds a row.

    Raises:
        InputError: ``store.text`` when a text holds NUL (which PostgreSQL cannot keep, so SQLite may not either)
            or half a character, or an identifier a space.
    """
    isrc, iswc, gtin, youtube, other_ids = _identifier_columns(item.identifiers)
    duration = item.duration_ms
    texts = (
        item.id,
        item.catalogue,
        item.kind.value,
        item.title,
        item.artist,
        isrc,
        iswc,
        gtin,
        youtube,
        other_ids,
        "" if duration is None else str(duration),
        item.release_date,
        item.label,
        _list(item.writers),
        _list(item.publishers),
        _list(item.ipi_name_numbers),
        item.lyrics,
        item.audio_path,
    )
    joined = "\0".join(texts)
    if joined.count("\0") != len(texts) - 1:
        raise _bad_text(item, "a NUL character")
    try:
        digest = blake2b(joined.encode(), digest_size=DIGEST_SIZE).digest()
    except UnicodeEncodeError as error:
        raise _bad_text(item, "half a character (a lone surrogate)") from error
    return (*texts[:10], duration, *texts[11:], digest)


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
        "isrc_prefixes": _list(party.isrc_prefixes),
        "ipi_name_numbers": _list(party.ipi_name_numbers),
        "labels": _list(party.labels),
        "aliases": _list(party.aliases),
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


def _identifier_columns(identifiers: tuple[Identifier, ...]) -> tuple[str, str, str, str, str]:
    own = ["", "", "", ""]
    others: list[str] = []
    for identifier in identifiers:
        value = identifier.value
        place = OWN_COLUMN.get(identifier.scheme)
        if place is None:
            others.append(f"{identifier.scheme.value}:{value}")
            continue
        if " " in value or not value:
            raise InputError("store.text", f"The identifier {identifier!s} is empty or holds a space.")
        own[place] = f"{own[place]} {value}" if own[place] else value
    return own[0], own[1], own[2], own[3], _list(others)


def _list(values: Sequence[str]) -> str:
    # What json.dumps(..., ensure_ascii=False) would write, without making an encoder for each of 1,000,000 rows.
    return f"[{','.join(map(encode_basestring, values))}]" if values else EMPTY_LIST


def _bad_text(item: Item, what: str) -> InputError:
    return InputError(
        "store.text",
        f"A text of item {item.id!r} of catalogue {item.catalogue!r} holds {what}.",
        hint="Remove it from the file and import again.",
    )
