"""Watch the places where a declaration is published: plan the look, look, and file what was seen.

What has to be there is what was published: the bytes that the latest publication filed. Each look is one
``observation`` record of the declaration, filed whether or not anything changed, since a dated "still there" is
worth as much as a dated "gone"; every body that came back is kept by its digest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tacenda.app.desk import Desk
from tacenda.app.evidence import publish as publish_log
from tacenda.app.reserve import show_declaration
from tacenda.core.declaration import Declaration, FormKind
from tacenda.errors import ConflictError
from tacenda.ports import Fetched, Fetcher, Progress, Record
from tacenda.watch.compare import compare
from tacenda.watch.observation import WRONG, Observed, PastState, observation_document, past_states
from tacenda.watch.plan import Place, Published, plan_leftovers, plan_places
from tacenda.watch.verdict import PlaceState

KIND: Final = "observation"


@dataclass(frozen=True, slots=True)
class Look:
    """A planned look.

    Attributes:
        digest: of the declaration's document.
        unpublished: forms that the declaration promises and the publication does not hold.
        remarks: what a person should know before looking.
    """

    declaration: Declaration
    digest: str
    places: tuple[Place, ...]
    unpublished: tuple[FormKind, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Watched:
    """What was seen, and the record of it."""

    look: Look
    agent: str
    observed: tuple[Observed, ...]
    record: Record

    @property
    def wrong(self) -> bool:
        """Whether some place drifted, was removed or cannot be read."""
        return any(one.verdict.state in WRONG for one in self.observed)

    @property
    def unreachable(self) -> bool:
        return any(one.verdict.state is PlaceState.UNREACHABLE for one in self.observed)


def plan_look(desk: Desk, name: str, *, sites: Sequence[str] = ()) -> Look:
    """Where to look for the published version of a declaration. Nothing is fetched.

    Args:
        sites: origins to look at instead of the declared one.

    Raises:
        ConflictError: ``watch.unpublished`` when nothing was published yet.
        InputError: ``reserve.missing``, ``watch.site``.
    """
    with desk.store.reading() as view:
        published = [record for record in view.records("publication") if record.id == name]
    latest, _ = show_declaration(desk, name)
    if not published:
        raise ConflictError(
            "watch.unpublished",
            f"{name} was not published yet, so there is nothing to look for.",
            hint="Publish it with `tacenda publish write`.",
        )
    declaration, digest, held = _published(desk, name, published[-1])
    plan = plan_places(declaration, held, sites)
    places = plan.places
    if declaration.withdrawn:
        for record in reversed(published[:-1]):
            earlier, _, left = _published(desk, name, record)
            if not earlier.withdrawn:
                places += plan_leftovers(earlier, left, declaration, sites)
                break
    remarks = []
    if latest.version > declaration.version:
        remarks.append(
            f"Version {latest.version} is not published yet; this looks for version {declaration.version}."
        )
    remarks += [
        f"No address follows from {path}: its response fields are not looked at." for path in plan.unprobed
    ]
    today = desk.clock.now().date()
    if declaration.effective_from > today and not declaration.withdrawn:
        remarks.append(
            f"It takes effect on {declaration.effective_from.isoformat()}, and need not be there before."
        )
    return Look(declaration, digest, places, plan.unpublished, tuple(remarks))


def _published(desk: Desk, name: str, publication: Record) -> tuple[Declaration, str, Published]:
    """The version that was published, the digest of its document, and what the publication holds."""
    body: Any = publication.body
    declaration, record = show_declaration(desk, name, body["declaration"]["version"])
    files = {file["path"]: desk.blobs.get(file["sha256"]) for file in body["files"] if file["upload"]}
    reach = body.get("reach", {})
    forms = frozenset(FormKind(word) for word in body["forms"]) if "forms" in body else None
    paths, hosts = tuple(reach.get("paths", ("/",))), tuple(reach.get("hosts", ()))
    return declaration, record.digest, Published(files, forms, paths, hosts)


def watch(desk: Desk, look: Look, fetcher: Fetcher, progress: Progress | None = None) -> Watched:
    """Look at every place of `look`, one after another, and file what was seen."""
    observed: list[Observed] = []
    for place in look.places:
        if progress:
            progress(len(observed), len(look.places), place.url)
        outcome = fetcher.fetch(place.url, purpose=place.purpose)
        observed.append(Observed(place, outcome, compare(place, outcome)))
    for one in observed:
        if isinstance(one.outcome, Fetched):
            desk.blobs.put(one.outcome.body)
    document = observation_document(look.declaration, look.digest, fetcher.agent, desk.clock.now(), observed)
    with desk.store.writing() as change:
        version = 1 + sum(record.id == look.declaration.id for record in change.records(KIND))
        record = desk.file(change, KIND, look.declaration.id, version, document)
    publish_log(desk)
    return Watched(look, fetcher.agent, tuple(observed), record)


def watch_history(desk: Desk, name: str) -> tuple[PastState, ...]:
    """Every change of state of every place of a declaration, oldest first.

    Raises:
        InputError: ``reserve.missing``.
    """
    show_declaration(desk, name)
    with desk.store.reading() as view:
        found = [(record.body, record.entry) for record in view.records(KIND) if record.id == name]
    return past_states(found)
