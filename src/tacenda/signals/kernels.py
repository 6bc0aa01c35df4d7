"""robots.txt in machine code: read one file for one crawler, match paths, and answer columns of addresses.

All functions work on octets and write into arrays that the caller made; nothing is allocated for each line or
row. Reading costs a bounded number of steps an octet. A match costs at most the product of the lengths of
pattern and path, never more: parts between stars are looked for from the left, and the leftmost place is
always good enough.

Rule rows are int32 of `RULE_WIDTH` columns: first octet in the pool, length there, octets for the comparison
of rules (section 2.2.2 of RFC 9309: as they stood after normalisation; a ``$`` in the middle counts as one),
flags, line. Extra rows (`EXTRA_WIDTH`) are the lines that stand in a group without being a rule of RFC 9309:
kind, first octet in the file, length, flags, line.
"""

from typing import Any, Final

import numpy as np

from tacenda.match.compiled import INNER, OUTER, Int

RULE_WIDTH: Final = 5
EXTRA_WIDTH: Final = 5
MAX_LINE: Final = 16_664

# How the lines are read: as the standard says; with the leniencies of Google's parser for lines that the standard
# does not define; or all as Google does, matching too.
STRICT, LENIENT, GOOGLE = 0, 1, 2

NO_LINE, AGENT, ALLOW, DISALLOW, USAGE, SIGNAL, LICENSE = 0, 1, 2, 3, 4, 5, 6

# Flags of a rule or an extra line: it stands in a group of the crawler, in one of everyone, before any group.
MINE, EVERYONES, EARLY, ALLOWS, ANCHORED, STARRED = 1, 2, 4, 8, 16, 32

# What `read_file` writes into `facts`.
RULES, EXTRAS, POOL, NAMED, ODD = 0, 1, 2, 3, 4
# Of these only the reading itself knows: whose group it is in, for rules and for other lines (attach-05 counts a
# usage line among the rules, RFC 9309 does not); whether rules have begun in each; whether any group has; and the
# first other line of the group.
_WHOSE, _WHOSE_EXTRA, _BEGUN, _BEGUN_EXTRA, _GROUPS, _FIRST_EXTRA, FACTS = 5, 6, 7, 8, 9, 10, 11

UNKNOWN, ALLOWED, DENIED = 0, 1, 2


def _word(text: str) -> Any:
    return np.frombuffer(text.encode("ascii"), dtype=np.uint8).copy()


_AGENT, _AGENT2, _AGENT3 = _word("user-agent"), _word("useragent"), _word("user agent")
_ALLOW, _DISALLOW = _word("allow"), _word("disallow")
_D1, _D2, _D3 = _word("dissallow"), _word("dissalow"), _word("disalow")
_D4, _D5 = _word("diasllow"), _word("disallaw")
_USAGE, _SIGNAL, _LICENSE = _word("content-usage"), _word("content-signal"), _word("license")
_INDEX = _word("/index.htm")
# Octets of a path that are compared as they stand.
_PLAIN = np.array([0x20 < octet < 0x7F and octet not in (0x24, 0x25, 0x2A) for octet in range(256)])
_ROBOTS = _word("/robots.txt")


@INNER
def _begins(data: Any, start: Int, end: Int, word: Any) -> Any:
    """Whether data[start:end] begins with `word`, ASCII letters in either case."""
    if end - start < len(word):
        return False
    for i in range(len(word)):
        octet = data[start + i]
        if 65 <= octet <= 90:
            octet += 32
        if octet != word[i]:
            return False
    return True


@INNER
def _is(data: Any, start: Int, end: Int, word: Any) -> Any:
    return end - start == len(word) and _begins(data, start, end, word)


@INNER
def _kind(data: Any, start: Int, end: Int) -> Int:
    """The record that a field name begins, by the standard."""
    if _is(data, start, end, _DISALLOW):
        return DISALLOW
    if _is(data, start, end, _ALLOW):
        return ALLOW
    if _is(data, start, end, _AGENT):
        return AGENT
    if _is(data, start, end, _USAGE):
        return USAGE
    if _is(data, start, end, _SIGNAL):
        return SIGNAL
    return LICENSE if _is(data, start, end, _LICENSE) else NO_LINE


