"""From evidence to a probability: logistic regression over `rag.evidence.Evidence`.

The model is small on purpose: monotone in each feature, inspectable, and fitted in milliseconds by
`fit` on questions that no reader was trained on. One file a reader under ``rag/calibrations``.
"""

import json
import math
from dataclasses import asdict, dataclass
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError
from rag.evidence import FEATURES, Evidence

_ITERATIONS: Final = 100
_SHIPPED: Final = ("hoidap", "sentence")


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted model: ``p = 1 / (1 + exp(-(bias + weights . features)))``.

    Attributes:
        weights: one a feature, in the order of `rag.evidence.FEATURES`.
        bias: the constant term.
        margin_scale: reader margins are divided by it before tanh, so that they fill (-1, 1).
        threshold: least probability of an answer that is given.
    """

    weights: tuple[float, ...]
    bias: float
    margin_scale: float
    threshold: float

    def probability(self, evidence: Evidence) -> float:
        """Probability in (0, 1) that the candidate is right."""
        total = self.bias + math.fsum(w * v for w, v in zip(self.weights, evidence.values(), strict=True))
        return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, total))))

    def squash(self, margin: float) -> float:
        """A reader's margin as a feature in (-1, 1)."""
        return math.tanh(margin / self.margin_scale)


def load(reader: str) -> Calibration:
    """The calibration shipped for a reader; one of the user's own gets the trained reader's.

    Raises:
        ModelError: it is missing or was fitted on other features.
    """
    folder = resources.files("rag") / "calibrations"
    name = f"{reader}.json" if reader in _SHIPPED else f"{_SHIPPED[0]}.json"
    file = folder / name
    if not file.is_file():
        raise ModelError(f"rag/calibrations/{name} is missing: reinstall hoidap, or use --reader sentence")
    values = json.loads(file.read_text(encoding="utf-8"))
    if tuple(values["features"]) != FEATURES:
        raise ModelError(f"rag/calibrations/{name} was fitted on other features: run python -m rag.calibrate")
    return Calibration(tuple(values["weights"]), values["bias"], values["margin_scale"], values["threshold"])


def dump(calibration: Calibration) -> str:
    """The file's text: the model with the names of its features."""
    values = {"features": list(FEATURES), **asdict(calibration)}
    return json.dumps(values, indent=1) + "\n"


def fit(
    features: NDArray[np.float64],
    right: NDArray[np.bool_],
    counts: NDArray[np.float64] | None = None,
    l2: float = 1.0,
) -> tuple[tuple[float, ...], float]:
    """Fit weights, none of them negative, and a bias.

    More agreement must never lower a probability, so a feature whose weight comes out negative (it says
    again what others say better) is left out, the most negative first, and the rest is fitted again.

    Args:
        features: float64 (n, features).
        right: bool (n,).
        counts: float64 (n,), how much each row counts; None: all 1.
        l2: strength of the penalty.
    """
    kept = list(range(features.shape[1]))
    while True:
        weights, bias = fit_free(features[:, kept], right, counts, l2)
        if not weights or min(weights) >= 0:
            break
        del kept[int(np.argmin(weights))]
    spread = np.zeros(features.shape[1])
    spread[kept] = weights
    return tuple(spread.tolist()), bias


def fit_free(
    features: NDArray[np.float64],
    right: NDArray[np.bool_],
    counts: NDArray[np.float64] | None = None,
    l2: float = 1.0,
) -> tuple[tuple[float, ...], float]:
    """Fit weights of any sign and a bias by penalised maximum likelihood (Newton's method, IRLS).

    Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 2nd ed., eq. 4.26, with a ridge
    penalty of ``l2`` / 2 on the weights and none on the bias.

    Args:
        features: float64 (n, features).
        right: bool (n,).
        counts: float64 (n,), how much each row counts; None: all 1.
        l2: strength of the penalty.
    """
    amount = np.ones(len(features)) if counts is None else counts
    design = np.hstack([features, np.ones((len(features), 1))])
    penalty = np.full(design.shape[1], l2)
    penalty[-1] = 1e-9
    beta = np.zeros(design.shape[1])
    for _ in range(_ITERATIONS):
        p = 1.0 / (1.0 + np.exp(-np.clip(design @ beta, -40, 40)))
        gradient = design.T @ (amount * (p - right)) + penalty * beta
        hessian = (design.T * (amount * p * (1 - p))) @ design + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        beta -= step
        if float(np.abs(step).max()) < 1e-10:
            break
    return tuple(float(value) for value in beta[:-1]), float(beta[-1])


def best_threshold(
    probabilities: NDArray[np.float64],
    right: NDArray[np.bool_],
    answerable: NDArray[np.bool_],
    counts: NDArray[np.float64],
) -> float:
    """The threshold at which most questions are handled rightly: answered right, or rightly left unanswered.

    Of several such thresholds the highest, the most cautious, is taken.

    Args:
        probabilities: float64 (n,), of the best candidate of each question.
        right: bool (n,), whether it is right.
        answerable: bool (n,), whether the question has an answer at all.
        counts: float64 (n,), how much each question counts.
    """
    order = np.argsort(-probabilities, kind="stable")
    gained = (counts * right)[order] - (counts * ~answerable)[order]
    best = int(np.argmax(np.cumsum(gained)))
    return float(probabilities[order][best])
