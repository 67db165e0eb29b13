"""Put one question of a set to the chatbot, or to a part of it, and write down what comes back."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np

from eval.records import QA, Cited, Document, Outcome, Retrieved
from index.article_index import SearchBackend
from index.embedding import Encoder
from index.records import Article, Hit, Passage
from rag.calibration import Calibration
from rag.chatbot import Chatbot
from rag.config import RagConfig
from rag.question import analyse
from rag.reader.protocol import Reader
from rag.records import Answer, Citation, Filters, Question, Reading
from rag.retrieval import retrieve

# Passages ranked for the retrieval measures: enough for ten different articles.
RANKED: Final = 50
SHOWN: Final = 5
_STAGES: Final = ("total", "analyse", "retrieve", "read")

Ask = Callable[[QA], Outcome]
NameOf = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Searched:
    """An index that is searched as the chatbot does.

    Attributes:
        name_of: the document's name, as the set calls it, of an article id.
    """

    index: SearchBackend
    encoder: Encoder
    config: RagConfig
    name_of: NameOf


class RememberingReader:
    """A reader that gives its last reading again for the same question and hits.

    What was turned down is asked for right after the question itself; it need not be read twice.
    """

    def __init__(self, reader: Reader) -> None:
        """Remember what ``reader`` reads."""
        self.name = reader.name
        self._reader = reader
        self._last: tuple[Question, tuple[Hit, ...], Reading] | None = None

    def read(self, question: Question, hits: Sequence[Hit]) -> Reading:
        """As the reader does."""
        if self._last is None or self._last[:2] != (question, tuple(hits)):
            self._last = (question, tuple(hits), self._reader.read(question, hits))
        return self._last[2]


@dataclass(frozen=True, slots=True)
class Subject:
    """The chatbot that is measured.

    Attributes:
        bot: as a user has it.
        candid: the same, but never abstaining: it tells what ``bot`` turned down.
        threshold: least confidence of an answer that ``bot`` gives.
    """

    bot: Chatbot
    candid: Chatbot
    searched: Searched
    threshold: float

    @classmethod
    def of(cls, bot: Chatbot, calibrated: Calibration, name_of: NameOf) -> Self:
        """Measure ``bot``, whose calibration is ``calibrated``."""
        reader = RememberingReader(bot.reader)
        same = Chatbot(bot.index, bot.encoder, reader, calibrated, bot.config)
        candid = Chatbot(bot.index, bot.encoder, reader, calibrated, replace(bot.config, threshold=0.0))
        limit = calibrated.threshold if bot.config.threshold is None else bot.config.threshold
        return cls(same, candid, Searched(bot.index, bot.encoder, bot.config, name_of), limit)


def ask_end_to_end(subject: Subject) -> Ask:
    """Each question as a user asks it; its ranking is retrieved once more, outside the measured time."""

    def ask(question: QA) -> Outcome:
        answer = subject.bot.ask(question.question)
        best = answer if not answer.abstained else subject.candid.ask(question.question)
        return replace(
            search(subject.searched, question),
            answer=answer.text,
            best=best.text,
            confidence=answer.confidence,
            reason=str(answer.reason) if answer.reason else None,
            citations=_cited(subject, answer),
            milliseconds=tuple((stage, float(getattr(answer.timings, stage))) for stage in _STAGES),
        )

    return ask


def ask_retrieval(searched: Searched) -> Ask:
    """Only the ranking of each question."""
    return lambda question: search(searched, question)


def search(searched: Searched, question: QA) -> Outcome:
    """The ranking of a question: of each document its best passage counts."""
    started = time.perf_counter()
    asked = analyse(question.question)
    analysed = time.perf_counter()
    found = retrieve(searched.index, searched.encoder, asked, Filters(), searched.config, RANKED)
    ended = time.perf_counter()
    ranking: dict[str, float] = {}
    for hit in found.hits:
        ranking.setdefault(searched.name_of(hit.passage.article_id), hit.score)
    return Outcome(
        id=question.id,
        ranking=tuple(ranking.items()),
        passages=tuple(_retrieved(searched, hit) for hit in found.hits[:SHOWN]),
        milliseconds=(
            ("total", 1000 * (ended - started)),
            ("analyse", 1000 * (analysed - started)),
            ("retrieve", 1000 * (ended - analysed)),
        ),
    )


def ask_reader(reader: Reader, documents: Mapping[str, Document], abstains: bool) -> Ask:
    """Each question read over its own document, without retrieval.

    The confidence is the logistic function of the best span's margin over "no answer".

    Args:
        reader: what reads.
        documents: by name; long ones are the reader's to cut.
        abstains: whether "no answer" may win, as SQuAD 2.0 wants it; else the best span is the answer.
    """

    def ask(question: QA) -> Outcome:
        document = documents[question.relevant[0][0]]
        started = time.perf_counter()
        reading = reader.read(analyse(question.question), [whole_document(document)])
        total = 1000 * (time.perf_counter() - started)
        milliseconds = (("total", total), ("read", total))
        if not reading.spans:
            return Outcome(question.id, reason="nothing_found", milliseconds=milliseconds)
        best = reading.spans[0]
        margin = best.score - reading.no_answer
        declined = abstains and margin < 0.0
        return Outcome(
            id=question.id,
            answer=None if declined else best.text,
            best=best.text,
            confidence=float(1.0 / (1.0 + np.exp(-np.clip(margin, -40.0, 40.0)))),
            reason="not_in_articles" if declined else None,
            passages=(Retrieved(document.name, document.title, best.start, best.end, best.text, margin),),
            milliseconds=milliseconds,
        )

    return ask


def whole_document(document: Document) -> Hit:
    """A document as one hit, as if retrieval had been perfect."""
    passage = Passage(document.name, 0, len(document.text), document.text)
    return Hit(0, passage, document.title, None, None, score=1.0)


def _retrieved(searched: Searched, hit: Hit) -> Retrieved:
    passage = hit.passage
    name = searched.name_of(passage.article_id)
    return Retrieved(name, hit.title, passage.start, passage.end, passage.text, hit.score)


def _cited(subject: Subject, answer: Answer) -> tuple[Cited, ...]:
    def checked(citation: Citation) -> Cited:
        return _checked(citation, subject.bot.article(citation.article_id), subject.searched.name_of)

    return tuple(checked(citation) for citation in answer.citations)


def _checked(citation: Citation, article: Article, name_of: NameOf) -> Cited:
    return Cited(
        document=name_of(article.id),
        title=citation.title,
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
        context=citation.context,
        verbatim=bool(citation.quote) and article.text[citation.start : citation.end] == citation.quote,
    )


def warm_up(ask: Ask, questions: Sequence[QA]) -> None:
    """Ask the first question once unmeasured, so that no measured time holds the loading of models."""
    if questions:
        ask(questions[0])
