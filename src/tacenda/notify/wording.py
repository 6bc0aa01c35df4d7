"""Words that letters make of facts: scopes, territories, capacities, layers and uses, in English.

Our own words, and neutral: a letter says what is reserved and what is known in public, and accuses nobody.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from tacenda.core.recipient import GpaiCode, Recipient, RecipientKind, Variant
from tacenda.core.scope import AllRepertoire, OfCatalogues, OfIpis, OfIsrcPrefixes, OfLabels, Scope
from tacenda.core.territory import Territory
from tacenda.core.vocabulary import (
    ALL_LAYERS,
    LAYER_TITLES,
    RESERVED_BY_DEFAULT,
    USE_TITLES,
    Capacity,
    Layer,
    Use,
    in_order,
)
from tacenda.formats.letter.facts import Basis, Word
from tacenda.formats.letter.facts import Capacity as CapacityFacts
from tacenda.notify.deadline import Deadline, Roll, Unit, country_name

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
MAX_NAMED: Final = 6
_WITH_ARTICLE: Final = ("United ", "Netherlands", "Philippines", "Bahamas", "Maldives", "Seychelles", "Dominican ")

LAYER_NOTES: Final[Mapping[Layer, str]] = {
    Layer.RECORDING: "what was fixed, whole or in part, stems and samples included",
    Layer.PERFORMANCE: "what performers sang and played, as fixed",
    Layer.WORK: "compositions and arrangements, in sound, notation or any other form",
    Layer.LYRICS: "the words of works, sung or written, and translations",
    Layer.ARTWORK: "covers, photographs and designs",
    Layer.VIDEO: "music videos and other audiovisual fixations",
    Layer.DATA: "titles, credits, identifiers and their collection",
    Layer.LIKENESS: "to the extent that the law protects them and the declarant may speak for them",
}
USE_NOTES: Final[Mapping[Use, str]] = {
    Use.TDM: "automated analysis of text, sound, image or data to gain information, and the copies made for it",
    Use.TRAIN: "setting the parameters of a model, whatever the model is for",
    Use.TRAIN_GENERATIVE: "training of models that make text, sound, image or video",
    Use.FINETUNE: "further training of a model that exists",
    Use.EVALUATE: "testing, scoring or comparing models",
    Use.RAG_INPUT: "giving the material to a model when it answers",
    Use.INDEX_EMBED: "vectors, fingerprints and indexes made for AI systems",
    Use.SEARCH: "indexing that only shows where the source is",
    Use.GENERATE_OUTPUT: "output in which protected parts can be recognised",
    Use.VOICE_CLONE: "imitation of the voice of a performer or writer",
    Use.LIKENESS: "imitation of a person",
    Use.SYNTHETIC_PERFORMANCE: "performances that nobody gave, in the manner of a performer",
    Use.STEM_SEPARATION: "parting a recording into voices or instruments for a reserved use",
    Use.DATASET_PUBLISH: "collections of copies, features or links that are passed on",
}
CAPACITY_TITLES: Final[Mapping[Capacity, str]] = {
    Capacity.OWNER: "owner of rights",
    Capacity.EXCLUSIVE_LICENSEE: "exclusive licensee",
    Capacity.ADMINISTRATOR: "administrator for owners of rights",
    Capacity.AGENT: "agent for owners of rights",
    Capacity.CMO: "collective management organisation for its members",
}
FORM_TITLES: Final[Mapping[str, str]] = {
    "page": "Declaration for people",
    "document": "Declaration as signed",
    "robots": "Rules for crawlers (robots.txt)",
    "tdmrep": "TDM Reservation Protocol",
    "tdm_policy": "TDM policy",
    "http_headers": "HTTP response headers",
    "rsl": "Really Simple Licensing (RSL)",
    "ai_txt": "Rules for AI (ai.txt)",
    "json_ld": "Metadata (JSON-LD)",
    "translation": "Translation of the declaration",
}
_ROLES: Final[Mapping[RecipientKind, str]] = {
    RecipientKind.AI_DEVELOPER: "develops or offers AI systems",
    RecipientKind.AI_MUSIC_GENERATOR: "develops or offers systems that generate music",
    RecipientKind.AI_VOICE: "develops or offers systems that generate or analyse voices",
    RecipientKind.AI_AUDIO_TOOL: "develops or offers audio tools that rest on machine learning",
    RecipientKind.MODEL_HUB: "makes models and data sets of others available",
    RecipientKind.DATASET_MAINTAINER: "publishes or maintains data sets",
    RecipientKind.CRAWLER_OPERATOR: "operates automated agents that collect web content",
    RecipientKind.FINGERPRINT_PROVIDER: "identifies music by analysing recordings",
    RecipientKind.ATTRIBUTION_PROVIDER: "analyses recordings to attribute the output of AI systems",
    RecipientKind.DSP: "makes music available to the public",
    RecipientKind.UGC_PLATFORM: "makes content of its users, music among it, available to the public",
    RecipientKind.LYRICS_SERVICE: "makes lyrics available to the public",
    RecipientKind.RECOGNITION_SERVICE: "recognises music or keeps data on it",
    RecipientKind.DISTRIBUTOR: "delivers recordings to music services",
    RecipientKind.HOSTING_PROVIDER: "hosts models or data sets, or gives access to them",
    RecipientKind.SEARCH_ENGINE: "operates a search service",
    RecipientKind.TRADE_BODY: "represents companies of its trade",
    RecipientKind.REGULATOR: "supervises the market",
}


def listing(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def long_date(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def date_with_weekday(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]}, {long_date(day)}"


def form_note(kind: str) -> str:
    """What stands where a form has no digest."""
    if kind == "http_headers":
        return "Sent with every response of the site; not a file."
    return "No file of its own."


def country_in_words(code: str) -> str:
    """The country as it stands within a sentence: ``the United States``, ``Germany``."""
    name = country_name(code)
    return f"the {name}" if name.startswith(_WITH_ARTICLE) else name


def deadline_rule(deadline: Deadline) -> str:
    """How the day was computed, so that the recipient can compute it too."""
    term, where = deadline.term, country_in_words(deadline.calendar)
    counted = (
        f"{term.amount} working days" if term.unit is Unit.WORKING_DAYS else f"{term.amount} calendar days"
    ) + f" after {long_date(deadline.start)}"
    if not deadline.calendar:
        whose = "weekends do not count; no calendar of public holidays was at hand"
    elif deadline.of_recipient:
        whose = f"by the calendar of {where}, where you have your seat as far as we know"
    else:
        whose = f"by the calendar of {where}, our own, as your seat is not known to us"
    roll = {
        Roll.FOLLOWING: ", moved to the next working day where it is none",
        Roll.PRECEDING: ", moved to the last working day before where it is none",
        Roll.NONE: "",
    }[term.roll if term.unit is Unit.CALENDAR_DAYS else Roll.NONE]
    off = ""
    if deadline.skipped and term.unit is Unit.WORKING_DAYS:
        days = listing([f"{long_date(day)} ({name})" for day, name in deadline.skipped])
        off = f" Not counted: weekends and {days}."
    version = (
        f" Public holidays: as given by the software library {deadline.calendar_version}."
        if deadline.calendar
        else ""
    )
    return f"{counted}, {whose}{roll}.{off}{version}"


def territory_words(territory: Territory) -> str:
    """``throughout the world``, ``in Germany and France``, with what is left out."""
    inside = (
        "throughout the world"
        if territory.include is None
        else f"in {listing([country_in_words(code) for code in sorted(territory.include)])}"
    )
    if not territory.exclude:
        return inside
    return f"{inside} except in {listing([country_in_words(code) for code in sorted(territory.exclude)])}"


def scope_words(scope: Scope) -> tuple[str, str, tuple[str, ...]]:
    """The scope within a sentence, as a definition, and its entries (empty where the definition says all)."""
    match scope:
        case AllRepertoire():
            return (
                "all its present and future repertoire",
                (
                    "All present and future repertoire of the Rightsholder: everything in which it holds or "
                    "administers rights today, and everything in which it will, without a list."
                ),
                (),
            )
        case OfCatalogues(names):
            return (
                "the catalogues named in Annex B",
                "Everything in the following catalogues, as they stand now and later:",
                names,
            )
        case OfLabels(names):
            return "releases on the labels named in Annex B", "Everything released on the following labels:", names
        case OfIsrcPrefixes(names):
            return (
                "recordings whose ISRC begins with a prefix named in Annex B",
                "Every recording whose International Standard Recording Code (ISO 3901) begins with:",
                names,
            )
        case OfIpis(names):
            return (
                "works in which a party named in Annex B by IPI name number has a part",
                "Every work in which one of the following IPI name numbers has a part:",
                names,
            )
        case _:
            return (
                "the works and recordings listed in Annex B",
                "What bears one of the following identifiers:",
                tuple(str(identifier) for identifier in scope.identifiers),
            )


def uses_words(uses: frozenset[Use]) -> str:
    if uses >= RESERVED_BY_DEFAULT:
        return "text and data mining, AI training and every other use that Annex B lists"
    titles = [USE_TITLES[use] for use in in_order(uses)]
    if len(titles) <= MAX_NAMED:
        return listing(titles)
    return f"the {len(titles)} uses that Annex B lists, among them {listing(titles[:2])}"


def layers_words(layers: frozenset[Layer]) -> str:
    if layers == ALL_LAYERS:
        return "every protected layer (from sound recordings, works and lyrics to artwork and data)"
    return listing([LAYER_TITLES[layer] for layer in in_order(layers)])


def use_list(uses: frozenset[Use]) -> tuple[Word, ...]:
    return tuple(Word(_capital(USE_TITLES[use]), USE_NOTES[use]) for use in in_order(uses))


def layer_list(layers: frozenset[Layer]) -> tuple[Word, ...]:
    return tuple(Word(_capital(LAYER_TITLES[layer]), LAYER_NOTES[layer]) for layer in in_order(layers))


def capacity_facts(capacity: Capacity, mandate: str, name: str) -> CapacityFacts:
    title = CAPACITY_TITLES[capacity]
    own = capacity in (Capacity.OWNER, Capacity.EXCLUSIVE_LICENSEE)
    statement = (
        f"{name} declares in its own right, as {title}."
        if own
        else f"{name} declares as {title}. Its power to declare rests on the mandate stated here."
    )
    words = f"as {title}" if own else f"as {title} (mandate: Annex E)"
    return CapacityFacts(_capital(title), words, statement, mandate)


def basis_of(recipient: Recipient, variant: Variant) -> Basis:
    """What the directory knows of this recipient, stated neutrally; else a fallback that claims nothing."""
    name = recipient.name
    dated = long_date(date.fromisoformat(recipient.source_date)) if recipient.source_date else ""
    roles = [
        kind for kind in (recipient.kind, *recipient.also_kinds) if kind is not RecipientKind.CRAWLER_OPERATOR
    ]
    said = [f"{name} {listing([_ROLES[kind] for kind in roles])}."] if roles else []
    specific = []
    if recipient.crawler_tokens:
        one = len(recipient.crawler_tokens) == 1
        specific.append(
            f"Automated agents of {name} identify themselves as {_some(recipient.crawler_tokens)}."
            if not one
            else f"An automated agent of {name} identifies itself as {recipient.crawler_tokens[0]}."
        )
    if recipient.datasets:
        specific.append(f"Data sets that it publishes or maintains include {_some(recipient.datasets)}.")
    if recipient.models:
        specific.append(f"Models that it develops or offers include {_some(recipient.models)}.")
    if recipient.brands and variant is Variant.STREAMING:
        specific.append(f"Its services include {_some(recipient.brands)}.")
    if "ota" in recipient.source:
        specific.append(f"{name} publishes terms that govern access to its services.")
    if not specific and not said:
        said = [f"{name} operates automated agents that collect web content."]
    if not specific:
        return Basis(False, (_fallback(recipient, variant),), dated)
    return Basis(True, tuple(said + specific), dated)


def gpai_request(code: GpaiCode | None) -> str:
    if code is GpaiCode.FULL:
        return (
            "As far as public records show, you have signed the EU Code of Practice for general-purpose AI models."
            " Please name the point of contact and the complaints procedure for rightsholders that its copyright "
            "chapter provides for."
        )
    return "Please name the point of contact for rightsholders and, where there is one, your copyright policy."


def systems_of(recipient: Recipient) -> str:
    named = tuple(dict.fromkeys((*recipient.models, *recipient.datasets, *recipient.crawler_tokens)))
    rest = "all other systems, models, data sets and agents that you operate or offer"
    if not named:
        return rest.replace("all other", "all")
    later = "its later versions" if len(named) == 1 else "their later versions"
    return f"{_some(named)}, {later}, and {rest}"


def _fallback(recipient: Recipient, variant: Variant) -> str:
    role = _ROLES[recipient.kind]
    why = f"We write to {recipient.name} because, as we understand from public sources, it {role}."
    if variant is Variant.STREAMING:
        return (
            f"{why} Services of that kind may carry the Repertoire and may be a place from which others copy it. "
            "We hold no information that this has happened."
        )
    return (
        f"{why} Work of that kind can involve copies of music, lyrics or data about them. "
        "We hold no information that the Repertoire was among them."
    )


def _some(words: Sequence[str]) -> str:
    shown = list(words[:MAX_NAMED])
    return listing(shown) if len(words) <= MAX_NAMED else f"{', '.join(shown)} and others"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
