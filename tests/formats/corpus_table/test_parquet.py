"""Parquet: types become texts, and a damaged row group costs its own rows only."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tacenda.errors import InputError
from tacenda.formats.corpus_table import examine, read_rows


def test_types_become_texts(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": [7, None],
            "title": pa.array(["A", "B"]).dictionary_encode(),
            "artists": pa.array([["x", "y"], []]),
            "meta": pa.array([{"isrc": "QZLRK2600001"}, None]),
            "audio": pa.array([b"\x00", b"\x01"]),
        }
    )
    path = tmp_path / "c.parquet"
    pq.write_table(table, path)
    source = examine(path, "c.parquet")
    assert source.columns == ("id", "title", "artists", "meta.isrc")
    (chunk,) = read_rows(source, source.columns)
    assert {name: column.to_pylist() for name, column in chunk.columns.items()} == {
        "id": ["7", None],
        "title": ["A", "B"],
        "artists": ["x; y", ""],
        "meta.isrc": ["QZLRK2600001", None],
    }


def test_a_damaged_row_group_is_reported_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    table = pa.table({"title": [f"title {n}" for n in range(300)], "artist": ["B"] * 300})
    pq.write_table(
        table, path, row_group_size=100, use_dictionary=False, compression="snappy", write_statistics=False
    )
    chunk = pq.ParquetFile(path).metadata.row_group(1).column(0)
    source = examine(path, "c.parquet")
    data = bytearray(path.read_bytes())
    data[chunk.data_page_offset : chunk.data_page_offset + chunk.total_compressed_size] = b"\xff" * (
        chunk.total_compressed_size
    )
    path.write_bytes(data)
    good, bad = [], []
    for part in read_rows(source, ["title"]):
        good += part.lines.tolist()
        bad += [(b.line, b.what.rule) for b in part.bad]
    assert good == [*range(1, 101), *range(201, 301)]
    assert bad == [(row, "parquet.row_group") for row in range(101, 201)]


@pytest.mark.parametrize(
    ("name", "data"),
    [("c.parquet", b"PAR1 nothing PAR1"), ("c.parquet", b"title\n"), ("c.csv", b""), ("c.xlsx", b"PK\x03\x04...")],
)
def test_what_is_no_table_is_refused(read: Callable[..., Any], name: str, data: bytes) -> None:
    with pytest.raises(InputError):
        read(data, name)
