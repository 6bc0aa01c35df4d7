"""The public page of a declaration: one HTML file for people, with the marks that machines look for.

Everything that came from a person is escaped (Jinja2 autoescape) and stands in ``<bdi>``, so that neither markup
nor a direction mark in a name reaches the page (F62). The JSON-LD block has ``<``, ``>`` and ``&`` written as
escapes. No script, no outside resource: the style is inlined, the page prints on A4.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Final

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from tacenda.core.declaration import Clause, Declaration, FormKind
from tacenda.core.preference import Dimension, denied
from tacenda.core.scope import AllRepertoire, OfCatalogues, OfIpis, OfIsrcPrefixes, OfLabels, OfList
from tacenda.core.territory import Territory
from tacenda.core.vocabulary import LAYER_TITLES, USE_TITLES, Capacity, Layer, Use, in_order, uses_reached

MAX_SHOWN: Final = 40
CAPACITY_TITLES: Final = {
    Capacity.OWNER: "Owner",
    Capacity.EXCLUSIVE_LICENSEE: "Exclusive licensee",
    Capacity.ADMINISTRATOR: "Administrator",
    Capacity.AGENT: "Agent",
    Capacity.CMO: "Collective management organisation",
}
FORM_TITLES: Final = {
    FormKind.PAGE: "this page",
    FormKind.DOCUMENT: "the signed document",
    FormKind.ROBOTS: "robots.txt with AIPREF and Content-Signal lines",
    FormKind.TDMREP: "TDM reservation (TDMRep)",
    FormKind.TDM_POLICY: "TDM policy (ODRL)",
    FormKind.HTTP_HEADERS: "HTTP response headers of the site",
}


@dataclass(frozen=True, slots=True)
class Basis:
    """A jurisdiction profile as shown; without references when this version does not ship it."""

    id: str
    as_of: date
    title: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageFacts:
    """All that the page shows beside the declaration itself."""

    declaration: Declaration
    digest: str
    entry: int
    origin: str
    verifier_key: str
    bases: tuple[Basis, ...]
    css: str


@dataclass(frozen=True, slots=True)
class _Form:
    url: str
    what: str


def render_page(facts: PageFacts) -> bytes:
    """The page as UTF-8. The same facts give the same bytes."""
    d = facts.declaration
    lead, values = _scope_words(d)
    purposes = Clause("purposes", "", "For what purposes", d.purposes)
    clauses = d.clauses if d.withdrawn else (*d.clauses[:1], purposes, *d.clauses[1:])
    html = _template().render(
        d=d,
        css=Markup(_inlined(facts.css)),  # noqa: S704 - our own file
        json_ld=Markup(_script_json(_json_ld(facts))),  # noqa: S704 - escaped for a script element
        summary=summary_of(d),
        metas=_metas(d),
        page_url=d.form_url(FormKind.PAGE),
        long_day=_long_day,
        capacity=CAPACITY_TITLES[d.capacity],
        scope_lead=lead,
        scope_values=values[:MAX_SHOWN],
        scope_more=max(0, len(values) - MAX_SHOWN),
        territory=_territory_words(d.territory),
        layers=[_capital(LAYER_TITLES[layer]) for layer in in_order(d.layers)],
        uses=[_capital(USE_TITLES[use]) for use in in_order(uses_reached(d.uses))],
        not_reserved=[USE_TITLES[use] for use in in_order(frozenset(Use) - uses_reached(d.uses))],
        clauses=clauses,
        grantors=[(g.legal_name, _layers_words(g.layers)) for g in d.grantors],
        bases=facts.bases,
        forms=[_Form(form.url, FORM_TITLES[form.kind]) for form in d.machine_forms],
        digest=facts.digest,
        entry=facts.entry,
        origin=facts.origin,
        verifier_key=facts.verifier_key,
    )
    return html.encode("utf-8", "replace")


def summary_of(d: Declaration) -> str:
    """The declaration in one or two sentences."""
    name = d.declarant.legal_name
    if d.withdrawn:
        return f"{name} has withdrawn this rights reservation with effect from {_long_day(d.effective_from)}."
    head = [Use.TDM, Use.TRAIN, Use.TRAIN_GENERATIVE]
    reached = uses_reached(d.uses)
    named = [USE_TITLES[use] for use in head if use in reached][:2] or [USE_TITLES[in_order(d.uses)[0]]]
    rest = ", and against the other acts listed below" if len(reached) > len(named) else ""
    scope = (
        "all its present and future repertoire" if isinstance(d.scope, AllRepertoire) else "the repertoire below"
    )
    return f"{name} reserves its rights in {scope} against {' and '.join(named)}{rest}. Silence is no licence."


def _metas(d: Declaration) -> list[tuple[str, str]]:
    """Meta elements for this page: TDMRep, and ``noai`` where training is denied."""
    said = frozenset[Dimension]() if d.withdrawn else denied(d.uses)
    metas = []
    if Dimension.TDM in said:
        metas.append(("tdm-reservation", "1"))
        policy = d.form_url(FormKind.TDM_POLICY)
        if policy:
            metas.append(("tdm-policy", policy))
    if Dimension.TRAIN_ANY in said:
        metas.append(("robots", "noai, noimageai"))
    return metas


def _json_ld(facts: PageFacts) -> dict[str, object]:
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
        "inLanguage": d.language,
        "dateCreated": d.declared_on.isoformat(),
        "datePublished": d.effective_from.isoformat(),
        "creativeWorkStatus": "withdrawn" if d.withdrawn else "in force",
        "author": {"@type": "Organization", "name": d.declarant.legal_name},
        "abstract": summary_of(d),
        "encoding": {
            "@type": "MediaObject",
            "contentUrl": d.form_url(FormKind.DOCUMENT) or "declaration.json",
            "encodingFormat": "application/json",
            "sha256": facts.digest,
        },
    }
    if d.form_url(FormKind.PAGE):
        document["url"] = d.form_url(FormKind.PAGE)
    if d.permission_url:
        document["acquireLicensePage"] = d.permission_url
    return document


def _script_json(document: object) -> str:
    text = json.dumps(document, ensure_ascii=True, indent=1, sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _inlined(css: str) -> str:
    """The style as it may stand in a ``style`` element."""
    return css.replace("</", "<\\/")


def _scope_words(d: Declaration) -> tuple[str, Sequence[str]]:
    match d.scope:
        case AllRepertoire():
            return "All present and future repertoire of the declarant", ()
        case OfCatalogues(catalogues):
            return "The catalogues, as they stand at any time:", catalogues
        case OfLabels(labels):
            return "Everything released on the labels:", labels
        case OfIsrcPrefixes(prefixes):
            return "All recordings whose ISRC begins with:", prefixes
        case OfIpis(numbers):
            return "All works with a part of IPI name number:", numbers
        case OfList(identifiers):
            return "The following:", [str(identifier) for identifier in identifiers]


def _territory_words(territory: Territory) -> str:
    head = "The world" if territory.include is None else ", ".join(sorted(territory.include))
    tail = f", except {', '.join(sorted(territory.exclude))}" if territory.exclude else ""
    return head + tail


def _layers_words(layers: frozenset[Layer]) -> str:
    return ", ".join(LAYER_TITLES[layer] for layer in in_order(layers))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _long_day(day: date) -> str:
    months = "January February March April May June July August September October November December".split()
    return f"{day.day}\u00a0{months[day.month - 1]} {day.year}"


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    source = resources.files("tacenda.data").joinpath("pages", "declaration.html").read_text(encoding="utf-8")
    return environment.from_string(source)
