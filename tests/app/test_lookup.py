"""The look-up's own rules: what a question is, and one answer for several matches. The pages are in tests/web."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.app.lookup import parse_asked
from tacenda.core.decision import Licensed, Missing, Reason, Reserved, Silent, Unclear
from tacenda.core.grouping import bare_thing
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.strictness import strictest
from tacenda.core.thing import AUDIO, SHEET_MUSIC
from tacenda.core.vocabulary import Layer, Use
from tacenda.errors import InputError

TODAY = date(2026, 11, 22)
RESERVED = Reserved((Reason("reserved", "R", "D-1 version 1"),), (Missing(Layer.WORK, "a"),))
UNCLEAR = Unclear((Reason("share.unknown", "U"),), (Missing(Layer.RECORDING, "b"),))
SILENT = Silent((Reason("silent", "S"),))
LICENSED = Licensed((Reason("licensed", "L", "L-1 version 1"),))


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        ([RESERVED, UNCLEAR, SILENT, LICENSED], "reserved"),
        ([UNCLEAR, SILENT, LICENSED], "unclear"),
        ([SILENT, LICENSED], "unclear"),
        ([SILENT, SILENT], "silent"),
        ([LICENSED, LICENSED], "licensed"),
    ],
)
def test_the_strictest_answer_stands_in_any_order(answers: list, word: str) -> None:
    for order in permutations(answers):
        found = strictest(order)
        assert found.word == word
        assert found.may_use == (word == "licensed")


def test_reasons_and_consents_are_those_of_the_answer_that_stands() -> None:
    other = Reserved((Reason("reserved", "R", "D-2 version 1"),), (Missing(Layer.RECORDING, "a"),))
    found = strictest([RESERVED, SILENT, other])
    assert found.records == ("D-1 version 1", "D-2 version 1")
    assert found.missing == (Missing(Layer.RECORDING, "a"), Missing(Layer.WORK, "a"))


def test_what_is_not_said_is_filled_in() -> None:
    asked = parse_asked([("isrc", " zz-ll1-26-00001 "), ("iswc", ""), ("use", "")], TODAY, private=False)
    assert asked.identifiers == (Identifier(Scheme.ISRC, "ZZLL12600001"),)
    assert (asked.question.use, asked.question.country, asked.question.on) == (Use.TRAIN, "DE", TODAY)
    assert asked.words == "ISRC ZZ-LL1-26-00001"


def test_licensees_can_be_asked_about_by_the_house_only() -> None:
    given_ = [("isrc", "ZZLL12600001"), ("user", "someone")]
    assert parse_asked(given_, TODAY, private=True).question.user == "someone"
    with pytest.raises(InputError) as refused:
        parse_asked(given_, TODAY, private=False)
    assert refused.value.code == "lookup.parameter"


def test_a_work_copies_no_recording() -> None:
    def layers(**marks: str) -> frozenset:
        return bare_thing(parse_asked(list(marks.items()), TODAY, private=False).identifiers).layers

    assert layers(iswc="T-034.524.680-1") == SHEET_MUSIC
    assert layers(isrc="ZZLL12600001") == AUDIO
    assert layers(isrc="ZZLL12600001", iswc="T-034.524.680-1") == AUDIO
    assert layers(artist="A", title="B") == AUDIO


@given(
    st.lists(st.tuples(st.sampled_from(["isrc", "title", "artist", "on", "x"]), st.text(max_size=400)), max_size=4)
)
def test_any_parameters_are_read_or_refused_with_a_code(given_: list) -> None:
    try:
        asked = parse_asked(given_, TODAY, private=True)
        refusal = None
    except InputError as error:
        asked, refusal = None, error
    if asked is not None:
        assert asked.identifiers or asked.title
    else:
        assert refusal is not None
        assert refusal.code
        assert refusal.message
