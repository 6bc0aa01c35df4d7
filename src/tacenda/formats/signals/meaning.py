"""What each protocol's words mean in the five dimensions: Tacenda's own reading, published as such.

The table stands in one place so that it can be read, shown (``tacenda signals protocols``) and disputed.
Where a protocol leaves a question open, the dimension stays unknown.
"""

from collections.abc import Mapping
from typing import Final

from tacenda.core.preference import Dimension
from tacenda.formats.signals.statement import Saying

ALL: Final = frozenset(Dimension)
TRAIN: Final = frozenset({Dimension.TRAIN_ANY, Dimension.TRAIN_GEN})
MINING: Final = TRAIN | {Dimension.TDM}
GEN: Final = frozenset({Dimension.TRAIN_GEN})
INPUT: Final = frozenset({Dimension.AI_INPUT})
SEARCH: Final = frozenset({Dimension.SEARCH})


def deny(dimensions: frozenset[Dimension]) -> Saying:
    return Saying(denies=dimensions)


def allow(dimensions: frozenset[Dimension]) -> Saying:
    return Saying(allows=dimensions)


def appear(dimensions: frozenset[Dimension]) -> Saying:
    return Saying(appears=dimensions)


AIPREF: Final[Mapping[str, frozenset[Dimension]]] = {"train-ai": GEN, "ai-use": INPUT, "search": SEARCH}

# Labels that -08 says must be ignored: the drafts they come from, and what ``n`` meant there.
AIPREF_HISTORIC: Final[Mapping[str, tuple[str, frozenset[Dimension]]]] = {
    "tdm": ("vocab-01", MINING),
    "ai": ("vocab-01", TRAIN),
    "genai": ("vocab-01", GEN),
    "inference": ("vocab-01", INPUT),
    "all": ("vocab-02", ALL),
    "train-genai": ("vocab-02 to -03", GEN),
    "bots": ("vocab-03 to -04", ALL),
    "ai-output": ("vocab-04", INPUT),
}

CONTENT_SIGNAL: Final[Mapping[str, frozenset[Dimension]]] = {
    "ai-train": TRAIN,
    "ai-input": INPUT,
    "search": SEARCH,
}

TDMREP: Final = MINING
ROBOTS: Final = TRAIN
NOAI: Final = TRAIN
AI_TXT: Final = TRAIN

RSL: Final[Mapping[str, frozenset[Dimension]]] = {
    "all": ALL,
    "ai-all": TRAIN | INPUT,
    "ai-train": TRAIN,
    "ai-input": INPUT,
    "ai-index": frozenset(),
    "search": SEARCH,
}

PLUS: Final[Mapping[str, Saying]] = {
    "DMI-UNSPECIFIED": Saying(),
    "DMI-ALLOWED": allow(MINING),
    "DMI-PROHIBITED-AIMLTRAINING": deny(TRAIN),
    "DMI-PROHIBITED-GENAIMLTRAINING": deny(GEN),
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": Saying(ALL - SEARCH, SEARCH),
    "DMI-PROHIBITED": deny(ALL),
    "DMI-PROHIBITED-SEECONSTRAINT": deny(ALL),
    "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR": deny(ALL),
    "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR": deny(ALL),
}

CAWG: Final[Mapping[str, frozenset[Dimension]]] = {
    "data_mining": frozenset({Dimension.TDM}),
    "ai_training": frozenset({Dimension.TRAIN_ANY}),
    "ai_generative_training": GEN,
    "ai_inference": INPUT,
}

TDMAI: Final[Mapping[str, frozenset[Dimension]]] = {
    "all": MINING,
    "train-ai": TRAIN,
    "train-genai": GEN,
    "ai-use": INPUT,
    "search": SEARCH,
}
TDMAI_2025: Final[Mapping[str, frozenset[Dimension]]] = {
    "tdm": frozenset({Dimension.TDM}),
    "aitraining": TRAIN,
    "generativeai": GEN,
    "genaitraining": GEN,
}
