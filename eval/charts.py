"""Small charts as inline SVG in the page's own colours, each with a text for those who cannot see it."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

import numpy as np

from eval.selective import Bin, RiskCoverage

_WIDTH: Final = 360
_HEIGHT: Final = 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 10, 40
_PLOT_WIDTH: Final = _WIDTH - _LEFT - _RIGHT
_PLOT_HEIGHT: Final = _HEIGHT - _TOP - _BOTTOM
_TENTHS: Final = tuple(step / 5 for step in range(6))
_HISTOGRAM_BINS: Final = 24


def reliability_diagram(bins: Sequence[Bin]) -> str:
    """Accuracy of each bin of confidence as a bar, its count in a tooltip, and the diagonal of the ideal."""
    bars = [
        f'<rect class="bar" x="{_x(b.low) + 1:.1f}" y="{_y(b.accuracy):.1f}" '
        f'width="{_x(b.high) - _x(b.low) - 2:.1f}" height="{_y(0) - _y(b.accuracy):.1f}">'
        f"<title>{b.count} questions, confidence {b.confidence:.2f}, right {b.accuracy:.2f}</title></rect>"
        for b in bins
    ]
    points = [
        f'<circle class="dot" cx="{_x(b.confidence):.1f}" cy="{_y(b.accuracy):.1f}" '
        f'r="{_radius(b, bins):.1f}"/>'
        for b in bins
    ]
    diagonal = f'<line class="ideal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
    label = "; ".join(f"confidence {b.confidence:.2f}: right {b.accuracy:.2f} of {b.count}" for b in bins)
    return _chart([*_axes("confidence", "share right"), *bars, diagonal, *points], f"Reliability. {label}")


def risk_coverage_chart(curve: RiskCoverage, chosen: tuple[float, float] | None) -> str:
    """Risk over coverage as a line.

    Args:
        curve: the curve.
        chosen: coverage and risk of the run's own threshold, marked by a dot; None marks nothing.
    """
    steps = _thinned(curve)
    path = " ".join(f"{_x(c):.1f},{_y(r):.1f}" for c, r in steps)
    line = f'<polyline class="line" points="{path}"/>'
    marks = []
    if chosen is not None:
        marks = [
            f'<circle class="chosen" cx="{_x(chosen[0]):.1f}" cy="{_y(chosen[1]):.1f}" r="5"><title>'
            f"as it is set: {chosen[0]:.2f} answered, {chosen[1]:.2f} of them wrong</title></circle>"
        ]
    label = "; ".join(f"coverage {c:.1f}: risk {_risk_at(curve, c):.2f}" for c in _TENTHS[1:])
    return _chart([*_axes("share answered", "share wrong"), line, *marks], f"Risk and coverage. {label}")


def latency_histogram(milliseconds: Sequence[float]) -> str:
    """How many questions took how long; the slowest hundredth is drawn in the last bar."""
    values = np.asarray(milliseconds, dtype=np.float64)
    top = float(np.percentile(values, 99)) * 1.02 or 1.0
    counts, edges = np.histogram(np.minimum(values, top), bins=_HISTOGRAM_BINS, range=(0.0, top))
    highest = max(1, int(counts.max()))
    bars = [
        f'<rect class="bar" x="{_x(low / top) + 0.5:.1f}" y="{_y(count / highest):.1f}" '
        f'width="{_x(high / top) - _x(low / top) - 1:.1f}" height="{_y(0) - _y(count / highest):.1f}">'
        f"<title>{low:.0f} to {high:.0f} ms: {count} questions</title></rect>"
        for count, low, high in zip(counts.tolist(), edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    ]
    axes = _axes("milliseconds", "questions", [f"{tick * top:.0f}" for tick in _TENTHS], _counts(highest))
    median, slow = np.percentile(values, (50, 95))
    return _chart([*axes, *bars], f"Latency. Half within {median:.0f} ms, 95 % within {slow:.0f} ms")


def _counts(highest: int) -> list[str]:
    return [f"{tick * highest:.0f}" for tick in _TENTHS]


def _x(share: float) -> float:
    return _LEFT + share * _PLOT_WIDTH


def _y(share: float) -> float:
    return _TOP + (1.0 - share) * _PLOT_HEIGHT


def _radius(one: Bin, bins: Sequence[Bin]) -> float:
    return float(2.5 + 5.0 * (one.count / max(b.count for b in bins)) ** 0.5)


def _axes(
    below: str, beside: str, ticks: Sequence[str] | None = None, heights: Sequence[str] | None = None
) -> list[str]:
    ticks = ticks or [f"{tick:.1f}" for tick in _TENTHS]
    heights = heights or [f"{tick:.1f}" for tick in _TENTHS]
    found = []
    for tick, under, left in zip(_TENTHS, ticks, heights, strict=True):
        found.append(
            f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{_y(tick)}" y2="{_y(tick)}"/>'
        )
        found.append(
            f'<text class="tick" x="{_x(tick)}" y="{_y(0) + 14}" text-anchor="middle">{under}</text>'
        )
        found.append(f'<text class="tick" x="{_LEFT - 6}" y="{_y(tick) + 4}" text-anchor="end">{left}</text>')
    middle = _TOP + _PLOT_HEIGHT / 2
    found.append(f'<text class="axis" x="{_x(0.5)}" y="{_HEIGHT - 6}" text-anchor="middle">{below}</text>')
    found.append(
        f'<text class="axis" x="12" y="{middle}" text-anchor="middle" transform="rotate(-90 12 {middle})">'
        f"{beside}</text>"
    )
    return found


def _chart(shapes: Iterable[str], label: str) -> str:
    inside = "".join(shapes)
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(label)}">{inside}</svg>'


def _thinned(curve: RiskCoverage, most: int = 400) -> list[tuple[float, float]]:
    """The curve's points, at most ``most`` of them, with the first and the last."""
    rows = np.unique(np.linspace(0, len(curve.coverage) - 1, most).round().astype(np.int64))
    return list(zip(curve.coverage[rows].tolist(), curve.risk[rows].tolist(), strict=True))


def _risk_at(curve: RiskCoverage, coverage: float) -> float:
    place = int(np.searchsorted(curve.coverage, coverage - 1e-12))
    return float(curve.risk[min(place, len(curve.risk) - 1)])
