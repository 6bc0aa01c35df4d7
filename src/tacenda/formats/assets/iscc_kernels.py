# mypy: disable-error-code="no-any-return,assignment"
"""The hashes under ISCC codes, compiled: BLAKE3, xxHash32, content-defined chunks and minimum hashes.

Over whole arrays of bytes (uint8, C-contiguous; a memory map will do). Each is checked against published vectors.
BLAKE3 (section 2 of its paper): chunks of 1,024 bytes in blocks of 64, a binary tree whose left side is the
largest power of two; only the plain hash of 32 bytes. xxHash32 with seed 0.
"""

from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint32]

_IV: Final = np.array(
    [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19], np.uint32
)
_SHUFFLE: Final = np.array([2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8], np.int64)
_MIXES: Final = np.array(
    [
        [0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
        [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14],
    ],
    np.int64,
)  # fmt: skip
_CHUNK_START, _CHUNK_END, _PARENT, _ROOT = 1, 2, 4, 8
MIN_CHUNK, MAX_CHUNK, CENTRE = 256, 8192, 640
MASK_SMALL, MASK_LARGE = (1 << 11) - 1, (1 << 9) - 1
MERSENNE_61: Final = np.uint64((1 << 61) - 1)


def _compiled(function: Any) -> Any:
    return numba.njit(function, cache=True, nogil=True)


@_compiled
def _compress(value: Words, block: Words, counter: int, length: int, flags: int) -> Words:
    """The first eight words of BLAKE3's compression of one block."""
    s = np.empty(16, np.uint32)
    s[:8] = value
    s[8:12] = _IV[:4]
    s[12] = np.uint32(counter & 0xFFFFFFFF)
    s[13] = np.uint32((counter >> 32) & 0xFFFFFFFF)
    s[14] = np.uint32(length)
    s[15] = np.uint32(flags)
    m = block.copy()
    for turn in range(7):
        for k in range(8):
            a, b, c, d = _MIXES[k, 0], _MIXES[k, 1], _MIXES[k, 2], _MIXES[k, 3]
            for half in range(2):
                s[a] = np.uint32(s[a] + s[b] + m[2 * k + half])
                x = np.uint32(s[d] ^ s[a])
                r = np.uint32(16 if half == 0 else 8)
                s[d] = np.uint32((x >> r) | (x << np.uint32(np.uint32(32) - r)))
                s[c] = np.uint32(s[c] + s[d])
                x = np.uint32(s[b] ^ s[c])
                r = np.uint32(12 if half == 0 else 7)
                s[b] = np.uint32((x >> r) | (x << np.uint32(np.uint32(32) - r)))
        if turn < 6:
            old = m.copy()
            for k in range(16):
                m[k] = old[_SHUFFLE[k]]
    return s[:8] ^ s[8:]


@_compiled
def _chunk(data: Bytes, start: int, stop: int, counter: int, root: int) -> Words:
    """Chaining value of one chunk."""
    value = _IV.copy()
    blocks = max(1, (stop - start + 63) // 64)
    block = np.zeros(16, np.uint32)
    for number in range(blocks):
        first = start + number * 64
        count = min(64, stop - first)
        block[:] = 0
        for i in range(count):
            block[i >> 2] |= np.uint32(data[first + i]) << np.uint32(8 * (i & 3))
        flags = (_CHUNK_START if number == 0 else 0) | ((_CHUNK_END | root) if number == blocks - 1 else 0)
        value = _compress(value, block, counter, count, flags)
    return value


@_compiled
def blake3(data: Bytes) -> Words:
    """BLAKE3 of `data`: eight words, to be written in little-endian order. Memory: a stack of 64 values."""
    chunks = max(1, (len(data) + 1023) // 1024)
    if chunks == 1:
        return _chunk(data, 0, len(data), 0, _ROOT)
    stack = np.empty((64, 8), np.uint32)
    block = np.empty(16, np.uint32)
    depth = 0
    for number in range(chunks - 1):
        value = _chunk(data, number * 1024, number * 1024 + 1024, number, 0)
        total = number + 1
        while total & 1 == 0:
            depth -= 1
            block[:8] = stack[depth]
            block[8:] = value
            value = _compress(_IV, block, 0, 64, _PARENT)
            total >>= 1
        stack[depth] = value
        depth += 1
    value = _chunk(data, (chunks - 1) * 1024, len(data), chunks - 1, 0)
    while depth > 0:
        depth -= 1
        block[:8] = stack[depth]
        block[8:] = value
        value = _compress(_IV, block, 0, 64, _PARENT | (_ROOT if depth == 0 else 0))
    return value


@_compiled
def xxhash32(data: Bytes, start: int, stop: int) -> int:
    """xxHash32 with seed 0 of ``data[start:stop]``."""
    p1, p2, p3 = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D
    p4, p5, full = 0x27D4EB2F, 0x165667B1, 0xFFFFFFFF
    size, place = stop - start, start
    if size >= 16:
        lane = np.array([(p1 + p2) & full, p2, 0, (-p1) & full], np.int64)
        while place + 16 <= stop:
            for k in range(4):
                word = 0
                for i in range(4):
                    word |= np.int64(data[place + 4 * k + i]) << (8 * i)
                x = (lane[k] + ((word * p2) & full)) & full
                x = ((x << 13) | (x >> 19)) & full
                lane[k] = (x * p1) & full
            place += 16
        h = 0
        for k, turn in ((0, 1), (1, 7), (2, 12), (3, 18)):
            h += ((lane[k] << turn) | (lane[k] >> (32 - turn))) & full
        h &= full
    else:
        h = p5
    h = (h + size) & full
    while place + 4 <= stop:
        word = 0
        for i in range(4):
            word |= np.int64(data[place + i]) << (8 * i)
        h = (h + ((word * p3) & full)) & full
        h = ((h << 17) | (h >> 15)) & full
        h = (h * p4) & full
        place += 4
    while place < stop:
        h = (h + np.int64(data[place]) * p5) & full
        h = ((h << 11) | (h >> 21)) & full
        h = (h * p1) & full
        place += 1
    h ^= h >> 15
    h = (h * p2) & full
    h ^= h >> 13
    h = (h * p3) & full
    return h ^ (h >> 16)


@_compiled
def chunk_features(data: Bytes, gear: NDArray[np.int64]) -> NDArray[np.uint64]:
    """xxHash32 of each content-defined chunk (ISO 24138, Data-Code: 256 to 8,192 bytes, 1,024 aimed at)."""
    size = len(data)
    found = np.empty(size // MIN_CHUNK + 2, np.uint64)
    count, start = 0, 0
    while True:
        left = size - start
        i, pattern, cut = min(MIN_CHUNK, left), 0, False
        for barrier, mask in ((min(CENTRE, left), MASK_SMALL), (min(MAX_CHUNK, left), MASK_LARGE)):
            while not cut and i < barrier:
                pattern = (pattern >> 1) + gear[data[start + i]]
                cut = pattern & mask == 0
                i += 1
        found[count] = np.uint64(xxhash32(data, start, start + i))
        count += 1
        start += i
        if start >= size:
            return found[:count]


@_compiled
def minimum_hash(features: NDArray[np.uint64], a: NDArray[np.uint64], b: NDArray[np.uint64]) -> Bytes:
    """32 bytes: the four lowest bits of 64 minimum hashes, all lowest bits first."""
    digest = np.zeros(32, np.uint8)
    for k in range(64):
        least = np.uint64(0xFFFFFFFFFFFFFFFF)
        for feature in features:
            value = (np.uint64(a[k] * feature + b[k]) % MERSENNE_61) & np.uint64(0xFFFFFFFF)
            least = min(least, value)
        for bit in range(4):
            if (least >> np.uint64(bit)) & np.uint64(1):
                place = bit * 64 + k
                digest[place >> 3] |= np.uint8(0x80 >> (place & 7))
    return digest
