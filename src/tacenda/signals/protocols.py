"""Which protocols are honoured, and the rule between them: dated data, changeable by whoever reads.

The shipped table is ``data/protocols.toml``. A table of one's own overrides it entry by entry, so that it
need hold no more than what differs.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from tacenda.data import protocols_text
from tacenda.errors import InputError

_RULES: Final[Mapping[str, tuple[str, ...]]] = {
    "cross_protocol": ("deny-wins", "first"),
    "apparent": ("flag", "deny"),
    "robots": ("rfc9309", "google"),
}


@dataclass(frozen=True, slots=True)
class Protocol:
    """One entry of the table; `honoured` says whether its statements count."""

    id: str
    title: str
    version: str
    status: str
    source: str
    carriers: tuple[str, ...]
    honoured: bool


@dataclass(frozen=True, slots=True)
class Protocols:
    """The table.

    Attributes:
        cross_protocol: ``deny-wins`` or ``first``.
        apparent: ``flag`` or ``deny``.
        robots: ``rfc9309`` or ``google``.
    """

    as_of: date
    cross_protocol: str
    apparent: str
    robots: str
    entries: tuple[Protocol, ...]

    def honours(self, protocol: str) -> bool:
        return any(entry.id == protocol and entry.honoured for entry in self.entries)

    def document(self) -> dict[str, Any]:
        return {
            "as_of": self.as_of.isoformat(),
            "rule": {"cross_protocol": self.cross_protocol, "apparent": self.apparent, "robots": self.robots},
            "protocols": [
                {
                    "id": e.id, "title": e.title, "version": e.version, "status": e.status, "source": e.source,
                    "carriers": list(e.carriers), "honoured": e.honoured,
                }
                for e in self.entries
            ],
        }  # fmt: skip


@cache
def shipped() -> Protocols:
    """The table that comes with Tacenda."""
    return _table(_parse(protocols_text(), "data/protocols.toml"), "data/protocols.toml")


def overridden(text: str, where: str) -> Protocols:
    """The shipped table with what `text` (TOML, of the same form) says otherwise.

    Raises:
        InputError: ``protocols.syntax``, ``protocols.rule``, ``protocols.entry`` or ``protocols.date``.
    """
    base, mine = _parse(protocols_text(), where), _parse(text, where)
    entries = {entry["id"]: dict(entry) for entry in base["protocol"]}
    for entry in mine.get("protocol", []):
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
            raise InputError("protocols.entry", "A protocol needs an id that is a text.", where=where)
        entries.setdefault(entry["id"], {}).update(entry)
    order = (
        [e["id"] for e in mine.get("protocol", [])]
        if mine.get("rule", {}).get("cross_protocol") == "first"
        else []
    )
    merged = {
        "as_of": mine.get("as_of", base["as_of"]),
        "rule": {**base["rule"], **mine.get("rule", {})},
        "protocol": [entries[name] for name in dict.fromkeys([*order, *entries])],
    }
    return _table(merged, where)


def _parse(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError("protocols.syntax", f"This is not TOML: {error}.", where=where) from error


def _table(document: Mapping[str, Any], where: str) -> Protocols:
    rule = document["rule"]
    for name, words in _RULES.items():
        if rule.get(name) not in words:
            hint = f"It is one of: {', '.join(words)}."
            raise InputError(
                "protocols.rule", f"The rule {name} is {str(rule.get(name))[:60]!r}.", hint=hint, where=where
            )
    if type(document["as_of"]) is not date:
        raise InputError("protocols.date", "as_of is a date, such as 2026-11-22.", where=where)
    entries = []
    for entry in document["protocol"]:
        if not isinstance(entry.get("honoured", True), bool):
            raise InputError(
                "protocols.entry", f"honoured of {entry['id'][:60]!r} is not true or false.", where=where
            )
        told = [str(entry.get(key, "")) for key in ("title", "version", "status", "source")]
        carriers = tuple(str(carrier) for carrier in entry.get("carriers", []))
        entries.append(
            Protocol(entry["id"], told[0], told[1], told[2], told[3], carriers, entry.get("honoured", True))
        )
    return Protocols(document["as_of"], rule["cross_protocol"], rule["apparent"], rule["robots"], tuple(entries))
