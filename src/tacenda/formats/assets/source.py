"""Reading a stranger's file in bounded pieces, and changing it by splices.

A change of a file is a list of splices: so many bytes taken out at a place, others put in. What no splice touches
stays what it was, bit for bit; so a plan can be checked, counted and undone before a byte is written. Positions
are those of the file before the change.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from tacenda.errors import InputError

MAX_METADATA_BYTES: Final = 64 * 1024 * 1024
PIECE_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Splice:
    """At `offset`, `taken` bytes are replaced by `put`."""

    offset: int
    taken: int
    put: bytes

    @property
    def end(self) -> int:
        return self.offset + self.taken

    @property
    def growth(self) -> int:
        return len(self.put) - self.taken


class Source:
    """A file that can be read at any place. Costs no more memory than what is asked for."""

    def __init__(self, file: BinaryIO | bytes) -> None:
        self._file = io.BytesIO(file) if isinstance(file, bytes) else file
        self.size = self._file.seek(0, io.SEEK_END)

    def read(self, offset: int, count: int) -> bytes:
        """Up to `count` bytes at `offset`; fewer at the end of the file."""
        self._file.seek(offset)
        return self._file.read(max(0, min(count, self.size - offset)))

    def exactly(self, offset: int, count: int, what: str) -> bytes:
        """`count` bytes at `offset`, a piece of metadata called `what`.

        Raises:
            InputError: ``asset.truncated`` when the file ends before, ``asset.too_large`` above 64 MiB.
        """
        self.reaches(offset, count, what)
        if count > MAX_METADATA_BYTES:
            raise InputError("asset.too_large", f"{what} has {count} bytes, more than 64 MiB.", where=at(offset))
        return self.read(offset, count)

    def reaches(self, offset: int, count: int, what: str) -> None:
        """Refuse a length that leads beyond the end of the file, without reading it.

        Raises:
            InputError: ``asset.truncated``.
        """
        if offset + count > self.size:
            raise truncated(what, offset)

    def pieces(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` to `stop`, a mebibyte at a time."""
        stop = self.size if stop is None else stop
        while start < stop:
            data = self.read(start, min(PIECE_BYTES, stop - start))
            if not data:
                raise truncated("The file", start)
            yield data
            start += len(data)


def spliced(source: Source, splices: Sequence[Splice]) -> Iterator[bytes]:
    """The bytes of the changed file, in pieces.

    Raises:
        InputError: ``asset.splice`` when two splices overlap.
    """
    place = 0
    for splice in sorted(splices, key=lambda s: (s.offset, s.end)):
        if splice.offset < place:
            raise InputError("asset.splice", "Two changes of this file overlap.", where=at(splice.offset))
        yield from source.pieces(place, splice.offset)
        yield splice.put
        place = splice.end
    yield from source.pieces(place)


def apply(data: bytes, splices: Sequence[Splice]) -> bytes:
    """`data` changed."""
    return b"".join(spliced(Source(data), splices))


def changed_only(source: Source, splices: Iterable[Splice]) -> tuple[Splice, ...]:
    """The splices that change anything, by offset."""
    kept = (s for s in splices if len(s.put) != s.taken or source.read(s.offset, s.taken) != s.put)
    return tuple(sorted(kept, key=lambda s: (s.offset, s.end)))


def at(offset: int) -> str:
    return f"byte {offset}"


def truncated(what: str, offset: int) -> InputError:
    return InputError(
        "asset.truncated",
        f"{what} ends before the length that it states.",
        hint="Get a whole copy of the file.",
        where=at(offset),
    )


def malformed(what: str, offset: int) -> InputError:
    return InputError("asset.format", what, hint="Write the file anew with its own program.", where=at(offset))


def unsupported(what: str, hint: str = "", offset: int = 0) -> InputError:
    return InputError("asset.unsupported", what, hint=hint, where=at(offset))