@INNER
def _kind_leniently(data: Any, start: Int, end: Int) -> Int:
    """The record that Google's parser takes a field name for: by its beginning, and with frequent slips."""
    if (
        _begins(data, start, end, _AGENT)
        or _begins(data, start, end, _AGENT2)
        or _begins(data, start, end, _AGENT3)
    ):
        return AGENT
    if _begins(data, start, end, _ALLOW):
        return ALLOW
    if _begins(data, start, end, _DISALLOW) or _begins(data, start, end, _D1) or _begins(data, start, end, _D2):
        return DISALLOW
    if _begins(data, start, end, _D3) or _begins(data, start, end, _D4) or _begins(data, start, end, _D5):
        return DISALLOW
    return _kind(data, start, end)


@INNER
def _blank(octet: Int, lenient: bool) -> Any:
    return octet == 0x20 or octet == 0x09 or (lenient and 0x09 <= octet <= 0x0D)


@INNER
def _strip(data: Any, start: Int, end: Int, lenient: bool) -> Any:
    while start < end and _blank(data[start], lenient):
        start += 1
    while end > start and _blank(data[end - 1], lenient):
        end -= 1
    return start, end


@INNER
def _after_mark(data: Any, start: Int, end: Int) -> Int:
    """Where the text begins after a byte-order mark, whole or cut short."""
    if start < end and data[start] == 0xEF:
        start += 1
        if start < end and data[start] == 0xBB:
            start += 1
            if start < end and data[start] == 0xBF:
                start += 1
    return start


@INNER
def _fields(data: Any, start: Int, end: Int, lenient: bool) -> Any:
    """Name and value of a line without its comment: four places; all equal when it is no record."""
    for i in range(start, end):
        if data[i] == 0x23:
            end = i
            break
    start, end = _strip(data, start, end, lenient)
    for i in range(start, end):
        if data[i] == 0x3A:
            key_start, key_end = _strip(data, start, i, lenient)
            value_start, value_end = _strip(data, i + 1, end, lenient)
            return key_start, key_end, value_start, value_end
    if lenient:
        for i in range(start, end):
            if data[i] == 0x20 or data[i] == 0x09:
                value, _ = _strip(data, i, end, True)
                for k in range(value, end):
                    if data[k] == 0x20 or data[k] == 0x09:
                        return end, end, end, end
                return start, i, value, end
    return end, end, end, end


@INNER
def _letter(octet: Int) -> Any:
    return 65 <= octet <= 90 or 97 <= octet <= 122 or octet == 0x2D or octet == 0x5F


@INNER
def _same(data: Any, start: Int, end: Int, token: Any) -> Any:
    """Whether data[start:end] is the crawler's token, which is in lower case."""
    return len(token) > 0 and _is(data, start, end, token)


@INNER
def _agent(data: Any, start: Int, end: Int, token: Any, mode: Int) -> Int:
    """`MINE`, `EVERYONES` or nought; of a value that is no token, only the lenient modes read the start."""
    if end - start == 1 and data[start] == 0x2A:
        return EVERYONES
    letters = start
    while letters < end and _letter(data[letters]):
        letters += 1
    digits = letters
    while digits < end and (_letter(data[digits]) or 48 <= data[digits] <= 57):
        digits += 1
    if mode == STRICT:
        return MINE if digits == end and _same(data, start, end, token) else 0
    if end > start and data[start] == 0x2A and _blank(data[start + 1], True):
        return EVERYONES
    if _same(data, start, letters, token):
        return MINE
    return MINE if mode == LENIENT and _same(data, start, digits, token) else 0


@INNER
def _proper(data: Any, start: Int, end: Int) -> Any:
    """Whether a user-agent's value is a product token, digits admitted, or a star."""
    if end - start == 1 and data[start] == 0x2A:
        return True
    for i in range(start, end):
        if not (_letter(data[i]) or 48 <= data[i] <= 57):
            return False
    return end > start


