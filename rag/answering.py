"""From what the reader found to an answer: weigh every candidate, merge equal ones, cite or abstain."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from index.records import Article, Hit
from index.sentences import sentence_around
from index.text import fold_accents, syllables
from rag.calibration import Calibration
from rag.config import RagConfig
from rag.evidence import (
    Evidence,
    asked_kind,
    kind_agreement,
    local_coverage,
    name_agreement,
    number_agreement,
    question_names,
    year_agreement,
)
from rag.records import Alternative, Answer, Citation, Question, Reading, Reason, Span

ArticleOf = Callable[[str], Article]


class QuoteError(AssertionError):
    """A span does not equal the article's text at its offsets: a bug, never the user's fault."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span with its evidence and the probability that it is right."""

    span: Span
    evidence: Evidence
    probability: float


def weigh(
    question: Question,
    reading: Reading,
    hits: Sequence[Hit],
    weights: Mapping[str, float],
    calibration: Calibration,
) -> tuple[Candidate, ...]:
    """Give every span its evidence and probability; best first, ties by place.

    A span that cannot be the kind of thing asked for (no figure for "how many", no time for "when") is
    left out, however sure the reader is of it.

    Args:
        question: what was asked.
        reading: what the reader found in ``hits``.
        hits: the passages read, best first.
        weights: inverse document frequency of the question's terms.
        calibration: the reader's calibration.
    """
    candidates = []
    for span in reading.spans:
        evidence = gather(question, span, reading, hits, weights, calibration)
        if evidence.kind > 0:
            candidates.append(Candidate(span, evidence, calibration.probability(evidence)))
    candidates.sort(key=lambda c: (-c.probability, c.span.hit.passage_id, c.span.start, c.span.end))
    return tuple(candidates)


def gather(
    question: Question,
    span: Span,
    reading: Reading,
    hits: Sequence[Hit],
    weights: Mapping[str, float],
    calibration: Calibration,
) -> Evidence:
    """Collect what speaks for and against one span."""
    hit = span.hit
    passage = f"{hit.title}\n{hit.passage.text}"
    left, right = sentence_around(
        hit.passage.text, span.start - hit.passage.start, span.end - hit.passage.start
    )
    sentence = f"{hit.title}\n{hit.passage.text[left:right]}"
    same = {other.hit.passage_id for other in reading.spans if _same_words(other, span)}
    return Evidence(
        margin=calibration.squash(span.score - reading.no_answer),
        dense=hit.dense or 0.0,
        coverage=hit.lexical or 0.0,
        lead=hit.score - hits[0].score,
        names=name_agreement(question_names(question.text), passage),
        years=year_agreement(question.text, sentence, passage),
        numbers=number_agreement(question.text, passage),
        kind=kind_agreement(asked_kind(question.text), span.text),
        local=local_coverage(question, sentence, weights),
        agreed=(len(same) - 1) / max(1, len(hits) - 1),
        english=float(question.language == "en"),
        unaccented=float(question.language == "vi-unaccented"),
    )


def choose(
    question: Question,
    candidates: Sequence[Candidate],
    hits: Sequence[Hit],
    article_of: ArticleOf,
    config: RagConfig,
    threshold: float,
) -> Answer:
    """Answer with the best group of candidates, or abstain with the reason and the closest passages."""
    if not hits:
        return Answer(question, None, 0.0, reason=Reason.NOTHING_FOUND)
    groups = group_same(candidates)
    limit = threshold if config.threshold is None else config.threshold
    if not groups or groups[0][0].probability < limit:
        confidence = groups[0][0].probability if groups else 0.0
        closest = tuple(_closest(hit, article_of) for hit in hits[: config.closest])
        return Answer(question, None, confidence, reason=Reason.NOT_IN_ARTICLES, closest=closest)
    best, *others = groups
    citations = tuple(cite(candidate, article_of) for candidate in best)
    alternatives = tuple(
        Alternative(group[0].span.text, group[0].probability, tuple(cite(c, article_of) for c in group))
        for group in others[: config.alternatives]
    )
    return Answer(question, citations[0].quote, best[0].probability, citations, alternatives)


def group_same(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Group candidates (best first) that say the same; drop those that overlap a better one.

    The groups keep the order of their best member.
    """
    groups: list[list[Candidate]] = []
    for candidate in candidates:
        if any(_overlap(candidate.span, kept.span) for group in groups for kept in group):
            continue
        same = next((group for group in groups if _same_words(group[0].span, candidate.span)), None)
        if same is None:
            groups.append([candidate])
        else:
            same.append(candidate)
    return groups


def cite(candidate: Candidate, article_of: ArticleOf) -> Citation:
    """Make the citation of a candidate, checking once more that its words stand where it says.

    Raises:
        QuoteError: they do not.
    """
    span = candidate.span
    article = article_of(span.hit.passage.article_id)
    if article.text[span.start : span.end] != span.text or not span.text:
        raise QuoteError(f"{article.id}[{span.start}:{span.end}] is not {span.text!r}")
    return _citation(article, span.start, span.end, candidate.probability)


def _closest(hit: Hit, article_of: ArticleOf) -> Citation:
    article = article_of(hit.passage.article_id)
    if article.text[hit.passage.start : hit.passage.end] != hit.passage.text:
        raise QuoteError(f"{article.id}[{hit.passage.start}:{hit.passage.end}] is not its passage")
    citation = _citation(article, hit.passage.start, hit.passage.end, 0.0)
    return replace(citation, context=hit.passage.text, context_start=hit.passage.start)


def _citation(article: Article, start: int, end: int, score: float) -> Citation:
    left, right = sentence_around(article.text, start, end)
    return Citation(
        article_id=article.id,
        title=article.title,
        source=article.source,
        published=article.published,
        url=article.url,
        path=article.path,
        start=start,
        end=end,
        quote=article.text[start:end],
        context=article.text[left:right],
        context_start=left,
        score=score,
    )


def _same_words(one: Span, other: Span) -> bool:
    return syllables(fold_accents(one.text)) == syllables(fold_accents(other.text))


def _overlap(one: Span, other: Span) -> bool:
    same_article = one.hit.passage.article_id == other.hit.passage.article_id
    return same_article and one.start < other.end and other.start < one.end
