"""Lexical search: BM25 over syllables and pairs of neighbouring syllables, on the store's FTS5 tables.

FTS5's own ``bm25()`` is not used: it counts each phrase's passages anew for every query and reads the
length of every passage it matches, and it cannot score passages that another search found. Here FTS5
answers which passages have a term, which is fast even for frequent ones; the passages that have the most
of the question's weight form a shortlist, and only those are scored, exactly, on their text.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from index import reads
from index.bm25 import Bm25, Phrase, count_phrases, idf, saturated
from index.postings import LexicalField, table, tokens
from index.reads import PassageIds
from index.rows import StoredPassage
from index.store import Store

_MOST_TERMS: Final = 256
_MOST_COUNTS: Final = 100_000
_ALWAYS_KEPT: Final = 3


@dataclass(frozen=True, slots=True)
class Effort:
    """How much a search may look at; larger is slower and closer to scoring every passage.

    Attributes:
        postings: passages that the terms choosing the shortlist may have together; the rarest terms are
            taken first, and always the three rarest.
        pair_postings: the same for the syllables of the pairs that are counted at all.
        shortlist: passages scored exactly.
    """

    postings: int = 100_000
    pair_postings: int = 400_000
    shortlist: int = 256


@dataclass(slots=True)
class _Statistics:
    """What the score needs to know of the whole index at one generation."""

    generation: int
    passages: int
    mean_length: float
    counts: dict[tuple[LexicalField, Phrase], int] = field(default_factory=dict)


class LexicalIndex:
    """Lexical search in a store; remembers how many passages have a term until the store changes."""

    def __init__(self, store: Store, parameters: Bm25 | None = None, effort: Effort | None = None) -> None:
        """Search ``store`` with these parameters by default."""
        self._store = store
        self._parameters = parameters or Bm25()
        self._effort = effort or Effort()
        self._statistics = _Statistics(generation=-1, passages=0, mean_length=1.0)

    def search(
        self,
        terms: Sequence[str],
        field: LexicalField,
        limit: int,
        allowed: PassageIds | None = None,
        parameters: Bm25 | None = None,
    ) -> list[tuple[int, float]]:
        """The passages with the highest BM25, as (passage id, score), best first, ties by id.

        Args:
            terms: syllables of the question in order; neighbours form the pairs. Accents are folded
                for the unaccented field.
            field: match with accents or without.
            limit: how many passages at most.
            allowed: ids, ascending, of the only passages to consider; None for all.
            parameters: instead of those given to the constructor.
        """
        with self._store.reading() as connection:
            search = self._begin(connection, terms, field, parameters)
            shortlist = search.shortlist(max(limit, self._effort.shortlist), allowed)
            scored = search.scores(shortlist.tolist())
        return sorted(scored.items(), key=lambda found: (-found[1], found[0]))[:limit]

    def scores(
        self,
        terms: Sequence[str],
        field: LexicalField,
        passage_ids: Iterable[int],
        parameters: Bm25 | None = None,
    ) -> dict[int, float]:
        """BM25 of given passages; those without any of the terms, or gone, are left out."""
        with self._store.reading() as connection:
            return self._begin(connection, terms, field, parameters).scores(passage_ids)

    def weights(self, terms: Sequence[str], field: LexicalField) -> dict[Phrase, float]:
        """What each distinct syllable and pair of a question weighs: its share times its idf.

        Also of those that stand in no passage, which weigh most: the score divided by the sum of these
        weights says how much of the question a passage covers.
        """
        with self._store.reading() as connection:
            return self._begin(connection, terms, field, None).all_weights()

    def term_weights(self, terms: Iterable[str], field: LexicalField) -> dict[str, float]:
        """The idf of each term, 0 or more; the largest for one that stands nowhere."""
        given = list(terms)
        with self._store.reading() as connection:
            search = self._begin(connection, given, field, None)
            return {term: search.rarity(term) for term in given}

    def _begin(
        self,
        connection: sqlite3.Connection,
        terms: Sequence[str],
        field: LexicalField,
        parameters: Bm25 | None,
    ) -> "_Search":
        generation = reads.generation(connection)
        if self._statistics.generation != generation:
            passages, total = reads.lengths(connection)
            self._statistics = _Statistics(generation, passages, total / max(passages, 1) or 1.0)
        chosen = parameters or self._parameters
        return _Search(connection, self._statistics, terms, field, chosen, self._effort)


class _Search:
    """One question against one snapshot of the store."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        statistics: _Statistics,
        terms: Sequence[str],
        field: LexicalField,
        parameters: Bm25,
        effort: Effort,
    ) -> None:
        self._connection = connection
        self._statistics = statistics
        self._field = field
        self._parameters = parameters
        self._effort = effort
        self._matching = f"FROM {table(field)} WHERE {table(field)} MATCH ?"
        self._found: dict[Phrase, PassageIds] = {}
        # Through the tokenizer once more: then no term can hold a quote, a NUL or FTS5 syntax.
        words = tokens(" ".join(terms[:_MOST_TERMS]), field)[:_MOST_TERMS]
        self._counts = self._counted(dict.fromkeys((word,) for word in words))
        self._counts |= self._counted(self._affordable(dict.fromkeys(pairwise(words))))
        self._weights = {phrase: self._weight(phrase) for phrase, count in self._counts.items() if count}

    def all_weights(self) -> dict[Phrase, float]:
        """The weights of all phrases looked at, found or not."""
        return {phrase: self._weight(phrase) for phrase in self._counts}

    def rarity(self, term: str) -> float:
        """The idf of one term."""
        words = tuple(tokens(term, self._field))
        return idf(self._statistics.passages, self._counts.get(words, 0))

    def shortlist(self, size: int, allowed: PassageIds | None) -> PassageIds:
        """The passages that have the largest sum of weights of terms and pairs, whatever their frequency."""
        sums = np.zeros(0)
        for phrase in self._kept():
            ids = self._passages_with(phrase)
            # Indexed by passage id: ids are not used twice, but stay of the order of the index's size.
            if len(ids) and ids[-1] >= len(sums):
                sums = np.concatenate([sums, np.zeros(int(ids[-1]) + 1 - len(sums))])
            sums[ids] += self._weights[phrase]
        candidates = np.flatnonzero(sums)
        if allowed is not None:
            candidates = candidates[np.isin(candidates, allowed, assume_unique=True)]
        if len(candidates) > size:
            least = np.partition(sums[candidates], -size)[-size]
            candidates = candidates[sums[candidates] >= least]
        return candidates[np.lexsort((candidates, -sums[candidates]))[:size]]

    def scores(self, passage_ids: Iterable[int]) -> dict[int, float]:
        """The exact score of each passage that has any of the terms."""
        if not self._weights:
            return {}
        stored = reads.passages(self._connection, passage_ids)
        scored = {passage.id: self._score(passage) for passage in stored}
        return {number: score for number, score in scored.items() if score > 0}

    def _score(self, stored: StoredPassage) -> float:
        body = tokens(stored.passage.text, self._field)
        frequencies = dict.fromkeys(self._weights, 0.0)
        count_phrases(body, 1.0, frequencies)
        count_phrases(tokens(stored.title, self._field), self._parameters.title, frequencies)
        mean = self._statistics.mean_length
        return sum(
            weight * saturated(frequencies[phrase], len(body), mean, self._parameters)
            for phrase, weight in self._weights.items()
            if frequencies[phrase]
        )

    def _weight(self, phrase: Phrase) -> float:
        share = 1.0 if len(phrase) == 1 else self._parameters.pair
        return share * idf(self._statistics.passages, self._counts[phrase])

    def _affordable(self, pairs: Iterable[Phrase]) -> list[Phrase]:
        """The pairs of the rarest syllables: to find where a pair stands costs a look at all of both."""
        cost = {pair: sum(self._counts[word,] for word in pair) for pair in pairs}
        return _within(cost, self._effort.pair_postings, 0)

    def _kept(self) -> list[Phrase]:
        present = {phrase: self._counts[phrase] for phrase, weight in self._weights.items() if weight}
        return _within(present, self._effort.postings, _ALWAYS_KEPT)

    def _counted(self, phrases: Iterable[Phrase]) -> dict[Phrase, int]:
        known = self._statistics.counts
        for phrase in phrases:
            if (self._field, phrase) not in known:
                known[self._field, phrase] = self._count(phrase)
        return {phrase: known[self._field, phrase] for phrase in phrases}

    def _count(self, phrase: Phrase) -> int:
        if len(phrase) > 1:  # a pair costs FTS5 a look at both its syllables: look only once
            return len(self._passages_with(phrase))
        sql = f"SELECT count(*) {self._matching}"
        return int(self._connection.execute(sql, (_quoted(phrase),)).fetchone()[0])

    def _passages_with(self, phrase: Phrase) -> PassageIds:
        if phrase not in self._found:
            self._found[phrase] = reads.id_array(
                self._connection, "rowid", self._matching, (_quoted(phrase),)
            )
        return self._found[phrase]


def _within(costs: dict[Phrase, int], budget: int, always: int) -> list[Phrase]:
    """The cheapest phrases that fit the budget together, and at least ``always`` of them."""
    ordered = sorted(costs, key=lambda phrase: (costs[phrase], phrase))
    spent = np.cumsum([costs[phrase] for phrase in ordered])
    return ordered[: max(always, int(np.searchsorted(spent, budget, side="right")))]


def _quoted(phrase: Phrase) -> str:
    return '"' + " ".join(phrase) + '"'
