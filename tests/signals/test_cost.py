"""Bounded work on a stranger's bytes, counted in steps and bytes and not in seconds."""

import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np
import pytest

from tacenda.formats.signals import ai_txt, declared_json, headers, html, rsl, tdm, xmp
from tacenda.formats.signals.statement import Asked
from tacenda.signals.program import MAX_BYTES, compile_robots, read_robots
from tacenda.signals.robots import read_robots_txt

ASKED = Asked("x", "/a", "https://label.example", "GPTBot")


def comparisons(data: bytes, path: bytes) -> int:
    program = compile_robots(data)
    octets = np.frombuffer(path, dtype=np.uint8)
    work = np.zeros(1, dtype=np.int64)
    program.decide(octets, np.empty(3 * len(path) + 1, dtype=np.uint8), work)
    return int(work[0])


def steps(call: Callable[[], object]) -> int:
    """Lines of Python that a call takes."""
    count = 0

    def trace(_: FrameType, event: str, __: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("stars", [15, 30, 60])
def test_a_star_pattern_costs_at_most_pattern_times_path(stars: int) -> None:
    pattern = b"/" + b"a*" * stars + b"b$"
    path = b"/" + b"a" * 2_000
    assert comparisons(b"user-agent: *\ndisallow: " + pattern, path) <= len(pattern) * len(path)


def test_a_star_pattern_of_twice_the_length_costs_less_than_three_times() -> None:
    path = b"/" + b"a" * 4_000
    first, second = (comparisons(b"user-agent: *\ndisallow: /" + b"aaaaaaaab*" * n, path) for n in (16, 32))
    assert second < 3 * first + 100


def test_long_parts_between_stars_are_bounded_by_the_product() -> None:
    pattern, path = b"/*" + b"a" * 500 + b"b", b"/" + b"a" * 4_000
    assert comparisons(b"user-agent: *\ndisallow: " + pattern, path) <= len(pattern) * len(path)


def test_three_hundred_thousand_rules_cost_one_look_each() -> None:
    lines = b"".join(b"disallow: /d%06d\n" % n for n in range(300_000))
    data = b"user-agent: *\n" + lines
    program = compile_robots(data)
    assert len(program.rules) < MAX_BYTES // 10
    assert comparisons(data, b"/d000123") <= len(program.rules)


def test_fifty_megabytes_are_read_as_their_first_512000_octets() -> None:
    data = (b"user-agent: *\ndisallow: /x\n" + b"allow: /a*b*c$\n" * 3_500_000)[:50_000_000]
    cut = compile_robots(data[:MAX_BYTES])
    tracemalloc.start()
    program = read_robots(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(program.strict.rules) == len(cut.rules)
    assert peak < 24 * MAX_BYTES


def test_only_what_is_denied_in_the_part_that_is_read_is_denied() -> None:
    data = b"user-agent: *\n" + b"# x\n" * 200_000 + b"disallow: /\n"
    found = read_robots_txt(data, ASKED)
    assert [d.code for d in found.diagnostics] == ["robots.cut"]


DOUBLED: dict[str, tuple[Callable[[bytes], object], Callable[[int], bytes]]] = {
    "robots": (
        lambda d: read_robots_txt(d, ASKED),
        lambda n: b"user-agent: *\n" + b"content-usage: /a train-ai=n\n" * n,
    ),
    "tdmrep": (
        lambda d: tdm.read_tdmrep(d, ASKED),
        lambda n: b"[" + b",\n".join([b'{"location":"/*a*","tdm-reservation":1}'] * n) + b"]",
    ),
    "ai.txt": (lambda d: ai_txt.read_ai_txt(d, ASKED), lambda n: b"user-agent: *\n" + b"disallow: *.mp3\n" * n),
    "rsl": (
        lambda d: rsl.read_rsl(d, ASKED),
        lambda n: (
            b'<rsl xmlns="https://rslstandard.org/rsl">'
            + b'<content url="/*a*"><license><prohibits type="usage">all</prohibits></license></content>' * n
            + b"</rsl>"
        ),
    ),
    "html, many attributes": (lambda d: html.read_html(d, ASKED), lambda n: b"<meta " + b"a=1 " * n + b">"),
    "html, never closed": (lambda d: html.read_html(d, ASKED), lambda n: b"<meta <script " * n),
    "html, quotes": (lambda d: html.read_html(d, ASKED), lambda n: b"<meta a=\"'" * n),
    "html, blanks": (lambda d: html.read_html(d, ASKED), lambda n: b"<meta " + b" " * 20 * n),
    "fields": (
        lambda d: headers.read_headers(headers.read_dump(d), ASKED),
        lambda n: b"x-robots-tag: noai, a: b\ncontent-usage: train-ai=n\n" * n,
    ),
    "json": (
        lambda d: declared_json.read_json(d, ASKED),
        lambda n: b'{"iscc":"x"' + b"".join(b',"k%d":"false"' % i for i in range(n)) + b"}",
    ),
    "xmp": (lambda d: xmp.read_xmp(d, ASKED), lambda n: b"<rdf:RDF>" * n),
}


@pytest.mark.parametrize("name", DOUBLED)
def test_twice_the_input_costs_less_than_three_times(name: str) -> None:
    read, make = DOUBLED[name]
    small, large = make(200), make(400)
    read(small)
    assert steps(lambda: read(large)) < 3 * steps(lambda: read(small)) + 200
