"""Rights groups: items that the decision cannot tell apart, so that it is made once a group and not once a row.

Of an item, `core.decision.decide` sees its kind, catalogue, and those of its marks that some reservation, licence
or party on record mentions: label, IPI numbers, ISRC prefix, and being named in a list. Items with the same view
are one group. Which items are one thing, and which works a recording embodies, are the rules of `core.grouping`,
here in arrays.

A million items and a few thousand labels take about a second; a list costs one group for each item it names.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tacenda.core.decision import Facts
from tacenda.core.fold import fold_text
from tacenda.core.grouping import Group, merged
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.scope import OfIpis, OfIsrcPrefixes, OfLabels, OfList, Scope

PREFIX_LENGTH: Final = 5
# Schemes of which a thing bears several codes, by number.
_SEVERAL: Final = ((), (Scheme.ISRC,), (Scheme.ISWC,), (Scheme.ISRC, Scheme.ISWC))


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


Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


def _nothing() -> Pairs:
    return np.empty(0, np.int64), np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of all items, as places in sorted vocabularies. Shapes (items,), int64; -1 for none.

    Attributes:
        label: place in `Mentioned.labels`.
        prefixes, ipis, listed: pairs (item, place in the vocabulary of `Mentioned`), in any order.
        isrcs, iswcs: pairs (item, number of a code that it bears), by number; equal codes have equal numbers.
    """

    work: NDArray[np.bool_]
    catalogue: NDArray[np.int64]
    label: NDArray[np.int64]
    prefixes: Pairs = field(default_factory=_nothing)
    ipis: Pairs = field(default_factory=_nothing)
    listed: Pairs = field(default_factory=_nothing)
    isrcs: Pairs = field(default_factory=_nothing)
    iswcs: Pairs = field(default_factory=_nothing)


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
    isrcs = _among(marks.isrcs, ~marks.work)
    same = _chained(isrcs), _chained(_among(marks.iswcs, marks.work))
    head = _heads(len(marks.work), (np.concatenate([p[0] for p in same]), np.concatenate([p[1] for p in same])))
    group, joined = _join(view.astype(np.int64), head, len(alone))
    groups = alone + [merged([alone[place] for place in places]) for places in joined]
    several = _bears_several(head, isrcs) + 2 * _bears_several(head, marks.iswcs)
    group, groups = _distinct(group, several, groups, lambda g, n: replace(g, several=_SEVERAL[n]))
    ids, works = _embodied(head, group, marks)
    return _finished(group, ids, groups, lambda number: merged([groups[place] for place in works(number)]))


def _finished(
    group: NDArray[np.int64], ids: NDArray[np.int64], groups: list[Group], embodied: Callable[[int], Group]
) -> tuple[NDArray[np.uint32], list[Group]]:
    """The groups with what they embody, `ids` being numbers of sets of works (-1: none)."""
    group, made = _distinct(group, ids + 1, groups, lambda g, n: replace(g, embodies=embodied(n - 1)))
    return group.astype(np.uint32), made


def _distinct(
    group: NDArray[np.int64], extra: NDArray[np.int64], groups: list[Group], add: Callable[[Group, int], Group]
) -> tuple[NDArray[np.int64], list[Group]]:
    """The groups told apart by a number as well (0: nothing is added). Groups that no item has are left out."""
    width = int(extra.max()) + 1 if len(extra) else 1
    used, number = np.unique(group * width + extra, return_inverse=True)
    made = []
    for place in used.tolist():
        which, more = divmod(place, width)
        made.append(add(groups[which], more) if more else groups[which])
    return number.astype(np.int64), made


def _among(pairs: Pairs, kind: NDArray[np.bool_]) -> Pairs:
    """The pairs whose item is of a kind."""
    mine = kind[pairs[0]]
    return pairs[0][mine], pairs[1][mine]


def _chained(pairs: Pairs) -> Pairs:
    """Of (item, code) by code: pairs of items that bear one code, enough to join them all."""
    equal = pairs[1][1:] == pairs[1][:-1]
    return pairs[0][:-1][equal], pairs[0][1:][equal]


def _bears_several(head: NDArray[np.int64], pairs: Pairs) -> NDArray[np.int64]:
    """For each item 1 if its thing bears several codes, else 0."""
    many = np.zeros(len(head), np.int64)
    if not len(pairs[0]):
        return many
    heads = head[pairs[0]]
    # Most things bear one code once: no need to sort those.
    more = np.bincount(heads, minlength=len(head))[heads] > 1
    width = int(pairs[1].max()) + 1
    both = np.unique(heads[more] * width + pairs[1][more])
    heads = both // width
    many[heads[1:][heads[1:] == heads[:-1]]] = 1
    return many[head]


def _embodied(
    head: NDArray[np.int64], group: NDArray[np.int64], marks: Marks
) -> tuple[NDArray[np.int64], Callable[[int], tuple[int, ...]]]:
    """A number for the set of groups of works that each recording embodies (-1: none), and the set behind it."""
    works, codes = _among(marks.iswcs, marks.work)
    recordings, embodied = _among(marks.iswcs, ~marks.work)
    if not len(works) or not len(recordings):
        return np.full(len(head), -1, np.int64), lambda _: ()
    # All works that bear a code are one thing, so any of them tells the group.
    work_of_code = np.full(max(int(codes.max()), int(embodied.max())) + 1, -1, np.int64)
    work_of_code[codes] = group[works]
    inside = work_of_code[embodied]
    found = inside >= 0
    ids, sets = _sets((head[recordings[found]], inside[found]), len(head))
    return np.where(marks.work, -1, ids[head]), sets


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


def _join(
    view: NDArray[np.int64], head: NDArray[np.int64], views: int
) -> tuple[NDArray[np.int64], list[tuple[int, ...]]]:
    """The group of every item when items that are one thing are joined, and which views each new group unites."""
    touched = np.flatnonzero(np.bincount(head, minlength=len(head))[head] > 1) if len(head) else head
    if not len(touched):
        return view, []
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
