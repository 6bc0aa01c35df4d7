"""What a page says of itself: meta elements, links to RSL documents, an RSL document within a script element.

The octets are scanned once from left to right; comments, scripts, styles and texts of forms are passed over,
a tag is read up to 8 KiB. An element anywhere in the page counts: evidence does not depend on where its
author put it.
"""

import html
import re
from dataclasses import dataclass
from typing import Final

from tacenda.formats.signals import noai, rsl, tdm
from tacenda.formats.signals.headers import usage_statements
from tacenda.formats.signals.statement import Asked, Diagnostic, Found, Saying, Standing, Statement, cut

CARRIER: Final = "html-meta"
MAX_BYTES: Final = 5_000_000
MAX_TAG: Final = 8_192
MAX_TAGS: Final = 1_000_000
_TAG: Final = re.compile(rb"<!--|<(meta|link|script|style|textarea|title)(?=[\s/>])", re.I)
_SPACE: Final = frozenset(b" \t\r\n\f/")
_ATTRIBUTE: Final = re.compile(rb"([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_RAW: Final = (b"script", b"style", b"textarea", b"title")


@dataclass(frozen=True, slots=True)
class Tag:
    """An element's start: name in lower case, attributes, where it begins and ends."""

    name: str
    attributes: dict[str, str]
    start: int
    end: int
    inner: bytes = b""


def tags(data: bytes) -> list[Tag]:
    """``meta``, ``link`` and ``script`` elements, in their order."""
    found: list[Tag] = []
    place = 0
    while len(found) < MAX_TAGS:
        match = _TAG.search(data, place, MAX_BYTES)
        if match is None:
            break
        if match.group() == b"<!--":
            end = data.find(b"-->", match.end())
            if end < 0:
                break
            place = end + 3
            continue
        name = match.group(1).lower()
        attributes, place = _attributes(data, match.end())
        inner = b""
        if name in _RAW:
            closing = re.compile(rb"</" + name + rb"(?=[\s/>])", re.I).search(data, place)
            stop = closing.start() if closing else min(len(data), MAX_BYTES)
            inner = data[place:stop] if name == b"script" else b""
            start, place = place, stop
        if name in (b"meta", b"link", b"script"):
            end = start if name == b"script" else place
            found.append(Tag(name.decode(), attributes, match.start(), end, inner))
    return found


def read_html(data: bytes, asked: Asked) -> Found:
    """The statements of a page; they are about the page itself."""
    statements: list[Statement] = []
    founds: list[Found] = []
    metas: list[tuple[str, str, int, bytes]] = []
    counted, lines = 0, 1
    for tag in tags(data):
        lines += data.count(b"\n", counted, tag.start)
        counted = tag.start
        raw = data[tag.start : tag.end]
        if tag.name == "meta":
            name = (tag.attributes.get("name") or tag.attributes.get("property", "")).strip().lower()
            equivalent = tag.attributes.get("http-equiv", "").strip().lower()
            metas.append((name or f"http-equiv {equivalent}", tag.attributes.get("content", ""), lines, raw))
        elif tag.name == "link" and "license" in tag.attributes.get("rel", "").lower().split():
            if tag.attributes.get("type", "").strip().lower() == "application/rsl+xml":
                href = tag.attributes.get("href", "")
                statements.append(
                    Statement(
                        rsl.PROTOCOL,
                        rsl.VERSION,
                        "html-link",
                        asked.where,
                        lines,
                        cut(raw),
                        "license",
                        Saying(),
                        policy=href,
                    )
                )
        elif tag.name == "script" and tag.attributes.get("type", "").strip().lower() == "application/rsl+xml":
            founds.append(_inline(tag.inner, asked, lines + raw.count(b"\n")))
    statements += _metas(metas, asked)
    for found in founds:
        statements += found.statements
    problems = [d for found in founds for d in found.diagnostics]
    if len(data) > MAX_BYTES:
        why = f"Only the first {MAX_BYTES:,} octets are read."
        problems.append(Diagnostic("html.cut", asked.where, lines, why))
    return Found(tuple(statements), tuple(problems))


def _inline(inner: bytes, asked: Asked, line: int) -> Found:
    text = inner.lstrip()
    skipped = inner[: len(inner) - len(text)].count(b"\n")
    return rsl.read_rsl(text.rstrip(), asked, carrier="html-script", page=asked.path, first_line=line + skipped)


def _metas(metas: list[tuple[str, str, int, bytes]], asked: Asked) -> list[Statement]:
    found: list[Statement] = []
    policy = next((content for name, content, _, _ in metas if name == "tdm-policy"), "")
    reserved = any(name == "tdm-reservation" for name, _, _, _ in metas)
    for name, content, line, raw in metas:
        if name == "tdm-policy" and not reserved:
            found.append(tdm.policy_only(content, CARRIER, asked.where, line, raw))
        elif name in ("tdm-reservation", "tdm:reservation"):
            wellformed = name == "tdm-reservation"
            found.append(tdm.statement(content, policy, CARRIER, asked.where, line, raw, wellformed=wellformed))
        elif name == "http-equiv tdm-reservation":
            found.append(tdm.statement(content, "", CARRIER, asked.where, line, raw, wellformed=False))
        elif name in ("content-usage", "http-equiv content-usage"):
            # AIPREF defines no form in HTML: evidence only.
            found += [
                Statement(
                    s.protocol,
                    s.version,
                    CARRIER,
                    asked.where,
                    line,
                    s.raw,
                    s.term,
                    s.says.apparent(),
                    Standing.APPARENT,
                )
                for s in usage_statements(content.encode("utf-8"), raw, CARRIER, asked.where, line)
            ]
        elif name == "http-equiv x-robots-tag" or (name and not name.startswith("http-equiv")):
            general = name in ("robots", "http-equiv x-robots-tag")
            words = noai.read_tag(content, asked, CARRIER, line, raw, () if general else (name,))
            found += words if general or name == asked.crawler.lower() or _crawlerlike(name, words) else []
    return found


def _crawlerlike(name: str, words: list[Statement]) -> bool:
    """A meta element of another crawler is shown; a description that begins with the word is not."""
    return bool(words) and re.fullmatch(r"[a-z-]{3,40}", name) is not None and "bot" in name


def _attributes(data: bytes, place: int) -> tuple[dict[str, str], int]:
    """The attributes of a tag from `place`, and where the tag ends."""
    found: dict[str, str] = {}
    limit = min(len(data), place + MAX_TAG)
    while place < limit:
        if data[place] == 0x3E:
            return found, place + 1
        match = None if data[place] in _SPACE else _ATTRIBUTE.match(data, place, limit)
        if match is None:
            place += 1
            continue
        place = match.end()
        key = match.group(1).lower().decode("utf-8", "replace")
        value = match.group(2) or match.group(3) or match.group(4) or b""
        found.setdefault(key, html.unescape(value.decode("utf-8", "replace")))
    return found, place
