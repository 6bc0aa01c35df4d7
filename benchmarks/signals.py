"""Decide by robots.txt, beside protego, robotspy, jwm.robotstxt, fast-robotstxt and CPython's urllib.robotparser.

    python -m benchmarks.signals [FILES]      (4,000 files; 1,000,000 addresses for us, fewer for slow peers)

All run in one process over the same files and addresses. No crawl of real robots.txt files is at hand: the
corpus is made, by a fixed seed, in shapes that real files have (a shop system's block of 20 to 60 rules, a
blog's few lines, a managed block of AI crawlers before the site's own file, long literal lists, star and
dollar patterns, CR LF, byte-order marks, missing colons), and, where ``../shared`` is there, from the bodies
of the public conformance suite.

* cold: read one file and answer one address, for every file;
* warm: answers for addresses on hosts whose files are read; ours in one Arrow table, one core;
* missed: addresses that Google's parser (jwm.robotstxt) refuses and the reader in question permits.

jwm.robotstxt and fast-robotstxt read the file again for each question: they have no warm path.
"""

import random
import re
import sys
import time
import urllib.robotparser
from collections.abc import Callable
from pathlib import Path

import jwm.robotstxt.googlebot as google
import pyarrow as pa
import robots as robotspy
import robotstxt as fast
from protego import Protego

from tacenda.core.preference import Preference
from tacenda.signals.bulk import Robots, decide_urls
from tacenda.signals.program import read_robots

AGENT = "GPTBot"
ROWS = 1_000_000
SUITE = Path(__file__).parents[2] / "shared" / "conformance" / "robotstxt-spec-test"
WORDS = (
    "admin cart checkout account search api media tracks albums artists news blog tag feed login wp-json".split()
)
CRAWLERS = (
    "GPTBot CCBot ClaudeBot Google-Extended Bytespider Amazonbot Applebot-Extended meta-externalagent".split()
)
SHOP = [f"/{word}" for word in WORDS] + ["/*?sort=", "/*?*filter*", "/*.pdf$", "/*/print$", "/collections/*+*"]


def path(dice: random.Random) -> str:
    parts = [dice.choice(WORDS) + (str(dice.randrange(1000)) if dice.random() < 0.5 else "") for _ in range(3)]
    tail = dice.choice(["", "/", ".html", ".pdf", "?sort=price", "?page=2&filter=new", "/print"])
    return "/" + "/".join(parts[: dice.randint(0, 3)]) + tail


def rule(dice: random.Random) -> str:
    pattern = dice.choice(SHOP) if dice.random() < 0.6 else path(dice)
    return f"{dice.choice(['Disallow'] * 4 + ['Allow'])}: {pattern}"


def group(dice: random.Random, agents: list[str], rules: int) -> list[str]:
    return [*(f"User-agent: {agent}" for agent in agents), *(rule(dice) for _ in range(rules)), ""]


def body(dice: random.Random) -> bytes:
    """One robots.txt of a shape that real ones have."""
    shape, lines = dice.random(), list[str]()
    if shape < 0.15:
        lines = ["User-agent: *", "Disallow:", ""]
    elif shape < 0.40:
        lines = ["User-agent: *", "Disallow: /wp-admin/", "Allow: /wp-admin/admin-ajax.php", ""]
    elif shape < 0.60:
        lines = ["# managed", "User-agent: *", "Content-Signal: search=yes,ai-train=no", "Allow: /", ""]
        for crawler in CRAWLERS:
            lines += [f"User-agent: {crawler}", "Disallow: /", ""]
        lines += group(dice, ["*"], dice.randint(1, 20))
    elif shape < 0.90:
        lines = group(dice, ["*"], dice.randint(20, 60))
        if dice.random() < 0.5:
            lines += group(dice, dice.sample(CRAWLERS, 3), dice.randint(1, 20))
    else:
        lines = group(dice, ["*"], dice.randint(200, 600))
    lines += ["Sitemap: https://www.label.example/sitemap.xml"]
    if dice.random() < 0.02:
        lines = [line.replace("User-agent: ", "User-agent ") for line in lines]
    mark = "\ufeff" if dice.random() < 0.02 else ""
    return (mark + dice.choice(["\n", "\n", "\r\n"]).join(lines)).encode()


def suite() -> list[bytes]:
    """The bodies of the public suite, where it is at hand."""
    found = []
    for file in sorted(SUITE.glob("*.textproto")):
        for match in re.finditer(r'robotstxt:\s*((?:"(?:[^"\\]|\\.)*"\s*)+)', file.read_text("utf-8")):
            text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', match.group(1)))
            found.append(text.encode("latin-1", "replace").decode("unicode_escape").encode("utf-8", "replace"))
    return found


def corpus(files: int) -> list[bytes]:
    dice = random.Random(20261122)
    known = suite()
    return [*known, *(body(dice) for _ in range(max(0, files - len(known))))]


