"""In what encoding a text file is, and how sure that is. One pass over all bytes, which also takes the digest.

What is certain is used: a byte order mark, plain ASCII, or bytes that are valid UTF-8 throughout. What can only be
guessed (Windows-1252, Latin-1) is shown with a sample, and is not imported until a person has named it. Single
lines that break the encoding are rows that cannot be read; they never change how the others are read.
"""

import codecs
import hashlib
from dataclasses import dataclass
from typing import Final

from tacenda.errors import InputError
from tacenda.formats.catalogue_table.lines import BLOCK_BYTES, ByteStream

NAMES: Final = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 (little-endian)",
    "utf-16-be": "UTF-16 (big-endian)",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1 (ISO 8859-1)",
}
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NOT_IN_CP1252: Final = frozenset(b"\x81\x8d\x8f\x90\x9d")
_HIGH: Final = bytes(range(128, 256))


@dataclass(frozen=True, slots=True)
class Survey:
    """All bytes of a file, looked at once.

    Attributes:
        digest: SHA-256, hex.
        size: bytes.
        head: the first bytes, at most `BLOCK_BYTES`.
        nul_bytes: how many.
        valid_lines, invalid_lines: of the lines with bytes beyond ASCII, how many are valid UTF-8; where a whole
            block is valid it counts as one line.
        high_bytes: which bytes beyond ASCII stand in lines that are not UTF-8.
        sample: such a line, cut.
    """

    digest: str
    size: int
    head: bytes
    nul_bytes: int
    valid_lines: int
    invalid_lines: int
    high_bytes: frozenset[int]
    sample: bytes


@dataclass(frozen=True, slots=True)
class Encoding:
    """Attributes:
    name: as Python's codecs call it.
    mark_bytes: length of the byte order mark to be skipped.
    certain: False when a person must confirm it before anything is imported.
    why: one sentence.
    """

    name: str
    mark_bytes: int
    certain: bool
    why: str

    @property
    def title(self) -> str:
        return NAMES.get(self.name, self.name)


class _Counter:
    def __init__(self) -> None:
        self.valid = 0
        self.invalid = 0
        self.high: set[int] = set()
        self.sample = b""

    def take(self, chunk: bytes) -> None:
        """Count the lines of a chunk that ends at a line's end."""
        if chunk.isascii():
            return
        if _is_utf8(chunk):
            self.valid += 1
            return
        for line in chunk.splitlines():
            if line.isascii():
                continue
            if _is_utf8(line):
                self.valid += 1
                continue
            self.invalid += 1
            self.sample = self.sample or line[:SAMPLE_BYTES]
            if len(self.high) < 128:
                self.high.update(line.translate(None, bytes(range(128))))


SAMPLE_BYTES: Final = 120


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def survey(stream: ByteStream) -> Survey:
    """Read the stream to its end. Memory: two blocks."""
    digest = hashlib.sha256()
    counter = _Counter()
    size = nul_bytes = 0
    head = tail = b""
    while block := stream.read(BLOCK_BYTES):
        digest.update(block)
        head = head or block
        size += len(block)
        nul_bytes += block.count(0)
        data = tail + block
        end = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        if not end and len(data) > BLOCK_BYTES:
            end = len(data)
        counter.take(data[:end])
        tail = data[end:]
    counter.take(tail)
    return Survey(
        digest.hexdigest(),
        size,
        head,
        nul_bytes,
        counter.valid,
        counter.invalid,
        frozenset(counter.high),
        counter.sample,
    )


def detect(seen: Survey, stated: str | None = None) -> Encoding:
    """The encoding of a text file.

    Args:
        stated: what the operator says it is; wins over everything.

    Raises:
        InputError: ``table.encoding`` when `stated` is no encoding that is read here, or none fits the bytes.
    """
    mark = next(((m, name) for m, name in _MARKS if seen.head.startswith(m)), None)
    if stated:
        return _stated(stated, mark)
    if mark and mark[1] == "utf-32":
        raise InputError("table.encoding", "The file is in UTF-32.", hint="Save it as UTF-8.")
    if mark:
        return Encoding(mark[1], len(mark[0]), True, f"It begins with the byte order mark of {NAMES[mark[1]]}.")
    if seen.nul_bytes > seen.size // 8:
        raise InputError(
            "table.encoding",
            "Every other byte is NUL: this is UTF-16 without a byte order mark, or no text.",
            hint="Save it as UTF-8, or say --encoding utf-16-le.",
        )
    if not seen.invalid_lines:
        if not seen.valid_lines:
            return Encoding("utf-8", 0, True, "All bytes are ASCII, which is UTF-8 too.")
        return Encoding("utf-8", 0, True, "All bytes are valid UTF-8.")
    if seen.valid_lines >= seen.invalid_lines:
        return Encoding(
            "utf-8",
            0,
            True,
            f"Most lines are valid UTF-8; the {seen.invalid_lines} that are not are reported, not imported.",
        )
    return _guess(seen)


def _guess(seen: Survey) -> Encoding:
    name = "latin-1" if seen.high_bytes & _NOT_IN_CP1252 else "cp1252"
    sample = seen.sample.decode(name, "replace").strip()
    mixed = f" ({seen.valid_lines} lines are UTF-8 all the same: the file is mixed.)" if seen.valid_lines else ""
    why = (
        f"{seen.invalid_lines} lines are not UTF-8; read as {NAMES[name]} the first is {sample!r}.{mixed}"
        f" A guess: confirm it with --encoding {name}."
    )
    return Encoding(name, 0, False, why)


def _stated(stated: str, mark: tuple[bytes, str] | None) -> Encoding:
    try:
        name = codecs.lookup(stated).name
    except LookupError:
        name = ""
    aliases = {"iso8859-1": "latin-1", "ascii": "utf-8", "utf-8-sig": "utf-8", "utf-16": "utf-16-le"}
    if name == "utf-16" and mark and mark[1] == "utf-16-be":
        name = "utf-16-be"
    name = aliases.get(name, name)
    if name not in NAMES:
        raise InputError(
            "table.encoding",
            f"{stated!r} is no encoding that is read here.",
            hint=f"One of: {', '.join(NAMES)}.",
        )
    skip = len(mark[0]) if mark and mark[1] == name else 0
    return Encoding(name, skip, True, "You said so.")
