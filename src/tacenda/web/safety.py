"""What every response carries, and what no request may carry.

A reverse proxy stands in front of this in public (time limits for slow clients, TLS, rate limits); these are the
limits that hold without one.
"""

from collections.abc import Callable, Mapping
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_PATH: Final = 1_024
MAX_QUERY: Final = 4_096

POLICY: Final = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# A published page carries its style inline and nothing else; it may not do more than that.
BUNDLE_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox"
)
HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

Refuse = Callable[[Request, int, str, str], Response]


class Safety:
    """ASGI middleware, outermost: refuses over-long addresses, adds the headers to every response.

    Args:
        reservation: gives the rights-reservation headers of the current publication.
        refuse: renders a refusal as a page or a problem.
    """

    def __init__(self, app: ASGIApp, reservation: Callable[[], Mapping[str, str]], refuse: Refuse) -> None:
        self._app = app
        self._reservation = reservation
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        reservation = await run_in_threadpool(self._reservation)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(scope=message), reservation)
            await send(message)

        if len(scope.get("raw_path") or scope["path"]) > MAX_PATH or len(scope["query_string"]) > MAX_QUERY:
            request = Request({**scope, "query_string": b"", "path": "/"})
            detail = "The address is longer than this site reads."
            response = await run_in_threadpool(self._refuse, request, 414, "web.length", detail)
            await response(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)


def add_headers(headers: MutableHeaders, reservation: Mapping[str, str]) -> None:
    """Set what is not set yet; a response that knows better (a published page) keeps its own."""
    for name, value in {**HEADERS, **reservation}.items():
        headers.setdefault(name, value)
