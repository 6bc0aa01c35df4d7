"""JSON Lines: nested one level, and every bad line by its number."""

from collections.abc import Callable
from typing import Any


def test_nested_fields_and_numbers_are_read_fast_and_carefully_alike(read: Callable[..., Any]) -> None:
    clean = '{"meta": {"title": "A", "artist": "B"}, "id": "1"}\n{"meta": {"title": "C"}, "id": "2"}\n'
    rows, bad = read(clean, "c.jsonl")
    assert [(r["title"], r["artist"], r["id"]) for r in rows] == [("A", "B", "1"), ("C", None, "2")]
    assert bad == []
    mixed, bad = read(clean.replace('"1"', "1"), "c.jsonl")
    assert [(r["title"], r["artist"], r["id"]) for r in mixed] == [("A", "B", "1"), ("C", None, "2")]
    assert bad == []


def test_bad_lines_are_reported_and_the_others_read(read: Callable[..., Any]) -> None:
    rows, bad = read(
        b'{"title": "A", "artist": "\xc3\xa9"}\n{broken\n\n[1]\n{"title": "\\ud800", "artist": "x"}\n'
        b'{"title": "\xff", "artist": "x"}\n' + b"[" * 100_000 + b'\n{"title": ["C", "D"], "artist": "E"}',
        "c.jsonl",
    )
    assert [(r["line"], r["title"]) for r in rows] == [(1, "A"), (8, "C; D")]
    assert bad == [
        (2, "json.syntax"),
        (4, "json.object"),
        (5, "json.surrogate"),
        (6, "text.encoding"),
        (7, "json.depth"),
    ]
