"""Publish one declaration: plan the bundle, write it, read it back, and join it to a site.

The order matters: the bundle is rendered and read back in memory by an independent reader first; only if it says
what was declared is anything written or filed. The publication of the same bytes again files nothing.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

from tacenda.adapters.site_files import read_file, remove_file, write_file
from tacenda.app.desk import Desk
from tacenda.app.evidence import prove
from tacenda.app.evidence import publish as publish_log
from tacenda.app.reserve import lay_down, note_text, show_declaration, verify_declaration
from tacenda.core.canonical import canonical_bytes, sha256_hex
from tacenda.core.declaration import FormKind
from tacenda.core.preference import Dimension
from tacenda.errors import ConflictError, IntegrityError
from tacenda.formats.declaration_page import Basis
from tacenda.formats.robots import valid_token
from tacenda.formats.robots_block import put_block, remove_block
from tacenda.formats.tdmrep import put_rule, remove_rule
from tacenda.ports import Record
from tacenda.publish.crawlers import load_crawlers
from tacenda.publish.forms import expected, shuts_out
from tacenda.publish.plan import (
    NGINX,
    ROBOTS,
    TDMREP,
    Bundle,
    Source,
    block_of,
    home,
    plan_bundle,
    policy_url,
    publication_document,
)
from tacenda.publish.readback import (
    Mismatch,
    Reading,
    check_document,
    check_page,
    compare,
    read_nginx,
    read_page,
    read_robots,
    read_tdmrep,
)
from tacenda.reserve.wording import load_wording

KIND: Final = "publication"


@dataclass(frozen=True, slots=True)
class SiteChange:
    """One file of a site: what it held and what it would hold; None for no file."""

    path: str
    before: bytes | None
    after: bytes | None

    def difference(self) -> str:
        """A unified diff; bytes that are no UTF-8 are shown as replacement characters."""
        old, new = ((data or b"").decode("utf-8", "replace").splitlines(keepends=True) for data in self._both())
        lines = difflib.unified_diff(old, new, f"now/{self.path}", f"then/{self.path}")
        return "".join(line if line.endswith("\n") else line + "\n" for line in lines)

    def _both(self) -> tuple[bytes | None, bytes | None]:
        return self.before, self.after


@dataclass(frozen=True, slots=True)
class Published:
    """What came of publishing.

    Attributes:
        record: of this publication, or of the earlier one that had the same bytes; None after a dry run.
        filed: whether a record was filed now.
        readings: what the independent reader read, form by form.
        site: changes to the site's root, made or (in a dry run) to be made.
    """

    bundle: Bundle
    folder: Path
    readings: tuple[Reading, ...]
    record: Record | None
    filed: bool
    site: tuple[SiteChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What reading a published bundle back gave; `mismatches` is empty when all is well."""

    readings: tuple[Reading, ...]
    mismatches: tuple[Mismatch, ...]


def plan_publication(desk: Desk, name: str, version: int | None = None) -> Bundle:
    """The bundle of a version (the latest unless told), with nothing written.

    Raises:
        ConflictError: ``publish.site``, ``publish.old``.
        IntegrityError: ``declaration.*`` when the stored declaration is not what was signed.
    """
    return plan_bundle(_source(desk, name, version))


def write_publication(
    desk: Desk, name: str, version: int | None = None, *, into: Path | None = None, dry_run: bool = False
) -> Published:
    """Write the bundle to ``published/<id>/v<n>/``, and join it to the site in `into`.

    Raises:
        IntegrityError: ``publish.read_back`` when what was rendered does not say what was declared: nothing is
            written or filed.
        ConflictError: ``publish.contradicted`` when the site's own robots.txt lets a crawler in that is to be kept
            out; ``robots.fence``.
        InputError: ``robots.*``, ``json.*`` for files of the site that cannot be joined.
    """
    source = _source(desk, name, version)
    bundle = plan_bundle(source)
    checked = read_back(bundle, source)
    if checked.mismatches:
        raise _not_declared(checked.mismatches)
    changes = _site_changes(source, bundle, into) if into else ()
    folder = desk.root / "published" / name / f"v{bundle.declaration.version}"
    if dry_run:
        return Published(bundle, folder, checked.readings, None, False, changes)
    record, filed = _file(desk, bundle, checked.readings)
    proof = prove(desk, source.entry).encode()
    for file in bundle.files:
        write_file(folder, file.path, file.data)
    write_file(folder, home(bundle.declaration) + "declaration.tlog-proof", proof)
    if into:
        for change in changes:
            if change.after is None:
                remove_file(into, change.path)
            else:
                write_file(into, change.path, change.after)
        write_file(into, home(bundle.declaration) + "declaration.tlog-proof", proof)
    return Published(bundle, folder, checked.readings, record, filed, changes)


