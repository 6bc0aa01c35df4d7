"""Compile a snapshot from the desk: same desk and same day, same bytes, in whatever order the rows were imported.

The folder is written under a temporary name beside its place and renamed when it is whole and synced, so a build
that is killed leaves no half snapshot behind that could be taken for one.

A snapshot names its items (title, artist, label, release date, identifiers), the catalogues and their owners,
the reservations, the licences with their grantees, and the parties that these name. Of lyrics it holds hashes only
(`match.lyrics.index`). It holds no audio paths, no durations, no writers or publishers, and no party that nothing
names.

Cost: a million recordings take under half a minute and about 1.5 KiB of memory each.
"""

import json
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tacenda.core.canonical import canonical_bytes, sha256_hex
from tacenda.core.decision import Facts
from tacenda.core.documents import facts_to_document
from tacenda.core.fold import FOLD_VERSION, fold_text
from tacenda.core.grouping import Group
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.note import Checkpoint
from tacenda.errors import ConflictError
from tacenda.match.exact import KEY_CLASSES, Forms, forms_of, forms_of_names
from tacenda.match.hashing import keys_of
from tacenda.match.interface import How
from tacenda.match.lookup import UMBRELLA, KeyTable, make_table
from tacenda.match.lyrics.background import shipped_counts
from tacenda.match.lyrics.index import build_index
from tacenda.match.spelling import spelling_table
from tacenda.snapshot.groups import PREFIX_LENGTH, Marks, Pairs, group_items, mentioned_in
from tacenda.snapshot.manifest import MANIFEST, NOTE, Manifest, measure
from tacenda.snapshot.opened import (
    CATALOGUES,
    CHECKPOINT,
    FACTS,
    FOLDING,
    GROUPS,
    ITEM_GROUPS,
    ITEMS,
    KEYS,
    LYRICS,
    CatalogueEntry,
    Umbrella,
)

Report = Callable[[int, int | None, str], None]

_READ: Final = (
    "id", "catalogue", "kind", "title", "artist", "isrc", "iswc", "gtin", "youtube", "label", "release_date",
    "ipi_name_numbers", "other_ids",
)  # fmt: skip
_KEPT: Final = _READ[:-2]
_REPEATED: Final = ("catalogue", "kind", "label", "owner")
_BATCH_ROWS: Final = 1 << 20
_KEYED: Final = {Scheme.ISRC: How.ISRC, Scheme.ISWC: How.ISWC, Scheme.GTIN: How.GTIN, Scheme.YOUTUBE: How.YOUTUBE}


