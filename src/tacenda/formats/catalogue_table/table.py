"""What a catalogue file is, by its content, and its rows. The name of a file is never believed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Final

from tacenda.errors import InputError
from tacenda.formats.catalogue_table.delimited import Dialect, check_delimiter, delimited_rows, guess_dialect
from tacenda.formats.catalogue_table.encoding import Encoding, Survey, detect, survey
from tacenda.formats.catalogue_table.json_lines import json_records, json_rows
from tacenda.formats.catalogue_table.lines import ByteStream
from tacenda.formats.catalogue_table.rows import LIMITS, BadRow, Cell, Limits, Row, column_names

SAMPLE_BYTES: Final = 262_144
SAMPLE_ROWS: Final = 2_000
PREAMBLE_ROWS: Final = 20


class TableKind(StrEnum):
    DELIMITED = "delimited text"
    JSON_LINES = "JSON Lines"
    XLSX = "XLSX"
    PARQUET = "Parquet"


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was looked at.

    Attributes:
        digest, size: SHA-256 (hex) and bytes of the file.
        columns: names, unique, in the order of the file.
        header_row: where the header stands (0 where there is none: JSON Lines, Parquet).
        encoding, dialect: of text; None otherwise.
        sheet, sheets: of XLSX.
        notes: what a person should know before importing.
        sample: the first rows.
        rows: how many there are, where the file says so (Parquet).
    """

    path: Path
    kind: TableKind
    digest: str
    size: int
    columns: tuple[str, ...]
    header_row: int = 0
    encoding: Encoding | None = None
    dialect: Dialect | None = None
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sample: tuple[Row, ...] = ()
    rows: int | None = None


_REFUSED: Final[Sequence[tuple[bytes, str, str]]] = (
    (
        b"\xd0\xcf\x11\xe0",
        "This is an encrypted workbook or one in the old .xls form, whatever its name says.",
        "Open it in the spreadsheet program and save it as XLSX without a password, or as CSV in UTF-8.",
    ),
    (b"\x1f\x8b", "The file is compressed (gzip).", "Unpack it first."),
    (b"BZh", "The file is compressed (bzip2).", "Unpack it first."),
    (b"\xfd7zXZ", "The file is compressed (xz).", "Unpack it first."),
    (b"\x28\xb5\x2f\xfd", "The file is compressed (zstd).", "Unpack it first."),
    (b"%PDF", "This is a PDF document.", "Export the table as CSV or XLSX."),
    (b"<", "This is HTML or XML, not a table.", "Export the table as CSV or XLSX."),
    (b"[", "This is one JSON list, not JSON Lines.", "Write one object a line."),
    (b"SQLite format 3", "This is a SQLite database.", "Export the table as CSV."),
    (b"ID3", "This is a sound file.", "Export the catalogue as CSV."),
)


