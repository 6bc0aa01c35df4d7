"""What the views share: the desk, the snapshot that answers now, the current publication, and how to answer."""

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
from tacenda.app.pages import SnapshotLine, current_publication, snapshot_line
from tacenda.core.decision import Facts
from tacenda.errors import TacendaError
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
    ("/robots.txt", "robots.txt", "robots.txt", "for crawlers"),
    ("/.well-known/tdmrep.json", "tdmrep.json", "tdmrep.json", "for text and data mining (TDMRep)"),
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
        public: hides the desk, and questions about licensees.
        clock: for the day of the question.
    """

    def __init__(self, desk: Desk | None, snapshot: Path | None, clock: Clock, *, public: bool) -> None:
        self.desk = desk
        self.public = public
        self._clock = clock
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
                self._opened = (state, open_snapshot(path))
            opened = self._opened[1]
        return opened, snapshot_line(opened)

    def facts(self) -> Facts | None:
        """The facts of the snapshot, where no desk is served."""
        found = self.snapshot() if self.desk is None else None
        return found[0].facts if found else None

    # ---- the publication --------------------------------------------------------------------------------

    def published_file(self, name: str) -> bytes | None:
        """A file of the current publication by its last name, wherever in the bundle it lies."""
        current = current_publication(self.desk) if self.desk else None
        if current is None or self.desk is None:
            return None
        for served, path in bundle_files(self.desk.root, *current).items():
            if served.rpartition("/")[2] == name:
                return path.read_bytes()
        return None

    def reservation_headers(self) -> Mapping[str, str]:
        """TDMRep headers: our own site obeys what it preaches. Only once something is published."""
        try:
            data = self.published_file("tdmrep.json")
            return tdm_headers(data) if data else {}
        except (TacendaError, OSError):
            return {}

    # ---- answering --------------------------------------------------------------------------------------

    def context(self, request: Request) -> dict[str, Any]:
        links = [("/", "Reservation"), ("/lookup", "Look up")] + ([("/desk", "Desk")] if self.private else [])
        machine = [row for row in MACHINE if self._has(row[1])]
        style = style_file("house.css")
        return {
            "name": self._name(),
            "links": links,
            "here": request.url.path,
            "style": style.etag.strip('"')[:12] if style else "",
            "reservation_meta": sorted(self.reservation_headers().items()),
            "machine_links": [(link, text) for link, _, text, _ in machine],
            "machine_what": {link: what for link, _, _, what in machine},
            "private": self.private,
        }

    def _has(self, name: str) -> bool:
        try:
            return self.published_file(name) is not None
        except (TacendaError, OSError):
            return False

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


def tdm_headers(tdmrep: bytes) -> dict[str, str]:
    """The response headers that say the same as a ``tdmrep.json`` whose first rule is for the whole site."""
    try:
        rules = json.loads(tdmrep)
    except ValueError:
        return {}
    rule = rules[0] if isinstance(rules, list) and rules and isinstance(rules[0], dict) else {}
    if rule.get("tdm-reservation") != 1:
        return {}
    headers = {"tdm-reservation": "1"}
    policy = rule.get("tdm-policy")
    if (
        isinstance(policy, str)
        and policy.isascii()
        and policy.isprintable()
        and policy.startswith(("https://", "/"))
    ):
        headers["tdm-policy"] = policy
    return headers


def newest_snapshot(desk: Desk) -> Path | None:
    """The folder of the desk's last filed snapshot."""
    with desk.store.reading() as view:
        records = sorted(view.records("snapshot"), key=lambda record: record.entry)
    for record in reversed(records):
        folder = desk.root / "snapshots" / record.id
        if folder.is_dir():
            return folder
    return None


def _state_of(path: Path) -> tuple[Any, ...]:
    """What changes when a file of the snapshot is replaced or written to."""
    try:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        stats = [(file.name, file.stat()) for file in files]
    except OSError:
        return (str(path),)
    return (str(path), *((name, s.st_ino, s.st_size, s.st_mtime_ns) for name, s in stats))
