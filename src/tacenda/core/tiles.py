"""The log as static files: C2SP tlog-tiles v0.1.0.

* ``tile/<L>/<N>[.p/<W>]``: up to 256 hashes of level ``8 * L``; a full tile has 8,192 bytes.
* ``tile/entries/<N>[.p/<W>]``: an entry bundle, up to 256 entries, each after its length (big-endian uint16).

``<N>`` is written in groups of three digits, all but the last marked with an ``x``: 1234067 is ``x001/x234/067``.
``.p/<W>`` marks a partial file of W entries or hashes. A file once promised by a checkpoint never changes; as the
log grows, new files are written beside it.

`Growth` makes the files of a growing log from its entries, `TileHashes` reads them back to make proofs. Neither
touches the world: they hand out and ask for bytes by path.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tacenda.core.ledger import HASH_BYTES, MAX_SIZE, fold_right, leaf_hash, node_hash
from tacenda.errors import InputError, IntegrityError

TILE_WIDTH: Final = 256
TILE_HEIGHT: Final = 8
MAX_ENTRY_BYTES: Final = 65_535
MAX_LEVEL: Final = 63
ENTRIES: Final = -1
"""The level that stands for entry bundles, which are laid out like the tiles of level 0."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Where a tile (or, at level `ENTRIES`, an entry bundle) stands.

    Attributes:
        level: 0 to 63, or `ENTRIES`.
        index: from the left, from 0.
        width: 1 to 256 hashes or entries; below 256 it is partial.
    """

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Path below the log's address.

        >>> Tile(0, 1234067, 5).path
        'tile/0/x001/x234/067.p/5'
        """
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = f".p/{self.width}" if self.width < TILE_WIDTH else ""
        return f"tile/{level}/{_index_path(self.index)}{partial}"

    @property
    def start(self) -> int:
        """Index within its level of its first hash or entry."""
        return self.index * TILE_WIDTH


@dataclass(frozen=True, slots=True)
class LogFile:
    """One file of the log, ready to be written."""

    tile: Tile
    data: bytes

    @property
    def path(self) -> str:
        return self.tile.path


_PATH: Final = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)


def parse_tile_path(path: str) -> Tile:
    """The tile of a path; only the one spelling that `Tile.path` writes is accepted.

    Raises:
        InputError: ``tile.path``.
    """
    found = _PATH.fullmatch(path) if len(path) <= 100 else None
    if found:
        level, groups, width = found.groups()
        index = int(groups.replace("x", "").replace("/", ""))
        tile = Tile(ENTRIES if level == "entries" else int(level), index, int(width or TILE_WIDTH))
        if index <= MAX_SIZE and tile.path == path:
            return tile
    raise InputError("tile.path", f"{path[:100]!r} is not the path of a tile or an entry bundle.")


