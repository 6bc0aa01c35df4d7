"""A row of a table as an item of a catalogue, with everything that is wrong with it.

Three outcomes, from heavy to light. *Row left out*: an identifier is wrong or damaged, a text cannot be stored, or
nothing names the thing; importing the rest would claim something that the label may not have meant. *Value left
out*: a date or a duration cannot be read; the row is still that recording. *Imported as it stands*: it looks
damaged, but only its owner can say.

Cost: about ten microseconds a row on one core; it is the inner loop of the import.
"""

import hashlib
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tacenda.catalogue.columns import ColumnMap
from tacenda.catalogue.fields import SCHEME_OF, Field
from tacenda.catalogue.values import (
    Fault,
    damage,
    duration_ms,
    path_text,
    plain,
    prose,
    release_date,
    split_list,
    tidy,
)
from tacenda.core.identifiers import Identifier, Problem, Scheme, parse_identifier
from tacenda.core.item import Item, ItemKind
from tacenda.errors import Unreadable
from tacenda.formats.catalogue_table.neutral import OWN_MARKS, restore
from tacenda.formats.catalogue_table.rows import BadRow, Cell, Row

LONGEST_NAME: Final = 2_000
LONGEST_LYRICS: Final = 200_000
MOST_ENTRIES: Final = 500
SHOWN: Final = 200


