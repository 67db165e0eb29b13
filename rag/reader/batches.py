"""Batches of windows of like length, in an order that is a pure function of recipe and step.

A phase's windows are drawn pool by pool: a pool holds a fixed number of questions of each source, taken
in turn from a shuffled round of the source. Nothing is remembered between pools, so a run continues at
any step by building the pool of that step.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from rag.reader.data import Example, read_examples, split_held_out
from rag.reader.recipe import Phase, Recipe, Source
from rag.reader.views import Views
from rag.reader.windows import PAD, Window, cut_windows, encode_passages, encode_questions, locate

# Few different lengths: every new one costs oneDNN and the allocator memory that they keep.
STEP: Final = 16


@dataclass(frozen=True)
class Feature:
    """A window with its answer's first and last token; (0, 0), the ``<s>``, for no answer."""

    window: Window
    start: int
    end: int


@dataclass(frozen=True)
class Batch:
    """Features padded to the longest, and on to a multiple of ``STEP``.

    Attributes:
        ids: int64 of shape (windows, tokens), padded with ``PAD``.
        spoken: bool, same shape; false for padding.
        allowed: bool, same shape; true where an answer may begin or end: passage tokens and ``<s>``.
        starts, ends: int64 of shape (windows,).
    """

    ids: NDArray[np.int64]
    spoken: NDArray[np.bool_]
    allowed: NDArray[np.bool_]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    @property
    def tokens(self) -> int:
        """How many tokens are not padding."""
        return int(self.spoken.sum())


def pad(features: Sequence[Feature]) -> Batch:
    """Stack features; windows may differ in length."""
    lengths = np.array([len(feature.window.ids) for feature in features])
    firsts = np.array([feature.window.first for feature in features])
    columns = np.arange(-(-lengths.max() // STEP) * STEP)[None, :]
    ids = np.full((len(features), columns.shape[1]), PAD, dtype=np.int64)
    for row, feature in zip(ids, features, strict=True):
        row[: len(feature.window.ids)] = feature.window.ids
    in_passage = (columns >= firsts[:, None]) & (columns < lengths[:, None] - 1)
    starts, ends = (np.array([getattr(f, name) for f in features]) for name in ("start", "end"))
    return Batch(ids, columns < lengths[:, None], in_passage | (columns == 0), starts, ends)


def featurise(
    tokenizer: Tokenizer, examples: Sequence[Example], max_tokens: int, rng: random.Random
) -> list[Feature]:
    """One window of each example: one that holds the first answer, else any."""
    questions = encode_questions(tokenizer, [e.question for e in examples])
    passages = encode_passages(tokenizer, [(e.title, e.context) for e in examples])
    return [
        _feature(example, cut_windows(question, passage, max_tokens), rng)
        for example, question, passage in zip(examples, questions, passages, strict=True)
    ]


def _feature(example: Example, windows: list[Window], rng: random.Random) -> Feature:
    if example.answers:
        found = [(window, locate(window, *example.answers[0])) for window in windows]
        holding = [Feature(window, *at) for window, at in found if at]
        if holding:
            return rng.choice(holding)
    return Feature(rng.choice(windows), 0, 0)


def quotas(shares: Sequence[float], total: int) -> list[int]:
    """Split ``total`` in proportion to ``shares``, by largest remainders; ties go to the first."""
    exact = [total * share / sum(shares) for share in shares]
    whole = [int(part) for part in exact]
    order = sorted(range(len(shares)), key=lambda i: (whole[i] - exact[i], i))
    for i in order[: total - sum(whole)]:
        whole[i] += 1
    return whole


class Draws:
    """The questions of one source, in shuffled rounds that are different each time."""

    def __init__(self, recipe: Recipe, phase: Phase, source: Source) -> None:
        files = [read_examples(path)[: source.first or None] for path in recipe.files(source)]
        read = [split_held_out(examples, source.held_out_every) for examples in files]
        self.name = source.name
        self.training = tuple(example for training, _ in read for example in training)
        self.held_out = tuple(example for _, held_out in read for example in held_out)
        self.views = Views(self.training, source.chances, source.level)
        self._key = f"{recipe.seed}/{phase.name}/{source.name}"
        self._turn, self._order = -1, [0]

    def take(self, begin: int, count: int) -> list[Example]:
        """The draws number ``begin`` to ``begin + count`` as views."""
        return [self._draw(number) for number in range(begin, begin + count)]

    def _draw(self, number: int) -> Example:
        turn, place = divmod(number, len(self.training))
        example = self.training[self._round(turn)[place]]
        return self.views.view(example, random.Random(f"{self._key}/{number}"))

    def _round(self, turn: int) -> list[int]:
        if self._turn != turn:
            self._turn, self._order = turn, list(range(len(self.training)))
            random.Random(f"{self._key}/round {turn}").shuffle(self._order)
        return self._order


class Batches:
    """A phase's batches by step."""

    def __init__(self, recipe: Recipe, phase: Phase, tokenizer: Tokenizer) -> None:
        self.recipe, self.phase, self.tokenizer = recipe, phase, tokenizer
        self.draws = [Draws(recipe, phase, source) for source in phase.sources]
        size = recipe.batch * recipe.pool
        self.quotas = quotas([source.share for source in phase.sources], size)
        self._pool: tuple[int, list[Batch]] = (-1, [])

    def __getitem__(self, step: int) -> Batch:
        number, place = divmod(step, self.recipe.pool)
        if self._pool[0] != number:
            self._pool = (number, self._build(number))
        return self._pool[1][place]

    def _build(self, number: int) -> list[Batch]:
        rng = random.Random(f"{self.recipe.seed}/{self.phase.name}/pool {number}")
        drawn = [e for d, q in zip(self.draws, self.quotas, strict=True) for e in d.take(number * q, q)]
        features = featurise(self.tokenizer, drawn, self.recipe.max_tokens, rng)
        rng.shuffle(features)
        features.sort(key=lambda feature: len(feature.window.ids))
        size = self.recipe.batch
        batches = [pad(features[i : i + size]) for i in range(0, len(features), size)]
        rng.shuffle(batches)
        return batches
