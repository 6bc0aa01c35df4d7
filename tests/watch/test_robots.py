"""A robots.txt still says what our block said: by its meaning, whatever stands around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacenda.core.declaration import FormKind
from tacenda.core.preference import Dimension
from tacenda.formats.robots_block import Block, put_block
from tacenda.ports import FetchPurpose
from tacenda.watch.plan import Place
from tacenda.watch.robots import compare_robots
from tacenda.watch.verdict import PlaceState

BLOCK = Block(
    "res-1",
    1,
    ("Rights reservation, SHA-256 " + "0" * 64,),
    frozenset({Dimension.TRAIN_ANY, Dimension.TRAIN_GEN, Dimension.AI_INPUT}),
    ("ExampleBot", "OtherBot"),
)
OURS = put_block(b"", BLOCK)
PLACE = Place(FormKind.ROBOTS, "https://lark.example/robots.txt", FetchPurpose.ROBOTS, "res-1", OURS)
MERGED = put_block(b"User-agent: *\r\nDisallow: /private/\r\n\r\nUser-agent: FooBot\r\nDisallow: /x", BLOCK)


def state(body: bytes, *, cut: bool = False) -> PlaceState:
    return compare_robots(PLACE, body, cut=cut).state


@pytest.mark.parametrize(
    "body",
    [
        OURS,
        OURS.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + OURS,
        MERGED,
        b"Sitemap: https://lark.example/s.xml\n" + OURS + b"\n# later\n",
        OURS + b"\nUser-agent: Foo\nDisallow: /\n",
    ],
    ids=["alone", "crlf", "f41-bom", "merged", "beside", "foreign bot kept out"],
)
def test_it_is_present_with_others_lines_around_it(body: bytes) -> None:
    verdict = compare_robots(PLACE, body, cut=False)
    assert (verdict.state, verdict.why, verdict.difference) == (PlaceState.PRESENT, "", "")


def test_a_robots_txt_without_a_word_of_ours_is_removed() -> None:
    for body in (b"User-agent: *\nDisallow:\n", b"# nothing\n", b"\xff\xfe broken", b"<p>"):
        assert state(body) is PlaceState.REMOVED


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (b"ai-train=no", b"ai-train=yes", "ai-train"),
        (b"train-ai=n", b"train-ai=y", "train-ai"),
        (b"train-ai=n", b"Train-AI=n", "train-ai"),
        (b"User-agent: ExampleBot\n", b"", "examplebot"),
        (b"Disallow: /\n", b"Disallow: /nothing\n", "may fetch again"),
    ],
)
def test_a_change_of_meaning_is_a_drift_and_says_what_is_lost(old: bytes, new: bytes, what: str) -> None:
    assert old in OURS
    verdict = compare_robots(PLACE, OURS.replace(old, new), cut=False)
    assert verdict.state is PlaceState.DRIFTED
    assert what in verdict.why
    assert verdict.difference.startswith("--- published\n+++ found")


def test_a_foreign_group_hides_our_lines_from_its_crawler() -> None:
    """RFC 9309, 2.2.1: a crawler that finds its own group reads no other."""
    verdict = compare_robots(PLACE, OURS + b"\nUser-agent: NewBot\nAllow: /\n", cut=False)
    assert verdict.state is PlaceState.DRIFTED
    assert "newbot" in verdict.why


def test_a_foreign_allow_undoes_a_shut_out() -> None:
    body = b"User-agent: ExampleBot\nAllow: /\n\n" + OURS
    verdict = compare_robots(PLACE, body, cut=False)
    assert verdict.state is PlaceState.DRIFTED
    assert "examplebot" in verdict.why


def test_a_site_that_shuts_everyone_out_denies_training_too() -> None:
    assert state(b"User-agent: *\nDisallow: /\n") is PlaceState.DRIFTED  # our lines are gone, the meaning is not
    verdict = compare_robots(PLACE, b"User-agent: *\nDisallow: /\n" + OURS, cut=False)
    assert verdict.state is PlaceState.PRESENT


def test_comments_that_a_host_strips_change_nothing_but_are_told() -> None:
    bare = b"\n".join(line for line in OURS.split(b"\n") if not line.startswith(b"#"))
    verdict = compare_robots(PLACE, bare, cut=False)
    assert verdict.state is PlaceState.PRESENT
    assert "fence" in verdict.remarks[0]


def test_a_block_of_another_version_is_told() -> None:
    verdict = compare_robots(PLACE, OURS.replace(b"res-1 v1", b"res-1 v2"), cut=False)
    assert verdict.state is PlaceState.PRESENT
    assert "v2" in verdict.remarks[0]


def test_f41_a_block_beyond_the_first_500_kib_is_not_there() -> None:
    body = (b"# filler\n" * 60_000 + OURS)[:512_000]
    verdict = compare_robots(PLACE, body, cut=True)
    assert verdict.state is PlaceState.REMOVED
    assert "500 KiB" in verdict.remarks[0]


def test_300_000_bytes_of_hostile_groups_cost_little() -> None:
    body = b"".join(b"User-agent: b%d\nDisallow: /*a*a*a*a$\n" % n for n in range(12_000)) + OURS
    assert state(body) in (PlaceState.PRESENT, PlaceState.DRIFTED)


lines = st.sampled_from(
    [b"User-agent: *", b"User-agent: ExampleBot", b"User-agent: X", b"Allow: /", b"Disallow: /", b"", b"# x",
     b"Content-Usage: train-ai=y", b"Content-Signal: ai-train=yes", b"Sitemap: https://lark.example/"]
)  # fmt: skip


@given(st.lists(lines, max_size=8), st.lists(lines, max_size=8))
def test_any_lines_around_it_give_a_verdict_and_never_present_where_a_crawler_may_train(
    before: list[bytes], after: list[bytes]
) -> None:
    body = b"\n".join([*before, b"", *OURS.split(b"\n"), *after])
    verdict = compare_robots(PLACE, body, cut=False)
    if verdict.state is PlaceState.PRESENT:
        assert b"Allow: /" not in b"\n".join(before + after) or b"Disallow: /" in body
    if not before and not after:
        assert verdict.state is PlaceState.PRESENT


@given(st.binary(max_size=400))
def test_any_bytes_give_a_verdict(body: bytes) -> None:
    assert compare_robots(PLACE, body, cut=False).state in (PlaceState.REMOVED, PlaceState.DRIFTED)


foreign = st.lists(
    st.sampled_from(
        [b"User-agent: *", b"User-agent: X", b"User-agent: Y2", b"Disallow: /", b"Disallow: /a", b"Disallow:", b"",
         b"# x", b"Sitemap: https://lark.example/", b"Crawl-delay: 1", b"Content-Usage: train-ai=n",
         b"Content-Usage: /a search=n", b"Content-Signal: search=yes", b"nonsense", b"\xfa\xfb\xfc"]
    ),
    max_size=10,
)  # fmt: skip
denials = st.frozensets(st.sampled_from([d for d in Dimension if d is not Dimension.TDM]), min_size=1)


@given(
    foreign, denials, st.sampled_from([b"\n", b"\r\n", b"\r"]), st.sampled_from([(), ("ExampleBot", "Other-Bot")])
)
def test_our_block_joined_to_any_file_that_allows_nothing_is_present(
    others: list[bytes], denied: frozenset[Dimension], ending: bytes, tokens: tuple[str, ...]
) -> None:
    block = Block("res-1", 1, (), denied, tokens)
    place = Place(FormKind.ROBOTS, PLACE.url, PLACE.purpose, "res-1", put_block(b"", block))
    joined = put_block(ending.join(others), block)
    verdict = compare_robots(place, joined, cut=False)
    assert (verdict.state, verdict.why, verdict.remarks) == (PlaceState.PRESENT, "", ())
