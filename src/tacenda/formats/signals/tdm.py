"""TDMRep (W3C Community Group Final Report, 10 May 2024): ``tdmrep.json`` and its property in other carriers.

``1`` reserves, ``0`` does not, anything else is a protocol error and leaves the property unset (section 4.1);
it is shown as an apparent reservation unless it plainly says no. In the file the first rule that matches
decides, by definition ("the most specific match is the first in sequence"), and no match says nothing.
"""

import json
import re
from typing import Any, Final

from tacenda.errors import InputError
from tacenda.formats.robots import matches, normal_path, normal_pattern
from tacenda.formats.signals.meaning import TDMREP, allow, appear, deny
from tacenda.formats.signals.statement import Asked, Diagnostic, Found, Saying, Standing, Statement, cut
from tacenda.formats.strict_json import parse_json

PROTOCOL: Final = "tdmrep"
VERSION: Final = "2024-05-10"
CARRIER: Final = "tdmrep.json"
MAX_RULES: Final = 10_000
_NOT: Final = frozenset({"", "0", "false", "no", "none", "null", "n", "off", "unset"})
_EVIDENCE: Final = re.compile(
    rb"tdm[-_]reservation[\"']?[ \t\r\n]{0,20}[:=][ \t\r\n]{0,20}[\"']?(?!0\b|false|no|null)\w", re.I
)


def statement(
    value: str, policy: str, carrier: str, where: str, line: int, raw: bytes, *, wellformed: bool = True
) -> Statement:
    """The property with `value`, a text as it stands in a header, an attribute or an element."""
    text = value.strip(" \t\r\n")
    says = {"1": deny(TDMREP), "0": allow(TDMREP)}.get(text) if wellformed else None
    standing = Standing.STATED if says is not None else Standing.APPARENT
    if says is None:
        says = Saying() if text.lower() in _NOT else appear(TDMREP)
    term = f"tdm-reservation={text[:100]}"
    return Statement(PROTOCOL, VERSION, carrier, where, line, cut(raw), term, says, standing, policy=policy)


def policy_only(policy: str, carrier: str, where: str, line: int, raw: bytes) -> Statement:
    """A policy without a reservation: it says nothing of its own, and may complete another carrier's."""
    return Statement(PROTOCOL, VERSION, carrier, where, line, cut(raw), "tdm-policy", Saying(), policy=policy)


def read_tdmrep(data: bytes, asked: Asked) -> Found:
    """The rules of a ``tdmrep.json`` for one path. A file that cannot be read says nothing, and is shown."""
    try:
        document = parse_json(data)
    except InputError as error:
        return _unreadable(data, asked, error.code, error.message)
    if not isinstance(document, list) or len(document) > MAX_RULES:
        return _unreadable(data, asked, "tdmrep.form", f"It is not a list of at most {MAX_RULES:,} rules.")
    statements: list[Statement] = []
    problems: list[Diagnostic] = []
    decided, target, line, counted = False, normal_path(asked.path), 1, 0
    for (start, end), entry in zip(_spans(data), document, strict=False):
        line, counted, raw = line + data.count(b"\n", counted, start), start, data[start:end]
        if not isinstance(entry, dict) or not isinstance(entry.get("location"), str):
            problems.append(
                Diagnostic("tdmrep.rule", asked.where, line, "A rule needs a location that is a text.")
            )
            statements += _evidence(raw, asked, line)
            continue
        found = _rule(entry, raw, asked, line)
        reaches = matches(normal_pattern(entry["location"].encode("utf-8", "replace")), target)
        if not reaches:
            found = found.with_standing(Standing.ELSEWHERE)
        elif decided:
            found = found.with_standing(Standing.SUPERSEDED)
        decided = decided or reaches
        statements.append(found)
    return Found(tuple(statements), tuple(problems))


def _rule(entry: dict[str, Any], raw: bytes, asked: Asked, line: int) -> Statement:
    value, policy = entry.get("tdm-reservation"), entry.get("tdm-policy")
    proper = type(value) is int and value in (0, 1)
    made = statement(
        str(value) if value is not None else "",
        policy if isinstance(policy, str) else "",
        CARRIER,
        asked.where,
        line,
        raw,
        wellformed=proper,
    )
    return Statement(
        PROTOCOL, VERSION, CARRIER, asked.where, line, made.raw, made.term, made.says, made.standing,
        path=entry["location"][:500], policy=made.policy,
    )  # fmt: skip


def _unreadable(data: bytes, asked: Asked, code: str, why: str) -> Found:
    return Found(tuple(_evidence(data, asked, 0)), (Diagnostic(code, asked.where, 0, why),))


def _evidence(data: bytes, asked: Asked, line: int) -> list[Statement]:
    match = _EVIDENCE.search(data[:1_000_000])
    if match is None:
        return []
    place = line or data.count(b"\n", 0, match.start()) + 1
    term = "tdm-reservation, not well formed"
    return [
        Statement(
            PROTOCOL,
            VERSION,
            CARRIER,
            asked.where,
            place,
            cut(match.group()),
            term,
            appear(TDMREP),
            Standing.APPARENT,
        )
    ]


def _spans(data: bytes) -> list[tuple[int, int]]:
    """Where each element of the top-level list begins and ends, in octets. Steps: those of the file."""
    text = data.decode("utf-8-sig")
    lead = len(data) - len(text.encode("utf-8"))
    decoder, place, octets, last = json.JSONDecoder(), text.index("[") + 1, lead, 0
    spans: list[tuple[int, int]] = []
    while True:
        while text[place] in " \t\r\n,":
            place += 1
        if text[place] == "]":
            return spans
        _, end = decoder.raw_decode(text, place)
        octets += len(text[last:place].encode("utf-8"))
        start = octets
        octets += len(text[place:end].encode("utf-8"))
        last = end
        spans.append((start, octets))
        place = end
