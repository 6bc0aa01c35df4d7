"""Planning a bundle: which files, where they go, what each says and what it cannot. Pure; nothing is written."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tacenda.core.declaration import Declaration, FormKind
from tacenda.core.machine_forms import FOLDER, HEADER_FORMS, address, rsl_words
from tacenda.core.preference import denied
from tacenda.core.vocabulary import uses_reached
from tacenda.errors import ConflictError
from tacenda.formats.ai_txt import AiTxt, media_endings, put_ai_txt, training_patterns
from tacenda.formats.content_signal import signal_extent
from tacenda.formats.declaration_page import PageFacts, page_folder, render_page
from tacenda.formats.fence import other_fences, put_fence
from tacenda.formats.html_head import render_head, reservation_metas
from tacenda.formats.http_headers import reservation_headers
from tacenda.formats.json_ld import Pointer, pointer_document, render_json_ld
from tacenda.formats.robots_block import Block, put_block
from tacenda.formats.rsl import Holder, RslContent, render_rsl
from tacenda.formats.server_headers import Snippet, parse_snippet, render_snippet
from tacenda.formats.tdmrep import Policy, put_rule, render_policy
from tacenda.publish.bundle import Bundle, BundleFile, FormLine, Source, told_by_none
from tacenda.publish.forms import CANNOT, can, left_out, unsaid, unsaid_words
from tacenda.publish.readme import readme
from tacenda.publish.site import WHOLE_SITE, SiteDescription, reach_document
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
ONCE: Final = ("tdm-reservation", "tdm-policy")
MARK: Final = "Written by tacenda for "


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
            can(source.declaration, file.form, forms.get(file.form, frozenset()), bool(source.kept_out)),
            CANNOT[file.form],
            forms.get(file.form, frozenset()),
            unsaid(d, file.form, source.site),
        )
        for file in files
        if file.form is not None
    )
    remarks = _remarks(source, lines)
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
            upload = kind is FormKind.HEADERS_FILE and source.uploads_headers
            files.append(BundleFile(path, data, kind, upload))
    if FormKind.RSL in forms:
        files.append(BundleFile(source.rsl_path, _rsl(source), FormKind.RSL))
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
    patterns = training_patterns(source.site.paths, endings, only=bool(source.site.media))
    return AiTxt(d.id, d.version, _comments(source), patterns)


def snippet_of(source: Source, kind: FormKind, existing: bytes = b"") -> Snippet:
    """The lines for one kind of web server, to stand in `existing`.

    A response may bear ``TDM-Reservation`` and ``TDM-Policy`` once only: where the block of another declaration
    sends them wherever ours would, they are left to it.
    """
    d = source.declaration
    fields = reservation_headers(denied(d.uses), policy_url(d), source.licence_url)
    whole = render_snippet(kind, fields, source.site.paths, _comments(source), d.id)
    ours = {(f.name, f.condition) for f in parse_snippet(kind, "\n".join(whole.lines)) if f.name in ONCE}
    for other, block in other_fences(existing, d.id):
        theirs = parse_snippet(kind, block.decode("utf-8", "replace"))
        sent = {(f.name, f.condition) for f in theirs if f.name in ONCE}
        everywhere = {name for name, condition in sent if condition in ("", "/*")}
        if ours and all(each in sent or each[0] in everywhere for each in ours):
            rest = [(name, value) for name, value in fields if name not in ONCE]
            said = f"{' and '.join(ONCE)} are sent by the block of {other}."
            return render_snippet(kind, rest, source.site.paths, (*_comments(source), said), d.id)
    return whole


def mark_of(name: str) -> str:
    """What stands in a file that is ours as a whole, so that it is known again."""
    return f"{MARK}{name}"


def home(d: Declaration) -> str:
    """The folder of a declaration below the site's root, as its expected addresses say."""
    return f"{FOLDER}/{d.id}/"


def policy_url(d: Declaration) -> str:
    return address(d.site, d.id, FormKind.TDM_POLICY)


def publication_document(
    bundle: Bundle, readings: Sequence[dict[str, Any]], site: SiteDescription = WHOLE_SITE
) -> dict[str, Any]:
    """What is filed about a publication: every file with its digest, and what was read back from it."""
    d = bundle.declaration
    return {
        "format": PUBLICATION_FORMAT,
        "declaration": {"id": d.id, "version": d.version, "sha256": bundle.digest},
        "site": d.site,
        "reach": reach_document(site),
        "forms": sorted({file.form.value for file in bundle.files if file.form}),
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
    if file.form in (FormKind.TRANSLATION, FormKind.RSL):
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
    return render_rsl([RslContent(url, words) for url in urls], holder, (mark_of(d.id), *_comments(source)))


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


def _remarks(source: Source, lines: Sequence[FormLine]) -> tuple[str, ...]:
    d = source.declaration
    if d.withdrawn:
        day = d.effective_from.isoformat()
        return (f"Withdrawn from {day}: take block, rule, policy and headers away on that day, not before.",)
    remarks = []
    untold = told_by_none(lines) if any(line.denies for line in lines) else uses_reached(d.uses)
    if untold:
        remarks.append(f"No form for machines has a word for: {unsaid_words(untold)}. The signed document has.")
    if d.effective_from > d.declared_on:
        remarks.append(f"It takes effect on {d.effective_from.isoformat()}: upload on that day, not before.")
    if not d.territory.is_world:
        remarks.append("Machine forms know no territory: they speak to everyone, wherever they are.")
    if source.translations:
        status = sorted({each.status for each in source.translations})[0]
        remarks.append(f"The translations of the page are: {status}. The text in {d.language} prevails.")
    written = {*source.forms, FormKind.DOCUMENT}
    written |= {FormKind.HTTP_HEADERS} if written & set(HEADER_FORMS) else set()
    missing = sorted(form.kind.value for form in d.machine_forms if form.kind not in written)
    if missing:
        remarks.append(f"The signed declaration promises forms that are not in this bundle: {', '.join(missing)}.")
    if not source.site.whole and FormKind.ROBOTS in source.forms:
        remarks.append(
            "Content-Signal knows no paths, so it is left out of robots.txt, and with it the word for training of "
            "models that are not generative."
        )
    remarks += [
        f"{host} serves the same: robots.txt, .well-known/tdmrep.json, ai.txt and the fields are needed there too."
        for host in source.site.hosts
    ]
    remarks.append("A signal on this site reaches no copy on another: see to it that licensees carry it too.")
    return tuple(remarks)
