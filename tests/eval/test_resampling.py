"""Intervals and the randomisation test against worked or known values."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from eval.resampling import (
    estimates,
    mean_estimate,
    percentile_estimates,
    randomisation_p,
    resamples,
)

VALUES = hnp.arrays(np.float64, st.integers(1, 30), elements=st.floats(0, 1))


def test_the_same_seed_draws_the_same_rows() -> None:
    assert (resamples(7, 20) == resamples(7, 20)).all()
    assert resamples(7, 20).shape == (20, 7)
    assert set(np.unique(resamples(3, 100))) == {0, 1, 2}


def test_the_interval_of_a_mean_is_about_two_standard_errors() -> None:
    values = np.array([0.0, 1.0] * 200)
    found = mean_estimate(values, 100.0)
    assert found is not None
    assert found.value == 50.0
    # 1.96 * sqrt(0.25 / 400) = 0.049
    assert found.low == pytest.approx(45.1, abs=0.6)
    assert found.high == pytest.approx(54.9, abs=0.6)


@given(VALUES)
def test_an_interval_holds_its_value_and_keeps_the_bounds(values: np.ndarray) -> None:
    found = mean_estimate(values)
    assert found is not None
    assert values.min() - 1e-12 <= found.low <= found.value <= found.high <= values.max() + 1e-12


def test_nothing_measured_has_no_estimate() -> None:
    assert mean_estimate(np.array([])) is None
    assert estimates(0, lambda rows: (1.0,)) == []
    assert estimates(3, lambda rows: (None, 2.0))[0] is None


def test_a_statistic_that_some_resamples_lack_uses_the_others() -> None:
    first, second = estimates(2, lambda rows: (1.0 if len(set(rows)) == 2 else None, float(rows.max())))
    assert first is not None
    assert (first.value, first.low, first.high) == (1.0, 1.0, 1.0)
    assert second is not None
    assert (second.value, second.low, second.high) == (1.0, 0.0, 1.0)


def test_percentiles_have_intervals_too() -> None:
    median, highest = percentile_estimates(np.arange(1.0, 102.0), (50, 100))
    assert (median.value, highest.value) == (51.0, 101.0)
    # The median of 101 values is about 1.25 standard errors of a mean wide: 51 +- 1.96 * 1.25 * 29.2 / 10.05.
    assert median.low == pytest.approx(51 - 7.1, abs=4)
    assert median.high == pytest.approx(51 + 7.1, abs=4)
    assert highest.low > 95


def test_p_equals_the_exact_share_of_sign_flips() -> None:
    differences = np.array([3.0, 2.0, -1.0, 2.5, 1.0, 0.5])
    flips = np.array(list(itertools.product((-1.0, 1.0), repeat=len(differences))))
    exact = float((np.abs(flips @ differences) >= abs(differences.sum()) - 1e-9).mean())
    assert randomisation_p(differences) == pytest.approx(exact, abs=0.01)


def test_no_difference_is_not_significant_and_a_constant_one_is() -> None:
    assert randomisation_p(np.zeros(10)) == 1.0
    assert randomisation_p(np.ones(30)) == pytest.approx(1 / 10_001)


@given(hnp.arrays(np.float64, st.integers(1, 12), elements=st.sampled_from([-1.0, 0.0, 1.0])))
def test_p_does_not_depend_on_which_run_is_a(differences: np.ndarray) -> None:
    assert randomisation_p(differences, 500) == randomisation_p(-differences, 500)
