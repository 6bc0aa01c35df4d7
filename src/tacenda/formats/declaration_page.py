"""The public page of a declaration: one HTML file a language for people, with the marks that machines look for.

The page at the declaration's address is in its language of reference; the others are translations that say so, and
name the text that prevails. A clause is translated only where the shipped translation is of the very text that was
signed; any other stands as signed, with its language marked.

Everything that came from a person is escaped (Jinja2 autoescape) and stands in ``<bdi>``, so that neither markup
nor a direction mark in a name reaches the page (F62). The JSON-LD block has ``<``, ``>`` and ``&`` written as
escapes. No script, no outside resource: the style is inlined, the page prints on A4.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from tacenda.core.declaration import Clause, Declaration, FormKind
from tacenda.core.preference import Dimension, denied
from tacenda.core.scope import AllRepertoire, OfCatalogues, OfIpis, OfIsrcPrefixes, OfLabels, OfList
from tacenda.core.territory import Territory
from tacenda.core.vocabulary import Layer, Use, in_order, uses_reached
from tacenda.formats.html_head import reservation_metas
from tacenda.formats.json_ld import script_json

MAX_SHOWN: Final = 40
LANGUAGES: Final = ("en", "de", "fr", "es")
Words = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Basis:
    """A jurisdiction profile as shown; without references when this version does not ship it."""

    id: str
    as_of: date
    title: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageFacts:
    """All that the page shows beside the declaration itself.

    Attributes:
        language: of this page; empty for the language of reference.
        clauses: translated clauses by id, each of the text that was signed.
        languages: of all pages that are published, the language of reference first.
        licence_url: address of ``rsl.xml``, or empty.
    """

    declaration: Declaration
    digest: str
    entry: int
    origin: str
    verifier_key: str
    bases: tuple[Basis, ...]
    css: str
    language: str = ""
    clauses: tuple[Clause, ...] = ()
    languages: tuple[str, ...] = ()
    licence_url: str = ""


@dataclass(frozen=True, slots=True)
class _Form:
    url: str
    what: str


@dataclass(frozen=True, slots=True)
class _Shown:
    """A clause as shown, and the language it is in."""

    heading: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class _Language:
    tag: str
    name: str
    url: str
    link: str
    reference: bool


def page_folder(language: str) -> str:
    """The folder of a translation below that of the declaration; the language of reference has none."""
    return f"{language}/"


def render_page(facts: PageFacts) -> bytes:
    """The page as UTF-8. The same facts give the same bytes."""
    d = facts.declaration
    language = facts.language or d.language
    translated = language != d.language
    words = load_words(language)
    lead, values = _scope_words(d, words)
    title, title_language = _title(d, language)
    html = _template().render(
        d=d,
        w=words,
        language=language,
        translated=translated,
        title=title,
        title_language=title_language,
        prevails=_fill(words["prevails"], language=words["languages"].get(d.language, d.language)),
        fill=_fill,
        base="../" if translated else "",
        languages=_languages(facts, language),
        licence_url="" if d.withdrawn else facts.licence_url,
        css=Markup(_inlined(facts.css)),  # noqa: S704 - our own file
        json_ld=Markup(script_json(_json_ld(facts, language, words))),  # noqa: S704 - escaped for a script element
        summary=summary_of(d, language),
        metas=reservation_metas(
            frozenset[Dimension]() if d.withdrawn else denied(d.uses), d.form_url(FormKind.TDM_POLICY)
        ),
        page_url=_page_url(d, language),
        long_day=lambda day: _long_day(day, words),
        capacity=words["capacities"][d.capacity.value],
        scope_lead=lead,
        scope_values=values[:MAX_SHOWN],
        scope_more=max(0, len(values) - MAX_SHOWN),
        territory=_territory_words(d.territory, words),
        layers=[_capital(words["layers"][layer.value]) for layer in in_order(d.layers)],
        uses=[_capital(words["uses"][use.value]) for use in in_order(uses_reached(d.uses))],
        not_reserved=[words["uses"][use.value] for use in in_order(frozenset(Use) - uses_reached(d.uses))],
        clauses=_clauses(facts, language),
        grantors=[(g.legal_name, _layers_words(g.layers, words)) for g in d.grantors],
        bases=facts.bases,
        forms=_forms(d, words, translated=translated),
        digest=facts.digest,
        entry=facts.entry,
        origin=facts.origin,
        verifier_key=facts.verifier_key,
    )
    return html.encode("utf-8", "replace")


def summary_of(d: Declaration, language: str = "en") -> str:
    """The declaration in one or two sentences."""
    words = load_words(language)
    name = d.declarant.legal_name
    if d.withdrawn:
        return _fill(words["summary_withdrawn"], name=name, day=_long_day(d.effective_from, words))
    head = [Use.TDM, Use.TRAIN, Use.TRAIN_GENERATIVE]
    reached = uses_reached(d.uses)
    named = [use for use in head if use in reached][:2] or [in_order(d.uses)[0]]
    return _fill(
        words["summary"],
        name=name,
        scope=words["summary_all" if isinstance(d.scope, AllRepertoire) else "summary_some"],
        uses=words["summary_and"].join(words["uses"][use.value] for use in named),
        rest=words["summary_rest"] if len(reached) > len(named) else "",
    )


@cache
def load_words(language: str) -> Words:
    """The words of the page; those in English for a language that this version does not ship."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    source = resources.files("tacenda.data").joinpath("pages", f"words.{known}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _clauses(facts: PageFacts, language: str) -> list[_Shown]:
    d = facts.declaration
    given = {clause.id: clause for clause in facts.clauses}
    purposes = Clause("purposes", "", load_words(d.language)["purposes"], d.purposes)
    stated = d.clauses if d.withdrawn else (*d.clauses[:1], purposes, *d.clauses[1:])
    return [
        _Shown(given[clause.id].heading, given[clause.id].text, language)
        if clause.id in given
        else _Shown(clause.heading, clause.text, d.language)
        for clause in stated
    ]


