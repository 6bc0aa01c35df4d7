"""Word hashes under a secret, for catalogues whose index must tell nothing to who has no key.

SipHash-2-4 of each word's hash with 128 bits of key: a pseudo-random function, so without the key no dictionary of
words helps. What stays visible: how often words repeat within and across songs, and how long songs are.
"""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tacenda.match.compiled import INNER, OUTER, Int


@INNER
def _turn(x: Int, by: int) -> Int:
    return x << np.uint64(by) | x >> np.uint64(64 - by)


@INNER
def _round(a: Int, b: Int, c: Int, d: Int) -> tuple[Int, Int, Int, Int]:
    a += b
    c += d
    b, d = _turn(b, 13) ^ a, _turn(d, 16) ^ c
    a = _turn(a, 32) + d
    c += b
    d, b = _turn(d, 21) ^ a, _turn(b, 17) ^ c
    return a, b, _turn(c, 32), d


@INNER
def sip(word: Int, first: Int, second: Int) -> Int:
    """uint64: SipHash-2-4 of the eight bytes of a number, under a key of two."""
    a, b = first ^ np.uint64(0x736F6D6570736575), second ^ np.uint64(0x646F72616E646F6D)
    c, d = first ^ np.uint64(0x6C7967656E657261), second ^ np.uint64(0x7465646279746573)
    for block in (np.uint64(word), np.uint64(8) << np.uint64(56)):
        d ^= block
        a, b, c, d = _round(a, b, c, d)
        a, b, c, d = _round(a, b, c, d)
        a ^= block
    c ^= np.uint64(0xFF)
    for _ in range(4):
        a, b, c, d = _round(a, b, c, d)
    return a ^ b ^ c ^ d


@OUTER
def hide_words(words: Any, count: Int, key: Any, out: Any) -> None:
    """Put words[:count] into `out` as hashes under `key`, uint64 (2,); as they are where the key is nought."""
    first, second = key[0], key[1]
    if first == 0 and second == 0:
        for i in range(count):
            out[i] = words[i]
        return
    for i in range(count):
        hidden = np.uint32(sip(np.uint64(words[i]), first, second) >> np.uint64(32))
        out[i] = (hidden | np.uint32(2)) & np.uint32(0xFFFFFFFE) | (words[i] & np.uint32(1))


@OUTER
def sip_of(word: Int, first: Int, second: Int) -> Int:
    """`sip`, for tests against the published vectors."""
    return sip(np.uint64(word), np.uint64(first), np.uint64(second))


def key_of(secret: bytes) -> NDArray[np.uint64]:
    """The key for a secret of any length; an empty one is no key."""
    if not secret:
        return np.zeros(2, np.uint64)
    return np.frombuffer(hashlib.sha256(b"tacenda/lyrics/v1\0" + secret).digest()[:16], "<u8").astype(np.uint64)
