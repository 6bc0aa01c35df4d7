"""Which column is which field: guessed by name, checked by content, each with its reason, and overridable.

A name that is known decides; where two columns have names for one field, the surer name wins. Weak names ("id",
"date", "track") count only if the cells fit. Codes with a check or a form of their own (ISRC, ISWC, UPC, YouTube
address) are also found under a name that nobody knows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tacenda.catalogue.fields import KNOWN_NAMES, SCHEME_OF, Field, name_key
from tacenda.catalogue.values import (
    DateOrder,
    DurationUnit,
    Fault,
    date_order,
    duration_ms,
    duration_unit,
    plain,
    release_date,
)
from tacenda.core.identifiers import Identifier, Scheme, parse_identifier
from tacenda.errors import InputError
from tacenda.formats.catalogue_table.neutral import OWN_MARKS
from tacenda.formats.catalogue_table.rows import Cell
from tacenda.formats.catalogue_table.table import Table

SAMPLES_SHOWN: Final = 3
_ENOUGH: Final = 3
_BY_CONTENT: Final = (Field.ISRC, Field.ISWC, Field.UPC, Field.YOUTUBE)
_TEXTUAL: Final = (Field.TITLE, Field.ARTIST, Field.LABEL, Field.WRITERS, Field.PUBLISHERS, Field.VERSION)
MAP_FORM: Final = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """One field, the column it is read from, why, and some cells of it."""

    field: Field
    column: str
    why: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """How the cells of a table become fields: what `--save-map` keeps and the import is keyed by.

    Attributes:
        columns: column by field.
        dates: order of dates such as 4/5/2024.
        unit: of bare numbers in the duration column.
        delimiter, encoding, sheet: as stated by the operator, or empty.
    """

    columns: Mapping[Field, str]
    dates: DateOrder = DateOrder.UNKNOWN
    unit: DurationUnit = DurationUnit.UNKNOWN
    delimiter: str = ""
    encoding: str = ""
    sheet: str = ""

    def to_document(self) -> dict[str, Any]:
        """As JSON, for a file or a digest."""
        return {
            "tacenda_map": MAP_FORM,
            "columns": {name.value: self.columns[name] for name in Field if name in self.columns},
            "dates": self.dates.value,
            "duration_unit": self.unit.value,
            "delimiter": self.delimiter,
            "encoding": self.encoding,
            "sheet": self.sheet,
        }


def map_from_document(document: Any, where: str) -> ColumnMap:
    """A saved map.

    Raises:
        InputError: ``catalogue.map`` when it is none.
    """
    try:
        if document["tacenda_map"] != MAP_FORM:
            raise ValueError(f"its form is {document['tacenda_map']!r}, not {MAP_FORM}")
        columns = {Field(name): str(column) for name, column in document["columns"].items()}
        return ColumnMap(
            columns,
            DateOrder(document.get("dates", DateOrder.UNKNOWN)),
            DurationUnit(document.get("duration_unit", DurationUnit.UNKNOWN)),
            str(document.get("delimiter", "")),
            str(document.get("encoding", "")),
            str(document.get("sheet", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            "catalogue.map",
            f"This is no saved column map: {error}.",
            hint="Make one with --save-map.",
            where=where,
        ) from error


def parse_assignments(words: Sequence[str]) -> dict[Field, str]:
    """``--map title="Track Name"`` as fields and columns; an empty column means that the field is not read.

    Raises:
        InputError: ``catalogue.map``.
    """
    found: dict[Field, str] = {}
    for word in words:
        name, mark, column = word.partition("=")
        try:
            found[Field(name.strip().lower().replace("-", "_"))] = column.strip()
        except ValueError:
            mark = ""
        if not mark:
            raise InputError(
                "catalogue.map",
                f"{word!r} is no assignment of a column.",
                hint=f'Write --map title="Track Name"; fields are {", ".join(Field)}.',
            )
    return found


@dataclass(slots=True)
class _Guess:
    table: Table
    choices: dict[Field, Choice] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def cells(self, column: str) -> list[Cell]:
        """The cells of a column in the sample that are not empty."""
        place = self.table.columns.index(column)
        found = (row.cells[place] for row in self.table.sample)
        return [cell for cell in found if cell is not None and cell != "" and cell != ()]

    def choose(self, name: Field, column: str, why: str) -> None:
        samples = tuple(plain(cell)[:60] for cell in self.cells(column)[:SAMPLES_SHOWN])
        self.choices[name] = Choice(name, column, why, samples)

    def taken(self) -> set[str]:
        return {choice.column for choice in self.choices.values()}


def guess_columns(table: Table, stated: Mapping[Field, str]) -> tuple[tuple[Choice, ...], tuple[str, ...]]:
    """A choice for each field that was found, and what a person should know.

    Args:
        stated: what the operator said; wins over every guess. An empty column leaves the field out.

    Raises:
        InputError: ``catalogue.column`` when a stated column is not there; ``catalogue.header`` when nothing in
            the table can be recognised.
    """
    guess = _Guess(table)
    for name, column in stated.items():
        if column:
            guess.choose(name, _existing(column, table), "You said so.")
    _by_name(guess, stated)
    _by_content(guess, stated)
    if not guess.choices:
        raise InputError(
            "catalogue.header",
            f"No column of this table was recognised: {', '.join(table.columns[:12])}.",
            hint='Name them in the first row, or say --map title="..." --map isrc="...".',
            where=str(table.path),
        )
    _check_header(table)
    return tuple(guess.choices[name] for name in Field if name in guess.choices), tuple(guess.notes)


def _existing(column: str, table: Table) -> str:
    if column in table.columns:
        return column
    same = [name for name in table.columns if name_key(name) == name_key(column)]
    if len(same) == 1:
        return same[0]
    raise InputError(
        "catalogue.column",
        f"There is no column {column!r}.",
        hint=f"The columns are {', '.join(table.columns[:30])}.",
        where=str(table.path),
    )


def _check_header(table: Table) -> None:
    codes = [name for name in table.columns if isinstance(parse_identifier(Scheme.ISRC, name), Identifier)]
    if codes and table.header_row:
        raise InputError(
            "catalogue.header",
            f"The first row holds {codes[0]}, which is an ISRC and no name of a column.",
            hint="Put the names of the columns in the first row.",
            where=f"{table.path}:{table.header_row}",
        )


def _by_name(guess: _Guess, stated: Mapping[Field, str]) -> None:
    ranked: list[tuple[int, int, Field, str]] = []
    taken = guess.taken()
    for place, column in enumerate(guess.table.columns):
        known = KNOWN_NAMES.get(name_key(column)) or KNOWN_NAMES.get(name_key(column).replace(" ", ""))
        if known and known[0] not in stated and column not in taken and column not in OWN_MARKS:
            ranked.append((known[1], place, known[0], column))
    for rank, _, name, column in sorted(ranked):
        doubt = _doubt(name, guess.cells(column), strict=rank > 0)
        if doubt:
            guess.notes.append(f"The column {column!r} is named like {name.value}, but {doubt}: it is not read.")
        elif name in guess.choices:
            other = guess.choices[name].column
            guess.notes.append(f"The column {column!r} could be {name.value} too; {other!r} is read.")
        else:
            guess.choose(name, column, f"Its name is known{_share(name, guess.cells(column))}.")


def _share(name: Field, cells: Sequence[Cell]) -> str:
    if name not in SCHEME_OF or not cells:
        return ""
    fitting = sum(_reads(name)(cell) for cell in cells)
    return f"; {fitting} of {len(cells)} sampled cells are valid"


def _doubt(name: Field, cells: Sequence[Cell], *, strict: bool) -> str:
    """Why cells do not fit a field although the name of their column does, or nothing."""
    if len(cells) < _ENOUGH:
        return ""
    if name in _TEXTUAL:
        numbers = sum(plain(cell).replace(".", "", 1).replace("-", "", 1).isdigit() for cell in cells)
        return "its cells are numbers" if numbers * 5 > len(cells) * 4 else ""
    obvious = name in (Field.ISRC, Field.ISWC, Field.UPC, Field.IPI)
    checked = name in SCHEME_OF or name in (Field.RELEASE_DATE, Field.DURATION)
    if checked and strict and not obvious:
        fitting = sum(_reads(name)(cell) for cell in cells)
        return f"only {fitting} of {len(cells)} sampled cells are" if fitting * 2 < len(cells) else ""
    return ""


def _reads(name: Field) -> Callable[[Cell], bool]:
    if name is Field.RELEASE_DATE:
        return lambda cell: (
            isinstance(release_date(cell, DateOrder.DAY_FIRST), str)
            or isinstance(release_date(cell, DateOrder.MONTH_FIRST), str)
        )
    if name is Field.DURATION:
        return lambda cell: not isinstance(duration_ms(cell, DurationUnit.MILLISECONDS), Fault)
    scheme = SCHEME_OF[name]
    return lambda cell: isinstance(parse_identifier(scheme, plain(cell)), Identifier)


def _by_content(guess: _Guess, stated: Mapping[Field, str]) -> None:
    for name in _BY_CONTENT:
        if name in guess.choices or name in stated:
            continue
        for column in guess.table.columns:
            cells = guess.cells(column)
            if column in guess.taken() or len(cells) < _ENOUGH:
                continue
            if name is Field.YOUTUBE and not any("youtu" in plain(cell) for cell in cells):
                continue
            fitting = sum(_reads(name)(cell) for cell in cells)
            if fitting * 10 >= len(cells) * 9:
                guess.choose(
                    name, column, f"{fitting} of {len(cells)} sampled cells are valid {name.value} codes."
                )
                break


def settle_map(
    table: Table,
    choices: Sequence[Choice],
    *,
    dates: DateOrder | None,
    unit: DurationUnit | None,
    stated: tuple[str, str, str] = ("", "", ""),
) -> tuple[ColumnMap, tuple[str, ...]]:
    """The map of the choices, with order of dates and unit of durations found in the sample, and why.

    Args:
        dates, unit: what the operator said, or None.
        stated: delimiter, encoding and sheet, as the operator stated them.
    """
    guess = _Guess(table)
    columns = {choice.field: choice.column for choice in choices}
    notes: list[str] = []
    order = dates or DateOrder.UNKNOWN
    if Field.RELEASE_DATE in columns and dates is None:
        order, why = date_order(guess.cells(columns[Field.RELEASE_DATE]))
        notes += [f"Dates are read {order.value}. {why}" if order is not DateOrder.UNKNOWN else why] if why else []
    chosen = unit or DurationUnit.UNKNOWN
    if Field.DURATION in columns and unit is None:
        column = columns[Field.DURATION]
        chosen, why = duration_unit(name_key(column), guess.cells(column))
        notes += [f"Bare durations are in {chosen.value}. {why}"] if why else []
    return ColumnMap(columns, order, chosen, *stated), tuple(notes)
