"""The lexical score, against numbers worked out by hand from the formula in index/bm25.py."""

import pytest

from index.bm25 import Bm25, count_phrases, idf, saturated

CLASSIC = Bm25(k1=1.2, b=0.75, title=1.0, pair=0.5)


def test_idf_is_lucene_s() -> None:
    assert idf(3, 2) == pytest.approx(0.470004, abs=1e-6)  # ln(1 + 1.5 / 2.5) = ln 1.6
    assert idf(3, 1) == pytest.approx(0.980829, abs=1e-6)  # ln(1 + 2.5 / 1.5) = ln 2.6667
    assert idf(3, 0) == pytest.approx(2.079442, abs=1e-6)  # ln(1 + 3.5 / 0.5) = ln 8


def test_idf_of_a_term_that_stands_everywhere_is_still_positive() -> None:
    assert 0 < idf(1000, 1000) < idf(1000, 999)


def test_a_frequency_of_one_in_a_passage_of_mean_length_counts_one() -> None:
    assert saturated(1, 3, 3, CLASSIC) == pytest.approx(1.0)  # 2.2 / (1 + 1.2)


def test_longer_passages_are_held_back_and_shorter_ones_helped() -> None:
    assert saturated(1, 4, 3, CLASSIC) == pytest.approx(0.88)  # 2.2 / (1 + 1.2 * (0.25 + 0.75 * 4 / 3))
    assert saturated(1, 2, 3, CLASSIC) == pytest.approx(1.157895, abs=1e-6)  # 2.2 / 1.9


def test_frequency_saturates_below_k1_plus_one() -> None:
    assert saturated(2, 3, 3, CLASSIC) == pytest.approx(1.375)  # 2 * 2.2 / (2 + 1.2)
    assert 2.19 < saturated(1000, 3, 3, CLASSIC) < 2.2


def test_syllables_and_neighbouring_pairs_are_counted_where_asked_for() -> None:
    frequencies = dict.fromkeys([("thái",), ("thái", "nguyên"), ("nguyên", "thái"), ("bình",)], 0.0)
    count_phrases(["thái", "nguyên", "thái", "bình", "thái", "nguyên"], 1.0, frequencies)
    count_phrases(["thái"], 0.5, frequencies)
    assert frequencies == {
        ("thái",): 3.5,
        ("thái", "nguyên"): 2.0,
        ("nguyên", "thái"): 1.0,
        ("bình",): 1.0,
    }
