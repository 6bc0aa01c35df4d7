"""Planning a bundle: which files, where they go, what each says and what it cannot. Pure; nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tacenda.core.canonical import sha256_hex
from tacenda.core.declaration import Declaration, FormKind
from tacenda.core.machine_forms import FOLDER, HEADER_FORMS, address, rsl_words
from tacenda.core.preference import Dimension, denied
from tacenda.core.vocabulary import Use
from tacenda.errors import ConflictError
from tacenda.formats.ai_txt import AiTxt, media_endings, put_ai_txt, training_patterns
from tacenda.formats.content_signal import signal_extent
from tacenda.formats.declaration_page import Basis, PageFacts, page_folder, render_page
from tacenda.formats.fence import put_fence
from tacenda.formats.html_head import render_head, reservation_metas
from tacenda.formats.http_headers import reservation_headers
from tacenda.formats.json_ld import Pointer, pointer_document, render_json_ld
from tacenda.formats.robots_block import Block, put_block
from tacenda.formats.rsl import Holder, RslContent, render_rsl
from tacenda.formats.server_headers import Snippet, render_snippet
from tacenda.formats.tdmrep import Policy, put_rule, render_policy
from tacenda.publish.crawlers import Crawler, kept_out
from tacenda.publish.forms import CAN, CANNOT, expected, left_out, unsaid
from tacenda.publish.readme import readme
from tacenda.publish.site import SERVERS, WHOLE_SITE, SiteDescription
from tacenda.publish.translation import Translation

PUBLICATION_FORMAT: Final = "tacenda/publication/1"
ROBOTS: Final = "robots.txt"
TDMREP: Final = ".well-known/tdmrep.json"
AI_TXT: Final = "ai.txt"
RSL: Final = "rsl.xml"
NGINX: Final = "nginx.conf"
HEAD: Final = "head.html"
SNIPPETS: Final[Mapping[FormKind, str]] = {
    FormKind.HTTP_HEADERS: NGINX,
    FormKind.APACHE: "apache.conf",
    FormKind.CADDY: "Caddyfile",
    FormKind.HEADERS_FILE: "_headers",
}
README: Final = "README.txt"


@dataclass(frozen=True, slots=True)
class Source:
    """What a bundle is made from.

    Attributes:
        document: canonical bytes of the declaration.
        note: the signed note over it.
        entry: index in the evidence log.
        site: what the declaration reaches on its site.
        chosen: the forms to write; None for all that are able to express it.
        translations: of the page, other languages than that of reference.
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
    site: SiteDescription = WHOLE_SITE
    chosen: frozenset[FormKind] | None = None
    translations: tuple[Translation, ...] = ()

    @property
    def forms(self) -> Mapping[FormKind, frozenset[Dimension]]:
        """The forms to be written, and what each must deny."""
        able = expected(self.declaration, self.site)
        wanted = able if self.chosen is None else {kind: said for kind, said in able.items() if kind in self.chosen}
        if self.chosen is not None or not self.site.server:
            return wanted
        mine = SERVERS[self.site.server]
        return {kind: said for kind, said in wanted.items() if kind not in HEADER_FORMS or kind is mine}

    @property
    def licence_url(self) -> str:
        return address(self.declaration.site, self.declaration.id, FormKind.RSL) if FormKind.RSL in self.forms else ""

    @property
    def kept_out(self) -> tuple[Crawler, ...]:
        """The crawlers that the block in robots.txt shuts out."""
        return kept_out(self.declaration.uses, self.crawlers) if FormKind.ROBOTS in self.forms else ()


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
    """One line of the plan for a person.

    Attributes:
        denies: the dimensions that a machine will read as denied.
        unsaid: uses that are reserved, and of which this form tells a machine nothing.
    """

    form: FormKind
    path: str
    url: str
    can: str
    cannot: str
    denies: frozenset[Dimension] = frozenset()
    unsaid: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files, the plan in words, and what a person should know before uploading.

    Attributes:
        left_out: why each form that is not written is not.
    """

    declaration: Declaration
    digest: str
    files: tuple[BundleFile, ...]
    lines: tuple[FormLine, ...]
    remarks: tuple[str, ...]
    left_out: Mapping[FormKind, str] = field(default_factory=dict)

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
        BundleFile(home(d) + "index.html", _page(source, None), FormKind.PAGE),
        *(
            BundleFile(
                f"{home(d)}{page_folder(each.language)}index.html", _page(source, each), FormKind.TRANSLATION
            )
            for each in source.translations
        ),
        BundleFile(home(d) + "declaration.json", source.document, FormKind.DOCUMENT),
        BundleFile(home(d) + "declaration.note", source.note, None),
        *_machine_files(source),
    ]
    forms = source.forms
    lines = tuple(
        FormLine(
            file.form,
            file.path,
            _url(d, file),
            CAN[file.form],
            CANNOT[file.form],
            forms.get(file.form, frozenset()),
            unsaid(d, file.form, source.site),
        )
        for file in files
        if file.form is not None
    )
    remarks = _remarks(source)
    files.append(BundleFile(README, readme(source, lines, remarks), None, upload=False))
    return Bundle(
        d, source.digest, tuple(sorted(files, key=lambda f: f.path)), lines, remarks, left_out(d, source.site)
    )


def _machine_files(source: Source) -> list[BundleFile]:
    """The forms for machines: those that are able to express it, and were asked for."""
    d, forms = source.declaration, source.forms
    files = []
    if FormKind.ROBOTS in forms:
        files.append(BundleFile(ROBOTS, put_block(b"", block_of(source)), FormKind.ROBOTS))
    if FormKind.TDMREP in forms:
        files.append(BundleFile(TDMREP, put_rule(b"", policy_url(d), source.site.paths), FormKind.TDMREP))
    if FormKind.TDM_POLICY in forms:
        files.append(BundleFile(home(d) + "policy.json", _policy(d), FormKind.TDM_POLICY))
    for kind, path in SNIPPETS.items():
        if kind in forms:
            data = put_fence(b"", d.id, d.version, snippet_of(source, kind).lines)
            files.append(BundleFile(path, data, kind, upload=kind is FormKind.HEADERS_FILE))
    if FormKind.RSL in forms:
        files.append(BundleFile(RSL, _rsl(source), FormKind.RSL))
    if FormKind.AI_TXT in forms:
        files.append(BundleFile(AI_TXT, put_ai_txt(b"", ai_txt_of(source)), FormKind.AI_TXT))
    if FormKind.HTML_HEAD in forms:
        files.append(BundleFile(HEAD, _head(source), FormKind.HTML_HEAD, upload=False))
    if FormKind.JSON_LD in forms:
        files.append(BundleFile(home(d) + "rights.jsonld", render_json_ld(_pointer(source)), FormKind.JSON_LD))
    return files


def block_of(source: Source) -> Block:
    """The block for robots.txt. Names from outside stand in a comment as ASCII only."""
    d = source.declaration
    return Block(
        d.id,
        d.version,
        _comments(source),
        denied(d.uses),
        tuple(crawler.token for crawler in source.kept_out),
        paths=source.site.paths,
        extent=signal_extent(d.uses),
        licence_url=source.licence_url,
    )


def ai_txt_of(source: Source) -> AiTxt:
    """The block for ai.txt: the endings that the site states, or those in which the layers are found."""
    d = source.declaration
    endings = source.site.media or media_endings(d.layers)
    paths = source.site.paths if not source.site.media else ()
    media = training_patterns(source.site.paths, endings)
    patterns = media if paths else tuple(each for each in media if each not in source.site.paths)
    return AiTxt(d.id, d.version, _comments(source), patterns)


def snippet_of(source: Source, kind: FormKind) -> Snippet:
    """The lines for one kind of web server."""
    d = source.declaration
    fields = reservation_headers(denied(d.uses), policy_url(d), source.licence_url)
    return render_snippet(kind, fields, source.site.paths, _comments(source))


def home(d: Declaration) -> str:
    """The folder of a declaration below the site's root, as its expected addresses say."""
    return f"{FOLDER}/{d.id}/"


