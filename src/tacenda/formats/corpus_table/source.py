"""The files of a corpus: which there are, of what kind, how they are written, and their columns."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any, Final

from tacenda.errors import InputError
from tacenda.formats.corpus_table import blocks
from tacenda.formats.corpus_table.columns import is_known_name
from tacenda.formats.corpus_table.jsonvalues import elements, flatten
from tacenda.formats.text_corpus import ARCHIVES, is_archive, plain_suffix

SAMPLE_ROWS: Final = 500
MAX_COLUMNS: Final = 5_000
SEP: Final = "<SEP>"

_KINDS: Final[Mapping[str, str]] = {
    ".csv": "delimited",
    ".tsv": "delimited",
    ".tab": "delimited",
    ".txt": "delimited",
    ".jsonl": "jsonlines",
    ".ndjson": "jsonlines",
    ".json": "jsonlines",
    ".parquet": "parquet",
    ".pq": "parquet",
    **dict.fromkeys(ARCHIVES, "documents"),
}
_MSD_TRACK: Final = re.compile(r"TR[A-Z0-9]{16}")
_VALUE_LIKE: Final = re.compile(
    r"-?\d+([.,]\d+)?|[A-Z]{2}[A-Z0-9]{3}\d{7}|https?://.*|Y?[\w-]{11}\.(wav|mp3|m4a|flac|ogg|webm|mp4)", re.ASCII
)


_ARRAY: Final = re.compile(r"\s*\[\s*\{")


_DOCUMENT_COLUMNS: Final = ("id", "text")


class Kind(StrEnum):
    DELIMITED = "delimited"
    JSON_LINES = "jsonlines"
    JSON_ARRAY = "jsonarray"
    PARQUET = "parquet"
    DOCUMENTS = "documents"


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a corpus and how to read it.

    Attributes:
        name: path relative to the corpus, the name that reports use.
        columns: as the file names them; ``column_1`` ... where it has no header.
        samples: up to 500 values of each column, for recognition; never used as data.
        delimiter: one character, or ``<SEP>``; empty for JSON Lines and Parquet.
        data_line: number of the first line with data.
        rows: known only for Parquet, else None.
    """

    path: Path
    name: str
    kind: Kind
    columns: tuple[str, ...]
    samples: Mapping[str, tuple[str, ...]]
    encoding: str = blocks.UTF8
    delimiter: str = ""
    data_line: int = 1
    carriage_returns: bool = False
    rows: int | None = None

    @property
    def quoted(self) -> bool:
        return self.delimiter not in ("", SEP)


def find_files(corpus: Path) -> tuple[tuple[Path, str], ...]:
    """The files to read and their names, sorted by name; hidden files and files of other kinds are left out.

    Raises:
        InputError: ``corpus.missing``, ``corpus.empty``.
    """
    if corpus.is_file():
        return ((corpus, corpus.name),)
    if not corpus.is_dir():
        raise InputError("corpus.missing", f"There is no file or folder {str(corpus)!r}.", where=str(corpus))
    found = [
        (path, path.relative_to(corpus).as_posix())
        for path in corpus.rglob("*")
        if path.is_file() and _suffix(path) in _KINDS and not any(p.startswith(".") for p in path.parts[-2:])
    ]
    if not found:
        raise InputError(
            "corpus.empty",
            "The folder holds no file that could be read.",
            hint=f"Files end in {', '.join(_KINDS)}, each also with .gz.",
            where=str(corpus),
        )
    return tuple(sorted(found, key=lambda pair: pair[1]))


def _suffix(path: Path) -> str:
    return plain_suffix(path)


def examine(path: Path, name: str, encoding: str = "") -> Source:
    """How this file is to be read, from its name and first megabyte.

    Raises:
        InputError: when it is empty, of no known kind, or broken at its very beginning.
    """
    with path.open("rb") as stream:
        magic = stream.read(4)
    if not magic:
        raise InputError("corpus.empty", "The file is empty.", where=name)
    if magic == b"PAR1":
        return _examine_parquet(path, name)
    if magic[:2] == b"PK":
        raise InputError(
            "corpus.kind", "This is a ZIP or XLSX file.", hint="Unpack it, or save it as CSV.", where=name
        )
    kind = _KINDS.get(_suffix(path), "delimited")
    if is_archive(path):
        return Source(path, name, Kind.DOCUMENTS, _DOCUMENT_COLUMNS, {})
    if kind == "parquet":
        raise InputError("corpus.kind", "This file is not Parquet, whatever its name says.", where=name)
    head = blocks.head_of(path)
    encoding = encoding or blocks.detect_encoding(head)
    cut = head if len(head) < blocks.SNIFF else head[: head.rfind(b"\n") + 1] or head
    text = cut.decode(encoding, "replace").lstrip("\ufeff")
    if kind == "jsonlines" or text.lstrip()[:1] == "{" or _ARRAY.match(text):
        return _examine_json_lines(path, name, text, encoding)
    table = _examine_delimited(path, name, text, encoding, blocks.old_mac_line_ends(head))
    if _suffix(path) == ".txt" and _is_prose(table):
        return Source(path, name, Kind.DOCUMENTS, _DOCUMENT_COLUMNS, {}, encoding)
    return table


def _is_prose(table: Source) -> bool:
    """Whether a text file is running text: no known header, no tab or ``<SEP>`` inside, no list of names."""
    lines = table.samples.get("column_1", ())
    if len(table.columns) == 1 and 2 * sum(" - " in line for line in lines) > len(lines):
        return False
    nameless = all(column.startswith("column_") for column in table.columns)
    return nameless and (len(table.columns) == 1 or table.delimiter not in ("\t", SEP))