def _languages(facts: PageFacts, language: str) -> list[_Language]:
    d = facts.declaration
    base = "../" if language != d.language else ""
    return [
        _Language(
            tag,
            load_words(tag)["language_name"],
            _page_url(d, tag),
            (base if tag == d.language else f"{base}{page_folder(tag)}") or "./",
            tag == d.language,
        )
        for tag in facts.languages
    ]


def _page_url(d: Declaration, language: str) -> str:
    home = d.form_url(FormKind.PAGE)
    return home if not home or language == d.language else f"{home}{page_folder(language)}"


def _json_ld(facts: PageFacts, language: str, words: Words) -> dict[str, object]:
    d = facts.declaration
    document: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "DigitalDocument",
        "name": d.title,
        "identifier": [
            {"@type": "PropertyValue", "propertyID": "tacenda", "value": d.id},
            {"@type": "PropertyValue", "propertyID": "sha256", "value": facts.digest},
        ],
        "version": str(d.version),
        "inLanguage": language,
        "dateCreated": d.declared_on.isoformat(),
        "datePublished": d.effective_from.isoformat(),
        "creativeWorkStatus": "withdrawn" if d.withdrawn else "in force",
        "author": {"@type": "Organization", "name": d.declarant.legal_name},
        "abstract": summary_of(d, language),
        "encoding": {
            "@type": "MediaObject",
            "contentUrl": d.form_url(FormKind.DOCUMENT) or "declaration.json",
            "encodingFormat": "application/json",
            "sha256": facts.digest,
        },
    }
    if d.form_url(FormKind.PAGE):
        document["url"] = _page_url(d, language)
        if language != d.language:
            document["translationOfWork"] = {"@type": "DigitalDocument", "url": d.form_url(FormKind.PAGE)}
    if d.permission_url:
        document["acquireLicensePage"] = d.permission_url
    return document


def _fill(text: str, **values: object) -> str:
    """`text` with the words in braces filled in; nothing in a value is read as a field."""
    parts = text.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        filled += [str(values[name]), rest]
    return "".join(filled)


def _title(d: Declaration, language: str) -> tuple[str, str]:
    """The title and its language: translated where it is the shipped one, else as signed."""
    if language != d.language and d.title == load_words(LANGUAGES[0])["title"]:
        return load_words(language)["title"], language
    return d.title, d.language


def _forms(d: Declaration, words: Words, *, translated: bool) -> list[_Form]:
    named = dict(words["forms"])
    if translated:
        named[FormKind.PAGE.value] = words["reference_page"]
    return [_Form(form.url, named.get(form.kind.value, form.kind.value)) for form in d.machine_forms]


def _inlined(css: str) -> str:
    """The style as it may stand in a ``style`` element."""
    return css.replace("</", "<\\/")


def _scope_words(d: Declaration, words: Words) -> tuple[str, Sequence[str]]:
    match d.scope:
        case AllRepertoire():
            return words["scope_all"], ()
        case OfCatalogues(catalogues):
            return words["scope_catalogues"], catalogues
        case OfLabels(labels):
            return words["scope_labels"], labels
        case OfIsrcPrefixes(prefixes):
            return words["scope_isrc_prefixes"], prefixes
        case OfIpis(numbers):
            return words["scope_ipis"], numbers
        case OfList(identifiers):
            return words["scope_list"], [str(identifier) for identifier in identifiers]


def _territory_words(territory: Territory, words: Words) -> str:
    head = words["world"] if territory.include is None else ", ".join(sorted(territory.include))
    tail = _fill(words["except"], countries=", ".join(sorted(territory.exclude))) if territory.exclude else ""
    return f"{head}{tail}"


def _layers_words(layers: frozenset[Layer], words: Words) -> str:
    return ", ".join(words["layers"][layer.value] for layer in in_order(layers))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _long_day(day: date, words: Words) -> str:
    return _fill(words["date"], d=day.day, month=words["months"][day.month - 1], y=day.year)


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    source = resources.files("tacenda.data").joinpath("pages", "declaration.html").read_text(encoding="utf-8")
    return environment.from_string(source)
