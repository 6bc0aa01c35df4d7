"""What a robots.txt says of one path to one crawler: the deciding rule, and the preferences in its group.

A path that may not be crawled has no AIPREF preference (attach-05); of the usage rules that match, those with
the longest path hold, together, and a longer one replaces a shorter one wholly. A Content-Signal holds for
its group, or for all when it stands before any group.
"""

import re
from typing import Final

import numpy as np

from tacenda.core.preference import Preference
from tacenda.formats.robots import matches, normal_path, normal_pattern
from tacenda.formats.signals import content_signal, rsl
from tacenda.formats.signals.aipref import PROTOCOL as AIPREF
from tacenda.formats.signals.headers import usage_statements
from tacenda.formats.signals.meaning import ROBOTS, appear, deny
from tacenda.formats.signals.statement import Asked, Diagnostic, Found, Saying, Standing, Statement, cut
from tacenda.signals import kernels
from tacenda.signals.bulk import usage_parts
from tacenda.signals.program import MAX_BYTES, Crawl, Program, compile_robots, read_robots

PROTOCOL: Final = "robots"
VERSION: Final = "RFC 9309"
CARRIER: Final = "robots.txt"
MAX_TOKENS: Final = 200
MAX_SHOWN: Final = 500
_AGENT: Final = re.compile(rb"(?im)^[ \t]{0,80}user-agent[ \t]{0,80}:[ \t]{0,80}([A-Za-z0-9_-]{1,100})")
_NEARLY: Final = re.compile(
    rb"(?im)^[ \t]{0,80}(content[-_ ]?(?:usages?|signals?|preferences?)|x-content-signal|ai-?pref)[ \t]{0,80}[:=]"
    rb"[ \t]{0,80}([^\r\n#]{1,1000})"
)
_EXPIRED: Final = re.compile(rb"(?im)^[ \t]{0,80}(disallowaitraining)[ \t]{0,80}:[ \t]{0,80}([^\r\n#]{0,1000})")


def read_robots_txt(data: bytes, asked: Asked, *, google: bool = False) -> Found:
    """The statements of a robots.txt about one path. Reads what is there as `tacenda.signals.program` does."""
    if google:
        program = compile_robots(data, asked.crawler, kernels.GOOGLE)
        decided = program.deciding(asked.path.encode("utf-8", "replace"))
        crawl = Crawl(Preference.ALLOW, 0) if decided is None else Crawl(_word(decided[0]), decided[1])
    else:
        readings = read_robots(data, asked.crawler)
        program, crawl = readings.strict, readings.crawl(asked.path.encode("utf-8", "replace"))
    lines = _lines(data)
    statements = _crawl_statements(crawl, program, lines, asked)
    extras = _extras(program, data, lines, asked)
    if crawl.preference is Preference.DENY:
        extras = [
            s.with_standing(Standing.ELSEWHERE) if s.protocol == AIPREF and s.standing is Standing.STATED else s
            for s in extras
        ]
    statements += [*extras, *_nearly(data, lines, program, asked), *_others(data, lines, asked)]
    return Found(tuple(statements), tuple(_problems(data, lines, asked, crawl)), crawl.preference)


def _word(allows: bool) -> Preference:
    return Preference.ALLOW if allows else Preference.DENY


def _lines(data: bytes) -> list[bytes]:
    return data[:MAX_BYTES].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")


def _crawl_statements(crawl: Crawl, program: Program, lines: list[bytes], asked: Asked) -> list[Statement]:
    if not crawl.line:
        return []
    raw = lines[crawl.line - 1] if crawl.line <= len(lines) else b""
    says, standing = Saying(), Standing.STATED
    if crawl.preference is Preference.DENY:
        says = deny(asked.refusal)
    elif crawl.apparent:
        says, standing = appear(asked.refusal), Standing.APPARENT
    audience = (asked.crawler.lower(),) if program.named else ()
    term = raw.decode("utf-8", "replace").strip()[:200]
    return [
        Statement(PROTOCOL, VERSION, CARRIER, asked.where, crawl.line, cut(raw), term, says, standing, audience)
    ]


def _extras(program: Program, data: bytes, lines: list[bytes], asked: Asked) -> list[Statement]:
    found: list[Statement] = []
    usages: list[tuple[int, Statement]] = []
    target, longest = normal_path(asked.path), -1
    audience = (asked.crawler.lower(),) if program.named else ()
    for extra in program.extras:
        value, raw = data[extra.start : extra.start + extra.length], lines[extra.line - 1]
        if extra.kind == kernels.SIGNAL:
            found += _signal(value, raw, extra.line, asked, audience)
        elif extra.kind == kernels.LICENSE:
            address = value.decode("utf-8", "replace")[:2_000]
            made = Statement(
                rsl.PROTOCOL, rsl.VERSION, CARRIER, asked.where, extra.line, cut(raw), "License", Saying()
            )
            found.append(_with(made, audience, policy=address))
        else:
            path, words = usage_parts(value)
            reaches = not path or matches(normal_pattern(path), target)
            octets = _octets(path) if reaches else -1
            # A rule without a label that is known holds too: it says nothing in the place of a shorter one.
            longest = max(longest, octets)
            shown = path.decode("utf-8", "replace")[:500]
            for made in usage_statements(words, raw, CARRIER, asked.where, extra.line, shown):
                made = _with(made, audience)
                usages.append((octets, made))
    for octets, made in usages:
        if octets < 0:
            made = made.with_standing(Standing.ELSEWHERE)
        elif octets < longest:
            made = made.with_standing(Standing.SUPERSEDED)
        found.append(made)
    return sorted(found, key=lambda s: s.line)


