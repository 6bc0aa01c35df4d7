"""`tacenda serve`: the web pages of a workspace, or of a snapshot alone."""

import webbrowser
from pathlib import Path
from threading import Timer

import click

from tacenda.app.desk import SETTINGS_FILE, Desk
from tacenda.app.workspace import open_desk
from tacenda.cli.output import print_table, say
from tacenda.errors import SettingsError

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; loopback by default.")
@click.option(
    "--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port."
)
@click.option(
    "--snapshot",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Answer from this snapshot, not from the desk's newest. Needs no workspace.",
)
@click.option("--vkey", "keys", multiple=True, help="Verifier key that must have signed the snapshot.")
@click.option("--public", is_flag=True, help="Leave out the desk and questions about licensees.")
@click.option("--name", "names", multiple=True, help="A host name that is answered, such as rights.lark.example.")
@click.option("--open/--no-open", "open_it", default=False, help="Open the first page in a browser.")
@click.option("--check", is_flag=True, help="Render every page once and end: 0 when all of them answer.")
@click.pass_obj
def command(
    workspace: str,
    host: str,
    port: int,
    snapshot: Path | None,
    keys: tuple[str, ...],
    public: bool,
    names: tuple[str, ...],
    open_it: bool,
    check: bool,
) -> None:
    """Show the declaration, the look-up and the desk as web pages.

    Listens on this machine only, unless --host says otherwise; then a reverse proxy with time limits and TLS
    belongs in front, and --public hides the desk.

    \b
    Example:
      tacenda serve
      tacenda serve --snapshot snapshots/S-000001 --public --host 0.0.0.0 --name rights.lark.example
    """
    desk = _desk(workspace, snapshot)
    if host not in LOOPBACK and not public:
        raise SettingsError(
            "serve.public",
            f"{host} can be reached by others, and the desk is for the people of the house.",
            hint="Add --public, or listen on 127.0.0.1.",
        )
    from tacenda.web.application import LOOPBACK as OUR_NAMES
    from tacenda.web.application import create_app
    from tacenda.web.check import check_pages

    if desk is None and not keys:
        say("No --vkey was given: damage to the snapshot will be noticed, but not who made it.")
    app = create_app(desk, snapshot, keys=keys, public=public, hosts=(*OUR_NAMES, *names))
    if check:
        results = check_pages(app)
        print_table("", ("Page", "Status", "Bytes"), [(r.path, r.status, r.size) for r in results])
        if not all(r.good for r in results):
            raise click.exceptions.Exit(1)
        return
    _listen(app, host, port, open_it)


def _desk(workspace: str, snapshot: Path | None) -> Desk | None:
    """The workspace's desk; None when there is no workspace and a snapshot was named."""
    root = Path(workspace)
    if snapshot is not None and not (root / SETTINGS_FILE).exists():
        return None
    return open_desk(root)


def _listen(app: object, host: str, port: int, open_it: bool) -> None:
    from tacenda.web.server import bound_socket, serve

    with bound_socket(host, port) as sock:
        taken = sock.getsockname()[1]
        address = f"http://{f'[{host}]' if ':' in host else host}:{taken}/"
        say(f"Serving on {address} (end with Ctrl-C)")
        if open_it:
            Timer(0.8, webbrowser.open, (address,)).start()
        serve(app, sock)
