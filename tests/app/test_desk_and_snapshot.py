"""The desk, a snapshot's look-up and a screening give one answer: by examples, then at random."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tacenda.app.decide import Target, answer
from tacenda.app.lookup import Asked, look_up
from tacenda.app.pages import SnapshotLine
from tacenda.core.decision import Facts, Question
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.item import Item, ItemKind
from tacenda.core.licence import Licence
from tacenda.core.note import Checkpoint
from tacenda.core.party import Party
from tacenda.core.reservation import Reservation
from tacenda.core.scope import AllRepertoire, OfCatalogues, OfIpis, OfIsrcPrefixes, OfLabels, OfList, Scope
from tacenda.core.thing import AUDIO
from tacenda.core.vocabulary import ALL_LAYERS, Layer, Use
from tacenda.match.interface import CorpusBatch
from tacenda.ports import CatalogueInfo, View
from tacenda.screen.answers import LICENSED, AnswerBook, named_only
from tacenda.screen.plan import Asked as AskedOfCorpus
from tacenda.screen.rows import verdicts_of_rows
from tacenda.snapshot.build import Terms, build_snapshot
from tacenda.snapshot.opened import Snapshot, open_snapshot
from tacenda.testing.fakes import FakeSigner, MemoryStore

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
SINCE = date(2026, 1, 1)
ON = date(2026, 11, 22)
LINE = SnapshotLine("S-000001", "", "", "", "", "", stale=False, signed=True, items=0)
WHOLLY = ("recording:100", "performance:100", "work:100", "lyrics:100")
SOUND = ("recording:100", "performance:100")
ISRCS = tuple(Identifier(Scheme.ISRC, f"{p}26{n:05d}") for p in ("ZZLL1", "ZZWR1") for n in (1, 2))
ISWCS = (Identifier(Scheme.ISWC, "T0345246801"), Identifier(Scheme.ISWC, "T0000000010"))
GTINS = (Identifier(Scheme.GTIN, "00012345678905"), Identifier(Scheme.GTIN, "00036000291452"))
IPIS = ("00014107338",)
LABELS = ("Lark", "Wren & Co", "!!!")
PARTIES = {
    p.id: p
    for p in (
        Party("lark", "Lark Ltd", isrc_prefixes=("ZZLL1",)),
        Party("wren", "Wren Ltd", labels=("Wren & Co",)),
        Party("quay", "Quay Songs", ipi_name_numbers=IPIS),
        Party("orrery", "Orrery Models"),
    )
}


@dataclass(frozen=True)
class World:
    """A desk in memory and a snapshot of it."""

    view: View
    facts: Facts
    snapshot: Snapshot

    def desk(self, target: Target, question: Question) -> tuple[str, list[tuple[str, str, str]]]:
        verdict = answer(self.view, self.facts, target, question).decision
        return verdict.word, [(r.code, r.text, r.record) for r in verdict.reasons]

    def look_up(self, target: Target, question: Question) -> tuple[str, list[tuple[str, str, str]]]:
        asked = Asked(target.identifiers, target.artist, target.title, question)
        found = look_up(self.snapshot, LINE, asked, documents=False)
        return found.word, [(r.code, r.text, r.record) for r in found.reasons]

    def screened(self, target: Target, question: Question) -> str:
        """The verdict of a row that matches something; empty where nothing matches."""
        columns = {i.scheme.value: pa.array([i.value]) for i in target.identifiers}
        if target.title:
            columns |= {"artist": pa.array([target.artist]), "title": pa.array([target.title])}
        matches = self.snapshot.matcher.ask(CorpusBatch(**columns))
        if not len(matches):
            return ""
        asked = AskedOfCorpus(question.use, question.on, question.country, question.user, question.model)
        book = AnswerBook(asked, self.facts, self.snapshot.thing, self.snapshot.thing)
        decided = verdicts_of_rows(1, matches, book.of_groups(self.snapshot.groups_of(matches)), book.verdicts())
        licensed = book.verdicts()[decided.answer] == LICENSED
        named_only(decided.answer, licensed, np.array([matches.how.min()]))
        return book.lines[int(decided.answer[0])].word


@contextmanager
def world(
    catalogues: Sequence[tuple[str, str, Sequence[str]]],
    items: Sequence[Item],
    reservations: Sequence[Reservation] = (),
    licences: Sequence[Licence] = (),
) -> Iterator[World]:
    store, signer = MemoryStore(), FakeSigner()
    facts = Facts(tuple(reservations), tuple(licences), PARTIES)
    with store.writing() as change:
        for party in PARTIES.values():
            change.put_party(party)
        for name, owner, layers in catalogues:
            change.put_catalogue(CatalogueInfo(name, name, owner, tuple(layers), NOW))
        change.put_items(items)
    terms = Terms("S-000001", 1, NOW, date(2026, 12, 22), Checkpoint("lark.example/t", 1, bytes(32), (), "n\n"))
    with tempfile.TemporaryDirectory() as place, store.reading() as view:
        build_snapshot(view, Path(place) / "s", facts=facts, terms=terms, sign=signer.sign_note)
        yield World(view, facts, open_snapshot(Path(place) / "s"))


def recording(name: str, catalogue: str, *identifiers: Identifier, title: str = "Song", label: str = "") -> Item:
    return Item(name, catalogue, ItemKind.RECORDING, title, "Lark", tuple(sorted(set(identifiers))), label=label)


def work(name: str, catalogue: str, *identifiers: Identifier, ipis: tuple[str, ...] = ()) -> Item:
    return Item(name, catalogue, ItemKind.WORK, "Song", "", tuple(sorted(set(identifiers))), ipi_name_numbers=ipis)


def reservation(
    declarant: str, scope: Scope, layers: frozenset[Layer] = ALL_LAYERS, name: str = "D-1"
) -> Reservation:
    return Reservation(name, 1, declarant, scope, layers, frozenset({Use.TRAIN}), SINCE)


def licence(grantor: str, scope: Scope, layers: frozenset[Layer] = ALL_LAYERS, name: str = "L-1") -> Licence:
    return Licence(name, 1, grantor, "orrery", scope, layers, frozenset({Use.TRAIN}), SINCE)


BY_ORRERY = Question(Use.TRAIN, "DE", ON, "orrery")


def agreed(made: World, target: Target, question: Question = BY_ORRERY) -> str:
    """The one word that all three say."""
    desk, looked_up, screened = (
        made.desk(target, question),
        made.look_up(target, question),
        made.screened(target, question),
    )
    assert desk == looked_up
    assert screened in ("", desk[0])
    return desk[0]


# ---- the examples -----------------------------------------------------------------------------------------------

SONG_AND_REMIX = (
    recording("r1", "main", ISRCS[0], ISWCS[0], GTINS[0]),
    recording("r2", "main", ISRCS[1], ISWCS[0], GTINS[0], title="Song (Remix)"),
)


def test_a_licence_for_one_recording_licenses_no_other_of_the_same_work_and_album() -> None:
    grant = licence("lark", OfList((ISRCS[0],)))
    with world([("main", "lark", WHOLLY)], SONG_AND_REMIX, licences=[grant]) as made:
        assert agreed(made, Target((ISRCS[0],))) == "licensed"
        assert agreed(made, Target((ISRCS[1],))) == "silent"
        assert agreed(made, Target((GTINS[0],))) == "unclear"
        assert agreed(made, Target((ISWCS[0],))) == "unclear"
        assert agreed(made, Target(artist="Lark", title="Song")) == "unclear"
        assert agreed(made, Target((ISRCS[0], GTINS[0]))) == "unclear"


def test_a_cover_by_another_owner_is_not_reserved_by_the_first() -> None:
    cover = recording("r3", "others", ISRCS[2], ISWCS[0], title="Song")
    sound = frozenset({Layer.RECORDING, Layer.PERFORMANCE})
    for scope in (OfCatalogues(("main",)), AllRepertoire(), OfList((ISRCS[0],)), OfIsrcPrefixes(("ZZLL1",))):
        with world(
            [("main", "lark", SOUND), ("others", "wren", SOUND)],
            [SONG_AND_REMIX[0], cover],
            [reservation("lark", scope, sound)],
        ) as made:
            assert agreed(made, Target((ISRCS[0],))) == "reserved"
            assert agreed(made, Target((ISRCS[2],))) == "silent"


def test_a_publishers_reservation_reaches_every_recording_of_its_work() -> None:
    rows = [*SONG_AND_REMIX, work("w1", "songs", ISWCS[0], ipis=IPIS)]
    for scope in (OfCatalogues(("songs",)), AllRepertoire(), OfIpis(IPIS), OfList((ISWCS[0],))):
        with world(
            [("main", "lark", SOUND), ("songs", "quay", ("work:100", "lyrics:100"))],
            rows,
            [reservation("quay", scope, frozenset({Layer.WORK}))],
            [licence("lark", AllRepertoire())],
        ) as made:
            for target in (ISRCS[0], ISRCS[1], ISWCS[0], GTINS[0]):
                assert agreed(made, Target((target,))) == "reserved"


def test_label_and_publisher_together_license_a_recording() -> None:
    rows = [*SONG_AND_REMIX, work("w1", "songs", ISWCS[0])]
    catalogues = [("main", "lark", SOUND), ("songs", "quay", ("work:100", "lyrics:100"))]
    both = [licence("lark", OfList((ISRCS[0],))), licence("quay", OfCatalogues(("songs",)), name="L-2")]
    with world(catalogues, rows, licences=both) as made:
        assert agreed(made, Target((ISRCS[0],))) == "licensed"
        assert agreed(made, Target((ISRCS[1],))) == "unclear"
    with world(catalogues, rows, licences=both[:1]) as made:
        assert agreed(made, Target((ISRCS[0],))) == "unclear"


@pytest.mark.parametrize(
    ("mine", "theirs", "word"),
    [
        (WHOLLY, (), "licensed"),
        (AUDIO, (), "unclear"),
        (WHOLLY, WHOLLY, "unclear"),
        (("recording:100", "performance:100", "work:50", "lyrics:1/3"), (), "unclear"),
    ],
)
def test_a_share_that_nobody_stated_is_not_the_whole(
    mine: Sequence[str], theirs: Sequence[str], word: str
) -> None:
    rows = [recording("r1", "main", ISRCS[0])]
    catalogues = [("main", "lark", sorted(mine))]
    if theirs:
        rows.append(recording("r2", "others", ISRCS[0]))
        catalogues.append(("others", "wren", theirs))
    grants = [licence("lark", AllRepertoire()), licence("wren", AllRepertoire(), name="L-2")]
    with world(catalogues, rows, licences=grants) as made:
        assert agreed(made, Target((ISRCS[0],))) == word


def test_two_owners_who_state_no_share_contradict_each_other_only_when_they_state_too_much() -> None:
    rows = [recording("r1", "main", ISRCS[0]), recording("r2", "others", ISRCS[0])]
    with world([("main", "lark", ("recording",)), ("others", "wren", ("recording",))], rows) as made:
        assert agreed(made, Target((ISRCS[0],))) == "silent"
    with world([("main", "lark", SOUND), ("others", "wren", SOUND)], rows) as made:
        assert agreed(made, Target((ISRCS[0],))) == "unclear"


def test_a_name_of_signs_alone_means_nothing_and_is_unclear() -> None:
    rows = [Item(f"r{n}", "main", ItemKind.RECORDING, sign, "!!!") for n, sign in enumerate(("???", "...", "%"))]
    with world([("main", "lark", WHOLLY)], rows, [reservation("lark", AllRepertoire())]) as made:
        for artist, title in (("!!!", "???"), ("Lark", "..."), ("!!!", "Song")):
            assert agreed(made, Target(artist=artist, title=title)) == "unclear"
        verdict = answer(made.view, made.facts, Target(artist="!!!", title="???"), BY_ORRERY)
        assert [reason.code for reason in verdict.decision.reasons] == ["name.empty"]
        assert verdict.cases[0].items == ()


def test_what_is_asked_about_lends_its_marks_to_nothing_that_it_finds() -> None:
    grant = licence("lark", OfList((ISRCS[3],)))
    with world([("main", "lark", WHOLLY)], SONG_AND_REMIX, licences=[grant]) as made:
        assert made.desk(Target((ISRCS[3], GTINS[0])), BY_ORRERY)[0] == "unclear"
        assert agreed(made, Target((GTINS[0],))) == "silent"


# ---- at random --------------------------------------------------------------------------------------------------


def some(values: Sequence[Identifier], most: int) -> st.SearchStrategy[list[Identifier]]:
    return st.lists(st.sampled_from(values), max_size=most)


@st.composite
def rows(draw: Callable) -> list[Item]:
    made = []
    for number in range(draw(st.integers(1, 6))):
        catalogue = draw(st.sampled_from(["a", "b", "c"]))
        codes = draw(some(ISWCS, 2))
        kind = draw(st.sampled_from([ItemKind.RECORDING, ItemKind.RECORDING, ItemKind.WORK]))
        if kind is ItemKind.RECORDING:
            codes += draw(some(ISRCS, 2)) + draw(some(GTINS, 1))
        made.append(
            Item(
                f"i{number}",
                catalogue,
                kind,
                draw(st.sampled_from(["Song", "Song (Live)", "Other", "???"])),
                draw(st.sampled_from(["Lark", "Wren"])) if kind is ItemKind.RECORDING else "",
                tuple(sorted(set(codes))),
                label=draw(st.sampled_from(["", *LABELS])),
                ipi_name_numbers=draw(st.sampled_from([(), IPIS])),
            )
        )
    return made


WORDS = st.sampled_from(
    [WHOLLY, WHOLLY, SOUND, ("work:100", "lyrics:100"), ("recording",), ("work:50", "recording:100")]
)
OWNER = st.sampled_from(["lark", "wren", "quay"])
SCOPES: st.SearchStrategy[Scope] = st.one_of(
    st.just(AllRepertoire()),
    st.sampled_from(["a", "b", "c"]).map(lambda name: OfCatalogues((name,))),
    st.sampled_from(LABELS).map(lambda name: OfLabels((name,))),
    st.sampled_from(["ZZLL1", "ZZWR1"]).map(lambda prefix: OfIsrcPrefixes((prefix,))),
    st.just(OfIpis(IPIS)),
    st.lists(st.sampled_from((*ISRCS, *ISWCS, *GTINS)), min_size=1, max_size=2).map(
        lambda found: OfList(tuple(sorted(set(found))))
    ),
)
LAYERS = st.sampled_from(
    [ALL_LAYERS, frozenset({Layer.RECORDING, Layer.PERFORMANCE}), frozenset({Layer.WORK, Layer.LYRICS})]
)
SAID = st.lists(st.tuples(OWNER, SCOPES, LAYERS), max_size=3)
# Chance alone seldom grants enough for Licensed.
RESERVED = st.one_of(st.just([]), SAID)
ALL_THREE = [(owner, AllRepertoire(), ALL_LAYERS) for owner in ("lark", "wren", "quay")]
GRANTED = st.one_of(st.just(ALL_THREE), st.tuples(OWNER, SCOPES, st.just(ALL_LAYERS)).map(lambda one: [one]), SAID)
TARGETS = [Target((i,)) for i in (*ISRCS, *ISWCS, *GTINS)] + [
    Target(artist="Lark", title="Song"),
    Target(artist="The Wren", title="Other"),
    Target((ISRCS[0], GTINS[0])),
    Target((ISRCS[1], ISWCS[1])),
]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.tuples(*[st.tuples(OWNER, WORDS)] * 3), rows(), RESERVED, GRANTED)
def test_desk_snapshot_and_screening_agree(
    owned: tuple[tuple[str, Sequence[str]], ...], items: list[Item], reserved: list, granted: list
) -> None:
    catalogues = [(name, owner, words) for name, (owner, words) in zip("abc", owned, strict=True)]
    with world(
        catalogues,
        items,
        [reservation(*said, name=f"D-{n}") for n, said in enumerate(reserved)],
        [licence(*said, name=f"L-{n}") for n, said in enumerate(granted)],
    ) as made:
        for target in TARGETS:
            for question in (BY_ORRERY, Question(Use.TRAIN, "DE", ON)):
                desk, looked_up = made.desk(target, question), made.look_up(target, question)
                assert desk == looked_up, target
                if len(target.identifiers) < 2:
                    assert made.screened(target, question) in ("", desk[0]), target
