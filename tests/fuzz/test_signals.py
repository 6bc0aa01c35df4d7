"""Fuzz targets of every reader of strangers' signals: random bytes, bytes made of their own words, and a corpus.

A target never raises, answers the same twice, quotes only what is there, and can be written as JSON. The corpus
under ``signals_corpus/`` is replayed in every run; `atheris_signals.py` beside this file runs them for hours.
"""

import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacenda.core.preference import Dimension, Preference
from tacenda.formats.signals.warc import responses
from tacenda.signals.evaluate import Answer
from tacenda.signals.program import compile_robots, read_robots
from tacenda.signals.reading import Kind, Place, read_places

CORPUS = sorted((Path(__file__).parent / "signals_corpus").iterdir())
VECTORS = sorted((Path(__file__).parents[2] / "conformance").glob("*.json"))
KINDS = [kind for kind in Kind if kind is not Kind.MEDIA]
ABOUT = "https://label.example/music/a.mp3?x=1"
WORDS = [
    b"User-agent: *\n",
    b"User-agent: GPTBot\r\n",
    b"Disallow: /\n",
    b"Allow: /*.mp3$\n",
    b"Content-Usage: train-ai=n\n",
    b"Content-Signal: ai-train=no\n",
    b"License: /x\n",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\x00",
    b"#",
    b":",
    b"%",
    b"%6",
    b'[{"location":"/","tdm-reservation":1}]',
    b'{"iscc":"x","all":"false"}',
    b"{",
    b"[",
    b'"',
    b"<",
    b">",
    b"/",
    b"=",
    b'<meta name="tdm-reservation" content="1">',
    b"<!--",
    b"-->",
    b"<script>",
    b"</script",
    b"<meta ",
    b"'",
    b'<rsl xmlns="https://rslstandard.org/rsl">',
    b'<content url="/">',
    b'<license><prohibits type="usage">ai-all',
    b"</prohibits></license></content></rsl>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"&b;",
    b"<rdf:RDF ",
    b"</rdf:RDF>",
    b'xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" plus:DataMining="DMI-PROHIBITED"',
    b"tdm-reservation: 1\n",
    b"X-Robots-Tag: NoAI, gptbot: noai\n",
    b"Link: <x>; rel=license; type=application/rsl+xml\n",
    b"\n",
    b"\r",
    b" ",
    b",",
]
made = st.lists(st.one_of(st.sampled_from(WORDS), st.binary(max_size=6)), max_size=25).map(b"".join)
octets = st.one_of(st.binary(max_size=300), made)


def target(data: bytes, kind: Kind, crawler: str = "") -> Answer:
    place = Place("https://label.example/x", data, (), kind)
    return read_places([place], ABOUT, crawler=crawler)


def hold(data: bytes, kind: Kind, crawler: str) -> None:
    answer = target(data, kind, crawler)
    assert json.dumps(answer.document()) == json.dumps(target(data, kind, crawler).document())
    for statement in answer.statements:
        assert 0 <= statement.line <= data.count(b"\n") + data.count(b"\r") + 1
        assert len(statement.raw) <= 2_000
        assert not statement.says.denies & statement.says.allows
    for dimension in Dimension:
        if answer[dimension] is not Preference.UNKNOWN:
            assert answer.reasons[dimension]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(data=octets, crawler=st.sampled_from(["", "GPTBot"]))
def test_no_bytes_break_a_reader(kind: Kind, data: bytes, crawler: str) -> None:
    hold(data, kind, crawler)


@settings(max_examples=60, deadline=None)
@given(data=octets)
def test_no_bytes_break_the_reader_of_archives(data: bytes) -> None:
    list(responses(io.BytesIO(data)))
    list(responses(io.BytesIO(b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 40\r\n\r\n" + data)))


@settings(max_examples=60, deadline=None)
@given(
    fields=st.lists(
        st.tuples(
            st.sampled_from(["tdm-reservation", "tdm-policy", "Content-Usage", "X-Robots-Tag", "Link", "x"]),
            st.text(max_size=40),
        ),
        max_size=6,
    )
)
def test_no_fields_break_the_reader_of_responses(fields: list[tuple[str, str]]) -> None:
    answer = read_places([Place(ABOUT, b"", tuple(fields), Kind.OTHER)], ABOUT, crawler="GPTBot")
    json.dumps(answer.document())


@settings(max_examples=300, deadline=None)
@given(data=made)
def test_a_byte_order_mark_never_loses_a_denial(data: bytes) -> None:
    plain, marked = read_robots(data, "GPTBot"), read_robots(b"\xef\xbb\xbf" + data, "GPTBot")
    if plain.crawl(b"/music/").preference is Preference.DENY:
        assert marked.crawl(b"/music/").preference is Preference.DENY


@settings(max_examples=300, deadline=None)
@given(
    data=made, more=st.sampled_from([b"\nUser-agent: *\nDisallow: /\n", b"\nUser-agent: GPTBot\nDisallow: /\n"])
)
def test_a_whole_denial_at_the_end_is_found(data: bytes, more: bytes) -> None:
    program = compile_robots(data + more, "GPTBot")
    if more.startswith(b"\nUser-agent: GPTBot") or not program.named:
        assert any(not row[3] & 8 for row in program.rules.tolist())


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.name)
def test_the_corpus_is_replayed(file: Path) -> None:
    data = file.read_bytes()
    for kind in Kind:
        hold(data, kind, "GPTBot")
    list(responses(io.BytesIO(data)))


@pytest.mark.parametrize("file", VECTORS, ids=lambda file: file.stem)
def test_every_vector_cut_short_is_read(file: Path) -> None:
    for case in json.loads(file.read_text(encoding="utf-8"))["cases"]:
        data = case["body"].encode("utf-8")
        for length in range(0, len(data), max(1, len(data) // 12)):
            for kind in (
                Kind.ROBOTS,
                Kind.TDMREP,
                Kind.AI_TXT,
                Kind.RSL,
                Kind.HTML,
                Kind.JSON,
                Kind.XMP,
                Kind.OPF,
            ):
                target(data[:length], kind)
