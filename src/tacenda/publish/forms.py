"""What each form of publication can say, what it cannot, and what it is bound to say of a given declaration.

This is Tacenda's own reading of the formats, published as such. A form never says more than was declared; what it
cannot say, only the signed document says.
"""

from collections.abc import Mapping
from typing import Final

from tacenda.core.declaration import Declaration, FormKind
from tacenda.core.preference import Dimension, denied

TRAINING: Final = frozenset({Dimension.TRAIN_ANY, Dimension.TRAIN_GEN})

CAN: Final[Mapping[FormKind, str]] = {
    FormKind.PAGE: "Everything, for people; text and data mining and training of any model, for machines.",
    FormKind.DOCUMENT: "Everything that is declared, signed.",
    FormKind.ROBOTS: "Training, input to models and search, for all crawlers; keeps named AI crawlers out.",
    FormKind.TDMREP: "That text and data mining is reserved, and where the policy is.",
    FormKind.TDM_POLICY: "Who reserves, whom to ask, and that consent must be obtained first.",
    FormKind.HTTP_HEADERS: "Text and data mining, training, input to models and search, with each response.",
}
CANNOT: Final[Mapping[FormKind, str]] = {
    FormKind.PAGE: "Its marks speak for the page alone, not for the repertoire.",
    FormKind.DOCUMENT: "No crawler looks for it by itself; it has to be known or linked.",
    FormKind.ROBOTS: "Layers, repertoire, territory, dates, grantors; copies on other sites.",
    FormKind.TDMREP: "Single uses, layers, repertoire, territory, dates; copies on other sites.",
    FormKind.TDM_POLICY: "Uses other than mining; layers; a repertoire that is not on the site.",
    FormKind.HTTP_HEADERS: "Layers, repertoire, territory, dates; responses that do not bear them.",
}


def expected(declaration: Declaration) -> Mapping[FormKind, frozenset[Dimension]]:
    """The dimensions that each machine-readable form must deny; a form that is not in it is not to be written."""
    if declaration.withdrawn:
        return {}
    said = denied(declaration.uses)
    forms: dict[FormKind, frozenset[Dimension]] = {}
    if said - {Dimension.TDM}:
        forms[FormKind.ROBOTS] = said - {Dimension.TDM}
    if Dimension.TDM in said:
        forms[FormKind.TDMREP] = TRAINING | {Dimension.TDM}
    if said:
        forms[FormKind.HTTP_HEADERS] = said
    marks = said & (TRAINING | {Dimension.TDM})
    forms[FormKind.PAGE] = marks if marks != {Dimension.TRAIN_GEN} else frozenset()
    return forms


def shuts_out(declaration: Declaration) -> bool:
    """Whether named AI crawlers are kept out: when training of any model is reserved."""
    return not declaration.withdrawn and Dimension.TRAIN_ANY in denied(declaration.uses)
