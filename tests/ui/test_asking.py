"""`ui.asking`: many visitors, few workers, a bounded queue, and no question that ends the page."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from index.errors import UserInputError
from index.records import Article
from rag.chatbot import Stage
from rag.question import analyse
from rag.records import Answer
from ui.asking import Desk
from ui.conversation import Problem

WAIT = 10.0


class Bot:
    """Answers when it is let; fails on demand."""

    def __init__(self) -> None:
        self.let = threading.Event()
        self.asked: list[str] = []

    def ask(self, text: str, progress: Callable[[Stage], None] = lambda stage: None) -> Answer:
        self.asked.append(text)
        progress(Stage.ANALYSE)
        if text == "hỏng":
            raise ZeroDivisionError
        if text == "!?":
            raise UserInputError("The question is empty")
        assert self.let.wait(WAIT)
        progress(Stage.READ)
        return Answer(analyse(text), None, 0.0)

    def article(self, article_id: str) -> Article:
        if article_id != "0123456789ab":
            raise UserInputError("none")
        return Article(article_id, "t", "x")


@pytest.fixture
def bot() -> Bot:
    return Bot()


async def collect(desk: Desk, text: str) -> list[Stage | Answer | Problem]:
    return [event async for event in desk.ask(text)]


async def eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT):
        while not condition():
            await asyncio.sleep(0.001)


def test_gives_the_steps_then_the_answer(bot: Bot) -> None:
    bot.let.set()
    desk = Desk(bot)  # type: ignore[arg-type]
    events = asyncio.run(collect(desk, "ai đó?"))
    assert events[:2] == [Stage.ANALYSE, Stage.READ]
    assert isinstance(events[2], Answer) and len(events) == 3
    desk.close()


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", Problem.EMPTY), (" \n ", Problem.EMPTY), ("!?", Problem.EMPTY), ("x" * 2001, Problem.LONG)],
)
def test_tells_what_is_wrong_with_a_question(bot: Bot, text: str, problem: Problem) -> None:
    desk = Desk(bot)  # type: ignore[arg-type]
    assert asyncio.run(collect(desk, text))[-1] is problem
    desk.close()


def test_a_question_of_ten_megabytes_does_not_reach_the_models(bot: Bot) -> None:
    desk = Desk(bot)  # type: ignore[arg-type]
    assert asyncio.run(collect(desk, "x" * 10_000_000)) == [Problem.LONG]
    assert bot.asked == []
    desk.close()


def test_a_failure_is_an_outcome_and_is_logged(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(bot)  # type: ignore[arg-type]
    assert asyncio.run(collect(desk, "hỏng")) == [Stage.ANALYSE, Problem.FAILED]
    assert "ZeroDivisionError" in caplog.text
    bot.let.set()
    assert isinstance(asyncio.run(collect(desk, "ai?"))[-1], Answer)
    desk.close()


def test_turns_away_whoever_finds_the_queue_full_and_serves_the_others(bot: Bot) -> None:
    async def visit() -> tuple[list[object], list[object]]:
        desk = Desk(bot, workers=1, waiting=2)  # type: ignore[arg-type]
        waiting = [asyncio.create_task(collect(desk, f"câu {i}")) for i in range(3)]
        await eventually(lambda: len(bot.asked) == 1)
        refused = await collect(desk, "một câu nữa")
        bot.let.set()
        outcomes = [events[-1] for events in await asyncio.gather(*waiting)]
        later = await collect(desk, "câu sau")
        desk.close()
        return [*refused, later[-1]], list(outcomes)

    (refused, later), outcomes = asyncio.run(visit())
    assert refused is Problem.BUSY
    assert isinstance(later, Answer)
    assert all(isinstance(outcome, Answer) for outcome in outcomes)


def test_a_question_given_up_leaves_the_queue(bot: Bot) -> None:
    async def visit() -> list[str]:
        desk = Desk(bot, workers=1, waiting=1)  # type: ignore[arg-type]
        first = asyncio.create_task(collect(desk, "một"))
        await eventually(lambda: bot.asked == ["một"])
        second = asyncio.create_task(collect(desk, "hai"))
        await asyncio.sleep(0.01)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        third = asyncio.create_task(collect(desk, "ba"))
        await asyncio.sleep(0.01)
        bot.let.set()
        await asyncio.gather(first, third)
        desk.close()
        return bot.asked

    assert asyncio.run(visit()) == ["một", "ba"]


def test_an_article_that_is_gone_is_none(bot: Bot) -> None:
    desk = Desk(bot)  # type: ignore[arg-type]
    assert desk.article("0123456789ab") == Article("0123456789ab", "t", "x")
    assert desk.article("ffffffffffff") is None
    desk.close()
