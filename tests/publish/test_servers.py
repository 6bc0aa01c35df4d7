"""The snippets in the web servers themselves: started on a free port, asked, and stopped. Skipped where absent."""

import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tacenda.core.declaration import FormKind
from tacenda.formats.fence import put_fence
from tacenda.formats.server_headers import render_snippet

FIELDS = (
    ("tdm-reservation", "1"),
    ("tdm-policy", "https://lark.example/rights-reservation/res-1/policy.json"),
    ("Content-Usage", "train-ai=n, ai-use=n"),
    ("X-Robots-Tag", "noai, noimageai"),
    ("Link", '<https://lark.example/rsl.xml>; rel="license"; type="application/rsl+xml"'),
)
WHOLE, LIMITED = ("/",), ("/music/", "/*.mp3$")
REACHED = {WHOLE: ("/", "/music/a", "/x.mp3", "/other"), LIMITED: ("/music/a", "/x.mp3")}
NOT_REACHED = {WHOLE: (), LIMITED: ("/", "/musical", "/x.mp3x")}


def _nginx(folder: Path, port: int, snippet: Path) -> list[str]:
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log stderr;\nevents {{}}\nhttp {{\n"
        f"access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b;\n"
        f"fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;\n"
        f"server {{ listen 127.0.0.1:{port}; include {snippet}; location / {{ return 200 ok; }} }}\n}}\n"
    )
    return ["nginx", "-p", str(folder), "-c", str(config)]


def _apache(folder: Path, port: int, snippet: Path) -> list[str]:
    modules = Path("/usr/lib/apache2/modules")
    config = folder / "httpd.conf"
    config.write_text(
        f"ServerRoot {folder}\nServerName lark.example\nListen 127.0.0.1:{port}\nPidFile {folder}/pid\n"
        f"LoadModule mpm_event_module {modules}/mod_mpm_event.so\n"
        f"LoadModule authz_core_module {modules}/mod_authz_core.so\n"
        f"LoadModule headers_module {modules}/mod_headers.so\n"
        f"User www-data\nGroup www-data\nErrorLog /dev/stderr\nDocumentRoot {folder}\nInclude {snippet}\n"
    )
    return ["/usr/sbin/apache2", "-f", str(config), "-D", "FOREGROUND"]


def _caddy(folder: Path, port: int, snippet: Path) -> list[str]:
    config = folder / "Caddyfile.site"
    config.write_text(
        f"{{\n\tadmin off\n\tauto_https off\n}}\n"
        f"http://127.0.0.1:{port} {{\n\timport {snippet}\n\trespond ok\n}}\n"
    )
    return ["caddy", "run", "--config", str(config), "--adapter", "caddyfile"]


SERVERS: dict[FormKind, tuple[str, Callable[[Path, int, Path], list[str]]]] = {
    FormKind.HTTP_HEADERS: ("nginx", _nginx),
    FormKind.APACHE: ("/usr/sbin/apache2", _apache),
    FormKind.CADDY: ("caddy", _caddy),
}


@contextmanager
def _running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
        try:
            for _ in range(100):
                if process.poll() is not None:
                    pytest.fail((folder / "output").read_text(errors="replace")[-2000:])
                try:
                    socket.create_connection(("127.0.0.1", port), 0.2).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(10)


def _ask(port: int, path: str) -> list[tuple[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    fields = connection.getresponse().getheaders()
    connection.close()
    return fields


@pytest.mark.parametrize("paths", [WHOLE, LIMITED])
@pytest.mark.parametrize("kind", list(SERVERS))
def test_a_web_server_sends_the_fields_where_it_is_to_and_nowhere_else(
    kind: FormKind, paths: tuple[str, ...], tmp_path: Path
) -> None:
    program, configure = SERVERS[kind]
    if shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
        pytest.skip(f"{program} is not installed")
    snippet = tmp_path / "snippet.conf"
    snippet.write_bytes(put_fence(b"", "res-1", 1, render_snippet(kind, FIELDS, paths, ("a comment",)).lines))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with _running(configure(tmp_path, port, snippet), port, tmp_path):
        for path in REACHED[paths]:
            sent = [(name.lower(), value) for name, value in _ask(port, path)]
            for name, value in FIELDS:
                assert (name.lower(), value) in sent, path
        for path in NOT_REACHED[paths]:
            names = {name.lower() for name, _ in _ask(port, path)}
            assert not names & {name.lower() for name, _ in FIELDS}, path
