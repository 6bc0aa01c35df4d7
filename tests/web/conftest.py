"""A workspace whose every name is hostile, with a declaration, a licence and a snapshot, and the site over it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tacenda.app.desk import Desk
from tacenda.app.evidence import publish
from tacenda.app.licence import record_licence
from tacenda.app.party import file_party
from tacenda.app.reserve import declare
from tacenda.app.snapshot import build
from tacenda.app.workspace import init_workspace
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.item import Item, ItemKind
from tacenda.core.party import Party
from tacenda.ports import CatalogueInfo
from tacenda.testing.fakes import CountingIds, FakeClock
from tacenda.web.application import create_app

OWNER = "<script>alert(1)</script> & Söhne"
TITLE = '"><img src=x onerror=alert(1)>'
TURNED = "Refrain \u202egnos"

ITEMS = (
    Item(
        "i1",
        "main",
        ItemKind.RECORDING,
        TITLE,
        "O'Brien & <b>Sons</b>",
        (Identifier(Scheme.ISRC, "ZZLL12600001"),),
    ),
    Item("i2", "main", ItemKind.RECORDING, TURNED, "Plain Singer", (Identifier(Scheme.ISRC, "ZZLL12600002"),)),
    Item("i3", "others", ItemKind.RECORDING, "Unspoken", "Quiet One", (Identifier(Scheme.ISRC, "ZZQQ12600003"),)),
)


@dataclass(frozen=True)
class House:
    desk: Desk
    declaration: str
    snapshot: Path

    def app(self, *, public: bool = False, desk: bool = True) -> Starlette:
        if desk:
            return create_app(self.desk, public=public)
        keys = [self.desk.signer.verifier_key]
        return create_app(None, self.snapshot, keys=keys, public=public, clock=self.desk.clock)

    def client(self, *, public: bool = False, desk: bool = True) -> TestClient:
        return TestClient(self.app(public=public, desk=desk), base_url="http://127.0.0.1")


def build_house(root: Path) -> House:
    owner = Party("lark", OWNER, seat="GB", website="https://lark.example", contact="rights@lark.example",
                  isrc_prefixes=("ZZLL1",))  # fmt: skip
    desk = init_workspace(root, rightsholder=owner, clock=FakeClock(), ids=CountingIds())
    with desk.store.writing() as change:
        for party in (Party("quiet", "Quiet Ltd"), Party("user", "A <i>User</i> GmbH")):
            file_party(desk, change, party)
        layers = ("recording:100", "performance:100", "work:100", "lyrics:100")
        change.put_catalogue(CatalogueInfo("main", "The <main> catalogue", "lark", layers, desk.clock.now()))
        change.put_catalogue(CatalogueInfo("others", "Others", "quiet", layers, desk.clock.now()))
        change.put_items(ITEMS)
    done = declare(
        desk,
        {
            "title": "Reservation of <em>everything</em>",
            "contact": "rights@lark.example",
            "signatory": "Mara <Lind>; Director; sole representation",
        },
    )
    record_licence(
        desk,
        {
            "grantor": "quiet",
            "grantee": "user",
            "scope": ["catalogue:others"],
            "layers": "recording,performance,work,lyrics",
            "uses": "train",
            "any-model": True,
            "signed-on": "2026-11-22",
        },
    )
    publish(desk)
    return House(desk, done.declaration.id, build(desk).folder)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Read only: tests that change something build their own with `make_house`."""
    return build_house(tmp_path_factory.mktemp("house"))


@pytest.fixture
def make_house(tmp_path: Path) -> Callable[[], House]:
    return lambda: build_house(tmp_path / "own")


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with house.client() as client:
        yield client
