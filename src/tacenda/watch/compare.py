"""Comparing what was published with what was fetched, form by form. Pure.

Status (RFC 9309 section 2.3.1, taken for every form): 4xx says nothing, so what was there is removed; 5xx, 429 and
408 are no answer, so it is unreachable, and of a robots.txt a crawler must then take the whole host as closed.
A body of another kind (an error page with status 200, binary data) is unreadable, which is never the same as
silence.
"""

import html
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from tacenda.core.declaration import FormKind
from tacenda.core.preference import Preference
from tacenda.errors import InputError
from tacenda.formats.http_headers import parse_headers
from tacenda.formats.strict_json import parse_json
from tacenda.formats.tdmrep import TdmRule, parse_tdmrep, rule_for
from tacenda.ports import BODY_LIMIT, Fetched, FetchPurpose, Refused, Unreachable
from tacenda.watch.difference import difference, holds_in_order, json_lines, text_lines
from tacenda.watch.plan import Place
from tacenda.watch.robots import compare_robots
from tacenda.watch.verdict import PlaceState, Verdict

Outcome = Fetched | Refused | Unreachable

NO_ANSWER: Final = frozenset({408, 425, 429})
_MARKUP: Final = re.compile(rb"\s*(?:<!--[^>]{0,500}-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]*>")
_META: Final = re.compile(r"<meta\b[^<>]*>", re.IGNORECASE)
_HIDDEN: Final = re.compile(r"<(script|style)\b", re.IGNORECASE)
_ENDS: Final = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style")}


def compare(place: Place, outcome: Outcome) -> Verdict:
    """What `outcome` says of `place`. Of a place that was withdrawn: whether something of ours is still there."""
    verdict = _compare(place, outcome)
    if not place.withdrawn or not isinstance(outcome, Fetched):
        return verdict
    named = place.name.encode() in outcome.body or any(place.name in value for _, value in outcome.fields)
    if verdict.state is PlaceState.PRESENT or (verdict.state is PlaceState.DRIFTED and named):
        return Verdict(PlaceState.DRIFTED, "withdrawn.left", "It still says what was withdrawn.")
    if verdict.state in (PlaceState.REMOVED, PlaceState.DRIFTED):
        return Verdict(PlaceState.PRESENT, remarks=("Gone, as it should be after the withdrawal.",))
    return verdict


def _compare(place: Place, outcome: Outcome) -> Verdict:
    if not isinstance(outcome, Fetched):
        unverifiable = isinstance(outcome, Unreachable) and outcome.unverifiable
        why = f"Unverifiable: {outcome.why}" if unverifiable else outcome.why
        return Verdict(PlaceState.UNREACHABLE, outcome.code, why)
    early = _by_status(place, outcome)
    if place.form is FormKind.HTTP_HEADERS and (early is None or early.state is PlaceState.REMOVED):
        # Fields speak on an error page too: the root of a host of files may well be 403 or 404.
        found = _compare_fields(place, outcome)
        return early if early is not None and found.state is PlaceState.REMOVED else found
    if early is not None:
        return early
    early = _by_kind(place, outcome)
    if early is not None:
        return early
    verdict = (
        compare_robots(place, outcome.body, cut=outcome.cut)
        if place.form is FormKind.ROBOTS
        else _COMPARED.get(place.form, _compare_text)(place, outcome.body)
    )
    if outcome.final_url.partition("://")[2] == place.url.partition("://")[2]:
        return verdict
    remark = f"It was found at {outcome.final_url[:200]}, after a redirect."
    return Verdict(verdict.state, verdict.code, verdict.why, verdict.difference, (*verdict.remarks, remark))


def _by_status(place: Place, found: Fetched) -> Verdict | None:
    status = found.status
    if status >= 500 or status in NO_ANSWER:
        closed = " A crawler must then take the whole site as closed." if place.form is FormKind.ROBOTS else ""
        return Verdict(PlaceState.UNREACHABLE, f"status.{status}", f"The server answers {status}.{closed}")
    if status >= 400:
        wall = (
            " It may keep only programs out; then it keeps out crawlers that want to obey."
            if status in (401, 403)
            else ""
        )
        return Verdict(
            PlaceState.REMOVED, f"status.{status}", f"The server answers {status}: nothing is said.{wall}"
        )
    if status >= 300 or status < 200:
        return Verdict(
            PlaceState.UNREADABLE, f"status.{status}", f"The server answers {status} and leads nowhere."
        )
    return None


