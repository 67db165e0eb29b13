"""What passes through the index: articles, the passages cut from them, and search hits.

Every ``start``/``end`` counts characters (Unicode code points) of ``Article.text`` and is half open.
"""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Dropped:
    """A piece of the raw copy that cleaning left out, and the rule that did (``hoidap show`` lists them)."""

    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article as indexed.

    ``text`` is the cleaned body in NFC, without the title; it is the ground that passages, spans and
    citations point into. A value that the article does not give is None, never guessed.

    Attributes:
        id: first 12 hexadecimal digits of the SHA-256 of the origin (absolute path or link), so an
            article keeps its id when its text changes.
        path: absolute path of the file it was read from, or None for a link.
    """

    id: str
    title: str
    text: str
    source: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None
    path: str | None = None
    dropped: tuple[Dropped, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an article: ``text == article.text[start:end]``."""

    article_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question, with what a reader needs to judge it.

    Attributes:
        passage_id: the passage's row in the store; ties in ``score`` break by it.
        score: fused evidence that the passage is about the question; larger is better, comparable only
            within one question.
        lexical: BM25 over the sum of the weights of the question's terms: the share of the question that
            the passage covers, about 0 to 2; None if no term stands in it.
        dense: cosine of question and passage vectors, in [-1, 1].
    """

    passage_id: int
    passage: Passage
    title: str
    published: date | None
    source: str | None
    score: float
    lexical: float | None = None
    dense: float | None = None
