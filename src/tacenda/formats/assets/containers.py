"""Which container a file is, by its first bytes and never by its name; then read and write by that.

One door for all of `tacenda.formats.assets`: `read` says what is there, `write` plans the change as splices.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tacenda.core.preference import Dimension
from tacenda.formats.assets import fields as f
from tacenda.formats.assets import flac, id3, mp4, ogg, pictures, riff
from tacenda.formats.assets.fields import Edit, Marking, Reading
from tacenda.formats.assets.source import Source, Splice, changed_only, unsupported
from tacenda.formats.signals.meaning import MINING, PLUS


@dataclass(frozen=True, slots=True)
class Container:
    """A container and its two verbs.

    Attributes:
        media: media type, as C2PA wants it; empty where C2PA knows no place in it.
        suffixes: by which a folder is searched; what a file is, its bytes say.
        tags: it holds ``TDM-RESERVATION`` and terms of use.
        packet: it holds XMP, and so ``plus:DataMining``.
        picture: it is artwork, not sound.
    """

    name: str
    media: str
    suffixes: tuple[str, ...]
    found: Callable[[Source], bool]
    read: Callable[[Source], Reading]
    write: Callable[[Source, Marking | None], Edit]
    tags: bool = True
    packet: bool = True
    picture: bool = False

    def can_say(self, marking: Marking) -> frozenset[Dimension]:
        """What of a marking it can deny."""
        mining = MINING if self.tags and marking.reserves_mining else frozenset()
        plus = PLUS[marking.plus.rpartition("/")[2]].denies if self.packet and marking.plus else frozenset()
        return mining | plus


def read_mp3(source: Source) -> Reading:
    """What an MP3 file says in the ID3v2 tag at its beginning."""
    length = id3.tag_length(source)
    if not length:
        return Reading("MP3")
    statements, fence, manifest, notes = id3.read_tag(id3.parse_tag(source.exactly(0, length, "The ID3 tag")))
    return Reading("MP3", statements, fence, manifest, notes)


def write_mp3(source: Source, marking: Marking | None) -> Edit:
    """The change of the ID3v2 tag at the beginning, which is made (v2.3) if it is not there."""
    length = id3.tag_length(source)
    raw = source.exactly(0, length, "The ID3 tag") if length else b""
    if marking is None:
        if not raw:
            return Edit(())
        new = id3.take_tag(raw)
    else:
        new = id3.put_tag(raw, marking)
    return Edit(changed_only(source, [Splice(0, length, new.tag)]), new.fields, new.kept)


def _is_mp3(source: Source) -> bool:
    """An ID3 tag, or a frame header of MPEG layer III; after the tag, something that could be one."""
    length = id3.tag_length(source)
    head = source.read(length, 4)
    if length:
        return head != b"fLaC"
    return len(head) == 4 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] >> 4 not in (0, 15)


def _is_ogg(source: Source) -> bool:
    return source.read(0, 4) == ogg.MAGIC


CONTAINERS: Final = (
    Container("WAVE", "audio/wav", (".wav", ".wave", ".bwf", ".rf64"), riff.is_wave, riff.read, riff.write),
    Container("AIFF", "", (".aif", ".aiff", ".aifc"), riff.is_aiff, riff.read, riff.write),
    Container("FLAC", "audio/flac", (".flac",), flac.is_flac, flac.read, flac.write, packet=False),
    Container("Ogg", "", (".ogg", ".oga", ".opus"), _is_ogg, ogg.read, ogg.write, packet=False),
    Container("MP4", "audio/mp4", (".m4a", ".mp4", ".m4b"), mp4.is_mp4, mp4.read, mp4.write),
    Container(
        "JPEG", "image/jpeg", (".jpg", ".jpeg"), pictures.is_jpeg, pictures.read_jpeg, pictures.write_jpeg,
        tags=False, picture=True,
    ),
    Container(
        "PNG", "image/png", (".png",), pictures.is_png, pictures.read_png, pictures.write_png,
        tags=False, picture=True,
    ),
    Container("MP3", "audio/mpeg", (".mp3",), _is_mp3, read_mp3, write_mp3),
)  # fmt: skip
SUFFIXES: Final = frozenset(suffix for container in CONTAINERS for suffix in container.suffixes)


def container_of(source: Source) -> Container:
    """The container of a file.

    Raises:
        InputError: ``asset.unknown`` when its bytes are those of none that we know.
    """
    for container in CONTAINERS:
        if container.found(source):
            return container
    raise unsupported(
        "The file is none of MP3, AIFF, WAVE, FLAC, Ogg, MP4, JPEG and PNG.", "Leave it out of the run."
    )


def read(source: Source) -> Reading:
    """What a file says about its own use.

    Raises:
        InputError: ``asset.*``.
    """
    return container_of(source).read(source)


def write(source: Source, marking: Marking | None, *, signed_anew: bool = False) -> Edit:
    """The change that puts `marking` in, in place of an older one of ours; or takes ours out when it is None.

    Args:
        signed_anew: a new C2PA manifest will be made, so that one that is there may lose its hold.

    Raises:
        ConflictError: ``asset.contradicted``; ``asset.manifest`` for a file that bears a C2PA manifest and
            would be changed.
        InputError: ``asset.*``.
    """
    container = container_of(source)
    edit = container.write(source, marking)
    if edit.splices and not signed_anew and container.read(source).manifest:
        raise f.bears_manifest()
    return edit
