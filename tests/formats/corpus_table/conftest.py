"""Reading a file that a test writes, with everything the readers say about it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tacenda.formats.corpus_table import examine, field_values, read_rows, recognise

Reading = tuple[list[dict[str, Any]], list[tuple[int, str]]]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Reading]:
    """Writes bytes under a name and reads them: (rows with `line`, (line, rule) of what is unreadable)."""

    def read(data: bytes | str, name: str = "corpus.csv", encoding: str = "", **chosen: str) -> Reading:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        source = examine(path, name, encoding)
        columns = recognise(source.columns, source.samples, chosen)
        rows: list[dict[str, Any]] = []
        bad: list[tuple[int, str]] = []
        for chunk in read_rows(source, columns.columns):
            values = {field.value: column.to_pylist() for field, column in field_values(chunk, columns).items()}
            for place, line in enumerate(chunk.lines.tolist()):
                rows.append({"line": line} | {name: column[place] for name, column in values.items()})
            bad += [(b.line, b.what.rule) for b in chunk.bad]
        return rows, bad

    return read
