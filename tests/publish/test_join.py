"""Joining to a site: tdmrep.json through any history, and the site's own lines that undo a reservation."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import find, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tacenda.core.declaration import ChangeKind, Declaration, FormKind, MachineForm
from tacenda.core.preference import Dimension, Preference
from tacenda.core.vocabulary import RESERVED_BY_DEFAULT, Layer, Use
from tacenda.errors import ConflictError
from tacenda.formats.tdmrep import put_rule, remove_rule, rules_before
from tacenda.publish.bundle import Source
from tacenda.publish.checking import read_bundle
from tacenda.publish.join import Joined, join_config, join_site
from tacenda.publish.plan import plan_bundle
from tacenda.publish.readback_forms import read_server
from tacenda.publish.site import SERVERS, SiteDescription
from tacenda.testing.declarations import declarations

Make = Callable[..., Source]
URL = "https://lark.example/rights-reservation/res-000001/policy.json"


class TdmrepHistory(RuleBasedStateMachine):
    """Somebody edits the file as text, before and behind our rules; and a file without ours in the same way."""

    def __init__(self) -> None:
        super().__init__()
        self.text = self.theirs = '[ {"location":"/first", "tdm-reservation":0,  "own":[1 , 2]} ]\r\n'
        self.count = 0

    @rule(locations=st.sampled_from([("/",), ("/a/", "/b/"), ("/a/", "/b/", "/c$")]))
    def update(self, locations: tuple[str, ...]) -> None:
        self.text = put_rule(self.text.encode(), URL, locations).decode()
        ours = [each["location"] for each in json.loads(self.text) if each.get("tdm-policy") == URL]
        assert ours == list(locations)

    @rule()
    def remove(self) -> None:
        self.text = remove_rule(self.text.encode(), URL).decode()

    @rule(space=st.sampled_from(["", " ", "\n\t"]))
    def somebody_adds_a_rule_in_front(self, space: str) -> None:
        self.count += 1
        rule = f'{space}{{"location": "/{self.count}"}},{space}'
        self.text = self.text.replace("[", "[" + rule, 1)
        self.theirs = self.theirs.replace("[", "[" + rule, 1)

    @rule(space=st.sampled_from(["", " ", "\n\t"]))
    def somebody_adds_a_rule_behind(self, space: str) -> None:
        self.count += 1
        rule = f',{space}{{"location": "/ü{self.count}", "x": "]"}}{space}'
        for name in ("text", "theirs"):
            before = getattr(self, name)
            setattr(self, name, before[: before.rindex("]")].rstrip() + rule + before[before.rindex("]") :])

    @invariant()
    def every_foreign_byte_is_there(self) -> None:
        assert remove_rule(self.text.encode(), URL).decode() == self.theirs


TdmrepHistory.TestCase.settings = settings(max_examples=80, stateful_step_count=20, deadline=None)
TestTdmrepHistory = TdmrepHistory.TestCase


@pytest.fixture(scope="session")
def declaration() -> Declaration:
    found = find(declarations(), lambda declaration: True)
    return replace(found, uses=RESERVED_BY_DEFAULT, layers=frozenset({Layer.RECORDING}))


def _join(source: Source, there: dict[str, bytes]) -> Joined:
    return join_site(source, plan_bundle(source), there.get)


def _applied(there: dict[str, bytes], joined: Joined) -> dict[str, bytes]:
    after: dict[str, Any] = there | {change.path: change.after for change in joined.changes}
    return {path: data for path, data in after.items() if data is not None}


THEIRS = {
    "robots.txt": b"User-agent: *\r\nDisallow: /private/",
    "ai.txt": b"User-agent: SomeBot\nDisallow: /x/\n",
    "_headers": b"/*\n  X-Frame-Options: DENY\n",
    ".htaccess": b"Options -Indexes\n",
    ".well-known/tdmrep.json": b'[{"location": "/press/", "tdm-reservation": 0}]',
}


@pytest.mark.parametrize("server", ["", "nginx", "apache", "netlify", "plain"])
def test_a_site_is_as_it_was_when_the_declaration_is_withdrawn(
    make_source: Make, declaration: Declaration, server: str
) -> None:
    source = make_source(declaration, site=SiteDescription(server=server))
    joined = _applied(THEIRS, _join(source, THEIRS))
    for path, data in THEIRS.items():
        if path != ".well-known/tdmrep.json":
            assert joined[path].startswith(data)
    assert (joined["_headers"] != THEIRS["_headers"]) is (server == "netlify")
    assert (joined[".htaccess"] != THEIRS[".htaccess"]) is (server == "apache")
    assert _join(source, joined).changes == ()
    gone = make_source(replace(declaration, change=ChangeKind.WITHDRAWN, version=9), site=source.site)
    left = _applied(joined, _join(gone, joined))
    assert {path: left[path] for path in THEIRS} == THEIRS
    assert "rsl.xml" not in left


def test_an_empty_site_is_empty_again_but_for_the_declaration(make_source: Make, declaration: Declaration) -> None:
    source = make_source(declaration, site=SiteDescription(server="netlify"))
    joined = _applied({}, _join(source, {}))
    assert {"robots.txt", "ai.txt", "rsl.xml", "_headers", ".well-known/tdmrep.json"} <= set(joined)
    gone = make_source(replace(declaration, change=ChangeKind.WITHDRAWN, version=9), site=source.site)
    left = _applied(joined, _join(gone, joined))
    assert all(path.startswith("rights-reservation/") for path in left)


def test_a_form_that_is_not_chosen_any_more_is_taken_away(make_source: Make, declaration: Declaration) -> None:
    joined = _applied(THEIRS, _join(make_source(declaration), THEIRS))
    fewer = make_source(declaration, chosen=frozenset({FormKind.PAGE, FormKind.DOCUMENT, FormKind.ROBOTS}))
    left = _applied(joined, _join(fewer, joined))
    assert left["ai.txt"] == THEIRS["ai.txt"]
    assert left[".well-known/tdmrep.json"] == THEIRS[".well-known/tdmrep.json"]
    assert "rsl.xml" not in left
    assert b"rsl.xml" not in left["robots.txt"]


@pytest.mark.parametrize(
    ("path", "data", "code"),
    [
        ("robots.txt", b"User-agent: GPTBot\nAllow: /\n", "publish.contradicted"),
        ("ai.txt", b"User-agent: *\nAllow: *.mp3\n", "publish.contradicted"),
        (".well-known/tdmrep.json", b'[{"location": "/", "tdm-reservation": 0}]', "publish.contradicted"),
        (".well-known/tdmrep.json", b'[{"location": "/*", "tdm-reservation": "1"}]', "publish.contradicted"),
        ("rsl.xml", b"<rsl/>", "publish.foreign"),
        ("robots.txt", b"# END tacenda res-000001\n", "fence.damaged"),
    ],
)
def test_what_undoes_the_reservation_is_refused_and_named(
    make_source: Make, declaration: Declaration, path: str, data: bytes, code: str
) -> None:
    with pytest.raises(ConflictError) as refused:
        _join(make_source(declaration), {path: data})
    assert refused.value.code == code


def test_a_rule_of_the_site_that_reserves_too_is_left_in_front_and_told(
    make_source: Make, declaration: Declaration
) -> None:
    theirs = b'[{"location": "/", "tdm-reservation": 1, "tdm-policy": "https://other.example/p"}]'
    joined = _join(make_source(declaration), {".well-known/tdmrep.json": theirs})
    assert any("asked before ours" in remark for remark in joined.remarks)
    after = next(change.after for change in joined.changes if change.path == ".well-known/tdmrep.json")
    assert [rule.get("tdm-policy") for rule in json.loads(after or b"")] == ["https://other.example/p", URL]


def test_only_rules_that_reach_the_place_itself_stand_before_ours() -> None:
    existing = b'[{"location": "/press/", "tdm-reservation": 0}, {"location": "*", "tdm-reservation": 1}]'
    assert [rule.location for rule in rules_before(existing, URL, "/")] == [b"*"]
    assert [rule.location for rule in rules_before(existing, URL, "/press/")] == [b"/press/", b"*"]
    assert rules_before(put_rule(b"", URL), URL, "/") == ()


def test_a_configuration_is_joined_renewed_in_place_and_cleaned(
    make_source: Make, declaration: Declaration
) -> None:
    source = make_source(declaration)
    first = join_config(source, FormKind.HTTP_HEADERS, "site.conf", b"server_name x;\n")
    assert first.after is not None
    moved = b"server {\n" + first.after + b"}\n"
    again = join_config(make_source(replace(declaration, version=9)), FormKind.HTTP_HEADERS, "site.conf", moved)
    assert again.after is not None
    assert again.after.startswith(b"server {\nserver_name x;\n# BEGIN tacenda res-000001 v9\n")
    assert again.after.endswith(b"# END tacenda res-000001\n}\n")
    gone = make_source(replace(declaration, change=ChangeKind.WITHDRAWN))
    left = join_config(gone, FormKind.HTTP_HEADERS, "site.conf", again.after)
    assert left.after == b"server {\nserver_name x;\n}\n"
    assert join_config(gone, FormKind.CADDY, "Caddyfile", None).after is None


def test_two_declarations_share_a_site_and_each_reads_back_in_either_order(
    make_source: Make, declaration: Declaration
) -> None:
    """The files that both write into hold both; what each has alone lies in a folder of its own."""
    first = make_source(replace(declaration, uses=frozenset({Use.SEARCH, Use.TRAIN})))
    apart = f"{declaration.site}/rights-reservation/res-000002/rsl.xml"
    second = make_source(
        replace(
            declaration,
            id="res-000002",
            machine_forms=(
                *(replace(form, url=form.url.replace("000001", "000002")) for form in declaration.machine_forms),
                MachineForm(FormKind.RSL, apart),
            ),
        )
    )
    for order in ([first, second], [second, first], [first, second, first]):
        there = dict(THEIRS)
        for source in order:
            there = _applied(there, _join(source, there))
        assert {"rsl.xml", "rights-reservation/res-000002/rsl.xml"} <= set(there)
        assert f"License: {apart}\n".encode() in there["robots.txt"]
        for source in (first, second):
            bundle = plan_bundle(source)
            found = {file.path: there[file.path] for file in bundle.files if file.upload}
            assert read_bundle(bundle, source, found, shared=True).mismatches == ()
        for source in (first, second):
            gone = make_source(replace(source.declaration, change=ChangeKind.WITHDRAWN, version=9))
            there = _applied(there, _join(gone, there))
        # a line end that was put in stays, since another block was written on behind it
        assert {path: there[path].rstrip(b"\n") for path in THEIRS} == {
            path: data.rstrip(b"\n") for path, data in THEIRS.items()
        }
        assert not any(path.endswith("rsl.xml") for path in there)


def test_an_rsl_of_another_declaration_is_named_and_left(make_source: Make, declaration: Declaration) -> None:
    there = _applied({}, _join(make_source(declaration), {}))
    with pytest.raises(ConflictError, match="that of res-000001") as refused:
        _join(make_source(replace(declaration, id="res-000002")), there)
    assert refused.value.code == "publish.foreign"


@pytest.mark.parametrize("server", ["netlify", "apache"])
def test_a_response_bears_its_single_fields_once(make_source: Make, declaration: Declaration, server: str) -> None:
    """TDM-Reservation is 1 or 0: joined by a comma, or twice, it says nothing to a strict reader."""
    site = SiteDescription(server=server)
    path = "_headers" if server == "netlify" else ".htaccess"
    there: dict[str, bytes] = {}
    for name in ("res-000001", "res-000002"):
        one = make_source(replace(declaration, id=name), site=site, chosen=frozenset(SERVERS.values()))
        there = _applied(there, _join(one, there))
    assert len(re.findall(rb"tdm-reservation(?:: | ')1", there[path])) == 1
    assert b"are sent by the block of res-000001" in there[path]
    music = make_source(
        replace(declaration, id="res-000003"), site=SiteDescription(("/music/",), server=server),
        chosen=frozenset(SERVERS.values()),
    )  # fmt: skip
    both = _applied(there, _join(music, there))[path]
    assert len(re.findall(rb"tdm-reservation(?:: | ')1", both)) == 1


def test_what_stays_unreserved_behind_a_rule_of_the_site_is_listed(
    make_source: Make, declaration: Declaration
) -> None:
    theirs = b'[{"location": "/shop/*", "tdm-reservation": 0}, {"location": "/odd/", "tdm-reservation": "1"}]'
    joined = _join(make_source(declaration), {".well-known/tdmrep.json": theirs})
    assert [remark.split(". ")[0] for remark in joined.remarks[:2]] == [
        "Not reserved by tdmrep.json: /shop/*",
        "Not reserved by tdmrep.json: /odd/",
    ]
    elsewhere = make_source(declaration, site=SiteDescription(("/music/",)))
    assert not any("Not reserved" in r for r in _join(elsewhere, {".well-known/tdmrep.json": theirs}).remarks)


@pytest.mark.parametrize("kind", [FormKind.HTTP_HEADERS, FormKind.CADDY])
def test_two_blocks_in_one_server_share_no_name(
    make_source: Make, declaration: Declaration, kind: FormKind
) -> None:
    """A variable of nginx set twice would speak for both; a matcher of Caddy named twice is an error."""
    data = b""
    for name, path in (("res-000001", "/music/"), ("res-000002", "/press/")):
        source = make_source(replace(declaration, id=name), site=SiteDescription((path,)))
        data = join_config(source, kind, "x.conf", data).after or b""
    for path in ("/music/a", "/press/a"):
        assert read_server(kind, data, path).says[Dimension.TDM] is Preference.DENY
    assert read_server(kind, data, "/").says[Dimension.TDM] is Preference.UNKNOWN
    assert b"tacenda_res_000001" in data
    assert b"tacenda_res_000002" in data
