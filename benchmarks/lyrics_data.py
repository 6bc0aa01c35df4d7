"""Works, background documents and edited quotes for the lyric benchmarks, in splits that never share a work.

Four splits, by SHA-256 of the ballad's number, the hymn's id or the document's name: ``model`` (documents only:
what words tell is counted there), ``tune`` (settings are looked at), ``choose`` (one is chosen), and ``report``
(scored once).
Needs the research data in ``../shared`` and, for false positives, the documentation and code on this machine.
"""

import gzip
import hashlib
import json
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "lyrics"
HARD = ("kjv/", "shakespeare/", "nltk/genesis")
ROOTS = (Path("/usr/share"), Path("/usr/lib/python3.11"), Path("/usr/lib/python3"))
PROSE = {".txt", ".rst", ".md", ".html", ".htm", ".py", ".pm", ".pod", ".c", ".h", ".js", ".vim", ".el", ".pl", ""}


@dataclass(frozen=True)
class Work:
    """A lyric; `song` is the ballad or hymn that it is a version of."""

    song: str
    text: str
    split: str


@dataclass(frozen=True)
class Query:
    """An excerpt, edited, inside other text; `first` and `last` are its bytes there."""

    song: str
    text: str
    first: int
    last: int


def split_of(name: str, parts: Sequence[str]) -> str:
    return parts[int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % len(parts)]


def works() -> list[Work]:
    """All works of the research data; two of three splits hold each a third of the songs."""
    made = []
    parts = ("tune", "choose", "report")
    for line in (SHARED / "open_hymnal.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        made.append(Work(row["id"], "\n".join(row["verses"]), split_of(row["id"], parts)))
    for line in (SHARED / "child_ballads.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        song = f"child-{row['child_no']}"
        made.append(Work(song, row["text"], split_of(song, parts)))
    return made


@cache
def documents() -> list[tuple[str, str, str]]:
    """(id, split, text) of the research background; ``hard`` for scripture, Shakespeare and Milton (half of them
    ``hard-model``: counted, not reported on)."""
    made = []
    with gzip.open(SHARED / "background_text.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            name = row["id"]
            hard = name.startswith(HARD)
            parts = ("hard", "hard-model") if hard else ("model", "tune", "choose", "report")
            made.append((name, split_of(name, parts), row["text"]))
    return made


def machine_text(wanted: str, limit: int) -> Iterator[tuple[str, bytes]]:
    """Text files of this machine (documentation, manual pages, code) that fall into a split, up to `limit` bytes.

    Every file is given once: what has the same bytes under another name is left out.
    """
    seen: set[bytes] = set()
    total = 0
    for path in machine_files():
        if split_of(str(path), ("tune", "choose", "report", "report")) != wanted:
            continue
        try:
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        except (OSError, EOFError):
            continue
        digest = hashlib.sha256(data).digest()
        if not data or b"\0" in data[:4096] or digest in seen:
            continue
        seen.add(digest)
        total += len(data)
        yield str(path), data
        if total > limit:
            return


@cache
def machine_files() -> tuple[Path, ...]:
    """The files of this machine that look like text, in an order that follows from their names alone."""
    found = []
    for root in ROOTS:
        for folder, _, names in os.walk(root):
            for name in names:
                path = Path(folder, name)
                if path.suffix == ".gz" or path.suffix.lower() in PROSE or path.suffix[1:].isdigit():
                    found.append(path)
    alive = [path for path in found if path.is_file() and not path.is_symlink()]
    return tuple(sorted(alive, key=lambda path: hashlib.sha256(str(path).encode()).digest()))


def edited(words: Sequence[str], share: float, vocabulary: Sequence[str], draw: random.Random) -> list[str]:
    """`share` of the words changed: half replaced, a quarter left out, a quarter put in."""
    out = []
    for word in words:
        if draw.random() >= share:
            out.append(word)
            continue
        kind = draw.random()
        if kind < 0.5:
            out.append(draw.choice(vocabulary))
        elif kind < 0.75:
            continue
        else:
            out += [word, draw.choice(vocabulary)]
    return out


def respelt(words: Sequence[str], draw: random.Random) -> list[str]:
    """As people write: lovin', u, &, no apostrophes, a slip of the pen in every twelfth word."""
    out = []
    for word in words:
        low = word.lower()
        if low.endswith("ing") and len(low) > 4:
            word = word[:-1] + "'"
        elif low in ("you", "and", "the", "your", "because", "through"):
            word = {"you": "u", "and": "&", "the": "da", "your": "ur", "because": "cuz", "through": "thru"}[low]
        elif draw.random() < 1 / 12 and len(word) > 3:
            at = draw.randrange(1, len(word) - 1)
            word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        out.append(word.replace("'", "’") if draw.random() < 0.5 else word)
    return out


def queries(
    songs: Sequence[Work], carriers: Sequence[str], length: int | float, change: float | str, count: int, seed: int
) -> list[Query]:
    """Excerpts of `length` words (a share of the song if below 2), changed, inside 300 words of other text."""
    draw = random.Random(f"{length} {change} {seed}")
    vocabulary = [word for text in carriers[:40] for word in text.split()[:2000]]
    chosen = [work for work in songs if len(work.text.split()) >= (length if length >= 2 else 60)]
    made = []
    for _ in range(count):
        work = draw.choice(chosen)
        words = work.text.split()
        size = max(1, round(length * len(words))) if length <= 1 else int(length)
        at = draw.randrange(len(words) - size + 1)
        part = words[at : at + size]
        part = respelt(part, draw) if change == "spelling" else edited(part, float(change), vocabulary, draw)
        carrier = draw.choice(carriers).split()
        start = draw.randrange(max(1, len(carrier) - 300))
        around = carrier[start : start + 300]
        cut = draw.randrange(len(around) + 1)
        before, inside, after = " ".join(around[:cut]), " ".join(part), " ".join(around[cut:])
        first = len(before.encode()) + 1
        made.append(Query(work.song, f"{before} {inside} {after}", first, first + len(inside.encode())))
    return made
