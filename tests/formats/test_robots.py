"""robots.txt by RFC 9309 and attach-05. The clause stands in each name or above each test."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacenda.core.preference import Preference
from tacenda.formats.robots import (
    Group,
    Rule,
    UsageRule,
    matches,
    normal_path,
    normal_pattern,
    parse,
    parse_signal,
    render,
    render_signal,
    valid_token,
)

ALLOW, DENY = Preference.ALLOW, Preference.DENY

ATTACH_05 = b"""User-Agent: *
Allow: /
Disallow: /never/
Content-Usage: train-ai=n
Content-Usage: /ai-ok/ train-ai=y

User-Agent: ExampleBot
Allow: /
Content-Usage: train-ai=y
"""


@pytest.mark.parametrize(
    ("token", "path", "crawl", "usage"),
    [
        ("other", "/test", True, {"train-ai": DENY}),
        ("other", "/never/test", False, {}),
        ("other", "/ai-ok/test", True, {"train-ai": ALLOW}),
        ("ExampleBot", "/test", True, {"train-ai": ALLOW}),
    ],
)
def test_the_worked_example_of_attach_05(token: str, path: str, crawl: bool, usage: dict[str, Preference]) -> None:
    robots = parse(ATTACH_05)
    assert robots.may_crawl(token, path) is crawl
    assert robots.usage_for(token, path) == usage


def test_2_2_1_all_groups_of_a_token_are_one_and_hide_everyone() -> None:
    robots = parse(
        b"User-agent: *\nDisallow: /x\nUSER-AGENT: foo\nDisallow: /a\n\nuser-agent: FOO\nDisallow: /b\n"
    )
    assert not robots.may_crawl("Foo", "/a")
    assert not robots.may_crawl("fOO", "/b")
    assert robots.may_crawl("foo", "/x")
    assert not robots.may_crawl("bar", "/x")


def test_2_2_2_the_longest_match_wins_and_allow_wins_a_tie() -> None:
    robots = parse(b"User-agent: *\nDisallow: /page\nAllow: /page\nDisallow: /folder\nAllow: /folder/page\n")
    assert robots.may_crawl("a", "/page")
    assert robots.may_crawl("a", "/folder/page1")
    assert not robots.may_crawl("a", "/folder/other")


# RFC 9309 section 2.2.2, the table of encodings.
@pytest.mark.parametrize(
    ("pattern", "path", "hit"),
    [
        ("/foo/bar?baz=quz", "/foo/bar?baz=quz", True),
        ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https://foo.bar", True),
        ("/foo/bar/ツ", "/foo/bar/%E3%83%84", True),
        ("/foo/bar/%E3%83%84", "/foo/bar/ツ", True),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz", True),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html", True),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-x.html", False),
        ("/path/foo-%24", "/path/foo-$", True),
        ("/a%2fb", "/a/b", False),
        ("/a%2fb", "/a%2Fb", True),
        ("*.gif$", "/x/y.gif", True),
        ("*.gif$", "/x/y.gif?z", False),
        ("/a$b", "/a$bc", True),
        ("/fish*.php", "/fishheads/catfish.php?id=1", True),
        ("/*$", "/anything", True),
        ("/fish", "/Fish", False),
        ("$", "/", False),
        ("", "/", False),
    ],
)
def test_2_2_2_octets_are_compared_after_normalisation(pattern: str, path: str, hit: bool) -> None:
    normal = normal_pattern(pattern.encode())
    assert (bool(normal) and matches(normal, normal_path(path))) is hit


def test_2_2_4_other_records_and_blank_lines_do_not_end_a_group() -> None:
    robots = parse(
        b"User-agent: a\n\nSitemap: https://x.example/s.xml\n\nDisallow: /b\nUnknown: 1\nDisallow: /c\n"
    )
    assert [rule.pattern for rule in robots.group_for("a").rules] == [b"/b", b"/c"]


def test_rules_before_the_first_user_agent_line_belong_to_nobody() -> None:
    assert parse(b"Disallow: /\nUser-agent: a\nDisallow: /x\n").may_crawl("b", "/")


def test_a_content_signal_does_not_part_user_agent_lines_but_a_rule_does() -> None:
    joined = parse(b"User-agent: *\nContent-Signal: ai-train=no\nUser-agent: GPTBot\nDisallow: /\n")
    assert not joined.may_crawl("anyone", "/")
    parted = parse(b"User-agent: *\nContent-Signal: ai-train=no\nDisallow:\nUser-agent: GPTBot\nDisallow: /\n")
    assert parted.may_crawl("anyone", "/")
    assert not parted.may_crawl("gptbot", "/")


def test_2_5_only_the_first_512000_bytes_are_read() -> None:
    head = b"User-agent: *\n"
    filler = b"#" * (512_000 - len(head) - 1) + b"\n"
    assert parse(head + filler + b"Disallow: /\n").may_crawl("a", "/")
    assert parse(head + filler + b"Disallow: /\n").cut
    assert not parse(head + filler[200:] + b"Disallow: /\n").may_crawl("a", "/")


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_mark(end: bytes, mark: bytes) -> None:
    robots = parse(mark + end.join([b"User-agent: a", b"Disallow: /x # not this", b"Disallow: /#y", b""]))
    assert [rule.pattern for rule in robots.group_for("a").rules] == [b"/x", b"/"]


def test_robots_txt_itself_may_always_be_fetched() -> None:
    assert parse(b"User-agent: *\nDisallow: /\n").may_crawl("a", "/robots.txt")


def test_identical_usage_paths_combine_to_the_most_restrictive() -> None:
    robots = parse(b"User-agent: *\nContent-Usage: train-ai=y\nContent-Usage: train-ai=n, search=y\nAllow: /\n")
    assert robots.usage_for("a", "/x") == {"train-ai": DENY, "search": ALLOW}


def test_a_longer_usage_path_replaces_and_does_not_inherit() -> None:
    robots = parse(b"User-agent: *\nContent-Usage: train-ai=n\nContent-Usage: /press/ search=y\nAllow: /\n")
    assert robots.usage_for("a", "/press/1") == {"search": ALLOW}


def test_content_signals_any_no_wins_and_unknown_words_say_nothing() -> None:
    assert parse_signal("search=yes, AI-Train=no ,ai-input=maybe,use=reference,ai-train=yes") == {
        "search": ALLOW,
        "ai-train": DENY,
    }
    robots = parse(b"Content-Signal: ai-train=no\nUser-agent: *\nDisallow: /x\n")
    assert robots.signals_for("a") == {"ai-train": DENY}
    assert render_signal({"search": ALLOW, "ai-train": DENY}) == "search=yes, ai-train=no"


@pytest.mark.parametrize(
    ("token", "good"),
    [
        ("GPTBot", True),
        ("a_b-C", True),
        ("AI2Bot", False),
        ("Terra Cotta", False),
        ("", False),
        ("x.y", False),
        ("é", False),
    ],
)
def test_2_2_1_product_tokens_have_letters_hyphens_and_underscores(token: str, good: bool) -> None:
    assert valid_token(token) is good


def test_f41_hostile_files_are_read_within_bounds_and_never_fail() -> None:
    for data in (
        b"\x00" * 600_000,
        b"<html><body>404</body></html>",
        b"\xff\xfe\x00U\x00s",
        b":" * 100_000,
        b"User-agent: " + b"a" * 600_000,
    ):
        assert parse(data).may_crawl("a", "/")


def _cost(size: int) -> float:
    pattern = normal_pattern(b"/" + b"*a" * size + b"*b$")
    path = normal_path("/" + "a" * size * 2)
    start = time.process_time()
    for _ in range(20):
        matches(pattern, path)
    return time.process_time() - start


def test_stars_cost_no_more_than_pattern_times_path() -> None:
    assert not matches(normal_pattern(b"/" + b"*a" * 2000 + b"*b$"), normal_path("/" + "a" * 20_000))
    assert _cost(4000) < 1.0


tokens = st.from_regex(r"[A-Za-z_-]{1,12}", fullmatch=True)
patterns = st.from_regex(r"/[A-Za-z0-9._~/*-]{0,12}\$?", fullmatch=True).map(lambda t: normal_pattern(t.encode()))
groups = st.builds(
    Group,
    st.lists(tokens.map(str.lower), min_size=1, max_size=3, unique=True).map(tuple),
    st.lists(st.builds(Rule, st.booleans(), patterns), min_size=1, max_size=4).map(tuple),
    st.lists(
        st.builds(UsageRule, patterns, st.sampled_from(["train-ai=n", "search=y, ai-use=n"])), max_size=2
    ).map(tuple),
    st.lists(st.sampled_from(["ai-train=no", "search=yes"]), max_size=2).map(tuple),
)


@settings(max_examples=100)
@given(st.lists(groups, max_size=4))
def test_reading_what_was_rendered_gives_it_back(written: Any) -> None:
    assert parse(render(written).encode()).groups == tuple(written)


@settings(max_examples=200)
@given(st.binary(max_size=400), st.text(max_size=30))
def test_no_bytes_make_it_fail(data: bytes, path: str) -> None:
    robots = parse(data)
    robots.may_crawl("gptbot", path)
    robots.usage_for("gptbot", path)
    robots.signals_for("gptbot")


def _brute(pattern: str, path: str) -> bool:
    """The plain definition: a star is any run, a final dollar is the end."""
    if not pattern:
        return True
    if pattern == "$":
        return not path
    if pattern[0] == "*":
        return any(_brute(pattern[1:], path[place:]) for place in range(len(path) + 1))
    return bool(path) and pattern[0] == path[0] and _brute(pattern[1:], path[1:])


@settings(max_examples=300)
@given(st.from_regex(r"/[ab*]{0,6}\$?", fullmatch=True), st.from_regex(r"/[ab]{0,7}", fullmatch=True))
def test_matching_is_what_the_definition_says(pattern: str, path: str) -> None:
    assert matches(normal_pattern(pattern.encode()), path.encode()) is _brute(pattern, path)
