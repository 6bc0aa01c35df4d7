"""RSL 1.0: written only to prohibit; read for evidence, and never a permission out of a malformed one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.errors import InputError
from tacenda.formats.rsl import USAGE_WORDS, Holder, RslContent, parse_rsl, render_rsl

OPEN = '<rsl xmlns="https://rslstandard.org/rsl">'


def _one(inner: str) -> RslContent:
    return parse_rsl(f'{OPEN}<content url="/"><license>{inner}</license></content></rsl>'.encode())[0]


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=30)
contents = st.builds(
    RslContent,
    texts.map(lambda text: " ".join(text.split())),
    st.lists(st.sampled_from(USAGE_WORDS), min_size=1, unique=True).map(tuple),
)


@given(st.lists(contents, max_size=4), texts, texts)
def test_reading_what_was_written(stated: list[RslContent], mailbox: str, comment: str) -> None:
    assert parse_rsl(render_rsl(stated, Holder(mailbox, comment), (comment, "--> <x>"))) == tuple(stated)


@pytest.mark.parametrize(
    ("inner", "prohibits", "permits", "malformed"),
    [
        ('<prohibits type="usage">ai-train ai-input</prohibits>', ("ai-train", "ai-input"), (), False),
        ('<prohibits type="usage">ai-train,ai-input</prohibits>', ("ai-train", "ai-input"), (), True),  # as in 0.9
        ('<prohibits type="usage">train-ai</prohibits>', (), (), True),
        ('<permits type="usage">search</permits>', (), ("search",), False),
        ('<permits type="usage">search, ai-train</permits>', (), (), True),  # a malformed permission is none
        ('<prohibits type="geo">US</prohibits>', (), (), False),
        ('<x:prohibits xmlns:x="urn:x" type="usage">all</x:prohibits>', (), (), False),
        ("", (), (), False),
    ],
)
def test_what_a_licence_says(
    inner: str, prohibits: tuple[str, ...], permits: tuple[str, ...], malformed: bool
) -> None:
    assert _one(inner) == RslContent("/", prohibits, permits, malformed)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'<!DOCTYPE rsl [<!ENTITY a "b">]>' + OPEN.encode() + b"</rsl>", "rsl.doctype"),
        (b"<rsl/>", "rsl.root"),
        (b"<html/>", "rsl.root"),
        (b"<rsl", "rsl.syntax"),
        (b"", "rsl.syntax"),
        (OPEN.encode() + b"<a>" * 40, "rsl.depth"),
        (b" " * 1_000_001, "rsl.size"),
    ],
)
def test_f46_hostile_xml_is_refused_by_name(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_rsl(data)
    assert refused.value.code == code


def test_a_reservation_permits_nothing() -> None:
    with pytest.raises(InputError) as refused:
        render_rsl([RslContent("/", ("ai-train",), ("search",))], Holder())
    assert refused.value.code == "rsl.permits"


@pytest.mark.parametrize("words", [(), ("train-ai",), ("ai-train ai-input",)])
def test_a_word_that_is_none_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as refused:
        render_rsl([RslContent("/", words)], Holder())
    assert refused.value.code == "rsl.word"


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"{OPEN}{text}</rsl>".encode()))
def test_no_bytes_make_the_reader_fail_otherwise_than_by_name(data: bytes) -> None:
    try:
        parse_rsl(data)
    except InputError as refused:
        assert refused.code.startswith("rsl.")  # noqa: PT017 - no exception at all is right, too
