import random

import numpy as np
from tokenizers import Tokenizer

from rag.reader.batches import STEP, Feature, featurise, pad, quotas
from rag.reader.data import Example
from rag.reader.windows import Window


def feature(length: int, first: int) -> Feature:
    window = Window(
        np.arange(100, 100 + length, dtype=np.int32), first, np.zeros((length - first - 1, 2), np.int32)
    )
    return Feature(window, first, first + 1)


def test_windows_are_padded_and_only_passage_tokens_and_the_first_may_answer() -> None:
    batch = pad([feature(8, 5), feature(6, 3)])
    assert batch.ids.shape == (2, STEP)
    assert batch.ids[1, :8].tolist() == [100, 101, 102, 103, 104, 105, 1, 1]
    assert batch.spoken.sum(axis=1).tolist() == [8, 6]
    assert np.flatnonzero(batch.allowed[0]).tolist() == [0, 5, 6]
    assert np.flatnonzero(batch.allowed[1]).tolist() == [0, 3, 4]
    assert (batch.starts.tolist(), batch.ends.tolist()) == ([5, 3], [6, 4])
    assert batch.tokens == 14


def test_shares_become_whole_numbers_that_add_up() -> None:
    assert quotas([0.5, 0.3, 0.2], 8) == [4, 2, 2]
    assert quotas([1, 1, 1], 7) == [3, 2, 2]


def test_the_chosen_window_holds_the_answer(toy_tokenizer: Tokenizer) -> None:
    context = "năm " * 60 + "Hà Nội " + "tỉnh " * 60
    start = context.index("Hà")
    example = Example("1", "vi", "", "thứ", "tỉnh", context, ((start, start + 6),))
    for seed in range(5):
        (found,) = featurise(toy_tokenizer, [example], 48, random.Random(seed))
        spans = found.window.spans - start
        first, last = found.start - found.window.first, found.end - found.window.first
        assert (spans[first, 0], spans[last, 1]) == (0, 6)


def test_without_an_answer_both_ends_are_on_the_first_token(toy_tokenizer: Tokenizer) -> None:
    example = Example("1", "vi", "", "", "tỉnh", "năm 2022", ())
    (found,) = featurise(toy_tokenizer, [example], 48, random.Random(1))
    assert (found.start, found.end) == (0, 0)
