"""Answers for columns of addresses, in machine code: find the host, normalise the path, match its rules.

What is shared with the reading of one file stands in `kernels`; numba does not notice a change there by
itself, so after one, change a line here too.
"""

from typing import Any

import numpy as np

from tacenda.match.compiled import INNER, OUTER, Int
from tacenda.signals.kernels import ALLOWED, ALLOWS, DENIED, UNKNOWN, is_robots, matches, normal_path


@INNER
def _hash(data: Any, low: Int, high: Int) -> Any:
    value = np.uint64(0xCBF29CE484222325)
    for i in range(low, high):
        octet = data[i]
        if 65 <= octet <= 90:
            octet += 32
        value = (value ^ np.uint64(octet)) * np.uint64(0x100000001B3)
    return value ^ (value >> np.uint64(29))


@OUTER
def index_hosts(names: Any, offsets: Any, slots: Any) -> None:
    """Fill `slots` (int32, a power of two, -1 everywhere) with the number of each name, by open addressing."""
    mask = np.uint64(len(slots) - 1)
    for n in range(len(offsets) - 1):
        slot = _hash(names, offsets[n], offsets[n + 1]) & mask
        while slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = n


@INNER
def _host(names: Any, offsets: Any, slots: Any, data: Any, low: Int, high: Int) -> Int:
    """The number of the name data[low:high], in either case; -1 when there is none."""
    mask = np.uint64(len(slots) - 1)
    slot = _hash(data, low, high) & mask
    while slots[slot] >= 0:
        n = slots[slot]
        first, length = offsets[n], offsets[n + 1] - offsets[n]
        if length == high - low:
            same = True
            for i in range(length):
                octet = data[low + i]
                if 65 <= octet <= 90:
                    octet += 32
                if octet != names[first + i]:
                    same = False
                    break
            if same:
                return n
        slot = (slot + np.uint64(1)) & mask
    return -1


@INNER
def split_address(data: Any, low: Int, high: Int) -> Any:
    """Where scheme, host (with its port, without a default one) and path begin and end; host empty if none."""
    scheme = low
    while scheme + 2 < high and data[scheme] != 0x3A and data[scheme] != 0x2F:
        scheme += 1
    if scheme + 2 >= high or data[scheme] != 0x3A or data[scheme + 1] != 0x2F or data[scheme + 2] != 0x2F:
        return low, low, low, low, low
    host = scheme + 3
    stop = host
    while stop < high and data[stop] != 0x2F and data[stop] != 0x3F and data[stop] != 0x23 and data[stop] != 0x5C:
        stop += 1
    for i in range(host, stop):
        if data[i] == 0x40:
            host = i + 1
    end = high
    for i in range(stop, high):
        if data[i] == 0x23:
            end = i
            break
    port = stop
    secure = scheme - low == 5
    if secure and stop - host > 4 and data[stop - 4] == 58 and data[stop - 3] == 52:
        port = stop - 4 if data[stop - 2] == 52 and data[stop - 1] == 51 else stop
    elif not secure and stop - host > 3 and data[stop - 3] == 58 and data[stop - 2] == 56 and data[stop - 1] == 48:
        port = stop - 3
    if port > host and data[port - 1] == 0x3A:
        port -= 1
    return low, host, port, stop, end


@INNER
def _usage(pool: Any, rules: Any, first: Int, last: Int, path: Any, high: Int, work: Any) -> Int:
    """What the usage rules with the longest path that matches say together (attach-05): packed, or nought."""
    octets, says = -1, 0
    for r in range(first, last):
        if rules[r, 2] >= octets and matches(pool, rules[r, 0], rules[r, 1], rules[r, 3], path, 0, high, work):
            says = rules[r, 4] | (says if rules[r, 2] == octets else 0)
            octets = rules[r, 2]
    return says


