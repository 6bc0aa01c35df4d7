"""The index of a catalogue's lyrics: hashes only, read by memory map.

Holds, of each lyric, its words as 32-bit hashes (for alignment), some of its runs of k words (for finding), a
filter for these, and the model of what words tell. No letter of a lyric is in it; what hashing hides and what not
is said in ``docs/lyrics.md``. Lyrics that agree word by word stand once and belong to several items.

Files of a folder, all little-endian arrays in NumPy's format, and ``index.json``.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tacenda.errors import IntegrityError
from tacenda.match.lyrics.model import Counts, WordModel, add_counts, count_words, model_of
from tacenda.match.lyrics.secret import hide_words, key_of
from tacenda.match.lyrics.seeds import MAX_K, choose_shingles, filter_bits
from tacenda.match.lyrics.words import WORDS_VERSION, Reader, reader_of, standard_reader

FORMAT: Final = "tacenda-lyrics/1"
HEAD: Final = "index.json"
MAX_WORDS: Final = (1 << 32) - 1
_ARRAYS: Final = {
    "words": "<u4", "starts": "<i8", "owners": "<u4", "owner_starts": "<i8", "sieve": "<u8", "buckets": "<u4",
    "tags": "<u2", "places": "<u4", "mask": "|u1", "single": "|u1", "pairs": "<u2", "letters": "<u4",
    "several": "<u2",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """How seeds are chosen; see `seeds`.

    Attributes:
        k: words in a seed. w: of so many in a row one is taken.
        least: a seed tells at least so many bits.
        most: of the lyrics that share a seed at most so many are listed under it.
        filter_bits: bits of the filter a seed, about.
    """

    k: int = 3
    w: int = 3
    least: int = 20
    most: int = 64
    filter_bits: int = 12


def shape_for(words: int) -> Shape:
    """How seeds are chosen for a catalogue of so many words, as measured in ``docs/lyrics.md``.

    Up to two million words (some eight thousand songs) the seeds that find most; beyond, longer ones, because the
    number of chance meetings that must be looked at grows with the catalogue.
    """
    if words <= 2_000_000:
        return Shape(3, 2, 18)
    return Shape(4, 2, 24, 16) if words <= 50_000_000 else Shape(5, 3, 28, 16)


@dataclass(frozen=True)
class LyricIndex:
    """An index in memory or mapped. Arrays as in the module's text; `owners[owner_starts[l]:owner_starts[l + 1]]`
    are the items whose lyric number l is."""

    shape: Shape
    keyed: bool
    words: NDArray[np.uint32]
    starts: NDArray[np.int64]
    owners: NDArray[np.uint32]
    owner_starts: NDArray[np.int64]
    sieve: NDArray[np.uint64]
    buckets: NDArray[np.uint32]
    tags: NDArray[np.uint16]
    places: NDArray[np.uint32]
    mask: NDArray[np.uint8]
    model: WordModel
    reader: Reader = field(repr=False)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def word_count(self) -> int:
        return len(self.words)

    def lengths(self) -> NDArray[np.int64]:
        return np.diff(self.starts)

    def items_of(self, lyric: int) -> NDArray[np.uint32]:
        return self.owners[self.owner_starts[lyric] : self.owner_starts[lyric + 1]]

    def arrays(self) -> tuple[Any, ...]:
        """What `scan.scan_texts` takes as its index."""
        return (
            self.shape.k, self.sieve, 64 - _log2(len(self.sieve)), self.buckets,
            64 - _log2(len(self.buckets) - 1), self.tags, self.places, self.words, self.starts, self.mask,
        )  # fmt: skip

    def with_mask(self, masked: NDArray[np.bool_]) -> "LyricIndex":
        """The same index with words marked that are not the works' own: one flag for each word."""
        packed = np.packbits(masked, bitorder="little")
        return LyricIndex(**{**_fields(self), "mask": packed})

    def save(self, folder: Path) -> None:
        """Write into `folder`, which must exist and be empty of these names."""
        for name, kind in _ARRAYS.items():
            np.save(folder / f"{name}.npy", np.ascontiguousarray(self._array(name), kind), allow_pickle=False)
        head = {
            "format": FORMAT, "words_version": WORDS_VERSION, "keyed": self.keyed, "lyrics": len(self),
            "words": len(self.words), "seeds": len(self.places), "k": self.shape.k, "w": self.shape.w,
            "least": self.shape.least, "most": self.shape.most, "filter_bits": self.shape.filter_bits,
        }  # fmt: skip
        (folder / HEAD).write_text(json.dumps(head, indent=1, sort_keys=True) + "\n", encoding="ascii")

    def _array(self, name: str) -> NDArray[Any]:
        source: Any = self.model if name in ("single", "pairs") else self
        source = self.reader if name in ("letters", "several") else source
        found: NDArray[Any] = getattr(source, name)
        return found