@INNER
def _hex(octet: Int) -> Int:
    if 48 <= octet <= 57:
        return octet - 48
    if 65 <= octet <= 70:
        return octet - 55
    return octet - 87 if 97 <= octet <= 102 else -1


@INNER
def _digit(value: Int) -> Int:
    return 48 + value if value < 10 else 55 + value


@INNER
def _escape(pool: Any, at: Int, octet: Int) -> Int:
    pool[at] = 0x25
    pool[at + 1] = _digit(octet >> 4)
    pool[at + 2] = _digit(octet & 15)
    return at + 3


@INNER
def _unreserved(octet: Int) -> Any:
    return _letter(octet) or 48 <= octet <= 57 or octet == 0x2E or octet == 0x7E


@INNER
def _normal_octet(data: Any, i: Int, end: Int, pool: Any, at: Int, google: bool) -> Any:
    """One octet or triplet in the form in which both sides are compared: next place, and place in the pool."""
    octet = data[i]
    if octet == 0x25 and i + 2 < end and _hex(data[i + 1]) >= 0 and _hex(data[i + 2]) >= 0:
        value = _hex(data[i + 1]) * 16 + _hex(data[i + 2])
        if _unreserved(value) and not google:
            pool[at] = value
            return i + 3, at + 1
        return i + 3, _escape(pool, at, value)
    if octet >= 0x80 or (not google and (octet <= 0x20 or octet == 0x7F)):
        return i + 1, _escape(pool, at, octet)
    pool[at] = octet
    return i + 1, at + 1


@INNER
def _pattern(data: Any, start: Int, end: Int, pool: Any, at: Int, row: Any, google: bool) -> Int:
    """Write the pattern at data[start:end] into the pool, and its row; where the pool goes on."""
    first, flags, extra = at, 0, 0
    if end > start and data[end - 1] == 0x24:
        flags |= ANCHORED
        end -= 1
    i = start
    while i < end:
        if data[i] == 0x24 and not google:
            at = _escape(pool, at, 0x24)
            extra += 2
            i += 1
            continue
        if data[i] == 0x2A:
            flags |= STARRED
        i, at = _normal_octet(data, i, end, pool, at, google)
    row[0] = first
    row[1] = at - first
    row[2] = at - first - extra + (1 if flags & ANCHORED else 0)
    row[3] = flags
    return at


@INNER
def _without_index(data: Any, start: Int, end: Int) -> Int:
    """Where the folder ends in a pattern whose last part begins with ``/index.htm``; -1 in any other."""
    slash = end - 1
    while slash >= start and data[slash] != 0x2F:
        slash -= 1
    if slash < start or end - slash < len(_INDEX):
        return -1
    for i in range(len(_INDEX)):
        if data[slash + i] != _INDEX[i]:
            return -1
    return slash + 1


@INNER
def _folder_rule(data: Any, start: Int, end: Int, pool: Any, at: Int, row: Any) -> Int:
    """Google: ``Allow: /x/index.html`` allows ``/x/`` itself too."""
    at = _pattern(data, start, end, pool, at, row, True)
    row[2] += 1
    row[3] |= ANCHORED
    return at


@INNER
def _strange(data: Any, start: Int, end: Int, kind: Int, value: Int, value_end: Int) -> Any:
    """Whether a lenient reader would take the line at data[start:end] for something else."""
    begin = _after_mark(data, start, end)
    k1, k2, v1, v2 = _fields(data, begin, end, True)
    other = _kind_leniently(data, k1, k2)
    if other != kind:
        return True
    if kind == AGENT:
        return not _proper(data, v1, v2) and v2 > v1
    return kind in (ALLOW, DISALLOW) and (v1 != value or v2 != value_end)


@INNER
def _line_end(data: Any, start: Int, size: Int) -> Any:
    """Where the line at `start` ends, and where the next one begins: after LF, CR or CR LF."""
    end = start
    while end < size and data[end] != 0x0A and data[end] != 0x0D:
        end += 1
    if end + 1 < size and data[end] == 0x0D and data[end + 1] == 0x0A:
        return end, end + 2
    return end, end + 1


