"""What each form of publication is able to deny, and where it is found: one answer for all stages.

The declaration promises addresses (`reserve`), the bundle fills them (`publish`); both ask here. A form is given
no more than was declared: what it could only say together with something undeclared, it does not say. No form
here ever allows anything.

RSL has words for uses; a licence in it that lists no ``permits`` is understood as silent about what it does not
prohibit. ``ai-all`` and ``all`` reach words that do not exist yet, so they are used only where everything else, or
everything, is reserved.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from tacenda.core.declaration import FormKind
from tacenda.core.preference import Dimension, denied
from tacenda.core.vocabulary import ALL_USES, Use, uses_reached

FOLDER: Final = "rights-reservation"
TRAINING: Final = frozenset({Dimension.TRAIN_ANY, Dimension.TRAIN_GEN})
HEADER_FORMS: Final = (FormKind.HTTP_HEADERS, FormKind.APACHE, FormKind.CADDY, FormKind.HEADERS_FILE)

# Files that are uploaded to a fixed place; the others are pasted into a page or a server's configuration.
_AT_ROOT: Final[Mapping[FormKind, str]] = {
    FormKind.ROBOTS: "robots.txt",
    FormKind.TDMREP: ".well-known/tdmrep.json",
    FormKind.RSL: "rsl.xml",
    FormKind.AI_TXT: "ai.txt",
}
_AT_HOME: Final[Mapping[FormKind, str]] = {
    FormKind.PAGE: "",
    FormKind.DOCUMENT: "declaration.json",
    FormKind.TDM_POLICY: "policy.json",
    FormKind.JSON_LD: "rights.jsonld",
}
_PROMISED: Final = (
    FormKind.PAGE,
    FormKind.DOCUMENT,
    FormKind.ROBOTS,
    FormKind.TDMREP,
    FormKind.TDM_POLICY,
    FormKind.HTTP_HEADERS,
    FormKind.RSL,
    FormKind.AI_TXT,
    FormKind.JSON_LD,
)


def able_to_deny(uses: Iterable[Use], *, whole_site: bool = True) -> Mapping[FormKind, frozenset[Dimension]]:
    """The dimensions that each form denies for a declaration of `uses`; a form that is not in it is not written.

    Args:
        whole_site: False when the declaration reaches only some paths of the site: a ``Content-Signal`` knows no
            path, so it is left out of robots.txt, and with it the word for training of any model.
    """
    stated = frozenset(uses)
    said = denied(stated)
    marks = said & (TRAINING | {Dimension.TDM})
    marks = marks if marks != {Dimension.TRAIN_GEN} else frozenset()
    robots = said - {Dimension.TDM} if whole_site else said - {Dimension.TDM, Dimension.TRAIN_ANY}
    forms = {
        FormKind.PAGE: marks,
        FormKind.DOCUMENT: frozenset[Dimension](),
        FormKind.TRANSLATION: marks,
        FormKind.JSON_LD: frozenset[Dimension](),
    }
    if robots:
        forms[FormKind.ROBOTS] = robots
    if Dimension.TDM in said:
        forms[FormKind.TDMREP] = TRAINING | {Dimension.TDM}
        forms[FormKind.TDM_POLICY] = frozenset()
    if said:
        forms |= dict.fromkeys(HEADER_FORMS, said)
    if rsl_words(stated):
        forms[FormKind.RSL] = _rsl_dimensions(rsl_words(stated))
    if Dimension.TRAIN_ANY in said:
        forms[FormKind.AI_TXT] = TRAINING
    if marks:
        forms[FormKind.HTML_HEAD] = marks
    return forms


def rsl_words(uses: Iterable[Use]) -> tuple[str, ...]:
    """The RSL 1.0 usage words that say what `uses` reserve, and no more.

    >>> rsl_words([Use.TDM]), rsl_words(ALL_USES)
    (('ai-train',), ('all',))
    """
    reached = uses_reached(uses)
    if reached == ALL_USES:
        return ("all",)
    if reached >= ALL_USES - {Use.SEARCH}:
        return ("ai-all",)
    of = {"ai-train": Use.TRAIN, "ai-input": Use.RAG_INPUT, "ai-index": Use.INDEX_EMBED, "search": Use.SEARCH}
    return tuple(word for word, use in of.items() if use in reached)


def _rsl_dimensions(words: tuple[str, ...]) -> frozenset[Dimension]:
    of = {
        "all": frozenset(Dimension),
        "ai-all": TRAINING | {Dimension.AI_INPUT},
        "ai-train": TRAINING,
        "ai-input": frozenset({Dimension.AI_INPUT}),
        "ai-index": frozenset[Dimension](),
        "search": frozenset({Dimension.SEARCH}),
    }
    return frozenset[Dimension]().union(*(of[word] for word in words))


def address(site: str, name: str, kind: FormKind, *, apart: bool = False) -> str:
    """Where a form of the declaration `name` lies on `site`; the site's own root for what has no file there.

    Args:
        apart: another declaration has the place at the root; of use for ``rsl.xml`` alone, which holds one.
    """
    if apart and kind is FormKind.RSL:
        return f"{site}/{FOLDER}/{name}/{_AT_ROOT[kind]}"
    if kind in _AT_HOME:
        return f"{site}/{FOLDER}/{name}/{_AT_HOME[kind]}"
    return f"{site}/{_AT_ROOT.get(kind, '')}"


def promised_forms(
    site: str, name: str, uses: Iterable[Use], *, withdrawn: bool, apart: bool = False
) -> Mapping[FormKind, str]:
    """The addresses that a declaration states, in the order in which it states them; none without a site.

    Args:
        apart: another declaration has ``rsl.xml`` at the root of this site.
    """
    if not site:
        return {}
    able = {FormKind.PAGE, FormKind.DOCUMENT} if withdrawn else able_to_deny(uses)
    return {kind: address(site, name, kind, apart=apart) for kind in _PROMISED if kind in able}
