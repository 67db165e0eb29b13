"""The lexical score of a passage.

Vietnamese writes a space between syllables, not words, and most words have two: "Thái Nguyên" is one name
out of two frequent syllables. So each pair of neighbouring syllables of the question is a term as well.
The score of passage p for the question's distinct terms t, syllables and pairs, is

    sum over t of  w(t) * idf(t) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length(p) / mean length))
    idf(t) = ln(1 + (N - n(t) + 0.5) / (n(t) + 0.5))

with w(t) 1 for a syllable and ``pair`` for a pair, tf = occurrences in the text + ``title`` * occurrences
in the title, lengths in syllables of the text, N passages, n(t) of them with t in text or title. This is
BM25 (Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", section 3) with
fields weighted before saturation (Robertson, Zaragoza & Taylor 2004, "Simple BM25 Extension to Multiple
Weighted Fields") and Lucene's idf, which is never negative.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bm25:
    """The parameters of the score. The defaults were fitted on questions about 356 Vietnamese passages.

    Attributes:
        k1: how soon further occurrences of a term stop counting.
        b: how much longer passages are held back, from 0 to 1.
        title: what an occurrence in the title counts, next to 1 for the text.
        pair: weight of a pair of neighbouring syllables, next to 1 for a syllable.
    """

    k1: float = 1.5
    b: float = 0.75
    title: float = 1.0
    pair: float = 0.4


def idf(passages: int, containing: int) -> float:
    """Weight of a term that ``containing`` of ``passages`` have; positive, larger for rarer terms."""
    return math.log(1 + (passages - containing + 0.5) / (containing + 0.5))


def saturated(frequency: float, length: float, mean_length: float, parameters: Bm25) -> float:
    """The factor of a term's frequency, from 0 for none up to ``k1 + 1``."""
    held_back = parameters.k1 * (1 - parameters.b + parameters.b * length / mean_length)
    return frequency * (parameters.k1 + 1) / (frequency + held_back)


def count_phrases(words: Sequence[str], amount: float, frequencies: dict[Phrase, float]) -> None:
    """Add ``amount`` to a syllable's or pair's frequency for each place where it stands in ``words``."""
    before = ""
    for word in words:
        if (word,) in frequencies:
            frequencies[word,] += amount
        if (before, word) in frequencies:
            frequencies[before, word] += amount
        before = word
