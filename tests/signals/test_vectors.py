"""The project's own vectors (``conformance/``): ours must pass all of them, as any implementation may try to."""

import json
from pathlib import Path
from typing import Any

import pytest

from tacenda.core.preference import Dimension, Preference
from tacenda.signals import read
from tacenda.signals.reading import Kind, Place, read_places

FOLDER = Path(__file__).parents[2] / "conformance"
FILES = sorted(FOLDER.glob("*.json"))
CASES = [
    pytest.param(case, id=f"{file.stem}:{case['id']}")
    for file in FILES
    for case in json.loads(file.read_text(encoding="utf-8"))["cases"]
]
ORIGIN = "https://label.example"


def test_there_are_vectors_for_every_protocol_without_public_ones() -> None:
    assert {file.stem for file in FILES} == {
        "tdmrep", "aipref", "rsl", "content-signals", "ai.txt", "plus", "tdm-ai",
    }  # fmt: skip
    assert len(CASES) > 150


@pytest.mark.parametrize("case", CASES)
def test_vector(case: dict[str, Any]) -> None:
    fields = [(name, value) for name, value in case.get("headers", [])]
    kind = None if case["file"] else Kind.OTHER
    answer = read_places(
        [Place(ORIGIN + case["file"], case["body"].encode("utf-8"), tuple(fields), kind)],
        case["about"],
        crawler=case.get("crawler", ""),
    )
    said = {d.value: answer[d].value for d in Dimension if answer[d] is not Preference.UNKNOWN}
    assert said == case["expect"]
    assert answer.apparent_reservation is case["apparent"]
    if "crawl" in case:
        assert answer.crawl.value == case["crawl"]


@pytest.mark.parametrize("case", CASES)
def test_every_case_names_its_clause(case: dict[str, Any]) -> None:
    assert case["clause"]


def test_the_function_of_the_package_reads_the_same() -> None:
    answer = read(b"", {"tdm-reservation": "1"}, f"{ORIGIN}/song.mp3")
    assert answer[Dimension.TDM] is Preference.DENY
