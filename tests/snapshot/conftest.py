"""A small desk in memory with every kind of scope, and a snapshot of it."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tacenda.adapters.keys import known_key
from tacenda.core.decision import Facts
from tacenda.core.fold import fold_text
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.item import Item, ItemKind
from tacenda.core.licence import Licence
from tacenda.core.note import Checkpoint, KnownKey
from tacenda.core.party import Party
from tacenda.core.reservation import Reservation
from tacenda.core.scope import AllRepertoire, OfIpis, OfIsrcPrefixes, OfLabels, OfList
from tacenda.core.thing import AUDIO, SHEET_MUSIC, Claim, Thing
from tacenda.core.vocabulary import ALL_LAYERS, RESERVED_BY_DEFAULT, Layer, Use
from tacenda.ports import CatalogueInfo
from tacenda.snapshot.build import Terms, build_snapshot
from tacenda.testing.fakes import FakeSigner, MemoryStore

SINCE = date(2026, 1, 1)
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
LISTED = Identifier(Scheme.ISRC, "FRFIN2600001")
SPOTIFY = Identifier(Scheme.SPOTIFY, "6rqhFgbbKwnb9MLmUQDhG6")
ABSENT = Identifier(Scheme.ISRC, "FRFIN2699999")


def isrc(value: str) -> Identifier:
    return Identifier(Scheme.ISRC, value)


ITEMS = (
    Item("l1", "lark", ItemKind.RECORDING, "Halo (Live)", "The Larks", (isrc("QZLRK2600001"),), label="Lark Ltd"),
    Item("l2", "lark", ItemKind.RECORDING, "Dusk", "The Larks", (isrc("QZLRK2600002"),), label="Elsewhere"),
    Item("l3", "lark", ItemKind.RECORDING, "Noon", "Larks ft. Owl", (isrc("QZLRK2600003"),), label="Elsewhere"),
    Item("f1", "finch", ItemKind.RECORDING, "Morning", "Finch", (LISTED,), lyrics="secret words"),
    Item("f2", "finch", ItemKind.RECORDING, "Evening", "Finch", (isrc("FRFIN2600002"),), audio_path="/vault/f2"),
    Item("f3", "finch", ItemKind.RECORDING, "Noon", "Larks", (isrc("QZLRK2600003"),)),
    Item("w1", "finch", ItemKind.WORK, "Owl Song", ipi_name_numbers=("00014107338",), writers=("Secret Writer",)),
    Item(
        "m1", "finch", ItemKind.RECORDING, "宇多田", "Finch",
        (SPOTIFY, Identifier(Scheme.YOUTUBE, "dQw4w9WgXcQ")),
    ),
)  # fmt: skip


def reservation(name: str, declarant: str, scope: object) -> Reservation:
    return Reservation(name, 1, declarant, scope, ALL_LAYERS, RESERVED_BY_DEFAULT, SINCE)  # type: ignore[arg-type]


FACTS = Facts(
    reservations=(
        reservation("D-1", "lark", AllRepertoire()),
        reservation("D-2", "finch", OfList((ABSENT, LISTED, SPOTIFY))),
        reservation("D-3", "owl", OfIpis(("00014107338",))),
        reservation("D-4", "owl", OfIsrcPrefixes(("DEOWL",))),
        reservation("D-5", "owl", OfLabels(("ELSEWHERE!",))),
    ),
    licences=(
        Licence("L-1", 1, "finch", "friend", AllRepertoire(), ALL_LAYERS, frozenset({Use.TRAIN}), SINCE),
    ),
    parties={
        name: Party(name, f"{name.title()} Music", isrc_prefixes=prefixes)
        for name, prefixes in {
            "lark": ("QZLRK",), "finch": (), "owl": (), "friend": (), "bystander": ("USBYS",),
        }.items()
    },
)  # fmt: skip


def store_of(items: Sequence[Item]) -> MemoryStore:
    store = MemoryStore()
    with store.writing() as change:
        for party in FACTS.parties.values():
            change.put_party(party)
        for name in ("lark", "finch"):
            change.put_catalogue(CatalogueInfo(name, name.title(), name, ("recording:100",), NOW))
        change.put_items(items)
    return store


Build = Callable[..., Path]


@pytest.fixture
def signer() -> FakeSigner:
    return FakeSigner()


@pytest.fixture
def keys(signer: FakeSigner) -> tuple[KnownKey, ...]:
    return (known_key(signer.verifier_key),)


@pytest.fixture
def build(tmp_path: Path, signer: FakeSigner) -> Build:
    """Builds a snapshot into a named folder and returns the folder."""

    def make(name: str = "S-000001", items: Sequence[Item] = ITEMS, facts: Facts = FACTS) -> Path:
        checkpoint = Checkpoint("lark.example/tacenda", 3, bytes(range(32)), (), "a signed note\n")
        terms = Terms("S-000001", 1, NOW, date(2026, 12, 22), checkpoint)
        with store_of(items).reading() as view:
            build_snapshot(view, tmp_path / name, facts=facts, terms=terms, sign=signer.sign_note)
        return tmp_path / name

    return make


@pytest.fixture
def items() -> tuple[Item, ...]:
    return ITEMS


@pytest.fixture
def facts() -> Facts:
    return FACTS


@pytest.fixture
def whole_things() -> dict[str, Thing]:
    """Each item with all its marks. `l3` and `f3` share an ISRC and are one thing."""

    def thing(*members: Item) -> Thing:
        owners = sorted({item.catalogue for item in members})
        return Thing(
            layers=SHEET_MUSIC if all(item.kind is ItemKind.WORK for item in members) else AUDIO,
            identifiers=frozenset(i for item in members for i in item.identifiers),
            label_keys=frozenset(fold_text(item.label) for item in members if item.label),
            ipi_name_numbers=frozenset(n for item in members for n in item.ipi_name_numbers),
            catalogues=frozenset(owners),
            claims=tuple(Claim(owner, Layer.RECORDING, source=f"catalogue {owner}") for owner in owners),
        )

    by_id = {item.id: item for item in ITEMS}
    things = {name: thing(item) for name, item in by_id.items()}
    return things | dict.fromkeys(("l3", "f3"), thing(by_id["l3"], by_id["f3"]))
