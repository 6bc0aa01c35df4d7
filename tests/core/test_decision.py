"""The decision, rule by rule, then as properties, then against an independent reference written another way."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacenda.core.decision import Decision, Facts, Licensed, Question, Reserved, Silent, Unclear, decide
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.licence import Licence
from tacenda.core.party import Party
from tacenda.core.reservation import Grantor, Reservation
from tacenda.core.scope import AllRepertoire, OfCatalogues, OfIpis, OfIsrcPrefixes, OfLabels, OfList, Scope
from tacenda.core.territory import WORLD, Territory
from tacenda.core.thing import AUDIO, LYRIC_TEXT, Claim, Thing
from tacenda.core.vocabulary import ALL_LAYERS, Layer, Use

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
ISRC = Identifier(Scheme.ISRC, "ZZLL12600001")
LABEL = Party("lark", "Lark & Linden Music", isrc_prefixes=("ZZLL1",), labels=("Lark & Linden",))
PUBLISHER = Party("quay", "Quay Songs", ipi_name_numbers=("00014107338",))
PARTIES = {p.id: p for p in (LABEL, PUBLISHER)}

TRACK = Thing(
    AUDIO,
    identifiers=frozenset({ISRC}),
    label_keys=frozenset({"lark and linden"}),
    catalogues=frozenset({"spring"}),
    claims=(
        Claim("lark", Layer.RECORDING),
        Claim("lark", Layer.PERFORMANCE),
        Claim("quay", Layer.WORK),
        Claim("quay", Layer.LYRICS),
    ),
)
RESERVATION = Reservation(
    "d-1",
    1,
    "lark",
    AllRepertoire(),
    frozenset({Layer.RECORDING, Layer.PERFORMANCE}),
    frozenset({Use.TDM, Use.TRAIN}),
    effective_from=date(2026, 1, 1),
)
TO_TRAIN = Question(Use.TRAIN, "DE", TODAY, user="orrery")
LABEL_LICENCE = Licence(
    "l-1",
    1,
    "lark",
    "orrery",
    AllRepertoire(),
    frozenset({Layer.RECORDING, Layer.PERFORMANCE}),
    frozenset({Use.TRAIN}),
    valid_from=date(2026, 6, 1),
    valid_to=date(2026, 12, 31),
)
PUBLISHER_LICENCE = replace(LABEL_LICENCE, id="l-2", grantor="quay", layers=frozenset({Layer.WORK, Layer.LYRICS}))


def ask(
    thing: Thing = TRACK,
    question: Question = TO_TRAIN,
    reservations: tuple[Reservation, ...] = (RESERVATION,),
    licences: tuple[Licence, ...] = (),
) -> Decision:
    return decide(thing, question, Facts(reservations, licences, PARTIES))


def codes(decision: Decision) -> set[str]:
    return {reason.code for reason in decision.reasons}


class TestReserved:
    def test_one_layer_reserved_reserves_the_file(self) -> None:
        answer = ask()
        assert isinstance(answer, Reserved)
        assert answer.records == ("d-1 version 1",)
        assert "Lark & Linden Music has reserved it since 2026-01-01" in answer.reasons[0].text
        assert [(m.layer, m.party) for m in answer.missing] == [
            (Layer.RECORDING, "lark"),
            (Layer.PERFORMANCE, "lark"),
        ]

    def test_reserving_training_reserves_the_kinds_of_training(self) -> None:
        for use in (Use.TRAIN_GENERATIVE, Use.FINETUNE):
            assert isinstance(ask(question=replace(TO_TRAIN, use=use)), Reserved)

    def test_reserving_a_kind_leaves_the_wider_act_unclear_never_silent(self) -> None:
        narrow = replace(RESERVATION, uses=frozenset({Use.TRAIN_GENERATIVE}))
        for wide in (Use.TRAIN, Use.TDM):
            answer = ask(question=replace(TO_TRAIN, use=wide), reservations=(narrow,))
            assert isinstance(answer, Unclear)
            assert codes(answer) == {"reserved.part"}
        assert isinstance(ask(question=replace(TO_TRAIN, use=Use.FINETUNE), reservations=(narrow,)), Silent)

    def test_reserving_works_reserves_their_words_not_the_other_way_about(self) -> None:
        listed = replace(RESERVATION, scope=OfList((ISRC,)))
        works = replace(listed, layers=frozenset({Layer.WORK}))
        words = replace(listed, layers=frozenset({Layer.LYRICS}))
        text = replace(TRACK, layers=LYRIC_TEXT)
        score_alone = replace(TRACK, layers=frozenset({Layer.WORK}))
        assert isinstance(ask(text, reservations=(works,)), Reserved)
        assert isinstance(ask(score_alone, reservations=(words,)), Silent)

    def test_all_repertoire_reserves_in_a_thing_what_its_speaker_claims_there(self) -> None:
        everything = replace(RESERVATION, layers=ALL_LAYERS)
        sound = ask(reservations=(everything,))
        assert isinstance(sound, Reserved)
        assert {m.layer for m in sound.missing} == {Layer.RECORDING, Layer.PERFORMANCE}
        words_alone = ask(replace(TRACK, layers=LYRIC_TEXT), reservations=(everything,))
        assert isinstance(words_alone, Unclear)
        assert codes(words_alone) == {"reserved.unclaimed"}

    def test_it_speaks_for_the_affiliates_that_it_names(self) -> None:
        for_quay = replace(RESERVATION, declarant="holding", layers=ALL_LAYERS, affiliates=("quay",))
        alone = replace(for_quay, affiliates=())
        text = replace(TRACK, layers=LYRIC_TEXT)
        assert isinstance(ask(text, reservations=(for_quay,)), Reserved)
        assert isinstance(ask(text, reservations=(alone,)), Silent)

    @pytest.mark.parametrize(
        ("on", "expected"),
        [(date(2025, 12, 31), Silent), (date(2026, 1, 1), Reserved), (date(2026, 9, 30), Reserved)],
    )
    def test_the_first_day_is_inclusive(self, on: date, expected: type) -> None:
        assert isinstance(ask(question=replace(TO_TRAIN, on=on)), expected)

    def test_the_last_day_is_inclusive(self) -> None:
        ended = replace(RESERVATION, effective_to=TODAY)
        assert isinstance(ask(reservations=(ended,)), Reserved)
        after = replace(TO_TRAIN, on=TODAY + DAY)
        assert isinstance(ask(question=after, reservations=(ended,)), Silent)

    def test_a_claimed_earlier_start_is_unclear_until_the_proven_one(self) -> None:
        claimed = replace(RESERVATION, effective_from=TODAY, claimed_since=date(2024, 5, 16))
        before = ask(question=replace(TO_TRAIN, on=date(2025, 1, 1)), reservations=(claimed,))
        assert isinstance(before, Unclear)
        assert codes(before) == {"reserved.claimed"}
        assert isinstance(ask(question=replace(TO_TRAIN, on=date(2024, 5, 15)), reservations=(claimed,)), Silent)

    def test_other_countries_are_not_reached(self) -> None:
        german = replace(RESERVATION, territory=Territory.parse(["DE", "FR"]))
        assert isinstance(ask(reservations=(german,)), Reserved)
        in_japan = ask(question=replace(TO_TRAIN, country="JP"), reservations=(german,))
        assert isinstance(in_japan, Silent)
        assert codes(in_japan) == {"silent.other_terms"}


class TestScopes:
    @pytest.mark.parametrize(
        ("scope", "words"),
        [
            (AllRepertoire(), "claims its recording"),
            (OfCatalogues(("spring",)), "catalogue spring"),
            (OfLabels(("LARK & Linden",)), "released on"),
            (OfIsrcPrefixes(("ZZLL1",)), "ISRC begins with ZZLL1"),
            (OfIpis(("00014107338",)), "IPI name number 00014107338"),
            (OfList((ISRC,)), "isrc:ZZLL12600001 is listed"),
        ],
    )
    def test_each_kind_reaches_what_it_describes(self, scope: Scope, words: str) -> None:
        thing = replace(TRACK, ipi_name_numbers=frozenset({"00014107338"}))
        answer = ask(thing, reservations=(replace(RESERVATION, scope=scope),))
        assert isinstance(answer, Reserved)
        assert words in answer.reasons[0].text

    @pytest.mark.parametrize(
        "scope",
        [
            OfCatalogues(("autumn",)),
            OfLabels(("Lark",)),
            OfIsrcPrefixes(("ZZLL2",)),
            OfIpis(("00014107338",)),
            OfList((Identifier(Scheme.ISRC, "ZZLL12600002"),)),
        ],
    )
    def test_and_nothing_else(self, scope: Scope) -> None:
        assert isinstance(ask(reservations=(replace(RESERVATION, scope=scope),)), Silent)

    def test_all_repertoire_reaches_what_was_never_imported_by_the_marks_of_the_party(self) -> None:
        unknown = Thing(AUDIO, identifiers=frozenset({Identifier(Scheme.ISRC, "ZZLL12699999")}))
        assert isinstance(ask(unknown), Reserved)
        foreign = Thing(AUDIO, identifiers=frozenset({Identifier(Scheme.ISRC, "ZZXX12699999")}))
        assert isinstance(ask(foreign), Silent)


class TestLicensed:
    BOTH = (LABEL_LICENCE, PUBLISHER_LICENCE)

    def test_every_layer_and_share_licensed(self) -> None:
        answer = ask(licences=self.BOTH)
        assert isinstance(answer, Licensed)
        assert answer.may_use
        assert answer.records == ("l-1 version 1", "l-2 version 1")

    def test_one_missing_layer_is_unclear_and_names_whom_to_ask(self) -> None:
        answer = ask(licences=(LABEL_LICENCE,))
        assert isinstance(answer, Unclear)
        assert [(m.layer, m.party) for m in answer.missing] == [(Layer.WORK, "quay"), (Layer.LYRICS, "quay")]

    def test_a_second_reservation_stands_though_the_first_is_lifted(self) -> None:
        other = replace(RESERVATION, id="d-2", declarant="quay", layers=frozenset({Layer.WORK}))
        thing = replace(TRACK, ipi_name_numbers=frozenset({"00014107338"}))
        answer = ask(thing, reservations=(RESERVATION, other), licences=(LABEL_LICENCE,))
        assert isinstance(answer, Reserved)
        assert answer.records == ("d-2 version 1",)

    def test_a_licence_by_somebody_else_lifts_nothing(self) -> None:
        stranger = replace(LABEL_LICENCE, grantor="quay", layers=ALL_LAYERS, scope=OfCatalogues(("spring",)))
        assert isinstance(ask(licences=(stranger,)), Reserved)

    def test_a_grantor_named_in_the_declaration_may_lift_it_for_its_layers(self) -> None:
        thing = replace(TRACK, claims=tuple(replace(c, party="quay") for c in TRACK.claims))
        broad = replace(LABEL_LICENCE, grantor="quay", layers=ALL_LAYERS)
        by_label = replace(RESERVATION, scope=OfCatalogues(("spring",)))
        both = Grantor("quay", "Quay Songs", frozenset({Layer.RECORDING, Layer.PERFORMANCE}))
        one = replace(both, layers=frozenset({Layer.RECORDING}))
        named = ask(thing, reservations=(replace(by_label, grantors=(both,)),), licences=(broad,))
        half_named = ask(thing, reservations=(replace(by_label, grantors=(one,)),), licences=(broad,))
        assert isinstance(named, Licensed)
        assert isinstance(half_named, Reserved)

    @pytest.mark.parametrize(
        "question",
        [
            replace(TO_TRAIN, user="other"),
            replace(TO_TRAIN, user=""),
            replace(TO_TRAIN, use=Use.TRAIN_GENERATIVE),
            replace(TO_TRAIN, on=date(2026, 5, 31)),
            replace(TO_TRAIN, on=date(2027, 1, 1)),
        ],
        ids=["other user", "anyone", "another use", "day before", "day after"],
    )
    def test_it_goes_exactly_as_far_as_it_goes(self, question: Question) -> None:
        assert isinstance(ask(question=question, licences=self.BOTH), Reserved)

    @pytest.mark.parametrize("use", [Use.VOICE_CLONE, Use.LIKENESS, Use.SYNTHETIC_PERFORMANCE])
    def test_imitating_a_person_never_follows_from_a_licence_for_the_recording(self, use: Use) -> None:
        broad = tuple(replace(x, uses=frozenset({use})) for x in self.BOTH)
        answer = ask(question=replace(TO_TRAIN, use=use), reservations=(), licences=broad)
        assert isinstance(answer, Unclear)
        assert [m.layer for m in answer.missing] == [Layer.LIKENESS]
        singer = Party("ada", "Ada Quill")
        thing = replace(TRACK, claims=(*TRACK.claims, Claim(singer.id, Layer.LIKENESS)))
        hers = replace(broad[0], id="l-3", grantor="ada", layers=frozenset({Layer.LIKENESS}))
        with_her = ask(thing, replace(TO_TRAIN, use=use), (), (*broad, hers))
        assert isinstance(with_her, Licensed)

    def test_affiliates_only_when_listed(self) -> None:
        child = replace(TO_TRAIN, user="orrery-labs")
        listed = tuple(replace(x, affiliates=("orrery-labs",)) for x in self.BOTH)
        assert isinstance(ask(question=child, licences=self.BOTH), Reserved)
        assert isinstance(ask(question=child, licences=listed), Licensed)

    def test_a_licence_for_one_model_is_not_for_the_next(self) -> None:
        limited = tuple(replace(x, models=("orrery-2",)) for x in self.BOTH)
        assert isinstance(ask(question=replace(TO_TRAIN, model="orrery-2"), licences=limited), Licensed)
        assert isinstance(ask(question=replace(TO_TRAIN, model="orrery-3"), licences=limited), Reserved)
        assert isinstance(ask(licences=limited), Reserved)

    def test_revocation_stops_new_acts_from_its_day(self) -> None:
        revoked = tuple(replace(x, revoked_from=TODAY) for x in self.BOTH)
        assert isinstance(ask(licences=revoked), Reserved)
        assert isinstance(ask(question=replace(TO_TRAIN, on=TODAY - DAY), licences=revoked), Licensed)


class TestShares:
    LICENCES = (LABEL_LICENCE, PUBLISHER_LICENCE)

    def with_work(self, *shares: tuple[str, Fraction | None]) -> Thing:
        others = tuple(c for c in TRACK.claims if c.layer is not Layer.WORK)
        return replace(TRACK, claims=(*others, *(Claim(p, Layer.WORK, s) for p, s in shares)))

    def test_less_than_the_whole_is_unclear(self) -> None:
        answer = ask(self.with_work(("quay", Fraction(3, 4))), licences=self.LICENCES)
        assert isinstance(answer, Unclear)
        assert "75 %" in answer.reasons[0].text

    def test_more_than_the_whole_is_a_conflict(self) -> None:
        thing = self.with_work(("quay", Fraction(1)), ("rival", Fraction(1, 2)))
        assert "share.conflict" in codes(ask(thing, licences=self.LICENCES))
        assert isinstance(ask(thing, reservations=()), Unclear)

    def test_a_share_that_nobody_stated_is_not_the_whole(self) -> None:
        assert isinstance(ask(self.with_work(("quay", None)), licences=self.LICENCES), Unclear)

    def test_two_halves_are_the_whole(self) -> None:
        thing = self.with_work(("quay", Fraction(1, 2)), ("quay", Fraction(1, 2)))
        assert isinstance(ask(thing, licences=self.LICENCES), Licensed)

    def test_a_claim_elsewhere_or_of_another_time_does_not_count(self) -> None:
        abroad = replace(TRACK.claims[2], territory=Territory.parse(["US"]))
        thing = replace(TRACK, claims=(*TRACK.claims[:2], abroad, TRACK.claims[3]))
        assert "share.unknown" in codes(ask(thing, licences=self.LICENCES))


class TestSilentAndUnclear:
    def test_nothing_known_is_silent_and_not_permission(self) -> None:
        answer = ask(reservations=())
        assert isinstance(answer, Silent)
        assert not answer.may_use
        assert "not permission" in answer.reasons[0].text

    def test_a_doubt_is_unclear(self) -> None:
        doubtful = replace(TRACK, doubts=("The ISRC could not be read",))
        assert isinstance(ask(doubtful, reservations=()), Unclear)
        assert isinstance(ask(doubtful, licences=TestLicensed.BOTH), Unclear)
        assert isinstance(ask(doubtful), Reserved)


# --- properties ---

DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 6))
SOME_LAYERS = st.frozensets(
    st.sampled_from([Layer.RECORDING, Layer.PERFORMANCE, Layer.WORK, Layer.LYRICS]), min_size=1
)
SOME_USES = st.frozensets(st.sampled_from([Use.TDM, Use.TRAIN, Use.FINETUNE, Use.SEARCH]), min_size=1)
PARTY_IDS = st.sampled_from(["lark", "quay", "rival"])
TERRITORIES = st.sampled_from([WORLD, Territory.parse(["DE"]), Territory.parse(["WORLD", "-DE"])])
SCOPES: st.SearchStrategy[Scope] = st.sampled_from(
    [
        AllRepertoire(),
        OfCatalogues(("spring",)),
        OfLabels(("Lark & Linden",)),
        OfIsrcPrefixes(("ZZLL1",)),
        OfIpis(("00014107338",)),
        OfList((ISRC,)),
    ]
)
SHARES = st.sampled_from([None, Fraction(1, 3), Fraction(1, 2), Fraction(2, 3), Fraction(1)])


@st.composite
def reservations(draw: st.DrawFn) -> Reservation:
    first = draw(DAYS)
    return Reservation(
        draw(st.sampled_from(["d-1", "d-2"])),
        draw(st.integers(1, 3)),
        draw(PARTY_IDS),
        draw(SCOPES),
        draw(SOME_LAYERS),
        draw(SOME_USES),
        first,
        effective_to=draw(st.none() | DAYS),
        claimed_since=draw(st.none() | st.just(first - 2 * DAY)),
        territory=draw(TERRITORIES),
        grantors=tuple(
            Grantor(p, p, layers) for p, layers in draw(st.lists(st.tuples(PARTY_IDS, SOME_LAYERS), max_size=2))
        ),
    )


@st.composite
def licences(draw: st.DrawFn) -> Licence:
    return Licence(
        draw(st.sampled_from(["l-1", "l-2"])),
        draw(st.integers(1, 3)),
        draw(PARTY_IDS),
        draw(st.sampled_from(["orrery", "other"])),
        draw(SCOPES),
        draw(st.just(ALL_LAYERS) | SOME_LAYERS),
        draw(SOME_USES),
        draw(DAYS),
        valid_to=draw(st.none() | DAYS),
        revoked_from=draw(st.none() | DAYS),
        territory=draw(TERRITORIES),
        affiliates=draw(st.sampled_from([(), ("orrery",)])),
        models=draw(st.sampled_from([None, ("m-1",)])),
    )


@st.composite
def things(draw: st.DrawFn) -> Thing:
    claims = draw(st.lists(st.tuples(PARTY_IDS, SOME_LAYERS, SHARES, TERRITORIES), max_size=5))
    return Thing(
        draw(SOME_LAYERS),
        identifiers=draw(st.sampled_from([frozenset(), frozenset({ISRC})])),
        label_keys=draw(st.sampled_from([frozenset(), frozenset({"lark and linden"})])),
        ipi_name_numbers=draw(st.sampled_from([frozenset(), frozenset({"00014107338"})])),
        catalogues=draw(st.sampled_from([frozenset(), frozenset({"spring"})])),
        claims=tuple(Claim(p, layer, s, t) for p, layers, s, t in claims for layer in sorted(layers)),
        doubts=draw(st.sampled_from([(), ("Something is odd",)])),
    )


QUESTIONS = st.builds(
    Question,
    st.sampled_from([Use.TDM, Use.TRAIN, Use.FINETUNE, Use.SEARCH]),
    st.sampled_from(["DE", "US"]),
    DAYS,
    st.sampled_from(["", "orrery"]),
    st.sampled_from(["", "m-1"]),
)
FACTS = st.builds(
    lambda r, g: Facts(tuple(r), tuple(g), PARTIES),
    st.lists(reservations(), max_size=3),
    st.lists(licences(), max_size=4),
)


@given(things(), QUESTIONS, FACTS)
def test_the_order_of_the_facts_never_changes_the_answer(thing: Thing, question: Question, facts: Facts) -> None:
    first = decide(thing, question, facts)
    for shuffled in list(permutations(facts.reservations))[:4]:
        other = Facts(shuffled, facts.licences[::-1], facts.parties)
        again = decide(replace(thing, claims=thing.claims[::-1]), question, other)
        assert again == first
        assert type(again) is type(first)


@given(things(), QUESTIONS, FACTS, reservations())
def test_adding_a_reservation_never_frees(
    thing: Thing, question: Question, facts: Facts, more: Reservation
) -> None:
    strictness = {"reserved": 3, "unclear": 2, "silent": 1, "licensed": 0}
    before = decide(thing, question, facts)
    after = decide(thing, question, replace(facts, reservations=(*facts.reservations, more)))
    assert strictness[after.word] >= strictness[before.word]


@given(things(), QUESTIONS, FACTS)
def test_removing_a_licence_never_permits(thing: Thing, question: Question, facts: Facts) -> None:
    before = decide(thing, question, facts)
    for gone in range(len(facts.licences)):
        fewer = facts.licences[:gone] + facts.licences[gone + 1 :]
        after = decide(thing, question, replace(facts, licences=fewer))
        if before.word == "reserved":
            assert after.word == "reserved"
        if after.may_use:
            assert before.may_use


@given(things(), QUESTIONS, FACTS)
def test_a_licence_to_another_answers_nothing(thing: Thing, question: Question, facts: Facts) -> None:
    to_others = tuple(replace(x, grantee="other", affiliates=()) for x in facts.licences)
    assert decide(thing, question, replace(facts, licences=to_others)) == decide(
        thing, question, replace(facts, licences=())
    )


@given(things(), QUESTIONS, FACTS)
def test_splitting_a_share_in_two_equal_claims_changes_nothing(
    thing: Thing, question: Question, facts: Facts
) -> None:
    split = tuple(
        part for c in thing.claims for part in ((c,) if c.share is None else (replace(c, share=c.share / 2),) * 2)
    )
    assert decide(replace(thing, claims=split), question, facts) == decide(thing, question, facts)


@given(things(), QUESTIONS, FACTS)
def test_every_answer_has_reasons_and_only_licensed_permits(
    thing: Thing, question: Question, facts: Facts
) -> None:
    answer = decide(thing, question, facts)
    assert answer.reasons
    assert list(answer.reasons) == sorted(answer.reasons)
    assert answer.may_use == isinstance(answer, Licensed)


# --- an independent reference: plain loops over layers, no shared helper ---


def in_scope(scope: Scope, speaker: str, thing: Thing) -> bool:
    marks = {"lark": ("ZZLL1", None, "lark and linden"), "quay": (None, "00014107338", None)}
    isrcs = [i.value for i in thing.identifiers if i.scheme == "isrc"]
    if isinstance(scope, OfCatalogues):
        return "spring" in thing.catalogues
    if isinstance(scope, OfLabels):
        return "lark and linden" in thing.label_keys
    if isinstance(scope, OfIsrcPrefixes):
        return any(i.startswith("ZZLL1") for i in isrcs)
    if isinstance(scope, OfIpis):
        return "00014107338" in thing.ipi_name_numbers
    if isinstance(scope, OfList):
        return ISRC in thing.identifiers
    prefix, ipi, label = marks.get(speaker, (None, None, None))
    return (
        any(c.party == speaker for c in thing.claims)
        or (prefix is not None and any(i.startswith(prefix) for i in isrcs))
        or (ipi is not None and ipi in thing.ipi_name_numbers)
        or (label is not None and label in thing.label_keys)
    )


def reference(thing: Thing, q: Question, facts: Facts) -> str:
    kinds = {
        "tdm": ["tdm"],
        "train": ["tdm", "train"],
        "finetune": ["tdm", "train", "finetune"],
        "search": ["search"],
    }
    granted: dict[str, set[str]] = {}
    for g in facts.licences:
        late = g.valid_to is not None and q.on > g.valid_to
        gone = g.revoked_from is not None and q.on >= g.revoked_from
        if q.on < g.valid_from or late or gone or q.country not in g.territory or q.use not in g.uses:
            continue
        if not q.user or q.user not in (g.grantee, *g.affiliates):
            continue
        if g.models is not None and q.model not in g.models:
            continue
        if in_scope(g.scope, g.grantor, thing):
            for layer in g.layers & thing.layers:
                granted.setdefault(layer.value, set()).add(g.grantor)
    parts = {"tdm": ["tdm", "train", "finetune"], "train": ["train", "finetune"]}.get(q.use.value, [q.use.value])
    unsure = bool(thing.doubts)
    for r in facts.reservations:
        whole_use = bool(set(kinds[q.use.value]) & {u.value for u in r.uses})
        part_use = bool(set(parts) & {u.value for u in r.uses})
        if q.country not in r.territory or not (whole_use or part_use):
            continue
        if not in_scope(r.scope, r.declarant, thing):
            continue
        own = {c.layer.value for c in thing.claims if c.party == r.declarant}
        if "work" in own:
            own.add("lyrics")
        for layer in thing.layers:
            stated = layer in r.layers or (layer.value == "lyrics" and Layer.WORK in r.layers)
            if not stated:
                continue
            live = r.effective_from <= q.on and (r.effective_to is None or q.on <= r.effective_to)
            lifters = {r.declarant} | {x.party for x in r.grantors if layer in x.layers}
            claimed = not isinstance(r.scope, AllRepertoire) or not own or layer.value in own
            if live and not lifters & granted.get(layer.value, set()):
                if whole_use and claimed:
                    return "reserved"
                unsure = True
            if whole_use and r.claimed_since is not None and r.claimed_since <= q.on < r.effective_from:
                unsure = True
    whole = True
    for layer in thing.layers:
        mine = [c for c in thing.claims if c.layer is layer and q.country in c.territory]
        total = sum(c.share or 0 for c in mine)
        if total > 1:
            unsure = True
        if total != 1 or any(c.share is None for c in mine):
            whole = False
        if {c.party for c in mine} - granted.get(layer.value, set()):
            whole = False
    if not granted:
        return "unclear" if unsure else "silent"
    return "licensed" if whole and not unsure else "unclear"


@settings(max_examples=800, deadline=None)
@given(things(), QUESTIONS, FACTS)
def test_an_independent_reference_agrees(thing: Thing, question: Question, facts: Facts) -> None:
    assert decide(thing, question, facts).word == reference(thing, question, facts)


def licensed_world(draw_layers: frozenset[Layer]) -> tuple[Thing, Facts]:
    """A world in which everything is licensed: the rare answer, reached by construction."""
    thing = Thing(
        draw_layers,
        identifiers=frozenset({ISRC}),
        claims=tuple(Claim("lark", layer) for layer in sorted(draw_layers)),
    )
    grant = Licence(
        "l-1", 1, "lark", "orrery", AllRepertoire(), ALL_LAYERS, frozenset({Use.TRAIN}), date(2026, 1, 1)
    )
    reserve = replace(RESERVATION, layers=ALL_LAYERS)
    return thing, Facts((reserve,), (grant,), PARTIES)


@given(SOME_LAYERS, st.data())
def test_taking_any_one_thing_away_from_a_licensed_world_ends_the_permission(
    layers: frozenset[Layer], data: st.DataObject
) -> None:
    thing, facts = licensed_world(layers)
    assert isinstance(decide(thing, TO_TRAIN, facts), Licensed)
    broken = data.draw(
        st.sampled_from(
            [
                (replace(thing, claims=thing.claims[1:]), facts, TO_TRAIN),
                (thing, replace(facts, licences=()), TO_TRAIN),
                (thing, facts, replace(TO_TRAIN, user="")),
                (thing, facts, replace(TO_TRAIN, use=Use.TDM)),
                (thing, facts, replace(TO_TRAIN, on=date(2025, 12, 31))),
                (replace(thing, doubts=("odd",)), facts, TO_TRAIN),
            ]
        )
    )
    assert not decide(broken[0], broken[2], broken[1]).may_use
