"""How well a network reads: held-out passages of the training data, or a test file at the very end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from rag.reader.backbone import SpanReader
from rag.reader.batches import Feature, pad
from rag.reader.data import Example
from rag.reader.scoring import auroc, exact_match, f1
from rag.reader.spans import Candidate, distinct, search
from rag.reader.windows import MAX_TOKENS, Window, cut_windows, encode_passages, encode_questions

BATCH: Final = 16
TOP: Final = 8


@dataclass(frozen=True)
class Prediction:
    """What was read for one question.

    Attributes:
        text: the best answer, though "no answer" may score higher.
        margin: its score less that of "no answer".
    """

    text: str
    margin: float


@dataclass(frozen=True)
class Figures:
    """F1 and exact match in percent over the answerable questions, with an answer always given.

    Attributes:
        auroc: area under the ROC curve of the margin, for telling answerable questions.
    """

    questions: int
    f1: float
    exact: float
    auroc: float

    def __str__(self) -> str:
        return f"F1 {self.f1:.1f} EM {self.exact:.1f} AUROC {self.auroc:.3f} over {self.questions}"


@torch.inference_mode()
def predict(
    network: SpanReader,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    max_tokens: int = MAX_TOKENS,
) -> list[Prediction]:
    """Read every example's own passage."""
    questions = encode_questions(tokenizer, [e.question for e in examples])
    passages = encode_passages(tokenizer, [(e.title, e.context) for e in examples])
    windows = [
        (number, window)
        for number, (question, passage) in enumerate(zip(questions, passages, strict=True))
        for window in cut_windows(question, passage, max_tokens)
    ]
    windows.sort(key=lambda item: len(item[1].ids))
    found: list[list[Candidate]] = [[] for _ in examples]
    for begin in range(0, len(windows), BATCH):
        part = windows[begin : begin + BATCH]
        scores = score(network, [window for _, window in part])
        for (number, window), starts, ends in zip(part, scores[0], scores[1], strict=True):
            found[number] += search(window, starts, ends, TOP)
    return [_prediction(e.context, candidates) for e, candidates in zip(examples, found, strict=True)]


def score(network: SpanReader, windows: Sequence[Window]) -> NDArray[np.float32]:
    """Start and end logits of shape (2, windows, tokens of the longest)."""
    batch = pad([Feature(window, 0, 0) for window in windows])
    spoken = None if batch.spoken.all() else torch.from_numpy(batch.spoken)
    scores: NDArray[np.float32] = network(network.words(batch.ids), spoken).numpy()
    return scores


def _prediction(text: str, candidates: Sequence[Candidate]) -> Prediction:
    best = distinct(text, candidates, 1)
    return Prediction(text[best[0].start : best[0].end], best[0].score) if best else Prediction("", -np.inf)


def figures(examples: Sequence[Example], predictions: Sequence[Prediction]) -> Figures:
    """Score predictions of ``examples``."""
    pairs = [(e.texts, p.text) for e, p in zip(examples, predictions, strict=True) if e.answers]
    return Figures(
        len(examples),
        100 * float(np.mean([f1(text, accepted) for accepted, text in pairs])),
        100 * float(np.mean([exact_match(text, accepted) for accepted, text in pairs])),
        auroc([p.margin for p in predictions], [bool(e.answers) for e in examples]),
    )
