"""The bytes that are signed: RFC 8785, held against the independent `rfc8785` package."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from tacenda.core.canonical import MAX_SAFE_INTEGER, canonical_bytes, digest_of, sha256_hex
from tacenda.errors import InputError

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.none() | st.booleans() | st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER) | TEXTS
DOCUMENTS = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=30)


@settings(max_examples=500)
@given(DOCUMENTS)
def test_equal_to_the_rfc8785_package(document: Any) -> None:
    assert canonical_bytes(document) == rfc8785.dumps(document)


@given(DOCUMENTS)
def test_canonical_bytes_are_json_and_a_fixed_point(document: Any) -> None:
    data = canonical_bytes(document)
    assert json.loads(data) == document
    assert canonical_bytes(json.loads(data)) == data


@given(st.dictionaries(TEXTS, SCALARS), st.randoms())
def test_the_order_of_keys_does_not_matter(document: dict[str, Any], random: Any) -> None:
    items = list(document.items())
    random.shuffle(items)
    assert canonical_bytes(dict(items)) == canonical_bytes(document)


# RFC 8785 section 3.2.3: keys are sorted by UTF-16 code units, where U+1F600 stands before U+FB33.
def test_keys_are_sorted_by_utf16_code_units() -> None:
    document = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    order = [2, 4, 6, 7, 1, 5, 3]
    assert list(json.loads(canonical_bytes(document)).values()) == order


# RFC 8785 section 3.2.2.2: two-letter escapes where JSON has them, else \u00xx in lower case; the rest as it is.
def test_escapes() -> None:
    assert canonical_bytes('\x00\x07\b\t\n\f\r\x1f"\\/\x7f\u2028é') == (
        b'"\\u0000\\u0007\\b\\t\\n\\f\\r\\u001f\\"\\\\/\x7f\xe2\x80\xa8\xc3\xa9"'
    )


@pytest.mark.parametrize("value", [1.0, 0.1, float("nan"), float("inf"), -0.0, [1, 2.5], {"share": 0.5}])
def test_floats_are_refused(value: Any) -> None:
    with pytest.raises(InputError) as error:
        canonical_bytes(value)
    assert error.value.code == "canonical.type"


@pytest.mark.parametrize("value", [2**53, -(2**53), 10**40])
def test_integers_that_programs_disagree_about_are_refused(value: int) -> None:
    with pytest.raises(InputError) as error:
        canonical_bytes(value)
    assert error.value.code == "canonical.integer"


@pytest.mark.parametrize("value", ["\ud800", "a\udfff", {"\udc00": 1}, ["\ud83d x"]])
def test_half_characters_are_refused(value: Any) -> None:
    with pytest.raises(InputError) as error:
        canonical_bytes(value)
    assert error.value.code == "canonical.surrogate"


@pytest.mark.parametrize("value", [b"bytes", bytearray(b"x"), {1, 2}, object(), 1j, [b"x"]])
def test_other_types_are_refused(value: Any) -> None:
    with pytest.raises(InputError) as error:
        canonical_bytes(value)
    assert error.value.code == "canonical.type"


@pytest.mark.parametrize("value", [{1: "a"}, {None: "a"}, {True: "a"}, {b"k": "a"}])
def test_keys_that_are_no_text_are_refused(value: Any) -> None:
    with pytest.raises(InputError) as error:
        canonical_bytes(value)
    assert error.value.code == "canonical.key"


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def test_depth_is_bounded() -> None:
    assert canonical_bytes(nested(64)) == b"[" * 65 + b"]" * 65
    with pytest.raises(InputError) as error:
        canonical_bytes(nested(65))
    assert error.value.code == "canonical.depth"
    with pytest.raises(InputError):
        canonical_bytes(nested(100_000))


def test_tuples_are_lists() -> None:
    assert canonical_bytes((1, ("a", None))) == b'[1,["a",null]]'


def test_digest_of_an_empty_object() -> None:
    """sha256sum of the two bytes {}."""
    assert digest_of({}) == sha256_hex(b"{}") == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
