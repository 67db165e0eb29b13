"""The best wrong passage for a training question, by the words they share (needs no index)."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from index.text import fold_accents
from rag.reader.data import Example

_WORD: Final = re.compile(r"[^\W_]+")
_UNSPACED: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
COMMON: Final = 0.2
APART: Final = 0.4


def terms(text: str) -> set[str]:
    """Words in lower case; for Chinese and Japanese, pairs of neighbouring characters."""
    found: set[str] = set()
    for word in _WORD.findall(text.lower()):
        unspaced = _UNSPACED.search(word)
        found.update((word[i : i + 2] for i in range(len(word) - 1)) if unspaced else (word,))
    return found


def telling(text: str) -> set[str]:
    """Words with a digit or that are never written small in ``text``, in lower case."""
    words = set(_WORD.findall(text))
    names = {word for word in words if word[0].isupper() and word.lower() not in words}
    return {word.lower() for word in words if word in names or any(map(str.isdigit, word))}


class WrongPassages:
    """An inverted index over passages with their titles."""

    def __init__(self, passages: Sequence[tuple[str, str]]) -> None:
        self.passages = sorted(set(passages))
        self.terms = [terms(f"{title}\n{text}") for title, text in self.passages]
        self.folded = [{fold_accents(term) for term in found} for found in self.terms]
        self.places: dict[str, list[int]] = defaultdict(list)
        for place, found in enumerate(self.folded):
            for term in found:
                self.places[term].append(place)

    def _weight(self, term: str) -> float:
        count = len(self.places.get(term, ()))
        return math.log(len(self.passages) / count) if count else 0.0

    def best(self, example: Example, count: int) -> list[tuple[str, str]]:
        """Up to ``count`` passages most like the question that cannot answer it, best first.

        A passage is taken not to answer if it has none of the answers' texts and lacks either a name
        or number that the question shares with its own passage, or much of what they share.
        """
        asked = {fold_accents(term) for term in terms(example.question)}
        scores: Counter[int] = Counter()
        for term in sorted(asked):
            places = self.places.get(term, ())
            if len(places) <= max(2.0, COMMON * len(self.passages)):
                scores.update(dict.fromkeys(places, self._weight(term)))
        ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[: 10 * count]
        return [self.passages[p] for p, _ in ranked if self._is_wrong(example, p)][:count]

    def _is_wrong(self, example: Example, place: int) -> bool:
        _, text = self.passages[place]
        if text == example.context or any(a.casefold() in text.casefold() for a in example.texts):
            return False
        return self._lacks_what_is_asked(example, place)

    def _lacks_what_is_asked(self, example: Example, place: int) -> bool:
        own = f"{example.title}\n{example.context}"
        plain = example.lang == "vi-unaccented"
        fold = fold_accents if plain else str
        asked = {fold(term) for term in terms(example.question)}
        there = self.folded[place] if plain else self.terms[place]
        if ({fold(term) for term in telling(own)} & asked) - there:
            return True
        shared = {fold(term) for term in terms(own)} & asked
        weights = {term: self._weight(fold_accents(term)) for term in shared}
        return sum(weights[t] for t in shared - there) > APART * sum(weights.values())
