"""Where to look: what was published, on every host, and nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given

from tacenda.core.declaration import ChangeKind, Declaration, FormKind, MachineForm
from tacenda.core.machine_forms import promised_forms
from tacenda.errors import InputError
from tacenda.ports import FetchPurpose
from tacenda.testing.declarations import declarations
from tacenda.watch.plan import Published, plan_leftovers, plan_places

SITE = "https://lark.example"


def promised(declaration: Declaration) -> Declaration:
    forms = promised_forms(SITE, declaration.id, declaration.uses, withdrawn=declaration.withdrawn)
    found = tuple(MachineForm(kind, url) for kind, url in forms.items())
    return replace(declaration, site=SITE, machine_forms=found)


def published(declaration: Declaration, **more: object) -> Published:
    paths = [form.url.removeprefix(SITE + "/") for form in declaration.machine_forms]
    files = {path + "index.html" if path.endswith("/") else path: path.encode() for path in paths if path}
    return Published(files, **more)  # type: ignore[arg-type]


@given(declarations())
def test_every_promised_form_is_looked_for_or_named_as_unpublished(declaration: Declaration) -> None:
    declaration = promised(declaration)
    plan = plan_places(declaration, published(declaration))
    assert {place.form for place in plan.places} == {form.kind for form in declaration.machine_forms}
    assert {place.url for place in plan.places} == {form.url for form in declaration.machine_forms}
    nothing = plan_places(declaration, Published({}, frozenset()))
    assert nothing.places == ()
    assert set(nothing.unpublished) == {form.kind for form in declaration.machine_forms}


@given(declarations())
def test_robots_txt_comes_first_and_each_form_has_its_limit(declaration: Declaration) -> None:
    declaration = promised(declaration)
    places = plan_places(declaration, published(declaration)).places
    robots = [place.purpose is FetchPurpose.ROBOTS for place in places]
    assert robots == sorted(robots, reverse=True)
    for place in places:
        assert (place.form is FormKind.ROBOTS) == (place.purpose is FetchPurpose.ROBOTS)
        assert bool(place.fields) == (place.form is FormKind.HTTP_HEADERS)
        assert bool(place.data) != bool(place.fields)


@given(declarations())
def test_other_hosts_bear_what_lies_at_a_root(declaration: Declaration) -> None:
    declaration = promised(declaration)
    held = published(declaration, hosts=("https://audio.example",))
    there = {place.form for place in plan_places(declaration, held).places if "audio.example" in place.url}
    root = {FormKind.ROBOTS, FormKind.TDMREP, FormKind.AI_TXT, FormKind.HTTP_HEADERS}
    assert there == root & {form.kind for form in declaration.machine_forms}
    own = plan_places(declaration, held, ["https://mirror.example"])
    assert {place.url.split("/")[2] for place in own.places} == {"mirror.example"}


@given(declarations())
def test_fields_are_looked_at_where_the_declaration_reaches(declaration: Declaration) -> None:
    declaration = promised(declaration)
    held = published(declaration, paths=("/audio/*", "/a.mp3$", "/*/scores/"))
    plan = plan_places(declaration, held)
    fields = [place.url for place in plan.places if place.form is FormKind.HTTP_HEADERS]
    if any(form.kind is FormKind.HTTP_HEADERS for form in declaration.machine_forms):
        assert fields == [f"{SITE}/audio/", f"{SITE}/a.mp3"]
        assert plan.unprobed == ("/*/scores/",)
    else:
        assert (fields, plan.unprobed) == ([], ())


@given(declarations())
def test_a_withdrawal_leaves_page_and_document_alone(declaration: Declaration) -> None:
    before = promised(declaration)
    after = promised(replace(declaration, change=ChangeKind.WITHDRAWN, version=declaration.version + 1))
    left = plan_leftovers(before, published(before), after)
    assert all(place.withdrawn for place in left)
    kinds = {form.kind for form in before.machine_forms} - {FormKind.PAGE, FormKind.DOCUMENT}
    assert {place.form for place in left} == kinds


@pytest.mark.parametrize(
    "site", ["lark.example", "https://lark.example/x", "ftp://lark.example", "http://127.1", ""]
)
def test_a_site_is_an_origin(site: str) -> None:
    from hypothesis import find

    declaration = promised(find(declarations(), lambda found: True))
    with pytest.raises(InputError) as refused:
        plan_places(declaration, Published({}), [site])
    assert refused.value.code == "watch.site"
