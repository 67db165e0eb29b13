"""Find the passages that may answer: lexical and dense search side by side, fused by scores."""

from collections.abc import Mapping
from dataclasses import dataclass

from index.article_index import SearchBackend
from index.embedding import Encoder
from index.postings import LexicalField
from index.records import Hit
from rag.config import Fusion, RagConfig
from rag.records import Filters, Question


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Hits best first, with what the later stages reuse.

    Attributes:
        hits: as many as were asked for at most, best first, ties by passage id.
        weights: inverse document frequency of each of the question's syllables.
    """

    hits: tuple[Hit, ...]
    weights: Mapping[str, float]


def retrieve(
    index: SearchBackend,
    encoder: Encoder,
    question: Question,
    filters: Filters,
    config: RagConfig,
    top_k: int,
) -> Retrieval:
    """Search both ways, score the union of what they found by both, and fuse.

    The fused score of a passage is its cosine plus ``Fusion.lexical`` times its coverage: its BM25 over
    the sum of the weights of the question's syllables and pairs. Each candidate of one search is scored
    by the other as well, so none is held back for having been found only once.

    Args:
        index: the index to search.
        encoder: the model that its vectors come from.
        question: what is asked.
        filters: which articles may answer.
        config: candidates and fusion.
        top_k: how many hits at most.
    """
    fusion = config.fusion[question.language]
    field = lexical_field(fusion)
    allowed = index.allowed(filters.after, filters.before, filters.source)
    weights = index.lexical_weights(question.terms, field)
    lexical = dict(index.lexical(question.terms, field, config.candidates, allowed))
    vector = encoder.encode_questions([question.text])[0]
    dense = dict(index.dense(vector, config.candidates, allowed))
    lexical |= index.lexical_scores(question.terms, field, dense.keys() - lexical.keys())
    dense |= index.dense_scores(vector, lexical.keys() - dense.keys())
    total = sum(weights.values()) or 1.0
    hits = fused(index, lexical, dense, fusion.lexical, total, top_k)
    single = {phrase[0]: weight for phrase, weight in weights.items() if len(phrase) == 1}
    return Retrieval(hits, single)


def fused(
    index: SearchBackend,
    lexical: Mapping[int, float],
    dense: Mapping[int, float],
    share: float,
    total: float,
    limit: int,
) -> tuple[Hit, ...]:
    """The ``limit`` best of the passages in ``dense``, by cosine + ``share`` * BM25 / ``total``.

    `Hit.lexical` is the coverage, BM25 / ``total``.
    """
    coverage = {number: score / total for number, score in lexical.items()}
    scores = {number: cosine + share * coverage.get(number, 0.0) for number, cosine in dense.items()}
    ordered = sorted(scores, key=lambda number: (-scores[number], number))[:limit]
    return tuple(
        Hit(
            passage_id=stored.id,
            passage=stored.passage,
            title=stored.title,
            published=stored.published,
            source=stored.source,
            score=scores[stored.id],
            lexical=coverage.get(stored.id),
            dense=dense[stored.id],
        )
        for stored in index.passages(ordered)
    )


def term_weights(index: SearchBackend, question: Question, config: RagConfig) -> Mapping[str, float]:
    """Inverse document frequency of each of the question's syllables in the index."""
    field = lexical_field(config.fusion[question.language])
    return index.term_weights(question.terms, field)


def lexical_field(fusion: Fusion) -> LexicalField:
    """The field that a fusion searches."""
    return "unaccented" if fusion.unaccented else "accented"
