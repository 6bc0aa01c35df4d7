"""Differences that a person can read: short, whatever comes."""

from hypothesis import given
from hypothesis import strategies as st

from tacenda.watch.difference import LINE, MOST_LINES, difference, holds_in_order, json_lines, text_lines

lines = st.lists(st.text(max_size=8), max_size=12)


def test_a_line_that_changed() -> None:
    assert difference(["a", "b", "c"], ["a", "B", "c"]).split("\n") == [
        "--- published", "+++ found", "@@ -1,3 +1,3 @@", " a", "-b", "+B", " c",
    ]  # fmt: skip


@given(lines, lines)
def test_only_equal_texts_have_no_difference_and_every_difference_can_be_stored(
    a: list[str], b: list[str]
) -> None:
    text = difference(a, b)
    assert (text == "") == (a == b)
    text.encode("utf-8")


def test_much_is_cut_and_said_to_be() -> None:
    text = difference([f"a{n} " * 200 for n in range(5000)], [f"b{n}" for n in range(5000)])
    shown = text.split("\n")
    assert len(shown) == MOST_LINES + 1
    assert max(len(line) for line in shown) <= LINE + 1
    assert shown[-1].endswith("more lines")


@given(lines, st.data())
def test_what_is_left_after_lines_are_taken_away_stands_in_order(there: list[str], data: st.DataObject) -> None:
    kept = [line for line in there if data.draw(st.booleans())]
    assert holds_in_order(there, kept)
    assert not holds_in_order(there, [*there, "more"])


def test_lines_of_bytes_and_of_json() -> None:
    assert text_lines(b"\xef\xbb\xbfa\r\nb\rc\nd\x0be\xff") == ["a", "b", "c", "d\x0be\ufffd"]
    assert json_lines({"b": 1, "a": [True]}) == ["{", ' "a": [', "  true", " ],", ' "b": 1', "}"]
