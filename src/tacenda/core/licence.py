"""A licence as the decision sees it: it lifts a reservation exactly as far as it goes, and no further."""

from dataclasses import dataclass
from datetime import date

from tacenda.core.scope import Scope
from tacenda.core.territory import WORLD, Territory
from tacenda.core.vocabulary import Layer, Use


@dataclass(frozen=True, slots=True)
class Licence:
    """One version of one licence.

    Attributes:
        id: of the licence, the same through all versions.
        grantor: party id; grants for the shares it claims, no others.
        grantee: id of the organisation that may use.
        affiliates: ids of the affiliates that the licence names; no others are covered.
        uses: exactly these; nothing is implied (no `vocabulary.USE_REACHES` here).
        models: names of the models it is limited to; None when it says that it holds for any model.
        valid_from, valid_to: first and last day, inclusive; `valid_to` None means until revoked.
        revoked_from: first day on which it no longer permits new acts.
        document_digest: SHA-256 of the signed paper, hex.
    """

    id: str
    version: int
    grantor: str
    grantee: str
    scope: Scope
    layers: frozenset[Layer]
    uses: frozenset[Use]
    valid_from: date
    valid_to: date | None = None
    revoked_from: date | None = None
    territory: Territory = WORLD
    affiliates: tuple[str, ...] = ()
    models: tuple[str, ...] | None = None
    document_digest: str = ""

    @property
    def name(self) -> str:
        return f"{self.id} version {self.version}"

    def covers_user(self, user: str) -> bool:
        return bool(user) and (user == self.grantee or user in self.affiliates)

    def covers_model(self, model: str) -> bool:
        return self.models is None or (bool(model) and model in self.models)

    def active(self, on: date) -> bool:
        return (
            self.valid_from <= on
            and (self.valid_to is None or on <= self.valid_to)
            and (self.revoked_from is None or on < self.revoked_from)
        )
