"""An item as plain columns: what goes through processes and into the database by the million.

The columns and their order are `ports.ITEM_COLUMNS`. A tuple costs a fraction of an `Item` with its identifiers,
so the import makes tuples at once and `Item` is for whoever has one item in hand.
"""

from collections.abc import Sequence
from json.encoder import encode_basestring
from typing import Any, Final

from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.item import Item
from tacenda.errors import InputError

OWN_COLUMN: Final = {Scheme.ISRC: 0, Scheme.ISWC: 1, Scheme.GTIN: 2, Scheme.YOUTUBE: 3}
EMPTY_LIST: Final = "[]"

ItemColumns = tuple[Any, ...]
"""One value for each of `ports.ITEM_COLUMNS`."""


def columns_of(item: Item) -> ItemColumns:
    """The columns of an item.

    Raises:
        InputError: ``store.text`` when an identifier is empty or holds a space: it would read as none or two.
    """
    isrc, iswc, gtin, youtube, other_ids = _identifier_columns(item.identifiers)
    return (
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
        item.duration_ms,
        item.release_date,
        item.label,
        list_text(item.writers),
        list_text(item.publishers),
        list_text(item.ipi_name_numbers),
        item.lyrics,
        item.audio_path,
    )


def list_text(values: Sequence[str]) -> str:
    """What ``json.dumps(values, ensure_ascii=False)`` would write with ``,`` alone between values.

    Made by hand, without an encoder for each of 1,000,000 rows.
    """
    return f"[{','.join(map(encode_basestring, values))}]" if values else EMPTY_LIST


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
    return own[0], own[1], own[2], own[3], list_text(others)
