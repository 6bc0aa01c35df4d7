"""RSL 1.0 (Recommendation, 10 December 2025) as a reader of strangers' documents sees it.

Evaluation (section 3 of the specification): the most specific ``content`` whose address matches;
``prohibits`` beats ``permits``; once a ``permits`` of usage exists only its tokens are permitted; of several
licences the most restrictive stands. A permission that is tied to a payment, a licence server, a kind of user
or a country is no permission for everyone: until its terms are met it denies. A document that does not
conform is no document (so nothing is licensed by it): what it prohibits is shown as apparent, and what it
permits is not read at all.
"""

import re
from dataclasses import dataclass
from typing import Final

from tacenda.core.preference import Dimension
from tacenda.errors import InputError
from tacenda.formats.robots import matches, normal_path, normal_pattern
from tacenda.formats.signals.meaning import ALL, RSL
from tacenda.formats.signals.statement import NOTHING, Asked, Diagnostic, Found, Saying, Standing, Statement, cut
from tacenda.formats.signals.strict_xml import Element, parse_xml

PROTOCOL: Final = "rsl"
VERSION: Final = "1.0"
CARRIER: Final = "rsl.xml"
NAMESPACE: Final = "https://rslstandard.org/rsl"

_ELEMENTS: Final = frozenset(
    "rsl content license permits prohibits payment legal reporting schema copyright terms alternate "
    "standard custom amount accepts".split()
)
_TYPES: Final = frozenset({"usage", "user", "geo"})
_NEIGHBOURS: Final = {"train-ai": "ai-train", "ai-use": "ai-input", "train": "ai-train", "ai": "ai-all"}
_EVIDENCE: Final = re.compile(rb"<(?:rsl:)?prohibits\b[^<>]{0,200}>([^<>]{0,500})<", re.I)
_WORD: Final = re.compile(r"[^\s,;]+")


@dataclass(frozen=True, slots=True)
class _Licence:
    """One ``license``: its usage tokens, and whether it is on terms."""

    permits: frozenset[str]
    prohibits: frozenset[str]
    closed: bool
    terms: str


def read_rsl(data: bytes, asked: Asked, *, carrier: str = CARRIER, page: str = "", first_line: int = 1) -> Found:
    """The ``content`` elements of a document, and what the one that holds for the path says.

    Args:
        page: path that an empty ``url`` means, in a document that stands within a page.
    """
    try:
        root = parse_xml(data)
    except InputError as error:
        return _evidence(data, asked, carrier, first_line, error.code, error.message)
    faults = _faults(root)
    contents = [e for e in root.walk() if e.namespace == NAMESPACE and e.local == "content"]
    if faults or not contents:
        code, why = faults[0] if faults else ("rsl.form", "There is no content element in the namespace of RSL.")
        return _evidence(data, asked, carrier, first_line, code, why)
    target = normal_path(asked.path)
    reaching: list[tuple[int, Statement]] = []
    others: list[Statement] = []
    problems: list[Diagnostic] = []
    for content in contents:
        pattern = _pattern(content.attributes["url"], asked, page)
        says, terms, odd = _evaluate(content)
        line = first_line + content.line - 1
        raw = cut(data[content.start : content.end])
        made = Statement(
            PROTOCOL, VERSION, carrier, asked.where, line, raw, terms, says, path=content.attributes["url"][:500]
        )
        for why in odd:
            problems.append(Diagnostic("rsl.word", asked.where, line, why))
        if pattern is not None and matches(pattern, target):
            reaching.append((len(pattern), made))
        else:
            others.append(made.with_standing(Standing.ELSEWHERE))
    longest = max((length for length, _ in reaching), default=0)
    stated = [s if length == longest else s.with_standing(Standing.SUPERSEDED) for length, s in reaching]
    return Found(tuple(sorted((*stated, *others), key=lambda s: s.line)), tuple(problems))


def _faults(root: Element) -> list[tuple[str, str]]:
    """Why the document does not conform; empty when it does."""
    found = []
    if root.namespace != NAMESPACE or root.local not in ("rsl", "content"):
        found.append(("rsl.root", "The root is not an rsl element in the namespace of RSL."))
    for element in root.walk():
        if element.namespace != NAMESPACE:
            continue
        if element.local not in _ELEMENTS:
            found.append(("rsl.element", f"RSL 1.0 has no element {element.local[:40]!r}."))
        if element.local == "content" and "url" not in element.attributes:
            found.append(("rsl.url", "A content element has no url."))
        if element.local in ("permits", "prohibits") and element.attributes.get("type") not in _TYPES:
            found.append(("rsl.type", f"A {element.local} element has no type that RSL 1.0 knows."))
    return found