class Listed(Protocol):
    """A catalogue as the desk knows it (`ports.CatalogueInfo`)."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def layers(self) -> tuple[str, ...]: ...


class Source(Protocol):
    """What a build reads (`ports.View`)."""

    def catalogues(self) -> Sequence[Listed]: ...
    def item_rows(self, columns: Sequence[str], batch_rows: int = ...) -> Iterator[Sequence[tuple[Any, ...]]]: ...


@dataclass(frozen=True, slots=True)
class Terms:
    """What a snapshot says of itself beside what is in it.

    Attributes:
        created_at: aware UTC.
        valid_until: last day on which its answers count as current, inclusive.
        checkpoint: the signed head of the evidence log after everything in it was logged.
    """

    id: str
    version: int
    created_at: datetime
    valid_until: date
    checkpoint: Checkpoint


def build_snapshot(
    source: Source,
    folder: Path,
    *,
    facts: Facts,
    terms: Terms,
    sign: Callable[[str], str],
    report: Report = lambda done, total, what: None,
) -> Manifest:
    """Compile, sign and put into `folder`, which must not be there; its manifest.

    Args:
        sign: makes a C2SP signed note of a text (`ports.Signer.sign_note`).

    Raises:
        ConflictError: ``snapshot.exists`` when the folder is there: a snapshot is never written over.
    """
    if folder.exists():
        raise ConflictError(
            "snapshot.exists",
            "There is a snapshot in this place already.",
            hint="Name another.",
            where=str(folder),
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        manifest = _Build(source, work, facts, report).run(terms, sign)
        _sync_all(work)
        work.chmod(0o755)
        work.rename(folder)
        _sync(folder.parent)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return manifest


class _Build:
    """One build, step by step into one folder."""

    def __init__(self, source: Source, work: Path, facts: Facts, report: Report) -> None:
        self.source = source
        self.work = work
        self.report = report
        self.catalogues = tuple(
            CatalogueEntry(c.id, c.title, c.owner, tuple(c.layers))
            for c in sorted(source.catalogues(), key=lambda c: c.id)
        )
        self.facts = _only_named(facts, self.catalogues)
        self.mentioned = mentioned_in(self.facts)
        self.spelling = spelling_table()
        self.umbrellas: list[Umbrella] = []

    def run(self, terms: Terms, sign: Callable[[str], str]) -> Manifest:
        items = self._items()
        forms = {how: forms_of(how, items[KEY_CLASSES[how]]) for how in _KEYED.values()}
        forms[How.TEXT] = forms_of_names(items["artist"], items["title"], self.spelling)
        self.report(len(items), len(items), "sorting keys")
        tables = {how: _table(how, found) for how, found in forms.items()}
        listed, tables = self._umbrellas(items, tables)
        self.report(len(items), len(items), "grouping by rights")
        groups, of_item = self._groups(items, forms, tables, listed)
        self.report(len(items), len(items), "writing")
        self._write(items, tables, groups, of_item, terms.checkpoint)
        self._write_lyrics(items)
        manifest = Manifest(
            id=terms.id,
            version=terms.version,
            created_at=terms.created_at,
            valid_until=terms.valid_until,
            origin=terms.checkpoint.origin,
            log_size=terms.checkpoint.size,
            log_root=terms.checkpoint.root.hex(),
            fold_version=FOLD_VERSION,
            unicode=unicodedata.unidata_version,
            items=len(items),
            groups=len(groups) - len(self.umbrellas),
            umbrellas=len(self.umbrellas),
            keys={KEY_CLASSES[how]: len(table) for how, table in tables.items()},
            files=tuple(measure(path, name) for name, path in sorted(_files(self.work))),
        )
        data = manifest.to_bytes()
        (self.work / MANIFEST).write_bytes(data)
        (self.work / NOTE).write_text(sign(manifest.note_text()), encoding="utf-8", newline="")
        return replace(manifest, digest=sha256_hex(data))

    def _items(self) -> Any:
        """All items as one table sorted by id, so that the order of import leaves no trace."""
        schema = pa.schema([(name, pa.string()) for name in _READ])
        batches = []
        done = 0
        for rows in self.source.item_rows(_READ):
            if rows:
                columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
                batches.append(pa.record_batch(columns, schema=schema))
                done += len(rows)
                self.report(done, None, "reading the catalogue")
        table = pa.Table.from_batches(batches, schema)
        order = pc.sort_indices(table, [("id", "ascending"), ("catalogue", "ascending")])
        return table.take(order).combine_chunks()

    def _umbrellas(
        self, items: Any, tables: dict[How, KeyTable]
    ) -> tuple[list[tuple[int, int]], dict[How, KeyTable]]:
        """(item, place in `Mentioned.listed`) of listed items; and tables that also answer for what is listed
        but in no catalogue."""
        listed: list[tuple[int, int]] = []
        extra: dict[How, list[tuple[str, int]]] = {}
        for how, places in self._listed_by_how().items():
            values = [self.mentioned.listed[place].value for place in places]
            which, targets = tables[how].find(_keys(how, values))
            listed += [(int(t), places[int(w)]) for w, t in zip(which, targets, strict=True)]
            named = set(which.tolist())
            for place, value in enumerate(values):
                if place not in named:
                    extra.setdefault(how, []).append((value, len(self.umbrellas)))
                    self.umbrellas.append(Umbrella(KEY_CLASSES[how], value))
        self.umbrellas += [Umbrella("isrc-prefix", prefix) for prefix in self.mentioned.prefixes]
        listed += self._listed_elsewhere(items)
        for how, found in extra.items():
            keys = _keys(how, [value for value, _ in found])
            targets = np.array([number for _, number in found], np.uint32) | UMBRELLA
            old = tables[how]
            tables[how] = make_table(np.concatenate([old.keys, keys]), np.concatenate([old.targets, targets]))
        return listed, tables

    def _listed_by_how(self) -> dict[How, list[int]]:
        places: dict[How, list[int]] = {}
        for place, identifier in enumerate(self.mentioned.listed):
            if identifier.scheme in _KEYED:
                places.setdefault(_KEYED[identifier.scheme], []).append(place)
        return places

    def _listed_elsewhere(self, items: Any) -> list[tuple[int, int]]:
        """Items listed by identifiers of schemes that have no key class (their column holds JSON)."""
        wanted = {str(i): place for place, i in enumerate(self.mentioned.listed) if i.scheme not in _KEYED}
        if not wanted:
            return []
        return [
            (row, wanted[text])
            for row, cell in enumerate(items["other_ids"].to_pylist())
            if cell and cell != "[]"
            for text in json.loads(cell)
            if text in wanted
        ]

    def _groups(
        self, items: Any, forms: dict[How, Forms], tables: dict[How, KeyTable], listed: list[tuple[int, int]]
    ) -> tuple[list[Group], NDArray[np.uint32]]:
        names = pa.array([entry.id for entry in self.catalogues], pa.string())
        marks = Marks(
            work=_numpy(pc.equal(items["kind"], "work")),
            catalogue=_numpy(pc.index_in(items["catalogue"], names)).astype(np.int64),
            label=_mapped(items["label"], _places(self.mentioned.labels), fold_text),
            prefixes=_prefix_pairs(forms[How.ISRC], self.mentioned.prefixes),
            ipis=_ipi_pairs(items["ipi_name_numbers"], self.mentioned.ipis),
            listed=_pairs(listed),
            isrcs=_codes(tables[How.ISRC]),
            iswcs=_codes(tables[How.ISWC]),
        )
        of_item, groups = group_items(marks, [entry.id for entry in self.catalogues], self.mentioned)
        return groups + [_umbrella_group(umbrella) for umbrella in self.umbrellas], of_item

    def _write(
        self,
        items: Any,
        tables: dict[How, KeyTable],
        groups: list[Group],
        of_item: NDArray[np.uint32],
        checkpoint: Checkpoint,
    ) -> None:
        (self.work / KEYS).mkdir()
        for how, table in tables.items():
            with (self.work / KEYS / f"{KEY_CLASSES[how]}.bin").open("wb") as file:
                table.write(file)
        (self.work / ITEM_GROUPS).write_bytes(of_item.astype("<u4").tobytes())
        (self.work / FOLDING).write_bytes(self.spelling.to_bytes())
        (self.work / CHECKPOINT).write_text(checkpoint.note, encoding="utf-8", newline="")
        document = {
            "groups": [group.to_document() for group in groups],
            "umbrellas": [{"class": u.key_class, "value": u.value} for u in self.umbrellas],
        }
        (self.work / GROUPS).write_bytes(canonical_bytes(document))
        (self.work / FACTS).write_bytes(canonical_bytes(facts_to_document(self.facts)))
        entries = [
            {"id": c.id, "title": c.title, "owner": c.owner, "layers": list(c.layers)} for c in self.catalogues
        ]
        (self.work / CATALOGUES).write_bytes(canonical_bytes({"catalogues": entries}))
        self._write_items(items)

    def _write_lyrics(self, items: Any) -> None:
        """The index of lyrics, where there are any."""
        lyrics = [
            (str(catalogue), str(item), str(text))
            for rows in self.source.item_rows(("catalogue", "id", "lyrics"))
            for catalogue, item, text in rows
            if text
        ]
        if not lyrics:
            return
        self.report(len(items), len(items), "indexing lyrics")
        names = zip(items["catalogue"].to_pylist(), items["id"].to_pylist(), strict=True)
        row_of = {name: row for row, name in enumerate(names)}
        index = build_index(
            ((row_of[catalogue, item], text) for catalogue, item, text in lyrics), background=shipped_counts()
        )
        if len(index):
            (self.work / LYRICS).mkdir()
            index.save(self.work / LYRICS)

    def _write_items(self, items: Any) -> None:
        owners = {entry.id: entry.owner for entry in self.catalogues}
        catalogue = items["catalogue"].combine_chunks().dictionary_encode()
        catalogue = catalogue.combine_chunks() if isinstance(catalogue, pa.ChunkedArray) else catalogue
        owner = pa.array([owners[name] for name in catalogue.dictionary.to_pylist()], pa.string())
        table = items.select(_KEPT).append_column("owner", owner.take(catalogue.indices))
        for name in _REPEATED:
            place = table.schema.get_field_index(name)
            table = table.set_column(place, name, table[name].dictionary_encode())
        table = table.unify_dictionaries().replace_schema_metadata(None)
        with pa.OSFile(str(self.work / ITEMS), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table, max_chunksize=_BATCH_ROWS)


def _only_named(facts: Facts, catalogues: Sequence[CatalogueEntry]) -> Facts:
    """The facts with only those parties that something here names."""
    named = {entry.owner for entry in catalogues}
    for reservation in facts.reservations:
        named |= {*reservation.speakers, *(grantor.party for grantor in reservation.grantors)}
    for licence in facts.licences:
        named |= {licence.grantor, licence.grantee, *licence.affiliates}
    parties = {name: facts.parties[name] for name in sorted(named & facts.parties.keys())}
    return Facts(facts.reservations, facts.licences, parties)


def _umbrella_group(umbrella: Umbrella) -> Group:
    """What an umbrella rule reaches, as far as it is known: one identifier, or a prefix of ISRCs."""
    scheme = Scheme.ISRC if umbrella.key_class == "isrc-prefix" else Scheme(umbrella.key_class)
    return Group(work=scheme is Scheme.ISWC, identifiers=(Identifier(scheme, umbrella.value),))


def _table(how: How, forms: Forms) -> KeyTable:
    return make_table(keys_of(KEY_CLASSES[how], forms.data, forms.offsets), forms.rows.astype(np.uint32))


def _keys(how: How, values: Sequence[str]) -> NDArray[np.uint64]:
    raw = [value.encode("utf-8") for value in values]
    ends = np.cumsum([0, *map(len, raw)]).astype(np.int64)
    return keys_of(KEY_CLASSES[how], np.frombuffer(b"".join(raw) or b"\0", np.uint8), ends)


def _codes(table: KeyTable) -> Pairs:
    """Pairs (item, number of a code that it bears), by number."""
    fresh = np.ones(len(table), bool)
    fresh[1:] = (table.keys[1:] != table.keys[:-1]).any(axis=1)
    numbers = np.cumsum(fresh)
    items = table.targets < UMBRELLA
    return table.targets[items].astype(np.int64), numbers[items].astype(np.int64)


def _prefix_pairs(forms: Forms, prefixes: Sequence[str]) -> Pairs:
    if not prefixes or not len(forms.rows):
        return _pairs([])
    known = np.array([prefix.encode("ascii") for prefix in prefixes], f"S{PREFIX_LENGTH}")
    codes = np.ascontiguousarray(forms.data.reshape(len(forms.rows), -1)[:, :PREFIX_LENGTH])
    codes = codes.view(f"S{PREFIX_LENGTH}").ravel()
    places = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    hit = known[places] == codes
    return forms.rows[hit], places[hit].astype(np.int64)


def _ipi_pairs(column: Any, ipis: Sequence[str]) -> Pairs:
    """Pairs (item, place of an IPI that is mentioned); the column holds JSON lists."""
    if not ipis:
        return _pairs([])
    known = _places(ipis)
    encoded = column.combine_chunks().dictionary_encode()
    encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    hits = [
        [known[number] for number in json.loads(cell or "[]") if number in known]
        for cell in encoded.dictionary.to_pylist()
    ]
    counts = np.array([len(found) for found in hits], np.int64)
    indices = encoded.indices.to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(counts[indices] > 0)
    return _pairs([(int(row), place) for row in rows for place in hits[indices[row]]])


def _mapped(column: Any, places: dict[str, int], fold: Callable[[str], str]) -> NDArray[np.int64]:
    """The place of each folded cell, -1 where it is not mentioned. Folds each distinct cell once."""
    encoded = column.combine_chunks().dictionary_encode()
    encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    of_cell = np.array([places.get(fold(cell), -1) for cell in encoded.dictionary.to_pylist()], np.int64)
    return of_cell[encoded.indices.to_numpy(zero_copy_only=False)] if len(column) else np.empty(0, np.int64)


def _places(names: Sequence[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


def _pairs(found: Sequence[tuple[int, int]]) -> Pairs:
    both = np.array(found, np.int64).reshape(-1, 2)
    return both[:, 0].copy(), both[:, 1].copy()


def _numpy(column: Any) -> NDArray[Any]:
    made: NDArray[Any] = column.combine_chunks().to_numpy(zero_copy_only=False)
    return made


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def _sync_all(folder: Path) -> None:
    for _, path in _files(folder):
        _sync(path)
    _sync(folder / KEYS)
    if (folder / LYRICS).is_dir():
        _sync(folder / LYRICS)
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
