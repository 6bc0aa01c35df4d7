"""What is one thing: the rules, one by one."""

from fractions import Fraction

from tacenda.core.grouping import Group, group_rows, is_kin, kin_codes
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.item import Item, ItemKind
from tacenda.core.thing import AUDIO, SHEET_MUSIC
from tacenda.core.vocabulary import Layer

ONE, TWO = (Identifier(Scheme.ISRC, f"ZZLL1260000{n}") for n in (1, 2))
SONG, OTHER_SONG = Identifier(Scheme.ISWC, "T0345246801"), Identifier(Scheme.ISWC, "T9000000001")
ALBUM = Identifier(Scheme.GTIN, "00012345678905")
VIDEO = Identifier(Scheme.YOUTUBE, "dQw4w9WgXcQ")
OWNERS = {
    "spring": ("lark", ("recording:100", "performance")),
    "singles": ("lark", ("recording:100",)),
    "odd": ("lark", ("recording:50",)),
    "others": ("wren", ("recording:100",)),
    "songs": ("quay", ("work:100", "lyrics:1/3")),
}


def recording(name: str, *identifiers: Identifier, catalogue: str = "spring", label: str = "") -> Item:
    return Item(name, catalogue, ItemKind.RECORDING, "Song", "Lark", tuple(sorted(identifiers)), label=label)


def work(name: str, *identifiers: Identifier) -> Item:
    return Item(name, "songs", ItemKind.WORK, "Song", "", identifiers, ipi_name_numbers=("00014107338",))


def grouped(*items: Item) -> list[list[str]]:
    return [[items[place].id for place in places] for places, _ in group_rows(items)]


def test_recordings_are_one_thing_by_isrc_alone() -> None:
    assert grouped(recording("a", ONE), recording("b", ONE)) == [["a", "b"]]
    for shared in (SONG, ALBUM, VIDEO):
        assert grouped(recording("a", ONE, shared), recording("b", TWO, shared)) == [["a"], ["b"]]
        assert grouped(recording("a", shared), recording("b", shared)) == [["a"], ["b"]]


def test_rows_are_joined_by_way_of_others_and_then_in_doubt() -> None:
    rows = recording("a", ONE), recording("b", TWO), recording("c", ONE, TWO)
    ((places, group),) = group_rows(rows)
    assert places == (0, 1, 2)
    assert group.thing(OWNERS).doubts == ("It bears several ISRCs, so it may be several recordings",)


def test_works_are_one_thing_by_iswc_and_no_recording_joins_them() -> None:
    assert grouped(work("w", SONG), recording("a", ONE, SONG), work("v", SONG)) == [["w", "v"], ["a"]]
    assert grouped(work("w", SONG), work("v", OTHER_SONG)) == [["w"], ["v"]]


def test_a_recording_takes_of_its_work_what_belongs_to_the_work_alone() -> None:
    rows = recording("a", ONE, SONG), work("w", SONG), recording("b", TWO, SONG, catalogue="others", label="Quay")
    things = [group.thing(OWNERS) for _, group in group_rows(rows)]
    sound, sheet, cover = things
    assert (sound.layers, sheet.layers) == (AUDIO, SHEET_MUSIC)
    assert (sound.catalogues, sound.ipi_name_numbers) == (frozenset({"spring"}), frozenset())
    assert {claim.party for claim in sound.claims} == {"lark"}
    assert sound.embodied is not None
    assert sound.embodied.layers == SHEET_MUSIC
    assert sound.embodied.catalogues == {"spring", "songs"}
    assert sound.embodied.ipi_name_numbers == {"00014107338"}
    assert {c.party for c in sound.embodied.claims if c.layer in SHEET_MUSIC} == {"quay"}
    assert cover.embodied is not None
    assert cover.embodied.catalogues == {"others", "songs"}
    assert ONE not in cover.embodied.identifiers
    assert sheet.embodied is None


def test_without_a_row_of_the_work_nothing_is_embodied() -> None:
    assert [g.embodies for _, g in group_rows([recording("a", ONE, SONG), recording("b", TWO, SONG)])] == [
        None,
        None,
    ]


def test_several_iswcs_are_a_doubt_of_recordings_and_works() -> None:
    for row in (recording("a", ONE, SONG, OTHER_SONG), work("w", SONG, OTHER_SONG)):
        ((_, group),) = group_rows([row])
        assert group.thing(OWNERS).doubts == ("It bears several ISWCs, so it may be several works",)


def test_one_owner_makes_one_claim_a_layer() -> None:
    def claims(*catalogues: str) -> dict:
        found = Group(catalogues=tuple(sorted(catalogues))).thing(OWNERS)
        return {c.layer: c.share for c in found.claims} | {"doubts": len(found.doubts)}

    assert claims("spring") == {Layer.RECORDING: 1, Layer.PERFORMANCE: None, "doubts": 0}
    assert claims("spring", "singles") == {Layer.RECORDING: 1, Layer.PERFORMANCE: None, "doubts": 0}
    assert claims("spring", "odd") == {Layer.RECORDING: None, Layer.PERFORMANCE: None, "doubts": 1}
    assert claims("songs") == {Layer.WORK: 1, Layer.LYRICS: Fraction(1, 3), "doubts": 0}


def test_kin_are_the_rows_of_one_thing_and_the_works_in_it() -> None:
    codes = kin_codes([recording("a", ONE, SONG, ALBUM)])
    assert is_kin(recording("b", ONE), codes)
    assert is_kin(work("w", SONG), codes)
    assert not is_kin(recording("c", TWO, SONG, ALBUM), codes)


def test_a_group_survives_being_written() -> None:
    for _, group in group_rows([recording("a", ONE, TWO, SONG), work("w", SONG)]):
        assert Group.from_document(group.to_document()) == group
