"""Retrieval over a backend whose scores are set by hand."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from numpy.typing import NDArray

from index.article_index import ArticleIndex, Scored
from index.bm25 import Bm25, Phrase
from index.config import IndexConfig
from index.embedding import Vectors
from index.postings import LexicalField
from index.reads import PassageIds
from index.records import Article, Passage
from index.rows import StoredPassage
from rag.config import RagConfig
from rag.question import analyse
from rag.records import NO_FILTERS, Filters
from rag.retrieval import retrieve
from tests.fakes import FakeEncoder


class Backend:
    """Five passages; only what retrieval calls, with fixed scores."""

    config = IndexConfig()
    bm25: Mapping[int, float] = MappingProxyType({1: 6.0, 2: 3.0, 5: 1.0})
    cosines: Mapping[int, float] = MappingProxyType({1: 0.80, 2: 0.90, 3: 0.85, 4: 0.10, 5: 0.20})

    def __init__(self) -> None:
        self.fields: list[LexicalField] = []

    def is_empty(self) -> bool:
        return False

    def allowed(
        self, after: date | None = None, before: date | None = None, source: str | None = None
    ) -> PassageIds | None:
        return None if source is None else np.array([2, 3], dtype=np.int64)

    def lexical(
        self,
        terms: Sequence[str],
        field: LexicalField,
        limit: int,
        allowed: PassageIds | None = None,
        parameters: Bm25 | None = None,
    ) -> Scored:
        self.fields.append(field)
        return self._best(self.bm25, limit, allowed)

    def lexical_scores(
        self, terms: Sequence[str], field: LexicalField, ids: Iterable[int], parameters: Bm25 | None = None
    ) -> dict[int, float]:
        return {number: self.bm25[number] for number in ids if number in self.bm25}

    def lexical_weights(self, terms: Sequence[str], field: LexicalField) -> dict[Phrase, float]:
        return {("xếp",): 4.0, ("hạng",): 5.0, ("xếp", "hạng"): 1.0}

    def term_weights(self, terms: Iterable[str], field: LexicalField) -> dict[str, float]:
        return {"xếp": 4.0, "hạng": 5.0}

    def dense(self, vector: NDArray[np.float32], limit: int, allowed: PassageIds | None = None) -> Scored:
        return self._best(self.cosines, limit, allowed)

    def dense_scores(self, vector: NDArray[np.float32], ids: Iterable[int]) -> dict[int, float]:
        return {number: self.cosines[number] for number in ids}

    def passages(self, ids: Iterable[int]) -> list[StoredPassage]:
        return [StoredPassage(n, Passage("a", n, n + 1, "x"), f"title {n}", None, None) for n in ids]

    def article(self, article_id: str) -> Article | None:
        return None

    def _best(self, scores: Mapping[int, float], limit: int, allowed: PassageIds | None) -> Scored:
        chosen = [(n, s) for n, s in scores.items() if allowed is None or n in allowed]
        return sorted(chosen, key=lambda item: (-item[1], item[0]))[:limit]


def test_the_score_is_cosine_plus_share_times_coverage() -> None:
    found = retrieve(Backend(), FakeEncoder(4), analyse("xếp hạng"), NO_FILTERS, RagConfig(), 10)
    # The weights sum to 10, so coverage is BM25 / 10; Vietnamese takes 0.4 of it:
    # 1: 0.80 + 0.4 * 0.6; 2: 0.90 + 0.4 * 0.3; 3: 0.85; 5: 0.20 + 0.4 * 0.1; 4: 0.10.
    assert [hit.passage_id for hit in found.hits] == [1, 2, 3, 5, 4]
    assert [hit.score for hit in found.hits] == pytest.approx([1.04, 1.02, 0.85, 0.24, 0.10])
    assert [hit.lexical for hit in found.hits] == [
        pytest.approx(0.6),
        pytest.approx(0.3),
        None,
        pytest.approx(0.1),
        None,
    ]
    assert found.weights == {"xếp": 4.0, "hạng": 5.0}


def test_what_only_one_search_found_is_scored_by_the_other() -> None:
    # One candidate a search: lexical finds 1, dense finds 2; both get both scores.
    config = RagConfig(candidates=1)
    found = retrieve(Backend(), FakeEncoder(4), analyse("xếp hạng"), NO_FILTERS, config, 10)
    assert [(hit.passage_id, hit.dense) for hit in found.hits] == [(1, 0.80), (2, 0.90)]
    assert found.hits[1].lexical == pytest.approx(0.3)


def test_top_k_limits_the_hits() -> None:
    found = retrieve(Backend(), FakeEncoder(4), analyse("xếp hạng"), NO_FILTERS, RagConfig(), 2)
    assert [hit.passage_id for hit in found.hits] == [1, 2]


def test_filters_reach_both_searches() -> None:
    filters = Filters(source="Báo A")
    found = retrieve(Backend(), FakeEncoder(4), analyse("xếp hạng"), filters, RagConfig(), 10)
    assert [hit.passage_id for hit in found.hits] == [2, 3]


@pytest.mark.parametrize(
    ("question", "field"),
    [("xếp hạng", "accented"), ("xep hang may", "unaccented"), ("What was the rank?", "unaccented")],
)
def test_unaccented_and_english_questions_search_the_unaccented_field(question: str, field: str) -> None:
    backend = Backend()
    retrieve(backend, FakeEncoder(4), analyse(question), NO_FILTERS, RagConfig(), 1)
    assert backend.fields == [field]


class _ByWord:
    """Two dimensions: texts with "gạo" point along the first axis, others along the second."""

    name, dimension, max_tokens = "by-word", 2, 512

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return np.array([[1.0, 0.0] if "gạo" in text else [0.0, 1.0] for text in texts], dtype=np.float32)

    encode_questions = encode_passages


def test_an_unaccented_question_finds_the_accented_passage(tmp_path: Path) -> None:
    config = IndexConfig(encoder="by-word", dimension=2)
    with ArticleIndex.create(tmp_path, config) as index:
        for identity, text in (("a1", "Giá cà phê tăng mạnh."), ("a2", "Bình Thuận thu hoạch thanh long.")):
            index.store.put(
                Article(identity, "", text),
                [Passage(identity, 0, len(text), text)],
                _ByWord().encode_passages([text]),
            )
        found = retrieve(index, _ByWord(), analyse("binh thuan thu hoach gi"), NO_FILTERS, RagConfig(), 5)
        assert found.hits[0].passage.article_id == "a2"
