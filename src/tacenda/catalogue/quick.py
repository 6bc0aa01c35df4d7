"""The rows that nothing is wrong with, which are nearly all, straight to plain columns.

`QuickReader` answers with exactly the columns that `RowReader` would come to, or with None where there is anything
to say about the row or anything unusual in it: then `RowReader` reads it. It makes no `Item` and no `Identifier`,
which is where half of the time went. Cost: about eight microseconds a row.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, TypeVar

from tacenda.catalogue.columns import ColumnMap
from tacenda.catalogue.fields import SCHEME_OF, Field
from tacenda.catalogue.rows import ABSENT, LONGEST_LYRICS, LONGEST_NAME, MOST_ENTRIES, id_of, with_version
from tacenda.catalogue.values import damage, duration_ms, path_text, prose, release_date, split_list, tidy
from tacenda.core.identifiers import Identifier, Scheme, normal_form_of, parse_identifier, parser_of
from tacenda.core.item import ItemKind
from tacenda.core.item_columns import ItemColumns, list_text
from tacenda.formats.catalogue_table.rows import Cell

CACHED_CELLS: Final = 20_000
CACHED_CHARACTERS: Final = 200
RECORDING: Final = ItemKind.RECORDING.value
WORK: Final = ItemKind.WORK.value

Value = TypeVar("Value")
Texts = tuple[tuple[str, ...], str]
"""The entries of a list, and the same as JSON."""


class _Unusual(Exception):
    """`RowReader` has to look at the row; never leaves this module."""


class _Meanings(dict[Hashable, Any]):
    """What the cells of a column mean, each found out once: names and dates repeat."""

    def __init__(self, find: Callable[[Any], Any]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, cell: Any) -> Any:
        found = self._find(cell)
        if type(cell) is str and len(cell) <= CACHED_CHARACTERS:
            if len(self) >= CACHED_CELLS:
                self.clear()
            self[cell] = found
        return found


class QuickReader:
    """Rows of one table as columns of items of one catalogue, where that is plain. Call it with the cells."""

    def __init__(self, columns: Sequence[str], mapping: ColumnMap, catalogue: str) -> None:
        self._catalogue = catalogue
        place = {
            name: columns.index(mapping.columns[name]) if name in mapping.columns else ABSENT for name in Field
        }
        # Behind the last cell of each row stands an empty one, which is what an absent field is read from.
        self._title, self._artist, self._version = place[Field.TITLE], place[Field.ARTIST], place[Field.VERSION]
        self._label, self._audio, self._words = place[Field.LABEL], place[Field.AUDIO_PATH], place[Field.LYRICS]
        self._writers, self._publishers = place[Field.WRITERS], place[Field.PUBLISHERS]
        self._ipi, self._released, self._lasts = place[Field.IPI], place[Field.RELEASE_DATE], place[Field.DURATION]
        self._isrc, self._iswc = place[Field.ISRC], place[Field.ISWC]
        self._gtin, self._youtube = place[Field.UPC], place[Field.YOUTUBE]
        own = (Field.ISRC, Field.ISWC, Field.UPC, Field.YOUTUBE)
        others = sorted(
            (scheme, name) for name, scheme in SCHEME_OF.items() if place[name] != ABSENT and name not in own
        )
        self._others = [(scheme, place[name]) for scheme, name in others]
        self._names = _Meanings(_text)
        self._lists = _Meanings(_list)
        self._numbers = _Meanings(_ipis)
        self._dates = _Meanings(lambda cell: _sound(release_date(cell, mapping.dates), str))
        self._durations = _Meanings(lambda cell: _sound(duration_ms(cell, mapping.unit), int, type(None)))

    def __call__(self, cells: Sequence[Cell]) -> ItemColumns | None:
        """The columns of the item, or None when `RowReader` must look."""
        try:
            return self._columns((*cells, ""))
        except _Unusual:
            return None

    def _columns(self, cells: Sequence[Cell]) -> ItemColumns:
        title = _text(cells[self._title])
        artist = self._names[cells[self._artist]]
        if self._version != ABSENT:
            title = with_version(title, self._names[cells[self._version]])
        isrc = _code(ISRC, cells[self._isrc])
        iswc = _code(ISWC, cells[self._iswc])
        gtin = _code(GTIN, cells[self._gtin])
        youtube = _code(YOUTUBE, cells[self._youtube])
        others = [(s.value, _code(_TOOLS[s], cells[place])) for s, place in self._others] if self._others else []
        writers, writers_text = self._lists[cells[self._writers]]
        kind = WORK if not isrc and not artist and (iswc or writers) else RECORDING
        if not isrc:
            self._check_named(kind, title, artist, writers, any(map(_second, others)) or iswc or gtin or youtube)
        elif not artist and not writers and self._artist != ABSENT:
            raise _Unusual
        return (
            self._id(kind, isrc, iswc, gtin, youtube, others, artist, title, writers),
            self._catalogue,
            kind,
            title,
            artist,
            isrc,
            iswc,
            gtin,
            youtube,
            list_text([f"{word}:{value}" for word, value in others if value]),
            self._durations[cells[self._lasts]],
            self._dates[cells[self._released]],
            self._names[cells[self._label]],
            writers_text,
            self._lists[cells[self._publishers]][1],
            self._numbers[cells[self._ipi]],
            _lyrics(cells[self._words]),
            _path(cells[self._audio]),
        )

    def _check_named(self, kind: str, title: str, artist: str, writers: Sequence[str], identified: object) -> None:
        if not identified and not (title and (artist or writers)):
            raise _Unusual
        if kind == RECORDING and not artist and not writers and self._artist != ABSENT:
            raise _Unusual

    def _id(
        self,
        kind: str,
        isrc: str,
        iswc: str,
        gtin: str,
        youtube: str,
        others: Sequence[tuple[str, str]],
        artist: str,
        title: str,
        writers: Sequence[str],
    ) -> str:
        codes = [("gtin", gtin), ("isrc", isrc)]
        if not isrc:
            codes = sorted([*codes, ("iswc", iswc), ("youtube", youtube), *others])
        return id_of(self._catalogue, kind == WORK, [code for code in codes if code[1]], artist, title, writers)


def _second(pair: tuple[str, str]) -> str:
    return pair[1]


# --- cells that are plain, or nothing ---------------------------------------------------------------------------

Tools = tuple[Callable[[str], str], Callable[[str], Any]]


def _tools(scheme: Scheme) -> Tools:
    return normal_form_of(scheme), parser_of(scheme)


_TOOLS: Final = {scheme: _tools(scheme) for scheme in Scheme}
ISRC: Final = _TOOLS[Scheme.ISRC]
ISWC: Final = _TOOLS[Scheme.ISWC]
GTIN: Final = _TOOLS[Scheme.GTIN]
YOUTUBE: Final = _TOOLS[Scheme.YOUTUBE]


def _code(tools: Tools, cell: Cell) -> str:
    """The one identifier of a cell in its normal form, or empty."""
    if cell == "" or cell is None:
        return ""
    if type(cell) is not str or len(cell) > CACHED_CHARACTERS:
        raise _Unusual
    value = tools[0](cell)
    if value:
        return value
    answer = tools[1](cell)
    if type(answer) is Identifier:
        return answer.value
    raise _Unusual


def _text(cell: Cell) -> str:
    if type(cell) is not str:
        if cell is None:
            return ""
        raise _Unusual
    if cell.isascii() and cell.isprintable() and "  " not in cell and len(cell) <= LONGEST_NAME:
        if "#" in cell:
            return str(_sound(tidy(cell, LONGEST_NAME), str))
        return cell.strip()
    text = str(_sound(tidy(cell, LONGEST_NAME), str))
    if damage(text) is not None:
        raise _Unusual
    return text


def _list(cell: Cell) -> Texts:
    if cell is None or cell == "":
        return (), list_text(())
    texts = tuple(text for text in map(_text, split_list(cell)) if text)
    if len(texts) > MOST_ENTRIES:
        raise _Unusual
    return texts, list_text(texts)


def _ipis(cell: Cell) -> str:
    if cell is None or cell == "":
        return list_text(())
    if type(cell) is not str:
        raise _Unusual
    answers = [parse_identifier(Scheme.IPI, t) for t in split_list(cell.replace("/", ";").replace(",", ";"))]
    return list_text(tuple(dict.fromkeys(_sound(one, Identifier).value for one in answers)))


def _lyrics(cell: Cell) -> str:
    return "" if cell == "" else str(_sound(prose(cell, LONGEST_LYRICS), str))


def _path(cell: Cell) -> str:
    return "" if cell == "" else str(_sound(path_text(cell, LONGEST_NAME), str))


def _sound(value: Any, *types: type) -> Any:
    if isinstance(value, types):
        return value
    raise _Unusual
