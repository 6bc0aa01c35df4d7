"""Terms as a person gives them: one grammar, nothing guessed, each refusal with its place."""

from datetime import date, datetime
from typing import Any

import pytest

from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.scope import AllRepertoire, OfCatalogues, OfIpis, OfIsrcPrefixes, OfLabels, OfList, Scope
from tacenda.core.vocabulary import Capacity, Layer, Use
from tacenda.errors import InputError
from tacenda.reserve.terms import clean_text, read_scope, read_terms


@pytest.mark.parametrize(
    ("words", "scope"),
    [
        (["all"], AllRepertoire()),
        (["catalogue:main", "catalogue:back"], OfCatalogues(("back", "main"))),
        (["label:Lark & Linden"], OfLabels(("Lark & Linden",))),
        (["isrc-prefix:de-a12", "isrc-prefix:QZABC"], OfIsrcPrefixes(("DEA12", "QZABC"))),
        (["isrc:DE-A12-26-00001"], OfList((Identifier(Scheme.ISRC, "DEA122600001"),))),
        (["ipi:00045620792"], OfIpis(("00045620792",))),
    ],
)
def test_scopes(words: list[str], scope: Scope) -> None:
    assert read_scope(words) == scope


@pytest.mark.parametrize(
    "words", [[], ["all", "label:x"], ["label:"], ["label"], ["all:"], ["mood:sad"], ["isrc-prefix:DE"],
              ["isrc:O"],              ["isrc-prefix:dıa12"], ["label:a", "catalogue:b"], ["ipi:00045620793"]],
)  # fmt: skip
def test_scopes_that_are_none(words: list[str]) -> None:
    with pytest.raises(InputError):
        read_scope(words)


def test_one_of_each_term() -> None:
    terms = read_terms(
        {
            "capacity": "exclusive_licensee",
            "layers": "recording,work",
            "uses": ["train", "rag-input"],
            "territory": "WORLD,-US",
            "from": date(2026, 12, 1),
            "claimed-since": "2024-01-31",
            "contact": ["rights@lark.example", "https://lark.example/ask"],
            "signatory": {"name": "M", "title": "D", "authority": "sole"},
            "grantor": ["lark:recording"],
            "site": "https://lark.example/",
            "title": None,
        }
    )
    assert terms.capacity is Capacity.EXCLUSIVE_LICENSEE
    assert terms.layers == {Layer.RECORDING, Layer.WORK}
    assert terms.uses == {Use.TRAIN, Use.RAG_INPUT}
    assert terms.territory is not None
    assert "US" not in terms.territory
    assert (terms.effective_from, terms.claimed_since) == (date(2026, 12, 1), date(2024, 1, 31))
    assert (terms.permission_mailbox, terms.permission_url) == ("rights@lark.example", "https://lark.example/ask")
    assert terms.site == "https://lark.example"
    assert terms.grantors is not None
    assert terms.grantors[0].layers == {Layer.RECORDING}


@pytest.mark.parametrize(
    "given", [
        {"colour": "red"}, {"from": "31 Feb"}, {"from": "2026-02-31"}, {"from": "0000-01-01"},
        {"from": "10000-01-01"},
        {"from": datetime(2026, 1, 1)}, {"uses": ""}, {"uses": "humming"}, {"contact": "call me"},  # noqa: DTZ001
        {"contact": "javascript:alert(1)"}, {"site": "https://lark.example/x"}, {"site": "http://lark.example"},
        {"site": 'https://lark.example"'}, {"lookup": "https://lark.example/$host"}, {"signatory": "only a name"},
        {"signatory": "a;b"}, {"territory": "XX"}, {"territory": "DE,-DE"}, {"title": 5}, {"language": "<b>"},
        {"capacity": "friend"}, {"affiliates": {"a": 1}}, {"layers": 7},
        {"contact": "a@b.example\nBcc: x@y.example"},
    ],
)  # fmt: skip
def test_f18_and_f62_what_cannot_be_signed_is_refused_with_the_term(given: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refused:
        read_terms(given, "terms.toml")
    assert refused.value.where.startswith("terms.toml")


@pytest.mark.parametrize(
    "text", ["a\nb", "a\r\nb", "a\x00b", "a\u202eb", "a\u2066b", "a\u2028b", "\ud800", "x" * 4001]
)
def test_f62_hidden_characters_never_reach_a_signed_document(text: str) -> None:
    with pytest.raises(InputError):
        clean_text(text)


def test_markup_is_text_like_any_other() -> None:
    assert clean_text(" <script>alert(1)</script> ") == "<script>alert(1)</script>"
