"""A second evaluator, written apart from the first: it agrees on random robots.txt files and response fields.

It takes another way wherever there is one: lines by ``re.split``, a rule as a regular expression, normalisation
through ``urllib.parse``, groups as a list scanned for every question. It knows only what the generator makes.
"""

import random
import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes

import pyarrow as pa
import pytest

from tacenda.core.preference import Dimension
from tacenda.signals import decide_urls, read
from tacenda.signals.reading import Kind

SAFE = "/?&=:;,@+!()[]'%~._-*$"
TRAIN = {"train_any", "train_gen"}
USAGE = {"train-ai": {"train_gen"}, "ai-use": {"ai_input"}, "search": {"search"}}
SIGNAL = {"ai-train": TRAIN, "ai-input": {"ai_input"}, "search": {"search"}}
HOST = "https://label.example"


# --- the second evaluator


@dataclass
class Group:
    names: list[str] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)


def canonical(text: str) -> str:
    """Percent-encode what is not ASCII, decode what is unreserved, capitals in triplets."""
    parts = re.split(r"(%[0-9A-Fa-f]{2})", text)
    made = []
    for part in parts:
        if re.fullmatch(r"%[0-9A-Fa-f]{2}", part):
            octet = unquote_to_bytes(part)
            plain = re.fullmatch(rb"[A-Za-z0-9._~-]", octet)
            made.append(octet.decode() if plain else part.upper())
        else:
            made.append(quote(part, safe=SAFE))
    return "".join(made)


def size(pattern: str) -> int:
    return len(canonical(pattern))


def as_regex(pattern: str) -> re.Pattern[str]:
    end = pattern.endswith("$")
    body = canonical(pattern[:-1] if end else pattern)
    translated = "".join(".*" if c == "*" else re.escape("%24" if c == "$" else c) for c in body)
    return re.compile(translated + (r"\Z" if end else ""), re.S)


def target(path: str) -> str:
    return canonical(path).replace("*", "%2A").replace("$", "%24")


def split(text: str, lenient: bool) -> list[tuple[str, str]]:
    text = re.sub("^\ufeff", "", text)
    found = []
    for line in re.split(r"\r\n|\r|\n", text):
        line = re.sub("#.*", "", line, flags=re.S)
        if lenient:
            line = line.removeprefix("\ufeff").strip()
        if ":" in line:
            key, value = line.split(":", 1)
            found.append((key.strip(" \t").lower(), value.strip(" \t")))
        elif lenient and re.fullmatch(r"\S+[ \t]+\S+", line):
            key, value = line.split()
            found.append((key.lower(), value))
    return found


def name_of(key: str, lenient: bool) -> str:
    if lenient:
        for word, names in {
            "user-agent": ("user-agent", "useragent", "user agent"),
            "allow": ("allow",),
            "disallow": ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"),
        }.items():
            if key.startswith(names):
                return word
    return key


def groups(records: list[tuple[str, str]], lenient: bool, openers: set[str]) -> list[Group]:
    """`openers`: records after which a user-agent line begins a new group."""
    made: list[Group] = []
    closed = True
    for key, value in records:
        word = name_of(key, lenient)
        if word == "user-agent":
            if closed:
                made.append(Group())
                closed = False
            if re.fullmatch(r"[A-Za-z0-9_-]+|\*", value):
                made[-1].names.append(value.lower())
            elif lenient and re.match(r"\*\s", value):
                made[-1].names.append("*")
            elif lenient and (match := re.match("[A-Za-z_-]+", value)):
                made[-1].names += [match.group().lower(), re.match("[A-Za-z0-9_-]+", value).group().lower()]
            if lenient and (match := re.match("[A-Za-z_-]+", value)):
                made[-1].names.append(match.group().lower())
        elif made:
            made[-1].lines.append((word, value))
            closed = closed or word in openers
    return made


def chosen(all_groups: list[Group], crawler: str) -> list[tuple[str, str]]:
    for name in (crawler.lower(), "*"):
        mine = [line for group in all_groups if name and name in group.names for line in group.lines]
        if any(name and name in group.names for group in all_groups):
            return mine
    return []


def crawls(text: str, crawler: str, path: str, lenient: bool) -> bool:
    if target(path) == "/robots.txt":
        return True
    lines = chosen(groups(split(text, lenient), lenient, {"allow", "disallow"}), crawler)
    hits = [
        (size(v), key == "allow")
        for key, v in lines
        if key in ("allow", "disallow") and v and as_regex(v).match(target(path))
    ]
    return max(hits)[1] if hits else True


