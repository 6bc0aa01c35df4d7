"""Parties: who owns, administers, grants or is granted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class PartyKind(StrEnum):
    """Whether a party is a natural person or an organisation."""

    PERSON = "person"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Party:
    """A person or organisation with the marks by which its repertoire is recognised.

    The marks are what makes a declaration over *all present and future repertoire* answerable without a list:
    a recording whose ISRC begins with one of `isrc_prefixes` (five characters, ISO 3901), a work with a writer
    or publisher of `ipi_name_numbers`, a release on one of `labels`.

    Attributes:
        id: short and stable within a workspace, such as ``lark-and-linden``.
        legal_name: as registered.
        company_number: registration number, with its register; empty when there is none.
        seat: ISO 3166-1 alpha-2 code of the registered seat, or empty.
        website: https address, or empty.
        contact: mailbox or web address for permission requests, or empty.
        aliases: other names under which it is known.
    """

    id: str
    legal_name: str
    kind: PartyKind = PartyKind.ORGANISATION
    company_number: str = ""
    seat: str = ""
    website: str = ""
    contact: str = ""
    isrc_prefixes: tuple[str, ...] = ()
    ipi_name_numbers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


def party_ids(names: Iterable[str], parties: Mapping[str, Party]) -> tuple[str, ...]:
    """The ids of the parties that are named by id, legal name or alias; sorted. Descriptions name nobody."""
    wanted = frozenset(names)
    return tuple(sorted(p.id for p in parties.values() if wanted & {p.id, p.legal_name, *p.aliases}))
