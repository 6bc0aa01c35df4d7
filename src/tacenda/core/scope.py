"""What a reservation or licence is about: everything, a catalogue, labels, ISRC prefixes, IPI numbers, or a list.

A scope is a description, not a list of works, so it also holds for what does not exist yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tacenda.core.fold import fold_text
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.party import Party
from tacenda.core.thing import Thing
from tacenda.core.vocabulary import Layer, in_order, layers_reached


@dataclass(frozen=True, slots=True)
class AllRepertoire:
    """All present and future repertoire of the party that speaks.

    It reaches what the party claims, and what bears one of the party's marks (`Party.isrc_prefixes`,
    `ipi_name_numbers`, `labels`), whether or not it was ever imported.
    """


@dataclass(frozen=True, slots=True)
class OfCatalogues:
    """The things in these catalogues, as they stand at the time of the question."""

    catalogues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfLabels:
    """The things released on these labels; compared after folding case, accents and punctuation."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfIsrcPrefixes:
    """The recordings whose ISRC begins with one of these five-character prefixes (ISO 3901)."""

    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfIpis:
    """The works in which one of these IPI name numbers has a part."""

    ipi_name_numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfList:
    """The things that bear one of these identifiers.

    `listed` is the same as a set, made once: a list may name a hundred thousand, and is asked about each.
    """

    identifiers: tuple[Identifier, ...]
    listed: frozenset[Identifier] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "listed", frozenset(self.identifiers))


Scope: TypeAlias = AllRepertoire | OfCatalogues | OfLabels | OfIsrcPrefixes | OfIpis | OfList


def scope_words(scope: Scope) -> tuple[str, tuple[str, ...]]:
    """A scope as a phrase, and the list behind it (empty where the phrase says all)."""
    match scope:
        case AllRepertoire():
            return "all present and future repertoire", ()
        case OfCatalogues(names):
            return "everything in these catalogues", names
        case OfLabels(names):
            return "everything released on these labels", names
        case OfIsrcPrefixes(names):
            return "every recording whose ISRC begins with", names
        case OfIpis(names):
            return "every work in which these IPI name numbers have a part", names
        case OfList(identifiers):
            return "the things that bear these identifiers", tuple(str(identifier) for identifier in identifiers)


def covers(scope: Scope, speaker: str, thing: Thing, parties: Mapping[str, Party]) -> str:
    """Why `scope`, stated by the party `speaker`, reaches `thing`, in words; empty if it does not.

    Costs no more than the number of marks, identifiers and claims.
    """
    match scope:
        case AllRepertoire():
            return _all_repertoire(speaker, thing, parties)
        case OfCatalogues(catalogues):
            hit = sorted(thing.catalogues.intersection(catalogues))
            return f"it is in the catalogue {hit[0]}" if hit else ""
        case OfLabels(labels):
            return _on_label(labels, thing)
        case OfIsrcPrefixes(prefixes):
            return _with_prefix(prefixes, thing)
        case OfIpis(numbers):
            return _with_ipi(numbers, thing)
        case OfList():
            found = sorted(thing.identifiers & scope.listed)
            return f"{found[0]} is listed" if found else ""


def layers_held(scope: Scope, speaker: str, thing: Thing) -> frozenset[Layer] | None:
    """The layers of `thing` that are `speaker`'s repertoire by its own claims; None where the scope says it alone.

    All repertoire is what one holds: where the speaker is on record with claims to some layers of a thing, the
    other layers of it are not its repertoire on the word of the scope. Where it claims nothing (a mark of the
    party is all there is), and in every other kind of scope (it names things outright), the scope stands as said.
    """
    if not isinstance(scope, AllRepertoire):
        return None
    return layers_reached(claim.layer for claim in thing.claims if claim.party == speaker) or None


def _all_repertoire(speaker: str, thing: Thing, parties: Mapping[str, Party]) -> str:
    party = parties.get(speaker)
    claimed = in_order(claim.layer for claim in thing.claims if claim.party == speaker)
    if claimed:
        return f"{party.legal_name if party else speaker} claims its {', '.join(claimed)}"
    if party is None:
        return ""
    return (
        _with_prefix(party.isrc_prefixes, thing)
        or _with_ipi(party.ipi_name_numbers, thing)
        or _on_label(party.labels, thing)
    )


def _on_label(labels: tuple[str, ...], thing: Thing) -> str:
    for label in labels:
        if fold_text(label) in thing.label_keys:
            return f"it was released on {label}"
    return ""


def _with_prefix(prefixes: tuple[str, ...], thing: Thing) -> str:
    for identifier in sorted(thing.identifiers):
        if identifier.scheme is Scheme.ISRC and identifier.value[:5] in prefixes:
            return f"its ISRC begins with {identifier.value[:5]}"
    return ""


def _with_ipi(numbers: tuple[str, ...], thing: Thing) -> str:
    hit = sorted(thing.ipi_name_numbers.intersection(numbers))
    return f"IPI name number {hit[0]} has a part in it" if hit else ""
