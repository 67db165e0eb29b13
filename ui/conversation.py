"""What one visitor's page holds: questions with what came of them, the open article, the language."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from rag.chatbot import Stage
from rag.question import MAX_CHARACTERS
from rag.records import Answer, Citation
from ui.page_strings import DEFAULT_LANGUAGE, PageLanguage

# Older questions leave the page, so that a page left open for weeks stays small.
KEPT_TURNS: Final = 60
_SHOWN_OF_LONG: Final = 200
_ARTICLE_ID: Final = re.compile(r"[0-9a-f]{12}")
_REFERENCE: Final = re.compile(r"([0-9]{1,6})-([0-9]{1,3})")


class Problem(StrEnum):
    """Why a question has no outcome."""

    EMPTY = "empty"
    LONG = "long"
    BUSY = "busy"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Turn:
    """One question.

    Attributes:
        number: counts from 1 in its conversation and never changes.
        outcome: the answer, or the step it waits for, or why there is none.
    """

    number: int
    question: str
    outcome: Answer | Stage | Problem


@dataclass(frozen=True, slots=True)
class View:
    """The open article.

    Attributes:
        article_id: which one.
        citation: the citation it was opened at, None when opened as a whole.
        turn: number of the turn that cites it, 0 for none.
        index: place of the citation among `cited` of that turn.
        wanted: whether the visitor opened it himself, so that a narrow page may scroll to it.
    """

    article_id: str
    citation: Citation | None = None
    turn: int = 0
    index: int = 0
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Session:
    """One visitor's page; `shown` counts what was opened, so that opening the same again is seen."""

    language: PageLanguage = DEFAULT_LANGUAGE
    turns: tuple[Turn, ...] = ()
    asked: int = 0
    view: View | None = None
    shown: int = 0


def cited(answer: Answer) -> tuple[Citation, ...]:
    """All citations of an answer in the order of their numbers: its own, other answers', the closest."""
    others = tuple(citation for other in answer.alternatives for citation in other.citations)
    return answer.citations + others + answer.closest


def in_language(session: Session, language: PageLanguage) -> Session:
    """The session with the page's words in another language."""
    return replace(session, language=language)


def began(session: Session, question: str) -> Session:
    """The session with a new question, whose outcome is its first step."""
    turn = Turn(session.asked + 1, _shortened(question.strip()), Stage.ANALYSE)
    return replace(session, turns=(*session.turns, turn)[-KEPT_TURNS:], asked=session.asked + 1)


def reached(session: Session, outcome: Answer | Stage | Problem) -> Session:
    """The session with the outcome of its last question; an answer opens its first citation."""
    if not session.turns:
        return session
    last = replace(session.turns[-1], outcome=outcome)
    session = replace(session, turns=(*session.turns[:-1], last))
    if isinstance(outcome, Answer) and cited(outcome):
        return opened(session, View(cited(outcome)[0].article_id, cited(outcome)[0], last.number, 0, False))
    return session


def is_running(session: Session) -> bool:
    """Whether the last question still waits for its outcome."""
    return bool(session.turns) and isinstance(session.turns[-1].outcome, Stage)


def stopped(session: Session) -> Session:
    """The session after the visitor stopped the running question."""
    return reached(session, Problem.STOPPED) if is_running(session) else session


def _shortened(question: str) -> str:
    """A question that is too long to be answered is not kept whole."""
    return question if len(question) <= MAX_CHARACTERS else question[:_SHOWN_OF_LONG] + "…"


def opened(session: Session, view: View) -> Session:
    """The session with an article opened."""
    return replace(session, view=view, shown=session.shown + 1)


def refreshed(session: Session) -> Session:
    """The session after its open article may have changed or gone."""
    return replace(session, shown=session.shown + 1)


def emptied(session: Session) -> Session:
    """A new conversation in the same language."""
    return Session(language=session.language, shown=session.shown + 1)


def citation_view(session: Session, reference: object) -> View | None:
    """The view of a citation named by the page as "turn-index", or None if the page named no such one."""
    match = _REFERENCE.fullmatch(reference) if isinstance(reference, str) else None
    if match is None:
        return None
    number, index = int(match[1]), int(match[2])
    turn = next((turn for turn in session.turns if turn.number == number), None)
    if turn is None or not isinstance(turn.outcome, Answer):
        return None
    citations = cited(turn.outcome)
    if index >= len(citations):
        return None
    return View(citations[index].article_id, citations[index], number, index)


def article_id(value: object) -> str | None:
    """The article id that the page named, or None if it has not the form of one."""
    return value if isinstance(value, str) and _ARTICLE_ID.fullmatch(value) else None
