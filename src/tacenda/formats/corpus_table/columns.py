"""Which column of a corpus says what: recognised by name and by content, shown to the user, and overridable.

A column is used only when its name is a known one, or when its values cannot well be anything else (ISRCs, YouTube
addresses, sound files named after a YouTube id). What is not recognised is left alone and said so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from tacenda.errors import InputError

MOST: Final = 0.6


class Field(StrEnum):
    """What a column can tell about a row."""

    ISRC = "isrc"
    ISWC = "iswc"
    GTIN = "gtin"
    YOUTUBE = "youtube"
    ARTIST = "artist"
    TITLE = "title"
    ARTIST_TITLE = "artist_title"
    ID = "id"
    TEXT = "text"


class Form(StrEnum):
    """How the value stands in the column."""

    PLAIN = "plain"
    ADDRESS = "address"
    FILE_NAME = "file_name"
    SPLIT = "split"


NAMES: Final[Mapping[Field, tuple[str, ...]]] = {
    Field.ISRC: ("isrc", "isrccode", "isrcs"),
    Field.ISWC: ("iswc", "iswccode", "iswcs"),
    Field.GTIN: ("gtin", "upc", "ean", "upcean", "barcode", "icpn", "upccode"),
    Field.YOUTUBE: (
        "youtube", "youtubeid", "ytid", "yt", "youtubevideoid", "videoid", "youtubeurl", "youtubelink",
        "ytvideoid",
    ),
    Field.ARTIST: (
        "artist", "artistname", "artists", "artistnames", "trackartist", "performer", "allartists", "mainartist",
        "trackartistname", "displayartist", "creator", "singer", "band",
    ),
    Field.TITLE: (
        "title", "trackname", "tracktitle", "songtitle", "songname", "song", "track", "recordingtitle",
        "worktitle", "name",
    ),
    Field.ARTIST_TITLE: ("artisttitle", "artistandtitle", "artisttrack", "artistsong"),
    Field.ID: (
        "id", "trackid", "daliid", "msdtrackid", "msdid", "uuid", "guid", "key", "songid", "itemid", "sampleid",
        "clipid", "filename", "path", "file", "filepath", "audiopath", "audio", "url", "uri",
    ),
    Field.TEXT: (
        "text", "content", "body", "rawcontent", "textcontent", "fulltext", "document", "completion", "response",
        "answer", "output",
    ),
}  # fmt: skip
_HEADER_WORDS: Final = frozenset(
    """
    album albumname albumid artistid duration durationms length seconds startseconds endseconds starts ends start
    end tags tag genre genres label labels positivelabels audiosetpositivelabels language lang year date
    releasedate releaseyear caption captions description text lyrics popularity split tempo bpm license licence
    source mbid composer composers writer writers publisher publishers ipi comment notes
    """.split()
)
_ISRC: Final = re.compile(r"[A-Z]{2}-?[A-Z0-9]{3}-?\d{2}-?\d{5}", re.ASCII | re.IGNORECASE)
_ISWC: Final = re.compile(r"T[-.]?\d{3}\.?\d{3}\.?\d{3}[-.]?\d", re.ASCII | re.IGNORECASE)
_YOUTUBE_ID: Final = re.compile(r"[A-Za-z0-9_-]{11}", re.ASCII)
# The same two patterns are given to RE2 by `values`; the group `id` is the video id.
ADDRESS_PATTERN: Final = (
    r"(?:[?&]v=|youtu\.be/|youtube(?:-nocookie)?\.com/(?:shorts|embed|v|live)/)(?P<id>[A-Za-z0-9_-]{11})"
    r"(?:[^A-Za-z0-9_-]|$)"
)
FILE_PATTERN: Final = (
    r"(?:^|[/\\])(?:Y(?P<id>[A-Za-z0-9_-]{11})|(?P<bare>[A-Za-z0-9_-]{11}))"
    r"(?:_[0-9._]{1,24})?\.(?:wav|mp3|m4a|flac|ogg|opus|webm|mp4|mkv|npy|npz|json)$"
)
_ADDRESS: Final = re.compile(ADDRESS_PATTERN)
_FILE: Final = re.compile(FILE_PATTERN)
DASH_PATTERN: Final = r"^(?:\d{1,3}[. _-]+)?(?P<artist>.*?\S)\s+[-" + "\u2013\u2014" + r"]\s+(?P<title>\S.*)$"
_DASH: Final = re.compile(DASH_PATTERN, re.DOTALL)
_ONE_COLUMN: Final = frozenset({"song", "track", "name", "title", "filename", "file", "path", "filepath", "text"})


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """One column put to one use.

    Attributes:
        why: ``name``, ``content`` or ``chosen``.
    """

    field: Field
    column: str
    form: Form = Form.PLAIN
    why: str = "name"


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """All columns of one file that are used, at most one a field, in the order of `Field`."""

    uses: tuple[ColumnUse, ...] = ()

    def use(self, field: Field) -> ColumnUse | None:
        return next((use for use in self.uses if use.field is field), None)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that must be read, once each."""
        return tuple(dict.fromkeys(use.column for use in self.uses))

    @property
    def can_match(self) -> bool:
        """Whether any row of this file could be recognised."""
        fields = {use.field for use in self.uses}
        marks = {Field.ISRC, Field.ISWC, Field.GTIN, Field.YOUTUBE, Field.ARTIST_TITLE, Field.TEXT}
        return bool(fields & marks) or {Field.ARTIST, Field.TITLE} <= fields

    def as_document(self) -> dict[str, Any]:
        return {
            use.field.value: {"column": use.column, "form": use.form.value, "why": use.why} for use in self.uses
        }