@INNER
def _agent_line(data: Any, start: Int, end: Int, token: Any, mode: Int, extras: Any, facts: Any) -> None:
    """A user-agent line: begins a group when rules stood before it, else joins the one that is begun."""
    if facts[_BEGUN]:
        facts[_WHOSE], facts[_BEGUN] = 0, 0
    if facts[_BEGUN_EXTRA]:
        facts[_WHOSE_EXTRA], facts[_BEGUN_EXTRA] = 0, 0
        facts[_FIRST_EXTRA] = facts[EXTRAS]
    facts[_GROUPS] = 1
    mine = _agent(data, start, end, token, mode)
    facts[_WHOSE] |= mine
    if mine & ~facts[_WHOSE_EXTRA]:
        # A line that stood between the user-agent lines of one group is for all of them. Twice a group at most.
        facts[_WHOSE_EXTRA] |= mine
        for n in range(facts[_FIRST_EXTRA], facts[EXTRAS]):
            extras[n, 3] = facts[_WHOSE_EXTRA]
    if mine == MINE:
        facts[NAMED] = 1


@INNER
def _rule_line(data: Any, start: Int, end: Int, allows: Int, line: Int, google: Int, to: Any, facts: Any) -> None:
    """An allow or disallow line. `to`: the rules and the pool."""
    rules, pool = to
    if facts[_GROUPS]:
        facts[_BEGUN], facts[_BEGUN_EXTRA] = 1, 1
    if facts[_WHOSE] == 0 or start == end:
        return
    row = rules[facts[RULES]]
    facts[POOL] = _pattern(data, start, end, pool, facts[POOL], row, google)
    row[3] |= facts[_WHOSE] | allows
    row[4] = line
    facts[RULES] += 1
    folder = _without_index(data, start, end) if google and allows else -1
    if folder > 0:
        row = rules[facts[RULES]]
        facts[POOL] = _folder_rule(data, start, folder, pool, facts[POOL], row)
        row[3] |= facts[_WHOSE] | allows
        row[4] = line
        facts[RULES] += 1


@INNER
def _extra_line(kind: Int, start: Int, end: Int, line: Int, extras: Any, facts: Any) -> None:
    """A line that is no rule of RFC 9309."""
    if kind == USAGE and facts[_GROUPS]:
        facts[_BEGUN_EXTRA] = 1
    row = extras[facts[EXTRAS]]
    row[0], row[1], row[2], row[4] = kind, start, end - start, line
    row[3] = facts[_WHOSE_EXTRA] if facts[_GROUPS] else EARLY
    facts[EXTRAS] += 1


@OUTER
def read_file(data: Any, size: Int, token: Any, mode: Int, rules: Any, extras: Any, pool: Any, facts: Any) -> None:
    """Read a robots.txt for one crawler.

    Args:
        data: uint8; `size`: how many octets of it are read.
        token: uint8, the crawler's token in lower case; empty for nobody in particular.
        rules: int32[size // 3 + 4, RULE_WIDTH]; extras: int32[size // 8 + 2, EXTRA_WIDTH].
        pool: uint8[6 * size + 16].
        facts: int64[FACTS], zeros: how many rules, extras and octets were written, whether a group names the
            crawler, and whether a lenient reader would read a line in another way.
    """
    lenient = mode != STRICT
    line, start = 0, _after_mark(data, 0, size)
    facts[_BEGUN], facts[_BEGUN_EXTRA] = 1, 1
    while start < size:
        line += 1
        begin = start
        end, start = _line_end(data, start, size)
        stop = min(end, begin + MAX_LINE)
        if mode == LENIENT:
            begin = _after_mark(data, begin, stop)
        if begin == stop:
            continue
        k1, k2, v1, v2 = _fields(data, begin, stop, lenient)
        kind = _kind_leniently(data, k1, k2) if lenient else _kind(data, k1, k2)
        if not lenient and facts[ODD] == 0 and _strange(data, begin, stop, kind, v1, v2):
            facts[ODD] = 1
        if kind == AGENT:
            _agent_line(data, v1, v2, token, mode, extras, facts)
        elif kind == ALLOW:
            _rule_line(data, v1, v2, ALLOWS, line, mode == GOOGLE, (rules, pool), facts)
        elif kind == DISALLOW:
            _rule_line(data, v1, v2, 0, line, mode == GOOGLE, (rules, pool), facts)
        elif kind != NO_LINE:
            _extra_line(kind, v1, v2, line, extras, facts)


