"""A line plot as SVG, with nothing but text: seconds on a logarithmic axis, lines named at their ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

_WIDTH, _HEIGHT = 720, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 170, 20, 50
#: Told apart by most who see colours differently (Okabe and Ito), and by their dashes.
_STROKES = (("#0072B2", ""), ("#56B4E9", "6 3"), ("#D55E00", "2 3"), ("#009E73", "8 3 2 3"), ("#CC79A7", "4 4"))
_LABEL_HEIGHT = 16


@dataclass(frozen=True, slots=True)
class Series:
    """A named line through points (x, y) in order of x; x above 0."""

    name: str
    points: Sequence[tuple[float, float]]


def plot(series: Sequence[Series], x_title: str, y_title: str) -> str:
    """The plot as the text of an SVG file."""
    xs = sorted({x for one in series for x, _ in one.points})
    ys = [y for one in series for _, y in one.points]
    low, high = _around(min(ys), max(ys))

    def across(x: float) -> float:
        span = math.log(xs[-1] / xs[0]) or 1.0
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * math.log(x / xs[0]) / span

    def up(y: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * (y - low) / (high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        'font-size="13">\n<rect width="100%" height="100%" fill="#fff"/>'
    ]
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    for y in _ticks(low, high):
        parts.append(f'<path d="M{_LEFT} {up(y):.1f}H{right}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{up(y) + 4:.1f}" text-anchor="end">{y:g}</text>')
    for x in xs:
        parts.append(f'<path d="M{across(x):.1f} {bottom}v5" stroke="#000"/>')
        parts.append(f'<text x="{across(x):.1f}" y="{bottom + 18}" text-anchor="middle">{x:g}</text>')
    parts.append(f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="#000"/>')
    parts.append(f'<text x="{(_LEFT + right) / 2}" y="{_HEIGHT - 10}" text-anchor="middle">{escape(x_title)}</text>')
    middle = (_TOP + bottom) / 2
    parts.append(
        f'<text transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">{escape(y_title)}</text>'
    )
    heights = _apart([up(one.points[-1][1]) for one in series])
    for number, (one, height) in enumerate(zip(series, heights, strict=True)):
        colour, dashes = _STROKES[number % len(_STROKES)]
        way = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in one.points)
        stroke = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"'
        parts.append(f'<polyline points="{way}" {stroke}/>')
        parts += [f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3" fill="{colour}"/>' for x, y in one.points]
        parts.append(f'<text x="{right + 8}" y="{height + 4:.1f}" fill="{colour}">{escape(one.name)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _step(low: float, high: float) -> float:
    """A round distance of four to ten ticks."""
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)


def _around(low: float, high: float) -> tuple[float, float]:
    """Round ends around a range."""
    if low == high:
        low, high = low - 1, high + 1
    step = _step(low, high)
    return math.floor(low / step) * step, math.ceil(high / step) * step


def _ticks(low: float, high: float) -> list[float]:
    step = _step(low, high)
    return [round(low + n * step, 9) for n in range(round((high - low) / step) + 1)]


def _apart(heights: Sequence[float]) -> list[float]:
    """The heights of labels, moved down where they would lie on one another."""
    moved = list(heights)
    order = sorted(range(len(moved)), key=lambda n: moved[n])
    for above, below in pairwise(order):
        moved[below] = max(moved[below], moved[above] + _LABEL_HEIGHT)
    return moved
