"""Check an index against itself: everything stored twice must agree, everything derived must follow.

`verify` names every inconsistency; `repair` mends what is derived from articles, passages and vectors: the
lexical tables and the FAISS file. An article that is itself damaged has to be added again.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from index import reads
from index.article_index import ArticleIndex
from index.current_vectors import CurrentVectors, faiss_file, fingerprint
from index.dense import read_dense
from index.errors import IndexDamagedError
from index.lexical_check import lexical_differences
from index.postings import FIELDS, Entry, add_entries, table
from index.records import Article
from index.rows import content_hash, passages_hash
from index.schema import create_lexical_table, missing_config_rows
from index.store import Store
from index.text import syllables
from index.writes import UNIT_TOLERANCE, raise_generation


class Part(StrEnum):
    """Where in an index a problem lies."""

    DATABASE = "database"
    CONFIG = "config"
    ARTICLE = "article"
    PASSAGE = "passage"
    VECTOR = "vector"
    LEXICAL = "lexical"
    FAISS = "faiss"


@dataclass(frozen=True, slots=True)
class Problem:
    """One inconsistency.

    Attributes:
        part: where it lies; `repair` mends ``LEXICAL`` and ``FAISS``.
        subject: the article's id, the passage's number, the table or the file.
        detail: what is wrong.
    """

    part: Part
    subject: str
    detail: str


def verify_directory(directory: Path) -> list[Problem]:
    """Verify the index in a folder, also one that is too damaged to be opened.

    Raises:
        IndexMissingError: there is none.
        IndexMismatchError: it has another schema version.
    """
    try:
        with ArticleIndex.open(directory) as index:
            return verify(index)
    except IndexDamagedError as error:
        return [Problem(Part.DATABASE, str(directory), str(error))]


def verify(index: ArticleIndex) -> list[Problem]:
    """Every inconsistency of an index; an empty list if there is none. Changes nothing."""
    problems: list[Problem] = []
    checks: tuple[_Check, ...] = (_database, _config, _articles, _unencoded, _vectors, _lexical, _faiss)
    with index.store.reading() as connection:
        for check in checks:
            try:
                problems.extend(check(connection, index.store))
            except (sqlite3.Error, ValueError, TypeError) as error:
                subject = check.__name__.strip("_")
                problems.append(Problem(Part.DATABASE, subject, f"cannot be read: {error}"))
    return problems


def repair(index: ArticleIndex) -> list[Problem]:
    """Make anew what is derived and wrong: lexical tables and FAISS file.

    Returns:
        The problems that remain, which only adding the articles again, or a new index, can mend.
    """
    problems = verify(index)
    parts = {problem.part for problem in problems}
    if Part.LEXICAL in parts:
        _rebuild_lexical(index.store)
    if parts & {Part.LEXICAL, Part.FAISS}:
        faiss_file(index.store).unlink(missing_ok=True)
        CurrentVectors(index.store, notify=lambda line: None).write()
    return [problem for problem in problems if problem.part not in (Part.LEXICAL, Part.FAISS)]


_Check = Callable[[sqlite3.Connection, Store], Iterator[Problem]]


def _database(connection: sqlite3.Connection, store: Store) -> Iterator[Problem]:
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield Problem(Part.DATABASE, store.directory.name, line)
    for child, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        part = Part.VECTOR if child == "vectors" else Part.PASSAGE
        yield Problem(part, str(row), f"belongs to no row of {parent}")


def _config(connection: sqlite3.Connection, store: Store) -> Iterator[Problem]:
    for name in missing_config_rows(connection):
        yield Problem(Part.CONFIG, name, "is missing")


def _articles(connection: sqlite3.Connection, store: Store) -> Iterator[Problem]:
    for article_id in _article_ids(connection):
        try:
            article = reads.article(connection, article_id)
        except (ValueError, TypeError, sqlite3.OperationalError) as error:
            yield Problem(Part.ARTICLE, article_id, f"cannot be read ({error}): remove it and add it again")
            continue
        if article is not None:
            for detail in _article_faults(connection, store, article):
                yield Problem(Part.ARTICLE, article_id, f"{detail}: remove it and add it again")
            yield from _passage_problems(connection, article)


def _article_faults(connection: sqlite3.Connection, store: Store, article: Article) -> Iterator[str]:
    if content_hash(article) != reads.stored_hash(connection, article.id, "content"):
        yield "its text or details are not those that were added"
    spans = [(start, end) for _, start, end in reads.spans(connection, article.id)]
    vectors = reads.vectors_of(connection, article.id, store.config.dimension)
    if not spans:
        yield "it has no passages"
    elif passages_hash(spans, vectors) != reads.stored_hash(connection, article.id, "passages"):
        yield "its passages or vectors are not those that were added"


def _passage_problems(connection: sqlite3.Connection, article: Article) -> Iterator[Problem]:
    counts = dict(
        connection.execute(
            "SELECT id, syllables FROM passages WHERE article_id = ?", (article.id,)
        ).fetchall()
    )
    for number, start, end in reads.spans(connection, article.id):
        if not 0 <= start < end <= len(article.text):
            detail = f"[{start}, {end}) is not inside its article's {len(article.text)} characters"
            yield Problem(Part.PASSAGE, str(number), detail)
        elif counts[number] != len(syllables(article.text[start:end])):
            yield Problem(Part.PASSAGE, str(number), f"has not {counts[number]} syllables")


def _unencoded(connection: sqlite3.Connection, store: Store) -> Iterator[Problem]:
    sql = "SELECT id FROM passages WHERE id NOT IN (SELECT passage_id FROM vectors) ORDER BY id"
    for (number,) in connection.execute(sql):
        yield Problem(Part.PASSAGE, str(number), "has no vector")


def _vectors(connection: sqlite3.Connection, store: Store) -> Iterator[Problem]:
    size = 4 * store.config.dimension
    for number, blob in connection.execute("SELECT passage_id, vector FROM vectors ORDER BY passage_id"):
        if not isinstance(blob, bytes) or len(blob) != size:
            yield Problem(Part.VECTOR, str(number), f"is not of {store.config.dimension} numbers")
            continue
        vector = np.frombuffer(blob, dtype="<f4").astype(np.float64)
        if not np.isfinite(vector).all():
            yield Problem(Part.VECTOR, str(number), "has a number that is not finite")
        elif abs(np.linalg.norm(vector) - 1) > UNIT_TOLERANCE:
            yield Problem(Part.VECTOR, str(number), f"has length {np.linalg.norm(vector):.4f}, not 1")


def _lexical(connection: sqlite3.Connection, store: Store) -> Iterator[Problem]:
    for name, number, detail in lexical_differences(connection, _all_entries(connection)):
        yield Problem(Part.LEXICAL, name, f"passage {number} {detail}")


def _faiss(connection: sqlite3.Connection, store: Store) -> Iterator[Problem]:
    path = faiss_file(store)
    ids, vectors = reads.vectors(connection, store.config.dimension)
    dense = read_dense(path, fingerprint(store, reads.generation(connection)))
    if dense is None:
        if len(ids) or path.exists():
            detail = "is missing, damaged or out of date; the next question builds it again"
            yield Problem(Part.FAISS, path.name, detail)
    elif not np.array_equal(dense.ids, ids) or not np.array_equal(dense.vectors, vectors):
        yield Problem(Part.FAISS, path.name, "does not hold the vectors of the store")


def _all_entries(connection: sqlite3.Connection) -> Iterator[Entry]:
    for article_id in _article_ids(connection):
        yield from reads.entries(connection, article_id)


def _article_ids(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT id FROM articles ORDER BY id")]


def _rebuild_lexical(store: Store) -> None:
    with store.writing() as connection:
        for field in FIELDS:
            connection.execute(f"DROP TABLE {table(field)}")
            create_lexical_table(connection, table(field))
        add_entries(connection, _all_entries(connection))
        raise_generation(connection)
