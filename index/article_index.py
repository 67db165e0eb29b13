"""One index folder, ready to be searched: the store and what is derived from it, kept up to date."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from index.bm25 import Bm25, Phrase
from index.config import IndexConfig
from index.current_vectors import CurrentVectors
from index.database import WAIT_SECONDS
from index.embedding import Encoder
from index.errors import IndexMismatchError
from index.lexical import Effort, LexicalIndex
from index.postings import LexicalField
from index.reads import PassageIds
from index.records import Article
from index.rows import StoredPassage
from index.store import Store

_log = logging.getLogger(__name__)
Scored = list[tuple[int, float]]


class SearchBackend(Protocol):
    """What retrieval and answering need of an index; `ArticleIndex` is one.

    Searches give (passage id, score) pairs, best first, ties by id. ``allowed`` are the ids, ascending,
    of the only passages to consider, as the method of that name gives them; None for all.
    """

    @property
    def config(self) -> IndexConfig:
        """What is baked into the index, its encoder's name above all."""
        ...

    def is_empty(self) -> bool:
        """Whether there is no passage to find."""
        ...

    def allowed(
        self, after: date | None = None, before: date | None = None, source: str | None = None
    ) -> PassageIds | None:
        """Passages of articles published in ``[after, before]`` by ``source``; None if nothing is asked."""
        ...

    def lexical(
        self,
        terms: Sequence[str],
        field: LexicalField,
        limit: int,
        allowed: PassageIds | None = None,
        parameters: Bm25 | None = None,
    ) -> Scored:
        """The passages with the highest BM25 for syllables in their order."""
        ...

    def lexical_scores(
        self,
        terms: Sequence[str],
        field: LexicalField,
        ids: Iterable[int],
        parameters: Bm25 | None = None,
    ) -> dict[int, float]:
        """BM25 of given passages; those without any of the terms are left out."""
        ...

    def lexical_weights(self, terms: Sequence[str], field: LexicalField) -> dict[Phrase, float]:
        """The weights, in BM25, of a question's distinct syllables and pairs, found or not."""
        ...

    def term_weights(self, terms: Iterable[str], field: LexicalField) -> dict[str, float]:
        """Inverse document frequency of each term, 0 or more; the largest for one that stands nowhere."""
        ...

    def dense(self, vector: NDArray[np.float32], limit: int, allowed: PassageIds | None = None) -> Scored:
        """The passages nearest to a unit vector, float32 (dimension,), with their cosines."""
        ...

    def dense_scores(self, vector: NDArray[np.float32], ids: Iterable[int]) -> dict[int, float]:
        """Cosines of given passages with a unit vector; those that are gone are left out."""
        ...

    def passages(self, ids: Iterable[int]) -> list[StoredPassage]:
        """The passages with these ids, in the order asked for; those that are gone are left out."""
        ...

    def article(self, article_id: str) -> Article | None:
        """The whole article, or None if it is gone."""
        ...


