"""Sorted keys in a file, asked by memory map: exact, any number of entries a key.

Layout of one file, little-endian: magic ``TACKEYS1``, entry count (uint64), prefix bits (uint64), then at 64 bytes
    starts   uint32 (2**bits + 1)   first entry of each key prefix
    keys     uint64 (entries, 2)    the 128-bit keys, sorted; the first half is the more significant
    targets  uint32 (entries)       item row, or umbrella number with the top bit set
each part padded to 64 bytes. Equal keys stand side by side, by target. With about one entry a prefix, an
answer costs two cache misses, whatever the size.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from tacenda.errors import IntegrityError
from tacenda.match.compiled import INNER, OUTER, Int

UMBRELLA: Final = np.uint32(1 << 31)
MAX_ENTRIES: Final = 1 << 31
_MAGIC: Final = b"TACKEYS1"
_HEAD: Final = 64
_MAX_BITS: Final = 28
_AHEAD: Final = 256


@dataclass(frozen=True, slots=True)
class KeyTable:
    """An index of one key class, in memory or mapped from a file."""

    starts: NDArray[np.uint32]
    keys: NDArray[np.uint64]
    targets: NDArray[np.uint32]

    @property
    def bits(self) -> int:
        return (len(self.starts) - 1).bit_length() - 1

    def __len__(self) -> int:
        return len(self.targets)

    def find(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        """All entries with one of `keys`: (which key, target), in the order of `keys`."""
        which, targets = _find(self.starts, self.keys, self.targets, 64 - self.bits, keys)
        return which, targets

    def write(self, file: BinaryIO) -> None:
        head = _MAGIC + len(self).to_bytes(8, "little") + self.bits.to_bytes(8, "little")
        file.write(head.ljust(_HEAD, b"\0"))
        for part, kind in ((self.starts, "<u4"), (self.keys, "<u8"), (self.targets, "<u4")):
            raw = np.ascontiguousarray(part, kind)
            file.write(raw.data if raw.size else b"")
            file.write(b"\0" * (-raw.nbytes % _HEAD))


def make_table(keys: NDArray[np.uint64], targets: NDArray[np.uint32]) -> KeyTable:
    """Sort entries into a table; an entry given twice stands once. The order given does not matter."""
    if len(keys) >= MAX_ENTRIES:
        raise ValueError("a key file holds fewer than 2**31 entries")
    order = np.lexsort((targets, keys[:, 1], keys[:, 0]))
    keys, targets = keys[order], targets[order]
    if len(keys):
        fresh = np.ones(len(keys), bool)
        fresh[1:] = (keys[1:] != keys[:-1]).any(axis=1) | (targets[1:] != targets[:-1])
        keys, targets = keys[fresh], targets[fresh]
    bits = min(_MAX_BITS, max(1, len(keys).bit_length()))
    prefixes = (keys[:, 0] >> np.uint64(64 - bits)).astype(np.int64)
    starts = np.zeros((1 << bits) + 1, np.uint32)
    np.cumsum(np.bincount(prefixes, minlength=1 << bits), out=starts[1:])
    return KeyTable(starts, np.ascontiguousarray(keys), np.ascontiguousarray(targets))


def map_table(path: Path) -> KeyTable:
    """Map a key file; nothing is read yet but its head.

    Raises:
        IntegrityError: ``keys.layout`` when the file is not of the size that its head states.
    """
    raw = np.memmap(path, np.uint8, "r")
    if len(raw) < _HEAD or raw[:8].tobytes() != _MAGIC:
        raise _damaged(path)
    entries, bits = (int.from_bytes(raw[at : at + 8].tobytes(), "little") for at in (8, 16))
    if entries >= MAX_ENTRIES or not 1 <= bits <= _MAX_BITS:
        raise _damaged(path)
    parts: list[Any] = []
    at = _HEAD
    for kind, count in (("<u4", (1 << bits) + 1), ("<u8", 2 * entries), ("<u4", entries)):
        size = count * np.dtype(kind).itemsize
        if at + size > len(raw):
            raise _damaged(path)
        parts.append(np.asarray(raw[at : at + size]).view(kind))
        at += size + -size % _HEAD
    starts, keys, targets = parts
    if at != len(raw) or int(starts[0]) != 0 or int(starts[-1]) != entries:
        raise _damaged(path)
    return KeyTable(starts, keys.reshape(entries, 2), targets)


def _damaged(path: Path) -> IntegrityError:
    return IntegrityError(
        "keys.layout", "The key file is damaged.", hint="Fetch the snapshot again.", where=str(path)
    )


@OUTER
def _find(starts: Any, keys: Any, targets: Any, shift: Int, asked: Any) -> tuple[Any, Any]:
    n = len(asked)
    which = np.empty(n + 16, np.int64)
    found = np.empty(n + 16, np.uint32)
    ranges = np.empty((_AHEAD, 2), np.int64)
    count = 0
    down = np.uint64(shift)
    for begin in range(0, n, _AHEAD):
        end = min(begin + _AHEAD, n)
        # All ranges of a group first: the memory answers many questions at once, but not one after the other.
        for place in range(begin, end):
            prefix = np.int64(asked[place, 0] >> down)
            ranges[place - begin, 0] = starts[prefix]
            ranges[place - begin, 1] = starts[prefix + 1]
        for place in range(begin, end):
            first, last = ranges[place - begin, 0], min(ranges[place - begin, 1], len(targets))
            if first >= last:
                continue
            high, low = asked[place, 0], asked[place, 1]
            first = _first(keys, first, last, high, low)
            while first < last and keys[first, 0] == high and keys[first, 1] == low:
                if count == len(which):
                    which, found = _more(which, found)
                which[count] = place
                found[count] = targets[first]
                count += 1
                first += 1
    return which[:count], found[:count]


@INNER
def _first(keys: Any, first: Int, last: Int, high: Int, low: Int) -> Int:
    """First place in keys[first:last] that is not below (high, low)."""
    while last - first > 4:
        middle = (first + last) // 2
        if keys[middle, 0] < high or (keys[middle, 0] == high and keys[middle, 1] < low):
            first = middle + 1
        else:
            last = middle
    while first < last and (keys[first, 0] < high or (keys[first, 0] == high and keys[first, 1] < low)):
        first += 1
    return first


@INNER
def _more(which: Any, found: Any) -> tuple[Any, Any]:
    new_which, new_found = np.empty(2 * len(which), np.int64), np.empty(2 * len(found), np.uint32)
    for place in range(len(which)):
        new_which[place], new_found[place] = which[place], found[place]
    return new_which, new_found
