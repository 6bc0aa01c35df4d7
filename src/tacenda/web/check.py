"""Ask the application for every page once, in process: for scripts, the demo, and before going public."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from starlette.applications import Starlette

from tacenda.web.site import Site

HOST: Final = b"127.0.0.1"


@dataclass(frozen=True, slots=True)
class Checked:
    """One page: its status, its size, and whether that is as it should be."""

    path: str
    status: int
    size: int
    good: bool


def check_pages(app: Starlette) -> tuple[Checked, ...]:
    """Each page that a visitor can reach from the first one, with the status it gave.

    A file that is not there because nothing was published or logged yet is as it should be.
    """
    site: Site = app.state.site
    paths: list[tuple[str, tuple[int, ...]]] = [("/", (200,)), ("/healthz", (200,)), ("/lookup", (200,))]
    if site.snapshot_path() is not None:
        paths.append(("/lookup?artist=No+One&title=Nothing", (200,)))
        paths.append(("/lookup.json?artist=No+One&title=Nothing", (200,)))
    if site.desk is not None:
        with site.desk.store.reading() as view:
            paths += [(f"/declaration/{r.id}/v{r.version}", (200,)) for r in view.records("declaration")]
        paths += [("/robots.txt", (200, 404)), ("/.well-known/tdmrep.json", (200, 404))]
        paths += [("/evidence/checkpoint", (200, 404))]
    if site.private:
        paths.append(("/desk", (200,)))
    # In a thread of its own: the caller's may have an event loop that is running already.
    with ThreadPoolExecutor(max_workers=1) as apart:
        return tuple(apart.map(lambda pair: _check(app, *pair), paths))


def _check(app: Starlette, path: str, expected: tuple[int, ...]) -> Checked:
    status, size = asyncio.run(_ask(app, path))
    return Checked(path, status, size, status in expected)


async def _ask(app: Starlette, path: str) -> tuple[int, int]:
    """One GET, without a socket."""
    bare, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": bare,
        "raw_path": bare.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", HOST), (b"accept", b"text/html")],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
    }
    status, size = 0, 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal status, size
        status = message.get("status", status)
        size += len(message.get("body", b""))

    with suppress(Exception):  # the status says 500; the server that runs for real logs the stack
        await app(scope, receive, send)
    return status, size