def inspect(
    path: Path,
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str = "",
    limits: Limits = LIMITS,
) -> Table:
    """What the file is. Reads all of its bytes once (digest, encoding) and some rows.

    Raises:
        InputError: ``table.missing``, ``table.empty``, ``table.kind``, ``table.encoding``, ``table.header``,
            ``xlsx.*``, ``parquet.*``.
    """
    try:
        with path.open("rb") as stream:
            seen = survey(stream)
    except OSError as error:
        raise InputError(
            "table.missing",
            f"The file cannot be opened: {error.strerror}.",
            hint="Check the path.",
            where=str(path),
        ) from error
    if not seen.size:
        raise InputError("table.empty", "The file is empty.", hint="Export it again.", where=str(path))
    if seen.head.startswith(b"PAR1"):
        return _parquet(path, seen, limits)
    if seen.head.startswith(b"PK\x03\x04"):
        return _xlsx(path, seen, sheet, limits)
    plain = seen.head[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, why, hint in _REFUSED:
        if plain.startswith(magic):
            raise InputError("table.kind", why, hint=hint, where=str(path))
    found = detect(seen, encoding)
    text = seen.head[found.mark_bytes : SAMPLE_BYTES].decode(found.name, "replace")
    if text.lstrip().startswith("{"):
        return _json(path, seen, found, limits)
    dialect = Dialect(check_delimiter(delimiter), "You said so.") if delimiter else guess_dialect(text)
    return _delimited(path, seen, found, dialect, limits)


def read(table: Table, limits: Limits = LIMITS) -> Iterator[Row | BadRow]:
    """All rows below the header, in the order of the file. Memory does not grow with the file."""
    if table.kind is TableKind.PARQUET:
        from tacenda.formats.catalogue_table.parquet import parquet_rows

        yield from parquet_rows(table.path, table.columns)
    elif table.kind is TableKind.XLSX:
        from tacenda.formats.catalogue_table.spreadsheet import sheet_rows

        yield from sheet_rows(table.path, table.sheet, table.header_row, table.columns, limits)
    else:
        with table.path.open("rb", buffering=0) as stream:
            yield from read_text(stream, table, limits)


def read_text(stream: ByteStream, table: Table, limits: Limits = LIMITS) -> Iterator[Row | BadRow]:
    """`read` of delimited text or JSON Lines from a stream that stands at its first byte."""
    if table.encoding is None:
        raise ValueError("this is no text")
    encoding, skip = table.encoding.name, table.encoding.mark_bytes
    stream.read(skip)
    if table.dialect is None:
        yield from json_rows(stream, encoding, table.columns, offset=skip, limits=limits)
        return
    rows = delimited_rows(
        stream, encoding, table.dialect.delimiter, columns=len(table.columns), offset=skip, limits=limits
    )
    for row in rows:
        if row.line > table.header_row:
            yield row
            break
    yield from rows


# --- each kind --------------------------------------------------------------------------------------------------


def _parquet(path: Path, seen: Survey, limits: Limits) -> Table:
    from tacenda.formats.catalogue_table.parquet import parquet_facts, parquet_rows

    facts = parquet_facts(path, limits)
    sample = _good(islice(parquet_rows(path, facts.columns), SAMPLE_ROWS))
    return Table(path, TableKind.PARQUET, seen.digest, seen.size, facts.columns, sample=sample, rows=facts.rows)


def _xlsx(path: Path, seen: Survey, sheet: str, limits: Limits) -> Table:
    from tacenda.formats.catalogue_table.spreadsheet import SheetReader, check_workbook

    notes = list(check_workbook(path, limits).notes)
    with SheetReader(path, sheet, limits) as reader:
        sheets = reader.sheets
        if sheet and sheet not in sheets:
            raise InputError(
                "xlsx.sheet",
                f"There is no visible sheet {sheet!r}.",
                hint=f"One of: {', '.join(sheets)}.",
                where=str(path),
            )
        top = list(islice(reader.rows(), SAMPLE_ROWS + PREAMBLE_ROWS))
    header = header_place(top[: PREAMBLE_ROWS + 100], path)
    columns = _trimmed(top[header])
    if len(sheets) > 1:
        others = ", ".join(name for name in sheets if name != (sheet or sheets[0]))
        notes.append(f"Only the sheet {(sheet or sheets[0])!r} is read; there are also {others}.")
    notes += _preamble_note(header)
    sample = tuple(
        Row(number, -1, (cells + [None] * len(columns))[: len(columns)])
        for number, cells in enumerate(top, 1)
        if number > header + 1 and any(cell is not None for cell in cells)
    )
    return Table(
        path,
        TableKind.XLSX,
        seen.digest,
        seen.size,
        columns,
        header_row=header + 1,
        sheet=sheet or sheets[0],
        sheets=sheets,
        notes=tuple(notes),
        sample=sample,
    )


def _json(path: Path, seen: Survey, encoding: Encoding, limits: Limits) -> Table:
    with path.open("rb") as stream:
        stream.read(encoding.mark_bytes)
        found = list(islice(json_records(stream, encoding.name, limits=limits), SAMPLE_ROWS))
    good = [record for record in found if not isinstance(record, BadRow)]
    columns = tuple(dict.fromkeys(key for _, _, record in good for key in record))
    if not columns:
        raise InputError(
            "table.header",
            "No line of the file is a JSON object with keys.",
            hint="Export it again.",
            where=str(path),
        )
    sample = tuple(Row(line, at, [record.get(column) for column in columns]) for line, at, record in good)
    return Table(
        path,
        TableKind.JSON_LINES,
        seen.digest,
        seen.size,
        columns[: limits.columns],
        encoding=encoding,
        sample=sample,
    )


def _delimited(path: Path, seen: Survey, encoding: Encoding, dialect: Dialect, limits: Limits) -> Table:
    with path.open("rb") as stream:
        stream.read(encoding.mark_bytes)
        rows = delimited_rows(stream, encoding.name, dialect.delimiter, offset=encoding.mark_bytes, limits=limits)
        top = list(islice(rows, PREAMBLE_ROWS + 100))
    good = [row for row in top if isinstance(row, Row)]
    if good and [len(good[0].cells), str(good[0].cells[0])[:4].lower()] in ([2, "sep="], [1, "sep="]):
        good = good[1:]
    place = header_place([row.cells for row in good], path)
    header = good[place]
    bad = next((row for row in top if isinstance(row, BadRow) and row.line < header.line), None)
    if bad is not None:
        raise InputError("table.header", f"The header cannot be read: {bad.why}", where=f"{path}:{bad.line}")
    table = Table(
        path,
        TableKind.DELIMITED,
        seen.digest,
        seen.size,
        column_names(header.cells),
        header_row=header.line,
        encoding=encoding,
        dialect=dialect,
        notes=tuple(_preamble_note(place)),
    )
    return _with_sample(table, limits)


def _with_sample(table: Table, limits: Limits) -> Table:
    return replace(table, sample=_good(islice(read(table, limits), SAMPLE_ROWS)))


def _good(rows: Iterator[Row | BadRow]) -> tuple[Row, ...]:
    return tuple(row for row in rows if isinstance(row, Row))


def _filled(cells: Sequence[Cell]) -> int:
    return sum(cell is not None and str(cell).strip() != "" for cell in cells)


def header_place(rows: Sequence[Sequence[Cell]], path: Path) -> int:
    """Index of the header: the first of the first rows that fills most of the columns that the rows below fill.

    Raises:
        InputError: ``table.header``.
    """
    widest = sorted((_filled(row) for row in rows if _filled(row)), reverse=True)
    usual = widest[len(widest) // 2] if widest else 0
    for place, row in enumerate(rows[:PREAMBLE_ROWS]):
        if _filled(row) and _filled(row) * 5 >= usual * 3:
            return place
    raise InputError(
        "table.header",
        "No header row was found in the first rows.",
        hint="Put the names of the columns in the first row.",
        where=str(path),
    )


def _trimmed(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Column names of a sheet, without the empty columns at its right."""
    last = max((place for place, cell in enumerate(cells, 1) if cell is not None), default=0)
    return column_names(cells[:last])


def _preamble_note(place: int) -> list[str]:
    return [f"{place} rows above the header are passed over."] if place else []
