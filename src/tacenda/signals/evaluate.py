"""One answer from all statements about one thing: deny, allow or unknown in each dimension, with its reasons.

Within a protocol its own rule holds: TDMRep's later carrier takes the place of an earlier one, property by
property and never by its absence (section 4.3 there); AIPREF's statements are combined, a field never
overrides robots.txt. Between protocols the rule of ``protocols.toml`` holds. What is not well formed never
allows; where it looks like a reservation, the answer says so (`apparent`), and is deny if the table says so.
Unknown is not permission.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tacenda.core.preference import Dimension, Preference
from tacenda.formats.signals.statement import NOTHING, Diagnostic, Found, Saying, Standing, Statement
from tacenda.signals.protocols import Protocols

_CARRIER_RANK: Final[Mapping[str, int]] = {"tdmrep.json": 0, "http-header": 1}
_TDMREP: Final = "tdmrep"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said about one thing.

    Attributes:
        about: its address or name.
        crawler: for whom; empty for nobody in particular.
        preferences: of all dimensions.
        apparent: dimensions that look denied by words that are not well formed or no longer read.
        crawl: whether robots.txt lets the crawler fetch it; unknown where none was read.
        reasons: for each dimension that is not unknown, the statements that made it so.
        policies: addresses of terms named by statements that count.
    """

    about: str
    crawler: str
    preferences: Mapping[Dimension, Preference]
    apparent: frozenset[Dimension]
    crawl: Preference
    reasons: Mapping[Dimension, tuple[Statement, ...]]
    statements: tuple[Statement, ...]
    diagnostics: tuple[Diagnostic, ...]
    policies: tuple[str, ...] = ()

    @property
    def apparent_reservation(self) -> bool:
        """Whether something looks like a reservation without being one that can be read."""
        return bool(self.apparent)

    def __getitem__(self, dimension: Dimension | str) -> Preference:
        return self.preferences[Dimension(dimension)]

    def document(self) -> dict[str, Any]:
        """The answer as a program reads it."""
        places = {id(s): n for n, s in enumerate(self.statements)}
        return {
            "about": self.about,
            "crawler": self.crawler,
            "crawl": self.crawl.value,
            "answer": {d.value: self.preferences[d].value for d in Dimension},
            "apparent_reservation": self.apparent_reservation,
            "apparent": sorted(d.value for d in self.apparent),
            "reasons": {d.value: [places[id(s)] for s in found] for d, found in self.reasons.items()},
            "policies": list(self.policies),
            "statements": [s.document() for s in self.statements],
            "diagnostics": [d.document() for d in self.diagnostics],
        }


def evaluate(found: Found, protocols: Protocols, about: str = "", crawler: str = "") -> Answer:
    """Combine. The order of the statements never changes a preference."""
    statements, policies = _overlaid(found.statements)
    counted = [s for s in statements if protocols.honours(s.protocol)]
    stated = [s for s in counted if s.standing is Standing.STATED]
    evidence = [s for s in counted if s.standing in (Standing.STATED, Standing.APPARENT)]
    apparent = frozenset(d for s in evidence for d in s.says.appears)
    preferences: dict[Dimension, Preference] = {}
    reasons: dict[Dimension, tuple[Statement, ...]] = {}
    for dimension in Dimension:
        preference = _preference(dimension, stated, protocols)
        if preference is not Preference.UNKNOWN:
            reasons[dimension] = tuple(s for s in stated if s.says.preference(dimension) is preference)
        if dimension in apparent and preference is not Preference.DENY and protocols.apparent == "deny":
            preference = Preference.DENY
            reasons[dimension] = tuple(s for s in evidence if dimension in s.says.appears)
        preferences[dimension] = preference
    return Answer(
        about, crawler, preferences, apparent, found.crawl, reasons, statements, found.diagnostics, policies
    )


def _preference(dimension: Dimension, stated: Sequence[Statement], protocols: Protocols) -> Preference:
    if protocols.cross_protocol == "first":
        for entry in protocols.entries:
            said = _joined(s.says for s in stated if s.protocol == entry.id).preference(dimension)
            if said is not Preference.UNKNOWN:
                return said
        return Preference.UNKNOWN
    return _joined(s.says for s in stated).preference(dimension)


def _joined(sayings: Iterable[Saying]) -> Saying:
    whole = Saying()
    for says in sayings:
        whole = whole.joined(says)
    return whole


def _overlaid(statements: Iterable[Statement]) -> tuple[tuple[Statement, ...], tuple[str, ...]]:
    """TDMRep's processing priority: file, response fields, metadata within; and the policies that hold."""
    statements = tuple(statements)
    mine = [s for s in statements if s.protocol == _TDMREP and s.standing is Standing.STATED]
    speaking = [s for s in mine if s.says.denies | s.says.allows != NOTHING]
    last = max((_rank(s) for s in speaking), default=0)
    result = tuple(
        s.with_standing(Standing.SUPERSEDED) if any(s is other for other in speaking) and _rank(s) < last else s
        for s in statements
    )
    newest = max((s for s in mine if s.policy), key=_rank, default=None)
    policies = [newest.policy] if newest else []
    policies += [s.policy for s in result if s.policy and s.protocol != _TDMREP and s.standing is Standing.STATED]
    return result, tuple(dict.fromkeys(policies))


def _rank(statement: Statement) -> int:
    return _CARRIER_RANK.get(statement.carrier, 2)
