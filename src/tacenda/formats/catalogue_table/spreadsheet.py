"""XLSX, looked at from outside first and read by a process of its own.

The directory of the zip is checked before anything is unpacked (F36): sum of sizes, ratio, number of files. Macros
and links to other workbooks are never followed; they are told, since values that come from them may be old.
Encrypted workbooks and the binary ``.xls`` are refused. Cells keep their type, so that what Excel has done to a
code (1.23E+11, a date as a serial number) can be told from what the label wrote.
"""

import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from tacenda.errors import InputError
from tacenda.formats.catalogue_table.rows import LIMITS, BadRow, Cell, Limits, Row

_SAVE_AS: Final = "Open it in the spreadsheet program and save it as XLSX, or better as CSV in UTF-8."


@dataclass(frozen=True, slots=True)
class Workbook:
    """What stands in the directory of the file: notes for the reader of the plan."""

    notes: tuple[str, ...]


def check_workbook(path: Path, limits: Limits = LIMITS) -> Workbook:
    """Whether the file may be unpacked at all. Reads the zip directory only.

    Raises:
        InputError: ``xlsx.bomb``, ``xlsx.form``.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputError("xlsx.form", f"The file is damaged: {error}.", hint=_SAVE_AS, where=str(path)) from error
    total = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    reason = ""
    if len(entries) > limits.zip_files:
        reason = f"it holds {len(entries)} files, more than {limits.zip_files}"
    elif total > limits.zip_bytes:
        reason = f"it would unpack to {total} bytes, more than {limits.zip_bytes}"
    elif total > limits.zip_ratio * packed and total > 10_000_000:
        reason = f"it would unpack to {total // packed} times its size, more than {limits.zip_ratio}"
    if reason:
        raise InputError(
            "xlsx.bomb",
            f"The workbook is refused unread: {reason}.",
            hint="Save the sheet as CSV in UTF-8.",
            where=str(path),
        )
    names = {entry.filename.lower() for entry in entries}
    if any(entry.flag_bits & 1 for entry in entries):
        raise InputError("xlsx.encrypted", "The workbook is encrypted.", hint=_SAVE_AS, where=str(path))
    if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise InputError(
            "table.kind", "This is a zip file, but no XLSX workbook.", hint="Unpack it first.", where=str(path)
        )
    notes = []
    if any(name.endswith("vbaproject.bin") for name in names):
        notes.append("The workbook holds macros. They were not run.")
    if any(name.startswith("xl/externallinks/") for name in names):
        notes.append("Cells refer to other workbooks. Their last saved values are read; no other file is opened.")
    return Workbook(tuple(notes))


class SheetReader:
    """The rows of one sheet, from a process with limits. Use it as a context manager."""

    def __init__(self, path: Path, sheet: str = "", limits: Limits = LIMITS) -> None:
        self._path = path
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tacenda.formats.catalogue_table.spreadsheet_worker",
                str(path),
                sheet,
                str(limits.memory_bytes),
                str(limits.cpu_seconds),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self.sheets: tuple[str, ...] = ()
        watchdog = threading.Timer(limits.wall_seconds, self._process.kill)
        watchdog.start()
        try:
            first = self._document()
        except InputError:
            self.__exit__()
            raise
        finally:
            watchdog.cancel()
        if isinstance(first, dict):
            self.sheets = tuple(first.get("sheets", ()))

    def __enter__(self) -> "SheetReader":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def _document(self) -> Any:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            code = self._process.wait()
            if code:
                raise InputError(
                    "xlsx.limits",
                    "Reading the workbook took more memory or time than is allowed, and was stopped.",
                    hint="Save the sheet as CSV in UTF-8.",
                    where=str(self._path),
                )
            return None
        found = json.loads(line)
        if isinstance(found, dict) and "error" in found:
            rule = "xlsx.encrypted" if found["error"].startswith("PasswordError") else "xlsx.form"
            raise InputError(
                rule, f"The workbook cannot be read: {found['error']}.", hint=_SAVE_AS, where=str(self._path)
            )
        return found

    def rows(self) -> Iterator[list[Cell]]:
        """Cells of each row from the top of the sheet, empty rows included."""
        while (found := self._document()) is not None:
            yield [_cell(cell) for cell in found]


def _cell(cell: Any) -> Cell:
    if isinstance(cell, dict):
        if "t" in cell:
            return float(cell["t"])
        text: str = cell["d"]
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    if isinstance(cell, str):
        return cell or None
    return cell if isinstance(cell, int | float | bool) else None


def sheet_rows(
    path: Path, sheet: str, header_row: int, columns: Sequence[str], limits: Limits = LIMITS
) -> Iterator[Row | BadRow]:
    """Rows below the header of one sheet."""
    with SheetReader(path, sheet, limits) as reader:
        for number, cells in enumerate(reader.rows(), 1):
            if number <= header_row or all(cell is None for cell in cells):
                continue
            if any(isinstance(cell, str) and len(cell) > limits.field_characters for cell in cells):
                yield BadRow(number, -1, "field.length", "", "A cell is too long.")
                continue
            short = len(columns) - len(cells)
            yield Row(number, -1, cells[: len(columns)] + [None] * short)
