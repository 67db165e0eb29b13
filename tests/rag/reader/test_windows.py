import numpy as np
from tokenizers import Tokenizer

from rag.reader.windows import PassageTokens, cut_windows, encode_passages, encode_questions, locate


def passage(count: int, title: tuple[int, ...] = ()) -> PassageTokens:
    spans = np.array([(3 * i, 3 * i + 2) for i in range(count)], dtype=np.int32).reshape(-1, 2)
    return PassageTokens(title, np.arange(100, 100 + count, dtype=np.int32), spans)


def test_a_short_passage_gives_one_window_with_question_title_and_passage_in_order() -> None:
    (window,) = cut_windows((7, 8), passage(3, title=(9,)), max_tokens=20)
    assert window.ids.tolist() == [0, 7, 8, 2, 2, 9, 100, 101, 102, 2]
    assert window.first == 6
    assert window.spans.tolist() == [[0, 2], [3, 5], [6, 8]]


def test_windows_overlap_keep_the_title_and_the_last_is_full() -> None:
    # head of 6 (<s> 7 8 </s> </s> 9) and a final </s> leave 12 - 7 = 5 of 12 tokens for the passage
    windows = cut_windows((7, 8), passage(12, title=(9,)), max_tokens=12, overlap=2)
    assert [w.ids[6:-1].tolist() for w in windows] == [
        [100, 101, 102, 103, 104],
        [103, 104, 105, 106, 107],
        [106, 107, 108, 109, 110],
        [107, 108, 109, 110, 111],
    ]
    assert all(w.ids[:6].tolist() == [0, 7, 8, 2, 2, 9] and w.ids[-1] == 2 for w in windows)
    assert windows[3].spans[0].tolist() == [21, 23]


def test_a_passage_that_just_fits_is_not_cut() -> None:
    assert len(cut_windows((7,), passage(5), max_tokens=10)) == 1


def test_an_empty_passage_gives_no_window() -> None:
    assert cut_windows((7,), passage(0), max_tokens=10) == []


def test_token_spans_count_from_the_passage_and_leave_out_spaces(toy_tokenizer: Tokenizer) -> None:
    (found,) = encode_passages(toy_tokenizer, [("tỉnh Hà Nội", "thứ  8 năm 2022")])
    assert len(found.title) == 3
    assert found.spans.tolist() == [[0, 3], [5, 6], [7, 10], [11, 15]]


def test_without_a_title_the_passage_begins_at_once(toy_tokenizer: Tokenizer) -> None:
    (found,) = encode_passages(toy_tokenizer, [("", "Hà Nội")])
    assert found.title == ()
    assert found.spans.tolist() == [[0, 2], [3, 6]]


def test_questions_are_cut_at_64_tokens(toy_tokenizer: Tokenizer) -> None:
    assert len(encode_questions(toy_tokenizer, ["năm " * 70])[0]) == 64


def test_an_answer_is_located_by_the_tokens_that_touch_it() -> None:
    (window,) = cut_windows((7,), passage(4), max_tokens=20)
    assert window.first == 4
    assert locate(window, 3, 8) == (5, 6)
    assert locate(window, 4, 5) == (5, 5)


def test_an_answer_cut_by_the_windows_edge_is_not_located() -> None:
    first, last = cut_windows((7,), passage(6), max_tokens=10, overlap=1)
    assert first.spans[-1].tolist() == [12, 14]
    assert locate(first, 12, 17) is None
    assert locate(last, 12, 17) == (last.first + 3, last.first + 4)
    assert locate(last, 0, 2) is None
