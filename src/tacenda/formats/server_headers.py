"""Response fields as configuration: snippets for nginx, Apache httpd and Caddy, and a ``_headers`` file.

Each snippet is our fenced block, so that it may stand in a file of its own or inside somebody else's. A field is
limited to the paths of the declaration; the whole site needs no condition. Field values are plain ASCII without
a single quote, a backtick, ``$``, a backslash, a brace, ``%`` and ``#``, which mean something to one server or
another: what holds one is refused rather than escaped.

- nginx: a ``server`` or ``location`` block. An `add_header` in a nested block hides those above it, so the block
  must be included there too. Limited to paths by `if` and `set`; an empty value sends no field.
- Apache 2.4 with mod_headers: a virtual host, a directory or ``.htaccess``. `always` reaches error pages too, and
  an expression on each line limits it to paths; an ``<If>`` section would not reach a response that is refused
  before the sections are merged.
- Caddy 2: inside a site block. ``+`` adds, so that a field of the same name stays.
- ``_headers`` (Netlify, Cloudflare Pages): at the root of what is deployed; equal names are joined by a comma. A
  path may hold one star, at its end; ``$`` cannot be said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tacenda.core.declaration import FormKind
from tacenda.errors import InputError
from tacenda.formats.fence import comment

Field = tuple[str, str]
PATH: Final = re.compile(r"/[A-Za-z0-9._~/*-]{0,200}\$?", re.ASCII)
_FIELD_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*", re.ASCII)
_FIELD_VALUE: Final = re.compile(r"[ -~]+", re.ASCII)
_SPECIAL: Final = re.compile(r"[$\\{}%`'#]")


@dataclass(frozen=True, slots=True)
class Snippet:
    """Lines for one kind of server, to be fenced: comments first."""

    kind: FormKind
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Configured:
    """A field that a configuration adds, and the condition on the path as it stood (empty for none)."""

    name: str
    value: str
    condition: str = ""


def render_snippet(
    kind: FormKind, fields: Sequence[Field], paths: Sequence[str], comments: Sequence[str] = (), name: str = ""
) -> Snippet:
    """The lines for one kind of server.

    Args:
        name: what variables and matchers are called after, so that several blocks may stand in one server.

    Raises:
        InputError: ``headers.name``, ``headers.value`` or ``headers.path`` for what could mean something else to
            the server; ``headers.kind``.
    """
    _check(fields, paths)
    lines = [comment(text) for text in comments]
    whole = tuple(paths) == ("/",)
    own = "_".join(filter(None, ("tacenda", re.sub("[^a-z0-9]", "_", name))))
    match kind:
        case FormKind.HTTP_HEADERS:
            lines += _nginx(fields) if whole else _nginx_paths(fields, paths, own)
        case FormKind.APACHE:
            lines += _apache(fields, () if whole else paths)
        case FormKind.CADDY:
            lines += _caddy(fields, () if whole else paths, own)
        case FormKind.HEADERS_FILE:
            lines += _headers_file(fields, paths)
        case _:
            raise InputError("headers.kind", f"{kind.value} is no configuration of a server.")
    return Snippet(kind, tuple(lines))


def path_regex(paths: Sequence[str]) -> str:
    """The patterns as one regular expression that PCRE, RE2 and Python read alike."""
    parts = []
    for path in paths:
        body = path.removesuffix("$")
        parts.append(re.escape(body).replace(r"\*", ".*").replace(r"\-", "-") + ("$" if body != path else ""))
    return f"^({'|'.join(parts)})"


def can_limit(kind: FormKind, paths: Sequence[str]) -> bool:
    """Whether this kind of configuration can be limited to `paths`."""
    if kind is not FormKind.HEADERS_FILE:
        return True
    return not any("*" in path.removesuffix("*") or path.endswith("$") for path in paths)


def _nginx(fields: Sequence[Field]) -> list[str]:
    return [f"add_header {name} '{value}' always;" for name, value in fields]


def _nginx_paths(fields: Sequence[Field], paths: Sequence[str], own: str) -> list[str]:
    names = [f"${own}_{name.lower().replace('-', '_')}" for name, _ in fields]
    lines = [f"set {name} '';" for name in names]
    lines.append(f'if ($uri ~ "{path_regex(paths)}") {{')
    lines += [f"    set {name} '{value}';" for name, (_, value) in zip(names, fields, strict=True)]
    lines.append("}")
    return lines + [f"add_header {field[0]} {name} always;" for name, field in zip(names, fields, strict=True)]


def _apache(fields: Sequence[Field], paths: Sequence[str]) -> list[str]:
    where = f' "expr=%{{REQUEST_URI}} =~ m#{path_regex(paths)}#"' if paths else ""
    body = [f"  Header always append {name} '{value}'{where}" for name, value in fields]
    return ["<IfModule mod_headers.c>", *body, "</IfModule>"]


def _caddy(fields: Sequence[Field], paths: Sequence[str], own: str) -> list[str]:
    lines = [f"@{own} path_regexp {own} `{path_regex(paths)}`"] if paths else []
    matcher = f" @{own}" if paths else ""
    return [*lines, f"header{matcher} {{", *(f"\t+{name} `{value}`" for name, value in fields), "}"]


def _headers_file(fields: Sequence[Field], paths: Sequence[str]) -> list[str]:
    lines = []
    for path in paths:
        if not can_limit(FormKind.HEADERS_FILE, (path,)):
            raise InputError("headers.path", f"{path[:80]!r} cannot stand in a _headers file.")
        lines.append(path.removesuffix("*") + "*")
        lines += [f"  {name}: {value}" for name, value in fields]
    return lines


def parse_snippet(kind: FormKind, text: str) -> tuple[Configured, ...]:
    """The fields that our own block adds, in their order. Lines that we do not write are skipped."""
    match kind:
        case FormKind.HTTP_HEADERS:
            return _parse_nginx(text)
        case FormKind.APACHE:
            return _parse_apache(text)
        case FormKind.CADDY:
            return _parse_lines(text, r"\t\+(\S+) `([^`]*)`", r"@tacenda\w* path_regexp tacenda\w* `(.*)`")
        case _:
            return _parse_lines(text, r"[ \t]+([^:\s]+):[ \t]*(.*?)[ \t]*", r"(/\S*|https://\S+)")


def _parse_nginx(text: str) -> tuple[Configured, ...]:
    condition, values, found = "", dict[str, str](), []
    for line in text.splitlines():
        if plain := re.fullmatch(r"\s*add_header (\S+) '([^']*)' always;", line):
            found.append(Configured(plain[1], plain[2]))
        elif asked := re.fullmatch(r'\s*if \(\$uri ~ "(.*)"\) \{', line):
            condition = asked[1]
        elif put := re.fullmatch(r"\s*set (\$\S+) '([^']*)';", line):
            values[put[1]] = put[2]
        elif late := re.fullmatch(r"\s*add_header (\S+) (\$\S+) always;", line):
            found.append(Configured(late[1], values.get(late[2], ""), condition))
    return tuple(found)


def _parse_apache(text: str) -> tuple[Configured, ...]:
    line = re.compile(r"""\s*Header always append (\S+) '([^']*)'(?: "expr=(.*)")?""")
    found = (line.fullmatch(each) for each in text.splitlines())
    return tuple(Configured(each[1], each[2], each[3] or "") for each in found if each)


def _parse_lines(text: str, field: str, asked: str) -> tuple[Configured, ...]:
    condition, found = "", []
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            continue
        if stated := re.fullmatch(field, line):
            found.append(Configured(stated[1], stated[2], condition))
        elif limited := re.fullmatch(asked, line):
            condition = limited[1]
    return tuple(found)


def _check(fields: Sequence[Field], paths: Sequence[str]) -> None:
    for name, value in fields:
        if not _FIELD_NAME.fullmatch(name):
            raise InputError("headers.name", f"{name[:60]!r} is no field name.")
        if not _FIELD_VALUE.fullmatch(value) or _SPECIAL.search(value):
            raise InputError(
                "headers.value",
                f"{value[:80]!r} cannot stand in the configuration of a web server.",
                hint="Use plain ASCII.",
            )
    for path in paths:
        if not PATH.fullmatch(path):
            raise InputError("headers.path", f"{path[:80]!r} is no path that a web server can be told.")
