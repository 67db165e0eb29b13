"""Abstention measures: hand-worked values and properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from eval import selective

CONFIDENCE = np.array([0.9, 0.8, 0.6, 0.6, 0.2])
RIGHT = np.array([True, False, True, True, False])


def test_the_curve_has_a_point_for_each_distinct_threshold() -> None:
    curve = selective.risk_coverage(CONFIDENCE, RIGHT)
    assert curve.threshold.tolist() == [0.9, 0.8, 0.6, 0.2]
    assert curve.coverage.tolist() == [0.2, 0.4, 0.8, 1.0]
    assert curve.risk.tolist() == pytest.approx([0.0, 0.5, 0.25, 0.4])


def test_area_weighs_each_risk_by_the_coverage_it_adds() -> None:
    # 0.2 * 0 + 0.2 * 0.5 + 0.4 * 0.25 + 0.2 * 0.4
    assert selective.area_under_risk(selective.risk_coverage(CONFIDENCE, RIGHT)) == pytest.approx(0.28)


def test_without_ties_the_area_is_the_mean_risk() -> None:
    curve = selective.risk_coverage(np.array([0.9, 0.5, 0.1]), np.array([True, False, True]))
    assert selective.area_under_risk(curve) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


@pytest.mark.parametrize(("accuracy", "coverage"), [(1.0, 0.2), (0.75, 0.8), (0.6, 1.0), (0.8, 0.2)])
def test_coverage_at_an_accuracy(accuracy: float, coverage: float) -> None:
    assert selective.coverage_at(selective.risk_coverage(CONFIDENCE, RIGHT), accuracy) == coverage


def test_coverage_is_nothing_where_no_threshold_is_accurate_enough() -> None:
    curve = selective.risk_coverage(np.array([0.9, 0.8]), np.array([False, True]))
    assert selective.coverage_at(curve, 0.8) == 0.0


def test_four_of_five_right_reach_80_percent_despite_rounding() -> None:
    curve = selective.risk_coverage(np.full(5, 0.5), np.array([True] * 4 + [False]))
    assert selective.coverage_at(curve, 0.8) == 1.0


def test_auroc_counts_pairs_and_half_of_ties() -> None:
    # Right: 0.9, 0.6, 0.6; wrong: 0.8, 0.2. Pairs won: 2 + 1 + 1 of 6.
    assert selective.auroc(CONFIDENCE, RIGHT) == pytest.approx(4 / 6)
    assert selective.auroc(np.array([0.5, 0.5]), np.array([True, False])) == 0.5
    assert selective.auroc(np.array([0.5, 0.4]), np.array([True, True])) is None


def test_calibration_error_worked_by_hand() -> None:
    # Bins of a half: [0.2] accuracy 0, gap 0.2, one question; [0.6, 0.6, 0.8, 0.9] mean 0.725, accuracy 0.75.
    expected = (1 * 0.2 + 4 * 0.025) / 5
    assert selective.calibration_error(CONFIDENCE, RIGHT, bins=2) == pytest.approx(expected)


def test_confidence_one_falls_into_the_last_bin() -> None:
    (found,) = selective.reliability(np.array([1.0]), np.array([True]))
    assert (found.low, found.high, found.count) == (0.9, 1.0, 1)


def test_precision_and_recall_of_saying_no_answer() -> None:
    said, true = np.array([True, True, False, False]), np.array([True, False, True, True])
    assert selective.precision_recall(said, true) == (0.5, pytest.approx(1 / 3))
    assert selective.precision_recall(np.array([False]), np.array([False])) == (None, None)


ITEMS = st.lists(st.tuples(st.integers(0, 8).map(lambda n: n / 8), st.booleans()), min_size=1, max_size=30)


@given(ITEMS, st.randoms())
def test_measures_are_bounded_and_do_not_depend_on_order(
    items: list[tuple[float, bool]], random: object
) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for measure in (_area, _auroc, _error):
        value = measure(items)
        assert value is None or 0.0 <= value <= 1.0
        assert value == pytest.approx(measure(shuffled))


@given(ITEMS)
def test_more_accuracy_never_covers_more(items: list[tuple[float, bool]]) -> None:
    curve = selective.risk_coverage(*_arrays(items))
    coverages = [selective.coverage_at(curve, accuracy) for accuracy in (0.5, 0.8, 0.9, 1.0)]
    assert coverages == sorted(coverages, reverse=True)


@given(ITEMS)
def test_a_lower_threshold_never_answers_fewer(items: list[tuple[float, bool]]) -> None:
    curve = selective.risk_coverage(*_arrays(items))
    assert (np.diff(curve.threshold) < 0).all()
    assert (np.diff(curve.coverage) > 0).all()
    assert curve.coverage[-1] == 1.0


@given(hnp.arrays(np.float64, st.integers(2, 20), elements=st.floats(0, 1)))
def test_a_monotone_change_of_confidence_keeps_the_auroc(confidence: np.ndarray) -> None:
    right = np.arange(len(confidence)) % 2 == 0
    doubled = np.searchsorted(np.unique(confidence), confidence).astype(np.float64)
    assert selective.auroc(confidence, right) == selective.auroc(doubled, right)


def _arrays(items: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([c for c, _ in items]), np.array([r for _, r in items], dtype=np.bool_)


def _area(items: list[tuple[float, bool]]) -> float:
    return selective.area_under_risk(selective.risk_coverage(*_arrays(items)))


def _auroc(items: list[tuple[float, bool]]) -> float | None:
    return selective.auroc(*_arrays(items))


def _error(items: list[tuple[float, bool]]) -> float:
    return selective.calibration_error(*_arrays(items))
