"""One declaration in all forms, as files that other programs read (``tests/golden/publication``).

The files are what the renderers gave when a person last looked at them; TACENDA_GOLDEN=write writes them anew.
"""

import json
import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tacenda.core.declaration import ChangeKind, Declarant, Declaration, MachineForm, Signatory
from tacenda.core.machine_forms import promised_forms
from tacenda.core.reservation import Grantor
from tacenda.core.scope import AllRepertoire
from tacenda.core.vocabulary import RESERVED_BY_DEFAULT, Capacity, Layer
from tacenda.formats.robots import valid_token
from tacenda.publish.bundle import Source
from tacenda.publish.crawlers import load_crawlers
from tacenda.publish.plan import plan_bundle
from tacenda.reserve.wording import load_wording

GOLDEN = Path(__file__).parents[1] / "golden" / "publication"
SITE = "https://lark.example"
NAMED = "res-golden"


def sample() -> Declaration:
    layers = frozenset({Layer.RECORDING, Layer.WORK, Layer.ARTWORK})
    wording, day = load_wording(), date(2026, 11, 22)
    promised = promised_forms(SITE, NAMED, RESERVED_BY_DEFAULT, withdrawn=False)
    return Declaration(
        id=NAMED, version=1, change=ChangeKind.DECLARED, title="Declaration of rights reservation",
        declarant=Declarant("lark", "Lark & Linden Music GmbH", "HRB 000000", "DE"), capacity=Capacity.OWNER,
        scope=AllRepertoire(), layers=layers, uses=RESERVED_BY_DEFAULT,
        purposes=wording.clause("purposes", "").text,
        declared_on=day, effective_from=day, signatory=Signatory("Mara Lind", "Managing Director", "sole"),
        grantors=(Grantor("lark", "Lark & Linden Music GmbH", layers),),
        clauses=tuple(wording.clause(c.id, "Lark & Linden Music GmbH") for c in wording.clauses
                      if c.id not in ("purposes", "withdrawal")),
        site=SITE, machine_forms=tuple(MachineForm(kind, url) for kind, url in promised.items()),
        permission_url=f"{SITE}/licensing", permission_mailbox="rights@lark.example",
    )  # fmt: skip


@pytest.fixture(scope="session")
def files(make_source: Callable[..., Source]) -> dict[str, bytes]:
    return {file.path: file.data for file in plan_bundle(make_source(sample())).files}


def test_the_files_are_those_that_were_looked_at(files: dict[str, bytes]) -> None:
    if os.environ.get("TACENDA_GOLDEN") == "write":
        for path, data in files.items():
            (GOLDEN / path).parent.mkdir(parents=True, exist_ok=True)
            (GOLDEN / path).write_bytes(data)
    there = {
        path.relative_to(GOLDEN).as_posix(): path.read_bytes() for path in GOLDEN.rglob("*") if path.is_file()
    }
    assert set(there) == set(files)
    assert {path for path in files if there[path] != files[path]} == set()


KEPT_OUT = ("training", "dataset", "user")


def test_protego_reads_the_robots_txt(files: dict[str, bytes]) -> None:
    protego = pytest.importorskip("protego")
    robots = protego.Protego.parse(files["robots.txt"].decode())
    assert robots.can_fetch(f"{SITE}/music/a.mp3", "Somebody/1.0")
    for crawler in load_crawlers():
        if valid_token(crawler.token):
            may = robots.can_fetch(f"{SITE}/music/a.mp3", crawler.token)
            assert may is (crawler.purpose not in KEPT_OUT), crawler


def test_robotspy_reads_the_robots_txt(files: dict[str, bytes]) -> None:
    robots = pytest.importorskip("robots")
    parser = robots.RobotsParser.from_string(files["robots.txt"].decode())
    assert parser.can_fetch("Somebody", f"{SITE}/music/a.mp3")
    for crawler in load_crawlers():
        if valid_token(crawler.token):
            may = parser.can_fetch(crawler.token, f"{SITE}/music/a.mp3")
            assert may is (crawler.purpose not in KEPT_OUT), crawler


def test_an_xml_library_reads_the_rsl(files: dict[str, bytes]) -> None:
    etree = pytest.importorskip("lxml.etree")
    root = etree.fromstring(files["rsl.xml"])
    names = {"r": "https://rslstandard.org/rsl"}
    assert root.tag == "{https://rslstandard.org/rsl}rsl"
    assert root.xpath("string(//r:prohibits[@type='usage'])", namespaces=names) == "ai-all"
    assert root.xpath("count(//r:permits)", namespaces=names) == 0


def test_an_html_library_reads_the_head_and_the_pages(files: dict[str, bytes]) -> None:
    html = pytest.importorskip("lxml.html")
    head = html.fromstring(files["head.html"])
    assert head.xpath("string(//meta[@name='tdm-reservation']/@content)") == "1"
    assert head.xpath("string(//link[@rel='license']/@href)") == f"{SITE}/rsl.xml"
    linked = json.loads(head.xpath("string(//script[@type='application/ld+json'])"))
    assert linked["usageInfo"]["url"] == f"{SITE}/rights-reservation/{NAMED}/"
    for path, data in files.items():
        if path.endswith("index.html"):
            page = html.document_fromstring(data)
            assert {link.get("hreflang") for link in page.xpath("//link[@rel='alternate']")} == {
                "en", "de", "fr", "es", "x-default",
            }  # fmt: skip
            inside = [a.get("href") for a in page.xpath("//a[@href]") if not re.match(r"[a-z]+:", a.get("href"))]
            folder = (Path("/") / path).parent
            for each in inside:
                place = os.path.normpath(folder / each).lstrip("/")
                assert {place, f"{place}/index.html"} & set(files) or place.endswith(".tlog-proof"), each


def test_the_json_files_are_json(files: dict[str, bytes]) -> None:
    assert json.loads(files[".well-known/tdmrep.json"])[0]["tdm-reservation"] == 1
    assert json.loads(files[f"rights-reservation/{NAMED}/policy.json"])["@type"] == "Offer"
    assert json.loads(files[f"rights-reservation/{NAMED}/rights.jsonld"])["@context"] == "https://schema.org"
