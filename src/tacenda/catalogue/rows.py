"""A row of a table as an item of a catalogue, with everything that is wrong with it.

Three outcomes, from heavy to light. *Row left out*: an identifier is wrong or damaged, a text cannot be stored, or
nothing names the thing; importing the rest would claim something that the label may not have meant. *Value left
out*: a date or a duration cannot be read; the row is still that recording. *Imported as it stands*: it looks
damaged, but only its owner can say.

Cost: about twenty microseconds a row. The inner loop of the import is `quick`, which leaves to this module the
rows that there is something to say about.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Final, TypeVar

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
from tacenda.core.identifiers import Identifier, Problem, Scheme, parse_identifier, parser_of
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


def item_id(
    catalogue: str,
    kind: ItemKind,
    identifiers: Sequence[Identifier],
    artist: str,
    title: str,
    writers: Sequence[str] = (),
) -> str:
    """The id of an item: 80 bits of SHA-256 over its catalogue and what identifies it, as 20 hex digits.

    A recording is identified by its ISRC and, since one recording stands on many releases, its UPC; without an
    ISRC by its outside ids; without those by artist, title and UPC. A work is identified by its ISWC, else by
    title and writers. Names are compared after case and spacing only: that rule must never change, or importing a
    file again would double the catalogue, so it is not `core.fold`.
    """
    codes = [(_WORD[one.scheme._name_], one.value) for one in identifiers]
    return id_of(catalogue, kind is ItemKind.WORK, codes, artist, title, writers)


def id_of(
    catalogue: str,
    work: bool,
    codes: Sequence[tuple[str, str]],
    artist: str,
    title: str,
    writers: Sequence[str],
) -> str:
    """`item_id` of plain texts; `codes` are pairs of the scheme's word and the value, sorted."""
    main, second = ("iswc", "iswc") if work else ("isrc", "gtin")
    parts = [catalogue, "work" if work else "recording"]
    named = outside = False
    for word, value in codes:
        if word in (main, second):
            parts.append(f"{word}:{value}")
            named = named or word == main
    if not named:
        for word, value in codes:
            if word in _OUTSIDE:
                parts.append(f"{word}:{value}")
                outside = outside or word != "youtube"
        if not outside:
            names = writers if work else (artist,)
            parts += ["name", _same(title), *map(_same, names)]
    return sha256("\0".join(parts).encode("utf-8")).hexdigest()[:20]


# Members of an Enum hash in Python code, which the inner loop cannot afford: their names hash in C.
_WORD: Final = {scheme.name: scheme.value for scheme in Scheme}
_OUTSIDE: Final = frozenset(("spotify", "mbid", "dali", "msd", "youtube"))


def _same(name: str) -> str:
    text = name if name.isascii() else unicodedata.normalize("NFKC", name)
    return " ".join(text.casefold().split())


def is_own(columns: Sequence[str]) -> bool:
    """Whether a table is of our own making, with its cells neutralised."""
    return bool(columns) and columns[0] in OWN_MARKS


def restored(cells: Sequence[Cell]) -> list[Cell]:
    """The cells of a row of our own making as they were."""
    return [restore(cell) if isinstance(cell, str) else cell for cell in cells]


ABSENT: Final = -1
CACHED_CELLS: Final = 20_000
CACHED_CHARACTERS: Final = 200
Value = TypeVar("Value")


class _Kept(dict[str, Value]):
    """What cells of one column meant that came before: names and dates repeat. Only cells without trouble."""

    def keep(self, cell: Cell, value: Value) -> Value:
        """`value`, kept if that is worth its memory."""
        if type(cell) is str and len(cell) <= CACHED_CHARACTERS:
            if len(self) >= CACHED_CELLS:
                self.clear()
            self[cell] = value
        return value


class RowReader:
    """Rows of one table as items of one catalogue. Call it with a row."""

    def __init__(self, columns: Sequence[str], mapping: ColumnMap, catalogue: str) -> None:
        self._catalogue = catalogue
        self._map = mapping
        self._names = dict(mapping.columns)
        place = {
            name: columns.index(mapping.columns[name]) if name in mapping.columns else ABSENT for name in Field
        }
        self._title, self._artist, self._version = place[Field.TITLE], place[Field.ARTIST], place[Field.VERSION]
        self._label, self._audio, self._words = place[Field.LABEL], place[Field.AUDIO_PATH], place[Field.LYRICS]
        self._writers, self._publishers, self._ipi = (
            place[Field.WRITERS],
            place[Field.PUBLISHERS],
            place[Field.IPI],
        )
        self._released, self._lasts = place[Field.RELEASE_DATE], place[Field.DURATION]
        schemes = sorted((scheme, name) for name, scheme in SCHEME_OF.items() if place[name] != ABSENT)
        self._schemes = [(name, place[name], parser_of(scheme)) for scheme, name in schemes]
        self._lists: _Kept[tuple[str, ...]] = _Kept()
        self._numbers: _Kept[tuple[str, ...]] = _Kept()
        self._dates: _Kept[str] = _Kept()
        self._durations: _Kept[int | None] = _Kept()
        self._restored = is_own(columns)
        self._row: Row = Row(0, -1, ())
        self._troubles: list[Trouble] = []

    def __call__(self, row: Row) -> tuple[Item | None, list[Trouble]]:
        """The item, or None when the row is left out, and its troubles (a new list where there are any)."""
        if self._restored:
            row = Row(row.line, row.offset, restored(row.cells))
        self._row = row
        if self._troubles:
            self._troubles = []
        item = self._item(row.cells)
        troubles = self._troubles
        if troubles and any(t.outcome is Outcome.ROW_LEFT_OUT for t in troubles):
            return None, troubles
        return item, troubles

    # --- the parts of an item ---

    def _item(self, cells: Sequence[Cell]) -> Item | None:
        title = self._text(Field.TITLE, self._title, cells)
        artist = self._text(Field.ARTIST, self._artist, cells)
        identifiers = self._identifiers(cells)
        writers = self._list(Field.WRITERS, self._writers, cells)
        if self._version != ABSENT:
            title = with_version(title, self._text(Field.VERSION, self._version, cells))
        if not identifiers and not self._named(title, artist, writers):
            return None
        isrc = iswc = False
        for one in identifiers:
            isrc = isrc or one.scheme is Scheme.ISRC
            iswc = iswc or one.scheme is Scheme.ISWC
        kind = ItemKind.WORK if not isrc and not artist and (iswc or writers) else ItemKind.RECORDING
        if not artist and not writers and self._artist != ABSENT and kind is ItemKind.RECORDING:
            why = "There is no artist, so the row can be found by its identifiers alone."
            self._note(Field.ARTIST, Outcome.AS_IT_STANDS, "", Fault("artist.missing", why))
        return Item(
            item_id(self._catalogue, kind, identifiers, artist, title, writers),
            self._catalogue,
            kind,
            title,
            artist,
            identifiers,
            self._duration(cells),
            self._date(cells),
            self._text(Field.LABEL, self._label, cells),
            writers,
            self._list(Field.PUBLISHERS, self._publishers, cells),
            self._ipis(cells),
            self._lyrics(cells) if self._words != ABSENT else "",
            self._path(cells) if self._audio != ABSENT else "",
        )

    def _named(self, title: str, artist: str, writers: Sequence[str]) -> bool:
        if title and (artist or writers):
            return True
        if not any(trouble.outcome is Outcome.ROW_LEFT_OUT for trouble in self._troubles):
            missing = Field.ARTIST if title else Field.TITLE
            why = f"There is no {missing.value} and no identifier: nothing says which recording or work this is."
            self._note(missing, Outcome.ROW_LEFT_OUT, title or artist, Fault("row.unnamed", why))
        return False

    def _text(self, name: Field, place: int, cells: Sequence[Cell]) -> str:
        if place == ABSENT:
            return ""
        cell = cells[place]
        if isinstance(cell, tuple):
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
        in_order = True
        for name, place, parse in self._schemes:
            cell = cells[place]
            if cell is None or cell == "":
                continue
            answer = parse(cell) if type(cell) is str and len(cell) <= CACHED_CHARACTERS else None
            if type(answer) is Identifier:
                found.append(answer)
            else:
                in_order = False
                found += self._several(name, cell)
        return tuple(found) if in_order else tuple(sorted(set(found)))

    def _several(self, name: Field, cell: Cell) -> list[Identifier]:
        """The codes of a cell that is not one plain code."""
        found = []
        for text in self._codes(name, cell):
            answer = parse_identifier(SCHEME_OF[name], text)
            if isinstance(answer, Identifier):
                found.append(answer)
            else:
                self._problem(name, answer)
        return found

    def _codes(self, name: Field, cell: Cell) -> Sequence[str]:
        """The texts of a cell. An ISRC cell holds one (two are reported), unless it is a list in its format."""
        if isinstance(cell, str):
            text = cell.strip()
            if not text:
                return ()
            if text.startswith("["):
                return split_list(text)
            if name is Field.ISRC or (";" not in text and "|" not in text and "\n" not in text):
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
        cell = cells[self._ipi] if self._ipi != ABSENT else None
        if cell is None or cell == "":
            return ()
        if cell in self._numbers:
            return self._numbers[cell]  # type: ignore[index]
        found: list[str] = []
        troubles = len(self._troubles)
        for text in split_list(cell if not isinstance(cell, str) else cell.replace("/", ";").replace(",", ";")):
            answer = parse_identifier(Scheme.IPI, text)
            if isinstance(answer, Identifier):
                found.append(answer.value)
            else:
                self._problem(Field.IPI, answer)
        numbers = tuple(dict.fromkeys(found))
        return numbers if len(self._troubles) > troubles else self._numbers.keep(cell, numbers)

    def _list(self, name: Field, place: int, cells: Sequence[Cell]) -> tuple[str, ...]:
        cell = cells[place] if place != ABSENT else None
        if cell is None or cell == "":
            return ()
        if cell in self._lists:
            return self._lists[cell]  # type: ignore[index]
        found: list[str] = []
        troubles = len(self._troubles)
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
        return tuple(found) if len(self._troubles) > troubles else self._lists.keep(cell, tuple(found))

    def _date(self, cells: Sequence[Cell]) -> str:
        cell = cells[self._released] if self._released != ABSENT else None
        if cell in self._dates:
            return self._dates[cell]  # type: ignore[index]
        found = release_date(cell, self._map.dates)
        if isinstance(found, Fault):
            self._note(Field.RELEASE_DATE, Outcome.VALUE_LEFT_OUT, plain(cell), found)
            return ""
        return self._dates.keep(cell, found)

    def _duration(self, cells: Sequence[Cell]) -> int | None:
        cell = cells[self._lasts] if self._lasts != ABSENT else None
        if cell in self._durations:
            return self._durations[cell]  # type: ignore[index]
        found = duration_ms(cell, self._map.unit)
        if isinstance(found, Fault):
            self._note(Field.DURATION, Outcome.VALUE_LEFT_OUT, plain(cell), found)
            return None
        return self._durations.keep(cell, found)

    def _path(self, cells: Sequence[Cell]) -> str:
        found = path_text(cells[self._audio], LONGEST_NAME)
        if isinstance(found, Fault):
            self._note(Field.AUDIO_PATH, Outcome.ROW_LEFT_OUT, plain(cells[self._audio]), found)
            return ""
        return found

    def _lyrics(self, cells: Sequence[Cell]) -> str:
        found = prose(cells[self._words], LONGEST_LYRICS)
        if isinstance(found, Fault):
            self._note(Field.LYRICS, Outcome.ROW_LEFT_OUT, plain(cells[self._words]), found)
            return ""
        return found

    def _note(self, name: Field, outcome: Outcome, value: str, fault: Fault) -> None:
        row = self._row
        column = self._names.get(name, name.value)
        self._troubles.append(
            Trouble(row.line, row.offset, column, fault.rule, outcome, value[:SHOWN], fault.why, fault.suggestion)
        )


def with_version(title: str, version: str) -> str:
    """The title with its version in brackets, unless it says so already.

    >>> with_version("Lark", "Radio Edit")
    'Lark (Radio Edit)'
    """
    if not version or version.casefold() in title.casefold():
        return title
    return f"{title} ({version})"
