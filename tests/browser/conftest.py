"""A real server on a free loopback port, a real Chromium, and a workspace made by the real route."""

import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tacenda.app.desk import Desk
from tacenda.app.party import file_party
from tacenda.app.publish import write_publication
from tacenda.app.reserve import declare
from tacenda.app.snapshot import build
from tacenda.app.workspace import init_workspace
from tacenda.core.identifiers import Identifier, Scheme
from tacenda.core.item import Item, ItemKind
from tacenda.core.party import Party
from tacenda.ports import CatalogueInfo
from tacenda.testing.fakes import CountingIds, FakeClock
from tacenda.web.application import create_app
from tacenda.web.server import bound_socket, server

SCREENSHOTS = Path(__file__).parents[2] / ".out" / "screenshots"
SONGS = ("Shenandoah", "Greensleeves", "Scarborough Fair", "The Water Is Wide", "Danny Boy", "Auld Lang Syne")


@dataclass(frozen=True)
class Served:
    address: str
    declaration: str


def make_desk(root: Path) -> tuple[Desk, str]:
    owner = Party(
        "lark-and-linden",
        "Lark & Linden Music Ltd",
        company_number="Companies Register 00000000",
        seat="GB",
        website="https://lark-and-linden.example",
        contact="rights@lark-and-linden.example",
        isrc_prefixes=("ZZLL1",),
    )
    desk = init_workspace(root, rightsholder=owner, clock=FakeClock(), ids=CountingIds())
    layers = ("recording", "performance")
    with desk.store.writing() as change:
        file_party(desk, change, Party("long", "An Extraordinarily" + "Long" * 40 + "Name Ltd"))
        change.put_catalogue(CatalogueInfo("main", "Recordings 1998 to 2026", owner.id, layers, desk.clock.now()))
        change.put_items(
            [
                Item(f"i{n}", "main", ItemKind.RECORDING, title, "The Weir Choir",
                     (Identifier(Scheme.ISRC, f"ZZLL126{n:05d}"),))
                for n, title in enumerate((*SONGS, "Unbroken" * 30), 1)
            ]
        )  # fmt: skip
    done = declare(
        desk,
        {"contact": "rights@lark-and-linden.example", "signatory": "Mara Lind; Director; sole representation"},
    )
    write_publication(desk, done.declaration.id)
    build(desk)
    return desk, done.declaration.id


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    desk, declaration = make_desk(tmp_path_factory.mktemp("browser") / "workspace")
    sock = bound_socket("127.0.0.1", 0)
    running = server(create_app(desk))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    while not running.started and thread.is_alive():
        time.sleep(0.02)
    yield Served(f"http://127.0.0.1:{sock.getsockname()[1]}", declaration)
    running.should_exit = True
    thread.join(10)
    sock.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    where = shutil.which("chromium")
    assert where, "Chromium is not installed: run scripts/ensure-chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=where, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS
