"""Planning a bundle: which files, where they go, what each says and what it cannot. Pure; nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tacenda.core.canonical import sha256_hex
from tacenda.core.declaration import Declaration, FormKind
from tacenda.core.preference import denied
from tacenda.errors import ConflictError
from tacenda.formats.declaration_page import Basis, PageFacts, render_page
from tacenda.formats.http_headers import render_nginx, reservation_headers
from tacenda.formats.robots_block import Block, put_block
from tacenda.formats.tdmrep import Policy, put_rule, render_policy
from tacenda.publish.crawlers import Crawler
from tacenda.publish.forms import CAN, CANNOT, expected, shuts_out

PUBLICATION_FORMAT: Final = "tacenda/publication/1"
ROBOTS: Final = "robots.txt"
TDMREP: Final = ".well-known/tdmrep.json"
NGINX: Final = "nginx.conf"
README: Final = "README.txt"


@dataclass(frozen=True, slots=True)
class Source:
    """What a bundle is made from.

    Attributes:
        document: canonical bytes of the declaration.
        note: the signed note over it.
        entry: index in the evidence log.
    """

    declaration: Declaration
    document: bytes
    note: bytes
    digest: str
    entry: int
    origin: str
    verifier_key: str
    bases: tuple[Basis, ...]
    css: str
    crawlers: tuple[Crawler, ...]


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One file: its path below the bundle (and below the site's root, if it is to be uploaded as it is).

    Attributes:
        form: the form it is, or None for what accompanies it.
        upload: False for what is read by a person or pasted into a configuration.
    """

    path: str
    data: bytes
    form: FormKind | None
    upload: bool = True

    @property
    def digest(self) -> str:
        return sha256_hex(self.data)


@dataclass(frozen=True, slots=True)
class FormLine:
    """One line of the plan for a person."""

    form: FormKind
    path: str
    url: str
    can: str
    cannot: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files, the plan in words, and what a person should know before uploading."""

    declaration: Declaration
    digest: str
    files: tuple[BundleFile, ...]
    lines: tuple[FormLine, ...]
    remarks: tuple[str, ...]

    def file(self, form: FormKind) -> BundleFile | None:
        return next((file for file in self.files if file.form is form), None)


def plan_bundle(source: Source) -> Bundle:
    """The bundle of one version. The same source gives the same bytes.

    Raises:
        ConflictError: ``publish.site`` when the declaration names no site.
    """
    d = source.declaration
    if not d.site:
        raise ConflictError(
            "publish.site",
            f"{d.name} names no site on which it would be published.",
            hint="Amend it with --site https://…",
        )
    files = [
        BundleFile(home(d) + "index.html", _page(source), FormKind.PAGE),
        BundleFile(home(d) + "declaration.json", source.document, FormKind.DOCUMENT),
        BundleFile(home(d) + "declaration.note", source.note, None),
    ]
    forms = expected(d)
    if FormKind.ROBOTS in forms:
        files.append(BundleFile(ROBOTS, put_block(b"", block_of(source)), FormKind.ROBOTS))
    if FormKind.TDMREP in forms:
        files.append(BundleFile(TDMREP, put_rule(b"", policy_url(d)), FormKind.TDMREP))
        files.append(BundleFile(home(d) + "policy.json", _policy(d), FormKind.TDM_POLICY))
    if FormKind.HTTP_HEADERS in forms:
        fields = reservation_headers(denied(d.uses), policy_url(d))
        comments = (f"{d.name}, SHA-256 {source.digest}", "Include it in the server block of the site.")
        files.append(BundleFile(NGINX, render_nginx(fields, comments), FormKind.HTTP_HEADERS, upload=False))
    lines = tuple(
        FormLine(file.form, file.path, d.form_url(file.form), CAN[file.form], CANNOT[file.form])
        for file in files
        if file.form is not None
    )
    remarks = _remarks(d)
    files.append(BundleFile(README, _readme(source, lines, remarks), None, upload=False))
    return Bundle(d, source.digest, tuple(sorted(files, key=lambda f: f.path)), lines, remarks)


def block_of(source: Source) -> Block:
    """The block for robots.txt. Names from outside stand in a comment as ASCII only."""
    d = source.declaration
    tokens = tuple(crawler.token for crawler in source.crawlers) if shuts_out(d) else ()
    comments = [f"Rights reservation, SHA-256 {source.digest}"]
    page = d.form_url(FormKind.PAGE)
    if page:
        comments.append(page)
    return Block(d.id, d.version, tuple(comments), denied(d.uses), tokens)


def home(d: Declaration) -> str:
    """The folder of a declaration below the site's root, as its expected addresses say."""
    return f"rights-reservation/{d.id}/"


