"""Rights groups: items that the decision cannot tell apart, so that it is made once a group and not once a row.

Of an item, `core.decision.decide` sees its kind, catalogue, and those of its marks that some reservation, licence
or party on record mentions: label, IPI numbers, ISRC prefix, and being named in a list. Items with the same view
are one group. Items that share an ISRC or ISWC are one thing and carry the marks and claims of all of them: two
owners of one recording so show as the conflict that they are. Rows of one release (GTIN) are different things.

A million items and a few thousand labels take about a second; a list costs one group for each item it names.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tacenda.core.decision import Facts
from tacenda.core.fold import fold_text
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.scope import OfIpis, OfIsrcPrefixes, OfLabels, OfList, Scope
from tacenda.core.thing import AUDIO, SHEET_MUSIC, Claim, Thing
from tacenda.core.vocabulary import Layer

PREFIX_LENGTH: Final = 5


@dataclass(frozen=True, slots=True)
class Mentioned:
    """The marks that some scope or party on record mentions, each sorted. No other mark can change an answer."""

    labels: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    ipis: tuple[str, ...] = ()
    listed: tuple[Identifier, ...] = ()


def mentioned_in(facts: Facts) -> Mentioned:
    """Labels are folded; listed identifiers and prefixes are in normal form already."""
    labels: set[str] = set()
    prefixes: set[str] = set()
    ipis: set[str] = set()
    listed: set[Identifier] = set()
    scopes: list[Scope] = [r.scope for r in facts.reservations] + [g.scope for g in facts.licences]
    for scope in scopes:
        match scope:
            case OfLabels(names):
                labels.update(map(fold_text, names))
            case OfIsrcPrefixes(stated):
                prefixes.update(stated)
            case OfIpis(numbers):
                ipis.update(numbers)
            case OfList(identifiers):
                listed.update(identifiers)
            case _:
                pass
    for party in facts.parties.values():
        labels.update(map(fold_text, party.labels))
        prefixes.update(party.isrc_prefixes)
        ipis.update(party.ipi_name_numbers)
    whole = (prefix for prefix in prefixes if len(prefix) == PREFIX_LENGTH)
    return Mentioned(
        tuple(sorted(labels - {""})), tuple(sorted(whole)), tuple(sorted(ipis)), tuple(sorted(listed))
    )


@dataclass(frozen=True, slots=True)
class Group:
    """What the decision sees of every item in a group; or of what an umbrella rule reaches.

    Attributes:
        work: whether it is a work (notes and words) and no recording.
        identifiers: listed identifiers; and ISRC prefixes, which stand as ISRCs of five characters.
    """

    work: bool = False
    catalogues: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    ipis: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()

    def to_document(self) -> dict[str, Any]:
        return {
            "work": self.work,
            "catalogues": list(self.catalogues),
            "labels": list(self.labels),
            "ipis": list(self.ipis),
            "identifiers": list(map(str, self.identifiers)),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Group":
        return cls(
            work=bool(document["work"]),
            catalogues=tuple(document["catalogues"]),
            labels=tuple(document["labels"]),
            ipis=tuple(document["ipis"]),
            identifiers=tuple(map(_identifier, document["identifiers"])),
        )

    def thing(self, owners: Mapping[str, tuple[str, Sequence[str]]]) -> Thing:
        """The thing, with a claim for each owner and layer of its catalogues (`owners`: catalogue to both)."""
        claims: dict[tuple[str, Layer], Claim] = {}
        for catalogue in self.catalogues:
            owner, layers = owners[catalogue]
            for layer in map(Layer, layers):
                claims.setdefault((owner, layer), Claim(owner, layer, source=f"catalogue {catalogue}"))
        return Thing(
            layers=SHEET_MUSIC if self.work else AUDIO,
            identifiers=frozenset(self.identifiers),
            label_keys=frozenset(self.labels),
            ipi_name_numbers=frozenset(self.ipis),
            catalogues=frozenset(self.catalogues),
            claims=tuple(claims[key] for key in sorted(claims)),
        )


def _identifier(text: str) -> Identifier:
    scheme, _, value = text.partition(":")
    return Identifier(Scheme(scheme), value)


Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


def _nothing() -> Pairs:
    return np.empty(0, np.int64), np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of all items, as places in sorted vocabularies. Shapes (items,), int64; -1 for none.

    Attributes:
        label: place in `Mentioned.labels`.
        prefixes, ipis, listed: pairs (item, place in the vocabulary of `Mentioned`), in any order.
        same: pairs of items that are one thing.
    """

    work: NDArray[np.bool_]
    catalogue: NDArray[np.int64]
    label: NDArray[np.int64]
    prefixes: Pairs = field(default_factory=_nothing)
    ipis: Pairs = field(default_factory=_nothing)
    listed: Pairs = field(default_factory=_nothing)
    same: Pairs = field(default_factory=_nothing)


