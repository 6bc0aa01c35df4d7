"""What robots.txt files say of many addresses: columns in, columns out.

Hosts are looked up by hash, each robots.txt is compiled once for each crawler, and every row is answered in
machine code. An address whose host has no robots.txt in the table is unknown: not fetched is not the same as
absent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tacenda.core.preference import Dimension, Preference
from tacenda.errors import InputError
from tacenda.formats.signals.aipref import read_usage
from tacenda.formats.signals.content_signal import read_signal
from tacenda.formats.signals.meaning import ROBOTS
from tacenda.formats.signals.statement import Saying
from tacenda.signals import kernels, rows
from tacenda.signals.program import MAX_BYTES, Program, compile_robots

WORDS: Final = (Preference.UNKNOWN.value, Preference.ALLOW.value, Preference.DENY.value)
DIMENSIONS: Final = tuple(Dimension)
APPARENT_CRAWL: Final = 0x8000
_PROGRAM: Final = 7
_STATED: Final = np.uint16((1 << 10) - 1)
# For each dimension and each packed saying: the place of its word in `WORDS`. A denial wins.
_CODES: Final = [
    np.array([2 if bits >> place & 1 else bits >> (place + 5) & 1 for bits in range(1 << 10)], dtype=np.int8)
    for place in range(len(DIMENSIONS))
]
_COMPILED: Final = kernels.ALLOWED + kernels.DENIED


def packed(says: Saying) -> int:
    """Denials in bits 0 to 4, permissions in 5 to 9, what appears denied in 10 to 14, as `Dimension` orders."""
    bits = 0
    for place, dimension in enumerate(DIMENSIONS):
        bits |= (dimension in says.denies) << place
        bits |= (dimension in says.allows) << (place + 5)
        bits |= (dimension in says.appears) << (place + 10)
    return bits


@dataclass(slots=True)
class _Store:
    """Growing arrays of rules and their octets."""

    rules: list[Any] = field(default_factory=list)
    pools: list[Any] = field(default_factory=list)
    count: int = 0
    octets: int = 0

    def add(self, rules: Any, pool: Any) -> tuple[int, int]:
        moved = rules.copy()
        moved[:, 0] += self.octets
        self.rules.append(moved)
        self.pools.append(pool.copy())
        first = self.count
        self.count += len(moved)
        self.octets += len(pool)
        if self.octets > np.iinfo(np.int32).max:
            raise InputError("signals.size", "The rules of all files together exceed 2 GiB.", hint="Ask in parts.")
        return first, self.count

    def arrays(self) -> tuple[Any, Any, Any]:
        rules = np.concatenate([*self.rules, np.zeros((1, kernels.RULE_WIDTH), dtype=np.int32)])
        pool = np.concatenate([*self.pools, np.zeros(1, dtype=np.uint8)])
        keys = np.empty((len(rules), 2), dtype=np.uint64)
        rows.write_keys(rules, pool, keys)
        return rules, keys, pool


class Robots:
    """robots.txt files of many hosts, compiled for some crawlers.

    Args:
        files: by host (``www.label.example``, with a port that is not the default) or by origin
            (``https://www.label.example``): the bytes; None for a server that had none (4xx: all may be fetched).
            A host is compared in lower case, as it stands: not as Unicode in one place and Punycode in another.
        crawlers: product tokens; the empty one is nobody in particular.
        unreachable: hosts whose server failed (5xx, no answer): nothing may be fetched (RFC 9309 section 2.3.1.4).
    """

    def __init__(
        self,
        files: Mapping[str, bytes | None],
        crawlers: Sequence[str] = ("",),
        unreachable: Sequence[str] = (),
    ) -> None:
        self.crawlers = tuple(crawlers)
        self._tokens = pa.array([crawler.lower() for crawler in self.crawlers])
        hosts = sorted({name.lower() for name in (*files, *unreachable)})
        by_name = {name.lower(): body for name, body in files.items()}
        store, down = _Store(), {name.lower() for name in unreachable}
        programs: list[list[int]] = []
        twins: list[list[int]] = []
        total = len(hosts) * len(self.crawlers)
        for host in hosts:
            for crawler in self.crawlers:
                if host in down:
                    programs.append([0, 0, kernels.DENIED, -1, 0, 0, 0])
                    continue
                row, twin = _compile(by_name[host], crawler, store)
                if twin is not None:
                    row[3] = total + len(twins)
                    twins.append(twin)
                programs.append(row)
        self._programs = np.array(programs + twins, dtype=np.int64).reshape(-1, _PROGRAM)
        self._store = store.arrays()
        self._hosts = _index(hosts)

    def ask(self, addresses: Any, crawlers: Any) -> tuple[Any, Any, Any, int]:
        """Crawl (uint8), packed sayings (uint16), deciding line (int32), and the comparisons that it took.

        Args:
            addresses: pa.StringArray or LargeStringArray without gaps.
            crawlers: int32, numbers in `self.crawlers`.
        """
        wide = pa.types.is_large_string(addresses.type)
        _, places, data = addresses.buffers()
        kind = np.int64 if wide else np.int32
        offsets = np.frombuffer(places, dtype=kind)[addresses.offset : addresses.offset + len(addresses) + 1]
        octets = np.frombuffer(data if data is not None and data.size else b"\0", dtype=np.uint8)
        longest = int(np.diff(offsets).max(initial=0))
        answers = (
            np.zeros(len(addresses), dtype=np.uint8),
            np.zeros(len(addresses), dtype=np.uint16),
            np.zeros(len(addresses), dtype=np.int32),
            np.zeros(1, dtype=np.int64),
        )
        scratch = np.empty(3 * longest + 4, dtype=np.uint8)
        numbers = (crawlers, len(self.crawlers))
        rows.decide_rows(octets, offsets, numbers, self._hosts, self._programs, self._store, scratch, answers)
        crawl, says, lines, work = answers
        return crawl, says, lines, int(work[0])

    def numbers(self, crawlers: Any) -> Any:
        """The number of each row's crawler, as int32.

        Raises:
            InputError: ``signals.crawler`` for one that was not compiled.
        """
        found = pc.index_in(pc.utf8_lower(crawlers), self._tokens)
        if found.null_count:
            raise InputError("signals.crawler", "A row names a crawler for which the files were not compiled.")
        return found.to_numpy(zero_copy_only=False).astype(np.int32)


def _compile(body: bytes | None, crawler: str, store: _Store) -> tuple[list[int], list[int] | None]:
    """The program of one file for one crawler, and its lenient twin where it could differ."""
    if body is None:
        return [0, 0, kernels.ALLOWED, -1, 0, 0, 0], None
    strict = compile_robots(body, crawler)
    says, usages = _sayings(strict, body)
    row = [*_add(strict, store), _COMPILED, -1, *store.add(*usages), says]
    if not strict.odd:
        return row, None
    lenient = compile_robots(body, crawler, kernels.LENIENT)
    return row, [*_add(lenient, store), _COMPILED, -1, 0, 0, 0]


def _add(program: Program, store: _Store) -> tuple[int, int]:
    """The rules that hold, in the order in which they decide: most octets first, and allow before disallow."""
    held = program.rules[program.rules[:, 3] & program.wanted != 0]
    order = np.lexsort((held[:, 3] & kernels.ALLOWS == 0, -held[:, 2]))
    return store.add(held[order], program.pool)


def _sayings(program: Program, body: bytes) -> tuple[int, tuple[Any, Any]]:
    """What the preference lines of the group say: of all of it, packed; and as rules with a path."""
    group = 0
    usages = [extra for extra in program.extras if extra.kind == kernels.USAGE]
    for extra in program.extras:
        if extra.kind == kernels.SIGNAL:
            for words in read_signal(body[extra.start : extra.start + extra.length]):
                group |= packed(words.says)
    rules = np.zeros((len(usages), kernels.RULE_WIDTH), dtype=np.int32)
    pool = np.zeros(3 * sum(extra.length for extra in usages), dtype=np.uint8)
    used = 0
    for row, extra in zip(rules, usages, strict=True):
        path, value = usage_parts(body[extra.start : extra.start + extra.length])
        octets = np.frombuffer(path or b"\0", dtype=np.uint8)
        used = kernels.write_pattern(octets, 0, len(path), pool, used, row)
        for words in read_usage(value):
            row[4] |= packed(words.says)
    return group, (rules, pool[:used])


def usage_parts(value: bytes) -> tuple[bytes, bytes]:
    """Path and statement of a ``Content-Usage`` line (attach-05): a path begins with ``/``, a space ends it."""
    if not value.startswith(b"/"):
        return b"", value
    path, _, rest = value.replace(b"\t", b" ").partition(b" ")
    return path, rest.strip(b" ")


def _index(hosts: Sequence[str]) -> tuple[Any, Any, Any, bool]:
    encoded = [host.encode("utf-8") for host in hosts]
    offsets = np.cumsum([0, *(len(name) for name in encoded)], dtype=np.int64)
    names = np.frombuffer(b"".join(encoded) or b"\0", dtype=np.uint8)
    slots = np.full(max(2, 1 << (2 * len(hosts)).bit_length()), -1, dtype=np.int32)
    rows.index_hosts(names, offsets, slots)
    return names, offsets, slots, any("://" in host for host in hosts)


def decide_urls(
    table: Any,
    robots: "Mapping[str, bytes | None] | pa.Table | Robots",
    *,
    crawler: str = "",
    url: str = "url",
    refusals: Mapping[str, frozenset[Dimension]] | None = None,
) -> Any:
    """What robots.txt says of each address.

    Args:
        table: with a text column `url`, and, if crawlers differ from row to row, a text column ``crawler``.
        robots: see `Robots`; or a table with columns ``host``, ``robots`` (binary; null where there is none) and,
            if known, ``status`` (HTTP; 5xx or 0 means that nothing may be fetched).
        crawler: for all rows, when the table has no such column.
        refusals: what keeping a crawler out says; of one that is not in it, training.

    Returns:
        `table` with the columns ``crawl``, one for each dimension (deny, allow, unknown), ``apparent`` (whether
        something looks like a reservation without being one that can be read) and ``line`` of the deciding rule.

    Raises:
        InputError: ``signals.column``, ``signals.crawler`` or ``signals.size``.
    """
    if url not in table.column_names:
        raise InputError("signals.column", f"The table has no column {url!r}.", hint="Name it with url=.")
    named = table.column("crawler") if "crawler" in table.column_names else None
    if isinstance(robots, Robots):
        compiled = robots
    else:
        tokens = [t.lower() for t in pc.unique(named).to_pylist() if t is not None] if named is not None else []
        files, down = _files(robots)
        compiled = Robots(files, sorted({*tokens, "" if named is not None else crawler.lower()}), down)
    columns = [
        _answer_chunk(
            compiled, chunk, crawler, None if named is None else named.slice(start, len(chunk)), refusals
        )
        for start, chunk in _chunks(table.column(url))
    ]
    made = {
        name: pa.chunked_array([column[name] for column in columns], type=None if columns else kind)
        for name, kind in _SCHEMA.items()
    }
    for name, values in made.items():
        table = table.append_column(name, values)
    return table


_WORD_TYPE: Final = pa.dictionary(pa.int8(), pa.string())
_SCHEMA: Final[Mapping[str, Any]] = {
    "crawl": _WORD_TYPE,
    **{dimension.value: _WORD_TYPE for dimension in DIMENSIONS},
    "apparent": pa.bool_(),
    "line": pa.int32(),
}


def _chunks(column: Any) -> list[tuple[int, Any]]:
    found, start = [], 0
    for chunk in column.chunks:
        if not (pa.types.is_string(chunk.type) or pa.types.is_large_string(chunk.type)):
            chunk = chunk.cast(pa.large_string())
        found.append((start, chunk.fill_null("") if chunk.null_count else chunk))
        start += len(chunk)
    return found


def _files(robots: Any) -> tuple[dict[str, bytes | None], list[str]]:
    if isinstance(robots, Mapping):
        return dict(robots), []
    hosts, bodies = robots.column("host").to_pylist(), robots.column("robots").to_pylist()
    statuses = robots.column("status").to_pylist() if "status" in robots.column_names else [200] * len(hosts)
    down = [h for h, status in zip(hosts, statuses, strict=True) if status == 0 or (status or 0) >= 500]
    absent = {h for h, status in zip(hosts, statuses, strict=True) if 400 <= (status or 0) < 500}
    return {h: None if h in absent else body for h, body in zip(hosts, bodies, strict=True) if h not in down}, down


def _answer_chunk(
    compiled: Robots, addresses: Any, crawler: str, named: Any, refusals: Mapping[str, frozenset[Dimension]] | None
) -> dict[str, Any]:
    if named is None:
        which = np.full(len(addresses), compiled.crawlers.index(crawler.lower()), dtype=np.int32)
    else:
        whole = named.combine_chunks() if isinstance(named, pa.ChunkedArray) else named
        which = compiled.numbers(whole.fill_null(""))
    crawl, says, lines, _ = compiled.ask(addresses, which)
    known = {token.lower(): reach for token, reach in (refusals or {}).items()}
    reach = [packed(Saying(denies=known.get(token, ROBOTS))) for token in compiled.crawlers]
    says |= np.where(crawl == kernels.DENIED, np.array(reach, dtype=np.uint16)[which], np.uint16(0))
    stated = says & _STATED
    columns = {"crawl": _words(crawl.astype(np.int8))}
    for place, dimension in enumerate(DIMENSIONS):
        columns[dimension.value] = _words(_CODES[place][stated])
    columns["apparent"] = pa.array(says >> 10 != 0)
    columns["line"] = pa.array(lines)
    return columns


def _words(codes: Any) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(WORDS))


__all__ = ["MAX_BYTES", "Robots", "decide_urls", "packed", "usage_parts"]
