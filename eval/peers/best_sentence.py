"""Two plain peers: the best sentence of the best passage, by BM25 alone and by embeddings alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from eval.peers.peer import Found
from eval.records import Document
from index.embedding import Encoder
from index.sentences import sentences
from index.text import syllables

_IN_A_PASSAGE: Final = 5
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters ``[start, end)`` of a document."""

    document: Document
    start: int
    end: int

    @property
    def text(self) -> str:
        """The characters."""
        return self.document.text[self.start : self.end]


def passages_of(documents: Sequence[Document]) -> list[Piece]:
    """Every document cut into passages of five sentences."""
    found = []
    for document in documents:
        spans = sentences(document.text)
        groups = [spans[first : first + _IN_A_PASSAGE] for first in range(0, len(spans), _IN_A_PASSAGE)]
        found += [Piece(document, group[0][0], group[-1][1]) for group in groups]
    return found


def sentences_of(piece: Piece) -> list[Piece]:
    """A passage's sentences."""
    spans = sentences(piece.text)
    return [Piece(piece.document, piece.start + start, piece.start + end) for start, end in spans]


def best_sentence(
    passages: Sequence[Piece],
    scores: Scores,
    score_sentences: Callable[[Sequence[Piece]], Scores],
    confidence: Callable[[float], float],
) -> Found:
    """Answer with the best sentence of the passage with the highest score.

    Args:
        passages: all passages.
        scores: float64 (len(passages),), larger is better.
        score_sentences: scores of sentences, on any scale.
        confidence: from a passage's score to [0, 1].
    """
    order = np.argsort(-scores, kind="stable")
    ranking: dict[str, float] = {}
    for place in order:
        ranking.setdefault(passages[place].document.name, float(scores[place]))
    best = int(order[0])
    candidates = sentences_of(passages[best])
    chosen = candidates[int(np.argmax(score_sentences(candidates)))]
    top = tuple(list(ranking.items())[:50])
    given = confidence(float(scores[best]))
    return Found(chosen.text, chosen.document.name, chosen.start, chosen.end, given, top)


class Bm25Peer:
    """BM25 (Okapi) over syllables by the package rank-bm25, with its defaults."""

    name = "bm25-sentence"

    def __init__(self, documents: Sequence[Document]) -> None:
        """Index the documents."""
        from rank_bm25 import BM25Okapi  # type: ignore[import-not-found,import-untyped,unused-ignore]

        self._passages = passages_of(documents)
        self._bm25 = BM25Okapi([syllables(passage.text) for passage in self._passages])

    def ask(self, question: str) -> Found:
        """Answer with the best sentence."""
        terms = syllables(question)
        scores = np.asarray(self._bm25.get_scores(terms), dtype=np.float64)
        return best_sentence(
            self._passages, scores, lambda pieces: self._overlap(terms, pieces), _share_of_ten
        )

    def _overlap(self, terms: Sequence[str], pieces: Sequence[Piece]) -> Scores:
        """Summed inverse document frequencies of the question's terms in each sentence."""
        present = [set(syllables(piece.text)) for piece in pieces]
        weights = {term: float(self._bm25.idf.get(term, 0.0)) for term in terms}
        return np.array([sum(weights[term] for term in set(terms) & here) for here in present])


def _share_of_ten(score: float) -> float:
    """A BM25 score as a number in [0, 1): a half at 10."""
    return max(0.0, score) / (10.0 + abs(score))


class DensePeer:
    """Cosines of our own embedding model."""

    name = "dense-sentence"

    def __init__(self, documents: Sequence[Document], encoder: Encoder) -> None:
        """Encode the documents' passages."""
        self._encoder = encoder
        self._passages = passages_of(documents)
        self._vectors = encoder.encode_passages([passage.text for passage in self._passages])

    def ask(self, question: str) -> Found:
        """Answer with the best sentence."""
        vector = self._encoder.encode_questions([question])[0]
        scores = np.asarray(self._vectors @ vector, dtype=np.float64)

        def score_sentences(pieces: Sequence[Piece]) -> Scores:
            encoded = self._encoder.encode_passages([piece.text for piece in pieces])
            return np.asarray(encoded @ vector, dtype=np.float64)

        return best_sentence(self._passages, scores, score_sentences, lambda s: min(1.0, max(0.0, s)))
