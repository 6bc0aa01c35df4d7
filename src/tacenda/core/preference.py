"""What the machine-readable forms can say: five questions, each answered deny, allow or unknown.

No outside form knows Tacenda's vocabulary of uses; each knows some of these. A form that knows none of what was
declared is not written, so that no form ever says more than was declared. Unknown is not permission.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from tacenda.core.vocabulary import Use, uses_reached


class Dimension(StrEnum):
    """A question to which a machine-readable form may hold an answer."""

    TDM = "tdm"
    TRAIN_ANY = "train_any"
    TRAIN_GEN = "train_gen"
    AI_INPUT = "ai_input"
    SEARCH = "search"


class Preference(StrEnum):
    """What a machine-readable form says to one question; `unknown` where it says nothing."""

    DENY = "deny"
    ALLOW = "allow"
    UNKNOWN = "unknown"


DIMENSION_TITLES: Final[Mapping[Dimension, str]] = {
    Dimension.TDM: "text and data mining",
    Dimension.TRAIN_ANY: "training of any model",
    Dimension.TRAIN_GEN: "training of generative models",
    Dimension.AI_INPUT: "input to models",
    Dimension.SEARCH: "search",
}

_USE_OF: Final[Mapping[Dimension, Use]] = {
    Dimension.TDM: Use.TDM,
    Dimension.TRAIN_ANY: Use.TRAIN,
    Dimension.TRAIN_GEN: Use.TRAIN_GENERATIVE,
    Dimension.AI_INPUT: Use.RAG_INPUT,
    Dimension.SEARCH: Use.SEARCH,
}


def declared_preferences(uses: Iterable[Use]) -> Mapping[Dimension, Preference]:
    """What a declaration of `uses` says in each dimension: deny where it reserves, else unknown; never allow."""
    reached = uses_reached(uses)
    return {
        dimension: Preference.DENY if use in reached else Preference.UNKNOWN for dimension, use in _USE_OF.items()
    }


def denied(uses: Iterable[Use]) -> frozenset[Dimension]:
    """The dimensions that a declaration of `uses` denies."""
    return frozenset(d for d, p in declared_preferences(uses).items() if p is Preference.DENY)


def combine(statements: Iterable[Preference]) -> Preference:
    """Several statements about one question: any deny wins, then any allow, else unknown."""
    said = frozenset(statements)
    for preference in (Preference.DENY, Preference.ALLOW):
        if preference in said:
            return preference
    return Preference.UNKNOWN