class Outcome(StrEnum):
    ROW_LEFT_OUT = "row left out"
    VALUE_LEFT_OUT = "value left out"
    AS_IT_STANDS = "imported as it stands"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong with one row, as the error file tells it.

    Attributes:
        line, offset: as in `Row`.
        column: name of the column, or empty when the whole row is meant.
        rule: stable code, such as ``isrc.length``.
        value: as it stood, cut to 200 characters.
        suggestion: what it looks like, for a person to confirm; never applied.
    """

    line: int
    offset: int
    column: str
    rule: str
    outcome: Outcome
    value: str
    why: str
    suggestion: str = ""

    def unreadable(self, name: str) -> Unreadable:
        """As every reader of many rows reports it."""
        return Unreadable(f"{name}:{self.line}", self.column, self.rule, self.value, self.why)


def trouble_of_bad_row(bad: BadRow) -> Trouble:
    """A row that could not be cut into cells, as trouble."""
    return Trouble(bad.line, bad.offset, "", bad.rule, Outcome.ROW_LEFT_OUT, bad.value, bad.why)


def item_id(catalogue: str, kind: ItemKind, identifiers: Sequence[Identifier], artist: str, title: str,
            writers: Sequence[str] = ()) -> str:  # fmt: skip
    """The id of an item: 80 bits of SHA-256 over its catalogue and what identifies it, as 20 hex digits.

    A recording is identified by its ISRC and, since one recording stands on many releases, its UPC; without an ISRC
    by its outside ids; without those by artist, title and UPC. A work is identified by its ISWC, else by title and
    writers. Names are compared after case and spacing only: that rule must never change, or importing a file again
    would double the catalogue, so it is not `core.fold`.
    """
    own = {Scheme.ISWC} if kind is ItemKind.WORK else {Scheme.ISRC, Scheme.GTIN}
    main = Scheme.ISWC if kind is ItemKind.WORK else Scheme.ISRC
    parts = [str(one) for one in identifiers if one.scheme in own]
    if not any(one.scheme is main for one in identifiers):
        parts += [str(one) for one in identifiers if one.scheme in _OUTSIDE]
        if not any(one.scheme in _ROW_IDS for one in identifiers):
            names = writers if kind is ItemKind.WORK else (artist,)
            parts += ["name", _same(title), *(_same(name) for name in names)]
    key = "\0".join([catalogue, kind.value, *parts])
    return hashlib.sha256(key.encode("utf-8")).hexdigest()[:20]


_ROW_IDS: Final = frozenset({Scheme.SPOTIFY, Scheme.MBID, Scheme.DALI, Scheme.MSD})
_OUTSIDE: Final = _ROW_IDS | {Scheme.YOUTUBE}


def _same(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


class RowReader:
    """Rows of one table as items of one catalogue. Call it with a row."""

    def __init__(self, columns: Sequence[str], mapping: ColumnMap, catalogue: str) -> None:
        self._catalogue = catalogue
        self._map = mapping
        self._names = {name: column for name, column in mapping.columns.items()}
        self._place = {name: columns.index(column) for name, column in mapping.columns.items()}
        self._schemes = [
            (name, self._place[name], scheme) for name, scheme in SCHEME_OF.items() if name in self._place
        ]
        self._restored = bool(columns) and columns[0] in OWN_MARKS
        self._row: Row = Row(0, -1, ())
        self._troubles: list[Trouble] = []

    def __call__(self, row: Row) -> tuple[Item | None, list[Trouble]]:
        """The item, or None when the row is left out, and its troubles (a new list where there are any)."""
        if self._restored:
            row = Row(row.line, row.offset, [restore(c) if isinstance(c, str) else c for c in row.cells])
        self._row = row
        self._troubles = []
        item = self._item(row.cells)
        troubles = self._troubles
        if troubles and any(t.outcome is Outcome.ROW_LEFT_OUT for t in troubles):
            return None, troubles
        return item, troubles

    # --- the parts of an item ---

    def _item(self, cells: Sequence[Cell]) -> Item | None:
        title = self._text(Field.TITLE, cells)
        artist = self._text(Field.ARTIST, cells, several=True)
        identifiers = self._identifiers(cells)
        place = self._place
        writers = self._list(Field.WRITERS, cells) if Field.WRITERS in place else ()
        if Field.VERSION in place:
            title = _with_version(title, self._text(Field.VERSION, cells))
        if not identifiers and not self._named(title, artist, writers):
            return None
        if not artist and not writers and identifiers and Field.ARTIST in place:
            why = "There is no artist, so the row can be found by its identifiers alone."
            self._note(Field.ARTIST, Outcome.AS_IT_STANDS, "", Fault("artist.missing", why))
        isrc = any(one.scheme is Scheme.ISRC for one in identifiers)
        iswc = any(one.scheme is Scheme.ISWC for one in identifiers)
        kind = ItemKind.WORK if not isrc and not artist and (iswc or writers) else ItemKind.RECORDING
        return Item(
            item_id(self._catalogue, kind, identifiers, artist, title, writers),
            self._catalogue,
            kind,
            title,
            artist,
            identifiers,
            self._duration(cells) if Field.DURATION in place else None,
            self._date(cells) if Field.RELEASE_DATE in place else "",
            self._text(Field.LABEL, cells) if Field.LABEL in place else "",
            writers,
            self._list(Field.PUBLISHERS, cells) if Field.PUBLISHERS in place else (),
            self._ipis(cells) if Field.IPI in place else (),
            self._lyrics(cells) if Field.LYRICS in place else "",
            self._path(cells) if Field.AUDIO_PATH in place else "",
        )

    def _named(self, title: str, artist: str, writers: Sequence[str]) -> bool:
        if title and (artist or writers):
            return True
        if not any(trouble.outcome is Outcome.ROW_LEFT_OUT for trouble in self._troubles):
            missing = Field.ARTIST if title else Field.TITLE
            why = f"There is no {missing.value} and no identifier: nothing says which recording or work this is."
            self._note(missing, Outcome.ROW_LEFT_OUT, title or artist, Fault("row.unnamed", why))
        return False

    def _text(self, name: Field, cells: Sequence[Cell], *, several: bool = False) -> str:
        place = self._place.get(name)
        if place is None:
            return ""
        cell = cells[place]
        if several and isinstance(cell, tuple):
            cell = ", ".join(cell)
        text = tidy(cell, LONGEST_NAME)
        if isinstance(text, Fault):
            self._note(name, Outcome.ROW_LEFT_OUT, plain(cell), text)
            return ""
        if not text.isascii():
            self._look(name, text)
        return text

    def _look(self, name: Field, text: str) -> None:
        fault = damage(text)
        if fault is not None:
            self._note(name, Outcome.AS_IT_STANDS, text, fault)

    def _identifiers(self, cells: Sequence[Cell]) -> tuple[Identifier, ...]:
        found: list[Identifier] = []
        for name, place, scheme in self._schemes:
            cell = cells[place]
            if cell is None or cell == "":
                continue
            for text in self._codes(name, cell):
                answer = parse_identifier(scheme, text)
                if isinstance(answer, Identifier):
                    found.append(answer)
                else:
                    self._problem(name, answer)
        if len(found) > 1:
            return tuple(sorted(set(found)))
        return tuple(found)

    def _codes(self, name: Field, cell: Cell) -> Sequence[str]:
        """The codes of a cell. An ISRC cell holds one (two are reported as such), unless it is a list in its format."""
        if isinstance(cell, str):
            text = cell.strip()
            if not text:
                return ()
            if text.startswith("["):
                return split_list(text)
            if name in _ONE_A_CELL or (";" not in text and "|" not in text and "\n" not in text):
                return (text,)
            return split_list(text)
        if isinstance(cell, tuple):
            return cell
        if isinstance(cell, date):
            fault = Fault("damage.date", "A spreadsheet has turned this code into a date.")
            self._note(name, Outcome.ROW_LEFT_OUT, plain(cell), fault)
            return ()
        text = plain(cell)
        if text.endswith("000000"):
            why = "A spreadsheet has turned this code into a rounded number; digits are lost."
            self._note(name, Outcome.ROW_LEFT_OUT, text, Fault("damage.scientific", why))
            return ()
        return (text,)

    def _problem(self, name: Field, problem: Problem) -> None:
        fault = Fault(problem.rule, problem.why, problem.suggestion)
        self._note(name, Outcome.ROW_LEFT_OUT, problem.value, fault)

    def _ipis(self, cells: Sequence[Cell]) -> tuple[str, ...]:
        cell = cells[self._place[Field.IPI]]
        found: list[str] = []
        for text in split_list(cell if not isinstance(cell, str) else cell.replace(",", ";").replace("/", ";")):
            answer = parse_identifier(Scheme.IPI, text)
            if isinstance(answer, Identifier):
                found.append(answer.value)
            else:
                self._problem(Field.IPI, answer)
        return tuple(dict.fromkeys(found))

    def _list(self, name: Field, cells: Sequence[Cell]) -> tuple[str, ...]:
        cell = cells[self._place[name]]
        if cell is None or cell == "":
            return ()
        found: list[str] = []
        for entry in split_list(cell):
            text = tidy(entry, LONGEST_NAME)
            if isinstance(text, Fault):
                self._note(name, Outcome.ROW_LEFT_OUT, entry, text)
            elif text:
                found.append(text)
                if not text.isascii():
                    self._look(name, text)
        if len(found) > MOST_ENTRIES:
            fault = Fault("list.length", f"The cell names {len(found)}; at most {MOST_ENTRIES} are kept.")
            self._note(name, Outcome.ROW_LEFT_OUT, plain(cell), fault)
        return tuple(found)

    def _date(self, cells: Sequence[Cell]) -> str:
        cell = cells[self._place[Field.RELEASE_DATE]]
        found = release_date(cell, self._map.dates)
        if isinstance(found, Fault):
            self._note(Field.RELEASE_DATE, Outcome.VALUE_LEFT_OUT, plain(cell), found)
            return ""
        return found

    def _duration(self, cells: Sequence[Cell]) -> int | None:
        cell = cells[self._place[Field.DURATION]]
        found = duration_ms(cell, self._map.unit)
        if isinstance(found, Fault):
            self._note(Field.DURATION, Outcome.VALUE_LEFT_OUT, plain(cell), found)
            return None
        return found

    def _path(self, cells: Sequence[Cell]) -> str:
        cell = cells[self._place[Field.AUDIO_PATH]]
        found = path_text(cell, LONGEST_NAME)
        if isinstance(found, Fault):
            self._note(Field.AUDIO_PATH, Outcome.ROW_LEFT_OUT, plain(cell), found)
            return ""
        return found

    def _lyrics(self, cells: Sequence[Cell]) -> str:
        cell = cells[self._place[Field.LYRICS]]
        found = prose(cell, LONGEST_LYRICS)
        if isinstance(found, Fault):
            self._note(Field.LYRICS, Outcome.ROW_LEFT_OUT, plain(cell), found)
            return ""
        return found

    def _note(self, name: Field, outcome: Outcome, value: str, fault: Fault) -> None:
        row = self._row
        column = self._names.get(name, name.value)
        self._troubles.append(
            Trouble(row.line, row.offset, column, fault.rule, outcome, value[:SHOWN], fault.why, fault.suggestion)
        )


_ONE_A_CELL: Final = frozenset({Field.ISRC})


def _with_version(title: str, version: str) -> str:
    """The title with its version in brackets, unless it says so already.

    >>> _with_version("Lark", "Radio Edit")
    'Lark (Radio Edit)'
    """
    if not version or version.casefold() in title.casefold():
        return title
    return f"{title} ({version})"


Reader = Callable[[Row], tuple[Item | None, list[Trouble]]]
