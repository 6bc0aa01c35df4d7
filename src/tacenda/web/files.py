"""The files that the site serves as they lie: style, log, published bundles. No name from a request becomes a path
before it has matched a closed pattern, and no link is followed out of the folder.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files as package_files
from pathlib import Path
from typing import Final

from tacenda.app.pages import FileLine
from tacenda.data import style_text

TILE: Final = re.compile(
    r"tile/(?:entries|[0-9]|[1-5][0-9]|6[0-3])/(?:x[0-9]{3}/){0,6}[0-9]{3}(?:\.p/(?:[1-9][0-9]{0,2}))?", re.ASCII
)
RECORD_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
BUNDLE_FILE: Final = re.compile(
    r"(?:[A-Za-z0-9.][A-Za-z0-9._-]{0,99}/){0,3}[A-Za-z0-9_][A-Za-z0-9._-]{0,99}", re.ASCII
)
MAX_FILE: Final = 16 * 1024 * 1024

TYPES: Final = {
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".xml": "application/rsl+xml",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".woff2": "font/woff2",
    ".pdf": "application/pdf",
}
WHAT: Final = {
    "index.html": "the declaration as a page",
    "declaration.json": "the signed document, in canonical bytes",
    "declaration.note": "the signature over it (C2SP signed note)",
    "declaration.tlog-proof": "proof that it is in the log",
    "robots.txt": "for crawlers",
    "tdmrep.json": "for text and data mining (TDMRep)",
    "policy.json": "the policy that tdmrep.json points to (ODRL)",
    "rsl.xml": "for crawlers (RSL 1.0)",
    "ai.txt": "for those who fetch media for training",
    "rights.jsonld": "leads to the declaration (schema.org)",
    "head.html": "for the head of every page",
    "Caddyfile": "response headers for a web server",
    "_headers": "response headers for Netlify or Cloudflare Pages",
}
BY_ENDING: Final = {
    ".note": "a signed note",
    ".tlog-proof": "proof that it is in the log",
    ".conf": "response headers for a web server",
    ".json": "for programs",
    ".html": "a page",
    ".txt": "text",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that is served as it lies: its bytes, media type and entity tag."""

    data: bytes
    type: str
    etag: str


def media_type(name: str) -> str:
    return TYPES.get(Path(name).suffix, "text/plain; charset=utf-8")


@lru_cache(maxsize=8)
def style_file(name: str) -> StaticFile | None:
    """One of the style files that pages link to, or None."""
    if name == "house.css":
        data = (style_text("faces.css") + style_text("house.css")).encode()
    elif name in ("fonts/source-serif-4.woff2", "fonts/source-serif-4-italic.woff2"):
        data = (package_files("tacenda.data") / "style" / name).read_bytes()
    else:
        return None
    return StaticFile(data, media_type(name), etag(data))


def etag(data: bytes) -> str:
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def inside(folder: Path, *parts: str) -> Path | None:
    """The plain file at these parts inside `folder`; None if it is not there, or lies outside."""
    path = folder.joinpath(*parts)
    try:
        real = path.resolve(strict=True)
        if not real.is_file() or not real.is_relative_to(folder.resolve()) or real.stat().st_size > MAX_FILE:
            return None
    except (OSError, ValueError):
        return None
    return real


def bundle_files(root: Path, declaration: str, version: int) -> Mapping[str, Path]:
    """What can be downloaded of one version, by the name it is served under: the signed files of the declaration,
    and what lies in its published bundle; well-known names first. Empty for an id of another form.
    """
    if not RECORD_ID.fullmatch(declaration):
        return {}
    found: dict[str, Path] = {}
    for top in ("declarations", "published"):
        folder = root / top / declaration / f"v{version}"
        found |= {path.relative_to(folder).as_posix(): path for path in _walk(folder)}
    rank = {name: place for place, name in enumerate(WHAT)}
    return {
        name: found[name] for name in sorted(found, key=lambda n: (rank.get(n.rpartition("/")[2], len(rank)), n))
    }


def file_lines(files: Mapping[str, Path]) -> tuple[FileLine, ...]:
    """A line for each file, by its last name; of two with one name and size, the first."""
    shown = {(path.name, path.stat().st_size): name for name, path in reversed(list(files.items()))}
    return tuple(
        FileLine(
            name, WHAT.get(path.name) or BY_ENDING.get(path.suffix, "for programs"), _size(path.stat().st_size)
        )
        for name, path in files.items()
        if name in shown.values()
    )


def _walk(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not path.is_symlink() and BUNDLE_FILE.fullmatch(name):
            yield path


def _size(count: int) -> str:
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
