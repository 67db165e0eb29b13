"""Abstention as selective answering: how well confidence tells right answers from wrong ones.

Every question has a confidence and is right or wrong when its best candidate is given; on a question
without an answer any candidate is wrong. Answering only above a threshold trades coverage (share of the
questions answered) against risk (share of the given answers that are wrong): El-Yaniv and Wiener 2010,
"On the Foundations of Noise-free Selective Classification".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """The risk-coverage curve, one point a distinct threshold, from the highest threshold down.

    Attributes:
        threshold: float64 (points,), falling.
        coverage: float64 (points,), rising to 1.
        risk: float64 (points,), in [0, 1].
    """

    threshold: Floats
    coverage: Floats
    risk: Floats


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin of the reliability diagram: mean confidence and share of right answers of its questions."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def risk_coverage(confidence: Floats, right: Bools) -> RiskCoverage:
    """The curve over all thresholds; questions of equal confidence are answered together.

    Args:
        confidence: float64 (n,).
        right: bool (n,).
    """
    order = np.argsort(-confidence, kind="stable")
    sorted_confidence = confidence[order]
    last = np.flatnonzero(np.append(sorted_confidence[1:] != sorted_confidence[:-1], True)[: len(order)])
    answered = last + 1
    hits = np.cumsum(right[order])[last]
    count = max(1, len(confidence))
    return RiskCoverage(sorted_confidence[last], answered / count, 1.0 - hits / answered)


def area_under_risk(curve: RiskCoverage) -> float:
    """Area under the risk-coverage curve, in [0, 1], smaller is better (Geifman and El-Yaniv 2017).

    The risk of each point counts for the coverage that it adds; without ties that is the mean risk over
    the coverages 1/n, 2/n, ... 1.
    """
    return float(np.sum(curve.risk * np.diff(curve.coverage, prepend=0.0)))


def coverage_at(curve: RiskCoverage, accuracy: float) -> float:
    """The largest share of questions that can be answered with at least ``accuracy`` of them right."""
    # A count over a count may miss the asked share by a rounding of the last bit.
    reached = curve.coverage[1.0 - curve.risk >= accuracy - 1e-12]
    return float(reached.max()) if len(reached) else 0.0


def auroc(confidence: Floats, right: Bools) -> float | None:
    """Probability that a right answer has the higher confidence than a wrong one, ties counting half.

    The Mann-Whitney statistic over mid-ranks (Hanley and McNeil 1982); None if all are right or all wrong.
    """
    positives = int(right.sum())
    negatives = len(right) - positives
    if not positives or not negatives:
        return None
    _, inverse, counts = np.unique(confidence, return_inverse=True, return_counts=True)
    highest = np.cumsum(counts)
    ranks = (highest - (counts - 1) / 2.0)[inverse]
    return float((ranks[right].sum() - positives * (positives + 1) / 2.0) / (positives * negatives))


def reliability(confidence: Floats, right: Bools, bins: int = 10) -> tuple[Bin, ...]:
    """Bins of equal width over [0, 1], the last one closed; empty bins are left out."""
    place = _bin_of(confidence, bins)
    found = []
    for number in range(bins):
        inside = place == number
        if inside.any():
            found.append(
                Bin(
                    number / bins,
                    (number + 1) / bins,
                    int(inside.sum()),
                    float(confidence[inside].mean()),
                    float(right[inside].mean()),
                )
            )
    return tuple(found)


def calibration_error(confidence: Floats, right: Bools, bins: int = 10) -> float:
    """Expected calibration error: mean gap of confidence and accuracy over the bins, by their counts.

    Guo et al. 2017, "On Calibration of Modern Neural Networks", eq. 3.
    """
    if not len(confidence):
        return 0.0
    gaps = np.bincount(_bin_of(confidence, bins), weights=confidence - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(confidence))


def _bin_of(confidence: Floats, bins: int) -> NDArray[np.int64]:
    return np.minimum((confidence * bins).astype(np.int64), bins - 1)


def precision_recall(said: Bools, true: Bools) -> tuple[float | None, float | None]:
    """Precision and recall of saying so; None where nothing was said, or nothing is so.

    Args:
        said: bool (n,).
        true: bool (n,).
    """
    both = int((said & true).sum())
    count, wanted = int(said.sum()), int(true.sum())
    return (both / count if count else None, both / wanted if wanted else None)
