"""Running text in every packing: the same documents come out, and what is broken is said."""

import gzip
import io
import json
import lzma
import tarfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.errors import InputError, Unreadable
from tacenda.formats.corpus_table import Kind, examine, read_rows
from tacenda.formats.text_corpus import Document, read_documents
from tacenda.formats.text_corpus.warc import read_warc


def record(kind: str, body: bytes, uri: str = "https://pages.example/1") -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body + b"\r\n\r\n"


PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Row your boat</p>"
PICTURE = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nPNG"
CRAWL = (
    record("warcinfo", b"x")
    + record("response", PAGE)
    + record("response", PICTURE)
    + record("conversion", b"wet")
)


@pytest.mark.parametrize("pack", ["plain", "gzip", "members", "xz", "zstd"])
def test_a_crawl_in_every_packing(tmp_path: Path, pack: str) -> None:
    data = {
        "plain": CRAWL,
        "gzip": gzip.compress(CRAWL),
        "members": gzip.compress(CRAWL[:200]) + gzip.compress(CRAWL[200:]),
        "xz": lzma.compress(CRAWL),
        "zstd": pa.compress(CRAWL, codec="zstd", asbytes=True),
    }[pack]
    suffix = {"plain": "", "xz": ".xz", "zstd": ".zst"}.get(pack, ".gz")
    path = tmp_path / f"crawl.warc{suffix}"
    path.write_bytes(data)
    texts = [d.text for d in read_documents(path, "c") if isinstance(d, Document)]
    assert texts == ["<p>Row your boat</p>", "wet"]


@given(st.binary(max_size=300), st.integers(0, 400))
def test_a_damaged_crawl_never_breaks_the_reader(noise: bytes, cut: int) -> None:
    for _ in read_warc(io.BytesIO(CRAWL[:cut] + noise), "c", 1 << 20):
        pass


def test_a_record_that_ends_too_soon_is_said(tmp_path: Path) -> None:
    path = tmp_path / "c.wet"
    path.write_bytes(CRAWL[:-8])
    assert [d.rule for d in read_documents(path, "c") if isinstance(d, Unreadable)] == ["warc.end"]


def test_a_broken_gzip_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "c.warc.gz"
    path.write_bytes(gzip.compress(CRAWL * 50)[:-20])
    with pytest.raises(InputError):
        list(read_documents(path, "c"))


def test_a_webdataset_archive(tmp_path: Path) -> None:
    path = tmp_path / "shard.tar"
    with tarfile.open(path, "w") as archive:
        for name, data in (
            ("1.txt", b"one"),
            ("1.jpg", b"no"),
            ("2.json", json.dumps({"a": ["two", 3]}).encode()),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        link = tarfile.TarInfo("../../3.txt")
        link.type = tarfile.SYMTYPE
        archive.addfile(link)
    found = [(d.id, d.text) for d in read_documents(path, "s") if isinstance(d, Document)]
    assert found == [("1.txt", "one"), ("2.json", "two")]


def test_plain_text_is_one_document_and_a_table_stays_a_table(tmp_path: Path) -> None:
    prose, table = tmp_path / "p.txt", tmp_path / "t.txt"
    prose.write_text("It was late, and cold.\nNobody came, not even Ann.\n", encoding="utf-8")
    table.write_text("artist\ttitle\nAda Quill\tDanny Boy\n", encoding="utf-8")
    source = examine(prose, "p.txt")
    assert source.kind is Kind.DOCUMENTS
    (chunk,) = read_rows(source, ("id", "text"))
    assert chunk.columns["text"].to_pylist() == [prose.read_text(encoding="utf-8")]
    assert examine(table, "t.txt").kind is Kind.DELIMITED
