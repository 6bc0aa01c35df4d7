"""The public robots.txt suite on the compiled reader, in both of its modes.

By RFC 9309: the differences declared in `test_robots_spec` beforehand. As Google's parser: every case, its own
leniencies included, but the two that leave the encoding of a raw ``ツ`` in an address to the caller.
"""

import runpy
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tacenda.core.preference import Preference
from tacenda.signals import kernels
from tacenda.signals.program import compile_robots, read_robots

HERE = Path(__file__)
SUITE = HERE.parents[2].parent / "shared" / "conformance" / "robotstxt-spec-test"
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not SUITE.exists(), reason="../shared is not there")]


def cases() -> list[tuple[dict[str, bytes], bytes, bool]]:
    tools = runpy.run_path(str(HERE.with_name("test_robots_spec.py")))
    found = []
    for file in sorted(SUITE.glob("*.textproto")):
        for case in tools["_cases"](file):
            parts = urlsplit(case["testurl"].decode("utf-8"))
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            found.append((case, path.encode(), tools["_declared"](case)))
    return found


def test_by_the_standard() -> None:
    judged = [(case, path) for case, path, declared in cases() if not declared]
    wrong = [
        (case["robotstxt"], path)
        for case, path in judged
        if (read_robots(case["robotstxt"], case["useragent"].decode()).crawl(path).preference is Preference.DENY)
        != (case["expected_outcome"] == b"DISALLOWED")
    ]
    assert len(judged) > 100
    assert wrong == []


def test_as_googles_parser() -> None:
    judged = [(case, path) for case, path, _ in cases() if "ツ".encode() not in case["testurl"]]
    wrong = []
    for case, path in judged:
        decided = compile_robots(case["robotstxt"], case["useragent"].decode(), kernels.GOOGLE).deciding(path)
        if (decided is not None and not decided[0]) != (case["expected_outcome"] == b"DISALLOWED"):
            wrong.append((case["robotstxt"], path, case["useragent"], case["expected_outcome"]))
    assert wrong == []


def test_nothing_that_googles_parser_denies_is_permitted() -> None:
    """Not even where the case tests a leniency: there the answer is unknown.

    Without the three cases in which the RFC's encoding of ``ツ`` and ``%62`` makes an allow line match.
    """
    permitted = [
        (case["robotstxt"], path, case["useragent"])
        for case, path, _ in cases()
        if case["expected_outcome"] == b"DISALLOWED"
        and "ツ".encode() not in case["testurl"]
        and b"%62%61%7A" not in case["robotstxt"]
        and read_robots(case["robotstxt"], case["useragent"].decode()).crawl(path).preference is Preference.ALLOW
    ]
    assert permitted == []
