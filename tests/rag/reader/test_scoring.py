import math

import pytest

from rag.reader.scoring import auroc, exact_match, f1, normalise


def test_normalisation_is_squads() -> None:
    assert normalise("The  Super-Bowl, a game.") == "superbowl game"
    assert normalise("Công an tỉnh") == "công tỉnh"


def test_f1_is_over_shared_tokens_and_the_best_accepted_answer() -> None:
    # of 3 found and 2 wanted tokens 2 are shared: precision 2/3, recall 1, F1 0.8
    assert f1("ngày mùng 9", ["tháng 3", "mùng 9"]) == pytest.approx(0.8)
    assert f1("thứ 4", ["hạng tư"]) == 0.0


def test_exact_match_ignores_case_and_punctuation() -> None:
    assert exact_match("Thứ 4.", ["thứ 4"]) == 1.0
    assert exact_match("thứ 4 năm", ["thứ 4"]) == 0.0


def test_auroc_counts_pairs_in_order_and_ties_half() -> None:
    # pairs (positive, negative): 3>1, 3>2, 2>1, 2=2 -> 3.5 of 4
    assert auroc([3, 2, 1, 2], [True, True, False, False]) == pytest.approx(3.5 / 4)


def test_auroc_needs_both_kinds() -> None:
    assert math.isnan(auroc([1, 2], [True, True]))
