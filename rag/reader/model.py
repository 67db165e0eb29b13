"""The trained reader at question time: ONNX Runtime and the backbone's tokenizer, no torch.

It shares the embedding model's tokenizer and word embeddings, so it adds only its own layers to memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from index.models.runtime import INPUT, MASK, Runtime, pad
from index.records import Hit
from rag.reader.spans import NO_ANSWER, Candidate, distinct, search
from rag.reader.windows import Window, cut_windows, encode_passages, encode_questions
from rag.records import Question, Reading, Span

_PER_WINDOW: Final = 8
_PER_PASSAGE: Final = 3
# Windows run together: on two cores larger batches only pad more.
_BATCH: Final = 3


@dataclass(frozen=True, slots=True)
class EarlyStop:
    """When further passages need not be read.

    Attributes:
        after: passages that are always read.
        margin: a span with at least this margin over "no answer" ends the reading.
    """

    after: int
    margin: float


class TrainedReader:
    """Marks answer spans with the fine-tuned layers; safe to share between threads."""

    def __init__(
        self,
        name: str,
        runtime: Runtime,
        session: onnxruntime.InferenceSession,
        early: EarlyStop | None = None,
    ) -> None:
        """Keep the models.

        Args:
            name: what calibrations and reports call this reader.
            runtime: tokenizer and word embeddings of the backbone.
            session: the reader's layers with its span head, two logits a token.
            early: when to stop before the last passage; None reads all.
        """
        self.name = name
        self._runtime = runtime
        self._session = session
        self._early = early

    def read(self, question: Question, hits: Sequence[Hit]) -> Reading:
        """Return the best spans of ``hits``, best first, ties by place (see `Reader.read`)."""
        (asked,) = encode_questions(self._runtime.tokenizer, [question.text])
        spans: list[Span] = []
        for first in range(0, len(hits), _BATCH):
            if self._sure(spans, first):
                break
            spans += self._read_batch(asked, hits[first : first + _BATCH])
        spans.sort(key=lambda span: (-span.score, span.hit.passage_id, span.start))
        return Reading(tuple(spans), NO_ANSWER)

    def _sure(self, spans: Sequence[Span], read: int) -> bool:
        if self._early is None or read < self._early.after:
            return False
        return any(span.score >= self._early.margin for span in spans)

    def _read_batch(self, asked: tuple[int, ...], hits: Sequence[Hit]) -> list[Span]:
        passages = encode_passages(self._runtime.tokenizer, [(hit.title, hit.passage.text) for hit in hits])
        windows = [
            (number, window)
            for number, passage in enumerate(passages)
            for window in cut_windows(asked, passage)
        ]
        if not windows:
            return []
        logits = self._logits([window for _, window in windows])
        found: list[list[Candidate]] = [[] for _ in hits]
        for (number, window), (starts, ends) in zip(windows, logits, strict=True):
            found[number] += search(window, starts, ends, _PER_WINDOW)
        return [span for hit, candidates in zip(hits, found, strict=True) for span in _spans(hit, candidates)]

    def _logits(self, windows: Sequence[Window]) -> NDArray[np.float32]:
        """Start and end logits, float32 of shape (windows, 2, tokens)."""
        batch = pad([window.ids.tolist() for window in windows])
        feeds = {INPUT: self._runtime.words.rows(batch.ids), MASK: batch.mask}
        output = np.asarray(self._session.run(None, feeds)[0], dtype=np.float32)
        return output.transpose(0, 2, 1)


def _spans(hit: Hit, candidates: Sequence[Candidate]) -> list[Span]:
    text, base = hit.passage.text, hit.passage.start
    return [
        Span(hit, base + c.start, base + c.end, text[c.start : c.end], c.score)
        for c in distinct(text, candidates, _PER_PASSAGE)
    ]
