"""Parquet: typed cells, structs, and files that are none."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tacenda.errors import InputError
from tacenda.formats.catalogue_table.rows import Limits, Row
from tacenda.formats.catalogue_table.table import TableKind, inspect, read


def test_rows_are_streamed_over_row_groups_with_their_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "Title": ["a", "b", None],
            "UPC": pa.array([36000291452, None, 1], pa.int64()),
            "When": [date(2024, 5, 13), None, None],
            "Writers": [["x", "y"], [], None],
            "album": [{"label": "L"}, None, {"label": "M"}],
        }
    )
    path = tmp_path / "songs.csv"  # the name is not believed
    pq.write_table(table, path, row_group_size=2)
    seen = inspect(path)
    assert seen.kind is TableKind.PARQUET
    assert seen.columns == ("Title", "UPC", "When", "Writers", "album.label")
    assert seen.rows == 3
    assert list(read(seen)) == [
        Row(1, -1, ["a", 36000291452, date(2024, 5, 13), ("x", "y"), "L"]),
        Row(2, -1, ["b", None, None, (), None]),
        Row(3, -1, [None, 1, None, None, "M"]),
    ]


def test_damaged_and_oversized_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "songs.parquet"
    path.write_bytes(b"PAR1" + b"\0" * 100 + b"PAR1")
    with pytest.raises(InputError) as caught:
        inspect(path)
    assert caught.value.code == "parquet.form"
    pq.write_table(pa.table({"a": ["x" * 1_000] * 100}), path)
    with pytest.raises(InputError) as caught:
        inspect(path, limits=Limits(row_group_bytes=10))
    assert caught.value.code == "parquet.limits"