def tiles_for_growth(old: int, new: int) -> Iterator[Tile]:
    """The bundles, then the tiles, that must be written when the log grows from `old` to `new` entries."""
    for level in (ENTRIES, *range(MAX_LEVEL + 1)):
        shift = TILE_HEIGHT * max(level, 0)
        before, after = old >> shift, new >> shift
        if after == 0:
            return
        if after == before:
            continue
        for index in range(before // TILE_WIDTH, after // TILE_WIDTH):
            yield Tile(level, index)
        if after % TILE_WIDTH:
            yield Tile(level, after // TILE_WIDTH, after % TILE_WIDTH)


def tile_in_tree(size: int, level: int, position: int) -> Tile:
    """The tile that holds hash `position` of tile level `level` (or entry `position`), in a tree of `size`."""
    total = size >> (TILE_HEIGHT * max(level, 0))
    if not 0 <= position < total:
        raise InputError("ledger.range", f"A log of {size} entries has no hash {position} at tile level {level}.")
    index = position // TILE_WIDTH
    return Tile(level, index, min(TILE_WIDTH, total - index * TILE_WIDTH))


def render_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries, each after its length as big-endian uint16.

    Raises:
        InputError: ``entry.size`` for an entry above 65,535 bytes.
    """
    pieces: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise InputError(
                "entry.size",
                f"A log entry of {len(entry)} bytes is above {MAX_ENTRY_BYTES}.",
                hint="Keep the bytes as a blob and enter their digest.",
            )
        pieces.append(len(entry).to_bytes(2, "big"))
        pieces.append(entry)
    return b"".join(pieces)


def parse_bundle(data: bytes, width: int) -> tuple[bytes, ...]:
    """Exactly `width` entries, and not a byte more.

    Raises:
        IntegrityError: ``bundle.format``; `where` is the byte offset (``@123``) of what cannot be read.
    """
    entries: list[bytes] = []
    offset = 0
    while offset < len(data):
        if len(entries) == width:
            raise IntegrityError(
                "bundle.format", f"There are bytes after the {width} entries.", where=f"@{offset}"
            )
        stop = offset + 2 + int.from_bytes(data[offset : offset + 2], "big")
        if offset + 2 > len(data) or stop > len(data):
            raise IntegrityError("bundle.format", f"Entry {len(entries)} is cut off.", where=f"@{offset}")
        entries.append(data[offset + 2 : stop])
        offset = stop
    if len(entries) != width:
        raise IntegrityError(
            "bundle.format", f"There are {len(entries)} entries instead of {width}.", where=f"@{offset}"
        )
    return tuple(entries)


class Growth:
    """The files and the root of a log while its entries are added one by one. Memory does not grow with the log.

    `add` gives the files that became full; `partials` the files that complete a checkpoint at the present size.
    """

    __slots__ = ("_entries", "_levels", "size")

    def __init__(self) -> None:
        self.size = 0
        self._entries: list[bytes] = []
        self._levels: list[list[bytes]] = []

    def add(self, entry: bytes) -> tuple[LogFile, ...]:
        """Append `entry`; the bundle and the tiles that are now full (mostly none)."""
        if len(entry) > MAX_ENTRY_BYTES:
            render_bundle([entry])
        self._entries.append(entry)
        self.size += 1
        hashes = self._level(0)
        hashes.append(leaf_hash(entry))
        return self._full_files() if len(hashes) == TILE_WIDTH else ()

    def partials(self) -> tuple[LogFile, ...]:
        """The partial bundle and tiles of the present size, if any."""
        files: list[LogFile] = []
        if self._entries:
            tile = Tile(ENTRIES, self.size // TILE_WIDTH, len(self._entries))
            files.append(LogFile(tile, render_bundle(self._entries)))
        for level, hashes in enumerate(self._levels):
            if hashes:
                index = self.size >> (TILE_HEIGHT * (level + 1))
                files.append(LogFile(Tile(level, index, len(hashes)), b"".join(hashes)))
        return tuple(files)

    def root(self) -> bytes:
        """Root of the tree of all entries so far."""
        peaks = [peak for hashes in reversed(self._levels) for peak in _peaks(hashes)]
        return fold_right(peaks)

    def _full_files(self) -> tuple[LogFile, ...]:
        """Take away what is full, level by level, and hand the root of each full tile to the level above."""
        index = self.size // TILE_WIDTH - 1
        files = [LogFile(Tile(ENTRIES, index), render_bundle(self._entries))]
        self._entries = []
        level = 0
        while len(self._level(level)) == TILE_WIDTH:
            hashes = self._levels[level]
            index = (self.size >> (TILE_HEIGHT * (level + 1))) - 1
            files.append(LogFile(Tile(level, index), b"".join(hashes)))
            self._levels[level] = []
            self._level(level + 1).append(_pyramid(hashes)[-1][0])
            level += 1
        return tuple(files)

    def _level(self, level: int) -> list[bytes]:
        if level == len(self._levels):
            self._levels.append([])
        return self._levels[level]


class TileHashes:
    """Hashes of any node of a tree, read from its tiles: the `read` that proofs are made with.

    Only tiles that a tree of `size` entries promises are asked for. Keeps the last `keep` tiles with their inner
    nodes (about 25 kB each). The bytes are not checked against a root here; whoever makes a proof verifies it.

    Args:
        size: entries of the tree.
        fetch: bytes of a tile, or None when it is not there.
    """

    def __init__(self, size: int, fetch: Callable[[Tile], bytes | None], keep: int = 64) -> None:
        self.size = size
        self._fetch = fetch
        self._keep = keep
        self._tiles: OrderedDict[Tile, list[list[bytes]]] = OrderedDict()

    def __call__(self, level: int, index: int) -> bytes:
        """Hash of the complete subtree (level, index).

        Raises:
            IntegrityError: ``tile.missing`` or ``tile.length``, with the tile's path.
        """
        tile_level, inner = divmod(level, TILE_HEIGHT)
        first = index << inner
        tile = tile_in_tree(self.size, tile_level, first)
        hashes = self._open(tile)[inner]
        place = (first - tile.start) >> inner
        if place >= len(hashes):
            raise InputError("ledger.range", f"The tree of {self.size} entries has no node ({level}, {index}).")
        return hashes[place]

    def _open(self, tile: Tile) -> list[list[bytes]]:
        found = self._tiles.get(tile)
        if found is None:
            data = self._fetch(tile)
            if data is None:
                raise IntegrityError(
                    "tile.missing", "A tile that the checkpoint promises is missing.", where=tile.path
                )
            found = _pyramid(split_tile(data, tile))
            self._tiles[tile] = found
            if len(self._tiles) > self._keep:
                self._tiles.popitem(last=False)
        else:
            self._tiles.move_to_end(tile)
        return found


def split_tile(data: bytes, tile: Tile) -> list[bytes]:
    """The hashes of a tile.

    Raises:
        IntegrityError: ``tile.length`` when it is not exactly as wide as it must be.
    """
    if len(data) != tile.width * HASH_BYTES:
        raise IntegrityError(
            "tile.length",
            f"The tile has {len(data)} bytes instead of {tile.width * HASH_BYTES}.",
            where=f"{tile.path}@{min(len(data), tile.width * HASH_BYTES)}",
        )
    return [data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)]


def _pyramid(hashes: Sequence[bytes]) -> list[list[bytes]]:
    """All complete subtrees over up to 256 hashes: nine levels, the widest first."""
    levels = [list(hashes)]
    for _ in range(TILE_HEIGHT):
        below = levels[-1]
        levels.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])
    return levels


def _peaks(hashes: Sequence[bytes]) -> list[bytes]:
    """Roots of the complete subtrees that cover fewer than 256 hashes, left to right."""
    levels = _pyramid(hashes)
    peaks: list[bytes] = []
    start = 0
    for level in range(TILE_HEIGHT, -1, -1):
        if len(hashes) >> level & 1:
            peaks.append(levels[level][start >> level])
            start += 1 << level
    return peaks


def _index_path(index: int) -> str:
    path = f"{index % 1000:03d}"
    while index >= 1000:
        index //= 1000
        path = f"x{index % 1000:03d}/{path}"
    return path
