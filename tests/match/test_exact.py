"""The exact engine: every hit of every row, in order, and the umbrella where nothing else answers."""

import numpy as np
import pyarrow as pa

from tacenda.match.exact import KEY_CLASSES, ExactMatcher, forms_of, forms_of_names
from tacenda.match.hashing import keys_of
from tacenda.match.interface import CorpusBatch, How, Matches
from tacenda.match.lookup import make_table
from tacenda.match.spelling import spelling_table

ITEMS = {
    "isrc": ["QZLRK2600001", "QZLRK2600002 QZLRK2600003", ""],
    "gtin": ["00724384960650", "00724384960650", ""],
    "artist": ["The Larks", "Larks", "Owl"],
    "title": ["Halo", "Halo (Live)", "Dusk"],
}


def matcher(threads: int = 1) -> ExactMatcher:
    tables = {}
    for how in (How.ISRC, How.GTIN):
        forms = forms_of(how, pa.array(ITEMS[KEY_CLASSES[how]]))
        tables[how] = make_table(
            keys_of(KEY_CLASSES[how], forms.data, forms.offsets), forms.rows.astype(np.uint32)
        )
    names = forms_of_names(pa.array(ITEMS["artist"]), pa.array(ITEMS["title"]), spelling_table())
    tables[How.TEXT] = make_table(keys_of("text", names.data, names.offsets), names.rows.astype(np.uint32))
    return ExactMatcher(
        tables, spelling_table(), np.array([b"DEA12", b"QZLRK"]), np.array([4, 9], np.int32), threads
    )


def hits(found: Matches) -> list[tuple[int, int, int, How]]:
    columns = (found.row, found.item, found.umbrella)
    rows = zip(*(column.tolist() for column in columns), map(How, found.how.tolist()), strict=True)
    return list(rows)


def test_every_hit_of_a_row_is_reported() -> None:
    batch = CorpusBatch(
        isrc=pa.array(["qz-lrk-26-00002"]), artist=pa.array(["OWL"]), title=pa.array(["dusk - Remastered"])
    )
    assert hits(matcher().ask(batch)) == [(0, 1, -1, How.ISRC), (0, 2, -1, How.TEXT)]


def test_duplicates_are_all_found_and_each_once() -> None:
    batch = CorpusBatch(
        isrc=pa.array(["QZLRK2600003, QZLRK2600002"]),
        gtin=pa.array(["724384960650"]),
        artist=pa.array(["larks"]),
        title=pa.array(["HALO"]),
    )
    assert hits(matcher().ask(batch)) == [
        (0, 1, -1, How.ISRC),
        (0, 0, -1, How.GTIN),
        (0, 1, -1, How.GTIN),
        (0, 0, -1, How.TEXT),
        (0, 1, -1, How.TEXT),
    ]


def test_a_prefix_answers_only_for_an_isrc_that_nothing_else_knows() -> None:
    batch = CorpusBatch(isrc=pa.array(["QZLRK2600001", "QZLRK2699999", "DEA122600001", "USXYZ2600001", None]))
    assert hits(matcher().ask(batch)) == [
        (0, 0, -1, How.ISRC),
        (1, -1, 9, How.ISRC_PREFIX),
        (2, -1, 4, How.ISRC_PREFIX),
    ]


def test_an_artist_without_a_title_is_no_name() -> None:
    assert hits(matcher().ask(CorpusBatch(artist=pa.array(["Owl"])))) == []
    assert hits(matcher().ask(CorpusBatch(artist=pa.array(["Owl"]), title=pa.array([None], pa.string())))) == []


def test_nothing_asked_nothing_found() -> None:
    assert hits(matcher().ask(CorpusBatch())) == []
    assert hits(matcher().ask(CorpusBatch(isrc=pa.array([], pa.string())))) == []


def test_two_threads_answer_as_one() -> None:
    dice = np.random.default_rng(5)
    rows = 20_001
    batch = CorpusBatch(
        isrc=pa.array([f"QZLRK26{n:05d}" for n in dice.integers(0, 5, rows)]),
        artist=pa.array(["larks"] * rows),
        title=pa.array(["halo" if n else "dusk" for n in dice.integers(0, 2, rows)]),
    )
    assert hits(matcher(2).ask(batch)) == hits(matcher().ask(batch))
