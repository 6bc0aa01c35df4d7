"""A rights reservation as the decision sees it: scope by uses by layers by territory by time.

The signed document behind it is `tacenda.core.declaration`; each version of a declaration is one reservation.
"""

from dataclasses import dataclass
from datetime import date

from tacenda.core.scope import Scope
from tacenda.core.territory import WORLD, Territory
from tacenda.core.vocabulary import Capacity, Layer, Use, layers_reached, uses_reached


@dataclass(frozen=True, slots=True)
class Grantor:
    """Who may authorise, specifically and in writing, what a declaration reserves, and for which layers."""

    party: str
    legal_name: str
    layers: frozenset[Layer]


@dataclass(frozen=True, slots=True)
class Reservation:
    """One version of one declaration, with the time during which it was the version in force.

    Attributes:
        id: of the declaration, the same through all versions.
        version: 1, 2, ...
        declarant: party id.
        effective_from: first day, inclusive. Never earlier than the day of the declaration.
        effective_to: last day, inclusive; None while nothing has replaced or withdrawn it.
        claimed_since: an earlier day since which the declarant says the right was reserved, without proof here.
            Between that day and `effective_from` the answer is Unclear, not Reserved: nothing is back-dated.
        affiliates: ids of the parties for whom it also declares: what is theirs is reached as the declarant's is.
        digest: SHA-256 of the signed document, hex.
    """

    id: str
    version: int
    declarant: str
    scope: Scope
    layers: frozenset[Layer]
    uses: frozenset[Use]
    effective_from: date
    effective_to: date | None = None
    claimed_since: date | None = None
    territory: Territory = WORLD
    capacity: Capacity = Capacity.OWNER
    grantors: tuple[Grantor, ...] = ()
    affiliates: tuple[str, ...] = ()
    digest: str = ""

    @property
    def name(self) -> str:
        return f"{self.id} version {self.version}"

    def layers_hit(self, layers: frozenset[Layer]) -> frozenset[Layer]:
        """Which of `layers` this reservation reaches (`vocabulary.LAYER_REACHES`)."""
        return layers_reached(self.layers) & layers

    def reaches_use(self, use: Use) -> bool:
        return use in uses_reached(self.uses)

    def touches_use(self, use: Use) -> bool:
        """Whether it reserves `use`, or an act that `use` contains: training of any model contains fine-tuning."""
        return self.reaches_use(use) or bool(uses_reached((use,)) & self.uses)

    @property
    def speakers(self) -> tuple[str, ...]:
        """The parties whose rights it is about: the declarant's, and those of its affiliates."""
        return (self.declarant, *self.affiliates)

    def in_force(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    def may_lift(self, party: str, layer: Layer) -> bool:
        """Whether a licence by `party` is the exception that this reservation itself makes, for `layer`.

        The declarant always may; others only where the declaration names them. Anyone else's licence leaves the
        reservation standing: a conflict resolves to prohibit.
        """
        return party == self.declarant or any(g.party == party and layer in g.layers for g in self.grantors)