def _with(made: Statement, audience: tuple[str, ...], policy: str = "") -> Statement:
    return Statement(
        made.protocol, made.version, made.carrier, made.where, made.line, made.raw, made.term, made.says,
        made.standing, audience, made.path, policy or made.policy,
    )  # fmt: skip


def _signal(value: bytes, raw: bytes, line: int, asked: Asked, audience: tuple[str, ...]) -> list[Statement]:
    found = []
    for words in content_signal.read_signal(value):
        standing = Standing.APPARENT if words.problem else Standing.STATED
        found.append(
            Statement(
                content_signal.PROTOCOL, words.version, CARRIER, asked.where, line, cut(raw), words.term,
                words.says, standing, audience,
            )
        )  # fmt: skip
    return found


def _octets(path: bytes) -> int:
    """Octets of a path as rules are compared by."""
    row = np.zeros(kernels.RULE_WIDTH, dtype=np.int32)
    if path:
        pool = np.empty(3 * len(path) + 3, dtype=np.uint8)
        kernels.write_pattern(np.frombuffer(path, dtype=np.uint8), 0, len(path), pool, 0, row)
    return int(row[2])


def _nearly(data: bytes, lines: list[bytes], program: Program, asked: Asked) -> list[Statement]:
    """Lines whose name is nearly one that is defined, and those of a draft that has expired: evidence only."""
    read = {extra.line for extra in program.extras}
    found: list[Statement] = []
    counted, line = 0, 1
    text = data[:MAX_BYTES].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for match in sorted([*_NEARLY.finditer(text), *_EXPIRED.finditer(text)], key=lambda m: m.start())[:MAX_SHOWN]:
        line, counted = line + text.count(b"\n", counted, match.start()), match.start()
        name, raw = match.group(1).lower(), lines[line - 1]
        if name in (b"content-usage", b"content-signal") or line in read:
            continue
        if name == b"disallowaitraining":
            says, version, protocol = appear(ROBOTS), "draft-canel-robots-ai-control-00 (expired)", PROTOCOL
        else:
            signal = b"signal" in name
            value = usage_parts(match.group(2))[1]
            made = content_signal.read_signal(value) if signal else ()
            plain = usage_statements(value, raw, CARRIER, asked.where, line) if not signal else []
            says = Saying()
            for other in [*(words.says for words in made), *(s.says for s in plain)]:
                says = says.joined(other.apparent())
            protocol = content_signal.PROTOCOL if signal else AIPREF
            version = content_signal.VERSION if signal else "draft-ietf-aipref-attach-05"
        term = match.group().decode("utf-8", "replace").strip()[:200]
        found.append(
            Statement(protocol, version, CARRIER, asked.where, line, cut(raw), term, says, Standing.APPARENT)
        )
    return found


def _others(data: bytes, lines: list[bytes], asked: Asked) -> list[Statement]:
    """Crawlers that the file names and keeps from the path, besides the one asked about; at most 200 of them."""
    first: dict[str, int] = {}
    for match in _AGENT.finditer(data[:MAX_BYTES]):
        first.setdefault(match.group(1).decode("ascii").lower(), match.start())
        if len(first) >= MAX_TOKENS:
            break
    found = []
    path = asked.path.encode("utf-8", "replace")
    for token in first:
        if token == asked.crawler.lower():
            continue
        decided = compile_robots(data, token).deciding(path)
        if decided is not None and not decided[0]:
            raw = lines[decided[1] - 1]
            term = raw.decode("utf-8", "replace").strip()[:200]
            found.append(
                Statement(
                    PROTOCOL, VERSION, CARRIER, asked.where, decided[1], cut(raw), term, deny(ROBOTS),
                    Standing.ELSEWHERE, (token,),
                )
            )  # fmt: skip
    return found


def _problems(data: bytes, lines: list[bytes], asked: Asked, crawl: Crawl) -> list[Diagnostic]:
    found = []
    if len(data) > MAX_BYTES:
        why = f"Only the first {MAX_BYTES:,} of {len(data):,} octets are read (RFC 9309 section 2.5)."
        found.append(Diagnostic("robots.cut", asked.where, len(lines), why))
    if data.startswith(b"\xef\xbb\xbf"):
        found.append(
            Diagnostic("robots.mark", asked.where, 1, "It begins with a byte-order mark, which is passed over.")
        )
    if data[:2_000].lstrip()[:1] == b"<":
        found.append(Diagnostic("robots.html", asked.where, 1, "It looks like a page, not like a robots.txt."))
    if crawl.apparent:
        why = "Only a lenient reading denies: the line is not as RFC 9309 defines it. Not counted as permission."
        found.append(Diagnostic("robots.apparent", asked.where, crawl.line, why))
    return found
