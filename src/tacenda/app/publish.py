"""Publish one declaration: plan the bundle, write it, read it back, and join it to a site.

The order matters: the bundle is rendered and read back in memory by an independent reader first; only if it says
what was declared is anything written or filed. The publication of the same bytes again files nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

from tacenda.adapters.site_files import read_file, remove_file, write_file
from tacenda.app.desk import Desk
from tacenda.app.evidence import prove
from tacenda.app.evidence import publish as publish_log
from tacenda.app.reserve import KIND as DECLARATION
from tacenda.app.reserve import lay_down, note_text, show_declaration, verify_declaration
from tacenda.core.canonical import canonical_bytes, sha256_hex
from tacenda.core.declaration import FormKind
from tacenda.core.documents import declaration_from_document
from tacenda.errors import ConflictError, InputError, IntegrityError
from tacenda.formats.declaration_page import Basis
from tacenda.ports import Record
from tacenda.publish.bundle import Bundle, Source
from tacenda.publish.checking import Checked, read_bundle
from tacenda.publish.crawlers import load_crawlers
from tacenda.publish.forms import ALWAYS
from tacenda.publish.join import SiteChange, join_config, join_site, own_rules
from tacenda.publish.plan import TDMREP, home, plan_bundle, publication_document
from tacenda.publish.readback import Mismatch, Reading
from tacenda.publish.site import WHOLE_SITE, SiteDescription, reach_from_document
from tacenda.publish.translation import translations_of
from tacenda.reserve.wording import load_wording

KIND: Final = "publication"


@dataclass(frozen=True, slots=True)
class Reach:
    """What is to be published where.

    Attributes:
        site: what the declaration reaches on its site.
        forms: the forms to write; None for all that are able to express it.
    """

    site: SiteDescription = WHOLE_SITE
    forms: frozenset[FormKind] | None = None


EVERYTHING: Final = Reach()


@dataclass(frozen=True, slots=True)
class Published:
    """What came of publishing.

    Attributes:
        record: of this publication, or of the earlier one that had the same bytes; None after a dry run.
        filed: whether a record was filed now.
        readings: what the independent reader read, form by form.
        site: changes to the site's root and to configurations, made or (in a dry run) to be made.
        remarks: on the site's own lines.
    """

    bundle: Bundle
    folder: Path
    readings: tuple[Reading, ...]
    record: Record | None
    filed: bool
    site: tuple[SiteChange, ...] = ()
    remarks: tuple[str, ...] = ()


def sole_declaration(desk: Desk) -> str:
    """The declaration that is meant where none is named: the one that stands, or the only one there ever was.

    Raises:
        ConflictError: ``publish.nothing`` when nothing was declared.
        InputError: ``publish.which`` when several could be meant, with their ids.
    """
    with desk.store.reading() as view:
        last = {record.id: declaration_from_document(record.body) for record in view.records(DECLARATION)}
    named = [name for name, d in last.items() if not d.withdrawn] or list(last)
    if not named:
        raise ConflictError(
            "publish.nothing", "Nothing was declared yet.", hint="Declare with `tacenda reserve declare`."
        )
    if len(named) > 1:
        raise InputError(
            "publish.which",
            f"{len(named)} declarations could be meant: {', '.join(named[:20])}{' …' if len(named) > 20 else ''}.",
            hint="Name one of them.",
            where="declaration",
        )
    return named[0]


def plan_publication(desk: Desk, name: str, version: int | None = None, *, reach: Reach = EVERYTHING) -> Bundle:
    """The bundle of a version (the latest unless told), with nothing written.

    Raises:
        ConflictError: ``publish.site``, ``publish.old``.
        IntegrityError: ``declaration.*`` when the stored declaration is not what was signed.
    """
    return plan_bundle(_source(desk, name, version, reach))


def write_publication(
    desk: Desk,
    name: str,
    version: int | None = None,
    *,
    into: Path | None = None,
    configs: Mapping[FormKind, Path] | None = None,
    reach: Reach = EVERYTHING,
    dry_run: bool = False,
) -> Published:
    """Write the bundle to ``published/<id>/v<n>/``, and join it to the site in `into` and to `configs`.

    Raises:
        IntegrityError: ``publish.read_back`` when what was rendered does not say what was declared: nothing is
            written or filed.
        ConflictError: ``publish.contradicted`` when the site's own lines undo the reservation;
            ``publish.foreign``; ``fence.damaged``.
        InputError: ``fence.*``, ``robots.*``, ``json.*`` for files of the site that cannot be joined.
    """
    source = _source(desk, name, version, reach)
    bundle = plan_bundle(source)
    checked = read_back(bundle, source)
    if checked.mismatches:
        raise _not_declared(checked.mismatches)
    changes, remarks = _joined(source, bundle, into, configs or {})
    folder = desk.root / "published" / name / f"v{bundle.declaration.version}"
    if dry_run:
        return Published(bundle, folder, checked.readings, None, False, changes, remarks)
    record, filed = _file(desk, bundle, checked.readings, reach)
    proof = prove(desk, source.entry).encode()
    for file in bundle.files:
        write_file(folder, file.path, file.data)
    write_file(folder, home(bundle.declaration) + "declaration.tlog-proof", proof)
    for change in changes:
        root = Path(change.root) if change.root else into
        if root is not None and change.after is None:
            remove_file(root, change.path)
        elif root is not None and change.after is not None:
            write_file(root, change.path, change.after)
    if into:
        write_file(into, home(bundle.declaration) + "declaration.tlog-proof", proof)
    return Published(bundle, folder, checked.readings, record, filed, changes, remarks)


def check_publication(desk: Desk, name: str, version: int | None = None, *, root: Path | None = None) -> Checked:
    """Read back what lies in the bundle's folder, or in a site's root, and compare it with the declaration.

    The forms and paths asked for are those of the newest publication of this version. In a site's root other
    people's lines stand beside ours, so there only what is missing is a mismatch.
    """
    source = _source(desk, name, version, EVERYTHING)
    source = _source(desk, name, version, filed_reach(desk, name, source.declaration.version))
    bundle = plan_bundle(source)
    folder = root or desk.root / "published" / name / f"v{bundle.declaration.version}"
    found = {file.path: read_file(folder, file.path) for file in bundle.files if file.upload or root is None}
    missing = [
        Mismatch(file.form or FormKind.DOCUMENT, "", f"{file.path} is not there")
        for file in bundle.files
        if file.path in found and found[file.path] is None
    ]
    there = {path: data for path, data in found.items() if data is not None}
    checked = read_bundle(bundle, source, there, shared=root is not None)
    remarks = own_rules(source, read_file(root, TDMREP) or b"") if root else ()
    return Checked(checked.readings, (*missing, *checked.mismatches), remarks)


def filed_reach(desk: Desk, name: str, version: int) -> Reach:
    """The forms and paths of the newest publication of a version; everything where there is none."""
    with desk.store.reading() as view:
        bodies = [record.body for record in view.records(KIND) if record.id == name]
    for body in reversed(bodies):
        if "reach" in body and body["declaration"]["version"] == version:
            forms = frozenset(FormKind(word) for word in body["forms"]) | ALWAYS
            return Reach(reach_from_document(body["reach"]), forms)
    return EVERYTHING


def read_back(bundle: Bundle, source: Source) -> Checked:
    """Read the bundle as it would be written, by `publish.readback`, which shares no code with the renderers."""
    return read_bundle(bundle, source, {file.path: file.data for file in bundle.files}, shared=False)


def _joined(
    source: Source, bundle: Bundle, into: Path | None, configs: Mapping[FormKind, Path]
) -> tuple[tuple[SiteChange, ...], tuple[str, ...]]:
    """Changes to the site's root and to configurations of web servers."""
    changes: list[SiteChange] = []
    remarks: tuple[str, ...] = ()
    if into:
        joined = join_site(source, bundle, lambda path: read_file(into, path))
        changes, remarks = list(joined.changes), joined.remarks
    for kind, path in configs.items():
        change = join_config(source, kind, path.name, read_file(path.parent, path.name))
        if change.before != change.after:
            changes.append(SiteChange(change.path, change.before, change.after, str(path.parent)))
    return tuple(changes), remarks