def _examine_parquet(path: Path, name: str) -> Source:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from tacenda.formats.corpus_table.parquet import as_texts, leaf_columns

    try:
        file = pq.ParquetFile(path)
        columns = leaf_columns(file.schema_arrow)
        samples: dict[str, tuple[str, ...]] = dict.fromkeys(columns, ())
        if file.metadata.num_row_groups:
            for batch in file.iter_batches(batch_size=SAMPLE_ROWS, columns=list(columns)):
                texts = as_texts(batch, columns)
                samples = {c: tuple(v for v in texts[c].to_pylist() if v) for c in columns}
                break
        return Source(path, name, Kind.PARQUET, columns, samples, rows=file.metadata.num_rows)
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            "corpus.parquet", f"This Parquet file cannot be read: {_first_line(error)}.", where=name
        ) from error


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0].rstrip(".")[:200] if str(error) else type(error).__name__


def _examine_json_lines(path: Path, name: str, text: str, encoding: str) -> Source:
    array = text.lstrip()[:1] == "["
    columns: dict[str, list[str]] = {}
    for document in _first_elements(text, name) if array else _first_lines(text):
        if isinstance(document, dict):
            for column, value in flatten(document).items():
                columns.setdefault(column, []).append(value)
    samples = {column: tuple(v for v in values if v) for column, values in columns.items()}
    kind = Kind.JSON_ARRAY if array else Kind.JSON_LINES
    return Source(path, name, kind, tuple(columns), samples, encoding)


def _first_lines(text: str) -> Iterator[Any]:
    for line in text.split("\n")[:SAMPLE_ROWS]:
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            continue


def _first_elements(text: str, name: str) -> Iterator[Any]:
    try:
        for element, _ in islice(elements(iter([text]), name), SAMPLE_ROWS):
            yield element
    except InputError:
        # The first megabyte ends anywhere; where the array itself is broken, reading says so.
        return


def _examine_delimited(path: Path, name: str, text: str, encoding: str, carriage_returns: bool) -> Source:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    skipped = 0
    while skipped < len(lines) and (lines[skipped].startswith("#") or not lines[skipped].strip()):
        skipped += 1
    body = lines[skipped : skipped + SAMPLE_ROWS]
    delimiter = _delimiter(path, body)
    first = _cells(body[0], delimiter) if body else []
    above = _cells(lines[skipped - 1].lstrip("# "), delimiter) if skipped else []
    if skipped and len(above) > 1 and len(above) == len(first) and not _is_header(first):
        header, data_line, data = above, skipped + 1, body
    elif _is_header(first):
        header, data_line, data = first, skipped + 2, body[1:]
    else:
        header, data_line, data = _nameless(first, delimiter), skipped + 1, body
    if len(header) > MAX_COLUMNS:
        raise InputError(
            "corpus.columns",
            f"{len(header)} columns; at most {MAX_COLUMNS} are read.",
            where=f"{name}:{skipped + 1}",
        )
    columns = _unique(header)
    rows = [_cells(line, delimiter) for line in data if line]
    samples = {
        column: tuple(row[place].strip() for row in rows if place < len(row) and row[place].strip())
        for place, column in enumerate(columns)
    }
    return Source(path, name, Kind.DELIMITED, columns, samples, encoding, delimiter, data_line, carriage_returns)


def _delimiter(path: Path, lines: Sequence[str]) -> str:
    """The delimiter: by the name for .csv and .tsv where it occurs, else the one that cuts lines most evenly."""
    sample = [line for line in lines[:100] if line]
    if any(SEP in line for line in sample[:3]):
        return SEP
    preferred = {".tsv": "\t", ".tab": "\t", ".csv": ","}.get(_suffix(path), "")
    if preferred and sample and preferred in sample[0]:
        return preferred
    best, best_even = "", 0.5
    for candidate in ("\t", ",", ";", "|"):
        counts = [line.count(candidate) for line in sample]
        if counts and counts[0]:
            even = sum(count == counts[0] for count in counts) / len(counts)
            if even > best_even + 0.05:
                best, best_even = candidate, even
    return best or preferred or "\t"


def _cells(line: str, delimiter: str) -> list[str]:
    if delimiter == SEP:
        return line.split(SEP)
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def _is_header(cells: Sequence[str]) -> bool:
    """A header has a name that is known, no cell that looks like a value, no long cell, and no cell twice."""
    texts = [cell.strip() for cell in cells]
    filled = [text for text in texts if text]
    return (
        bool(filled)
        and len(set(filled)) == len(filled)
        and not any(_VALUE_LIKE.fullmatch(text) or _MSD_TRACK.fullmatch(text) or len(text) > 60 for text in filled)
        and any(is_known_name(text) for text in filled)
    )


def _nameless(cells: Sequence[str], delimiter: str) -> list[str]:
    """Names for columns without a header. `unique_tracks.txt` of the Million Song Dataset is known by its ids."""
    if delimiter == SEP and len(cells) == 4 and _MSD_TRACK.fullmatch(cells[0].strip()):
        return ["msd_track_id", "msd_song_id", "artist", "title"]
    return [f"column_{place}" for place in range(1, len(cells) + 1)]


def _unique(header: Sequence[str]) -> tuple[str, ...]:
    """Column names, trimmed; an empty or repeated one gets its place as a name."""
    seen: set[str] = set()
    names = []
    for place, cell in enumerate(header, 1):
        name = cell.strip() or f"column_{place}"
        while name in seen:
            name = f"{name}_{place}"
        seen.add(name)
        names.append(name)
    return tuple(names)
