"""Publishing: read back before it is written, joined to what is there, taken away again."""

from dataclasses import replace
from pathlib import Path

import pytest

from tacenda.app import publish, reserve
from tacenda.app.desk import Desk
from tacenda.core.declaration import FormKind
from tacenda.errors import ConflictError, InputError, IntegrityError
from tacenda.publish.forms import parse_forms
from tacenda.publish.site import parse_site

TERMS = {"signatory": "M; D; sole"}


@pytest.fixture
def name(desk: Desk) -> str:
    return reserve.declare(desk, TERMS).declaration.id


def _files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_bundle_is_written_filed_and_checked(desk: Desk, name: str) -> None:
    done = publish.write_publication(desk, name)
    home = f"rights-reservation/{name}/"
    assert set(_files(done.folder)) == {
        "robots.txt", ".well-known/tdmrep.json", "ai.txt", "rsl.xml", "README.txt",
        "nginx.conf", "apache.conf", "Caddyfile", "_headers", "head.html",
        home + "de/index.html", home + "fr/index.html", home + "es/index.html", home + "rights.jsonld",
        home + "index.html", home + "declaration.json", home + "declaration.note",
        home + "declaration.tlog-proof", home + "policy.json",
    }  # fmt: skip
    assert done.filed
    assert done.record is not None
    listed = {file["path"]: file["sha256"] for file in done.record.body["files"]}
    for path, digest in listed.items():
        assert desk.blobs.get(digest) == (done.folder / path).read_bytes()
    assert publish.check_publication(desk, name).mismatches == ()


def test_the_same_again_is_the_same_bytes_and_no_new_entry(desk: Desk, name: str) -> None:
    first = publish.write_publication(desk, name)
    before = _files(first.folder)
    again = publish.write_publication(desk, name)
    assert (again.filed, again.record) == (False, first.record)
    assert _files(first.folder) == before


def test_what_was_tampered_with_is_found(desk: Desk, name: str) -> None:
    folder = publish.write_publication(desk, name).folder
    robots = folder / "robots.txt"
    robots.write_bytes(robots.read_bytes().replace(b"ai-train=no", b"ai-train=yes"))
    (folder / "nginx.conf").unlink()
    found = [(m.form.value, m.why) for m in publish.check_publication(desk, name).mismatches]
    assert found[0] == ("http_headers", "nginx.conf is not there")
    assert ("robots", "it allows training of any model") in found