Cold = Callable[[bytes, str], bool]


def ours(data: bytes, address: str) -> bool:
    place = address.index("/", 8)
    return read_robots(data, AGENT).crawl(address[place:].encode()).preference is Preference.ALLOW


def by_protego(data: bytes, address: str) -> bool:
    return bool(Protego.parse(data.decode("utf-8", "replace")).can_fetch(address, AGENT))


def by_robotspy(data: bytes, address: str) -> bool:
    parser = robotspy.RobotsParser.from_string(data.decode("utf-8", "replace"))
    return bool(parser.can_fetch(AGENT, address))


def by_google(data: bytes, address: str) -> bool:
    return bool(google.RobotsMatcher().OneAgentAllowedByRobots(data, AGENT, address))


def by_fast(data: bytes, address: str) -> bool:
    return bool(fast.RobotsMatcher().is_allowed(data.decode("utf-8", "replace"), AGENT, address))


def by_urllib(data: bytes, address: str) -> bool:
    parser = urllib.robotparser.RobotFileParser()
    parser.parse(data.decode("utf-8", "replace").splitlines())
    return parser.can_fetch(AGENT, address)


COLD: dict[str, Cold] = {
    "tacenda": ours,
    "protego": by_protego,
    "robotspy": by_robotspy,
    "jwm.robotstxt (Google's C++)": by_google,
    "fast-robotstxt": by_fast,
    "urllib.robotparser": by_urllib,
}


def cold(files: list[bytes], addresses: list[str]) -> None:
    wanted = [by_google(data, address) for data, address in zip(files, addresses, strict=True)]
    ours(files[0], addresses[0])
    sys.stdout.write(f"\ncold: one parse and one decision, {len(files):,} files\n")
    for name, ask in COLD.items():
        answers = []
        start, wall = time.process_time(), time.perf_counter()
        for data, address in zip(files, addresses, strict=True):
            answers.append(ask(data, address))
        spent, passed = time.process_time() - start, time.perf_counter() - wall
        missed = sum(got and not want for got, want in zip(answers, wanted, strict=True))
        strict = sum(want and not got for got, want in zip(answers, wanted, strict=True))
        sys.stdout.write(
            f"  {name:30} {1e6 * spent / len(files):9.1f} us CPU a file {1e6 * passed / len(files):9.1f} us wall"
            f"   missed {missed:4}   stricter {strict:4}\n"
        )


def warm(files: list[bytes]) -> None:
    dice = random.Random(7)
    hosts = [f"h{number}.label.example" for number in range(len(files))]
    picks = [dice.randrange(len(hosts)) for _ in range(ROWS)]
    addresses = [f"https://{hosts[n]}{path(dice)}" for n in picks]
    table = pa.table({"url": addresses})
    sys.stdout.write(f"\nwarm: {ROWS:,} addresses on {len(hosts):,} hosts, files read beforehand\n")
    Robots({"x.example": files[-1]}, (AGENT.lower(),))
    start = time.process_time()
    compiled = Robots(dict(zip(hosts, files, strict=True)), (AGENT.lower(),))
    ready = time.process_time() - start
    decide_urls(table.slice(0, 10), compiled, crawler=AGENT)
    by_host = pa.table({"url": [addresses[n] for n in sorted(range(ROWS), key=picks.__getitem__)]})
    for order, asked in (("in any order", table), ("host by host", by_host)):
        start, wall = time.process_time(), time.perf_counter()
        decide_urls(asked, compiled, crawler=AGENT)
        spent, passed = time.process_time() - start, time.perf_counter() - wall
        sys.stdout.write(f"  tacenda, {order:13} {ROWS / spent:12,.0f}/s CPU {ROWS / passed:12,.0f}/s wall\n")
    sys.stdout.write(
        f"  tacenda reads {len(hosts):,} files in {ready:.2f} s ({1e6 * ready / len(hosts):.0f} us each)\n"
    )
    protego = [Protego.parse(data.decode("utf-8", "replace")) for data in files]
    some = 100_000
    start = time.process_time()
    for n, address in zip(picks[:some], addresses[:some], strict=True):
        protego[n].can_fetch(address, AGENT)
    sys.stdout.write(f"  protego   {some / (time.process_time() - start):12,.0f}/s CPU\n")


def main() -> None:
    files = corpus(int(sys.argv[1]) if len(sys.argv) > 1 else 4_000)
    dice = random.Random(1)
    addresses = [f"https://www.label.example{path(dice)}" for _ in files]
    octets = sorted(map(len, files))
    sys.stdout.write(
        f"{len(files):,} files, {octets[len(octets) // 2]:,} octets the middle one, {octets[-1]:,} the longest\n"
    )
    warm(files)
    cold(files, addresses)


if __name__ == "__main__":
    main()
