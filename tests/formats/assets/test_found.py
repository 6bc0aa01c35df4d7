"""A file as a carrier of signals."""

from tacenda.formats.assets import containers
from tacenda.formats.assets.fields import Marking, Reading, Statement
from tacenda.formats.assets.found import read_asset, to_found
from tacenda.formats.assets.source import Source, apply
from tacenda.formats.signals.meaning import MINING
from tacenda.formats.signals.statement import Saying, Standing


def test_statements_are_signals_and_notices_are_not(files: dict[str, bytes], marking: Marking) -> None:
    data = apply(files["wav"], containers.write(Source(files["wav"]), marking).splices)
    found = read_asset(Source(data), "a.wav")
    assert {s.protocol for s in found.statements} == {"tdm-tag", "plus"}
    assert frozenset().union(*(s.says.denies for s in found.statements)) == MINING
    assert all(s.standing is Standing.STATED for s in found.statements)


def test_what_is_malformed_is_apparent() -> None:
    reading = Reading("FLAC", (Statement("tdm-tag", "Vorbis", b"yes", 0, Saying(appears=MINING), "No."),))
    found = to_found(reading, "a.flac")
    assert [s.standing for s in found.statements] == [Standing.APPARENT]
    assert [d.code for d in found.diagnostics] == ["tdm-tag.value"]