def test_nothing_is_written_when_a_renderer_says_something_else(
    desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read back means read back: a renderer with a fault is caught by the reader, and nothing goes out."""
    from tacenda.publish import plan

    monkeypatch.setattr(
        plan, "put_rule", lambda existing, url, paths: b'[{"location": "/", "tdm-reservation": 0}]'
    )
    with pytest.raises(IntegrityError) as refused:
        publish.write_publication(desk, name)
    assert refused.value.code == "publish.read_back"
    assert not (desk.root / "published").exists()
    with desk.store.reading() as view:
        assert view.records("publication") == []


def test_it_is_joined_to_a_site_and_taken_away_again_byte_for_byte(desk: Desk, name: str, tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / ".well-known").mkdir(parents=True)
    (site / "robots.txt").write_bytes(b"User-agent: *\r\nDisallow: /private/")
    (site / ".well-known/tdmrep.json").write_bytes(b'[{"location": "/x", "tdm-reservation": 0, "own": [1]}]')
    (site / "index.html").write_bytes(b"home")
    before = _files(site)
    planned = publish.write_publication(desk, name, into=site, dry_run=True)
    assert _files(site) == before
    assert {change.path for change in planned.site} >= {"robots.txt", ".well-known/tdmrep.json"}
    assert "+# BEGIN tacenda" in next(c for c in planned.site if c.path == "robots.txt").difference()
    publish.write_publication(desk, name, into=site)
    assert publish.check_publication(desk, name, root=site).mismatches == ()
    assert publish.write_publication(desk, name, into=site).site == ()
    reserve.amend(desk, name, {"uses": "train,rag_input"}, "Narrowed")
    publish.write_publication(desk, name, into=site)
    assert (site / ".well-known/tdmrep.json").read_bytes() == before[".well-known/tdmrep.json"]
    assert (site / "robots.txt").read_bytes().count(b"# BEGIN") == 1
    reserve.withdraw(desk, name, "Sold")
    publish.write_publication(desk, name, into=site)
    after = _files(site)
    assert {path: after[path] for path in before} == before
    assert {path for path in after if path not in before} == {
        f"rights-reservation/{name}/{file}"
        for file in (
            "index.html",
            "de/index.html",
            "fr/index.html",
            "es/index.html",
            "declaration.json",
            "declaration.note",
            "declaration.tlog-proof",
        )
    }
    assert b"Withdrawn" in after[f"rights-reservation/{name}/index.html"]


def test_a_site_that_lets_a_crawler_in_contradicts_and_is_not_touched(
    desk: Desk, name: str, tmp_path: Path
) -> None:
    (tmp_path / "robots.txt").write_bytes(b"User-agent: GPTBot\nAllow: /\n")
    with pytest.raises(ConflictError) as refused:
        publish.write_publication(desk, name, into=tmp_path)
    assert refused.value.code == "publish.contradicted"
    assert "GPTBot" in refused.value.message
    assert (tmp_path / "robots.txt").read_bytes() == b"User-agent: GPTBot\nAllow: /\n"


def test_forms_and_paths_that_were_asked_for_are_filed_and_checked_against(
    desk: Desk, name: str, tmp_path: Path
) -> None:
    site = parse_site(b'paths = ["/music/"]\nserver = "netlify"')
    reach = publish.Reach(site, parse_forms("robots,tdmrep,headers_file"))
    done = publish.write_publication(desk, name, into=tmp_path, reach=reach)
    assert {"robots.txt", "_headers"} <= set(_files(done.folder))
    assert not {"rsl.xml", "ai.txt", "nginx.conf"} & set(_files(done.folder))
    assert b"Content-Signal" not in (tmp_path / "robots.txt").read_bytes()
    assert b"/music/*" in (tmp_path / "_headers").read_bytes()
    assert done.record is not None
    assert done.record.body["reach"]["paths"] == ["/music/"]
    assert publish.filed_reach(desk, name, 1).site == site
    assert publish.check_publication(desk, name).mismatches == ()
    assert publish.check_publication(desk, name, root=tmp_path).mismatches == ()
    (tmp_path / "_headers").unlink()
    assert [m.why for m in publish.check_publication(desk, name, root=tmp_path).mismatches] == [
        "_headers is not there"
    ]
    # everything again: what was left out is there, and the path is the whole site
    publish.write_publication(desk, name, into=tmp_path)
    assert publish.filed_reach(desk, name, 1).site.whole
    assert (tmp_path / "rsl.xml").is_file()
    assert publish.check_publication(desk, name, root=tmp_path).mismatches == ()


def test_a_configuration_outside_the_site_is_joined_and_cleaned(desk: Desk, name: str, tmp_path: Path) -> None:
    config = tmp_path / "etc" / "site.conf"
    config.parent.mkdir()
    config.write_bytes(b"server {\r\n}\r\n")
    configs = {FormKind.HTTP_HEADERS: config}
    planned = publish.write_publication(desk, name, configs=configs, dry_run=True)
    assert [change.path for change in planned.site] == ["site.conf"]
    assert config.read_bytes() == b"server {\r\n}\r\n"
    publish.write_publication(desk, name, configs=configs)
    assert config.read_bytes().startswith(b"server {\r\n}\r\n# BEGIN tacenda ")
    reserve.withdraw(desk, name, "Sold")
    publish.write_publication(desk, name, configs=configs)
    assert config.read_bytes() == b"server {\r\n}\r\n"


def test_an_rsl_of_the_site_is_never_overwritten(desk: Desk, name: str, tmp_path: Path) -> None:
    (tmp_path / "rsl.xml").write_bytes(b"<rsl/>")
    with pytest.raises(ConflictError) as refused:
        publish.write_publication(desk, name, into=tmp_path)
    assert refused.value.code == "publish.foreign"
    assert _files(tmp_path).keys() >= {"rsl.xml"}
    assert (tmp_path / "rsl.xml").read_bytes() == b"<rsl/>"


def test_only_the_latest_version_is_published(desk: Desk, name: str) -> None:
    reserve.amend(desk, name, {"uses": "tdm"}, "Narrowed")
    with pytest.raises(ConflictError) as refused:
        publish.plan_publication(desk, name, 1)
    assert refused.value.code == "publish.old"


def test_a_declaration_that_is_not_what_was_signed_is_not_published(desk: Desk, name: str) -> None:
    broken = replace(desk, blobs=_Changed())
    with pytest.raises(IntegrityError):
        publish.write_publication(broken, name)


class _Changed:
    def put(self, data: bytes) -> str:
        return ""

    def get(self, digest: str) -> bytes:
        return b"changed"


def test_a_second_declaration_joins_the_site_of_the_first(desk: Desk, name: str, tmp_path: Path) -> None:
    second = reserve.declare(desk, {**TERMS, "layers": "work", "uses": "search,train"}).declaration
    root, apart = f"{second.site}/rsl.xml", f"{second.site}/rights-reservation/{second.id}/rsl.xml"
    assert reserve.show_declaration(desk, name)[0].form_url(FormKind.RSL) == root
    assert second.form_url(FormKind.RSL) == apart
    for each in (name, second.id, name):
        publish.write_publication(desk, each, into=tmp_path)
    for each in (name, second.id):
        assert publish.check_publication(desk, each).mismatches == ()
        assert publish.check_publication(desk, each, root=tmp_path).mismatches == ()
    reserve.withdraw(desk, name, "Sold")
    publish.write_publication(desk, name, into=tmp_path)
    assert not (tmp_path / "rsl.xml").exists()
    assert publish.check_publication(desk, second.id, root=tmp_path).mismatches == ()
    # an address that was signed stays, though the root is free again
    amended = reserve.amend(desk, second.id, {"uses": "train"}, "Narrowed").declaration
    assert amended.form_url(FormKind.RSL) == apart


def test_without_a_name_only_a_single_declaration_is_meant(desk: Desk, name: str) -> None:
    assert publish.sole_declaration(desk) == name
    second = reserve.declare(desk, {**TERMS, "layers": "work"}).declaration.id
    with pytest.raises(InputError, match=f"{name}, {second}") as refused:
        publish.sole_declaration(desk)
    assert refused.value.code == "publish.which"
    reserve.withdraw(desk, name, "Sold")
    assert publish.sole_declaration(desk) == second
    reserve.withdraw(desk, second, "Sold")
    with pytest.raises(InputError):
        publish.sole_declaration(desk)


def test_the_check_of_a_site_lists_what_it_leaves_unreserved(desk: Desk, name: str, tmp_path: Path) -> None:
    (tmp_path / ".well-known").mkdir()
    (tmp_path / ".well-known/tdmrep.json").write_bytes(b'[{"location": "/shop/*", "tdm-reservation": 0}]')
    written = publish.write_publication(desk, name, into=tmp_path)
    checked = publish.check_publication(desk, name, root=tmp_path)
    assert checked.remarks == written.remarks
    assert checked.remarks[0].startswith("Not reserved by tdmrep.json: /shop/*.")