@INNER
def _find(pool: Any, start: Int, end: Int, path: Any, low: Int, high: Int, work: Any) -> Int:
    """The first place in path[low:high] where pool[start:end] stands; -1 where it does not."""
    length = end - start
    for place in range(low, high - length + 1):
        i = 0
        while i < length and path[place + i] == pool[start + i]:
            i += 1
        work[0] += i + 1
        if i == length:
            return place
    return -1


@INNER
def matches(pool: Any, start: Int, length: Int, flags: Int, path: Any, low: Int, high: Int, work: Any) -> Any:
    """Whether the pattern matches path[low:high] from its first octet. `work` counts the comparisons of octets."""
    end, i, place = start + length, start, low
    anchored = flags & ANCHORED != 0
    while i < end and pool[i] != 0x2A:
        if place >= high or path[place] != pool[i]:
            return False
        i += 1
        place += 1
    if i == end:
        return not anchored or place == high
    while True:
        while i < end and pool[i] == 0x2A:
            i += 1
        if i == end:
            return True
        part = i
        while i < end and pool[i] != 0x2A:
            i += 1
        if i == end and anchored:
            last = high - (i - part)
            return last >= place and _find(pool, part, i, path, last, high, work) >= 0
        place = _find(pool, part, i, path, place, high, work)
        if place < 0:
            return False
        place += i - part
        if i == end:
            return True


@INNER
def _best(
    pool: Any, rules: Any, first: Int, last: Int, wanted: Int, path: Any, low: Int, high: Int, work: Any
) -> Int:
    """The rule that decides among rules[first:last], or -1: most octets, and allow before disallow."""
    best, octets, allows = -1, 0, True
    for r in range(first, last):
        more = rules[r, 2]
        if more < octets or (more == octets and allows):
            continue
        flags = rules[r, 3]
        if flags & wanted == 0:
            continue
        if more == octets and flags & ALLOWS == 0:
            continue
        work[0] += 1
        if matches(pool, rules[r, 0], rules[r, 1], flags, path, low, high, work):
            best, octets, allows = r, more, flags & ALLOWS != 0
    return best


@INNER
def normal_path(data: Any, low: Int, high: Int, out: Any, google: bool) -> Int:
    """Write data[low:high] as it is compared, a ``/`` before it when there is none; its length."""
    at = 0
    if low == high or data[low] != 0x2F:
        out[0] = 0x2F
        at = 1
    i = low
    while i < high:
        octet = data[i]
        if google or _PLAIN[octet]:
            out[at] = octet
            i, at = i + 1, at + 1
        elif octet == 0x2A or octet == 0x24:
            i, at = i + 1, _escape(out, at, octet)
        else:
            i, at = _normal_octet(data, i, high, out, at, False)
    return at


@INNER
def is_robots(path: Any, length: Int) -> Any:
    if length != len(_ROBOTS):
        return False
    for i in range(length):  # noqa: SIM110 - compiled: a generator costs more
        if path[i] != _ROBOTS[i]:
            return False
    return True


@OUTER
def decide_one(
    path: Any, rules: Any, nrules: Int, pool: Any, wanted: Int, google: bool, scratch: Any, work: Any
) -> Int:
    """The rule that decides for one path, or -1 for none. `scratch`: uint8[3 * len(path) + 1]."""
    length = normal_path(path, 0, len(path), scratch, google)
    if is_robots(scratch, length):
        return -1
    return _best(pool, rules, 0, nrules, wanted, scratch, 0, length, work)


@OUTER
def write_pattern(data: Any, start: Int, end: Int, pool: Any, at: Int, row: Any) -> Int:
    """`_pattern` for Python: writes into pool and row; where the pool goes on."""
    return _pattern(data, start, end, pool, at, row, False)
