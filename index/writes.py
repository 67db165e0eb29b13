"""Changes of the store, each inside a write transaction that its caller holds."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

import numpy as np

from index import reads
from index.embedding import Vectors
from index.postings import Entry, add_entries, remove_entries
from index.records import Article, Passage
from index.rows import FileState, content_hash, dropped_json, iso, passages_hash, storable
from index.text import syllables

# How far the length of a stored vector may be from 1.
UNIT_TOLERANCE: Final = 1e-3


def put_article(
    connection: sqlite3.Connection, article: Article, passages: Sequence[Passage], vectors: Vectors
) -> bool:
    """Insert an article with its passages, vectors and lexical entries in place of what has its id.

    Returns:
        Whether there was an earlier version; it leaves nothing but the day it was added.
    """
    earlier = _added(connection, article.id)
    if earlier is not None:
        delete_article(connection, article.id)
    spans = [(passage.start, passage.end) for passage in passages]
    hashes = (content_hash(article), passages_hash(spans, vectors))
    told = (article.id, article.title, article.source, article.author, iso(article.published), article.url)
    when = earlier or datetime.now(UTC).isoformat(timespec="seconds")
    row = (*told, article.path, *hashes, when, len(article.text), dropped_json(article), article.text)
    connection.execute(f"INSERT INTO articles VALUES ({', '.join('?' * len(row))})", row)
    _insert_passages(connection, article, spans, vectors)
    raise_generation(connection)
    return earlier is not None


def delete_article(connection: sqlite3.Connection, article_id: str) -> None:
    """Delete an article; its passages and vectors go with it (foreign keys), its lexical entries first."""
    remove_entries(connection, reads.entries(connection, article_id))
    connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
    raise_generation(connection)


def note_files(connection: sqlite3.Connection, states: Iterable[FileState]) -> None:
    """Remember files as they were when their articles were read."""
    rows = [(storable(state.path), state.size, state.modified_ns) for state in states]
    connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", rows)


def raise_generation(connection: sqlite3.Connection) -> None:
    """Tell everything that is derived from the store that it is out of date."""
    connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")


def check_passages(article: Article, passages: Sequence[Passage]) -> None:
    """Refuse passages that are not stretches of the article's text.

    Raises:
        ValueError: there are none, or one lies outside the text or reads differently there.
    """
    if not passages:
        raise ValueError(f"article {article.id} has no passages")
    for passage in passages:
        inside = 0 <= passage.start < passage.end <= len(article.text)
        if not inside or article.text[passage.start : passage.end] != storable(passage.text):
            raise ValueError(f"passage [{passage.start}, {passage.end}) is not that of article {article.id}")


def check_vectors(vectors: Vectors, shape: tuple[int, int]) -> None:
    """Refuse vectors that are not float32 of this shape and of length 1.

    Raises:
        ValueError: they are not.
    """
    if vectors.shape != shape or vectors.dtype != np.float32:
        raise ValueError(f"vectors are {vectors.dtype} {vectors.shape}, not float32 {shape}")
    if not np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=UNIT_TOLERANCE):
        raise ValueError("vectors are not of length 1")


def _added(connection: sqlite3.Connection, article_id: str) -> str | None:
    row = connection.execute("SELECT added FROM articles WHERE id = ?", (article_id,)).fetchone()
    return None if row is None else row[0]


def _insert_passages(
    connection: sqlite3.Connection, article: Article, spans: Sequence[tuple[int, int]], vectors: Vectors
) -> None:
    entries = []
    for (start, end), vector in zip(spans, vectors, strict=True):
        body = article.text[start:end]
        sql = 'INSERT INTO passages (article_id, start, "end", syllables) VALUES (?, ?, ?, ?) RETURNING id'
        (number,) = connection.execute(sql, (article.id, start, end, len(syllables(body)))).fetchone()
        connection.execute("INSERT INTO vectors VALUES (?, ?)", (number, vector.astype("<f4").tobytes()))
        entries.append(Entry(number, article.title, body))
    add_entries(connection, entries)
