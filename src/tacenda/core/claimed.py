"""What an owner claims in everything that a catalogue lists: layers, and of each the share that it states.

Written as words: ``recording`` claims the layer and states no share; ``work:25`` states a quarter of it, in per
cent; ``work:33.333`` and ``work:1/3`` are different shares, and three of the first leave a gap. A share that
nobody stated is never taken for the whole: it never suffices for Licensed, and two of them are no contradiction.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final

from tacenda.core.thing import WHOLE
from tacenda.core.vocabulary import Layer
from tacenda.errors import InputError

_PER_CENT: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?", re.ASCII)
_FRACTION: Final = re.compile(r"([0-9]{1,6})/([0-9]{1,6})", re.ASCII)
_MOST_DECIMALS: Final = 6


@dataclass(frozen=True, slots=True)
class LayerClaim:
    """A layer that an owner claims by listing a thing, and the share of it; None where none was stated."""

    layer: Layer
    share: Fraction | None = None

    def __str__(self) -> str:
        """As it is stored and typed.

        >>> str(parse_claim("work:25.0")), str(parse_claim("work:2/6")), str(parse_claim("work"))
        ('work:25', 'work:1/3', 'work')
        """
        return self.layer.value if self.share is None else f"{self.layer.value}:{_share_text(self.share)}"

    @property
    def words(self) -> str:
        """For people: ``work 25 %``, ``work 1/3``, ``work (share not stated)``."""
        if self.share is None:
            return f"{self.layer.value} (share not stated)"
        text = _share_text(self.share)
        return f"{self.layer.value} {text}" + ("" if "/" in text else " %")


@lru_cache(maxsize=1024)
def parse_claim(text: str) -> LayerClaim:
    """One layer, with or without a share.

    Raises:
        InputError: ``catalogue.layers`` for a word that is no layer, ``catalogue.share`` for a share that cannot
            be read or is not above 0 and at most 100 %.
    """
    word, colon, share = (part.strip() for part in text.partition(":"))
    try:
        layer = Layer(word)
    except ValueError:
        raise InputError(
            "catalogue.layers", f"{word[:60]!r} is no layer.", hint=f"Layers are {', '.join(Layer)}."
        ) from None
    return LayerClaim(layer, _share(share, text) if colon else None)


def parse_claims(text: str) -> tuple[LayerClaim, ...]:
    """Layers with commas between them, in the order of the vocabulary; nothing for an empty text.

    Raises:
        InputError: as `parse_claim`; ``catalogue.layers`` for a layer that stands twice.
    """
    found = [parse_claim(part) for part in text.split(",") if part.strip()]
    layers = [claim.layer for claim in found]
    for layer in layers:
        if layers.count(layer) > 1:
            raise InputError("catalogue.layers", f"{layer.value!r} stands twice.", hint="Say each layer once.")
    rank = {layer: place for place, layer in enumerate(Layer)}
    return tuple(sorted(found, key=lambda claim: rank[claim.layer]))


def claims_words(words: Sequence[str]) -> str:
    """The claims of a catalogue for people.

    >>> claims_words(["recording:100", "performance"])
    'recording 100 %, performance (share not stated)'
    """
    return ", ".join(parse_claim(word).words for word in words)


def unstated(words: Iterable[str]) -> tuple[Layer, ...]:
    """The layers that are claimed without a share."""
    return tuple(claim.layer for claim in map(parse_claim, words) if claim.share is None)


def _share(text: str, whole: str) -> Fraction:
    plain = text.removesuffix("%").strip()
    if match := _FRACTION.fullmatch(plain):
        over = int(match[2])
        share = Fraction(int(match[1]), over) if over else None
    else:
        share = Fraction(plain) / 100 if _PER_CENT.fullmatch(plain) else None
    if share is None or not 0 < share <= WHOLE:
        raise InputError(
            "catalogue.share",
            f"{whole[:60]!r} states no share.",
            hint="It is above 0 and at most 100, in per cent with a point, or a fraction: work:33.333, work:1/3.",
        )
    return share


def _share_text(share: Fraction) -> str:
    scaled = share * 100 * 10**_MOST_DECIMALS
    if scaled.denominator != 1:
        return f"{share.numerator}/{share.denominator}"
    whole, rest = divmod(scaled.numerator, 10**_MOST_DECIMALS)
    return f"{whole}.{rest:0{_MOST_DECIMALS}d}".rstrip("0").rstrip(".")
