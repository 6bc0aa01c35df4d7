"""What the views share: the desk, the snapshot that answers now, the current publication, and how to answer."""

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from tacenda.app.desk import Desk
from tacenda.app.pages import Publication, SnapshotLine, current_publication, snapshot_line
from tacenda.app.snapshot import newest_snapshot
from tacenda.core.decision import Facts
from tacenda.core.note import KnownKey
from tacenda.errors import IntegrityError, TacendaError
from tacenda.ports import Clock
from tacenda.snapshot.opened import Snapshot, open_snapshot
from tacenda.web.files import bundle_files, style_file
from tacenda.web.render import render

STATUS: Final[Mapping[str, int]] = {
    "input": 400,
    "settings": 503,
    "conflict": 409,
    "remote": 502,
    "integrity": 503,
}
TITLES: Final[Mapping[int, str]] = {
    400: "This cannot be read",
    404: "There is nothing here",
    405: "This cannot be done here",
    409: "Not in the present state",
    414: "The address is too long",
    500: "Something went wrong",
    502: "Another machine did not answer",
    503: "This cannot be answered now",
}
PAGE_CACHE: Final = "no-cache"
MACHINE: Final = (
    ("robots.txt", "for crawlers"),
    (".well-known/tdmrep.json", "for text and data mining (TDMRep)"),
    ("rsl.xml", "for crawlers (RSL 1.0)"),
    ("ai.txt", "for those who fetch media for training"),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as a page shows it and as RFC 9457 writes it."""

    status: int
    title: str
    detail: str
    code: str = ""
    hint: str = ""
    where: str = ""

    def as_json(self) -> dict[str, Any]:
        body = {
            "type": f"urn:tacenda:problem:{self.code}" if self.code else "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "hint": self.hint,
            "where": self.where,
        }
        return {name: value for name, value in body.items() if value != ""}


class Site:
    """One served site.

    Args:
        desk: the workspace, or None when only a snapshot is served.
        snapshot: the snapshot folder to answer from; None means the desk's newest.
        keys: one of them must have signed the snapshot; none means that only damage is noticed, not forgery.
        public: hides the desk, and questions about licensees.
        clock: for the day of the question.
    """

    def __init__(
        self,
        desk: Desk | None,
        snapshot: Path | None,
        clock: Clock,
        *,
        public: bool,
        keys: Sequence[KnownKey],
    ) -> None:
        self.desk = desk
        self.public = public
        self._clock = clock
        self._keys = keys
        self._path = snapshot
        self._opened: tuple[tuple[Any, ...], Snapshot] | None = None
        self._lock = threading.Lock()

    @property
    def private(self) -> bool:
        return self.desk is not None and not self.public

    def today(self) -> date:
        return self._clock.now().date()

    # ---- the snapshot -----------------------------------------------------------------------------------

    def snapshot_path(self) -> Path | None:
        if self._path is not None or self.desk is None:
            return self._path
        return newest_snapshot(self.desk)

    def snapshot(self) -> tuple[Snapshot, SnapshotLine] | None:
        """The snapshot that answers now, checked byte by byte when it is opened or has changed on disk (F54).

        Raises:
            IntegrityError, InputError, SettingsError: it is not what was signed, or cannot be read.
        """
        path = self.snapshot_path()
        if path is None:
            return None
        with self._lock:
            state = _state_of(path)
            if self._opened is None or self._opened[0] != state:
                self._opened = None
                self._opened = (state, open_snapshot(path, keys=self._keys))
            opened = self._opened[1]
        return opened, snapshot_line(opened, self.today())

    def facts(self) -> Facts | None:
        """The facts of the snapshot, where no desk is served."""
        found = self.snapshot() if self.desk is None else None
        return found[0].facts if found else None

    # ---- the publication --------------------------------------------------------------------------------

    def publication(self) -> Publication | None:
        return current_publication(self.desk) if self.desk else None

    def published_file(self, path: str) -> bytes | None:
        """A file of the current publication, if it is one that belongs on the site.

        Raises:
            IntegrityError: ``publication.changed`` when its bytes are not those that were filed.
        """
        now = self.publication()
        if now is None or self.desk is None or path not in now.upload:
            return None
        file = bundle_files(self.desk.root, now.declaration, now.version).get(path)
        data = file.read_bytes() if file else b""
        check_filed(path, data, now.files[path])
        return data

    def reservation_headers(self) -> Mapping[str, str]:
        """Our own site obeys what it preaches. Nothing before something is published."""
        now = self._publication_or_none()
        return now.headers if now else {}

    # ---- answering --------------------------------------------------------------------------------------

    def context(self, request: Request) -> dict[str, Any]:
        links = [("/", "Reservation"), ("/lookup", "Look up")] + ([("/desk", "Desk")] if self.private else [])
        now = self._publication_or_none()
        machine = [(f"/{path}", what) for path, what in MACHINE if now and path in now.upload]
        marks = {name: value for name, value in (now.headers if now else {}).items() if name.startswith("tdm-")}
        style = style_file("house.css")
        return {
            "name": self._name(),
            "links": links,
            "here": request.url.path,
            "style": style.etag.strip('"')[:12] if style else "",
            "reservation_meta": sorted(marks.items()),
            "machine_links": [(link, link.rpartition("/")[2]) for link, _ in machine],
            "machine_what": dict(machine),
            "private": self.private,
        }

    def _publication_or_none(self) -> Publication | None:
        try:
            return self.publication()
        except TacendaError:
            return None  # an error page must still have a masthead

    def _name(self) -> str:
        try:
            if self.desk is not None:
                wanted = self.desk.settings.rightsholder
                with self.desk.store.reading() as view:
                    return next((p.legal_name for p in view.parties() if p.id == wanted), wanted)
            facts = self.facts()
            if facts and facts.reservations:
                return facts.legal_name(facts.reservations[0].declarant)
        except TacendaError:
            pass  # the page itself reports it; the masthead only loses the name
        return self.desk.settings.rightsholder if self.desk else "Rights reservation"

    def page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        html = render(template, site=self.context(request), **values)
        return HTMLResponse(html, status, {"cache-control": PAGE_CACHE, "vary": "accept"})

    def refuse(self, request: Request, problem: Problem) -> Response:
        if wants_json(request):
            body = json.dumps(problem.as_json(), ensure_ascii=False).encode("utf-8", "replace")
            headers = {"cache-control": PAGE_CACHE, "vary": "accept"}
            return Response(body, problem.status, headers, "application/problem+json")
        return self.page(request, "error.html", status=problem.status, problem=problem)


def problem_of(error: TacendaError) -> Problem:
    status = 404 if error.code.endswith(".unknown") else STATUS.get(error.family, 500)
    where = error.where if error.family == "input" else ""  # paths of the machine are not for visitors
    return Problem(status, TITLES[status], error.message, error.code, error.hint, where)


def wants_json(request: Request) -> bool:
    """Whether a program asks: the path ends in ``.json``, or JSON is preferred to HTML (RFC 9110, 12.5.1)."""
    if request.url.path.endswith(".json"):
        return True
    weights = {"application/json": 0.0, "text/html": 0.0}
    for part in request.headers.get("accept", "")[:1_000].split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        name = "application/json" if name == "application/problem+json" else name
        if name in weights:
            weights[name] = _weight(parameters)
    return weights["application/json"] > weights["text/html"]


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return max(0.0, min(1.0, float(parameter[2:])))
            except ValueError:
                return 0.0
    return 1.0


def check_filed(path: str, data: bytes, digest: str) -> None:
    """That these are the bytes that were filed.

    Raises:
        IntegrityError: ``publication.changed``.
    """
    if hashlib.sha256(data).hexdigest() != digest:
        raise IntegrityError(
            "publication.changed",
            f"The published file {path} is not what was filed.",
            hint="Publish the declaration again: `tacenda publish`.",
        )


def _state_of(path: Path) -> tuple[Any, ...]:
    """What changes when a file of the snapshot is replaced or written to."""
    try:
        stats = [(str(file), file.stat()) for file in sorted(path.rglob("*"))]
    except OSError:
        return (str(path),)
    return (str(path), *((name, s.st_ino, s.st_size, s.st_mtime_ns) for name, s in stats))
