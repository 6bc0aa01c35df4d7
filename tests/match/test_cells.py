"""Identifiers in cells: what `core.identifiers` accepts is read alike; the rest is passed over."""

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tacenda.core.identifiers import Identifier, Scheme, parse_identifier
from tacenda.match.exact import forms_of
from tacenda.match.interface import How

WAYS = {
    Scheme.ISRC: How.ISRC,
    Scheme.ISWC: How.ISWC,
    Scheme.GTIN: How.GTIN,
    Scheme.YOUTUBE: How.YOUTUBE,
}


def read(how: How, *cells: str | None) -> list[tuple[int, str]]:
    forms = forms_of(how, pa.array(cells, pa.string()))
    return list(zip(forms.rows.tolist(), forms.texts(), strict=True))


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("USRC17607839", ["USRC17607839"]),
        ("us-rc1-76-07839", ["USRC17607839"]),
        ("ISRC: US RC1 76 07839", ["USRC17607839"]),
        ("US–RC1–76–07839", ["USRC17607839"]),
        ("USRC17607839;GBAYE0601477", ["USRC17607839", "GBAYE0601477"]),
        ("USRC17607839 GBAYE0601477 nonsense", ["USRC17607839", "GBAYE0601477"]),
        ("USRC17607839 / GB-AYE-06-01477", ["USRC17607839", "GBAYE0601477"]),
        ("USRC1760783", []),
        ("USRC1760783O", []),
        ("1SRC17607839", []),
        ("ＵＳＲＣ１７６０７８３９", []),
        ("", []),
        ("x" * 5000 + " USRC17607839", []),
    ],
)
def test_f32_isrc_cells(cell: str, codes: list[str]) -> None:
    assert [code for _, code in read(How.ISRC, cell)] == codes


@pytest.mark.parametrize(
    ("cell", "ids"),
    [
        ("dQw4w9WgXcQ", ["dQw4w9WgXcQ"]),
        ("https://www.youtube.com/watch?list=PL1&v=dQw4w9WgXcQ&t=9s", ["dQw4w9WgXcQ"]),
        ("HTTPS://YOUTU.BE/dQw4w9WgXcQ?si=x", ["dQw4w9WgXcQ"]),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", ["dQw4w9WgXcQ"]),
        ("youtube.com/shorts/dQw4w9WgXcQ", ["dQw4w9WgXcQ"]),
        ("YdQw4w9WgXcQ.wav", ["dQw4w9WgXcQ"]),
        ("dQw4w9WgXcQ_30.mp4", ["dQw4w9WgXcQ"]),
        ("dQw4w9WgXcQ.m4a aaaaaaaaaaa", ["dQw4w9WgXcQ", "aaaaaaaaaaa"]),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQQ", []),
        ("https://example.com/watch?v=dQw4w9WgXcQ", []),
        ("https://www.youtube.com/channel/dQw4w9WgXcQ", []),
        ("dQw4w9WgXc", []),
    ],
)
def test_youtube_cells(cell: str, ids: list[str]) -> None:
    assert [found for _, found in read(How.YOUTUBE, cell)] == ids


def test_f33_a_wrong_check_digit_names_nothing() -> None:
    assert read(How.GTIN, "724384960650", "724384960651", "0724384960650, 5099902988399") == [
        (0, "00724384960650"),
        (2, "00724384960650"),
        (2, "05099902988399"),
    ]
    assert read(How.ISWC, "T-034.524.680-1", "T-034.524.680-2", None) == [(0, "T0345246801")]


PIECES = st.sampled_from(
    "USRC17607839 us-rc1 76 07839 GBAYE0601477 T-034.524.680-1 T0345246801 ISRC ISWC: UPC EAN : . 724384960650 "
    "0724384960650 00724384960650 dQw4w9WgXcQ youtu.be/ https://www.youtube.com/watch?v= embed/ & \u2013 \u00ad "
    "\u3000 \u00a0 \ufeff Ä".split(" ")
)
CELLS = st.lists(PIECES | st.just(" ") | st.characters(codec="utf-8"), max_size=7).map("".join)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(sorted(WAYS)), CELLS)
@example(Scheme.ISRC, "USRC1\n7607839")
@example(Scheme.ISRC, "ISRC::USRC17607839")
@example(Scheme.GTIN, "upc:ean:724384960650")
@example(Scheme.YOUTUBE, "\u3000dQw4w9WgXcQ\u3000")
def test_what_the_catalogue_accepts_is_read_alike(scheme: Scheme, cell: str) -> None:
    answer = parse_identifier(scheme, cell)
    if isinstance(answer, Identifier):
        assert read(WAYS[scheme], cell) == [(0, answer.value)]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(WAYS)), CELLS)
def test_whatever_is_read_is_an_identifier_in_normal_form(scheme: Scheme, cell: str) -> None:
    for _, value in read(WAYS[scheme], cell):
        assert parse_identifier(scheme, value) == Identifier(scheme, value)


def test_many_codes_in_one_column_grow_the_buffers() -> None:
    cells = ["USRC17607839," * 300] * 50
    assert len(read(How.ISRC, *cells)) == 15_000
