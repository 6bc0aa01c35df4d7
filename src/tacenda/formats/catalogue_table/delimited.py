"""CSV, TSV and other delimited text (RFC 4180, with any one-character delimiter), streamed and bounded.

A quote that is opened and never closed cannot swallow the file: a row may span `Limits.quoted_lines` lines and
`Limits.field_characters` a cell; beyond that, or where a quote is closed in the middle of a cell, the line on
which the row began is reported and reading goes on with the line after it. Memory: a block and the lines of one
row.
"""

import csv
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tacenda.errors import InputError
from tacenda.formats.catalogue_table.lines import ByteStream, RawLine, raw_lines
from tacenda.formats.catalogue_table.rows import LIMITS, SHOWN, BadRow, Limits, Row

DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
SAMPLE_ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a line are told apart, and why we think so."""

    delimiter: str
    why: str

    @property
    def title(self) -> str:
        return DELIMITERS.get(self.delimiter, repr(self.delimiter))


def guess_dialect(text: str) -> Dialect:
    """The delimiter of a sample: the one by which most rows have the same number of cells, more than one."""
    first = text.split("\n", 1)[0].strip()
    if len(first) == 5 and first.lower().startswith("sep="):
        return Dialect(first[4], "The file says so in its first line.")
    best: tuple[float, int, str, str] | None = None
    for delimiter in DELIMITERS:
        widths = _widths(text, delimiter)
        if not widths:
            continue
        width, count = Counter(widths).most_common(1)[0]
        if width < 2:
            continue
        agreement = count / len(widths)
        why = f"{count} of {len(widths)} sampled rows have {width} cells by it."
        if best is None or (agreement, width) > best[:2]:
            best = (agreement, width, delimiter, why)
    if best is None:
        return Dialect(",", "No delimiter was found: the table has one column.")
    return Dialect(best[2], best[3])


def _widths(text: str, delimiter: str) -> list[int]:
    csv.field_size_limit(LIMITS.field_characters)
    widths = []
    try:
        for cells in csv.reader(text.splitlines(keepends=True), delimiter=delimiter):
            if cells:
                widths.append(len(cells))
            if len(widths) >= SAMPLE_ROWS:
                break
    except csv.Error:
        return widths
    return widths


class _Runaway(Exception):
    """A row spans too many lines; never leaves this module."""


class _Feed:
    """Lines for `csv.reader`, kept until the row that they make is done, so that it can be tried again."""

    def __init__(self, source: Iterator[RawLine], encoding: str, limits: Limits, offset: int) -> None:
        self._source = source
        self._again: deque[RawLine] = deque()
        self._encoding = encoding
        self._limits = limits
        self.pending: list[RawLine] = []
        self.line = 1
        self.offset = offset
        self.damage: tuple[str, str, int, int] | None = None

    def lines(self) -> Iterator[str]:
        pending, again, encoding = self.pending, self._again, self._encoding
        source, longest = self._source, self._limits.quoted_lines
        while True:
            raw = again.popleft() if again else next(source, None)
            if raw is None:
                return
            pending.append(raw)
            if len(pending) > longest:
                raise _Runaway
            try:
                text = raw.decode(encoding)  # type: ignore[union-attr]
            except (UnicodeDecodeError, AttributeError) as error:
                yield self._replacement(raw, error)
                continue
            if "\0" in text:
                self._note("text.nul", "The row holds a NUL character.", raw, text.index("\0"))
                text = text.replace("\0", "\ufffd")
            yield text

    def _replacement(self, raw: RawLine, error: Exception) -> str:
        if isinstance(raw, bytes) and isinstance(error, UnicodeDecodeError):
            self._note("text.encoding", f"Bytes of this line are not {self._encoding.upper()}.", raw, error.start)
            return raw.decode(self._encoding, "replace")
        self._note("line.length", f"The line is longer than {self._limits.line_bytes} bytes ({len(raw)}).", raw, 0)
        return "\ufffd\n"

    def _note(self, rule: str, why: str, raw: RawLine, within: int) -> None:
        before = sum(len(line) for line in self.pending[:-1])
        self.damage = self.damage or (rule, why, self.line + len(self.pending) - 1, self.offset + before + within)

    def next_row(self) -> None:
        """Forget the lines of the row that is done."""
        pending = self.pending
        self.line += len(pending)
        self.offset += len(pending[0]) if len(pending) == 1 else sum(map(len, pending))
        pending.clear()
        self.damage = None

    def retry_after_first(self) -> None:
        """Give up the first line of the row and read the others again."""
        self._again.extendleft(reversed(self.pending[1:]))
        del self.pending[1:]
        self.next_row()

    def first_line(self) -> str:
        """The first line of the row, for a report."""
        raw = self.pending[0] if self.pending else b""
        return raw[:800].decode(self._encoding, "replace").strip()[:SHOWN] if isinstance(raw, bytes) else ""


def delimited_rows(
    stream: ByteStream,
    encoding: str,
    delimiter: str,
    *,
    columns: int | None = None,
    offset: int = 0,
    limits: Limits = LIMITS,
) -> Iterator[Row | BadRow]:
    """Rows of a stream that stands at its first line. Lines without any cell are passed over in silence.

    Args:
        columns: how many cells a row must have; None when that is not known yet.
        offset: bytes before the stream's present place (a byte order mark).
    """
    csv.field_size_limit(limits.field_characters)  # global to the process; the same for all our readers
    feed = _Feed(raw_lines(stream, encoding, limits.line_bytes), encoding, limits, offset)
    while True:
        reader = csv.reader(feed.lines(), delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                if feed.damage is not None or len(cells) != columns:
                    bad = _refused(feed, cells, columns, limits)
                    if bad is not None:
                        yield bad
                        if bad.rule == "csv.quote":
                            feed.retry_after_first()
                            break
                        feed.next_row()
                        continue
                if cells:
                    yield Row(feed.line, feed.offset, cells)
                feed.next_row()
            else:
                return
        except (csv.Error, _Runaway) as error:
            yield _broken(feed, error, limits)
            feed.retry_after_first()


def _refused(feed: _Feed, cells: Sequence[str], columns: int | None, limits: Limits) -> BadRow | None:
    if feed.damage is not None:
        rule, why, line, offset = feed.damage
        return BadRow(line, offset, rule, feed.first_line(), why)
    if len(cells) > limits.columns:
        why = f"The row has {len(cells)} cells; at most {limits.columns} are read."
        return BadRow(feed.line, feed.offset, "row.columns", feed.first_line(), why)
    if columns is None or not cells:
        return None
    if len(feed.pending) > 1:
        why = f"A quote seems to be missing: {len(feed.pending)} lines make {len(cells)} cells, not {columns}."
        return BadRow(feed.line, feed.offset, "csv.quote", feed.first_line(), why)
    why = f"The row has {len(cells)} cells, the header {columns}."
    return BadRow(feed.line, feed.offset, "row.columns", feed.first_line(), why)


def _broken(feed: _Feed, error: Exception, limits: Limits) -> BadRow:
    rule = "csv.quote"
    if isinstance(error, _Runaway):
        why = f"A quote is opened here and not closed within {limits.quoted_lines} lines."
    elif "field limit" in str(error):
        rule, why = "field.length", f"A cell is longer than {limits.field_characters} characters."
    elif "unexpected end" in str(error):
        why = "A quote is opened here and never closed."
    else:
        why = "A quote is closed in the middle of a cell."
    return BadRow(feed.line, feed.offset, rule, feed.first_line(), why)


def check_delimiter(delimiter: str) -> str:
    """A delimiter as a person writes it (``tab``, ``\\t``, ``;``) as one character.

    Raises:
        InputError: ``table.delimiter``.
    """
    names = {name: mark for mark, name in DELIMITERS.items()} | {"\\t": "\t", "bar": "|", "pipe": "|"}
    mark = names.get(delimiter.lower(), delimiter)
    if len(mark) != 1 or mark in '"\r\n\0 ' or not mark.isascii() or mark.isalnum():
        raise InputError(
            "table.delimiter",
            f"{delimiter!r} is no delimiter that is read here.",
            hint="Say comma, semicolon, tab, bar, or one other mark.",
        )
    return mark