def usage_field(text: str) -> dict[str, str]:
    """Only what the generator makes: pairs, commas, and ways to be wrong."""
    if not re.fullmatch(r"[a-z-]+(=[^,\s;]+)?(,[ \t]*[a-z-]+(=[^,\s;]+)?)*", text) or re.search(
        r"=(?!\?[01](?![0-9]))[^A-Za-z*]", text
    ):
        return {}
    return {pair.split("=")[0].strip(): pair.split("=")[1] if "=" in pair else "" for pair in text.split(",")}


def by_second(text: str, fields: list[tuple[str, str]], crawler: str, path: str) -> tuple[str, dict[str, str]]:
    strict, lenient = crawls(text, crawler, path, False), crawls(text, crawler, path, True)
    crawl = "deny" if not strict else "allow" if lenient else "unknown"
    denies, allows = set[str](), set[str]()

    def say(reach: set[str], word: str, no: str, yes: str) -> None:
        denies.update(reach if word == no else ())
        allows.update(reach if word == yes else ())

    if crawl == "deny":
        denies |= TRAIN
    records = split(text, False)
    mine = chosen(groups(records, False, {"allow", "disallow", "content-usage"}), crawler)
    signals = [value for key, value in mine if key == "content-signal"]
    if not signals:
        for key, value in records:
            if key == "user-agent":
                break
            signals += [value] if key == "content-signal" else []
    for value in signals:
        for pair in value.split(","):
            key, _, word = pair.strip().partition("=")
            say(SIGNAL.get(key.lower(), set()), word.lower(), "no", "yes")
    if crawl != "deny":
        usages = []
        for value in [value for key, value in mine if key == "content-usage"]:
            place, rest = (
                [*re.split(r"[ \t]", value, maxsplit=1), ""][:2] if value.startswith("/") else ("", value)
            )
            if not place or as_regex(place).match(target(path)):
                usages.append((size(place), rest.strip()))
        for length, value in usages:
            if length == max(usages)[0]:
                for label, word in usage_field(value).items():
                    say(USAGE.get(label, set()), word, "n", "y")
    for label, word in usage_field(", ".join(v for k, v in fields if k.lower() == "content-usage")).items():
        say(USAGE.get(label, set()), word, "n", "y")
    for key, value in fields:
        if key.lower() == "tdm-reservation":
            say({"tdm", *TRAIN}, value, "1", "0")
        if key.lower() == "x-robots-tag":
            whose = ""
            for word in value.lower().split(","):
                named = re.fullmatch(r"\s*([a-z-]+)\s*:\s*(.*)", word)
                whose, word = (named.group(1), named.group(2)) if named else (whose, word)
                if word.strip() in ("noai", "noimageai") and whose in ("", crawler.lower()):
                    denies |= TRAIN
    dims = {
        d.value: "deny" if d.value in denies else "allow" if d.value in allows else "unknown" for d in Dimension
    }
    return crawl, dims


# --- random files and fields

AGENTS = ["*", "*", "GPTBot", "gptbot", "CCBot", "Claude-Web", "AI2Bot", "OneBot"]
ODD_AGENTS = ["GPTBot/1.1", "* all", "Kangaroo Bot", "", "Foo2Bar"]
PIECES = ["a", "b", "/", "/", "*", "$", "%62", "%2a", "%7E", "ü", "?", "=", "a*", "~", "%e3", ".mp3"]
CALLERS = ["", "GPTBot", "CCBot", "OneBot", "AI2Bot"]


def some_pattern(dice: random.Random) -> str:
    if dice.random() < 0.08:
        return ""
    head = "/" if dice.random() < 0.93 else "*"
    return head + "".join(dice.choice(PIECES) for _ in range(dice.randint(0, 5)))


def some_usage(dice: random.Random) -> str:
    labels, words = ["train-ai", "ai-use", "search", "bots", "future"], ["y", "n", "n", "N", "no", "?0"]
    pairs = [f"{dice.choice(labels)}={dice.choice(words)}" for _ in range(dice.randint(1, 3))]
    text = dice.choice([", ", ",", " , ", "  ,"][:2]).join(pairs)
    return dice.choice([text] * 6 + [text + ",", text.replace("train", "Train"), text + ";"])


def some_signal(dice: random.Random) -> str:
    pairs = [
        f"{dice.choice(['ai-train', 'ai-input', 'search', 'use'])}={dice.choice(['yes', 'no', 'NO', 'n', 'full'])}"
        for _ in range(dice.randint(1, 3))
    ]
    return dice.choice([", ", ","]).join(pairs)


