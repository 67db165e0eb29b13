"""`ui.conversation`: a visitor's page as a value; what the browser names is checked."""

import pytest

from index.records import Article
from rag.chatbot import Stage
from rag.question import analyse
from rag.records import Alternative, Answer
from tests.ui.conftest import make_citation
from ui.conversation import (
    KEPT_TURNS,
    Problem,
    Session,
    View,
    article_id,
    began,
    citation_view,
    cited,
    emptied,
    is_running,
    opened,
    reached,
    stopped,
)


@pytest.fixture
def answer(article: Article) -> Answer:
    first, second, other = (make_citation(article, quote) for quote in ("thứ 24", "thứ", "thứ 33"))
    return Answer(analyse("a?"), "thứ 24", 0.9, (first, second), (Alternative("thứ 33", 0.2, (other,)),))


def test_an_answer_opens_its_first_citation_without_moving_a_narrow_page(answer: Answer) -> None:
    session = reached(began(Session(), "a?"), answer)
    assert session.view == View(answer.citations[0].article_id, answer.citations[0], 1, 0, wanted=False)
    assert session.shown == 1


def test_citations_are_counted_through_answers_and_others(answer: Answer) -> None:
    assert [citation.quote for citation in cited(answer)] == ["thứ 24", "thứ", "thứ 33"]


def test_a_citation_named_by_the_page_is_found(answer: Answer) -> None:
    session = reached(began(Session(), "a?"), answer)
    view = citation_view(session, "1-2")
    assert view is not None
    assert (view.citation, view.turn, view.index, view.wanted) == (
        answer.alternatives[0].citations[0],
        1,
        2,
        True,
    )


@pytest.mark.parametrize(
    "reference", [None, 7, "", "1-3", "2-0", "0-0", "1", "1--1", "1-0 ", "a-0", "1-0\n", "١-0"]
)
def test_a_citation_that_is_not_there_is_none(answer: Answer, reference: object) -> None:
    session = reached(began(Session(), "a?"), answer)
    assert citation_view(session, reference) is None


def test_a_question_without_answer_has_no_citations() -> None:
    assert citation_view(reached(began(Session(), "a?"), Problem.FAILED), "1-0") is None


@pytest.mark.parametrize("value", ["0123456789ab", "ffffffffffff"])
def test_an_article_id_is_twelve_hexadecimal_digits(value: str) -> None:
    assert article_id(value) == value


@pytest.mark.parametrize(
    "value", [None, 1, "", "0123456789a", "0123456789abc", "0123456789aB", "../../../etc", "0123456789ab\n"]
)
def test_anything_else_is_no_article_id(value: object) -> None:
    assert article_id(value) is None


def test_only_the_latest_questions_are_kept_with_their_numbers() -> None:
    session = Session()
    for number in range(KEPT_TURNS + 5):
        session = reached(began(session, f"câu {number}"), Problem.FAILED)
    assert len(session.turns) == KEPT_TURNS
    assert session.turns[0].number == 6
    assert session.turns[-1].question == f"câu {KEPT_TURNS + 4}"


def test_a_question_that_is_too_long_is_not_kept_whole() -> None:
    session = began(Session(), "x" * 10_000_000)
    assert session.turns[0].question == "x" * 200 + "…"


def test_stopping_ends_only_a_running_question(answer: Answer) -> None:
    running = reached(began(Session(), "a?"), Stage.READ)
    assert is_running(running)
    assert stopped(running).turns[-1].outcome is Problem.STOPPED
    done = reached(running, answer)
    assert not is_running(done)
    assert stopped(done) == done
    assert stopped(Session()) == Session()


def test_a_new_conversation_keeps_the_language_only(answer: Answer) -> None:
    session = emptied(reached(began(Session(language="en"), "a?"), answer))
    assert (session.language, session.turns, session.view, session.asked) == ("en", (), None, 0)


def test_opening_the_same_again_is_seen() -> None:
    once = opened(Session(), View("0123456789ab"))
    assert opened(once, View("0123456789ab")).shown == once.shown + 1
