"""The closed vocabularies: layers of a thing, uses of it, and the capacity in which someone acts.

The values are what stands in signed documents, so they are never renamed; a new word is added at the end.
The use vocabulary is Tacenda's own and is mapped to CAWG, AIPREF, RSL and PLUS by the `formats` modules.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeVar


class Layer(StrEnum):
    """One protected thing among those bundled in a file, each with owners of its own."""

    RECORDING = "recording"
    PERFORMANCE = "performance"
    WORK = "work"
    LYRICS = "lyrics"
    ARTWORK = "artwork"
    VIDEO = "video"
    DATA = "data"
    LIKENESS = "likeness"


class Use(StrEnum):
    """An act that someone may want to do with a thing."""

    TDM = "tdm"
    TRAIN = "train"
    TRAIN_GENERATIVE = "train_generative"
    FINETUNE = "finetune"
    EVALUATE = "evaluate"
    RAG_INPUT = "rag_input"
    INDEX_EMBED = "index_embed"
    SEARCH = "search"
    GENERATE_OUTPUT = "generate_output"
    VOICE_CLONE = "voice_clone"
    LIKENESS = "likeness"
    SYNTHETIC_PERFORMANCE = "synthetic_performance"
    STEM_SEPARATION = "stem_separation"
    DATASET_PUBLISH = "dataset_publish"


class Capacity(StrEnum):
    """In what role someone declares, claims or licenses."""

    OWNER = "owner"
    EXCLUSIVE_LICENSEE = "exclusive_licensee"
    ADMINISTRATOR = "administrator"
    AGENT = "agent"
    CMO = "cmo"


LAYER_TITLES: Final[Mapping[Layer, str]] = {
    Layer.RECORDING: "sound recordings",
    Layer.PERFORMANCE: "performances",
    Layer.WORK: "musical works",
    Layer.LYRICS: "lyrics",
    Layer.ARTWORK: "artwork and photographs",
    Layer.VIDEO: "audiovisual recordings",
    Layer.DATA: "metadata and databases",
    Layer.LIKENESS: "names, images, voices and likenesses",
}

USE_TITLES: Final[Mapping[Use, str]] = {
    Use.TDM: "text and data mining",
    Use.TRAIN: "training of any model",
    Use.TRAIN_GENERATIVE: "training of generative models",
    Use.FINETUNE: "fine-tuning",
    Use.EVALUATE: "evaluation and benchmarking of models",
    Use.RAG_INPUT: "retrieval, grounding and other input to a model",
    Use.INDEX_EMBED: "embedding and indexing for AI systems",
    Use.SEARCH: "search that leads to the source",
    Use.GENERATE_OUTPUT: "generation of output that reproduces or adapts the content",
    Use.VOICE_CLONE: "cloning of a voice",
    Use.LIKENESS: "synthetic use of a name, image or likeness",
    Use.SYNTHETIC_PERFORMANCE: "synthetic performances",
    Use.STEM_SEPARATION: "separation into stems for the above",
    Use.DATASET_PUBLISH: "making and publishing of data sets",
}

# What a *reservation* of one word also reaches, because the second act is a kind of the first. A licence reaches
# nothing but its own words: a reservation is read broadly and a permission narrowly.
USE_REACHES: Final[Mapping[Use, frozenset[Use]]] = {
    Use.TDM: frozenset({Use.TRAIN, Use.TRAIN_GENERATIVE, Use.FINETUNE}),
    Use.TRAIN: frozenset({Use.TRAIN_GENERATIVE, Use.FINETUNE}),
}

# The words of a song are part of the musical work: reserving works reserves their words, not the other way about.
LAYER_REACHES: Final[Mapping[Layer, frozenset[Layer]]] = {Layer.WORK: frozenset({Layer.LYRICS})}

# Acts that imitate a person. A permission for a recording never reaches them: they need the person's own layer.
PERSONAL_USES: Final = frozenset({Use.VOICE_CLONE, Use.LIKENESS, Use.SYNTHETIC_PERFORMANCE})

ALL_LAYERS: Final = frozenset(Layer)
ALL_USES: Final = frozenset(Use)

# What a declaration reserves unless it says otherwise: everything but being found.
RESERVED_BY_DEFAULT: Final = ALL_USES - {Use.SEARCH}

Word = TypeVar("Word", Layer, Use, Capacity)


def uses_reached(uses: Iterable[Use]) -> frozenset[Use]:
    """All uses that a reservation of `uses` reaches, themselves included.

    >>> sorted(uses_reached([Use.TRAIN]))
    [<Use.FINETUNE: 'finetune'>, <Use.TRAIN: 'train'>, <Use.TRAIN_GENERATIVE: 'train_generative'>]
    """
    stated = frozenset(uses)
    return stated.union(*(USE_REACHES.get(use, frozenset()) for use in stated))


def layers_reached(layers: Iterable[Layer]) -> frozenset[Layer]:
    """All layers that a reservation of `layers` reaches, themselves included."""
    stated = frozenset(layers)
    return stated.union(*(LAYER_REACHES.get(layer, frozenset()) for layer in stated))


def in_order(words: Iterable[Word]) -> tuple[Word, ...]:
    """The words once each, in the order in which the vocabulary lists them (the order of signed documents)."""
    given = frozenset(words)
    if not given:
        return ()
    kind = type(next(iter(given)))
    return tuple(word for word in kind if word in given)
