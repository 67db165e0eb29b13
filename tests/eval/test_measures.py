"""Answer measures: equal to SQuAD's published scripts, and right for Vietnamese."""

import re
import string
import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measures import normalise_squad, normalise_vietnamese, score_answer, token_f1

# -- the official definitions, from evaluate-v1.1.py and evaluate-v2.0.py of the SQuAD explorer -----------


def official_normalize_answer(s: str) -> str:
    def remove_articles(text: str) -> str:
        return re.sub(re.compile(r"\b(a|an|the)\b", re.UNICODE), " ", text)

    def white_space_fix(text: str) -> str:
        return " ".join(text.split())

    def remove_punc(text: str) -> str:
        exclude = set(string.punctuation)
        return "".join(ch for ch in text if ch not in exclude)

    return white_space_fix(remove_articles(remove_punc(s.lower())))


def official_f1_v1(prediction: str, ground_truth: str) -> float:
    prediction_tokens = official_normalize_answer(prediction).split()
    ground_truth_tokens = official_normalize_answer(ground_truth).split()
    common = Counter(prediction_tokens) & Counter(ground_truth_tokens)
    num_same = sum(common.values())
    if num_same == 0:
        return 0
    precision = 1.0 * num_same / len(prediction_tokens)
    recall = 1.0 * num_same / len(ground_truth_tokens)
    return (2 * precision * recall) / (precision + recall)


def official_exact_v1(prediction: str, ground_truth: str) -> bool:
    return official_normalize_answer(prediction) == official_normalize_answer(ground_truth)


def official_f1_v2(a_gold: str, a_pred: str) -> float:
    gold_toks = official_normalize_answer(a_gold).split() if a_gold else []
    pred_toks = official_normalize_answer(a_pred).split() if a_pred else []
    common = Counter(gold_toks) & Counter(pred_toks)
    num_same = sum(common.values())
    if len(gold_toks) == 0 or len(pred_toks) == 0:
        return int(gold_toks == pred_toks)
    if num_same == 0:
        return 0
    precision = 1.0 * num_same / len(pred_toks)
    recall = 1.0 * num_same / len(gold_toks)
    return (2 * precision * recall) / (precision + recall)


def official_scores_v2(answers: list[str], prediction: str) -> tuple[float, float]:
    gold_answers = [a for a in answers if official_normalize_answer(a)] or [""]
    exact = max(
        int(official_normalize_answer(a) == official_normalize_answer(prediction)) for a in gold_answers
    )
    return exact, max(official_f1_v2(a, prediction) for a in gold_answers)


WORDS = (
    "an",
    "An",
    "the",
    "công",
    "tỉnh",
    "Thái",
    "Nguyên",
    "8/63",
    "2022,",
    "(DTI)",
    "“số”",
    "a",
    "–",
    "đ.",
)
PHRASES = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)


@given(prediction=PHRASES | st.text(max_size=20), answers=st.lists(PHRASES, max_size=3))
def test_scores_equal_those_of_the_official_script_2_0(prediction: str, answers: list[str]) -> None:
    exact, f1 = official_scores_v2(answers, prediction)
    found = score_answer(prediction, answers, normalise_squad)
    assert (found.exact, found.f1) == (exact, f1)


@given(
    prediction=PHRASES, answers=st.lists(PHRASES.filter(official_normalize_answer), min_size=1, max_size=3)
)
def test_scores_equal_those_of_the_official_script_1_1(prediction: str, answers: list[str]) -> None:
    found = score_answer(prediction, answers, normalise_squad)
    assert found.exact == max(official_exact_v1(prediction, answer) for answer in answers)
    assert found.f1 == max(official_f1_v1(prediction, answer) for answer in answers)


@given(st.text(max_size=40))
def test_squad_normalisation_equals_the_official_one(text: str) -> None:
    assert normalise_squad(text) == official_normalize_answer(text)


# -- Vietnamese -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hòa Bình", "hoà bình"),
        ("thủy điện", "thuỷ điện"),
        ("khỏe", "khoẻ"),
        (unicodedata.normalize("NFD", "Thái Nguyên"), "thái nguyên"),
        ("“Chuyển đổi số”.", "chuyển đổi số"),
        ("12 %", "12%"),
        ("Yên  Bái", "Yên\u00a0Bái"),
        ("Lào\u200b Cai", "Lào Cai"),
    ],
)
def test_spellings_of_one_answer_are_equal(one: str, other: str) -> None:
    assert normalise_vietnamese(one) == normalise_vietnamese(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("năm", "Nam"),
        ("8/63", "863"),
        ("6,19", "619"),
        ("1.556", "1556"),
        ("má", "mà"),
        ("hoa", "hoà"),
        ("công an", "công"),
        ("ủy ban", "uy ban"),
    ],
)
def test_different_answers_stay_different(one: str, other: str) -> None:
    assert normalise_vietnamese(one) != normalise_vietnamese(other)


def test_the_syllable_an_counts_in_vietnamese_but_not_in_squads_normalisation() -> None:
    assert score_answer("công", ["công an"], normalise_squad).exact == 1.0
    assert score_answer("công", ["công an"], normalise_vietnamese).exact == 0.0
    assert score_answer("công", ["công an"], normalise_vietnamese).f1 == pytest.approx(2 / 3)


def test_the_best_accepted_answer_counts() -> None:
    # One shared word of two given and two wanted; against the other answer one of two and one.
    found = score_answer("thứ tám", ["thứ 8", "tám"], normalise_vietnamese)
    assert found.exact == 0.0
    assert found.f1 == pytest.approx(2 / 3)


def test_no_answer_is_right_exactly_where_there_is_none() -> None:
    assert score_answer(None, [], normalise_vietnamese).exact == 1.0
    assert score_answer(None, ["thứ 8"], normalise_vietnamese).f1 == 0.0
    assert score_answer("thứ 8", [], normalise_vietnamese).f1 == 0.0


def test_f1_worked_by_hand() -> None:
    # Shared: x twice and y once, 3 words; 4 given, 5 wanted: 2 * 3 / (4 + 5).
    assert token_f1(["x", "x", "y", "z"], ["x", "x", "x", "y", "w"]) == pytest.approx(6 / 9)


@given(st.text(max_size=30), st.lists(st.text(min_size=1, max_size=20), max_size=3))
def test_scores_are_bounded_and_an_exact_match_has_full_f1(answer: str, accepted: list[str]) -> None:
    for normalise in (normalise_squad, normalise_vietnamese):
        found = score_answer(answer, accepted, normalise)
        assert 0.0 <= found.f1 <= 1.0
        assert found.exact in (0.0, 1.0)
        assert found.f1 >= found.exact


@given(st.permutations(["thứ", "tám", "toàn", "quốc"]))
def test_f1_does_not_depend_on_the_order_of_words(words: list[str]) -> None:
    assert score_answer(" ".join(words), ["thứ tám toàn quốc"], normalise_vietnamese).f1 == 1.0
