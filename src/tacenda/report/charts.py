"""Plots as inline SVG. Each stands beside a real table with the same figures, so none carries meaning alone.

Only numbers and words of ours go into the SVG; strangers' words are escaped by the caller's template.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup, escape

ORDER: Final = ("reserved", "unclear", "licensed", "silent")
_WIDTH: Final = 1080
_HEIGHT: Final = 290
_LEFT: Final = 58
_BOTTOM: Final = 30
_TOP: Final = 14


def stacked_bar(counts: Mapping[str, int], label: str) -> Markup:
    """One bar, cut by answer in the fixed order; every part that is not nothing is at least 0.4 % wide."""
    whole = sum(counts.get(word, 0) for word in ORDER)
    shares = [(word, counts.get(word, 0) / whole if whole else 0.0) for word in ORDER]
    widths = [(word, max(share, 0.004) if share else 0.0) for word, share in shares]
    scale = sum(width for _, width in widths) or 1.0
    parts, left = [], 0.0
    for word, width in widths:
        if width:
            percent = 100 * width / scale
            parts.append(f'<rect class="{word}" x="{left:.3f}%" y="0" width="{percent:.3f}%" height="100%"/>')
            left += percent
    return Markup(f'<svg class="bar" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>')  # noqa: S704


def columns(rows: Sequence[tuple[str, Sequence[tuple[str, int]]]], label: str) -> Markup:
    """Stacked columns: for each name its parts as (class, count), from the bottom up. At most 24 columns."""
    rows = rows[:24]
    top = _round_up(max((sum(count for _, count in parts) for _, parts in rows), default=0))
    plot, pieces = _HEIGHT - _TOP - _BOTTOM, []
    for step in range(5):
        value = top * step // 4
        y = _TOP + plot - plot * step / 4
        pieces.append(f'<line class="axis" x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        pieces.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:,}</text>')
    slot = (_WIDTH - _LEFT) / max(len(rows), 1)
    for place, (name, parts) in enumerate(rows):
        x, y = _LEFT + slot * (place + 0.5), float(_TOP + plot)
        width = min(slot * 0.62, 72)
        for word, count in parts:
            height = plot * count / top
            y -= height
            if count:
                pieces.append(
                    f'<rect class="{escape(word)}" x="{x - width / 2:.1f}" y="{y:.1f}" '
                    f'width="{width:.1f}" height="{max(height, 0.7):.1f}"/>'
                )
        pieces.append(f'<text x="{x:.1f}" y="{_HEIGHT - 9}" text-anchor="middle">{escape(name)}</text>')
    return _plot(pieces, _HEIGHT, label)


def bars(rows: Sequence[tuple[str, Sequence[tuple[str, int]]]], label: str) -> Markup:
    """Horizontal stacked bars with a name before and the sum behind each."""
    top = max((sum(count for _, count in parts) for _, parts in rows), default=0) or 1
    start, room, step = 300, _WIDTH - 300 - 80, 32
    pieces = []
    for place, (name, parts) in enumerate(rows):
        middle = place * step + step / 2
        pieces.append(f'<text x="{start - 12}" y="{middle + 4:.1f}" text-anchor="end">{escape(name)}</text>')
        x, total = float(start), 0
        for word, count in parts:
            width = room * count / top
            if count:
                pieces.append(
                    f'<rect class="{escape(word)}" x="{x:.1f}" y="{middle - 9:.1f}" '
                    f'width="{max(width, 1):.1f}" height="18"/>'
                )
            x, total = x + width, total + count
        pieces.append(f'<text x="{x + 8:.1f}" y="{middle + 4:.1f}">{total:,}</text>')
    return _plot(pieces, max(step * len(rows), step), label)


def _plot(pieces: Sequence[str], height: int, label: str) -> Markup:
    return Markup(  # noqa: S704 - made of our own numbers and escaped words
        f'<svg class="plot" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(label)}">'
        f"{''.join(pieces)}</svg>"
    )


def _round_up(value: int) -> int:
    """The next number that divides well by four: 4, 8, 20, 40, 80, 200 ..."""
    step = 4
    while True:
        for factor in (1, 2, 5):
            if value <= step * factor:
                return step * factor
        step *= 10