def policy_url(d: Declaration) -> str:
    return f"{d.site}/{home(d)}policy.json"


def publication_document(bundle: Bundle, readings: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What is filed about a publication: every file with its digest, and what was read back from it."""
    d = bundle.declaration
    return {
        "format": PUBLICATION_FORMAT,
        "declaration": {"id": d.id, "version": d.version, "sha256": bundle.digest},
        "site": d.site,
        "files": [
            {"path": file.path, "sha256": file.digest, "bytes": len(file.data), "upload": file.upload}
            for file in bundle.files
        ],
        "read_back": list(readings),
    }


def _page(source: Source) -> bytes:
    return render_page(
        PageFacts(
            source.declaration,
            source.digest,
            source.entry,
            source.origin,
            source.verifier_key,
            source.bases,
            source.css,
        )
    )


def _policy(d: Declaration) -> bytes:
    return render_policy(
        Policy(
            uid=policy_url(d),
            assigner=d.site,
            name=d.declarant.legal_name,
            mailbox=d.permission_mailbox,
            url=d.permission_url or d.form_url(FormKind.PAGE),
            country=d.declarant.seat,
        )
    )


def _remarks(d: Declaration) -> tuple[str, ...]:
    if d.withdrawn:
        day = d.effective_from.isoformat()
        return (f"Withdrawn from {day}: take block, rule, policy and headers away on that day, not before.",)
    remarks = []
    if d.effective_from > d.declared_on:
        remarks.append(f"It takes effect on {d.effective_from.isoformat()}: upload on that day, not before.")
    if not d.territory.is_world:
        remarks.append("Machine forms know no territory: they speak to everyone, wherever they are.")
    remarks.append("A signal on this site reaches no copy on another: see to it that licensees carry it too.")
    return tuple(remarks)


def _readme(source: Source, lines: Sequence[FormLine], remarks: Sequence[str]) -> bytes:
    d = source.declaration
    text = [
        f"Publication of {d.name}",
        f"SHA-256 {source.digest}",
        f"Log entry {source.entry} of {source.origin}",
        "",
        f"Upload to the root of {d.site}, keeping the folders. If the site has a robots.txt or a",
        ".well-known/tdmrep.json of its own, do not overwrite it: run",
        f"  tacenda publish write {d.id} --into SITE_ROOT --dry-run",
        "which shows how ours is joined to it, and then the same without --dry-run.",
        "",
    ]
    if d.withdrawn:
        text += [
            "This version withdraws the declaration: --into takes our block, rule and policy away.",
            "Remove the header lines from the configuration of the web server by hand.",
            "",
        ]
    for line in lines:
        text += [line.path, f"  at:     {line.url}", f"  says:   {line.can}", f"  cannot: {line.cannot}", ""]
    if any(line.form is FormKind.HTTP_HEADERS for line in lines):
        text += [f"{NGINX} is not uploaded: include it in the server block, and reload nginx.", ""]
    text += [f"Note: {remark}" for remark in remarks]
    text += ["", "Afterwards, `tacenda publish check` reads the bundle back.", ""]
    return "\n".join(text).encode("utf-8")
