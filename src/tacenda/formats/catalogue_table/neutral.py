"""Cells that no spreadsheet takes for a formula (F63), and back again without loss.

A cell that begins with ``= + - @``, one of their full-width forms, a tab, a line break or an apostrophe gets an
apostrophe in front. Only tables of our own making, known by the name of their first column (`OWN_MARKS`), are read
back through `restore`: in other people's tables ``'39`` is a title.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from typing import Final, TextIO

OWN_MARKS: Final = ("tacenda_item", "tacenda_line")
_RISKY: Final = re.compile("[=+\\-@\uff1d\uff0b\uff0d\uff20\t\r\n']")


def neutralise(text: str) -> str:
    """
    >>> neutralise("=cmd|' /C calc'!A0")
    "'=cmd|' /C calc'!A0"
    """
    return "'" + text if _RISKY.match(text) else text


def restore(text: str) -> str:
    """What was given to `neutralise`.

    >>> restore(neutralise("'39"))
    "'39"
    """
    return text[1:] if text.startswith("'") else text


class NeutralWriter:
    """CSV in UTF-8 with a byte order mark (so that Excel reads it as such), cells neutralised, lines ended by LF.

    Carriage returns and NULs within cells are written as spaces in no case: quoting carries them.
    """

    def __init__(self, stream: TextIO, columns: Sequence[str]) -> None:
        stream.write("\ufeff")
        self._writer = csv.writer(stream, lineterminator="\n")
        # The former quotes a cell for its own end of line alone, and a bare carriage return would cut the row.
        self._quoting = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL)
        self.write(columns)

    def write(self, cells: Iterable[object]) -> None:
        """One row; `None` is an empty cell."""
        row = ["" if cell is None else neutralise(str(cell)) for cell in cells]
        (self._quoting if any("\r" in cell for cell in row) else self._writer).writerow(row)
