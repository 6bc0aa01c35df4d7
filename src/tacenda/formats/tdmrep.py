"""TDMRep (W3C Community Group Final Report, 10 May 2024): ``/.well-known/tdmrep.json`` and its ODRL policy.

The file is a list of rules; the first that matches decides ("the most specific match is the first in
sequence"), and without a match nothing is said. ``tdm-reservation`` is the number 1 or 0; anything else is a
protocol error, and the rule says nothing. A text ``"1"`` is not covered by the report: it says nothing, and is
reported as apparent.

Our own rule in a file that others own is known by its policy address; every byte of the other rules stays.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tacenda.core.preference import Preference
from tacenda.errors import InputError
from tacenda.formats.robots import matches, normal_path, normal_pattern
from tacenda.formats.strict_json import parse_json

MAX_RULES: Final = 10_000
CONTEXTS: Final = ["http://www.w3.org/ns/odrl.jsonld", "http://www.w3.org/ns/tdmrep.jsonld"]
PROFILE: Final = "http://www.w3.org/ns/tdmrep"


@dataclass(frozen=True, slots=True)
class TdmRule:
    """One rule as it was read.

    Attributes:
        location: the pattern, after normalisation.
        reservation: deny for 1, allow for 0, unknown for anything else.
        policy: address, or empty.
        apparent: the value was not 1 or 0, but looks like a reservation.
    """

    location: bytes
    reservation: Preference
    policy: str = ""
    apparent: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """What the policy says of the assigner and how to ask.

    Attributes:
        uid: address of the policy itself.
        target: what is offered, an address; empty for everything.
        compensate: whether a fee is a duty besides consent.
    """

    uid: str
    assigner: str
    name: str
    mailbox: str = ""
    url: str = ""
    country: str = ""
    target: str = ""
    compensate: bool = True


def parse_tdmrep(data: bytes) -> tuple[TdmRule, ...]:
    """The rules in their order. A rule without a location is left out; unknown members are ignored.

    Raises:
        InputError: ``json.*``; ``tdmrep.form`` when it is not a list of objects, or longer than 10,000 rules.
    """
    document = parse_json(data)
    if not isinstance(document, list) or len(document) > MAX_RULES:
        raise InputError("tdmrep.form", f"A tdmrep.json is a list of at most {MAX_RULES:,} rules.")
    rules = []
    for entry in document:
        if not isinstance(entry, Mapping):
            raise InputError("tdmrep.form", "A rule in a tdmrep.json is an object.")
        location, value, policy = entry.get("location"), entry.get("tdm-reservation"), entry.get("tdm-policy")
        if isinstance(location, str):
            rules.append(
                TdmRule(
                    normal_pattern(location.encode("utf-8", "replace")),
                    reservation_of(value),
                    policy if isinstance(policy, str) else "",
                    apparent=value in ("1", "true", "yes", True) and type(value) is not int,
                )
            )
    return tuple(rules)


def reservation_of(value: object) -> Preference:
    """1 reserves, 0 does not, anything else is unset."""
    if type(value) is int and value in (0, 1):
        return Preference.DENY if value else Preference.ALLOW
    return Preference.UNKNOWN


def rule_for(rules: Sequence[TdmRule], path: str) -> TdmRule | None:
    """The first rule whose location matches `path`."""
    target = normal_path(path)
    return next((rule for rule in rules if matches(rule.location, target)), None)


def rules_before(existing: bytes, policy_url: str, location: str) -> tuple[TdmRule, ...]:
    """Foreign rules that stand before ours and reach `location` itself: where one does, ours is never asked there.

    Raises:
        InputError: as `parse_tdmrep`.
    """
    if not existing.strip():
        return ()
    target = normal_path(location.rstrip("$*"))
    before: list[TdmRule] = []
    for rule in parse_tdmrep(existing):
        if rule.policy == policy_url:
            break
        before.append(rule)
    return tuple(rule for rule in before if matches(rule.location, target))


def holes_before(existing: bytes, policy_url: str, locations: Sequence[str]) -> tuple[TdmRule, ...]:
    """Foreign rules before ours that do not reserve, and that may reach something below `locations`.

    What they reach stays unreserved, since the first rule that fits decides. A rule behind one that reserves the
    same place is never asked, and is left out. Whether two patterns meet is judged by what stands before their
    first star, so that rather too many rules are given than too few.

    Raises:
        InputError: as `parse_tdmrep`.
    """
    if not existing.strip():
        return ()
    ours = [
        normal_pattern(location.encode("utf-8", "replace")).split(b"*")[0].rstrip(b"$") for location in locations
    ]
    holes: list[TdmRule] = []
    reserving: list[TdmRule] = []
    for rule in parse_tdmrep(existing):
        if rule.policy == policy_url:
            break
        start = rule.location.split(b"*")[0].rstrip(b"$")
        covered = any(matches(each.location, start) for each in reserving)
        if rule.reservation is Preference.DENY:
            reserving.append(rule)
        elif not covered and any(start.startswith(each) or each.startswith(start) for each in ours):
            holes.append(rule)
    return tuple(holes)


def put_rule(existing: bytes, policy_url: str, locations: Sequence[str] = ("/",)) -> bytes:
    """`existing` (empty for no file) with rules that reserve `locations` under `policy_url`, as the last rules.

    The first in sequence that matches decides, so that at the end ours shadow no rule of anybody else. Rules of
    that policy that are there already are renewed in the place of the first. Every other byte stays.

    Raises:
        InputError: as `parse_tdmrep`.
    """
    rules = [
        json.dumps({"location": location, "tdm-reservation": 1, "tdm-policy": policy_url}, ensure_ascii=True)
        for location in locations
    ]
    ours = ",\n  ".join(rules)
    if not existing.strip():
        return f"[\n  {ours}\n]\n".encode("ascii")
    parse_tdmrep(existing)
    text = existing.decode("utf-8")
    for place in reversed(_mine(text, _spans(text), policy_url)[1:]):
        text = _without(text, place)
    spans = _spans(text)
    mine = _mine(text, spans, policy_url)
    if mine:
        start, end = spans[mine[0]]
        return (text[:start] + ours + text[end:]).encode("utf-8")
    if spans:
        return (text[: spans[-1][1]] + ",\n  " + ours + text[spans[-1][1] :]).encode("utf-8")
    opening = text.index("[") + 1
    return (text[:opening] + "\n  " + ours + text[opening:]).encode("utf-8")


def remove_rule(existing: bytes, policy_url: str) -> bytes:
    """`existing` without our rules; every other byte stays. An empty list may be left."""
    if not existing.strip():
        return existing
    parse_tdmrep(existing)
    text = existing.decode("utf-8")
    for place in reversed(_mine(text, _spans(text), policy_url)):
        text = _without(text, place)
    return text.encode("utf-8")


def _without(text: str, place: int) -> str:
    """`text` without the element at `place`, and without the comma and the space that it brought."""
    spans = _spans(text)
    start, end = spans[place]
    if place > 0:
        start = spans[place - 1][1]
    elif len(spans) > 1:
        end = spans[1][0]
    else:
        start = text.index("[") + 1
    return text[:start] + text[end:]


def render_policy(policy: Policy) -> bytes:
    """The policy: an ODRL Offer of ``tdm:mine`` with the duty to obtain consent, as canonical-looking JSON-LD."""
    assigner: dict[str, Any] = {"uid": policy.assigner, "vcard:fn": policy.name}
    if policy.mailbox:
        assigner["vcard:hasEmail"] = f"mailto:{policy.mailbox}"
    if policy.country:
        assigner["vcard:hasAddress"] = {"vcard:country-name": policy.country}
    if policy.url:
        assigner["vcard:hasURL"] = policy.url
    duties = ["obtainConsent", "compensate"] if policy.compensate else ["obtainConsent"]
    permission: dict[str, Any] = {"action": "tdm:mine", "duty": [{"action": duty} for duty in duties]}
    if policy.target:
        permission["target"] = policy.target
    document = {
        "@context": CONTEXTS,
        "@type": "Offer",
        "profile": PROFILE,
        "uid": policy.uid,
        "assigner": assigner,
        "permission": [permission],
    }
    return (json.dumps(document, ensure_ascii=True, indent=2) + "\n").encode("ascii")


def _spans(text: str) -> list[tuple[int, int]]:
    """Where each element of the top-level list begins and ends."""
    decoder = json.JSONDecoder()
    spans: list[tuple[int, int]] = []
    place = text.index("[") + 1
    while True:
        while text[place] in " \t\r\n,":
            place += 1
        if text[place] == "]":
            return spans
        _, end = decoder.raw_decode(text, place)
        spans.append((place, end))
        place = end


def _mine(text: str, spans: Sequence[tuple[int, int]], policy_url: str) -> list[int]:
    return [
        place
        for place, (start, end) in enumerate(spans)
        if json.loads(text[start:end]).get("tdm-policy") == policy_url
    ]
