"""The whole question side in one object: open an index, ask, get an answer."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from index.article_index import ArticleIndex
from index.embedding import Encoder
from index.errors import IndexMismatchError, UserInputError
from index.models.encoders import open_encoder
from index.records import Article
from rag import calibration
from rag.answering import choose, weigh
from rag.calibration import Calibration
from rag.config import RagConfig
from rag.question import analyse
from rag.reader.loading import default_reader, open_reader
from rag.reader.protocol import Reader
from rag.records import NO_FILTERS, Answer, Filters, Question, Reason, Timings
from rag.retrieval import Retrieval, retrieve, term_weights


class Stage(StrEnum):
    """What an answer is waiting for."""

    ANALYSE = "analyse"
    RETRIEVE = "retrieve"
    READ = "read"


class Chatbot:
    """Answers questions from one index; safe to share between threads."""

    def __init__(
        self,
        index: ArticleIndex,
        encoder: Encoder,
        reader: Reader,
        calibrated: Calibration,
        config: RagConfig,
    ) -> None:
        """Use `open`, which loads the parts that fit together."""
        self.index = index
        self.encoder = encoder
        self.reader = reader
        self.config = config
        self._calibration = calibrated

    @classmethod
    def open(
        cls,
        directory: Path,
        reader: str | None = None,
        config: RagConfig | None = None,
        progress: Callable[[str], None] = lambda message: None,
    ) -> Self:
        """Open the index in ``directory`` with the encoder that made it and a reader.

        Args:
            directory: the index.
            reader: a name or path (see `open_reader`); None takes the best one installed.
            config: settings of every question.
            progress: told what takes long.

        Raises:
            IndexError_: there is no usable index there.
            ModelError: encoder or reader cannot be loaded.
        """
        settings = config or RagConfig()
        index = ArticleIndex.open(directory, notify=progress)
        try:
            encoder = open_encoder(index.config.encoder, progress)
            if encoder.dimension != index.config.dimension:
                raise IndexMismatchError(
                    f"{directory} holds vectors of {index.config.dimension} numbers, the encoder "
                    f"{encoder.name!r} gives {encoder.dimension}: build the index again with `hoidap add`"
                )

            def weights(question: Question) -> Mapping[str, float]:
                return term_weights(index, question, settings)

            opened = open_reader(reader or default_reader(), encoder, weights, progress)
            return cls(index, encoder, opened, calibration.load(opened.name), settings)
        except BaseException:
            index.close()
            raise

    def ask(
        self,
        text: str,
        filters: Filters = NO_FILTERS,
        top_k: int | None = None,
        progress: Callable[[Stage], None] = lambda stage: None,
    ) -> Answer:
        """Answer one question.

        Args:
            text: the question in Vietnamese (with or without accents) or English.
            filters: which articles may answer.
            top_k: passages to read, instead of the configured number.
            progress: called as each stage begins.

        Raises:
            UserInputError: the question is empty or too long.
        """
        started = time.perf_counter()
        progress(Stage.ANALYSE)
        question = analyse(text)
        analysed = time.perf_counter()
        progress(Stage.RETRIEVE)
        found = self.retrieve(question, filters, top_k)
        retrieved = time.perf_counter()
        progress(Stage.READ)
        answer = self._answer(question, found)
        ended = time.perf_counter()
        timings = Timings(
            total=1000 * (ended - started),
            analyse=1000 * (analysed - started),
            retrieve=1000 * (retrieved - analysed),
            read=1000 * (ended - retrieved),
        )
        return replace(answer, timings=timings)

    def retrieve(
        self, question: Question, filters: Filters = NO_FILTERS, top_k: int | None = None
    ) -> Retrieval:
        """The passages that would be read for a question, best first."""
        if top_k is not None and top_k < 1:
            raise UserInputError(f"--top-k is {top_k}: at least one passage must be read")
        return retrieve(self.index, self.encoder, question, filters, self.config, top_k or self.config.top_k)

    def article(self, article_id: str) -> Article:
        """The article with its text.

        Raises:
            UserInputError: there is none with this id.
        """
        article = self.index.article(article_id)
        if article is None:
            raise UserInputError(f"There is no article {article_id!r} in the index: `hoidap list` shows them")
        return article

    def close(self) -> None:
        """Release the index."""
        self.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, question: Question, found: Retrieval) -> Answer:
        if not found.hits:
            reason = Reason.EMPTY_INDEX if self.index.is_empty() else Reason.NOTHING_FOUND
            return Answer(question, None, 0.0, reason=reason)
        reading = self.reader.read(question, found.hits)
        candidates = weigh(question, reading, found.hits, found.weights, self._calibration)
        threshold = self._calibration.threshold
        return choose(question, candidates, found.hits, self.article, self.config, threshold)
