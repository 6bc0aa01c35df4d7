"""The application: the table of routes, what happens on errors, and the middleware. Made by `create_app`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tacenda.adapters.clock import SystemClock
from tacenda.adapters.keys import known_key
from tacenda.app.desk import Desk
from tacenda.errors import TacendaError
from tacenda.ports import Clock
from tacenda.web import views
from tacenda.web.safety import Safety, add_headers
from tacenda.web.site import TITLES, Problem, Site

LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]", "::1")

# Address, view, and what it is for. The desk is left out of a public site.
ROUTES: Final = (
    ("/", views.front, "the public face"),
    ("/declaration/{id}", views.declaration, "the latest version of a declaration"),
    ("/declaration/{id}/{version}.json", views.declaration_document, "the signed document"),
    ("/declaration/{id}/{version}.tlog-proof", views.declaration_proof, "proof that it is in the log"),
    ("/declaration/{id}/{version}", views.declaration, "one version of a declaration"),
    ("/declaration/{id}/{version}/{path:path}", views.declaration_file, "a file of the published bundle"),
    ("/lookup", views.lookup, "look up one thing"),
    ("/lookup.json", views.lookup, "the same for programs"),
    ("/desk", views.desk, "the desk at a glance; not on a public site"),
    ("/evidence/checkpoint", views.checkpoint, "the log's last signed checkpoint"),
    ("/evidence/tile/{path:path}", views.tile, "the log's tiles and entry bundles"),
    ("/robots.txt", views.published, "from the current publication"),
    ("/.well-known/tdmrep.json", views.published, "from the current publication"),
    ("/rsl.xml", views.published, "from the current publication"),
    ("/ai.txt", views.published, "from the current publication"),
    ("/rights-reservation/{path:path}", views.published, "the current publication's page, document and policy"),
    ("/style/{digest}/{path:path}", views.style, "the style sheet and the text face"),
    ("/healthz", views.healthz, "for a watchdog"),
)


def create_app(
    desk: Desk | None,
    snapshot: Path | None = None,
    *,
    keys: Sequence[str] = (),
    public: bool = False,
    hosts: Sequence[str] = LOOPBACK,
    clock: Clock | None = None,
) -> Starlette:
    """The site over a desk, a snapshot, or both.

    Args:
        desk: the workspace; None serves the snapshot alone.
        snapshot: folder of the snapshot that answers look-ups; None means the desk's newest, looked up anew on
            each request, so that a snapshot built meanwhile answers at once.
        keys: C2SP verifier keys, one of which must have signed the snapshot. The desk's own is always known.
        public: leaves out the desk, and questions about licensees.
        hosts: host names that are answered; any other gets 400.
        clock: for the day of a question without a day; the desk's own where there is one.
    """
    known = [known_key(key) for key in dict.fromkeys((*keys, *([desk.signer.verifier_key] if desk else [])))]
    site = Site(desk, snapshot, clock or (desk.clock if desk else SystemClock()), public=public, keys=known)

    def refuse(request: Request, status: int, code: str, detail: str) -> Response:
        return site.refuse(request, Problem(status, TITLES[status], detail, code))

    async def when_broken(request: Request, _error: Exception) -> Response:
        """Outside all middleware, so it adds the headers itself. The stack goes to the log, not to the visitor."""
        try:
            response = refuse(request, 500, "web.broken", "The fault is ours, and has been logged.")
        except Exception:  # noqa: BLE001  (the last stand: a page about an error may not raise)
            response = Response("Something went wrong. No answer was given.\n", 500, media_type="text/plain")
        add_headers(response.headers, {})
        return response

    app = Starlette(
        routes=[Route(path, view, methods=["GET"]) for path, view, _ in ROUTES],
        middleware=[
            Middleware(Safety, reservation=site.reservation_headers, refuse=refuse),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
        ],
        exception_handlers={
            TacendaError: views.when_refused,
            views.Missing: views.when_missing,
            404: views.when_missing,
            405: views.when_not_done,
            Exception: when_broken,
        },
    )
    app.router.redirect_slashes = False
    app.state.site = site
    return app