def group_items(
    marks: Marks, catalogues: Sequence[str], mentioned: Mentioned
) -> tuple[NDArray[np.uint32], list[Group]]:
    """The group of every item, and the groups. The order of groups follows from their marks alone."""
    sets = [_sets(pairs, len(marks.work)) for pairs in (marks.prefixes, marks.ipis, marks.listed)]
    views = _views(marks, [ids for ids, _ in sets])
    distinct, first, view = np.unique(views, return_index=True, return_inverse=True)
    (_, prefixes), (_, ipis), (_, listed) = sets

    def seen(place: int) -> Group:
        row = int(first[place])
        label = int(marks.label[row])
        prefix_ids, ipi_ids, listed_ids = (int(ids[row]) for ids, _ in sets)
        return Group(
            work=bool(marks.work[row]),
            catalogues=(catalogues[int(marks.catalogue[row])],),
            labels=(mentioned.labels[label],) if label >= 0 else (),
            ipis=tuple(mentioned.ipis[i] for i in ipis(ipi_ids)),
            identifiers=tuple(
                sorted(
                    {mentioned.listed[i] for i in listed(listed_ids)}
                    | {Identifier(Scheme.ISRC, mentioned.prefixes[i]) for i in prefixes(prefix_ids)}
                )
            ),
        )

    alone = [seen(place) for place in range(len(distinct))]
    group, joined = _join(view.astype(np.int64), marks.same, len(alone))
    groups = alone + [_union([alone[place] for place in places]) for places in joined]
    # A view that only ever stands joined to others is left out.
    used, group = np.unique(group, return_inverse=True)
    return group.astype(np.uint32), [groups[int(place)] for place in used]


def _views(marks: Marks, sets: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """One number for each distinct combination of marks, in the order of the marks."""
    view = marks.work.astype(np.int64)
    for column in (marks.catalogue, marks.label, *sets):
        if len(column):
            column = column + 1
            view = view * (int(column.max()) + 1) + column
            view = np.unique(view, return_inverse=True)[1].astype(np.int64)
    return view


def _sets(pairs: Pairs, items: int) -> tuple[NDArray[np.int64], Callable[[int], tuple[int, ...]]]:
    """A number for the set of places each item is paired with (-1: none), and the set behind a number."""
    ids = np.full(items, -1, np.int64)
    if not len(pairs[0]):
        return ids, lambda _: ()
    width = int(pairs[1].max()) + 1
    both = np.unique(pairs[0] * width + pairs[1])
    rows, places = both // width, both % width
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    counts = np.diff(np.r_[starts, len(rows)])
    single = starts[counts == 1]
    ids[rows[single]] = places[single]
    several = [
        (int(rows[s]), tuple(places[s : s + c].tolist())) for s, c in zip(starts, counts, strict=True) if c > 1
    ]
    known = sorted({those for _, those in several})
    number = {those: width + place for place, those in enumerate(known)}
    for row, those in several:
        ids[row] = number[those]
    return ids, lambda n: () if n < 0 else (n,) if n < width else known[n - width]


def _join(view: NDArray[np.int64], same: Pairs, views: int) -> tuple[NDArray[np.int64], list[tuple[int, ...]]]:
    """The group of every item when items that are one thing are joined, and which views each new group unites."""
    if not len(same[0]):
        return view, []
    head = _heads(len(view), same)
    touched = np.unique(np.concatenate(same))
    pairs = np.unique(head[touched] * views + view[touched])
    heads, members = pairs // views, pairs % views
    starts = np.flatnonzero(np.r_[True, heads[1:] != heads[:-1]])
    counts = np.diff(np.r_[starts, len(heads)])
    united: dict[int, tuple[int, ...]] = {
        int(heads[s]): tuple(members[s : s + c].tolist()) for s, c in zip(starts, counts, strict=True) if c > 1
    }
    known = sorted(set(united.values()))
    number = {those: views + place for place, those in enumerate(known)}
    group_of_head = np.full(len(view), -1, np.int64)
    for place, those in united.items():
        group_of_head[place] = number[those]
    joined = group_of_head[head]
    return np.where(joined >= 0, joined, view), known


def _heads(items: int, same: Pairs) -> NDArray[np.int64]:
    """The lowest item that each item is one thing with, by way of any number of others."""
    head = np.arange(items)
    while True:
        lowest = np.minimum(head[same[0]], head[same[1]])
        before = head.copy()
        np.minimum.at(head, same[0], lowest)
        np.minimum.at(head, same[1], lowest)
        head = head[head]
        if np.array_equal(head, before):
            return head


def _union(groups: Sequence[Group]) -> Group:
    def every(part: Callable[[Group], tuple[Any, ...]]) -> tuple[Any, ...]:
        return tuple(sorted({mark for group in groups for mark in part(group)}))

    return Group(
        work=all(group.work for group in groups),
        catalogues=every(lambda group: group.catalogues),
        labels=every(lambda group: group.labels),
        ipis=every(lambda group: group.ipis),
        identifiers=every(lambda group: group.identifiers),
    )
