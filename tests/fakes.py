"""Deterministic stand-ins for models, through the same Protocols as the real ones."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.embedding import Vectors
from index.records import Article, Passage
from index.store import Store
from index.text import syllables


@dataclass
class FakeEncoder:
    """A bag of syllables: each is a fixed direction, a text is the unit vector of their sum.

    Texts with the same syllables have cosine 1, texts that share some are nearer than texts that share none.

    Attributes:
        calls: the texts of every call of `encode_passages`, in order.
    """

    dimension: int = 16
    name: str = "fake"
    max_tokens: int = 512
    calls: list[list[str]] = field(default_factory=list)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(syllables(text)) for text in texts]

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.calls.append(list(texts))
        return self._encode(texts)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        sums = np.array([self._sum(text) for text in texts], dtype=np.float64).reshape(-1, self.dimension)
        vectors: Vectors = (sums / np.linalg.norm(sums, axis=1, keepdims=True)).astype(np.float32)
        return vectors

    def _sum(self, text: str) -> NDArray[np.float64]:
        words = syllables(text) or [""]
        total: NDArray[np.float64] = sum(
            (_direction(word, self.dimension) for word in words), np.zeros(self.dimension)
        )
        return total


def line_passages(article: Article) -> list[Passage]:
    """One passage for each line of the text that is not blank: a splitter whose cuts a test can see."""
    found = re.finditer("[^\n]*\\S[^\n]*", article.text)
    return [Passage(article.id, line.start(), line.end(), line.group()) for line in found]


def put_lines(store: Store, article: Article) -> list[int]:
    """Put an article cut into its lines, encoded by `FakeEncoder`; gives the ids of its passages."""
    passages = line_passages(article)
    vectors = FakeEncoder(store.config.dimension).encode_passages([passage.text for passage in passages])
    store.put(article, passages, vectors)
    return store.passage_ids(article.id)


@lru_cache(maxsize=10_000)
def _direction(word: str, dimension: int) -> NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[:8], "little")
    return np.random.default_rng(seed).standard_normal(dimension)
