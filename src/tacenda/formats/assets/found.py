"""A file of sound or a picture as a carrier of signals, in the words of `tacenda.formats.signals`."""

from typing import Final

from tacenda.core.preference import Dimension
from tacenda.formats.assets import containers
from tacenda.formats.assets.fields import Reading, Statement
from tacenda.formats.assets.source import Source
from tacenda.formats.signals.statement import Diagnostic, Found, Standing, cut
from tacenda.formats.signals.statement import Statement as Signal

_VERSIONS: Final = {"plus": "LDF 2.0.1", "cawg": "1.1", "tdm-tag": "tacenda/1"}


def read_asset(source: Source, where: str) -> Found:
    """The statements in a file; notices that only people read are left out.

    Raises:
        InputError: ``asset.*``.
    """
    return to_found(containers.read(source), where)


def to_found(reading: Reading, where: str) -> Found:
    """A reading as signals. What is malformed is apparent: it says nothing, and is shown."""
    signals = tuple(_signal(s, where) for s in reading.statements if s.protocol != "notice")
    notes = [Diagnostic("asset.unread", where, 0, note) for note in reading.notes]
    notes += [Diagnostic(f"{s.protocol}.value", where, 0, s.why) for s in reading.statements if s.why]
    return Found(signals, tuple(notes))


def _signal(statement: Statement, where: str) -> Signal:
    says = statement.says
    silent = not any(d in says.denies or d in says.allows for d in Dimension)
    standing = Standing.APPARENT if says.appears and silent else Standing.STATED
    return Signal(
        protocol=statement.protocol,
        version=_VERSIONS.get(statement.protocol, ""),
        carrier=statement.carrier,
        where=where,
        line=0,
        raw=cut(statement.raw),
        term=statement.raw.decode("utf-8", "backslashreplace")[:200],
        says=says,
        standing=standing,
    )
