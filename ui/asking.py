"""Answer questions for many visitors at once: a few at a time, a bounded number waiting, the rest told so."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from index.errors import UserInputError
from index.records import Article
from rag.chatbot import Chatbot, Stage
from rag.question import MAX_CHARACTERS
from rag.records import Answer
from ui.conversation import Problem

# The models use every core for one question; more at once only makes all of them slower.
WORKERS: Final = 2
# At some 150 ms a question the last in the queue waits a few seconds.
WAITING: Final = 40

_log: Final = logging.getLogger(__name__)


class Desk:
    """Where questions are handed in. One for all visitors."""

    def __init__(self, chatbot: Chatbot, workers: int = WORKERS, waiting: int = WAITING) -> None:
        """Keep a chatbot.

        Args:
            chatbot: answers; used from several threads.
            workers: questions answered at the same time.
            waiting: questions that may wait; one more is turned away.
        """
        self.chatbot = chatbot
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="answer")
        self._room = workers + waiting
        self._held = 0

    async def ask(self, text: str) -> AsyncIterator[Stage | Answer | Problem]:
        """The steps of one question as they begin, then its outcome.

        Closing the iterator early takes a question that still waits out of the queue.
        """
        if not text.strip():
            yield Problem.EMPTY
            return
        if len(text.strip()) > MAX_CHARACTERS:
            yield Problem.LONG
            return
        if self._held >= self._room:
            yield Problem.BUSY
            return
        self._held += 1
        try:
            async for event in self._answered(text):
                yield event
        finally:
            self._held -= 1

    async def _answered(self, text: str) -> AsyncIterator[Stage | Answer | Problem]:
        loop = asyncio.get_running_loop()
        events: asyncio.Queue[Stage | Answer | Problem] = asyncio.Queue()

        def tell(event: Stage | Answer | Problem) -> None:
            loop.call_soon_threadsafe(events.put_nowait, event)

        work = self._pool.submit(lambda: tell(self._outcome(text, tell)))
        try:
            while True:
                event = await events.get()
                yield event
                if not isinstance(event, Stage):
                    return
        finally:
            work.cancel()

    def _outcome(self, text: str, tell: Callable[[Stage], None]) -> Answer | Problem:
        try:
            return self.chatbot.ask(text, progress=tell)
        except UserInputError:
            return Problem.EMPTY
        except Exception:  # one visitor's question must not end the page; the terminal gets all of it
            _log.exception("a question could not be answered")
            return Problem.FAILED

    def article(self, article_id: str) -> Article | None:
        """The article with this id, or None if it is not, or no longer, in the index."""
        try:
            return self.chatbot.article(article_id)
        except UserInputError:
            return None

    def close(self) -> None:
        """Let running questions end and turn waiting ones away."""
        self._pool.shutdown(wait=True, cancel_futures=True)
