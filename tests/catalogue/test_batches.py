"""Batches: how the rows of a file are cut and freed of duplicates."""

from pathlib import Path

from tacenda.catalogue.batches import BATCH_CHARACTERS, batches
from tacenda.catalogue.plan import PlanOptions, make_plan
from tacenda.ports import ITEM_COLUMNS

TITLE = ITEM_COLUMNS.index("title")


def sizes(path: Path, batch_rows: int) -> list[int]:
    plan = make_plan(path, PlanOptions(), [], "lark")
    return [batch.rows for batch in batches(plan, batch_rows)]


def test_f30_a_batch_is_bounded_in_rows_and_in_characters(tmp_path: Path) -> None:
    path = tmp_path / "songs.csv"
    words = "la " * 60_000
    rows = "".join(f"Song {n},b,{words}\n" for n in range(400))
    path.write_text("Title,Artist,Lyrics\n" + rows, encoding="utf-8")
    assert sizes(path, 1_000) == [180, 180, 40]  # 180 rows are 32.4 million characters
    assert sizes(path, 150) == [150, 150, 100]
    path.write_text("Title,Artist\n" + "".join(f"Song {n},b\n" for n in range(1_000)), encoding="utf-8")
    assert sizes(path, 300) == [300, 300, 300, 100]
    assert BATCH_CHARACTERS < 100_000_000


def test_duplicates_are_told_across_batches_in_the_order_of_lines(tmp_path: Path) -> None:
    path = tmp_path / "songs.csv"
    path.write_text("Title,Artist\na,x\nb,x\na,x\nc,x\nB,X\nc,x\n", encoding="utf-8")
    plan = make_plan(path, PlanOptions(), [], "lark")
    found = list(batches(plan, 2))
    assert [[one[TITLE] for one in batch.items] for batch in found] == [["a", "b"], ["c"], []]
    assert [one.why[:7] for batch in found for one in batch.troubles] == ["Line 2 ", "Line 3 ", "Line 5 "]
    assert [row.line for batch in found for row in batch.left_out] == [4, 6, 7]
