"""The process that reads a spreadsheet for `spreadsheet`: bounded in memory and time, JSON lines as output.

Run as ``python -m tacenda.formats.catalogue_table.spreadsheet_worker FILE SHEET MEMORY_BYTES CPU_SECONDS``. First
line, when all is read: the sheets. Then one line a row: text, numbers and booleans as they are, a date as
``{"d": ISO}``, a time of day or a span as seconds ``{"t": …}``.
"""

import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any


def encoded(cell: Any) -> Any:
    """A cell as JSON."""
    if isinstance(cell, datetime):
        midnight = cell.time() == time(0)
        return {"d": cell.date().isoformat() if midnight else cell.isoformat()}
    if isinstance(cell, date):
        return {"d": cell.isoformat()}
    if isinstance(cell, time):
        return {"t": cell.hour * 3600 + cell.minute * 60 + cell.second + cell.microsecond / 1e6}
    if isinstance(cell, timedelta):
        return {"t": cell.total_seconds()}
    return cell


def run(path: str, sheet: str, memory_bytes: int, cpu_seconds: int) -> None:
    """Write the sheet; the limits hold from here on."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineError, SheetVisibleEnum, load_workbook

    try:
        book = load_workbook(path)
        names = [found.name for found in book.sheets_metadata if found.visible == SheetVisibleEnum.Visible]
        chosen = sheet or (names[0] if names else "")
        rows = []
        if chosen in book.sheet_names:
            rows = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
        sys.stdout.write(json.dumps({"sheets": names}) + "\n")
        for cells in rows:
            sys.stdout.write(json.dumps([encoded(cell) for cell in cells]) + "\n")
    except CalamineError as error:
        sys.stdout.write(json.dumps({"error": f"{type(error).__name__}: {error}"}) + "\n")


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
