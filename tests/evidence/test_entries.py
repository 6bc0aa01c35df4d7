"""Entries as filing writes them."""

from datetime import UTC, datetime

import pytest

from tacenda.core.canonical import canonical_bytes
from tacenda.errors import InputError
from tacenda.evidence.entries import LoggedEntry, read_entry

BODY = {"type": "letter", "id": "l-1", "version": 2, "sha256": "ab" * 32, "at": "2026-11-22T10:00:00Z"}


def test_an_entry_is_read() -> None:
    at = datetime(2026, 11, 22, 10, tzinfo=UTC)
    entry = read_entry(7, canonical_bytes(BODY))
    assert entry == LoggedEntry(7, "letter", "l-1", 2, "ab" * 32, at)
    assert entry.as_dict() == {"index": 7, **BODY}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b"{}",
        b"[" * 100_000,
        canonical_bytes(BODY) + b"\n",
        canonical_bytes({**BODY, "more": 1}),
        canonical_bytes({**BODY, "version": "2"}),
        canonical_bytes({**BODY, "version": True}),
        canonical_bytes({**BODY, "sha256": "AB" * 32}),
        canonical_bytes({**BODY, "sha256": None}),
        canonical_bytes({**BODY, "at": "2026-11-22 10:00"}),
        canonical_bytes({**BODY, "at": 5}),
        b'{"at":"2026-11-22T10:00:00Z", "id":"l-1","sha256":"' + b"ab" * 32 + b'","type":"letter","version":2}',
    ],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        read_entry(0, data)
