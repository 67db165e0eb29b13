"""Records as the JSON objects that ``--json`` prints; their keys are a contract with other programs."""

import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, TypedDict

from index.records import Article
from rag.records import Alternative, Answer, Citation

if TYPE_CHECKING:
    from index.rows import ArticleSummary
    from index.verify import Problem
    from ui.doctor import Finding


class CitationJson(TypedDict):
    """Where an answer stands; ``quote`` is ``[start, end)`` characters of the article's ``text``."""

    article_id: str
    title: str
    source: str | None
    published: str | None
    url: str | None
    path: str | None
    start: int
    end: int
    quote: str
    context: str
    score: float


class AlternativeJson(TypedDict):
    """Another answer."""

    answer: str
    confidence: float
    citations: list[CitationJson]


class AnswerJson(TypedDict):
    """What ``hoidap ask --json`` prints."""

    question: str
    answer: str | None
    abstained: bool
    reason: str | None
    confidence: float
    citations: list[CitationJson]
    alternatives: list[AlternativeJson]
    timings_ms: dict[str, float]


class ArticleJson(TypedDict):
    """What ``hoidap show --json`` prints; ``text`` is the cleaned text."""

    id: str
    title: str
    text: str
    source: str | None
    author: str | None
    published: str | None
    url: str | None
    path: str | None


class SummaryJson(TypedDict):
    """One article of ``hoidap list --json``."""

    id: str
    title: str
    source: str | None
    author: str | None
    published: str | None
    url: str | None
    path: str | None
    characters: int
    passages: int
    added: str


class ProblemJson(TypedDict):
    """One inconsistency of ``hoidap verify --json``."""

    part: str
    subject: str
    detail: str


class FindingJson(TypedDict):
    """One line of ``hoidap doctor --json``; ``state`` is "ok", "note" or "problem"."""

    name: str
    state: str
    detail: str
    mend: str | None


def dumps(value: object) -> str:
    """JSON text of one of this module's objects or of a list of them, accents unescaped.

    Raises:
        ValueError: a number is not finite, which JSON cannot hold.
    """
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)


def answer_json(answer: Answer) -> AnswerJson:
    """The answer to one question. An answer that was withheld has no citations."""
    return {
        "question": answer.question.text,
        "answer": answer.text,
        "abstained": answer.abstained,
        "reason": None if answer.reason is None else answer.reason.value,
        "confidence": answer.confidence,
        "citations": [citation_json(citation) for citation in answer.citations],
        "alternatives": [_alternative_json(alternative) for alternative in answer.alternatives],
        "timings_ms": asdict(answer.timings),
    }


def citation_json(citation: Citation) -> CitationJson:
    """Where an answer stands."""
    return {
        "article_id": citation.article_id,
        "title": citation.title,
        "source": citation.source,
        "published": _day(citation.published),
        "url": citation.url,
        "path": citation.path,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "context": citation.context,
        "score": citation.score,
    }


def article_json(article: Article) -> ArticleJson:
    """An article with its cleaned text."""
    return {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        "source": article.source,
        "author": article.author,
        "published": _day(article.published),
        "url": article.url,
        "path": article.path,
    }


def summary_json(summary: "ArticleSummary") -> SummaryJson:
    """An article of a list, without its text."""
    return {
        "id": summary.id,
        "title": summary.title,
        "source": summary.source,
        "author": summary.author,
        "published": _day(summary.published),
        "url": summary.url,
        "path": summary.path,
        "characters": summary.characters,
        "passages": summary.passages,
        "added": summary.added,
    }


def problem_json(problem: "Problem") -> ProblemJson:
    """What is wrong at one place of an index."""
    return {"part": problem.part.value, "subject": problem.subject, "detail": problem.detail}


def finding_json(finding: "Finding") -> FindingJson:
    """What the doctor found of one thing."""
    return {
        "name": finding.name,
        "state": finding.state.value,
        "detail": finding.detail,
        "mend": finding.mend,
    }


def _alternative_json(alternative: Alternative) -> AlternativeJson:
    return {
        "answer": alternative.text,
        "confidence": alternative.confidence,
        "citations": [citation_json(citation) for citation in alternative.citations],
    }


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
