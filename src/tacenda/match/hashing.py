"""Keys: the first 16 bytes of SHA-256("tacenda/v1" 0x00 class 0x00 normal form), for many forms at once.

The key is a cryptographic hash cut to 128 bits, so that two different names share one by no accident and by no
affordable attack, and so that the list of keys is the same list a public registry would publish.

SHA-256 is FIPS 180-4. Messages of like length are hashed `_LANES` side by side in the machine's vector registers.
Measured: 85 to 110 ns a key of one block (forms of up to 38 bytes: all identifiers, most names), twice for two.
"""

import hashlib
from math import isqrt
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tacenda.match.compiled import INNER, OUTER

DOMAIN: Final = b"tacenda/v1"
KEY_BYTES: Final = 16


def prefix_of(key_class: str) -> bytes:
    return DOMAIN + b"\0" + key_class.encode("ascii") + b"\0"


def key_of(key_class: str, form: str) -> bytes:
    """The key of one normal form: the definition.

    >>> key_of("isrc", "AA6Q72000047").hex()
    'fce8a9680be9988b2976323ad8ade401'
    """
    return hashlib.sha256(prefix_of(key_class) + form.encode("utf-8")).digest()[:KEY_BYTES]


def keys_of(key_class: str, data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Keys of all forms: uint64 (forms, 2), the first and second half, most significant byte first."""
    keys = np.empty((len(offsets) - 1, 2), np.uint64)
    _hash_forms(np.frombuffer(prefix_of(key_class), np.uint8), data, offsets, keys)
    return keys


def _primes(count: int) -> list[int]:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return found


def _cube_root(number: int) -> int:
    """Whole part of the cube root."""
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= number else (low, middle - 1)
    return low


# FIPS 180-4, 4.2.2 and 5.3.3: fractional parts of the cube and square roots of the first primes.
_K = np.array([_cube_root(prime << 96) & 0xFFFFFFFF for prime in _primes(64)], np.uint32)
_START = np.array([isqrt(prime << 64) & 0xFFFFFFFF for prime in _primes(8)], np.uint32)
_LANES = 128
_BLOCK = 64
_SIZES = 12


@INNER
def _rounds(block: Any, state: Any, lanes: int) -> None:
    """Compress one block a lane: `block` is uint32 (16, lanes), consumed; `state` uint32 (8, lanes)."""
    for turn in range(64):
        w = block[turn & 15]
        if turn >= 16:
            _schedule(w, block[(turn + 1) & 15], block[(turn + 9) & 15], block[(turn + 14) & 15], lanes)
        _round(
            state[-turn & 7], state[(1 - turn) & 7], state[(2 - turn) & 7], state[(3 - turn) & 7],
            state[(4 - turn) & 7], state[(5 - turn) & 7], state[(6 - turn) & 7], state[(7 - turn) & 7],
            w, _K[turn], lanes,
        )  # fmt: skip


@INNER
def _schedule(w: Any, one: Any, nine: Any, fourteen: Any, lanes: int) -> None:
    for lane in range(lanes):
        x, y = one[lane], fourteen[lane]
        small = np.uint32(x >> 7 | x << 25) ^ np.uint32(x >> 18 | x << 14) ^ np.uint32(x >> 3)
        large = np.uint32(y >> 17 | y << 15) ^ np.uint32(y >> 19 | y << 13) ^ np.uint32(y >> 10)
        w[lane] = np.uint32(w[lane] + small + nine[lane] + large)


@INNER
def _round(
    a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any, h: Any, w: Any, k: Any, lanes: int
) -> None:  # fmt: skip
    for lane in range(lanes):
        x, y = e[lane], a[lane]
        high = np.uint32(x >> 6 | x << 26) ^ np.uint32(x >> 11 | x << 21) ^ np.uint32(x >> 25 | x << 7)
        choice = (x & f[lane]) ^ (~x & g[lane])
        first = np.uint32(h[lane] + high + choice + k + w[lane])
        low = np.uint32(y >> 2 | y << 30) ^ np.uint32(y >> 13 | y << 19) ^ np.uint32(y >> 22 | y << 10)
        most = (y & b[lane]) ^ (y & c[lane]) ^ (b[lane] & c[lane])
        d[lane] = np.uint32(d[lane] + first)
        h[lane] = np.uint32(first + low + most)


@INNER
def _load(prefix: Any, data: Any, start: int, length: int, at: int, lane: int, block: Any) -> None:
    """Put bytes `at` to `at` + 64 of the padded message into column `lane` of `block`."""
    whole = len(prefix) + length
    last = at + _BLOCK >= whole + 9
    for word in range(16):
        value = np.uint32(0)
        for byte in range(4):
            place = at + 4 * word + byte
            item = np.uint32(0)
            if place < len(prefix):
                item = np.uint32(prefix[place])
            elif place < whole:
                item = np.uint32(data[start + place - len(prefix)])
            elif place == whole:
                item = np.uint32(0x80)
            value = np.uint32(value << 8 | item)
        block[word, lane] = value
    if last:
        block[14, lane] = np.uint32(whole >> 29)
        block[15, lane] = np.uint32(whole << 3)


@INNER
def _blocks(length: Any) -> Any:
    """How many blocks a message of this many bytes has when it is padded."""
    return (length + 9 + _BLOCK - 1) // _BLOCK


@INNER
def _hash_group(
    prefix: Any, data: Any, offsets: Any, which: Any, lanes: Any, block: Any, state: Any, total: Any, keys: Any
) -> None:
    """Hash forms `which` side by side; each is done when its own last block is."""
    most = np.int64(0)
    for lane in range(lanes):
        form = which[lane]
        most = max(most, _blocks(len(prefix) + offsets[form + 1] - offsets[form]))
    for word in range(8):
        for lane in range(lanes):
            total[word, lane] = _START[word]
    for turn in range(most):
        for lane in range(lanes):
            start = offsets[which[lane]]
            _load(prefix, data, start, offsets[which[lane] + 1] - start, turn * _BLOCK, np.int64(lane), block)
        for word in range(8):
            for lane in range(lanes):
                state[word, lane] = total[word, lane]
        _rounds(block, state, lanes)
        for word in range(8):
            for lane in range(lanes):
                total[word, lane] = np.uint32(total[word, lane] + state[word, lane])
        for lane in range(lanes):
            form = which[lane]
            if _blocks(len(prefix) + offsets[form + 1] - offsets[form]) == turn + 1:
                keys[form, 0] = np.uint64(total[0, lane]) << np.uint64(32) | np.uint64(total[1, lane])
                keys[form, 1] = np.uint64(total[2, lane]) << np.uint64(32) | np.uint64(total[3, lane])


@OUTER
def _hash_forms(prefix: Any, data: Any, offsets: Any, keys: Any) -> None:
    """Gather forms of like length (1, 2, 3 to 4, 5 to 8 ... blocks), so that a long one holds up few."""
    block = np.empty((16, _LANES), np.uint32)
    state = np.empty((8, _LANES), np.uint32)
    total = np.empty((8, _LANES), np.uint32)
    which = np.empty((_SIZES, _LANES), np.int64)
    waiting = np.zeros(_SIZES, np.int64)
    for form in range(len(offsets) - 1):
        blocks = _blocks(len(prefix) + offsets[form + 1] - offsets[form]) - 1
        size = 0
        while blocks > 0 and size < _SIZES - 1:
            blocks >>= 1
            size += 1
        which[size, waiting[size]] = form
        waiting[size] += 1
        if waiting[size] == _LANES:
            _hash_group(prefix, data, offsets, which[size], waiting[size], block, state, total, keys)
            waiting[size] = 0
    for size in range(_SIZES):
        if waiting[size] > 0:
            _hash_group(prefix, data, offsets, which[size], waiting[size], block, state, total, keys)
