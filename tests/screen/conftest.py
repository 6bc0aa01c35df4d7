"""A snapshot in memory: the same face as `tacenda.snapshot.opened.Snapshot`, over a handful of items."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from tacenda.core.decision import Facts
from tacenda.core.fold import text_key
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.licence import Licence
from tacenda.core.party import Party
from tacenda.core.reservation import Reservation
from tacenda.core.scope import AllRepertoire, OfCatalogues, OfIsrcPrefixes
from tacenda.core.territory import Territory
from tacenda.core.thing import AUDIO, Claim, Thing
from tacenda.core.vocabulary import ALL_LAYERS, RESERVED_BY_DEFAULT, Layer, Use
from tacenda.match.interface import CorpusBatch, How, Matches

COLUMNS = (
    "id",
    "catalogue",
    "title",
    "artist",
    "isrc",
    "iswc",
    "gtin",
    "youtube",
    "label",
    "release_date",
    "owner",
)
LARK, WREN, OWL = "lark", "wren", "owl"
FACTS = Facts(
    reservations=(
        Reservation(
            "D-1", 1, LARK, AllRepertoire(), ALL_LAYERS, RESERVED_BY_DEFAULT, date(2026, 1, 1), digest="d1" * 32
        ),
        Reservation(
            "D-2", 3, WREN, OfCatalogues(("wren-us",)), ALL_LAYERS, RESERVED_BY_DEFAULT, date(2026, 2, 1),
            territory=Territory.parse(["US"]), digest="d2" * 32,
        ),
        Reservation("D-3", 1, OWL, OfIsrcPrefixes(("QZOWL",)), ALL_LAYERS, RESERVED_BY_DEFAULT, date(2026, 3, 1)),
    ),
    licences=(
        Licence(
            "L-1", 1, WREN, "friend", OfCatalogues(("wren-free",)), ALL_LAYERS, frozenset({Use.TRAIN}),
            date(2026, 1, 1),
        ),
    ),
    parties={
        LARK: Party(LARK, "Lark & Linden Records"),
        WREN: Party(WREN, "Wren <script>alert(1)</script> Songs"),
        OWL: Party(OWL, "Owl Recordings", isrc_prefixes=("QZOWL",)),
        "friend": Party("friend", "Friendly Models"),
    },
)  # fmt: skip
OWNERS = {"lark-all": LARK, "wren-us": WREN, "wren-free": WREN}


@dataclass
class FakeMatcher:
    """Finds by dictionary what the real matcher finds by sorted keys."""

    keys: Mapping[tuple[How, str], Sequence[int]]

    def ask(self, batch: CorpusBatch) -> Matches:
        found: set[tuple[int, int, int, int]] = set()
        for row in range(len(batch)):
            for how, name in ((How.ISRC, "isrc"), (How.GTIN, "gtin"), (How.YOUTUBE, "youtube")):
                for item in self.keys.get((how, self._cell(batch, name, row)), ()):
                    found.add((row, int(how), item, -1))
            artist, title = self._cell(batch, "artist", row), self._cell(batch, "title", row)
            if artist and title:
                for item in self.keys.get((How.TEXT, text_key(artist, title)), ()):
                    found.add((row, int(How.TEXT), item, -1))
            if self._cell(batch, "isrc", row)[:5] == "QZOWL":
                found.add((row, int(How.ISRC_PREFIX), -1, 0))
        rows = np.array(sorted(found), np.int64).reshape(-1, 4)
        return Matches(rows[:, 0], rows[:, 2], rows[:, 3].astype(np.int32), rows[:, 1].astype(np.uint8))

    @staticmethod
    def _cell(batch: CorpusBatch, name: str, row: int) -> str:
        column = batch.column(name)
        return "" if column is None else str(column[row].as_py() or "")


@dataclass
class FakeSnapshot:
    items: Any
    group_of_item: NDArray[np.uint32]
    matcher: FakeMatcher
    groups: Sequence[str]
    facts: Facts = FACTS
    umbrellas: Sequence[Any] = (SimpleNamespace(key_class="isrc-prefix", value="QZOWL"),)
    signed_by: tuple[str, ...] = ("lark.example/tacenda",)

    @property
    def manifest(self) -> Any:
        keys = {
            name: sum(bool(v) for v in self.items.column(name).to_pylist())
            for name in ("isrc", "iswc", "gtin", "youtube")
        }
        return SimpleNamespace(
            keys=keys, id="S-000001", version=1, digest="ab" * 32, created_at=datetime(2026, 11, 20, tzinfo=UTC),
            valid_until=date(2026, 12, 1), origin="lark.example/tacenda", items=self.items.num_rows,
        )  # fmt: skip

    def thing(self, group: int) -> Thing:
        catalogue = self.groups[group]
        owner = OWNERS[catalogue]
        return Thing(
            AUDIO,
            catalogues=frozenset({catalogue}),
            claims=tuple(Claim(owner, layer) for layer in Layer if layer in AUDIO),
        )

    def thing_of_umbrella(self, umbrella: int) -> Thing:
        return Thing(AUDIO, identifiers=frozenset({Identifier(Scheme.ISRC, "QZOWL")}))


@pytest.fixture
def make_snapshot() -> Callable[..., FakeSnapshot]:
    """Makes a snapshot of items given as dicts with at least catalogue, title and artist."""

    def make(*items: Mapping[str, str]) -> FakeSnapshot:
        rows = [
            {name: item.get(name, "") for name in COLUMNS}
            | {"id": f"i{place}", "owner": OWNERS[item["catalogue"]]}
            for place, item in enumerate(items)
        ]
        keys: dict[tuple[How, str], list[int]] = {}
        for place, row in enumerate(rows):
            for how, name in ((How.ISRC, "isrc"), (How.GTIN, "gtin"), (How.YOUTUBE, "youtube")):
                if row[name]:
                    keys.setdefault((how, row[name]), []).append(place)
            keys.setdefault((How.TEXT, text_key(row["artist"], row["title"])), []).append(place)
        groups = sorted({row["catalogue"] for row in rows})
        return FakeSnapshot(
            pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in COLUMNS])),
            np.array([groups.index(row["catalogue"]) for row in rows], np.uint32),
            FakeMatcher(keys),
            groups,
        )

    return make


@pytest.fixture
def snapshot(make_snapshot: Callable[..., FakeSnapshot]) -> FakeSnapshot:
    """One item of each fate: reserved everywhere, reserved in the US only, licensed to ``friend``."""
    return make_snapshot(
        {
            "catalogue": "lark-all", "title": "Home, Sweet Home", "artist": "The Larks", "isrc": "QZLRK2600001",
            "youtube": "-abcdefghi1", "release_date": "1987-05-01", "label": "Linden",
        },
        {
            "catalogue": "wren-us", "title": "Blue Hour", "artist": "Wren", "isrc": "QZWRN2600001",
            "release_date": "1992",
        },
        {"catalogue": "wren-free", "title": "Open Field", "artist": "Wren", "isrc": "QZWRN2600002"},
        {"catalogue": "wren-free", "title": "Home Sweet Home", "artist": "Larks"},
    )  # fmt: skip
