import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.calibration import Calibration, fit, threshold_for_accuracy
from rag.evidence import FEATURES, Evidence

NEUTRAL = Evidence(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def model(bias: float = 0.0, **weights: float) -> Calibration:
    return Calibration(tuple(weights.get(name, 0.0) for name in FEATURES), bias, 2.0, 0.5)


def test_the_probability_is_the_logistic_of_the_weighted_sum() -> None:
    calibration = model(bias=-1.0, margin=2.0, names=0.5)
    evidence = replace(NEUTRAL, margin=1.0, names=1.0)
    # -1 + 2 * 1 + 0.5 * 1 = 1.5
    assert calibration.probability(evidence) == pytest.approx(1 / (1 + math.exp(-1.5)))


def test_extreme_evidence_does_not_overflow() -> None:
    assert model(margin=1e9).probability(replace(NEUTRAL, margin=1.0)) == pytest.approx(1.0)
    assert model(margin=1e9).probability(replace(NEUTRAL, margin=-1.0)) == pytest.approx(0.0)


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_more_margin_never_lowers_the_probability(one: float, other: float) -> None:
    low, high = sorted((one, other))
    calibration = model(margin=3.0)
    assert calibration.probability(replace(NEUTRAL, margin=low)) <= calibration.probability(
        replace(NEUTRAL, margin=high)
    )


def test_fit_without_features_gives_the_log_odds() -> None:
    # 3 of 4 right: the maximum likelihood bias is log(3 / 1).
    weights, bias = fit(np.zeros((4, 1)), np.array([True, True, True, False]))
    assert weights == (pytest.approx(0.0),)
    assert bias == pytest.approx(math.log(3.0), abs=1e-6)


def test_fit_recovers_a_two_by_two_table() -> None:
    # Feature 0: 1 of 4 right; feature 1: 3 of 4 right. Unpenalised: bias log(1/3), weight log(3) - log(1/3).
    features = np.array([[0.0]] * 4 + [[1.0]] * 4)
    right = np.array([True, False, False, False, True, True, True, False])
    (weight,), bias = fit(features, right, l2=1e-9)
    assert bias == pytest.approx(-math.log(3.0), abs=1e-5)
    assert weight == pytest.approx(2 * math.log(3.0), abs=1e-5)


def test_the_threshold_is_the_lowest_that_keeps_the_accuracy() -> None:
    probabilities = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    right = np.array([True, True, False, True, False])
    # Answering the best 4 gives 3/4, the best 5 only 3/5.
    assert threshold_for_accuracy(probabilities, right, 0.75) == 0.6
    assert threshold_for_accuracy(probabilities, right, 1.0) == 0.8
    # The wrong third one counting thrice: the best 4 are right 3/6 of the time, the best 2 always.
    counts = np.array([1.0, 1.0, 3.0, 1.0, 1.0])
    assert threshold_for_accuracy(probabilities, right, 0.75, counts) == 0.8


def test_a_row_that_counts_twice_is_like_two_rows() -> None:
    features = np.array([[0.0], [1.0], [1.0]])
    right = np.array([False, True, False])
    twice = fit(np.array([[0.0], [1.0], [1.0], [1.0]]), np.array([False, True, True, False]))
    once = fit(features, right, np.array([1.0, 2.0, 1.0]))
    assert once[0] == pytest.approx(twice[0])
    assert once[1] == pytest.approx(twice[1])


def test_a_feature_that_would_count_against_is_left_out() -> None:
    rng = np.random.default_rng(7)
    helpful = rng.normal(size=400)
    right = helpful + rng.normal(size=400) > 0
    # The second feature repeats the first with its sign turned and some noise: alone it would weigh negative.
    features = np.column_stack([helpful, -helpful + 0.1 * rng.normal(size=400)])
    weights, _ = fit(features, right)
    alone, _ = fit(features[:, :1], right)
    assert weights[0] == pytest.approx(alone[0])
    assert weights[1] == 0.0
