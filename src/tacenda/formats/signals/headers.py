"""What the fields of a response say: TDMRep, AIPREF, ``X-Robots-Tag`` and the ``Link`` to an RSL document.

Field names in any case. Several ``Content-Usage`` lines are one Dictionary (RFC 9651 section 4.2); a field
never overrides what robots.txt says (vocab section 5.1), it is combined with it by whoever evaluates.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from tacenda.formats.signals import noai, tdm
from tacenda.formats.signals.aipref import PROTOCOL as AIPREF
from tacenda.formats.signals.aipref import read_usage
from tacenda.formats.signals.rsl import PROTOCOL as RSL
from tacenda.formats.signals.rsl import VERSION as RSL_VERSION
from tacenda.formats.signals.statement import Asked, Diagnostic, Found, Saying, Standing, Statement, cut

CARRIER: Final = "http-header"
MAX_FIELDS: Final = 1_000
MAX_VALUE: Final = 65_536
_PARAMETER: Final = r"\s{0,8};\s{0,8}[a-zA-Z*-]{1,40}\s{0,8}=\s{0,8}(?:\"[^\"]{0,500}\"|[^\s;,]{1,500})"
_LINK: Final = re.compile(rf"<([^<>]{{0,2000}})>((?:{_PARAMETER})*)")
_MALFORMED_NAME: Final = re.compile(r"(?:x-)?(?:tdm[-_ ]?reservation|tdm-?rep|content[-_ ]?usages?|ai-?pref)")

Field = tuple[str, str]


def read_dump(data: bytes) -> list[Field]:
    """The fields of a dump such as ``curl -I`` makes: a folded line is joined to its field."""
    fields: list[Field] = []
    for line in data[:1_000_000].decode("latin-1").splitlines()[:MAX_FIELDS]:
        if line[:1] in (" ", "\t") and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}"[:MAX_VALUE])
            continue
        name, colon, value = line.partition(":")
        if colon and name and " " not in name:
            fields.append((name, value.strip()))
        else:
            fields.append(("", line))
    return fields


def read_headers(fields: Iterable[Field], asked: Asked) -> Found:
    """The statements of one response; at most 1,000 fields, each cut at 64 KiB."""
    rows = [
        (place + 1, name.strip(), value[:MAX_VALUE].strip(" \t"))
        for place, (name, value) in enumerate(_some(fields))
    ]
    statements: list[Statement] = []
    problems: list[Diagnostic] = []
    policy = next((value for _, name, value in rows if name.lower() == "tdm-policy"), "")
    usages = [(line, name, value) for line, name, value in rows if name.lower() == "content-usage"]
    for line, name, value in rows:
        raw, key = _raw(name, value), name.lower()
        if key == "tdm-reservation":
            statements.append(tdm.statement(value, policy, CARRIER, asked.where, line, raw))
        elif key == "x-robots-tag":
            statements += noai.read_tag(value, asked, CARRIER, line, raw)
        elif key == "link":
            statements += _links(value, asked, line, raw)
        elif key == "content-signal":
            why = "A Content-Signal response field is not defined; it is read in robots.txt only."
            problems.append(Diagnostic("content-signals.header", asked.where, line, why))
        elif key != "tdm-policy" and key != "content-usage" and _MALFORMED_NAME.fullmatch(key):
            statements += _misnamed(key, value, asked, line, raw)
    if usages:
        raw = b"\n".join(_raw(name, value) for _, name, value in usages)
        statements += usage_statements(
            ", ".join(v for _, _, v in usages).encode("utf-8"), raw, CARRIER, asked.where, usages[0][0]
        )
    if policy and not any(s.protocol == tdm.PROTOCOL for s in statements):
        line = next(line for line, name, _ in rows if name.lower() == "tdm-policy")
        statements.append(tdm.policy_only(policy, CARRIER, asked.where, line, _raw("tdm-policy", policy)))
    if len(rows) == MAX_FIELDS:
        problems.append(Diagnostic("fields.cut", asked.where, MAX_FIELDS, f"Only {MAX_FIELDS:,} fields are read."))
    return Found(tuple(statements), tuple(problems))


def usage_statements(
    value: bytes, raw: bytes, carrier: str, where: str, line: int, path: str = ""
) -> list[Statement]:
    """The statements of one ``Content-Usage`` value, wherever it stands."""
    made = []
    for words in read_usage(value):
        standing = Standing.APPARENT if words.problem else Standing.STATED
        made.append(
            Statement(
                AIPREF, words.version, carrier, where, line, cut(raw), words.term, words.says, standing, path=path
            )
        )
    return made


def _some(fields: Iterable[Field]) -> Sequence[Field]:
    found: list[Field] = []
    for field in fields:
        if len(found) >= MAX_FIELDS:
            break
        found.append(field)
    return found


def _raw(name: str, value: str) -> bytes:
    return f"{name}: {value}".encode("utf-8", "backslashreplace")


def _misnamed(key: str, value: str, asked: Asked, line: int, raw: bytes) -> list[Statement]:
    """A field whose name is nearly one that is defined: evidence only."""
    if "tdm" in key:
        return [tdm.statement(value, "", CARRIER, asked.where, line, raw, wellformed=False)]
    found = usage_statements(value.encode("utf-8"), raw, CARRIER, asked.where, line)
    return [
        Statement(
            s.protocol, s.version, s.carrier, s.where, s.line, s.raw, s.term, s.says.apparent(), Standing.APPARENT
        )
        for s in found
    ]


def _links(value: str, asked: Asked, line: int, raw: bytes) -> list[Statement]:
    found: list[Statement] = []
    for match in _LINK.finditer(value):
        given = match.group(2).lower()
        relations = re.search(r"rel\s{0,8}=\s{0,8}\"?([^\";]{0,200})", given)
        if relations and "license" in relations.group(1).split() and "application/rsl+xml" in given:
            found.append(
                Statement(
                    RSL,
                    RSL_VERSION,
                    CARRIER,
                    asked.where,
                    line,
                    cut(raw),
                    "license",
                    Saying(),
                    policy=match.group(1),
                )
            )
    return found
