"""One function a page. Each reads words from the request, asks `app`, and renders."""

import json
import re
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tacenda.app.desk_page import desk_page
from tacenda.app.evidence import prove
from tacenda.app.lookup import LookupForm, as_json, look_up, parse_asked
from tacenda.app.pages import declaration_page, filed_digests, front_page
from tacenda.errors import InputError, TacendaError
from tacenda.web.files import (
    BUNDLE_FILE,
    RECORD_ID,
    TILE,
    bundle_files,
    etag,
    file_lines,
    inside,
    media_type,
    style_file,
)
from tacenda.web.safety import BUNDLE_POLICY
from tacenda.web.site import PAGE_CACHE, TITLES, Problem, Site, check_filed, problem_of, wants_json

FOREVER: Final = "public, max-age=31536000, immutable"
VERSION: Final = re.compile(r"v([1-9][0-9]{0,5})", re.ASCII)


class Missing(Exception):
    """There is nothing at this address."""


def site_of(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


# ---- pages --------------------------------------------------------------------------------------------------


def front(request: Request) -> Response:
    site = site_of(request)
    trouble, found = "", None
    try:
        found = site.snapshot()
    except TacendaError as error:
        if site.desk is None:
            raise
        trouble = f"The look-up is closed: {error.message}"
    facts = found[0].facts if found and site.desk is None else None
    page = front_page(site.desk, facts, found[1] if found else None, site.today())
    return site.page(request, "front.html", page=page, trouble=trouble)


def declaration(request: Request) -> Response:
    """The latest version, or the one that the address names (``/declaration/<id>/v<n>``)."""
    site = site_of(request)
    name = _record_id(request)
    version = _version(request.path_params["version"]) if "version" in request.path_params else None
    if site.desk is None:
        raise Missing
    page = declaration_page(site.desk, name, version, site.today())
    files = file_lines(bundle_files(site.desk.root, name, page.version))
    return site.page(request, "declaration.html", page=page, files=files)


def declaration_document(request: Request) -> Response:
    """The signed document in canonical bytes: what the digest is of."""
    site = site_of(request)
    if site.desk is None:
        raise Missing
    page = declaration_page(site.desk, _record_id(request), _version(request.path_params["version"]), site.today())
    return _download(request, page.document.encode("utf-8"), "application/json", f"{page.id}-v{page.version}.json")


def declaration_proof(request: Request) -> Response:
    """That the declaration is in the log, from its entry up to the checkpoint of now (C2SP tlog-proof)."""
    site = site_of(request)
    if site.desk is None:
        raise Missing
    version = _version(request.path_params["version"])
    page = declaration_page(site.desk, _record_id(request), version, site.today())
    proof = prove(site.desk, page.entry).encode()
    return _download(request, proof, "text/plain; charset=utf-8", f"{page.id}-v{version}.tlog-proof")


def declaration_file(request: Request) -> Response:
    """A file of a published bundle, as it lies."""
    site = site_of(request)
    name, path = _record_id(request), request.path_params["path"]
    version = _version(request.path_params["version"])
    if site.desk is None or not BUNDLE_FILE.fullmatch(path):
        raise Missing
    found = bundle_files(site.desk.root, name, version).get(path)
    if found is None:
        raise Missing
    data, digest = found.read_bytes(), filed_digests(site.desk, name, version).get(path)
    if digest:
        check_filed(path, data, digest)
    response = _static(request, data, media_type(path), PAGE_CACHE)
    response.headers["content-security-policy"] = BUNDLE_POLICY
    return response


def lookup(request: Request) -> Response:
    site = site_of(request)
    given = request.query_params.multi_items()
    form = LookupForm({name: value[:300] for name, value in given})
    if not any(value.strip() for _, value in given) and not wants_json(request):
        return site.page(request, "lookup.html", form=form, result=None, problem=None, wrong="")
    try:
        asked = parse_asked(given, site.today(), private=site.private)
    except InputError as error:
        if wants_json(request):
            return site.refuse(request, problem_of(error))
        return site.page(
            request, "lookup.html", status=400, form=form, result=None, problem=error, wrong=error.where
        )
    found = site.snapshot()
    if found is None:
        detail = "There is no snapshot to answer from yet."
        hint = "Make one with `tacenda snapshot build`."
        return site.refuse(request, Problem(503, TITLES[503], detail, "lookup.no_snapshot", hint))
    result = look_up(*found, asked, documents=site.desk is not None)
    if wants_json(request):
        return _json(as_json(result))
    query = request.url.query
    return site.page(
        request,
        "lookup.html",
        form=form,
        result=result,
        problem=None,
        wrong="",
        json_link=f"/lookup.json?{query}",
    )


def desk(request: Request) -> Response:
    site = site_of(request)
    if site.desk is None or not site.private:
        raise Missing
    page = desk_page(site.desk, site.today())
    response = site.page(request, "desk.html", page=page)
    response.headers["cache-control"] = "no-store"
    return response


# ---- files --------------------------------------------------------------------------------------------------


def checkpoint(request: Request) -> Response:
    return _log_file(request, "checkpoint", "text/plain; charset=utf-8", PAGE_CACHE)


def tile(request: Request) -> Response:
    name = "tile/" + request.path_params["path"]
    if not TILE.fullmatch(name):
        raise Missing
    return _log_file(request, name, "application/octet-stream", FOREVER)


def _log_file(request: Request, name: str, kind: str, cache: str) -> Response:
    site = site_of(request)
    path = inside(site.desk.root / "log", *name.split("/")) if site.desk else None
    if path is None:
        raise Missing
    return _static(request, path.read_bytes(), kind, cache)


def published(request: Request) -> Response:
    """A file of the current publication at the address where it belongs."""
    path = request.url.path.removeprefix("/")
    path += "index.html" if path.endswith("/") else ""
    data = site_of(request).published_file(path)
    if data is None:
        raise Missing
    response = _static(request, data, media_type(path), PAGE_CACHE)
    response.headers["content-security-policy"] = BUNDLE_POLICY
    return response


def style(request: Request) -> Response:
    found = style_file(request.path_params["path"])
    if found is None:
        raise Missing
    return _static(request, found.data, found.type, FOREVER)


def healthz(request: Request) -> Response:
    """Whether the desk and the snapshot can be read: ``ok``, or 503 with the code of the error."""
    site = site_of(request)
    try:
        if site.desk is not None:
            with site.desk.store.reading() as view:
                view.entry_count()
        state = "ok" if site.snapshot() else "ok, no snapshot"
    except TacendaError as error:
        return PlainTextResponse(f"{error.family} {error.code}\n", 503, {"cache-control": "no-store"})
    return PlainTextResponse(f"{state}\n", headers={"cache-control": "no-store"})


# ---- when it fails ------------------------------------------------------------------------------------------


async def when_refused(request: Request, error: Exception) -> Response:
    """Our own errors: a page or a problem with the code, never a stack."""
    assert isinstance(error, TacendaError)  # noqa: S101  (registered for this class only)
    return await run_in_threadpool(site_of(request).refuse, request, problem_of(error))


async def when_missing(request: Request, _error: Exception) -> Response:
    problem = Problem(404, TITLES[404], "No page or file has this address.", "web.missing")
    return await run_in_threadpool(site_of(request).refuse, request, problem)


async def when_not_done(request: Request, error: Exception) -> Response:
    problem = Problem(405, TITLES[405], "This site is only read: GET and HEAD.", "web.method")
    response = await run_in_threadpool(site_of(request).refuse, request, problem)
    response.headers["allow"] = "GET, HEAD"
    return response


# ---- small parts --------------------------------------------------------------------------------------------


def _record_id(request: Request) -> str:
    name: str = request.path_params["id"]
    if not RECORD_ID.fullmatch(name):
        raise Missing
    return name


def _version(word: str) -> int:
    found = VERSION.fullmatch(word)
    if found is None:
        raise Missing
    return int(found[1])


def _static(request: Request, data: bytes, kind: str, cache: str) -> Response:
    tag = etag(data)
    headers = {"etag": tag, "cache-control": cache}
    asked = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
    if tag in asked or "*" in asked:
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers, media_type=kind)


def _download(request: Request, data: bytes, kind: str, name: str) -> Response:
    """A file with a name made of a checked id, so that it needs no encoding (RFC 6266; F65)."""
    response = _static(request, data, kind, PAGE_CACHE)
    response.headers["content-disposition"] = f'inline; filename="{name}"'
    return response


def _json(document: dict[str, Any]) -> Response:
    body = json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    return Response(body, headers={"cache-control": PAGE_CACHE, "vary": "accept"}, media_type="application/json")