def name_key(name: str) -> str:
    """A column name without case and everything that is no letter or digit; of ``a.b`` the last part.

    >>> name_key("Track Name"), name_key("meta.youtube_id")
    ('trackname', 'youtubeid')
    """
    return re.sub(r"[\W_]+", "", name.rsplit(".", 1)[-1].casefold())


def is_known_name(name: str) -> bool:
    """Whether this is a word that stands in headers of corpora."""
    key = name_key(name)
    return key in _HEADER_WORDS or any(key in names for names in NAMES.values()) or key.endswith("id")


def recognise(
    columns: Sequence[str], samples: Mapping[str, Sequence[str]], chosen: Mapping[str, str] | None = None
) -> ColumnMap:
    """The column map of one file.

    `chosen` (field to column) wins over everything; a field chosen as an empty text is switched off. Then names
    count, in the order of `NAMES`; then content. Pure: the same columns and samples give the same map.

    Raises:
        InputError: ``corpus.map`` for a field that does not exist, or a chosen column that is not in the file.
    """
    uses = _chosen(columns, samples, chosen or {})
    off = {Field(name) for name, column in (chosen or {}).items() if not column}
    taken = {use.column for use in uses}
    for field in Field:
        if field in off or any(use.field is field for use in uses):
            continue
        use = _by_name(field, columns, samples, taken) or _by_content(field, columns, samples, taken)
        if use is not None:
            uses.append(use)
            if field is not Field.ID:
                taken.add(use.column)
    uses = _one_column_for_both(uses, columns, samples, off)
    order = list(Field)
    return ColumnMap(tuple(sorted(uses, key=lambda use: order.index(use.field))))


def _chosen(
    columns: Sequence[str], samples: Mapping[str, Sequence[str]], chosen: Mapping[str, str]
) -> list[ColumnUse]:
    uses = []
    for name, column in chosen.items():
        if name not in set(Field):
            raise InputError("corpus.map", f"There is no field {name!r}.", hint=f"Fields are {', '.join(Field)}.")
        if not column:
            continue
        if column not in columns:
            raise InputError(
                "corpus.map", f"There is no column {column!r}.", hint=f"Columns are {', '.join(columns)[:500]}."
            )
        field = Field(name)
        form = Form.SPLIT if field is Field.ARTIST_TITLE else Form.PLAIN
        if field is Field.YOUTUBE:
            form = _youtube_form(samples.get(column, ())) or Form.PLAIN
        uses.append(ColumnUse(field, column, form, "chosen"))
    return uses


def _by_name(
    field: Field, columns: Sequence[str], samples: Mapping[str, Sequence[str]], taken: set[str]
) -> ColumnUse | None:
    for name in NAMES[field]:
        for column in columns:
            if (column in taken and field is not Field.ID) or name_key(column) != name:
                continue
            if field is Field.YOUTUBE:
                form = _youtube_form(samples.get(column, ()))
                if form is None:
                    continue
                return ColumnUse(field, column, form)
            return ColumnUse(field, column, Form.SPLIT if field is Field.ARTIST_TITLE else Form.PLAIN)
    return None


def _by_content(
    field: Field, columns: Sequence[str], samples: Mapping[str, Sequence[str]], taken: set[str]
) -> ColumnUse | None:
    for column in columns:
        values = samples.get(column, ())
        if column in taken or not values:
            continue
        if field is Field.ISRC and _share(_ISRC.fullmatch, values) >= 0.9:
            return ColumnUse(field, column, Form.PLAIN, "content")
        if field is Field.ISWC and _share(_ISWC.fullmatch, values) >= 0.9:
            return ColumnUse(field, column, Form.PLAIN, "content")
        if field is Field.YOUTUBE:
            form = _youtube_form(values)
            if form in (Form.ADDRESS, Form.FILE_NAME):
                return ColumnUse(field, column, form, "content")
    return None


def _youtube_form(values: Sequence[str]) -> Form | None:
    """How YouTube ids stand in these values, or None if they do not; a column without values counts as plain."""
    if not values:
        return Form.PLAIN
    for form, test in ((Form.ADDRESS, _ADDRESS.search), (Form.FILE_NAME, _FILE.search)):
        if _share(test, values) >= MOST:
            return form
    return Form.PLAIN if _share(_YOUTUBE_ID.fullmatch, values) >= MOST else None


def _one_column_for_both(
    uses: list[ColumnUse], columns: Sequence[str], samples: Mapping[str, Sequence[str]], off: set[Field]
) -> list[ColumnUse]:
    """Where there is no artist column: one whose values are mostly ``Artist - Title``."""
    fields = {use.field for use in uses}
    if fields & {Field.ARTIST, Field.ARTIST_TITLE} or Field.ARTIST_TITLE in off:
        return uses
    if any(use.field is Field.TITLE and use.why == "chosen" for use in uses):
        return uses
    for column in columns:
        likely = name_key(column) in _ONE_COLUMN or len(columns) == 1
        if likely and _share(_DASH.match, samples.get(column, ())) >= MOST:
            kept = [
                u for u in uses if u.field is not Field.TITLE and (u.field is not Field.TEXT or u.column != column)
            ]
            return [*kept, ColumnUse(Field.ARTIST_TITLE, column, Form.SPLIT, "content")]
    return uses


def _share(test: Any, values: Sequence[str]) -> float:
    """The share of values that pass; 0 for none."""
    return sum(1 for value in values if test(value.strip())) / len(values) if values else 0.0
