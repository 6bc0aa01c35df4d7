"""The pointer in schema.org's words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.errors import InputError
from tacenda.formats.json_ld import Pointer, parse_json_ld, pointer_document, render_json_ld

pointers = st.builds(Pointer, *[st.text(st.characters(exclude_categories=["Cs"]), max_size=20)] * 7)


@given(pointers.filter(lambda pointer: not pointer.site.endswith("/")))
def test_reading_what_was_written(pointer: Pointer) -> None:
    made = render_json_ld(pointer_document(pointer))
    assert parse_json_ld(made) == pointer
    assert made.isascii()
    assert b"<" not in made


def test_it_licenses_nothing() -> None:
    document = json.loads(render_json_ld(pointer_document(Pointer("https://x.example", "p", "d", "0", "n", "h"))))
    assert document["usageInfo"]["encoding"]["sha256"] == "0"
    assert "license" not in json.dumps(document)


@pytest.mark.parametrize("data", [b"[]", b"{}", b'{"usageInfo": "x"}', b'{"usageInfo": {"encoding": 1}}'])
def test_another_shape_is_no_pointer(data: bytes) -> None:
    assert parse_json_ld(data) is None


def test_f46_hostile_json_is_refused() -> None:
    with pytest.raises(InputError):
        parse_json_ld(b'{"a": 1, "a": 2}')
