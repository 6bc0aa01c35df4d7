"""What is filed of one look: every place with its state, and how that was found out.

The document holds what a stranger needs to check it: address and redirects, the IP address that answered, status,
fields, times, the digest of the body (the body itself lies beside the log), and the verdict. JSON types only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tacenda.core.canonical import sha256_hex
from tacenda.core.declaration import Declaration
from tacenda.ports import Fetched
from tacenda.watch.compare import Outcome
from tacenda.watch.plan import Place
from tacenda.watch.verdict import PlaceState, Verdict

FORMAT: Final = "tacenda/observation/1"
AT: Final = "%Y-%m-%dT%H:%M:%SZ"
# States in which somebody has to put a place right; `UNREACHABLE` may mend itself.
WRONG: Final = frozenset({PlaceState.DRIFTED, PlaceState.REMOVED, PlaceState.UNREADABLE})


@dataclass(frozen=True, slots=True)
class Observed:
    """One place, what came back, and what that means."""

    place: Place
    outcome: Outcome
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class PastState:
    """One line of the history of a place.

    Attributes:
        entry: index in the evidence log.
    """

    at: str
    form: str
    url: str
    state: str
    why: str
    entry: int


def observation_document(
    declaration: Declaration, digest: str, agent: str, at: datetime, observed: Sequence[Observed]
) -> dict[str, Any]:
    """The document of one look at one version of a declaration, whose digest is `digest`."""
    return {
        "format": FORMAT,
        "declaration": {"id": declaration.id, "version": declaration.version, "sha256": digest},
        "agent": agent,
        "at": at.strftime(AT),
        "places": [_place_document(one) for one in observed],
    }


def _place_document(one: Observed) -> dict[str, Any]:
    outcome, verdict = one.outcome, one.verdict
    document: dict[str, Any] = {
        "form": one.place.form.value,
        "url": one.place.url,
        "state": verdict.state.value,
        "code": verdict.code,
        "why": verdict.why,
        "difference": verdict.difference,
        "remarks": list(verdict.remarks),
        "started_at": outcome.started_at.strftime(AT),
        "finished_at": outcome.finished_at.strftime(AT),
        "hops": [
            {"url": hop.url, "address": hop.address, "status": hop.status, "location": hop.location}
            for hop in outcome.hops
        ],
    }
    if isinstance(outcome, Fetched):
        document["answer"] = {
            "url": outcome.final_url,
            "address": outcome.address,
            "status": outcome.status,
            "fields": [[name, value] for name, value in outcome.fields],
            "bytes": len(outcome.body),
            "sha256": sha256_hex(outcome.body),
            "cut": outcome.cut,
        }
    return document


def past_states(documents: Sequence[tuple[Mapping[str, Any], int]]) -> tuple[PastState, ...]:
    """The history, oldest first: each place when it was first seen and whenever its state changed since.

    Args:
        documents: observation documents in their order, each with its entry in the log.
    """
    last: dict[tuple[str, str], str] = {}
    told: list[PastState] = []
    for document, entry in documents:
        for place in document["places"]:
            key = (place["form"], place["url"])
            if last.get(key) != place["state"]:
                last[key] = place["state"]
                told.append(PastState(document["at"], *key, place["state"], place["why"], entry))
    return tuple(told)
