"""The list of a campaign's letters as CSV, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

COLUMNS: Final = ("reference", "recipient", "name", "variant", "file", "sha256", "reply_by", "state", "reason")
# A cell that begins with one of these would be computed, not shown (F62).
_COMPUTED: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Row:
    """One letter, or one recipient without a letter and why.

    Attributes:
        state: ``rendered``, ``planned`` or ``held``.
        code, reason: why it is held; empty otherwise.
    """

    recipient: str
    name: str
    state: str
    reference: str = ""
    variant: str = ""
    file: str = ""
    sha256: str = ""
    reply_by: str = ""
    code: str = ""
    reason: str = ""

    def cells(self) -> tuple[str, ...]:
        why = f"{self.code}: {self.reason}" if self.code else ""
        return (
            self.reference,
            self.recipient,
            self.name,
            self.variant,
            self.file,
            self.sha256,
            self.reply_by,
            self.state,
            why,
        )


def render_index(rows: Sequence[Row]) -> bytes:
    """`rows` as UTF-8 CSV with a header; same rows, same bytes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row.cells()])
    return out.getvalue().encode("utf-8", "replace")


def safe_cell(text: str) -> str:
    """`text` with an apostrophe before it where a spreadsheet would compute it; controls become spaces."""
    shown = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)
    return f"'{shown}" if text.startswith(_COMPUTED) else shown.replace("\n", " ")