def _fields(index: LyricIndex) -> dict[str, Any]:
    return {name: getattr(index, name) for name in index.__dataclass_fields__}


def map_index(folder: Path) -> LyricIndex:
    """Map an index; little is read yet.

    Raises:
        IntegrityError: ``lyrics.layout`` when its parts do not fit each other.
    """
    try:
        head = json.loads((folder / HEAD).read_bytes())
        parts = {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _ARRAYS}
        shape = Shape(*(int(head[name]) for name in ("k", "w", "least", "most", "filter_bits")))
        fits = head["format"] == FORMAT and head["words_version"] == WORDS_VERSION and _fits(parts, shape)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder) from error
    if not fits:
        raise _damaged(folder)
    arrays = {name: np.asarray(part) for name, part in parts.items()}
    model = WordModel(arrays.pop("single"), arrays.pop("pairs"))
    reader = reader_of(arrays.pop("letters"), arrays.pop("several"))
    return LyricIndex(shape, bool(head["keyed"]), model=model, reader=reader, **arrays)


def _fits(parts: dict[str, Any], shape: Shape) -> bool:
    """That no number leads out of an array."""
    p = parts
    kinds = all(p[name].dtype == np.dtype(kind) for name, kind in _ARRAYS.items())
    powers = all(_is_power(n) for n in (len(p["sieve"]), len(p["buckets"]) - 1, len(p["pairs"])))
    return bool(
        kinds
        and powers
        and 1 <= shape.k <= MAX_K
        and p["starts"][0] == 0
        and p["starts"][-1] == len(p["words"])
        and (np.diff(p["starts"]) >= 0).all()
        and len(p["owner_starts"]) == len(p["starts"])
        and p["owner_starts"][-1] == len(p["owners"])
        and p["buckets"][0] == 0
        and p["buckets"][-1] == len(p["places"]) == len(p["tags"])
        and (np.diff(p["buckets"].astype(np.int64)) >= 0).all()
        and (not len(p["places"]) or int(p["places"].max()) + shape.k <= len(p["words"]))
        and len(p["mask"]) in (0, (len(p["words"]) + 7) // 8)
        and len(p["letters"]) == 1 << 16
        and len(p["single"]) == 1 << 17
        and int((p["letters"][p["letters"] >= 1 << 21] & 0xFFFF).max(initial=0)) < len(p["several"])
    )


def _is_power(number: int) -> bool:
    return number > 0 and number & (number - 1) == 0


def _log2(number: int) -> int:
    return number.bit_length() - 1


def _damaged(folder: Path) -> IntegrityError:
    return IntegrityError(
        "lyrics.layout",
        "The index of lyrics cannot be read.",
        hint="Fetch the snapshot again, or build it anew with this version.",
        where=str(folder),
    )


def build_index(
    lyrics: Iterable[tuple[int, str]],
    *,
    shape: Shape | None = None,
    background: Counts | None = None,
    stop: NDArray[np.uint64] | None = None,
    secret: bytes = b"",
) -> LyricIndex:
    """An index of (item, lyric) pairs; a lyric without a word is left out. The order given does not matter.

    Args:
        background: counts of words in everyday text, see `model.count_words`; the catalogue's own are added.
        stop: sorted hashes of shingles that are nobody's own, see `background.stop_shingles`.
        secret: for a confidential catalogue; who has no secret cannot ask the index.

    Cost: about a second and 3 KiB of memory for each thousand lyrics of 250 words.
    """
    reader = standard_reader()
    owners: dict[bytes, list[int]] = {}
    for item, text in lyrics:
        raw = reader.read(text).hashes.tobytes()
        if raw:
            owners.setdefault(raw, []).append(item)
    ordered = sorted(owners.items(), key=lambda pair: (sorted(pair[1]), pair[0]))
    words = [np.frombuffer(raw, np.uint32) for raw, _ in ordered]
    items = [np.array(sorted(set(those)), np.uint32) for _, those in ordered]
    return index_of_words(words, items, shape=shape, background=background, stop=stop, secret=secret)


def index_of_words(
    lyrics: Sequence[NDArray[np.uint32]],
    owners: Sequence[NDArray[np.uint32]],
    *,
    shape: Shape | None = None,
    background: Counts | None = None,
    stop: NDArray[np.uint64] | None = None,
    secret: bytes = b"",
) -> LyricIndex:
    """As `build_index`, of lyrics that were read into words already, in the order given.

    Raises:
        ValueError: when there are 2**32 words or more.
    """
    plain, starts = _end_to_end(lyrics, np.uint32)
    shape = shape or shape_for(len(plain))
    owned, owner_starts = _end_to_end(owners, np.uint32)
    if len(plain) > MAX_WORDS:
        raise ValueError("an index holds fewer than 2**32 words: split the catalogue")
    counts = count_words(plain, starts)
    model = model_of(add_counts(background, counts) if background is not None else counts)
    told = model.told_by(plain) if len(plain) else np.zeros(0, np.int64)
    key = key_of(secret)
    words = np.empty(len(plain), np.uint32)
    hide_words(plain, len(plain), key, words)
    hashes, places = choose_shingles(words, starts, told, shape.k, shape.w, shape.least * 8)
    if stop is not None and len(stop):
        kept = ~np.isin(hashes, stop, assume_unique=False)
        hashes, places = hashes[kept], places[kept]
    hashes, places = _at_most(hashes, places, starts, shape.most)
    sieve = _sieve(hashes, shape.filter_bits)
    buckets, tags, places = _postings(hashes, places)
    nothing = np.zeros(0, np.uint8)
    return LyricIndex(
        shape, bool(secret), words, starts, owned, owner_starts, sieve, buckets, tags, places, nothing, model,
        standard_reader(),
    )  # fmt: skip


def _end_to_end(parts: Sequence[NDArray[np.uint32]], kind: Any) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    starts = np.zeros(len(parts) + 1, np.int64)
    np.cumsum([len(part) for part in parts], out=starts[1:])
    return (np.concatenate(parts) if len(parts) else np.zeros(0, kind)).astype(kind), starts


def _at_most(
    hashes: NDArray[np.uint64], places: NDArray[np.uint32], starts: NDArray[np.int64], most: int
) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """Sorted by hash, then place; each hash once a lyric, and in at most `most` lyrics."""
    order = np.lexsort((places, hashes))
    hashes, places = hashes[order], places[order]
    if not len(hashes):
        return hashes, places
    lyric = np.searchsorted(starts, places, side="right")
    fresh = np.r_[True, (hashes[1:] != hashes[:-1]) | (lyric[1:] != lyric[:-1])]
    hashes, places = hashes[fresh], places[fresh]
    heads = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]])
    rank = np.arange(len(hashes)) - np.repeat(heads, np.diff(np.r_[heads, len(hashes)]))
    return hashes[rank < most], places[rank < most]


