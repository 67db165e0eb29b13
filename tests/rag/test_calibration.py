import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.calibration import Calibration, best_threshold, fit
from rag.evidence import FEATURES, Evidence

NEUTRAL = Evidence(*[0.0] * len(FEATURES))


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


def test_the_threshold_handles_most_questions_rightly() -> None:
    probabilities = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    right = np.array([True, True, False, True, False])
    answerable = np.array([True, True, False, True, False])
    # Answering the best 4: 3 right, 1 rightly withheld. The best 2: 2 right, 2 rightly withheld. A tie:
    # the more cautious one is taken.
    assert best_threshold(probabilities, right, answerable, np.ones(5)) == 0.8
    # Once the fourth counts twice, answering it pays.
    assert best_threshold(probabilities, right, answerable, np.array([1.0, 1, 1, 2, 1])) == 0.6


def test_a_wrong_answer_to_an_answerable_question_does_not_move_the_threshold() -> None:
    probabilities = np.array([0.9, 0.8, 0.7])
    right = np.array([True, False, True])
    assert best_threshold(probabilities, right, np.array([True, True, True]), np.ones(3)) == 0.7


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
