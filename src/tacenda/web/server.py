"""Running the application with uvicorn on a socket that is bound first, so that the address is known and true."""

import socket
from typing import Any

import uvicorn

from tacenda.errors import SettingsError


def bound_socket(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises:
        SettingsError: ``serve.address`` when it is taken or is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise SettingsError(
            "serve.address",
            f"Cannot listen on {host}, port {port}: {error.strerror or error}.",
            hint="Choose another with --port, or 0 for any free one.",
        ) from error
    return sock


def server(app: Any) -> uvicorn.Server:
    """One process, h11 (which refuses two Host headers), no banner, short patience with idle connections."""
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=3,
        limit_concurrency=256,
        h11_max_incomplete_event_size=16 * 1024,
    )
    return uvicorn.Server(config)


def serve(app: Any, sock: socket.socket) -> None:
    """Serve until interrupted."""
    server(app).run(sockets=[sock])
