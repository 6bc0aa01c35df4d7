"""A catalogue as CSV: our own import reads it back without loss, no spreadsheet takes it for formulas (F63)."""

from collections.abc import Iterable
from typing import Final, TextIO

from tacenda.catalogue.fields import SCHEME_OF, Field
from tacenda.catalogue.values import join_list
from tacenda.core.item import Item
from tacenda.formats.catalogue_table.neutral import NeutralWriter

EXPORT_COLUMNS: Final = (
    "tacenda_item",
    "kind",
    "title",
    "artist",
    *(name.value for name in SCHEME_OF),
    "ipi",
    "duration_ms",
    "release_date",
    "label",
    "writers",
    "publishers",
    "lyrics",
    "audio_path",
)

TEMPLATE: Final = (
    ("title", "The song as you release it."),
    ("artist", "The artist as on the release; the main artist first."),
    ("isrc", "Of the recording: QZ-ABC-24-00001. One a row."),
    ("iswc", "Of the musical work: T-034.524.680-1."),
    ("upc", "Of the release: the digits under the bar code. Format the column as text."),
    ("duration", "3:45"),
    ("release_date", "2024-05-13, or 2024."),
    ("label", "As on the release."),
    ("writers", "Composers and lyricists, with ; between them."),
    ("publishers", "With ; between them."),
    ("ipi", "IPI name numbers of writers and publishers, eleven digits, with ; between them."),
    ("youtube", "Address or id of the video."),
    ("lyrics", "The words, if you want texts to be found too."),
    ("audio_path", "Where you keep the sound file; never leaves your desk."),
)


def write_export(stream: TextIO, items: Iterable[Item]) -> int:
    """Write all items; how many."""
    writer = NeutralWriter(stream, EXPORT_COLUMNS)
    count = 0
    for item in items:
        count += 1
        writer.write(
            (
                item.id,
                item.kind.value,
                item.title,
                item.artist,
                *(_codes(item, name) for name in SCHEME_OF),
                join_list(item.ipi_name_numbers),
                item.duration_ms,
                item.release_date,
                item.label,
                join_list(item.writers),
                join_list(item.publishers),
                item.lyrics,
                item.audio_path,
            )
        )
    return count


def _codes(item: Item, name: Field) -> str:
    values = item.values(SCHEME_OF[name])
    if len(values) == 1:
        return values[0]
    return "[" + ", ".join(f'"{value}"' for value in values) + "]" if values else ""


def write_template(stream: TextIO) -> None:
    """The header of a catalogue for someone who types it."""
    stream.write("\ufeff" + ",".join(name for name, _ in TEMPLATE) + "\n")
