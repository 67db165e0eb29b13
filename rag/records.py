"""What passes from a question to its answer. All records are values; no stage changes one in place."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from index.records import Hit

Language = Literal["vi", "vi-unaccented", "en"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood.

    Attributes:
        text: what was asked, in NFC, trimmed, white space folded.
        language: ``vi``, ``vi-unaccented`` or ``en``; it decides the fusion weights and the lexical field.
        terms: its searchable syllables in order, lower case, with accents (``index.text.syllables``).
    """

    text: str
    language: Language
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may answer; None means no limit. Dates are inclusive."""

    after: date | None = None
    before: date | None = None
    source: str | None = None


NO_FILTERS: Final = Filters()


@dataclass(frozen=True, slots=True)
class Span:
    """A candidate answer: ``text`` is ``[start, end)`` of the text of the hit's article.

    Attributes:
        score: the reader's evidence, on one scale for all passages read for one question.
    """

    hit: Hit
    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found in the hits of one question.

    Attributes:
        spans: candidates, best first, at most a handful a passage.
        no_answer: evidence that none of the passages answers, on the scale of the spans' scores.
    """

    spans: tuple[Span, ...]
    no_answer: float


class Reason(StrEnum):
    """Why there is no answer."""

    EMPTY_INDEX = "empty_index"
    NOTHING_FOUND = "nothing_found"
    NOT_IN_ARTICLES = "not_in_articles"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer's words stand: ``quote`` is ``[start, end)`` of the article's text, to the letter.

    Attributes:
        context: the sentence or sentences around the quote, beginning at character ``context_start``.
        score: calibrated probability that this quote answers the question, in [0, 1].
    """

    article_id: str
    title: str
    source: str | None
    published: date | None
    url: str | None
    path: str | None
    start: int
    end: int
    quote: str
    context: str
    context_start: int
    score: float


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another answer that was found, with its own citations."""

    text: str
    confidence: float
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds spent in each stage."""

    total: float = 0.0
    analyse: float = 0.0
    retrieve: float = 0.0
    read: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a question; having no answer is a value of it, never None and never an exception.

    Attributes:
        text: the quote that answers, equal to ``citations[0].quote``; None when abstained.
        confidence: calibrated probability of being right, in [0, 1]; when abstained, that of the best
            candidate that was turned down.
        closest: for an abstention, the passages nearest to the question, as citations of whole sentences.
    """

    question: Question
    text: str | None
    confidence: float
    citations: tuple[Citation, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    reason: Reason | None = None
    closest: tuple[Citation, ...] = ()
    timings: Timings = field(default=Timings())

    @property
    def abstained(self) -> bool:
        """Whether the articles do not answer the question."""
        return self.text is None