def _pattern(url: str, asked: Asked, page: str) -> bytes | None:
    """The path pattern of a content's address; None when it is about another origin."""
    text = url.strip()
    if not text:
        return normal_pattern(page.encode("utf-8", "replace")) if page else None
    scheme, separator, rest = text.partition("://")
    if separator:
        host, slash, path = rest.partition("/")
        if asked.origin and f"{scheme}://{host}".lower() != asked.origin.lower():
            return None
        text = slash + path or "/"
    return normal_pattern(text.encode("utf-8", "replace"))


def _evaluate(content: Element) -> tuple[Saying, str, list[str]]:
    """What all licences of one content say together, in words too, and what is odd about them."""
    says, words, odd = Saying(), [], list[str]()
    for element in content.children:
        if element.namespace != NAMESPACE or element.local != "license":
            continue
        licence, strange = _licence(element, content.attributes.get("server", ""))
        odd += strange
        says = says.joined(_saying(licence)).joined(Saying(appears=_appears(element)))
        words.append(_words(licence))
    return says, "; ".join(words)[:500], odd


def _licence(element: Element, server: str) -> tuple[_Licence, list[str]]:
    permits, prohibits, terms, odd = set[str](), set[str](), list[str](), list[str]()
    closed = False
    if server:
        terms.append("licence server")
    for child in element.children:
        if child.namespace != NAMESPACE:
            continue
        kind = child.attributes.get("type", "")
        if child.local in ("permits", "prohibits") and kind == "usage":
            tokens = child.text.split()
            odd += [f"{token[:40]!r} is no usage token of RSL 1.0." for token in tokens if token not in RSL]
            known = {token for token in tokens if token in RSL}
            (permits if child.local == "permits" else prohibits).update(known)
            closed = closed or child.local == "permits"
        elif child.local in ("permits", "prohibits"):
            terms.append(f"{kind} {child.text.strip()[:60]}")
        elif child.local == "payment" and kind not in ("", "free"):
            terms.append(f"payment {kind[:40]}")
        elif child.local == "reporting":
            terms.append(f"reporting {kind[:40]}")
    return _Licence(frozenset(permits), frozenset(prohibits), closed, ", ".join(terms)), odd


def _saying(licence: _Licence) -> Saying:
    denies = _dimensions(licence.prohibits)
    permitted = _dimensions(licence.permits)
    if licence.closed:
        denies |= ALL - permitted
    if licence.terms:
        denies |= permitted
    return Saying(denies, permitted - denies)


def _dimensions(tokens: frozenset[str]) -> frozenset[Dimension]:
    return frozenset(d for token in tokens for d in RSL[token])


def _appears(element: Element) -> frozenset[Dimension]:
    """What a prohibition with commas or a neighbour's words looks like denying."""
    text = " ".join(
        c.text for c in element.children if c.local == "prohibits" and c.attributes.get("type") == "usage"
    )
    return _meant(text) - _dimensions(frozenset(text.split()) & frozenset(RSL))


def _meant(text: str) -> frozenset[Dimension]:
    words = (_NEIGHBOURS.get(word.lower(), word.lower()) for word in _WORD.findall(text[:1_000]))
    return frozenset(d for word in words for d in RSL.get(word, NOTHING))


def _words(licence: _Licence) -> str:
    parts = []
    if licence.closed:
        parts.append("permits " + (" ".join(sorted(licence.permits)) or "nothing that is known"))
    if licence.prohibits:
        parts.append("prohibits " + " ".join(sorted(licence.prohibits)))
    if licence.terms:
        parts.append("on terms: " + licence.terms)
    return ", ".join(parts) or "no usage stated"


def _evidence(data: bytes, asked: Asked, carrier: str, first_line: int, code: str, why: str) -> Found:
    """A document that is none: what it prohibits appears denied."""
    found = []
    for match in list(_EVIDENCE.finditer(data[:2_000_000]))[:100]:
        appears = _meant(match.group(1).decode("utf-8", "replace"))
        line = first_line + data.count(b"\n", 0, match.start())
        raw, term = cut(match.group()), "prohibits, in a document that does not conform"
        says = Saying(appears=appears)
        found.append(Statement(PROTOCOL, VERSION, carrier, asked.where, line, raw, term, says, Standing.APPARENT))
    return Found(tuple(found), (Diagnostic(code, asked.where, first_line, why),))
