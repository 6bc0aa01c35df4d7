"""``ai.txt`` (Spawning, 2023): the grammar of robots.txt, asked when media is fetched for training.

The company's own grammar page could not be reached; this follows published examples. A rule that matches
decides as in robots.txt (most octets, allow wins a tie). Silence says nothing: unlike a robots.txt, no rule
is no permission here. A document of another project of that name holds none of these lines and is reported as
such.
"""

from typing import Final

from tacenda.formats.robots import matches, normal_path, parse
from tacenda.formats.signals.meaning import AI_TXT, allow, deny
from tacenda.formats.signals.statement import Asked, Diagnostic, Found, Standing, Statement, cut

PROTOCOL: Final = "ai.txt"
VERSION: Final = "2023-05"
CARRIER: Final = "ai.txt"
MAX_BYTES: Final = 512_000


def read_ai_txt(data: bytes, asked: Asked) -> Found:
    """The rules for the crawler asked about; the one that decides for the path counts."""
    group = parse(data).group_for(asked.crawler)
    lines = data[:MAX_BYTES].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    target = normal_path(asked.path)
    best = max(
        (rule for rule in group.rules if rule.pattern and matches(rule.pattern, target)),
        key=lambda rule: (len(rule.pattern), rule.allow),
        default=None,
    )
    statements = []
    place = 0
    for rule in group.rules:
        if not rule.pattern:
            continue
        word = "Allow" if rule.allow else "Disallow"
        place = _line(lines, word.lower().encode(), place)
        standing = Standing.ELSEWHERE
        if matches(rule.pattern, target):
            same = best is not None and (rule.pattern, rule.allow) == (best.pattern, best.allow)
            standing = Standing.STATED if same else Standing.SUPERSEDED
        pattern = rule.pattern.decode("ascii")[:300]
        raw = lines[place - 1] if place else b""
        audience = () if group.agents == ("*",) else group.agents
        statements.append(
            Statement(
                PROTOCOL, VERSION, CARRIER, asked.where, place, cut(raw), f"{word}: {pattern}",
                allow(AI_TXT) if rule.allow else deny(AI_TXT), standing, audience, pattern,
            )
        )  # fmt: skip
    problems = []
    if not group.rules and data.strip():
        why = "It holds no rule for this crawler in the form of Spawning's ai.txt."
        problems.append(Diagnostic("ai.txt.empty", asked.where, 0, why))
    return Found(tuple(statements), tuple(problems))


def _line(lines: list[bytes], word: bytes, after: int) -> int:
    """The next line that begins with `word`, counted from 1; nought when there is none."""
    for number in range(after, len(lines)):
        if lines[number].strip().lower().startswith(word):
            return number + 1
    return 0
