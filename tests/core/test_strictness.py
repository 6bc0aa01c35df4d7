"""One answer for several, and the answer about a recording with the work in it."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.core.decision import Facts, Licensed, Missing, Question, Reason, Reserved, Silent, Unclear
from tacenda.core.licence import Licence
from tacenda.core.reservation import Reservation
from tacenda.core.scope import AllRepertoire, OfCatalogues
from tacenda.core.strictness import by_name, decide_whole, strictest
from tacenda.core.thing import AUDIO, LYRIC_TEXT, SHEET_MUSIC, Claim, Thing
from tacenda.core.vocabulary import ALL_LAYERS, Layer, Use

RESERVED = Reserved((Reason("reserved", "R", "D-1 version 1"),), (Missing(Layer.WORK, "a"),))
UNCLEAR = Unclear((Reason("share.unknown", "U"),), (Missing(Layer.RECORDING, "b"),))
SILENT = Silent((Reason("silent", "S"),))
LICENSED = Licensed((Reason("licensed", "L", "L-1 version 1"),))
SINCE = date(2026, 1, 1)
ASKED = Question(Use.TRAIN, "DE", date(2026, 11, 22), "orrery")


@given(st.lists(st.sampled_from([RESERVED, UNCLEAR, SILENT, LICENSED]), min_size=1, max_size=6))
def test_the_rule_in_plain_words(answers: list) -> None:
    found = strictest(answers)
    if RESERVED in answers:
        assert found == RESERVED
    elif UNCLEAR in answers:
        assert found == UNCLEAR
    elif all(answer == LICENSED for answer in answers):
        assert found == LICENSED
    elif all(answer == SILENT for answer in answers):
        assert found == SILENT
    else:
        assert isinstance(found, Unclear)
        assert [reason.code for reason in found.reasons] == ["licence.partial"]
    assert all(strictest(order) == found for order in permutations(answers[:4] or answers)) or len(answers) > 4


def test_no_answers_have_no_strictest() -> None:
    with pytest.raises(ValueError, match="no answers"):
        strictest([])


def test_of_several_of_a_kind_all_reasons_and_consents_are_told() -> None:
    other = Reserved((Reason("reserved", "Q", "D-2 version 1"),), (Missing(Layer.RECORDING, "a"),))
    found = strictest([other, SILENT, RESERVED])
    assert found.records == ("D-1 version 1", "D-2 version 1")
    assert found.missing == (Missing(Layer.RECORDING, "a"), Missing(Layer.WORK, "a"))


def _song(**work: object) -> Thing:
    """A recording of `lark` in the catalogue ``spring`` of a work of `quay` in the catalogue ``songs``."""
    sound = (Claim("lark", Layer.RECORDING), Claim("lark", Layer.PERFORMANCE))
    words = (Claim("quay", Layer.WORK), Claim("quay", Layer.LYRICS))
    embodied = Thing(SHEET_MUSIC, catalogues=frozenset({"spring", "songs"}), claims=sound + words)
    return Thing(AUDIO, catalogues=frozenset({"spring"}), claims=sound, embodied=embodied)


def _licence(name: str, grantor: str, *layers: Layer) -> Licence:
    return Licence(name, 1, grantor, "orrery", AllRepertoire(), frozenset(layers), frozenset({Use.TRAIN}), SINCE)


LABELS = _licence("L-1", "lark", Layer.RECORDING, Layer.PERFORMANCE)
PUBLISHERS = _licence("L-2", "quay", Layer.WORK, Layer.LYRICS)


def test_a_recording_is_licensed_when_its_work_is_too() -> None:
    assert isinstance(decide_whole(_song(), ASKED, Facts(licences=(LABELS, PUBLISHERS))), Licensed)
    alone = decide_whole(_song(), ASKED, Facts(licences=(LABELS,)))
    assert isinstance(alone, Unclear)
    assert alone.missing == (Missing(Layer.WORK, "quay"), Missing(Layer.LYRICS, "quay"))


def test_the_publishers_catalogue_reserves_the_work_in_every_recording_and_no_recording() -> None:
    whole = Reservation("D-1", 1, "quay", OfCatalogues(("songs",)), ALL_LAYERS, frozenset({Use.TRAIN}), SINCE)
    found = decide_whole(_song(), ASKED, Facts(reservations=(whole,)))
    assert isinstance(found, Reserved)
    assert {missing.layer for missing in found.missing} == {Layer.WORK, Layer.LYRICS}


def test_a_text_copies_the_words_and_no_sound() -> None:
    from dataclasses import replace

    words = replace(_song(), layers=LYRIC_TEXT)
    assert isinstance(decide_whole(words, ASKED, Facts(licences=(PUBLISHERS,))), Licensed)


def test_a_name_may_reserve_but_never_permits() -> None:
    why = (Reason("any", "Any."),)
    named = by_name(Licensed(why))
    assert isinstance(named, Unclear)
    assert [reason.code for reason in named.reasons] == ["licence.name_only"]
    for kind in (Reserved, Unclear, Silent):
        assert by_name(kind(why)) == kind(why)
        assert isinstance(by_name(kind(why)), kind)
