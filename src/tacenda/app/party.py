"""Parties: add one, find one. Each version that is put is filed, so that who was who is evidence too."""

import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit

from tacenda.app.desk import Desk
from tacenda.app.evidence import publish
from tacenda.core.documents import party_to_document
from tacenda.core.fold import fold_text
from tacenda.core.identifiers import Scheme, identifier
from tacenda.core.party import Party, PartyKind
from tacenda.core.territory import country
from tacenda.errors import ConflictError, InputError
from tacenda.ports import Change, Record

MAX_ID: Final = 64
ID_FORM: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
PREFIX_FORM: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{3}")
MAX_TEXT: Final = 1_000


def add_party(desk: Desk, party: Party, *, replace: bool = False) -> Party:
    """Add a party, or amend one that is there; the party as it is kept.

    Args:
        replace: whether a party with this id may be there. The same party again changes nothing and files nothing.

    Raises:
        ConflictError: ``party.exists``.
        InputError: ``party.id``, ``party.name`` and so on: what has no valid form.
    """
    checked = check_party(party)
    with desk.store.writing() as change:
        known = {p.id: p for p in change.parties()}.get(checked.id)
        if known is not None and known != checked and not replace:
            raise ConflictError(
                "party.exists",
                f"There is a party {checked.id!r} already.",
                hint="Choose another id, or amend it with --replace.",
            )
        if known != checked:
            file_party(desk, change, checked)
    publish(desk)
    return checked


def list_parties(desk: Desk) -> Sequence[Party]:
    """All parties by id."""
    with desk.store.reading() as view:
        return view.parties()


def find_party(desk: Desk, party_id: str) -> Party:
    """One party.

    Raises:
        InputError: ``party.unknown``.
    """
    for party in list_parties(desk):
        if party.id == party_id:
            return party
    raise InputError("party.unknown", f"There is no party {party_id[:80]!r}.", hint="See `tacenda party list`.")


def file_party(desk: Desk, change: Change, party: Party) -> Record:
    """Put the party and file it as the next version of its record, in the transaction `change`."""
    checked = check_party(party)
    change.put_party(checked)
    versions = [record.version for record in change.records("party") if record.id == checked.id]
    return desk.file(change, "party", checked.id, max(versions, default=0) + 1, party_to_document(checked))


def id_from_name(name: str) -> str:
    """An id made from a legal name: ``Lark & Linden Music GmbH`` is ``lark-and-linden-music-gmbh``.

    Raises:
        InputError: ``party.id`` when nothing of the name can stand in an id, as with names not in Latin letters.
    """
    letters = re.sub(r"[^a-z0-9]+", "-", fold_text(name)).strip("-")[:MAX_ID].strip("-")
    if not letters:
        raise InputError("party.id", "No id can be made from this name.", hint="Give one with --id.")
    return letters


def check_party(party: Party) -> Party:
    """The party with its marks in normal form: codes in capitals without hyphens or dots, nothing twice.

    Raises:
        InputError: ``party.id`` and so on, ``ipi.check`` and so on: the first field that has no valid form.
    """
    if not ID_FORM.fullmatch(party.id):
        raise InputError(
            "party.id",
            f"{party.id[:80]!r} is no party id.",
            hint="Use lower-case letters, digits and hyphens, such as lark-and-linden.",
        )
    return Party(
        id=party.id,
        legal_name=_line("legal name", party.legal_name, needed=True),
        kind=PartyKind(party.kind),
        company_number=_line("company number", party.company_number),
        seat=_seat(party.seat.strip()),
        website=_address(party.website),
        contact=_line("contact", party.contact),
        isrc_prefixes=_codes("ISRC prefix", party.isrc_prefixes, PREFIX_FORM, "DEA12"),
        ipi_name_numbers=_once(identifier(Scheme.IPI, number).value for number in party.ipi_name_numbers),
        labels=_once(_line("label", label, needed=True) for label in party.labels),
        aliases=_once(_line("alias", alias, needed=True) for alias in party.aliases),
    )


def _line(what: str, text: str, *, needed: bool = False) -> str:
    text = text.strip()
    if needed and not text:
        raise InputError("party.empty", f"The {what} is empty.", hint="Give it.")
    if len(text) > MAX_TEXT or any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in text):
        raise InputError(
            "party.text",
            f"The {what} has more than {MAX_TEXT} characters or holds a line break or other control character.",
            hint="Write it on one line.",
        )
    return text


def _seat(code: str) -> str:
    """A country in capitals (ISO 3166-1 alpha-2), or nothing."""
    if not code:
        return ""
    try:
        return country(code)
    except InputError as error:
        raise InputError(
            "party.seat",
            error.message,
            hint="Use two letters, such as DE, or GB for the United Kingdom.",
            where="seat",
        ) from error


def _address(text: str) -> str:
    text = _line("website", text)
    if text and (urlsplit(text).scheme not in ("https", "http") or not urlsplit(text).hostname):
        raise InputError("party.website", f"{text[:80]!r} is no web address.", hint="Write https://lark.example.")
    return text


def _codes(what: str, values: Sequence[str], form: re.Pattern[str], example: str) -> tuple[str, ...]:
    return _once(_code(what, _bare(value), form, example) for value in values)


def _code(what: str, value: str, form: re.Pattern[str], example: str) -> str:
    if not form.fullmatch(value):
        raise InputError("party.code", f"{value[:40]!r} is no {what}.", hint=f"An example: {example}.")
    return value


def _bare(value: str) -> str:
    return re.sub(r"[-. ]", "", value).upper()


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
