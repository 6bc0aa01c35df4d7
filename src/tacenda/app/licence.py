"""Record, amend and revoke licences; list and show them. Each version is filed with its log entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tacenda.app.desk import Desk
from tacenda.app.evidence import publish
from tacenda.core.canonical import sha256_hex
from tacenda.errors import InputError
from tacenda.licensing.deed import Deed, DeedKind, deed_from_document, deed_to_document
from tacenda.licensing.plan import LicenceTerms, plan_licence, plan_licence_amendment, plan_revocation
from tacenda.ports import Record, View
from tacenda.reserve.terms import clean_text, read_terms

KIND: Final = "licence"
MAX_PAPER_BYTES: Final = 100_000_000


@dataclass(frozen=True, slots=True)
class Filed:
    """A deed and its record; the record is None after a dry run."""

    deed: Deed
    record: Record | None


def record_licence(
    desk: Desk, given: Mapping[str, Any], *, paper: Path | None = None, dry_run: bool = False
) -> Filed:
    """Record a licence that was granted in writing. `given` is read by the grammar of `reserve.terms`, with these
    of its own: ``grantor``, ``grantee``, ``models`` (or ``any-model``), ``to``, ``signed-on``.

    Raises:
        InputError: ``licence.*``, ``reserve.*``.
    """
    terms = _in_writing(_terms(desk, given, paper, dry_run))
    if terms.models is None and not terms.any_model:
        raise InputError(
            "licence.models",
            "A licence says for which models it holds.",
            hint="Give --models, or --any-model if the paper says so.",
            where="models",
        )
    with desk.store.reading() as view:
        parties = {party.id: party for party in view.parties()}
    deed = plan_licence(desk.ids.new("lic"), terms, parties, desk.clock.now().date())
    return _file(desk, deed, dry_run)


def amend_licence(
    desk: Desk,
    name: str,
    given: Mapping[str, Any],
    reason: str,
    *,
    applies_from: str | None = None,
    paper: Path | None = None,
    dry_run: bool = False,
) -> Filed:
    """Make the next version of a licence, in writing as well; what `given` does not mention stays.

    Raises:
        InputError: ``licence.*``, ``reserve.*``.
        ConflictError: ``licence.revoked``, ``licence.same``.
    """
    terms = _in_writing(_terms(desk, given, paper, dry_run))
    with desk.store.reading() as view:
        deeds = [deed for deed, _ in _versions(view, name)]
        parties = {party.id: party for party in view.parties()}
    start = read_terms({"from": applies_from}).effective_from
    deed = plan_licence_amendment(deeds, terms, clean_text(reason), start, parties, desk.clock.now().date())
    return _file(desk, deed, dry_run)


def revoke_licence(
    desk: Desk, name: str, reason: str, *, revoked_from: str | None = None, dry_run: bool = False
) -> Filed:
    """Revoke a licence from today or a later day.

    Raises:
        InputError: ``licence.*``.
        ConflictError: ``licence.revoked``.
    """
    start = read_terms({"from": revoked_from}).effective_from
    with desk.store.reading() as view:
        deeds = [deed for deed, _ in _versions(view, name)]
    return _file(desk, plan_revocation(deeds, start, clean_text(reason), desk.clock.now().date()), dry_run)


def list_licences(desk: Desk) -> Sequence[tuple[Deed, Record, str]]:
    """The latest version of each licence by id, with its record and its state today."""
    with desk.store.reading() as view:
        last = {record.id: record for record in view.records(KIND)}
    today = desk.clock.now().date()
    listed = []
    for record in last.values():
        deed = deed_from_document(record.body)
        if deed.kind is DeedKind.REVOKED:
            state = "revoked" if deed.applies_from <= today else f"revoked from {deed.applies_from.isoformat()}"
        elif deed.licence.valid_to is not None and deed.licence.valid_to < today:
            state = "expired"
        else:
            state = "active" if max(deed.licence.valid_from, deed.applies_from) <= today else "not yet"
        listed.append((deed, record, state))
    return listed


def show_licence(desk: Desk, name: str, version: int | None = None) -> tuple[Deed, Record]:
    """One version of a licence, the latest unless told.

    Raises:
        InputError: ``licence.missing``.
    """
    with desk.store.reading() as view:
        versions = _versions(view, name)
    for deed, record in versions:
        if record.version == version:
            return deed, record
    if version is not None:
        raise InputError("licence.missing", f"{name} has no version {version}.", hint=f"It has {len(versions)}.")
    return versions[-1]


def _terms(desk: Desk, given: Mapping[str, Any], paper: Path | None, dry_run: bool) -> LicenceTerms:
    own = {"grantor", "grantee", "models", "any-model", "to", "signed-on", "affiliates"}
    common = read_terms({key: value for key, value in given.items() if key not in own})
    models = given.get("models")
    return LicenceTerms(
        grantor=given.get("grantor"),
        grantee=given.get("grantee"),
        scope=common.scope,
        layers=common.layers,
        uses=common.uses,
        models=None if models is None else tuple(sorted({clean_text(model) for model in models})),
        any_model=bool(given.get("any-model")),
        territory=common.territory,
        valid_from=common.effective_from,
        valid_to=read_terms({"from": given.get("to")}).effective_from,
        affiliates=None if given.get("affiliates") is None else tuple(sorted(given["affiliates"])),
        document_digest=_keep(desk, paper, dry_run),
        signed_on=read_terms({"from": given.get("signed-on")}).effective_from,
    )


def _in_writing(terms: LicenceTerms) -> LicenceTerms:
    """Declarations say that only a written licence lifts them: the paper is filed, or the day that it bears is."""
    if not terms.document_digest and terms.signed_on is None:
        raise InputError(
            "licence.paper",
            "A licence is granted in writing, and nothing is said of the paper.",
            hint="Give --document with the signed paper, --signed-on with the day that it bears, or both.",
            where="signed-on",
        )
    return terms


def _keep(desk: Desk, paper: Path | None, dry_run: bool) -> str | None:
    """Put the signed paper among the blobs; its digest."""
    if paper is None:
        return None
    try:
        if paper.stat().st_size > MAX_PAPER_BYTES:
            raise InputError("licence.document", "The paper is larger than 100 MB.", where=str(paper))
        data = paper.read_bytes()
    except OSError as error:
        raise InputError("licence.document", f"It cannot be read: {error.strerror}.", where=str(paper)) from error
    if dry_run:
        return sha256_hex(data)
    return desk.blobs.put(data)


def _versions(view: View, name: str) -> Sequence[tuple[Deed, Record]]:
    found = [(deed_from_document(record.body), record) for record in view.records(KIND) if record.id == name]
    if not found:
        raise InputError(
            "licence.missing", f"There is no licence {name[:60]!r}.", hint="See `tacenda licence list`."
        )
    return found


def _file(desk: Desk, deed: Deed, dry_run: bool) -> Filed:
    if dry_run:
        return Filed(deed, None)
    with desk.store.writing() as change:
        record = desk.file(change, KIND, deed.licence.id, deed.licence.version, deed_to_document(deed))
    publish(desk)
    return Filed(deed, record)
