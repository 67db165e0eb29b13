"""The light reader: points at the sentence, or the clause of a long one, that best matches a question.

It needs no trained head. Rare words that question and sentence share pick the candidates; the embedding
model ranks the few best of them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from index.embedding import Encoder
from index.records import Hit
from index.sentences import sentences
from index.text import syllables
from rag.evidence import (
    asked_kind,
    kind_agreement,
    local_coverage,
    name_agreement,
    question_names,
    year_agreement,
)
from rag.records import Question, Reading, Span

TermWeights = Callable[[Question], Mapping[str, float]]

# Weights on the development questions of the sample corpus; the embedding decides between near ties.
_COVERAGE: Final = 2.0
_AGREEMENT: Final = 0.5
_KIND: Final = 0.4
_SEMANTIC: Final = 6.0
_PASSAGE: Final = 2.0
# A sentence must reach this score to be taken for an answer: the middle of the scale of `no_answer`.
_NO_ANSWER: Final = 8.0
_ENCODED: Final = 8
_LONG: Final = 30
_CLAUSE: Final = re.compile(r"[^;]+")


@dataclass(frozen=True, slots=True)
class _Candidate:
    hit: Hit
    start: int
    end: int
    text: str
    score: float


class SentenceReader:
    """Answers with whole sentences or clauses; deterministic, no training."""

    name = "sentence"

    def __init__(self, encoder: Encoder, weights: TermWeights) -> None:
        """Keep the models.

        Args:
            encoder: the embedding model that also made the index.
            weights: inverse document frequencies of a question's terms in the corpus.
        """
        self._encoder = encoder
        self._weights = weights

    def read(self, question: Question, hits: Sequence[Hit]) -> Reading:
        """Return the best sentences or clauses of ``hits`` (see `Reader.read`)."""
        weights = self._weights(question)
        best = max((hit.score for hit in hits), default=0.0)
        candidates = [candidate for hit in hits for candidate in _candidates(question, hit, weights, best)]
        candidates.sort(key=lambda c: (-c.score, c.hit.passage_id, c.start))
        chosen = candidates[:_ENCODED]
        if not chosen:
            return Reading((), _NO_ANSWER)
        return Reading(self._rank(question, chosen), _NO_ANSWER)

    def _rank(self, question: Question, chosen: Sequence[_Candidate]) -> tuple[Span, ...]:
        vectors = self._encoder.encode_questions(
            [question.text, *(f"{candidate.hit.title}\n{candidate.text}" for candidate in chosen)]
        )
        similarity = vectors[1:] @ vectors[0]
        spans = [
            Span(c.hit, c.start, c.end, c.text, c.score + _SEMANTIC * float(s))
            for c, s in zip(chosen, similarity, strict=True)
        ]
        return tuple(sorted(spans, key=lambda span: (-span.score, span.hit.passage_id, span.start)))


def _candidates(question: Question, hit: Hit, weights: Mapping[str, float], best: float) -> list[_Candidate]:
    names, kind = question_names(question.text), asked_kind(question.text)
    base = hit.passage.start
    found = []
    for start, end in _pieces(hit.passage.text):
        text = hit.passage.text[start:end]
        place = f"{hit.title}\n{text}"
        score = (
            _COVERAGE * local_coverage(question, place, weights)
            + _AGREEMENT * name_agreement(names, place)
            + _AGREEMENT * year_agreement(question.text, place, hit.passage.text)
            + _KIND * kind_agreement(kind, text)
            + _PASSAGE * (hit.score - best)
        )
        found.append(_Candidate(hit, base + start, base + end, text, score))
    return found


def _pieces(text: str) -> list[tuple[int, int]]:
    """Sentences, a long one cut at its semicolons, as [start, end) without white space at the ends."""
    pieces: list[tuple[int, int]] = []
    for start, end in sentences(text):
        sentence = text[start:end]
        if len(syllables(sentence)) <= _LONG or ";" not in sentence:
            pieces.append((start, end))
            continue
        for match in _CLAUSE.finditer(sentence):
            clause = match.group()
            left = start + match.start() + len(clause) - len(clause.lstrip())
            right = left + len(clause.strip())
            if right > left:
                pieces.append((left, right))
    return pieces