def _by_kind(place: Place, found: Fetched) -> Verdict | None:
    """A body that is not the form at all."""
    if found.flaw:
        return Verdict(PlaceState.UNREADABLE, "body.damaged", found.flaw)
    if found.cut and place.purpose is not FetchPurpose.ROBOTS:
        most = BODY_LIMIT[place.purpose]
        return Verdict(PlaceState.UNREADABLE, "body.size", f"It is longer than the {most:,} bytes that are read.")
    if not found.body.strip():
        return Verdict(PlaceState.REMOVED, "body.empty", "The answer is empty: nothing is said.")
    if b"\x00" in found.body or found.body.startswith((b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b")):
        return Verdict(PlaceState.UNREADABLE, "body.binary", "The answer is no UTF-8 text.")
    if place.form is not FormKind.PAGE and _MARKUP.match(found.body.removeprefix(b"\xef\xbb\xbf")[:2000]):
        why = f"A web page answers in place of the form, with status {found.status}."
        return Verdict(PlaceState.UNREADABLE, "body.page", why)
    return None


def _compare_fields(place: Place, found: Fetched) -> Verdict:
    """Response fields: every denial must be there; others' fields and further denials may be."""
    wanted, said = parse_headers(place.fields), parse_headers(found.fields)
    missing = ["tdm-reservation"] if Preference.DENY is wanted.tdm is not said.tdm else []
    stated, there_now = wanted.usage.preferences, said.usage.preferences
    missing += [label for label, word in stated.items() if word is Preference.DENY is not there_now.get(label)]
    missing += ["noai"] if wanted.noai and not said.noai else []
    names = {name.lower() for name, _ in place.fields}
    there = [f"{name.lower()}: {value}" for name, value in found.fields if name.lower() in names]
    published = [f"{name.lower()}: {value}" for name, value in place.fields]
    diff = difference(sorted(published), sorted(there))
    if not there:
        why = "The answer bears none of the fields that were published."
        return Verdict(PlaceState.REMOVED, "fields.none", why)
    if missing:
        why = f"The fields no longer say {', '.join(missing)}."
        return Verdict(PlaceState.DRIFTED, "fields.meaning", why, diff)
    if wanted.policy and said.policy != wanted.policy:
        return Verdict(PlaceState.DRIFTED, "fields.policy", "The fields name another policy.", diff)
    if wanted.licence and said.licence != wanted.licence:
        return Verdict(PlaceState.DRIFTED, "fields.licence", "The fields no longer link the RSL document.", diff)
    return Verdict(PlaceState.PRESENT)


def _compare_tdmrep(place: Place, body: bytes) -> Verdict:
    """Each of our rules must be there, and must be the first that matches its location."""
    try:
        wanted, found = parse_tdmrep(place.data), parse_tdmrep(body)
    except InputError as error:
        return Verdict(PlaceState.UNREADABLE, error.code, error.message)
    lost = [rule for rule in wanted if not _decides(rule, found)]
    if not lost:
        return Verdict(PlaceState.PRESENT)
    diff = difference(json_lines(_json(place.data)), json_lines(_json(body)))
    policies = {rule.policy for rule in wanted}
    if not any(rule.policy in policies for rule in found):
        why = "The file is there, and our rule is not in it."
        return Verdict(PlaceState.REMOVED, "tdmrep.rule", why, diff)
    if any(rule in found for rule in lost):
        return Verdict(PlaceState.DRIFTED, "tdmrep.order", "A rule before ours decides in its place.", diff)
    return Verdict(PlaceState.DRIFTED, "tdmrep.changed", "Our rule says something else now.", diff)


def _decides(rule: TdmRule, found: tuple[TdmRule, ...]) -> bool:
    path = rule.location.rstrip(b"$").replace(b"*", b"x").decode("ascii", "replace")
    return rule_for(found, path) == rule


def _compare_document(place: Place, body: bytes) -> Verdict:
    """What is signed is the bytes, so every byte counts."""
    if body == place.data:
        return Verdict(PlaceState.PRESENT)
    try:
        published, found = parse_json(place.data), parse_json(body)
    except InputError as error:
        return Verdict(PlaceState.UNREADABLE, error.code, error.message)
    if not isinstance(found, dict) or found.get("id") != place.name:
        return Verdict(PlaceState.REMOVED, "document.other", "Another document lies there.")
    if published == found:
        why = "It says the same in other bytes, and so is not what was signed."
        return Verdict(PlaceState.DRIFTED, "document.bytes", why)
    diff = difference(json_lines(published), json_lines(found))
    return Verdict(PlaceState.DRIFTED, "document.changed", "It is not the document that was signed.", diff)


def _compare_json(place: Place, body: bytes) -> Verdict:
    """Other JSON: members in any order. No remote context is ever fetched."""
    try:
        published, found = parse_json(place.data), parse_json(body)
    except InputError as error:
        return Verdict(PlaceState.UNREADABLE, error.code, error.message)
    if published == found:
        return Verdict(PlaceState.PRESENT)
    diff = difference(json_lines(published), json_lines(found))
    return Verdict(PlaceState.DRIFTED, "json.changed", "It says something else than was published.", diff)


def _compare_page(place: Place, body: bytes) -> Verdict:
    """The page: the same words and marks. A host that adds scripts of its own changes neither."""
    if body == place.data:
        return Verdict(PlaceState.PRESENT)
    published, found = _page_text(place.data), _page_text(body)
    wanted, there = _words(published), _words(found)
    marks = {" ".join(mark.split()) for mark in _META.findall(published)}
    missing = sorted(marks - {" ".join(mark.split()) for mark in _META.findall(found)})
    if not missing and holds_in_order(there, wanted):
        return Verdict(PlaceState.PRESENT, remarks=("Its bytes differ; its words and marks are those published.",))
    if place.name not in found:
        return Verdict(PlaceState.REMOVED, "page.other", "Another page lies there.")
    diff = difference([*sorted(marks), *wanted], [*sorted(marks - set(missing)), *there])
    why = "Marks for machines are missing." if missing else "Its words are not those published."
    return Verdict(PlaceState.DRIFTED, "page.changed", why, diff)


def _compare_text(place: Place, body: bytes) -> Verdict:
    """Any other text form: all of our lines in their order, whatever others wrote between."""
    if body == place.data:
        return Verdict(PlaceState.PRESENT)
    wanted = [line.strip() for line in text_lines(place.data) if line.strip()]
    there = [line.strip() for line in text_lines(body) if line.strip()]
    meant = [line for line in wanted if not line.startswith("#")]
    if holds_in_order(there, meant):
        return Verdict(PlaceState.PRESENT, remarks=("Other lines stand beside ours.",))
    if not set(there) & (set(meant) - {"", "</rsl>", "<rsl>"}):
        return Verdict(PlaceState.REMOVED, "text.other", "The file is there and holds nothing of ours.")
    diff = difference(wanted, there)
    return Verdict(PlaceState.DRIFTED, "text.changed", "Lines that were published are missing.", diff)


_COMPARED: Final[Mapping[FormKind, Callable[[Place, bytes], Verdict]]] = {
    FormKind.PAGE: _compare_page,
    FormKind.DOCUMENT: _compare_document,
    FormKind.TDMREP: _compare_tdmrep,
    FormKind.TDM_POLICY: _compare_json,
    FormKind.JSON_LD: _compare_json,
}


def _json(data: bytes) -> Any:
    return parse_json(data)


def _page_text(data: bytes) -> str:
    """The page without scripts and styles. Linear in its length, unlike `html.parser` on hostile input."""
    text = data.decode("utf-8", "replace")
    kept: list[str] = []
    place = 0
    while begun := _HIDDEN.search(text, place):
        kept.append(text[place : begun.start()])
        ended = _ENDS[begun.group(1).lower()].search(text, begun.end())
        if ended is None:
            return "".join(kept)
        place = ended.start()
    return "".join([*kept, text[place:]])


def _words(text: str) -> list[str]:
    """What is shown, a piece between two tags to a line."""
    pieces = (" ".join(html.unescape(piece).split()) for piece in _TAG.split(text))
    return [piece for piece in pieces if piece]
