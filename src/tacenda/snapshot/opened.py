"""An opened snapshot: everything that screening and the look-up page need, read by memory map.

Opening a million items takes well under a second and little memory, whatever their number: the operating system
brings in the pages that are asked for, and many processes share one copy.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tacenda.core.decision import Facts
from tacenda.core.documents import facts_from_document
from tacenda.core.grouping import Group
from tacenda.core.note import KnownKey
from tacenda.core.thing import Thing
from tacenda.errors import IntegrityError
from tacenda.match.exact import KEY_CLASSES, ExactMatcher
from tacenda.match.interface import How, Matcher, Matches
from tacenda.match.lookup import KeyTable, map_table
from tacenda.match.lyrics.index import HEAD as LYRICS_HEAD
from tacenda.match.lyrics.index import LyricIndex, map_index
from tacenda.match.spelling import SpellingTable
from tacenda.snapshot.manifest import AGAIN, Manifest
from tacenda.snapshot.verify import verify_snapshot

FACTS: Final = "facts.json"
CATALOGUES: Final = "catalogues.json"
GROUPS: Final = "groups.json"
ITEMS: Final = "items.arrow"
ITEM_GROUPS: Final = "item_groups.bin"
FOLDING: Final = "fold.bin"
CHECKPOINT: Final = "checkpoint"
KEYS: Final = "keys"
LYRICS: Final = "lyrics"


@dataclass(frozen=True, slots=True)
class Umbrella:
    """A rule that reaches what is in no catalogue: one listed identifier, or all ISRCs with a prefix."""

    key_class: str
    value: str


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A catalogue as the snapshot names it."""

    id: str
    title: str
    owner: str
    layers: tuple[str, ...]


@dataclass(frozen=True)
class Snapshot:
    """A snapshot that was verified and mapped. Immutable; may be shared by threads.

    Attributes:
        facts: reservations, licences and the parties they name.
        items: memory-mapped table, by item id: id, catalogue, kind, title, artist, isrc, iswc, gtin, youtube,
            label, release_date, owner. What is not known is empty.
        group_of_item: uint32 (items,): the rights group of each item.
        umbrellas: by number, as in `Matches.umbrella`.
        matcher: finds what the rows of a corpus name.
        signed_by: the known keys that signed it; empty when it was opened without keys.
        lyrics: the index of lyrics, hashes only; None where no item has a lyric.
    """

    folder: Path
    manifest: Manifest
    facts: Facts
    items: Any
    group_of_item: NDArray[np.uint32]
    catalogues: tuple[CatalogueEntry, ...]
    umbrellas: tuple[Umbrella, ...]
    groups: tuple[Group, ...]
    matcher: Matcher
    signed_by: tuple[str, ...] = ()
    lyrics: LyricIndex | None = None

    def __post_init__(self) -> None:
        owners = {entry.id: (entry.owner, entry.layers) for entry in self.catalogues}
        # Things are made when asked for: a snapshot may have many groups of which a corpus meets few.
        made = cache(lambda group: self.groups[group].thing(owners))
        object.__setattr__(self, "_things", made)

    def thing(self, group: int) -> Thing:
        """The thing that stands for every item of a rights group."""
        made: Thing = self._things(int(group))  # type: ignore[attr-defined]
        return made

    def thing_of_umbrella(self, umbrella: int) -> Thing:
        return self.thing(self.manifest.groups + int(umbrella))

    def groups_of(self, matches: Matches) -> NDArray[np.int64]:
        """The group of every hit; for an umbrella hit, the group of the umbrella. Each goes into `thing`."""
        groups = self.manifest.groups + matches.umbrella.astype(np.int64)
        found = matches.item >= 0
        groups[found] = self.group_of_item[matches.item[found]]
        return groups

    def stale(self, on: date) -> bool:
        """Whether an answer given on this day is older than the publisher stands by."""
        return on > self.manifest.valid_until