class ArticleIndex:
    """The `SearchBackend` over one index folder.

    Any number of threads may use it at once. It follows what other processes write to the folder: the
    next search after a change sees it. The vectors are loaded by the first dense search.
    """

    def __init__(
        self,
        store: Store,
        effort: Effort | None = None,
        notify: Callable[[str], None] | None = None,
    ) -> None:
        """Search a store that this then owns; see also `open` and `create`.

        Args:
            store: the store; `close` closes it.
            effort: how much a lexical search may look at.
            notify: told in one line when the FAISS file had to be built again; logged by default.
        """
        self.store = store
        self._lexical = LexicalIndex(store, effort=effort)
        self._vectors = CurrentVectors(store, notify or _log.warning)

    @classmethod
    def create(cls, directory: Path, config: IndexConfig, wait: float = WAIT_SECONDS) -> Self:
        """Make an empty index in a folder, or open the one that is there (errors: `Store.create`)."""
        return cls(Store.create(directory, config, wait))

    @classmethod
    def open(
        cls,
        directory: Path,
        encoder: Encoder | None = None,
        *,
        wait: float = WAIT_SECONDS,
        notify: Callable[[str], None] | None = None,
    ) -> Self:
        """Open the index in a folder (errors: `Store.open`).

        Args:
            directory: the folder.
            encoder: the model that questions or articles will be encoded with.
            wait: seconds that a writer waits for another one.
            notify: told in one line when the FAISS file had to be built again; logged by default.

        Raises:
            IndexMismatchError: the index was made with another encoder.
        """
        index = cls(Store.open(directory, wait=wait), notify=notify)
        try:
            if encoder is not None:
                index.check_encoder(encoder)
        except BaseException:
            index.close()
            raise
        return index

    def close(self) -> None:
        """Close the files. The index cannot be used afterwards."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def check_encoder(self, encoder: Encoder) -> None:
        """Refuse an encoder whose vectors do not belong with those of the index.

        Raises:
            IndexMismatchError: it has another name or dimension than the index's.
        """
        config = self.config
        if (encoder.name, encoder.dimension) != (config.encoder, config.dimension):
            raise IndexMismatchError(
                f"the index in {self.directory} was made with the encoder {config.encoder!r} "
                f"({config.dimension} dimensions), not {encoder.name!r} ({encoder.dimension}): "
                "use that encoder, or rebuild it with `hoidap add PATH... --index NEW-FOLDER`"
            )

    @property
    def config(self) -> IndexConfig:
        """What is baked into the index."""
        return self.store.config

    @property
    def directory(self) -> Path:
        """The index folder."""
        return self.store.directory

    def is_empty(self) -> bool:
        """Whether there is no passage to find."""
        with self.store.reading() as connection:
            return connection.execute("SELECT 1 FROM passages LIMIT 1").fetchone() is None

    def allowed(
        self, after: date | None = None, before: date | None = None, source: str | None = None
    ) -> PassageIds | None:
        """Passages of articles published in ``[after, before]`` by ``source``; None if nothing is asked."""
        return self.store.allowed(after, before, source)

    def lexical(
        self,
        terms: Sequence[str],
        field: LexicalField,
        limit: int,
        allowed: PassageIds | None = None,
        parameters: Bm25 | None = None,
    ) -> Scored:
        """The passages with the highest BM25 (see `LexicalIndex.search`)."""
        return self._lexical.search(terms, field, limit, allowed, parameters)

    def lexical_scores(
        self,
        terms: Sequence[str],
        field: LexicalField,
        ids: Iterable[int],
        parameters: Bm25 | None = None,
    ) -> dict[int, float]:
        """BM25 of given passages; those without any of the terms, or gone, are left out."""
        return self._lexical.scores(terms, field, ids, parameters)

    def lexical_weights(self, terms: Sequence[str], field: LexicalField) -> dict[Phrase, float]:
        """The weights of a question's distinct syllables and pairs (see `LexicalIndex.weights`)."""
        return self._lexical.weights(terms, field)

    def term_weights(self, terms: Iterable[str], field: LexicalField) -> dict[str, float]:
        """Inverse document frequency of each term, 0 or more; the largest for one that stands nowhere."""
        return self._lexical.term_weights(terms, field)

    def dense(self, vector: NDArray[np.float32], limit: int, allowed: PassageIds | None = None) -> Scored:
        """The passages nearest to a unit vector, float32 (dimension,), with their cosines."""
        return self._vectors.get().search(vector, limit, allowed)

    def dense_scores(self, vector: NDArray[np.float32], ids: Iterable[int]) -> dict[int, float]:
        """Cosines of given passages with a unit vector; those that are gone are left out."""
        return self._vectors.get().scores_for(vector, ids)

    def passages(self, ids: Iterable[int]) -> list[StoredPassage]:
        """The passages with these ids, in the order asked for; those that are gone are left out."""
        return self.store.passages_by_id(ids)

    def article(self, article_id: str) -> Article | None:
        """The whole article, or None if there is none with this id."""
        return self.store.article(article_id)

    def refresh(self) -> None:
        """Load the vectors, or follow the changes since; a search does this by itself."""
        self._vectors.get()

    def write_vectors(self) -> None:
        """Write the FAISS file for the present state, so that the next process need not build it."""
        self._vectors.write()