@OUTER
def write_keys(rules: Any, pool: Any, keys: Any) -> None:
    """Fill `keys` (uint64[n, 2]): the octets after the first ``/`` that a path must have, up to 8, and their mask.

    Nought of both for a pattern that does not begin with ``/``: it may match anything.
    """
    for r in range(len(keys)):
        first, length = rules[r, 0], rules[r, 1]
        key, mask = np.uint64(0), np.uint64(0)
        if length > 1 and pool[first] == 0x2F:
            for i in range(1, min(length, 9)):
                octet = pool[first + i]
                if octet == 0x2A:
                    break
                shift = np.uint64(8 * (i - 1))
                key |= np.uint64(octet) << shift
                mask |= np.uint64(255) << shift
        keys[r, 0], keys[r, 1] = key, mask


@INNER
def _key(path: Any, length: Int) -> Any:
    key = np.uint64(0)
    for i in range(1, min(length, 9)):
        key |= np.uint64(path[i]) << np.uint64(8 * (i - 1))
    return key


@INNER
def _first(
    pool: Any, rules: Any, keys: Any, first: Int, last: Int, path: Any, high: Int, key: Any, work: Any
) -> Int:
    """The first of rules[first:last] that matches, or -1: they stand in the order in which they decide."""
    for r in range(first, last):
        if key & keys[r, 1] == keys[r, 0]:
            work[0] += 1
            if matches(pool, rules[r, 0], rules[r, 1], rules[r, 3], path, 0, high, work):
                return r
    return -1


@OUTER
def decide_rows(
    data: Any, places: Any, crawlers: Any, hosts: Any, programs: Any, store: Any, scratch: Any, answers: Any
) -> None:
    """One answer for each address.

    Args:
        data, places: the addresses: uint8, and int32 or int64[n + 1].
        crawlers: int32[n], the number of the crawler of each row, and how many crawlers there are.
        hosts: names (uint8), their offsets, slots, and whether names with a scheme are among them.
        programs: int64[hosts * crawlers + …, 7]: first and last rule, state, lenient twin or -1, first and last
            usage rule, packed saying of the whole group.
        store: rules (int32[…, RULE_WIDTH]), those of a program in the order in which they decide; their keys (see
            `write_keys`); and the pool.
        scratch: uint8[3 * longest address + 1].
        answers: crawl (uint8[n]), packed sayings (uint16[n]), deciding line (int32[n]), steps (int64[1]).
    """
    numbers, ncrawlers = crawlers
    names, offsets, slots, with_scheme = hosts
    rules, keys, pool = store
    crawl, says, lines, work = answers
    for row in range(len(places) - 1):
        low, host, port, stop, end = split_address(data, places[row], places[row + 1])
        number = -1
        if with_scheme:
            number = _host(names, offsets, slots, data, low, port)
        if number < 0:
            number = _host(names, offsets, slots, data, host, port)
        if number < 0 or host == port:
            continue
        p = number * ncrawlers + numbers[row]
        state = programs[p, 2]
        length = normal_path(data, stop, end, scratch, False)
        itself = is_robots(scratch, length)
        if state != ALLOWED + DENIED:
            crawl[row] = ALLOWED if itself else state
            continue
        says[row] = programs[p, 6]
        key = _key(scratch, length)
        last = programs[p, 0] if itself else programs[p, 1]
        rule = _first(pool, rules, keys, programs[p, 0], last, scratch, length, key, work)
        if rule >= 0:
            lines[row] = rules[rule, 4]
        if rule >= 0 and rules[rule, 3] & ALLOWS == 0:
            crawl[row] = DENIED
            continue
        crawl[row] = ALLOWED
        says[row] |= _usage(pool, rules, programs[p, 4], programs[p, 5], scratch, length, work)
        twin = programs[p, 3]
        if twin >= 0 and not itself:
            rule = _first(pool, rules, keys, programs[twin, 0], programs[twin, 1], scratch, length, key, work)
            if rule >= 0 and rules[rule, 3] & ALLOWS == 0:
                crawl[row], lines[row] = UNKNOWN, rules[rule, 4]
                says[row] |= 0x8000
