"""Deterministic stand-ins for models, through the same Protocols as the real ones."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from index.embedding import Vectors
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
        vectors = np.array([self._sum(text) for text in texts], dtype=np.float32).reshape(-1, self.dimension)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def _sum(self, text: str) -> np.ndarray:
        return np.sum([_direction(word, self.dimension) for word in syllables(text) or [""]], axis=0)


def _direction(word: str, dimension: int) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[:8], "little")
    return np.random.default_rng(seed).standard_normal(dimension)
