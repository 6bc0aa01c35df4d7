"""Keys: equal to `hashlib`, whatever the length."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacenda.match.hashing import key_of, keys_of


def keys(key_class: str, forms: list[bytes]) -> list[bytes]:
    ends = np.cumsum([0, *map(len, forms)]).astype(np.int64)
    found = keys_of(key_class, np.frombuffer(b"".join(forms) + b"\0", np.uint8), ends)
    raw = found.astype(">u8").tobytes()
    return [raw[place : place + 16] for place in range(0, len(raw), 16)]


def digest(key_class: str, form: bytes) -> bytes:
    return hashlib.sha256(b"tacenda/v1\0" + key_class.encode() + b"\0" + form).digest()[:16]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["isrc", "text", "isrc-prefix"]), st.lists(st.binary(max_size=200), max_size=300))
def test_equal_to_hashlib(key_class: str, forms: list[bytes]) -> None:
    assert keys(key_class, forms) == [digest(key_class, form) for form in forms]


def test_every_length_around_the_block_limits() -> None:
    forms = [b"x" * length for length in range(200)]
    assert keys("text", forms) == [digest("text", form) for form in forms]


@pytest.mark.parametrize("form", ["AA6Q72000047", "lark|halo", "宇多田|光"])
def test_definition(form: str) -> None:
    assert key_of("text", form) == digest("text", form.encode())