def check_publication(desk: Desk, name: str, version: int | None = None, *, root: Path | None = None) -> Checked:
    """Read back what lies in the bundle's folder, or in a site's root, and compare it with the declaration.

    In a site's root other people's lines stand beside ours, so there only what is missing is a mismatch.
    """
    source = _source(desk, name, version)
    bundle = plan_bundle(source)
    folder = root or desk.root / "published" / name / f"v{bundle.declaration.version}"
    found = {file.path: read_file(folder, file.path) for file in bundle.files if file.upload or root is None}
    missing = [
        Mismatch(file.form or FormKind.DOCUMENT, "", f"{file.path} is not there")
        for file in bundle.files
        if file.path in found and found[file.path] is None
    ]
    there = {path: data for path, data in found.items() if data is not None}
    checked = _read(bundle, source, there, shared=root is not None)
    return Checked(checked.readings, (*missing, *checked.mismatches))


def read_back(bundle: Bundle, source: Source) -> Checked:
    """Read the bundle as it would be written, by `publish.readback`, which shares no code with the renderers."""
    return _read(bundle, source, {file.path: file.data for file in bundle.files}, shared=False)


def _read(bundle: Bundle, source: Source, files: Mapping[str, bytes], *, shared: bool) -> Checked:
    d = bundle.declaration
    wanted = expected(d)
    readings: list[Reading] = []
    found: list[Mismatch] = []

    def take(reading: Reading, deny: frozenset[Dimension], *, others: bool = False, out: bool = False) -> None:
        readings.append(reading)
        found.extend(compare(reading, deny, shared=others, tokens_out=out))

    if ROBOTS in files and FormKind.ROBOTS in wanted:
        take(read_robots(files[ROBOTS]), wanted[FormKind.ROBOTS], others=shared)
        if shuts_out(d):
            for crawler in source.crawlers:
                take(read_robots(files[ROBOTS], crawler.token), frozenset(), others=shared, out=True)
    if TDMREP in files and FormKind.TDMREP in wanted:
        take(read_tdmrep(files[TDMREP]), wanted[FormKind.TDMREP], others=shared)
    if NGINX in files and FormKind.HTTP_HEADERS in wanted:
        take(read_nginx(files[NGINX]), wanted[FormKind.HTTP_HEADERS])
    page, document = home(d) + "index.html", home(d) + "declaration.json"
    if page in files:
        take(read_page(files[page])[0], wanted.get(FormKind.PAGE, frozenset()))
        words = (d.title, d.declarant.legal_name, d.signatory.name, *(clause.text for clause in d.clauses))
        found.extend(check_page(files[page], bundle.digest, words))
    if document in files:
        note = files.get(home(d) + "declaration.note", b"")
        found.extend(check_document(files[document], bundle.digest, note))
    return Checked(tuple(readings), tuple(found))


def _source(desk: Desk, name: str, version: int | None) -> Source:
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
    )


def _file(desk: Desk, bundle: Bundle, readings: Sequence[Reading]) -> tuple[Record, bool]:
    """File the publication, unless the latest one of this declaration has the same document."""
    name = bundle.declaration.id
    document: dict[str, Any] = publication_document(bundle, [reading.document() for reading in readings])
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


def _site_changes(source: Source, bundle: Bundle, root: Path) -> tuple[SiteChange, ...]:
    """What would change below the site's root. Only our block, our rule and our folder."""
    d = bundle.declaration
    wanted: dict[str, bytes | None] = {
        file.path: file.data for file in bundle.files if file.upload and file.path not in (ROBOTS, TDMREP)
    }
    robots, tdmrep = read_file(root, ROBOTS), read_file(root, TDMREP)
    if FormKind.ROBOTS in expected(d):
        wanted[ROBOTS] = put_block(robots or b"", block_of(source))
        _not_contradicted(source, wanted[ROBOTS] or b"")
    elif robots is not None:
        wanted[ROBOTS] = remove_block(robots, d.id) or None
    if FormKind.TDMREP in expected(d):
        wanted[TDMREP] = put_rule(tdmrep or b"", policy_url(d))
    elif tdmrep is not None:
        left = remove_rule(tdmrep, policy_url(d))
        wanted[TDMREP] = None if left != tdmrep and left.split() == [b"[", b"]"] else left
    if FormKind.TDM_POLICY not in {file.form for file in bundle.files}:
        wanted[home(d) + "policy.json"] = None
    changes = [SiteChange(path, read_file(root, path), wanted[path]) for path in sorted(wanted)]
    return tuple(change for change in changes if change.before != change.after)


def _not_contradicted(source: Source, merged: bytes) -> None:
    """Refuse to join our block to a file whose own lines undo it."""
    wanted = expected(source.declaration)[FormKind.ROBOTS]
    found = list(compare(read_robots(merged), wanted, shared=True))
    if shuts_out(source.declaration):
        for crawler in source.crawlers:
            if valid_token(crawler.token):
                found += compare(read_robots(merged, crawler.token), frozenset(), shared=True, tokens_out=True)
    if found:
        first = found[0]
        raise ConflictError(
            "publish.contradicted",
            f"The site's own robots.txt undoes the reservation for {first.token or 'everyone'}: {first.why}.",
            hint="Remove the site's own Allow: / for this crawler, then publish again.",
            where=ROBOTS,
        )


def _not_declared(mismatches: Sequence[Mismatch]) -> IntegrityError:
    first = mismatches[0]
    return IntegrityError(
        "publish.read_back",
        f"The {first.form.value} does not say what was declared"
        f"{f' for {first.token}' if first.token else ''}: {first.why}.",
        hint="Nothing was published. Report this with the declaration's digest.",
    )
