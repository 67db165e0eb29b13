"""The store: one SQLite file that is the truth about an index; everything else is derived from it."""

import os
import sqlite3
import uuid
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import fields
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from index import reads, writes
from index.config import IndexConfig
from index.database import WAIT_SECONDS, Database
from index.embedding import Vectors
from index.errors import IndexBusyError, IndexError_, IndexMismatchError, IndexMissingError
from index.reads import PassageIds
from index.records import Article, Passage
from index.rows import ArticleSummary, FileState, StoredPassage, passages_hash, storable, storable_article
from index.schema import ARTICLES_FILE, CREATION_LOCK, create_tables, read_config, table_names


class Store:
    """Articles, their passages and vectors and the lexical index of one index folder.

    Every change of an article is one transaction: after a kill or a power cut it has happened entirely
    or not at all. Any number of threads may use one store; other processes may use the same file.
    """

    def __init__(self, directory: Path, config: IndexConfig, identity: str, database: Database) -> None:
        """Use `create` or `open`."""
        self.directory = directory
        self.config = config
        self.identity = identity
        self._database = database

    @classmethod
    def create(cls, directory: Path, config: IndexConfig, wait: float = WAIT_SECONDS) -> Self:
        """Make an empty index in a folder, or open the one that is there.

        Raises:
            IndexMismatchError: one is there, made with another configuration.
            IndexError_: the folder cannot be made or written to.
        """
        path = directory / ARTICLES_FILE
        try:
            directory.mkdir(parents=True, exist_ok=True)
            # SQLite does not wait for its turn when it switches a new file to WAL, hence this lock.
            with FileLock(directory / CREATION_LOCK, timeout=wait):
                _create(path, config, wait)
        except Timeout as error:
            raise IndexBusyError(f"another process is making an index in {directory}: try again") from error
        except OSError as error:
            reason = error.strerror or error
            raise IndexError_(f"cannot write to {directory}: {reason}; choose another --index") from error
        return cls.open(directory, config, wait)

    @classmethod
    def open(cls, directory: Path, expected: IndexConfig | None = None, wait: float = WAIT_SECONDS) -> Self:
        """Open the index in a folder.

        Args:
            directory: where ``articles.db`` lies.
            expected: refuse an index with another configuration than this.
            wait: seconds that a writer waits for another one.

        Raises:
            IndexMissingError: there is none.
            IndexMismatchError: it has another schema version or not the expected configuration.
            IndexDamagedError: the file is not a database or has lost its configuration.
        """
        path = directory / ARTICLES_FILE
        missing = f"there is no index in {directory}: make one with `hoidap add PATH... --index {directory}`"
        if not os.path.isfile(path):
            raise IndexMissingError(missing)
        database = Database(path, wait)
        try:
            with database.reading() as connection:
                if not table_names(connection):
                    raise IndexMissingError(missing)
                config = read_config(connection, path)
                identity = connection.execute("SELECT value FROM meta WHERE key = 'identity'").fetchone()[0]
            _check_expected(directory, config, expected)
        except BaseException:
            database.close()
            raise
        return cls(directory, config, identity, database)

    def close(self) -> None:
        """Close the file. The store cannot be used afterwards."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """A snapshot for the functions of `index.reads`, all of one moment."""
        return self._database.reading()

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """A write transaction, for `index.verify`'s repairs."""
        return self._database.writing()

    # -- changes ----------------------------------------------------------------------------------

    def put(
        self,
        article: Article,
        passages: Sequence[Passage],
        vectors: Vectors,
        noted: Iterable[FileState] = (),
    ) -> bool:
        """Add an article, replacing all that the index had under its id.

        Lone surrogates, which UTF-8 cannot hold, are stored as U+FFFD, one for one.

        Args:
            article: the article.
            passages: its passages, at least one, in the order of the text.
            vectors: one for each passage, float32 of shape (n, dimension), L2-normalised.
            noted: files to remember in the same transaction (see `note_files`).

        Returns:
            Whether it replaced an earlier version.

        Raises:
            ValueError: passages or vectors do not fit the article or the index.
            IndexBusyError: another process was writing for too long.
        """
        article = storable_article(article)
        writes.check_passages(article, passages)
        writes.check_vectors(vectors, (len(passages), self.config.dimension))
        with self._database.writing() as connection:
            writes.note_files(connection, noted)
            return writes.put_article(connection, article, passages, vectors)

    def remove(self, article_id: str) -> bool:
        """Remove an article with everything of it; whether it was there."""
        with self._database.writing() as connection:
            row = connection.execute("SELECT path FROM articles WHERE id = ?", (article_id,)).fetchone()
            if row is None:
                return False
            writes.delete_article(connection, article_id)
            # The next `add` of its file must not take the file for known.
            connection.execute("DELETE FROM files WHERE path = ?", row)
        return True

    def note_files(self, states: Iterable[FileState]) -> None:
        """Remember files all of whose articles are in the index, so that they need not be read again."""
        with self._database.writing() as connection:
            writes.note_files(connection, states)

    # -- reads ------------------------------------------------------------------------------------

    def generation(self) -> int:
        """A number that every change of articles, passages or vectors raises."""
        with self.reading() as connection:
            return reads.generation(connection)

    def article(self, article_id: str) -> Article | None:
        """The article with this id, or None."""
        with self.reading() as connection:
            return reads.article(connection, article_id)

    def articles(self) -> list[ArticleSummary]:
        """All articles without their texts, by title, then by id."""
        with self.reading() as connection:
            return reads.summaries(connection)

    def content_hash(self, article_id: str) -> str | None:
        """The `index.rows.content_hash` of the stored article, or None if there is none."""
        with self.reading() as connection:
            return reads.stored_hash(connection, article_id, "content")

    def file_state(self, path: str) -> FileState | None:
        """What was noted of a file when its articles were last added."""
        with self.reading() as connection:
            return reads.file_state(connection, storable(path))

    def ids_at(self, path: str) -> list[str]:
        """Ids of the articles that came from a file."""
        with self.reading() as connection:
            return reads.ids_at(connection, storable(path))

    def passage_ids(self, article_id: str) -> list[int]:
        """Ids of an article's passages in the order of the text."""
        with self.reading() as connection:
            return [number for number, _, _ in reads.spans(connection, article_id)]

    def passages_by_id(self, ids: Iterable[int]) -> list[StoredPassage]:
        """The passages with these ids, in the order asked for; those that are gone are left out."""
        with self.reading() as connection:
            return reads.passages(connection, ids)

    def encoded(self, article_id: str) -> tuple[Article, list[tuple[int, int]], Vectors] | None:
        """An article with its passages' (start, end) and vectors, float32 (n, dimension), to be used again.

        None if it is not there, or its passages and vectors are not to the bit those that were put.
        """
        with self.reading() as connection:
            try:
                found = reads.article(connection, article_id)
            except ValueError:  # a damaged date or list; `index.verify` names it
                return None
            if found is None:
                return None
            places = [(start, end) for _, start, end in reads.spans(connection, article_id)]
            vectors = reads.vectors_of(connection, article_id, self.config.dimension)
            intact = passages_hash(places, vectors) == reads.stored_hash(connection, article_id, "passages")
            return (found, places, vectors) if intact else None

    def vectors(self) -> tuple[PassageIds, Vectors]:
        """All passages' ids, int64 (n,), ascending, and vectors, float32 (n, dimension)."""
        with self.reading() as connection:
            return reads.vectors(connection, self.config.dimension)

    def allowed(
        self, after: date | None = None, before: date | None = None, source: str | None = None
    ) -> PassageIds | None:
        """Ids of the passages of articles within the limits (see `index.reads.allowed`); None: no limit."""
        with self.reading() as connection:
            return reads.allowed(connection, after, before, source)


def _create(path: Path, config: IndexConfig, wait: float) -> None:
    with closing(Database(path, wait, create=True)) as database, database.connection() as connection:
        create_tables(connection, config, uuid.uuid4().hex)


def _check_expected(directory: Path, config: IndexConfig, expected: IndexConfig | None) -> None:
    if expected is None or config == expected:
        return
    name = next(f.name for f in fields(config) if getattr(config, f.name) != getattr(expected, f.name))
    has, wanted = getattr(config, name), getattr(expected, name)
    raise IndexMismatchError(
        f"the index in {directory} was made with {name} {has!r}, not {wanted!r}: "
        "rebuild it with `hoidap add PATH... --index NEW-FOLDER`"
    )
