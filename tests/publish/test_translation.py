"""The page in four languages: what is translated, what stands as signed, and which text prevails."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib import resources

import pytest
from hypothesis import find, given, settings

from tacenda.core.declaration import Declaration, FormKind, MachineForm
from tacenda.core.vocabulary import Capacity, Layer, Use
from tacenda.formats.declaration_page import LANGUAGES, load_words
from tacenda.publish.bundle import Source
from tacenda.publish.plan import plan_bundle
from tacenda.publish.readback import read_page
from tacenda.publish.translation import translations_of
from tacenda.reserve.wording import load_wording
from tacenda.testing.declarations import declarations

Make = Callable[..., Source]
HOME = "https://lark.example/rights-reservation/res-000001/"


def _legal(language: str) -> dict[str, list[dict[str, object]]]:
    text = (
        resources.files("tacenda.data").joinpath("legal", f"clauses.{language}.toml").read_text(encoding="utf-8")
    )
    return tomllib.loads(text)


@pytest.fixture(scope="session")
def declaration() -> Declaration:
    """With the shipped clauses, as a declaration made today has them."""
    found = find(declarations(), lambda declaration: True)
    wording = load_wording()
    clauses = tuple(
        wording.clause(clause.id, "Lark & Linden Music")
        for clause in wording.clauses
        if clause.id not in ("purposes", "withdrawal")
    )
    purposes = wording.clause("purposes", "").text
    declarant = replace(found.declarant, legal_name="Lark & Linden Music")
    return replace(
        found, declarant=declarant, clauses=clauses, purposes=purposes, effective_from=date(2027, 3, 1),
        claimed_since=None, machine_forms=(MachineForm(FormKind.PAGE, HOME),),
    )  # fmt: skip


@pytest.mark.parametrize("language", [tag for tag in LANGUAGES if tag != "en"])
def test_every_shipped_clause_and_profile_is_translated_and_marked_as_a_draft(language: str) -> None:
    original, other = _legal("en"), _legal(language)
    assert other["status"] == "draft, not reviewed by counsel"
    assert [(c["id"], c["version"]) for c in other["clause"]] == [
        (c["id"], c["version"]) for c in original["clause"]
    ]
    for clause, theirs in zip(other["clause"], original["clause"], strict=True):
        assert ("{declarant}" in str(clause["text"])) is ("{declarant}" in str(theirs["text"]))
        assert clause["text"] != theirs["text"]
    profiles = {(p.id, p.as_of): len(p.references) for p in load_wording().profiles}
    assert {(p["id"], p["as_of"]): len(p["references"]) for p in other["profile"]} == profiles  # type: ignore[arg-type]


def test_the_words_of_the_page_are_the_same_in_all_languages_and_complete() -> None:
    english = load_words("en")
    for language in LANGUAGES:
        words = load_words(language)
        assert set(words) == set(english)
        assert set(words["layers"]) == {layer.value for layer in Layer}
        assert set(words["uses"]) == {use.value for use in Use}
        assert set(words["capacities"]) == {capacity.value for capacity in Capacity}
        assert len(words["months"]) == 12
        for key, text in words.items():
            if isinstance(text, str):
                assert re.findall(r"\{(\w+)\}", text) == re.findall(r"\{(\w+)\}", english[key]) or key == "date", (
                    key
                )


def test_a_translation_says_so_names_the_prevailing_text_and_links_all_languages(
    make_source: Make, declaration: Declaration
) -> None:
    files = {
        file.path: file.data.decode()
        for file in plan_bundle(make_source(declaration)).files
        if b"<html" in file.data
    }
    assert len(files) == 4
    for path, page in files.items():
        links = dict(re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">', page))
        assert links == {
            "en": HOME, "x-default": HOME, "de": f"{HOME}de/", "fr": f"{HOME}fr/", "es": f"{HOME}es/",
        }  # fmt: skip
        tag = path.split("/")[2] if path.count("/") == 3 else "en"
        assert f'<html lang="{tag}">' in page
        assert f'<link rel="canonical" href="{links[tag]}">' in page
    german = files["rights-reservation/res-000001/de/index.html"]
    assert "Maßgeblich ist der Text in der Referenzsprache Englisch" in german
    assert "nicht anwaltlich geprüft" in german
    assert "1. März 2027" in german.replace("\u00a0", " ")
    assert "Lark &amp; Linden Music erklärt, dass alle Rechte" in german
    assert "declares that all rights" not in german
    assert "../declaration.json" in german
    assert "prévaut" in files["rights-reservation/res-000001/fr/index.html"]
    assert "prevalece" in files["rights-reservation/res-000001/es/index.html"]


def test_a_clause_that_somebody_changed_stands_as_signed_with_its_language(
    make_source: Make, declaration: Declaration
) -> None:
    own = replace(declaration.clauses[0], text="Our own words.")
    changed = replace(declaration, clauses=(own, *declaration.clauses[1:]))
    assert "reservation" not in {c.id for each in translations_of(changed, ()) for c in each.clauses}
    page = next(file.data.decode() for file in plan_bundle(make_source(changed)).files if "/fr/" in file.path)
    assert '<li lang="en"><strong>' in page
    assert "Our own words." in page
    assert page.count('<li lang="en">') == 1


@settings(max_examples=30, deadline=None)
@given(declarations())
def test_f62_translations_show_names_as_text_and_say_no_more_than_the_page(
    make_source: Make, declaration: Declaration
) -> None:
    bundle = plan_bundle(make_source(declaration))
    page = bundle.file(FormKind.PAGE)
    assert page is not None
    for file in bundle.files:
        if file.form is FormKind.TRANSLATION:
            reading, text, stated = read_page(file.data)
            assert reading.says == read_page(page.data)[0].says
            assert stated == bundle.digest
            assert " ".join(declaration.declarant.legal_name.split()) in text
            assert file.data.count(b"<script") == file.data.count(b"</script") == 1
            assert b"<img" not in file.data