def policy_url(d: Declaration) -> str:
    return address(d.site, d.id, FormKind.TDM_POLICY)


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


def _comments(source: Source) -> tuple[str, ...]:
    d = source.declaration
    page = d.form_url(FormKind.PAGE)
    return (f"Rights reservation, SHA-256 {source.digest}", *([page] if page else []))


def _url(d: Declaration, file: BundleFile) -> str:
    if file.form is FormKind.TRANSLATION:
        return f"{d.site}/{file.path}".removesuffix("index.html")
    if file.form in HEADER_FORMS or file.form is FormKind.HTML_HEAD:
        return f"{d.site}/"
    return address(d.site, d.id, file.form) if file.form else ""


def _page(source: Source, translation: Translation | None) -> bytes:
    d = source.declaration
    return render_page(
        PageFacts(
            d,
            source.digest,
            source.entry,
            source.origin,
            source.verifier_key,
            source.bases if translation is None else translation.bases,
            source.css,
            language="" if translation is None else translation.language,
            clauses=() if translation is None else translation.clauses,
            languages=(d.language, *(each.language for each in source.translations)),
            licence_url=source.licence_url,
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


def _rsl(source: Source) -> bytes:
    d = source.declaration
    words = rsl_words(d.uses)
    urls = [*source.site.paths, *(f"{host}{path}" for host in source.site.hosts for path in source.site.paths)]
    holder = Holder(d.permission_mailbox, d.permission_url or address(d.site, d.id, FormKind.PAGE))
    return render_rsl([RslContent(url, words) for url in urls], holder, _comments(source))


def _head(source: Source) -> bytes:
    d = source.declaration
    comments = (*_comments(source), "For the head of every page that is reserved.")
    return render_head(
        reservation_metas(denied(d.uses), policy_url(d)), source.licence_url, _pointer(source), comments
    )


def _pointer(source: Source) -> dict[str, Any]:
    d = source.declaration
    return pointer_document(
        Pointer(
            d.site,
            address(d.site, d.id, FormKind.PAGE),
            address(d.site, d.id, FormKind.DOCUMENT),
            source.digest,
            d.title,
            d.declarant.legal_name,
            d.permission_url,
        )
    )


def _remarks(source: Source) -> tuple[str, ...]:
    d = source.declaration
    if d.withdrawn:
        day = d.effective_from.isoformat()
        return (f"Withdrawn from {day}: take block, rule, policy and headers away on that day, not before.",)
    remarks = []
    if d.effective_from > d.declared_on:
        remarks.append(f"It takes effect on {d.effective_from.isoformat()}: upload on that day, not before.")
    if not d.territory.is_world:
        remarks.append("Machine forms know no territory: they speak to everyone, wherever they are.")
    if source.translations:
        status = sorted({each.status for each in source.translations})[0]
        remarks.append(f"The translations of the page are shipped as: {status}. The text in {d.language} prevails.")
    missing = sorted(
        form.kind.value for form in d.machine_forms if form.kind not in {*source.forms, FormKind.DOCUMENT}
    )
    if missing:
        remarks.append(f"The signed declaration promises forms that are not in this bundle: {', '.join(missing)}.")
    if not source.site.whole and FormKind.ROBOTS in source.forms:
        remarks.append(
            "Content-Signal knows no paths, so it is left out of robots.txt, and with it the word for training of "
            "models that are not generative."
        )
    remarks += [
        f"{host} serves the same: it needs robots.txt, .well-known/tdmrep.json, ai.txt and the response fields too."
        for host in source.site.hosts
    ]
    remarks.append("A signal on this site reaches no copy on another: see to it that licensees carry it too.")
    return tuple(remarks)
