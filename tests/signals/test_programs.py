"""The compiled reader of robots.txt: clauses of RFC 9309, its two readings, and Google's parser beside it."""

import random

import numpy as np
import pytest

from tacenda.core.preference import Preference
from tacenda.signals import kernels
from tacenda.signals.program import compile_robots, read_robots

ALLOW, DENY, UNKNOWN = Preference.ALLOW, Preference.DENY, Preference.UNKNOWN
GROUP = b"User-agent: *\n"


@pytest.mark.parametrize(
    ("rules", "path", "expected"),
    [
        (b"Disallow: /a", b"/ab", DENY),
        (b"Disallow: /a\nAllow: /ab", b"/ab", ALLOW),
        (b"Disallow: /a\nAllow: /a", b"/a", ALLOW),
        (b"Disallow:", b"/a", ALLOW),
        (b"Disallow: /a***\nAllow: /ab*", b"/ab", DENY),
        (b"Disallow: /a*bc\nAllow: /a$b", b"/a$bc", DENY),
        (b"Disallow: *.gif$", b"/x/y.gif", DENY),
        (b"Disallow: *.gif$", b"/x/y.gif?z", ALLOW),
        (b"Disallow: /foo/bar/%62%61%7A", b"/foo/bar/baz", DENY),
        (b"Disallow: /foo/bar/%E3%83%84", "/foo/bar/ツ".encode(), DENY),
        ("Disallow: /foo/bar/ツ".encode(), b"/foo/bar/%e3%83%84", DENY),
        (b"Disallow: /x-%2A.html", b"/x-*.html", DENY),
        (b"Disallow: /x-%24", b"/x-$", DENY),
        (b"Disallow: /", b"/robots.txt", ALLOW),
        (b"Disallow: /A", b"/a", ALLOW),
        (b"Sitemap: x\n\nDisallow: /", b"/", DENY),
    ],
)
def test_rules_of_rfc_9309_section_2_2(rules: bytes, path: bytes, expected: Preference) -> None:
    assert read_robots(GROUP + rules).crawl(path).preference is expected


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xef\xbb", b"\xef"])
def test_a_byte_order_mark_before_the_first_line_loses_no_denial(mark: bytes) -> None:
    assert read_robots(mark + GROUP + b"Disallow: /").crawl(b"/a").preference is DENY


@pytest.mark.parametrize(
    "data",
    [
        b"User-agent *\nDisallow /",
        GROUP + b"Dissallow: /",
        b"User-agent: GPTBot/1.1\nDisallow: /",
        b"# managed\n\xef\xbb\xbfUser-agent: *\nDisallow: /",
        b"User-agent: * all\nDisallow: /",
        b"User agent: GPTBot\nDisallow: /",
    ],
)
def test_what_only_a_lenient_reader_sees_is_no_permission(data: bytes) -> None:
    crawl = read_robots(data, "GPTBot").crawl(b"/a")
    assert (crawl.preference, crawl.apparent) == (UNKNOWN, True)


def test_a_lenient_permission_does_not_lift_a_denial() -> None:
    data = b"User-agent: GPTBot/1.1\nAllow: /\n\nUser-agent: *\nDisallow: /"
    assert read_robots(data, "GPTBot").crawl(b"/a").preference is DENY


def test_a_token_is_never_matched_by_a_part_of_it() -> None:
    assert read_robots(b"User-agent: Code\nDisallow: /", "CodeBot").crawl(b"/").preference is ALLOW


def _random(dice: random.Random) -> bytes:
    lines = []
    for _ in range(dice.randint(1, 12)):
        key = dice.choice(["User-agent", "Disallow", "Disallow", "Allow", "Sitemap", "Dissallow", "useragent"])
        value = "/" + "".join(
            dice.choice(["a", "b", "/", "*", "$", "ü", "%2a", "~"]) for _ in range(dice.randint(0, 5))
        )
        if "agent" in key:
            value = dice.choice(["*", "FooBot", "BarBot", "FooBot/1", "* x"])
        lines.append(f"{key}{dice.choice([': ', ':', ' '] if dice.random() < 0.2 else [': '])}{value}")
    return ("\ufeff" if dice.random() < 0.1 else "").encode() + dice.choice(["\n", "\r\n", "\r"]).join(
        lines
    ).encode()


def test_googles_parser_denies_nothing_that_is_permitted_here() -> None:
    google = pytest.importorskip("jwm.robotstxt.googlebot")
    matcher = google.RobotsMatcher()
    for number in range(5_000):
        dice = random.Random(number)
        data, agent = _random(dice), dice.choice(["FooBot", "BarBot"])
        path = "/" + "".join(dice.choice("ab/") for _ in range(dice.randint(0, 5)))
        permits = matcher.OneAgentAllowedByRobots(data, agent, f"http://x.example{path}")
        decided = compile_robots(data, agent, kernels.GOOGLE).deciding(path.encode())
        assert (decided is None or decided[0]) == permits, (data, agent, path)
        if not permits:
            assert read_robots(data, agent).crawl(path.encode()).preference is not ALLOW, (data, agent, path)


def test_rule_rows_hold_what_they_promise() -> None:
    program = compile_robots(GROUP + b"Allow: /a*$\n")
    first, length, octets, flags, line = program.rules[0].tolist()
    assert (bytes(program.pool[first : first + length]), octets, line) == (b"/a*", 4, 2)
    assert flags & kernels.ALLOWS
    assert flags & kernels.ANCHORED
    assert program.pool.dtype == np.uint8