def some_line(dice: random.Random) -> str:
    shape = dice.random()
    if shape < 0.30:
        agents = AGENTS if dice.random() < 0.93 else ODD_AGENTS
        key = "User-agent" if dice.random() < 0.97 else dice.choice(["useragent", "User agent"])
        line = f"{key}{dice.choice([':', ': ', ' : '])}{dice.choice(agents)}"
    elif shape < 0.75:
        key = (
            dice.choice(["Disallow", "disallow", "Allow"])
            if dice.random() < 0.97
            else dice.choice(["Dissallow", "Allowed"])
        )
        line = f"{key}: {some_pattern(dice)}"
    elif shape < 0.85:
        place = some_pattern(dice).replace("*", "/", 1) + " " if dice.random() < 0.5 else ""
        line = f"Content-Usage: {place if place.startswith('/') else ''}{some_usage(dice)}"
    elif shape < 0.93:
        line = f"Content-Signal: {some_signal(dice)}"
    else:
        line = dice.choice(
            ["", "# remark", "Sitemap: https://label.example/s.xml", "Crawl-delay: 3", "License: /x", "nonsense"]
        )
    if dice.random() < 0.01:
        line = line.replace(":", "", 1)
    return line + dice.choice(["", "", "", " ", "\t", " # remark"])


def some_file(dice: random.Random) -> str:
    text = dice.choice(["\n", "\n", "\r\n", "\r"]).join(some_line(dice) for _ in range(dice.randint(0, 14)))
    return ("\ufeff" if dice.random() < 0.1 else "") + text


def some_fields(dice: random.Random) -> list[tuple[str, str]]:
    fields = []
    if dice.random() < 0.3:
        fields.append(("TDM-Reservation", dice.choice(["1", "0", "1", "yes", "2", ""])))
    for _ in range(dice.choice([0, 0, 1, 2])):
        fields.append(("Content-Usage", some_usage(dice)))
    if dice.random() < 0.3:
        fields.append(
            (
                "X-Robots-Tag",
                dice.choice(["noai", "NoAI, noindex", "gptbot: noai", "noindex, nofollow", "noimageai"]),
            )
        )
    return fields


def some_path(dice: random.Random) -> str:
    if dice.random() < 0.03:
        return "/robots.txt"
    return "/" + "".join(
        dice.choice(["a", "b", "/", "%62", "ü", "~", "$", "*", "?", "=", ".mp3"])
        for _ in range(dice.randint(0, 6))
    )


def compare(first: int, count: int) -> None:
    rows: list[tuple[str, str, str, str, dict[str, str]]] = []
    for number in range(first, first + count):
        dice = random.Random(number)
        text, fields, path = some_file(dice), some_fields(dice), some_path(dice)
        crawler = dice.choice(CALLERS)
        crawl, dims = by_second(text, fields, crawler, path)
        told = (number, text, fields, crawler, path)
        site = read(text.encode(), address=f"{HOST}/robots.txt", crawler=crawler, about=HOST + path)
        page = read(b"", fields, HOST + path, crawler=crawler, kind=Kind.OTHER)
        joint = {
            d.value: "deny" if "deny" in (site[d].value, page[d].value)
            else "allow" if "allow" in (site[d].value, page[d].value) else "unknown"
            for d in Dimension
        }  # fmt: skip
        assert site.crawl.value == crawl, told
        assert joint == dims, told
        rows.append((text, path, crawler, crawl, by_second(text, [], crawler, path)[1]))
    names = [f"h{n}.example" for n in range(len(rows))]
    table = pa.table(
        {"url": [f"https://{h}{r[1]}" for h, r in zip(names, rows, strict=True)], "crawler": [r[2] for r in rows]}
    )
    files = {h: r[0].encode() for h, r in zip(names, rows, strict=True)}
    for start in range(0, len(rows), 2_000):
        part = {name: files[name] for name in names[start : start + 2_000]}
        answered = decide_urls(table.slice(start, 2_000), part).to_pylist()
        for row, (text, path, crawler, crawl, dims) in zip(answered, rows[start : start + 2_000], strict=True):
            assert row["crawl"] == crawl, (text, path, crawler)
            assert {d.value: row[d.value] for d in Dimension} == dims, (text, path, crawler)


def test_both_agree_on_random_files_and_fields() -> None:
    compare(0, 3_000)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_both_agree_on_a_hundred_thousand() -> None:
    compare(1_000_000, 100_000)