def open_snapshot(
    folder: Path, *, keys: Sequence[KnownKey] = (), contents: bool = True, threads: int = 1
) -> Snapshot:
    """Verify and map the snapshot in `folder`. Needs no database, no network and no workspace.

    Args:
        keys: one of them must have signed it. Without keys only damage is noticed, not forgery.
        contents: check every byte first (about a second a gigabyte). Leave it out only where the folder was
            verified on this machine before and nobody else can write to it: damaged files may crash the program.
        threads: how many the matcher may use for one batch.

    Raises:
        SettingsError: ``snapshot.missing``.
        IntegrityError: for the first thing that is not what was signed.
    """
    verified = verify_snapshot(folder, keys, contents=contents)
    manifest = verified.manifest
    grouped = _json(folder / GROUPS)
    umbrellas = tuple(Umbrella(str(u["class"]), str(u["value"])) for u in grouped["umbrellas"])
    groups = tuple(Group.from_document(document) for document in grouped["groups"])
    of_item = np.asarray(np.memmap(folder / ITEM_GROUPS, "<u4", "r")) if manifest.items else np.empty(0, np.uint32)
    items = _map_items(folder / ITEMS)
    _agree(manifest, folder, items.num_rows, of_item, groups, umbrellas)
    return Snapshot(
        folder=folder,
        manifest=manifest,
        facts=facts_from_document(_json(folder / FACTS)),
        items=items,
        group_of_item=of_item,
        catalogues=tuple(
            CatalogueEntry(str(c["id"]), str(c["title"]), str(c["owner"]), tuple(c["layers"]))
            for c in _json(folder / CATALOGUES)["catalogues"]
        ),
        umbrellas=umbrellas,
        groups=groups,
        matcher=_matcher(folder, manifest, umbrellas, threads),
        signed_by=verified.signed_by,
        lyrics=_lyrics(folder, manifest),
    )


def _matcher(folder: Path, manifest: Manifest, umbrellas: Sequence[Umbrella], threads: int) -> ExactMatcher:
    tables: dict[How, KeyTable] = {}
    for how, key_class in KEY_CLASSES.items():
        if key_class in manifest.keys:
            tables[how] = map_table(folder / KEYS / f"{key_class}.bin")
    prefixes = sorted((u.value, number) for number, u in enumerate(umbrellas) if u.key_class == "isrc-prefix")
    return ExactMatcher(
        tables=tables,
        spelling=SpellingTable.from_bytes((folder / FOLDING).read_bytes(), str(folder / FOLDING)),
        prefixes=np.array([value.encode("ascii") for value, _ in prefixes], "S5"),
        prefix_umbrellas=np.array([number for _, number in prefixes], np.int32),
        threads=threads,
    )


def _lyrics(folder: Path, manifest: Manifest) -> LyricIndex | None:
    if not any(entry.name == f"{LYRICS}/{LYRICS_HEAD}" for entry in manifest.files):
        return None
    index = map_index(folder / LYRICS)
    if len(index.owners) and int(index.owners.max()) >= manifest.items:
        raise IntegrityError(
            "snapshot.parts", "The parts of the snapshot do not fit each other.", hint=AGAIN, where=str(folder)
        )
    return index


def _agree(
    manifest: Manifest,
    folder: Path,
    rows: int,
    of_item: NDArray[np.uint32],
    groups: Sequence[Group],
    umbrellas: Sequence[Umbrella],
) -> None:
    """That the parts fit each other, so that no number leads out of an array."""
    fits = (
        rows == manifest.items == len(of_item)
        and len(umbrellas) == manifest.umbrellas
        and len(groups) == manifest.groups + manifest.umbrellas
        and (not len(of_item) or int(of_item.max()) < manifest.groups)
    )
    if not fits:
        raise IntegrityError(
            "snapshot.parts", "The parts of the snapshot do not fit each other.", hint=AGAIN, where=str(folder)
        )


def _map_items(path: Path) -> Any:
    with pa.ipc.open_file(pa.memory_map(str(path), "r")) as reader:
        return reader.read_all()


def _json(path: Path) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise IntegrityError("snapshot.parts", "A part cannot be read.", hint=AGAIN, where=str(path)) from error
    if not isinstance(document, dict):
        raise IntegrityError("snapshot.parts", "A part cannot be read.", hint=AGAIN, where=str(path))
    return document
