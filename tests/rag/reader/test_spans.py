import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rag.reader.spans import Candidate, distinct, probabilities, search, tidy
from rag.reader.windows import Window

# <s> q </s> </s> t | a b c d | </s>: the passage's tokens are numbers 5 to 8, each of two characters
WINDOW = Window(
    np.array([0, 50, 2, 2, 60, 70, 71, 72, 73, 2], dtype=np.int32),
    5,
    np.array([[0, 2], [2, 4], [4, 6], [6, 8]], dtype=np.int32),
)


def logits(**at: float) -> NDArray[np.float32]:
    values = np.full(10, -10.0, dtype=np.float32)
    for name, value in at.items():
        values[int(name[1:])] = value
    return values


def test_the_best_span_joins_the_best_start_with_the_best_end_after_it() -> None:
    found = search(WINDOW, logits(_0=1, _6=4, _8=3), logits(_0=0.5, _5=9, _7=2), top=2)
    # 6..7 scores 4 + 2, less 1.5 for <s>; 5..5 scores -10 + 9 - 1.5; an end before its start is none
    assert found == [Candidate(2, 6, 4.5), Candidate(0, 2, -2.5)]


def test_question_title_and_end_mark_are_never_answers() -> None:
    found = search(WINDOW, logits(_1=50, _4=50, _9=50), logits(_1=50, _4=50, _9=50), top=100)
    assert len(found) == 4 + 3 + 2 + 1
    assert {c.score for c in found} == {0.0}


def test_longer_spans_than_allowed_are_not_found() -> None:
    best = search(WINDOW, logits(_5=4), logits(_5=1, _6=2, _8=9), top=1, max_tokens=2)
    assert best == [Candidate(0, 4, 4 + 2 + 20)]


def test_ties_go_to_the_earlier_and_shorter_span() -> None:
    found = search(WINDOW, np.zeros(10, np.float32), np.zeros(10, np.float32), top=3)
    assert [(c.start, c.end) for c in found] == [(0, 2), (0, 4), (0, 6)]


def test_padding_after_the_window_is_ignored() -> None:
    padded = np.append(logits(_6=4), [99.0, 99.0]).astype(np.float32)
    assert search(WINDOW, padded, padded, top=1)[0] == Candidate(2, 4, 28.0)


def test_a_worse_span_that_overlaps_is_dropped_and_another_place_kept() -> None:
    text = "thứ 8 năm 2022 và thứ 9"
    spans = [Candidate(0, 14, 1.0), Candidate(0, 5, 3.0), Candidate(18, 23, 0.5), Candidate(0, 5, 2.0)]
    assert distinct(text, spans, 5) == [Candidate(0, 5, 3.0), Candidate(18, 23, 0.5)]


def test_spans_that_are_tidied_to_the_same_edges_count_once() -> None:
    assert distinct("hạng 8.", [Candidate(0, 7, 2.0), Candidate(0, 6, 1.0)], 5) == [Candidate(0, 6, 2.0)]


def test_at_most_the_wanted_number_of_spans_is_kept() -> None:
    spans = [Candidate(0, 1, 1.0), Candidate(2, 3, 2.0), Candidate(4, 5, 3.0)]
    assert distinct("a b c", spans, 2) == [Candidate(4, 5, 3.0), Candidate(2, 3, 2.0)]


def test_one_softmax_over_all_candidates_and_no_answer() -> None:
    shares, none = probabilities([math.log(2), math.log(5)])
    assert shares == pytest.approx([2 / 8, 5 / 8])
    assert none == pytest.approx(1 / 8)


def test_without_candidates_no_answer_is_certain() -> None:
    assert probabilities([]) == ([], 1.0)


@pytest.mark.parametrize(
    ("text", "marked", "wanted"),
    [
        ("Tỉnh đứng thứ 8.", "ứ 8.", "thứ 8"),
        ("Tỉnh đứng thứ 8/63 tỉnh", "thứ 8", "thứ 8"),
        ("đạt 0,6612 điểm.", "0,66", "0,6612"),
        ("đạt 0,6612 điểm.", "6612 điểm.", "0,6612 điểm"),
        ("tăng 12,5% so với", "12,5", "12,5%"),
        ("giảm -3 độ", "-3 độ", "-3 độ"),
        ("ngày 2 - 3", " - 3", "3"),
        ("Xuân Nhâm Dần; và", " Nhâm Dần; ", "Nhâm Dần"),
        ('Nói "Vì dân" rồi', '"Vì dân"', "Vì dân"),
        ('Nói "Vì dân" rồi', '"Vì dân', "Vì dân"),
        ('Nói "Vì dân" rồi', 'Vì dân"', "Vì dân"),
        ('bài "Vì dân" rồi', 'bài "Vì dân', 'bài "Vì dân"'),
        ('gọi là "nhà" và "xe" ấy', 'nhà" và "xe', 'nhà" và "xe'),
        ("Nói “Vì dân” rồi", "“Vì dân", "Vì dân"),
        ("Sở (TT&TT) họp", "Sở (TT&TT", "Sở (TT&TT)"),
        ("Sở (TT&TT) họp", "TT&TT)", "TT&TT"),
        ("Sở (TT&TT) họp", "(TT&TT) ", "TT&TT"),
        ("Sở (gọi tắt là sở) họp", "Sở (gọi tắt", "Sở"),
        ("(a) và (b)", "(a) và (b)", "(a) và (b)"),
        ("((a))", "((a))", "a"),
    ],
)
def test_edges_are_tidied(text: str, marked: str, wanted: str) -> None:
    start = text.index(marked)
    edges = tidy(text, start, start + len(marked))
    assert edges is not None
    assert text[slice(*edges)] == wanted


def test_nothing_but_punctuation_is_no_answer() -> None:
    assert tidy("a (, . ) b", 1, 8) is None


@given(st.text(alphabet='ab8 .,()"“”%/-\n', min_size=1, max_size=30), st.data())
def test_tidied_edges_stay_in_the_text_and_are_settled(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    edges = tidy(text, start, end)
    if edges is not None:
        assert 0 <= edges[0] < edges[1] <= len(text)
        assert tidy(text, *edges) == edges
        assert text[slice(*edges)].strip() == text[slice(*edges)]
