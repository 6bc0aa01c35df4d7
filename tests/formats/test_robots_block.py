"""Our fenced block: foreign bytes stay, and what it says is what was meant to everyone."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacenda.core.preference import Dimension, Preference
from tacenda.errors import ConflictError, InputError
from tacenda.formats.robots import parse
from tacenda.formats.robots_block import Block, put_block, remove_block, render_block

ALL = frozenset(Dimension)
DEFAULT = ALL - {Dimension.SEARCH}
BLOCK = Block("res-000001", 1, ("Rights reservation",), DEFAULT, ("GPTBot", "AI2Bot", "Kangaroo Bot", "CCBot"))

lines = st.sampled_from(
    [
        "User-agent: *", "User-agent: Googlebot", "User-agent: GPTBot", "Disallow: /private/", "Allow: /",
        "Disallow:", "", "# a comment",
        "Sitemap: https://x.example/s.xml", "Content-Signal: search=yes", "é: ü", "Disallow: /",
        "# BEGIN something else", "# END",
    ]
)  # fmt: skip
foreign = st.builds(
    lambda parts, end, last: (end.join(parts) + (end if last else "")).encode(),
    st.lists(lines, max_size=12),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
) | st.binary(max_size=80).filter(lambda b: b"\x00" not in b and b[:2] not in (b"\xff\xfe", b"\xfe\xff"))
blocks = st.builds(
    Block,
    st.just("res-000001"),
    st.integers(1, 99),
    st.lists(st.text(max_size=30), max_size=2).map(tuple),
    st.frozensets(st.sampled_from(list(Dimension)), min_size=1),
    st.sampled_from([(), ("GPTBot", "AI2Bot", "Kangaroo Bot")]),
)


@settings(max_examples=200)
@given(foreign, blocks, blocks)
def test_taking_the_block_away_gives_back_every_foreign_byte(existing: bytes, first: Any, second: Any) -> None:
    once = put_block(existing, first)
    assert remove_block(once, "res-000001") == existing
    twice = put_block(once, second)
    assert remove_block(twice, "res-000001") == existing
    assert put_block(twice, second) == twice
    assert twice.startswith(existing)


@settings(max_examples=200)
@given(foreign, blocks)
def test_no_foreign_rule_changes_for_a_crawler_that_the_block_does_not_shut_out(
    existing: bytes, block: Any
) -> None:
    before, after = parse(existing), parse(put_block(existing, block))
    for token in ("somebody", "Googlebot"):
        for path in ("/", "/private/x", "/other"):
            assert before.may_crawl(token, path) == after.may_crawl(token, path)


def test_a_fresh_file_says_what_was_declared_to_everyone_and_shuts_out_the_named() -> None:
    robots = parse(put_block(b"", BLOCK))
    assert robots.may_crawl("anyone", "/")
    assert robots.usage_for("anyone", "/x") == {"train-ai": Preference.DENY, "ai-use": Preference.DENY}
    assert robots.signals_for("anyone") == {"ai-train": Preference.DENY, "ai-input": Preference.DENY}
    assert not robots.may_crawl("GPTBot", "/x")
    assert not robots.may_crawl("AI2Bot", "/x")


def test_tokens_that_are_no_tokens_stand_in_a_last_group_of_their_own() -> None:
    text = put_block(b"", BLOCK).decode()
    last = text.split("\n\n")[-1]
    assert "AI2Bot" in last
    assert "Kangaroo Bot" in last
    assert "GPTBot" not in last


def test_a_crawler_with_a_group_of_its_own_is_told_too() -> None:
    after = parse(put_block(b"User-agent: Googlebot\nAllow: /\n", BLOCK))
    assert after.usage_for("googlebot", "/") == {"train-ai": Preference.DENY, "ai-use": Preference.DENY}
    assert after.may_crawl("googlebot", "/")


def test_an_open_group_above_is_closed_so_that_it_is_not_joined_to_ours() -> None:
    merged = put_block(b"User-agent: BadBot\n", BLOCK)
    assert b"Disallow:\n" in merged
    assert parse(merged).may_crawl("BadBot", "/")


def test_two_declarations_stand_side_by_side() -> None:
    second = Block("res-000002", 1, (), frozenset({Dimension.SEARCH}))
    both = put_block(put_block(b"", BLOCK), second)
    assert parse(both).usage_for("x", "/")["search"] is Preference.DENY
    assert remove_block(both, "res-000002") == put_block(b"", BLOCK)


@pytest.mark.parametrize(
    "damaged",
    [
        b"# BEGIN tacenda res-000001 v1\nUser-agent: *\n",
        b"# END tacenda res-000001\n",
        b"# BEGIN tacenda res-000001 v1\n# BEGIN tacenda res-000001 v1\n# END tacenda res-000001\n",
        b"# END tacenda res-000001\n# BEGIN tacenda res-000001 v1\n",
    ],
)
def test_a_damaged_fence_is_never_guessed_at(damaged: bytes) -> None:
    with pytest.raises(ConflictError) as refused:
        put_block(damaged, BLOCK)
    assert refused.value.code == "fence.damaged"


@pytest.mark.parametrize(
    ("existing", "code"),
    [(b"\xff\xfeU\x00", "fence.encoding"), (b"a\x00b", "fence.encoding"), (b"#" * 512_000, "robots.size")],
)
def test_what_cannot_be_joined_is_refused(existing: bytes, code: str) -> None:
    with pytest.raises(InputError) as refused:
        put_block(existing, BLOCK)
    assert refused.value.code == code


def test_f62_a_name_in_a_comment_never_becomes_a_rule() -> None:
    hostile = Block("res-000001", 1, ("x\r\nUser-agent: *\nDisallow: /\u2028\x00 \u202e",), frozenset(), ())
    assert render_block(hostile).count(b"\n") == 3
    assert parse(render_block(hostile)).groups == ()


def test_an_id_that_could_break_the_fence_is_refused() -> None:
    with pytest.raises(InputError):
        render_block(Block("x\ny", 1, (), DEFAULT))


@pytest.mark.parametrize("existing", [b"", b"User-agent: a\nDisallow: /x\n", b"User-agent: a\nDisallow: /x"])
def test_the_block_is_found_after_an_editor_changed_the_line_ends(existing: bytes) -> None:
    edited = put_block(existing, BLOCK).replace(b"\n", b"\r\n")
    assert remove_block(edited, "res-000001") == existing.replace(b"\n", b"\r\n")