def _source(desk: Desk, name: str, version: int | None, reach: Reach) -> Source:
    declaration, record = show_declaration(desk, name, version)
    latest = show_declaration(desk, name)[0].version
    if declaration.version != latest:
        raise ConflictError(
            "publish.old",
            f"{declaration.name} was followed by version {latest}.",
            hint="Publish the latest version.",
        )
    lay_down(desk, record)
    verify_declaration(desk, name, declaration.version)
    wording = load_wording()
    bases = []
    for basis in declaration.legal_bases:
        profile = wording.profile(basis)
        bases.append(
            Basis(basis.profile, basis.as_of, profile.title, profile.references)
            if profile
            else Basis(basis.profile, basis.as_of, basis.profile.upper())
        )
    return Source(
        declaration=declaration,
        document=canonical_bytes(record.body),
        note=desk.signer.sign_note(note_text(record)).encode(),
        digest=record.digest,
        entry=record.entry,
        origin=desk.settings.origin,
        verifier_key=desk.signer.verifier_key,
        bases=tuple(bases),
        css=resources.files("tacenda.data").joinpath("style", "house.css").read_text(encoding="utf-8"),
        crawlers=load_crawlers(),
        site=reach.site,
        chosen=reach.forms,
        translations=translations_of(declaration, bases),
    )


def _file(desk: Desk, bundle: Bundle, readings: Sequence[Reading], reach: Reach) -> tuple[Record, bool]:
    """File the publication, unless the latest one of this declaration has the same document."""
    name = bundle.declaration.id
    read = [reading.document() for reading in readings]
    document: dict[str, Any] = publication_document(bundle, read, reach.site)
    digest = sha256_hex(canonical_bytes(document))
    with desk.store.reading() as view:
        earlier = [record for record in view.records(KIND) if record.id == name]
    if earlier and earlier[-1].digest == digest:
        return earlier[-1], False
    for file in bundle.files:
        desk.blobs.put(file.data)
    with desk.store.writing() as change:
        record = desk.file(change, KIND, name, len(earlier) + 1, document)
    publish_log(desk)
    return record, True


def _not_declared(mismatches: Sequence[Mismatch]) -> IntegrityError:
    first = mismatches[0]
    return IntegrityError(
        "publish.read_back",
        f"The {first.form.value} does not say what was declared"
        f"{f' for {first.token}' if first.token else ''}: {first.why}.",
        hint="Nothing was published. Report this with the declaration's digest.",
    )
