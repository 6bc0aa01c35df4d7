"""A row of a catalogue: one recording or one work, as its owner describes it."""

from dataclasses import dataclass
from enum import StrEnum

from tacenda.core.identifiers import Identifier, Scheme


class ItemKind(StrEnum):
    """What a catalogue row is about: a recording (it may bear an ISRC) or a work (an ISWC)."""

    RECORDING = "recording"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class Item:
    """One catalogue row in normal form.

    Attributes:
        id: derived from the catalogue and what identifies the row, so that importing it again changes nothing.
        catalogue: id of the catalogue.
        kind: a recording unless the row has an ISWC or writers and neither ISRC nor artist.
        title, artist: as the owner spells them, in Unicode NFC.
        identifiers: sorted, each checked.
        duration_ms: milliseconds, or None.
        release_date: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, or empty.
        writers, publishers: names, in the order given.
        ipi_name_numbers: of writers and publishers.
        lyrics: the words, or empty.
        audio_path: where the owner keeps the sound, or empty; never leaves the desk.
    """

    id: str
    catalogue: str
    kind: ItemKind
    title: str
    artist: str = ""
    identifiers: tuple[Identifier, ...] = ()
    duration_ms: int | None = None
    release_date: str = ""
    label: str = ""
    writers: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    ipi_name_numbers: tuple[str, ...] = ()
    lyrics: str = ""
    audio_path: str = ""

    def values(self, scheme: Scheme) -> tuple[str, ...]:
        """The identifiers of one scheme, sorted."""
        return tuple(i.value for i in self.identifiers if i.scheme is scheme)
