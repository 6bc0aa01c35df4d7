"""What each form of publication can say, what it cannot, and what of a given declaration it leaves unsaid.

This is Tacenda's own reading of the formats, published as such. A form never says more than was declared; what it
cannot say, only the signed document says.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from tacenda.core.declaration import Declaration, FormKind
from tacenda.core.machine_forms import HEADER_FORMS, able_to_deny, rsl_words
from tacenda.core.preference import DIMENSION_TITLES, Dimension, denied
from tacenda.core.vocabulary import USE_TITLES, Use, in_order, uses_reached
from tacenda.errors import InputError
from tacenda.formats.content_signal import signal_extent
from tacenda.formats.server_headers import can_limit
from tacenda.publish.site import WHOLE_SITE, SiteDescription

_BARE: Final = "Layers, repertoire, territory, dates; responses that do not bear the fields."

# {said} is what the form tells machines of the declaration at hand.
CAN: Final[Mapping[FormKind, str]] = {
    FormKind.PAGE: "Everything, for people; {said}, for machines.",
    FormKind.TRANSLATION: "Everything, for people, in another language; which text prevails.",
    FormKind.DOCUMENT: "Everything that is declared, signed.",
    FormKind.ROBOTS: "For all crawlers: {said}; keeps named AI crawlers out.",
    FormKind.TDMREP: "That text and data mining is reserved, where, and where the policy is.",
    FormKind.TDM_POLICY: "Who reserves, whom to ask, and that consent must be obtained first.",
    FormKind.HTTP_HEADERS: "nginx: {said}, with each response.",
    FormKind.APACHE: "Apache: {said}, with each response.",
    FormKind.CADDY: "Caddy: {said}, with each response.",
    FormKind.HEADERS_FILE: "Netlify, Cloudflare Pages: {said}, with each response.",
    FormKind.RSL: "Prohibited: {said}; whom to ask.",
    FormKind.AI_TXT: "That files with these endings are not for training, when media are fetched for it.",
    FormKind.HTML_HEAD: "For the page that bears it: {said}.",
    FormKind.JSON_LD: "Where the declaration is, with its digest, and whom to ask.",
}
CANNOT: Final[Mapping[FormKind, str]] = {
    FormKind.PAGE: "Its marks speak for the page alone, not for the repertoire.",
    FormKind.TRANSLATION: "Anything that the original does not; its marks speak for the page alone.",
    FormKind.DOCUMENT: "No crawler looks for it by itself; it has to be known or linked.",
    FormKind.ROBOTS: "Layers, repertoire, territory, dates, grantors; copies on other sites.",
    FormKind.TDMREP: "Single uses, layers, repertoire, territory, dates; copies on other sites.",
    FormKind.TDM_POLICY: "Uses other than mining; layers; a repertoire that is not on the site.",
    **dict.fromkeys(HEADER_FORMS, _BARE),
    FormKind.RSL: "Mining that trains nothing; layers, repertoire, dates; it is silent on what it does not name.",
    FormKind.AI_TXT: "Anything but training of any model; a convention of one company, without a standard.",
    FormKind.HTML_HEAD: "Input to models and search; images, recordings and files that the page links to.",
    FormKind.JSON_LD: "That anything is reserved: schema.org has no word for it, so it only leads there.",
}
_RSL_TITLES: Final[Mapping[str, str]] = {
    "all": "every use by machines",
    "ai-all": "every use for AI",
    "ai-train": "training",
    "ai-input": "input to models",
    "ai-index": "indexing for AI",
    "search": "search",
}
ALWAYS: Final = frozenset({FormKind.PAGE, FormKind.TRANSLATION, FormKind.DOCUMENT, FormKind.TDM_POLICY})
NAMES: Final[Mapping[str, FormKind]] = {kind.value: kind for kind in FormKind if kind not in ALWAYS} | {
    "nginx": FormKind.HTTP_HEADERS
}

# Which uses a denial in each dimension tells a machine about.
_TELLS: Final[Mapping[Dimension, frozenset[Use]]] = {
    Dimension.TDM: frozenset({Use.TDM}),
    Dimension.TRAIN_ANY: frozenset({Use.TRAIN, Use.FINETUNE}),
    Dimension.TRAIN_GEN: frozenset({Use.TRAIN_GENERATIVE}),
    Dimension.AI_INPUT: frozenset({Use.RAG_INPUT}),
    Dimension.SEARCH: frozenset({Use.SEARCH}),
}


def can(declaration: Declaration, kind: FormKind, denies: frozenset[Dimension], kept_out: bool) -> str:
    """What a form says of this declaration, in words; nothing that was not reserved.

    Args:
        denies: what a machine will read in it as denied.
        kept_out: whether robots.txt shuts crawlers out.
    """
    said = [DIMENSION_TITLES[each] for each in Dimension if each in denies]
    if kind is FormKind.RSL:
        said = [_RSL_TITLES[word] for word in rsl_words(declaration.uses)]
    elif Dimension.TRAIN_ANY in denies:
        said.remove(DIMENSION_TITLES[Dimension.TRAIN_GEN])
    words = CAN[kind]
    if kind is FormKind.PAGE and not said:
        words = "Everything, for people."
    elif kind is FormKind.ROBOTS and not kept_out:
        words = "For all crawlers: {said}."
    together = " and ".join(filter(None, (", ".join(said[:-1]), "".join(said[-1:]))))
    return words.replace("{said}", together)


def expected(
    declaration: Declaration, site: SiteDescription = WHOLE_SITE
) -> Mapping[FormKind, frozenset[Dimension]]:
    """The dimensions that each machine-readable form must deny; a form that is not in it is not to be written."""
    if declaration.withdrawn:
        return {}
    able = able_to_deny(declaration.uses, whole_site=site.whole)
    return {kind: said for kind, said in able.items() if can_limit(kind, site.paths)}


def left_out(declaration: Declaration, site: SiteDescription = WHOLE_SITE) -> Mapping[FormKind, str]:
    """Why each form that is not to be written is not, in words."""
    if declaration.withdrawn:
        return {}
    able = expected(declaration, site)
    said = denied(declaration.uses)
    why: dict[FormKind, str] = {}
    if FormKind.ROBOTS not in able:
        nothing = "it has no word for any use that is reserved"
        why[FormKind.ROBOTS] = nothing if site.whole else f"{nothing} and can be limited to paths"
    if Dimension.TDM not in said:
        mining = "it can only say that all text and data mining is reserved, and that was not declared"
        why |= {FormKind.TDMREP: mining, FormKind.TDM_POLICY: mining}
    if FormKind.HEADERS_FILE not in able and said:
        why[FormKind.HEADERS_FILE] = "it cannot be limited to these paths"
    for kind in HEADER_FORMS:
        if not said:
            why[kind] = "no field has a word for any use that is reserved"
    if FormKind.RSL not in able:
        why[FormKind.RSL] = "it has no word for any use that is reserved alone"
    if FormKind.AI_TXT not in able:
        why[FormKind.AI_TXT] = "it can only say that training of any model is reserved, and that was not declared"
    if FormKind.HTML_HEAD not in able:
        why[FormKind.HTML_HEAD] = "it has no word for any use that is reserved alone"
    return why


def unsaid(declaration: Declaration, kind: FormKind, site: SiteDescription = WHOLE_SITE) -> tuple[Use, ...]:
    """The uses that are reserved and of which this form tells a machine nothing, in the vocabulary's order."""
    if declaration.withdrawn or kind is FormKind.DOCUMENT:
        return ()
    reached = uses_reached(declaration.uses)
    told = set[Use]().union(*(_TELLS[dimension] for dimension in expected(declaration, site).get(kind, ())))
    if kind is FormKind.ROBOTS and site.whole and signal_extent(declaration.uses):
        told.add(Use.GENERATE_OUTPUT)
    if kind is FormKind.RSL:
        words = rsl_words(declaration.uses)
        told |= reached if words == ("all",) else set()
        told |= {Use.INDEX_EMBED} if {"ai-all", "ai-index"} & set(words) else set()
    return in_order(reached - told)


def unsaid_words(uses: Iterable[Use]) -> str:
    """The uses as a person reads them; empty for none."""
    return "; ".join(USE_TITLES[use] for use in in_order(uses))


def parse_forms(names: str) -> frozenset[FormKind]:
    """The forms that a person names, such as ``robots,tdmrep,nginx``; the declaration itself always comes along.

    Raises:
        InputError: ``publish.form`` for a name that is none.
    """
    chosen = set(ALWAYS)
    for word in names.replace("-", "_").split(","):
        name = word.strip().lower()
        if name and name not in NAMES:
            raise InputError(
                "publish.form", f"{name[:40]!r} is no form.", hint=f"Forms are: {', '.join(sorted(NAMES))}."
            )
        if name:
            chosen.add(NAMES[name])
    return frozenset(chosen)
