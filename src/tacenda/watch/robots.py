"""Whether a robots.txt that was found still says what our block said, whoever's lines stand around it.

Not bytes decide but what crawlers read (RFC 9309, AIPREF, Content Signals): for every crawler that our block
names, for everyone, and for every crawler that has a group of its own in the file, since such a group hides ours
from it. What our block denies there must be denied; what others deny beyond that is their business.

Cost: one pass over the file for its groups, then one search of the rules for each path of the block and each set
of groups that some crawler has (at most 300 crawlers that are not ours).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tacenda.core.preference import Preference
from tacenda.formats.robots import EVERYONE, Group, Robots, parse
from tacenda.watch.difference import difference, holds_in_order, text_lines
from tacenda.watch.plan import Place
from tacenda.watch.verdict import PlaceState, Verdict

MOST_OTHERS: Final = 300
Said = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Reader:
    """A robots.txt by crawler; crawlers of the same groups share one answer, so that it is worked out once."""

    groups: Mapping[str, Robots]
    empty: Robots
    known: dict[tuple[int, str], Said]

    def denied(self, agent: str, path: str) -> Said:
        robots = self.groups.get(agent, self.groups.get(EVERYONE, self.empty))
        key = (id(robots), path)
        if key not in self.known:
            self.known[key] = _denied(robots, path)
        return self.known[key]


def compare_robots(place: Place, body: bytes, *, cut: bool) -> Verdict:
    """The verdict on a robots.txt; `cut` when it went on beyond the 500 KiB that crawlers read."""
    remarks = ["It is longer than the 500 KiB that crawlers read."] if cut else []
    published, found = _reader(parse(place.data)), _reader(parse(body))
    ours, theirs = _block(text_lines(place.data), place.name), _block(text_lines(body), place.name)
    missing, kept = _missing(published, found)
    diff = difference(ours, theirs or text_lines(body))
    if missing and not kept and not theirs:
        why = "The robots.txt is there and says nothing of what was declared."
        return Verdict(PlaceState.REMOVED, "robots.block", why, remarks=tuple(remarks))
    if missing:
        return Verdict(PlaceState.DRIFTED, "robots.meaning", _in_words(missing), diff, tuple(remarks))
    rules = [line for line in ours if line.strip() and not line.lstrip().startswith("#")]
    if not holds_in_order([line.rstrip() for line in theirs or text_lines(body)], rules):
        why = "It denies what was declared, but lines of the block were changed."
        return Verdict(PlaceState.DRIFTED, "robots.lines", why, diff, tuple(remarks))
    if not theirs:
        remarks.append("The fence of our block is gone: it can no longer be renewed or taken away by itself.")
    elif theirs[0].split(" after ")[0] != ours[0].split(" after ")[0]:
        remarks.append(f"The block calls itself {theirs[0][:80]!r}.")
    return Verdict(PlaceState.PRESENT, remarks=tuple(remarks))


def _missing(published: _Reader, found: _Reader) -> tuple[list[tuple[str, str, str]], bool]:
    """What is denied no more, as (crawler, path, what); and whether anything at all is still denied."""
    paths = _paths(published)
    others = [agent for agent in found.groups if agent not in published.groups and agent != EVERYONE]
    missing: list[tuple[str, str, str]] = []
    kept = False
    for agent in [*published.groups, *others[:MOST_OTHERS]]:
        for path in paths:
            wanted, said = published.denied(agent, path), found.denied(agent, path)
            lost = sorted(one for one in wanted if not _covered(one, said))
            kept = kept or len(lost) < len(wanted)
            missing += [(agent, path, f"{key}={label}" if label else key) for key, label in lost]
    return missing, kept


def _covered(wanted: tuple[str, str], said: Said) -> bool:
    """Who may not fetch at all cannot train either; but a crawler that was kept out must still be."""
    return wanted in said or (wanted[0] != "fetch" and ("fetch", "") in said)


def _denied(robots: Robots, path: str) -> Said:
    if not robots.may_crawl(EVERYONE, path):
        return frozenset({("fetch", "")})
    usage, signals = robots.usage_for(EVERYONE, path), robots.signals_for(EVERYONE)
    said = {("usage", label) for label, word in usage.items() if word is Preference.DENY}
    return frozenset(said | {("signal", label) for label, word in signals.items() if word is Preference.DENY})


def _paths(published: _Reader) -> list[str]:
    """A path for each pattern of our block, and the root."""
    patterns = {b"/"}
    for robots in published.groups.values():
        for group in robots.groups:
            patterns |= {usage.path for usage in group.usages if usage.path}
            patterns |= {rule.pattern for rule in group.rules if rule.pattern and not rule.allow}
    return sorted(pattern.rstrip(b"$").replace(b"*", b"x").decode("ascii", "replace") for pattern in patterns)


def _reader(robots: Robots) -> _Reader:
    members: dict[str, list[int]] = {}
    for number, group in enumerate(robots.groups):
        for agent in dict.fromkeys(group.agents):
            members.setdefault(agent, []).append(number)
    joined: dict[tuple[int, ...], Robots] = {}
    for mine in map(tuple, members.values()):
        if mine not in joined:
            groups = [robots.groups[number] for number in mine]
            joined[mine] = Robots((_joined(groups),), robots.early_signals)
    groups_of = {agent: joined[tuple(mine)] for agent, mine in members.items()}
    return _Reader(groups_of, Robots((), robots.early_signals), {})


def _joined(groups: Sequence[Group]) -> Group:
    return Group(
        (EVERYONE,),
        tuple(rule for group in groups for rule in group.rules),
        tuple(usage for group in groups for usage in group.usages),
        tuple(signal for group in groups for signal in group.signals),
    )


def _block(lines: Sequence[str], name: str) -> list[str]:
    """Our block with its fences; empty when it has not both of them."""
    begin, end = f"# BEGIN tacenda {name} v", f"# END tacenda {name}"
    start = next((place for place, line in enumerate(lines) if line.startswith(begin)), None)
    if start is None:
        return []
    stop = next((place for place, line in enumerate(lines) if place > start and line.rstrip() == end), None)
    return [] if stop is None else list(lines[start : stop + 1])


def _in_words(missing: Sequence[tuple[str, str, str]]) -> str:
    agents = list(dict.fromkeys(agent for agent, _, _ in missing))
    agent, path, _ = missing[0]
    what = [one.partition("=")[2] for name, at, one in missing if (name, at) == (agent, path)]
    who = "Everyone" if agent == EVERYONE else agent
    lost = f"is no longer told {', '.join(what)}" if all(what) else "may fetch again"
    where = "" if path == "/" else f" at {path[:60]}"
    others = ", ".join(other[:40] for other in agents[1:4]) + (" ..." if len(agents) > 4 else "")
    more = f"; likewise {len(agents) - 1} more ({others})" if others else ""
    return f"{who[:60]} {lost}{where}{more}."
