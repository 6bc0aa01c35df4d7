"""Identifiers of the trade as types with their checks: ISRC, ISWC, IPI, ISNI, UPC/EAN/GTIN, and outside ids."""

from dataclasses import dataclass
from enum import StrEnum


class Scheme(StrEnum):
    """The schemes by which a thing or a party may be named."""

    ISRC = "isrc"
    ISWC = "iswc"
    GTIN = "gtin"
    IPI = "ipi"
    ISNI = "isni"
    YOUTUBE = "youtube"
    SPOTIFY = "spotify"
    MBID = "mbid"
    DALI = "dali"
    MSD = "msd"


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """One identifier in its normal form (the form that is compared, signed and hashed)."""

    scheme: Scheme
    value: str

    def __str__(self) -> str:
        return f"{self.scheme.value}:{self.value}"
