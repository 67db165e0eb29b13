"""How far a measured value may be chance: bootstrap intervals and a paired randomisation test."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Statistics = Callable[[Indices], Sequence[float | None]]

RESAMPLES: Final = 1000
PERMUTATIONS: Final = 10_000
SEED: Final = 20240229
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured value with its 95 % interval; the bounds equal the value where there is one item."""

    value: float
    low: float
    high: float


def resamples(n: int, count: int = RESAMPLES, seed: int = SEED) -> Indices:
    """Row numbers drawn with replacement, int64 (count, n); the same for the same arguments."""
    return np.random.default_rng(seed).integers(0, n, size=(count, n), dtype=np.int64)


def mean_estimate(values: Floats, scale: float = 1.0) -> Estimate | None:
    """The mean with its percentile bootstrap interval (Efron and Tibshirani 1993, ch. 13); None if empty.

    Args:
        values: float64 (n,), one a question.
        scale: what everything is multiplied by (100 for percent).
    """
    if not len(values):
        return None
    means = values[resamples(len(values))].mean(axis=1)
    return _estimate(float(values.mean()), means, scale)


def estimates(n: int, statistics: Statistics) -> list[Estimate | None]:
    """Several statistics of n rows, computed together, with their percentile bootstrap intervals.

    Args:
        n: number of rows.
        statistics: their values on the rows with these numbers (with repetitions), always as many; None
            where one is not defined: such resamples are left out for it.

    Returns:
        An estimate each; None where a statistic is not defined on all rows, or there are none.
    """
    if not n:
        return []
    whole = statistics(np.arange(n))
    columns = list(zip(*(statistics(rows) for rows in resamples(n)), strict=True))
    return [
        None if value is None else _estimate(value, np.array([v for v in column if v is not None]), 1.0)
        for value, column in zip(whole, columns, strict=True)
    ]


def percentile_estimates(values: Floats, percents: Sequence[int]) -> list[Estimate]:
    """Percentiles with their bootstrap intervals.

    Args:
        values: float64 (n,), n at least 1.
        percents: in [0, 100].
    """
    drawn = np.percentile(values[resamples(len(values))], percents, axis=1)
    whole = np.percentile(values, percents)
    return [_estimate(float(value), found, 1.0) for value, found in zip(whole, drawn, strict=True)]


def _estimate(value: float, resampled: Floats, scale: float) -> Estimate:
    low, high = np.percentile(resampled, (2.5, 97.5)) if len(resampled) else (value, value)
    # A percentile interval of a skewed statistic may miss the value itself; it is widened to hold it.
    return Estimate(scale * value, scale * min(float(low), value), scale * max(float(high), value))


def randomisation_p(differences: Floats, count: int = PERMUTATIONS, seed: int = SEED) -> float:
    """Two-sided p of a paired difference of means by approximate randomisation.

    Under the null hypothesis the sign of each question's difference is arbitrary: the share of random
    sign flips whose mean is at least as far from 0, counting the observed one (Noreen 1989; Smucker et
    al. 2007, "A Comparison of Statistical Significance Tests for Information Retrieval Evaluation").

    Args:
        differences: float64 (n,), B minus A of each question.
        count: random flips.
        seed: of the flips.
    """
    changed = differences[differences != 0.0]
    if not len(changed):
        return 1.0
    observed = abs(float(changed.sum())) - 1e-9
    generator = np.random.default_rng(seed)
    extreme = 0
    for begin in range(0, count, _CHUNK):
        flips = generator.choice((-1.0, 1.0), size=(min(_CHUNK, count - begin), len(changed)))
        extreme += int((np.abs(flips @ changed) >= observed).sum())
    return (extreme + 1) / (count + 1)
