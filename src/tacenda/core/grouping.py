"""What is one thing: the rules by which catalogue rows are put together before anything is decided about them.

The desk, snapshots and the look-up all follow these rules, so that they all give the same answer:

1. **Recordings are one thing only by ISRC**, by way of any number of rows. Never by ISWC (a cover, a remix and a
   live version embody one work and are recordings of their own), by release (an album is many recordings), by
   video, by another shop's id, or by name.
2. **Works are one thing only by ISWC.**
3. **A recording embodies the works that bear its ISWC** (rows of kind *work*). For the work and its words, and for
   these layers alone, it has the claims and marks of those works beside its own: a publisher's reservation reaches
   every recording of the song. It takes nothing from other recordings of that work.
4. **One thing bears the marks and claims of all its rows**, so two owners of one recording show as the conflict
   that they are. An owner states one share of a layer: where its catalogues state different ones, that is a doubt.
5. **Several ISRCs, or several ISWCs, on one thing are a doubt**: a row with two codes may speak of two recordings,
   and a licence for the one is none for the other. A doubt makes every answer that is not Reserved Unclear.

What finds several things (a release, an ISWC, a name) is decided thing by thing, and the strictest answer stands
(`core.strictness`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from tacenda.core.claimed import parse_claim
from tacenda.core.fold import fold_text
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.item import Item, ItemKind
from tacenda.core.thing import AUDIO, SHEET_MUSIC, Claim, Thing
from tacenda.core.vocabulary import Layer

SAME_BY: Final[Mapping[ItemKind, Scheme]] = {ItemKind.RECORDING: Scheme.ISRC, ItemKind.WORK: Scheme.ISWC}
EMBODIED_BY: Final = Scheme.ISWC
SEVERAL: Final = (Scheme.ISRC, Scheme.ISWC)
_SEVERAL_WORDS: Final[Mapping[Scheme, str]] = {
    Scheme.ISRC: "It bears several ISRCs, so it may be several recordings",
    Scheme.ISWC: "It bears several ISWCs, so it may be several works",
}

Owners = Mapping[str, tuple[str, Sequence[str]]]
"""Catalogue id to its owner and the words of what the owner claims (`core.claimed`)."""


@dataclass(frozen=True, slots=True)
class Group:
    """What the decision sees of the rows of one thing; or of what an umbrella rule reaches.

    Attributes:
        work: whether it is a work (notes and words) and no recording.
        labels: folded.
        identifiers: those that matter to a decision; and ISRC prefixes, which stand as ISRCs of five characters.
        several: of which schemes it bears several codes (rule 5).
        embodies: the marks of the works in a recording (rule 3).
    """

    work: bool = False
    catalogues: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    ipis: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    several: tuple[Scheme, ...] = ()
    embodies: "Group | None" = None

    def to_document(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "work": self.work,
            "catalogues": list(self.catalogues),
            "labels": list(self.labels),
            "ipis": list(self.ipis),
            "identifiers": list(map(str, self.identifiers)),
            "several": [scheme.value for scheme in self.several],
        }
        if self.embodies is not None:
            document["embodies"] = self.embodies.to_document()
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Group":
        inner = document.get("embodies")
        return cls(
            work=bool(document["work"]),
            catalogues=tuple(document["catalogues"]),
            labels=tuple(document["labels"]),
            ipis=tuple(document["ipis"]),
            identifiers=tuple(map(_identifier, document["identifiers"])),
            several=tuple(map(Scheme, document["several"])),
            embodies=None if inner is None else cls.from_document(inner),
        )

    def thing(self, owners: Owners) -> Thing:
        """The thing, with a claim for each owner and layer of its catalogues; decide it with `decide_whole`."""
        embodied = None
        if self.embodies is not None:
            embodied = replace(merged((self, self.embodies)), work=True).thing(owners)
        claims, doubts = _claims(self.catalogues, owners)
        return Thing(
            layers=SHEET_MUSIC if self.work else AUDIO,
            identifiers=frozenset(self.identifiers),
            label_keys=frozenset(self.labels),
            ipi_name_numbers=frozenset(self.ipis),
            catalogues=frozenset(self.catalogues),
            claims=claims,
            doubts=tuple(_SEVERAL_WORDS[scheme] for scheme in self.several) + doubts,
            embodied=embodied,
        )


def _claims(catalogues: Sequence[str], owners: Owners) -> tuple[tuple[Claim, ...], tuple[str, ...]]:
    """One claim for each owner and layer, and what contradicts itself in them."""
    stated: dict[tuple[str, Layer], set[Fraction]] = {}
    sources: dict[tuple[str, Layer], str] = {}
    for catalogue in sorted(catalogues):
        owner, words = owners[catalogue]
        for word in words:
            claim = parse_claim(word)
            key = (owner, claim.layer)
            sources.setdefault(key, f"catalogue {catalogue}")
            stated.setdefault(key, set()).update(() if claim.share is None else (claim.share,))
    claims, doubts = [], []
    for key in sorted(stated):
        owner, layer = key
        shares = stated[key]
        claims.append(Claim(owner, layer, min(shares) if len(shares) == 1 else None, source=sources[key]))
        if len(shares) > 1:
            doubts.append(f"The catalogues of {owner} state different shares of the {layer.value}")
    return tuple(claims), tuple(doubts)


def bare_thing(identifiers: Iterable[Identifier] = ()) -> Thing:
    """What is known of a thing that no catalogue lists: its identifiers, and what copying it would copy."""
    known = frozenset(identifiers)
    works_only = bool(known) and all(identifier.scheme is Scheme.ISWC for identifier in known)
    return Thing(SHEET_MUSIC if works_only else AUDIO, identifiers=known)


def merged(groups: Sequence[Group]) -> Group:
    """The marks of all; what they embody is left out."""

    def every(part: Callable[[Group], tuple[Any, ...]]) -> tuple[Any, ...]:
        return tuple(sorted({mark for group in groups for mark in part(group)}))

    return Group(
        work=all(group.work for group in groups),
        catalogues=every(lambda group: group.catalogues),
        labels=every(lambda group: group.labels),
        ipis=every(lambda group: group.ipis),
        identifiers=every(lambda group: group.identifiers),
        several=every(lambda group: group.several),
    )


def group_rows(items: Sequence[Item]) -> list[tuple[tuple[int, ...], Group]]:
    """The things that these rows describe: the places of the rows of each, and what the decision sees of it.

    In the order of the first row of each. Every row that belongs to one of the things must be given; `kin_codes`
    tells which those are. Cost: linear in the rows. `snapshot.groups` does the same for millions, in arrays.
    """
    things = _components(items)
    alone = {members[0]: _of_rows([items[place] for place in members]) for members in things}
    works: dict[str, list[Group]] = {}
    for rows in things:
        if items[rows[0]].kind is ItemKind.WORK:
            for code in sorted({code for row in rows for code in items[row].values(EMBODIED_BY)}):
                works.setdefault(code, []).append(alone[rows[0]])
    found = []
    for rows in things:
        group = alone[rows[0]]
        if items[rows[0]].kind is ItemKind.RECORDING:
            codes = sorted({code for row in rows for code in items[row].values(EMBODIED_BY)})
            inside = [work for code in codes for work in works.get(code, ())]
            group = replace(group, embodies=merged(inside)) if inside else group
        found.append((rows, group))
    return found


def kin_codes(items: Iterable[Item]) -> frozenset[tuple[ItemKind, Identifier]]:
    """By which (kind, identifier) more rows would belong to the things of these rows, or be embodied in them."""
    codes: set[tuple[ItemKind, Identifier]] = set()
    for item in items:
        codes |= {(item.kind, i) for i in item.identifiers if i.scheme is SAME_BY[item.kind]}
        codes |= {(ItemKind.WORK, i) for i in item.identifiers if i.scheme is EMBODIED_BY}
    return frozenset(codes)


def is_kin(item: Item, codes: frozenset[tuple[ItemKind, Identifier]]) -> bool:
    """Whether the row bears one of the codes of `kin_codes`."""
    return any((item.kind, identifier) in codes for identifier in item.identifiers)


def _components(items: Sequence[Item]) -> list[tuple[int, ...]]:
    """The places of rows that are one thing, each sorted, by the first."""
    head = list(range(len(items)))

    def top(place: int) -> int:
        while head[place] != place:
            head[place] = head[head[place]]
            place = head[place]
        return place

    first: dict[tuple[ItemKind, str], int] = {}
    for place, item in enumerate(items):
        for code in item.values(SAME_BY[item.kind]):
            one, other = sorted((top(first.setdefault((item.kind, code), place)), top(place)))
            head[other] = one
    rows: dict[int, list[int]] = {}
    for place in range(len(items)):
        rows.setdefault(top(place), []).append(place)
    return [tuple(members) for members in rows.values()]


def _of_rows(rows: Sequence[Item]) -> Group:
    group = merged([_alone(row) for row in rows])
    borne = {scheme: {code for row in rows for code in row.values(scheme)} for scheme in _counted(rows[0].kind)}
    return replace(group, several=tuple(scheme for scheme in SEVERAL if len(borne.get(scheme, ())) > 1))


def _counted(kind: ItemKind) -> tuple[Scheme, ...]:
    """Of which schemes a thing of this kind bears one code at the most."""
    return SEVERAL if kind is ItemKind.RECORDING else (EMBODIED_BY,)


def _alone(item: Item) -> Group:
    label = fold_text(item.label)
    return Group(
        work=item.kind is ItemKind.WORK,
        catalogues=(item.catalogue,),
        labels=(label,) if label else (),
        ipis=tuple(sorted(set(item.ipi_name_numbers))),
        identifiers=tuple(sorted(set(item.identifiers))),
    )


def _identifier(text: str) -> Identifier:
    scheme, _, value = text.partition(":")
    return Identifier(Scheme(scheme), value)