def _sieve(hashes: NDArray[np.uint64], bits: int) -> NDArray[np.uint64]:
    distinct = np.unique(hashes)
    wanted = max(2.0, len(distinct) * bits / 64)
    size = 1 << max(1, round(math.log2(wanted)))
    sieve = np.zeros(size, np.uint64)
    one, low = np.uint64(1), np.uint64(63)
    marks = one << (distinct & low)
    for by in (6, 12):
        marks |= one << ((distinct >> np.uint64(by)) & low)
    np.bitwise_or.at(sieve, (distinct >> np.uint64(64 - _log2(size))).astype(np.int64), marks)
    return sieve


def _postings(
    hashes: NDArray[np.uint64], places: NDArray[np.uint32]
) -> tuple[NDArray[np.uint32], NDArray[np.uint16], NDArray[np.uint32]]:
    """(first entry of each bucket, tags, places): about four entries a bucket."""
    bits = max(1, int(len(hashes) // 4).bit_length())
    buckets = np.zeros((1 << bits) + 1, np.uint32)
    which = (hashes >> np.uint64(64 - bits)).astype(np.int64)
    np.cumsum(np.bincount(which, minlength=1 << bits), out=buckets[1:])
    return buckets, (hashes & np.uint64(0xFFFF)).astype(np.uint16), places


assert callable(filter_bits)  # noqa: S101 - `_sieve` must set the bits that it asks for
