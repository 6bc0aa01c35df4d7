"""What stands beside a declaration on record: its twin, and marks of its scope that are another party's. Pure.

Nothing here refuses. Two equal declarations are lawful, and a label can change hands before the parties on record
do; but a person should know both before signing.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from tacenda.core.declaration import Declaration
from tacenda.core.fold import fold_text
from tacenda.core.party import Party, party_ids
from tacenda.core.scope import OfCatalogues, OfIpis, OfIsrcPrefixes, OfLabels
from tacenda.core.vocabulary import Capacity

NAMED: Final = 3


def twins(declaration: Declaration, declared: Collection[Declaration]) -> tuple[str, ...]:
    """A remark for each other declaration, not withdrawn, by the same declarant that reserves the same.

    The same are scope, layers, uses and territory; dates, wording and contact may differ.
    """
    equal = sorted(
        other.name
        for other in declared
        if other.id != declaration.id and not other.withdrawn and _reserved(other) == _reserved(declaration)
    )
    return tuple(
        f"An equal declaration stands: {name} has the same scope, layers, uses and territory." for name in equal
    )


def foreign_marks(
    declaration: Declaration, parties: Mapping[str, Party], owners: Mapping[str, str]
) -> tuple[str, ...]:
    """A remark for each label, ISRC prefix, IPI name number or catalogue of the scope that is another party's.

    The declarant's affiliates and grantors are not others: whoever names them knows whose repertoire it is.
    """
    own = {
        declaration.declarant.party,
        *party_ids(declaration.declarant.affiliates, parties),
        *(grantor.party for grantor in declaration.grantors),
    }
    advice = (
        " Declare in another capacity (--capacity), name the party (--affiliate, --grantor), or mend the record."
        if declaration.capacity is Capacity.OWNER
        else ""
    )
    remarks = []
    for mark, holders in _held(declaration, parties, owners):
        if holders and not own.intersection(holders):
            names = ", ".join(f"{parties[h].legal_name} ({h})" if h in parties else h for h in holders[:NAMED])
            more = " and others" if len(holders) > NAMED else ""
            remarks.append(f"On record, {mark} is that of {names}{more}, not the declarant's.{advice}")
    return tuple(remarks)


def _reserved(declaration: Declaration) -> tuple[object, ...]:
    d = declaration
    return (d.declarant.party, d.scope, d.layers, d.uses, d.territory)


def _held(
    declaration: Declaration, parties: Mapping[str, Party], owners: Mapping[str, str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each mark that the scope names, in words, with the ids of the parties that bear it."""
    everyone = sorted(parties.values(), key=lambda party: party.id)
    match declaration.scope:
        case OfCatalogues(names):
            for name in names:
                yield f"the catalogue {name}", (owners[name],) if name in owners else ()
        case OfLabels(names):
            for name in names:
                wanted = fold_text(name)
                yield f"the label “{name}”", _ids(p for p in everyone if wanted in map(fold_text, p.labels))
        case OfIsrcPrefixes(prefixes):
            for prefix in prefixes:
                yield f"the ISRC prefix {prefix}", _ids(p for p in everyone if prefix in p.isrc_prefixes)
        case OfIpis(numbers):
            for number in numbers:
                yield f"the IPI name number {number}", _ids(p for p in everyone if number in p.ipi_name_numbers)
        case _:
            return


def _ids(parties: Iterator[Party]) -> tuple[str, ...]:
    return tuple(party.id for party in parties)
