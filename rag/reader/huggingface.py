"""Any extractive question answering model of the Hugging Face kind behind the `Reader` protocol.

XLM-R, mDeBERTa, BERT and others: whatever `AutoModelForQuestionAnswering` loads, by hub name or path.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from index.errors import ModelError
from index.records import Hit
from rag.reader.spans import NO_ANSWER, Candidate, distinct, search
from rag.reader.windows import Window
from rag.records import Question, Reading, Span

_MOST_TOKENS: Final = 384
_OVERLAP: Final = 128
_PER_WINDOW: Final = 8
_PER_PASSAGE: Final = 3


class HuggingFaceReader:
    """Reads title and passage as one context; spans in the title are left out."""

    def __init__(self, name: str) -> None:
        """Load tokenizer and model.

        Args:
            name: hub name or path.

        Raises:
            ModelError: it cannot be loaded, or its tokenizer gives no character offsets.
        """
        self.name = name
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(name)
            self._model = AutoModelForQuestionAnswering.from_pretrained(name).eval()
        except Exception as error:  # transformers raises OSError, ValueError, hub errors and more
            raise ModelError(
                f"The reader {name!r} cannot be loaded ({type(error).__name__}: "
                f"{str(error).splitlines()[0]}): check the name or path given with --reader"
            ) from error
        if not self._tokenizer.is_fast:
            raise ModelError(f"The tokenizer of {name!r} gives no character offsets: choose another --reader")
        positions = int(getattr(self._model.config, "max_position_embeddings", 512))
        self._window = min(_MOST_TOKENS, positions - 2, int(self._tokenizer.model_max_length))

    def read(self, question: Question, hits: Sequence[Hit]) -> Reading:
        """Return the best spans of ``hits``, best first, ties by place (see `Reader.read`)."""
        spans = [span for hit in hits for span in self._read_hit(question.text, hit)]
        spans.sort(key=lambda span: (-span.score, span.hit.passage_id, span.start))
        return Reading(tuple(spans), NO_ANSWER)

    def _read_hit(self, question: str, hit: Hit) -> list[Span]:
        lead = f"{hit.title}\n" if hit.title else ""
        encoded = self._encode(question, lead + hit.passage.text)
        with torch.inference_mode():
            inputs = {key: encoded[key] for key in self._tokenizer.model_input_names if key in encoded}
            output = self._model(**inputs)
        found: list[Candidate] = []
        for number in range(len(encoded["input_ids"])):
            starts = output.start_logits[number].float().numpy()
            ends = output.end_logits[number].float().numpy()
            window = _window(encoded, number, len(lead))
            if window is not None:
                found += search(window, starts, ends, _PER_WINDOW)
        base, text = hit.passage.start, hit.passage.text
        return [
            Span(hit, base + c.start, base + c.end, text[c.start : c.end], c.score)
            for c in distinct(text, found, _PER_PASSAGE)
        ]

    def _encode(self, question: str, context: str) -> Any:  # noqa: ANN401 - transformers' BatchEncoding
        return self._tokenizer(
            question,
            context,
            truncation="only_second",
            max_length=self._window,
            stride=min(_OVERLAP, self._window // 4),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            padding=True,
            return_tensors="pt",
        )


def _window(encoded: Any, number: int, lead: int) -> Window | None:  # noqa: ANN401
    """The passage's tokens of one input: those of the context that lie behind the title."""
    spans: NDArray[np.int32] = encoded["offset_mapping"][number].numpy().astype(np.int32)
    inside = [
        place
        for place, sequence in enumerate(encoded.sequence_ids(number))
        if sequence == 1 and spans[place, 0] >= lead and spans[place, 1] > spans[place, 0]
    ]
    if not inside:
        return None
    ids = encoded["input_ids"][number].numpy().astype(np.int32)
    chosen = spans[inside[0] : inside[-1] + 1] - lead
    return Window(ids, inside[0], chosen)
