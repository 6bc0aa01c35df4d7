"""Recipients: the organisations to which a declaration is notified, and which letter fits each.

A recipient is an organisation, not a mailbox: no e-mail or postal address is kept here, because none was verified.
What the directory knows about it (crawlers, models, data sets) is what a letter may say about it, and no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class RecipientKind(StrEnum):
    """What an organisation does, as far as a rightsholder is concerned."""

    AI_DEVELOPER = "ai_developer"
    AI_MUSIC_GENERATOR = "ai_music_generator"
    AI_VOICE = "ai_voice"
    AI_AUDIO_TOOL = "ai_audio_tool"
    MODEL_HUB = "model_hub"
    DATASET_MAINTAINER = "dataset_maintainer"
    CRAWLER_OPERATOR = "crawler_operator"
    FINGERPRINT_PROVIDER = "fingerprint_provider"
    ATTRIBUTION_PROVIDER = "attribution_provider"
    DSP = "dsp"
    UGC_PLATFORM = "ugc_platform"
    LYRICS_SERVICE = "lyrics_service"
    RECOGNITION_SERVICE = "recognition_service"
    DISTRIBUTOR = "distributor"
    HOSTING_PROVIDER = "hosting_provider"
    SEARCH_ENGINE = "search_engine"
    TRADE_BODY = "trade_body"
    REGULATOR = "regulator"


class Variant(StrEnum):
    """Which letter: to those who make or feed AI systems, or to services that carry the repertoire."""

    DEVELOPER = "developer"
    STREAMING = "streaming"


class RecipientStatus(StrEnum):
    """Whether the company still operates, as far as the directory knows."""

    ACTIVE = "active"
    DEFUNCT = "defunct"
    MERGED = "merged"
    UNKNOWN = "unknown"


class GpaiCode(StrEnum):
    """Standing towards the EU General-Purpose AI Code of Practice, as of the date of the record."""

    FULL = "full"
    PARTIAL = "partial"
    DECLINED = "declined"
    NOT_LISTED = "not_listed"
    UNKNOWN = "unknown"


class Suppression(StrEnum):
    """Why the directory itself says that no letter goes out."""

    DEFUNCT = "defunct"
    MERGED = "merged"
    DUPLICATE = "duplicate"
    AFFILIATE_TEST = "affiliate_test"
    SANCTIONS_CHECK = "sanctions_check"


class Confidence(StrEnum):
    """How well the sources bear out a record of the directory."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


KIND_TITLES: Final[Mapping[RecipientKind, str]] = {
    RecipientKind.AI_DEVELOPER: "AI developer",
    RecipientKind.AI_MUSIC_GENERATOR: "developer of generative music",
    RecipientKind.AI_VOICE: "developer of voice technology",
    RecipientKind.AI_AUDIO_TOOL: "developer of audio tools",
    RecipientKind.MODEL_HUB: "model hub",
    RecipientKind.DATASET_MAINTAINER: "maintainer of data sets",
    RecipientKind.CRAWLER_OPERATOR: "operator of a web crawler",
    RecipientKind.FINGERPRINT_PROVIDER: "provider of content identification",
    RecipientKind.ATTRIBUTION_PROVIDER: "provider of attribution technology",
    RecipientKind.DSP: "music service",
    RecipientKind.UGC_PLATFORM: "platform for user content",
    RecipientKind.LYRICS_SERVICE: "lyrics service",
    RecipientKind.RECOGNITION_SERVICE: "music recognition service",
    RecipientKind.DISTRIBUTOR: "music distributor",
    RecipientKind.HOSTING_PROVIDER: "hosting provider for models and data",
    RecipientKind.SEARCH_ENGINE: "search service",
    RecipientKind.TRADE_BODY: "trade body",
    RecipientKind.REGULATOR: "regulator",
}

_STREAMING: Final = frozenset(
    {
        RecipientKind.DSP,
        RecipientKind.UGC_PLATFORM,
        RecipientKind.LYRICS_SERVICE,
        RecipientKind.RECOGNITION_SERVICE,
        RecipientKind.DISTRIBUTOR,
    }
)
_NO_LETTER: Final = frozenset({RecipientKind.TRADE_BODY, RecipientKind.REGULATOR})


@dataclass(frozen=True, slots=True)
class Recipient:
    """One organisation of the directory.

    Attributes:
        id: slug, stable.
        name: as it presents itself.
        legal_entity: the company to address, only where it is known with confidence; else empty.
        kind: decides the letter; `also_kinds` are further roles, which only add to what the letter may say.
        hq_country: ISO 3166-1 alpha-2 code of the seat, or empty.
        website: https address; empty where there is none any more.
        crawler_tokens: robots.txt product tokens of crawlers that it operates.
        suppression: why the directory holds it back, or None; `successor` names the record to look at instead.
        source: lists in which it was found; `source_date` is the date of the newest.
    """

    id: str
    name: str
    kind: RecipientKind
    legal_entity: str = ""
    also_kinds: tuple[RecipientKind, ...] = ()
    hq_country: str = ""
    website: str = ""
    brands: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    crawler_tokens: tuple[str, ...] = ()
    eu_gpai_code: GpaiCode | None = None
    status: RecipientStatus = RecipientStatus.ACTIVE
    suppression: Suppression | None = None
    successor: str = ""
    source: tuple[str, ...] = ()
    source_date: str = ""
    confidence: Confidence = Confidence.MEDIUM
    notes: str = ""

    @property
    def addressee(self) -> str:
        """The company where it is known, else the name."""
        return self.legal_entity or self.name

    def has_role(self, kind: RecipientKind) -> bool:
        return kind is self.kind or kind in self.also_kinds

    def variant(self) -> Variant | None:
        """Which letter fits its first kind; None where no letter of ours does (trade bodies, regulators)."""
        if self.kind in _NO_LETTER:
            return None
        return Variant.STREAMING if self.kind in _STREAMING else Variant.DEVELOPER
