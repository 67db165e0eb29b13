"""Queries over a snapshot of the store. Each takes a connection, so that several see the same moment."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.embedding import Vectors
from index.postings import Entry
from index.records import Article, Passage
from index.rows import ARTICLE_COLUMNS, ArticleSummary, FileState, StoredPassage, article_from_row, day, iso

PassageIds = NDArray[np.int64]
_BATCH: Final = 500
_Item = TypeVar("_Item")
_PassageRow = tuple[int, str, int, int]
_ArticleRow = tuple[str, str, str | None, str | None, str]


def generation(connection: sqlite3.Connection) -> int:
    """The number that every change of articles, passages or vectors raises by one."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
    return int(row[0])


def article(connection: sqlite3.Connection, article_id: str) -> Article | None:
    """The article with this id, with its text."""
    sql = f"SELECT {ARTICLE_COLUMNS} FROM articles WHERE id = ?"
    row = connection.execute(sql, (article_id,)).fetchone()
    return None if row is None else article_from_row(row)


def summaries(connection: sqlite3.Connection) -> list[ArticleSummary]:
    """All articles without their texts, by title, then by id."""
    sql = """SELECT id, title, source, author, published, url, path, characters,
                    (SELECT count(*) FROM passages WHERE article_id = articles.id), added
             FROM articles"""
    found = [
        ArticleSummary(number, title, source, author, day(published), url, path, characters, count, added)
        for number, title, source, author, published, url, path, characters, count, added in (
            connection.execute(sql)
        )
    ]
    return sorted(found, key=lambda summary: (summary.title.casefold(), summary.id))


def stored_hash(
    connection: sqlite3.Connection, article_id: str, of: Literal["content", "passages"]
) -> str | None:
    """The hash that was stored of an article's content or passages, or None if it is not there."""
    row = connection.execute(f"SELECT {of}_hash FROM articles WHERE id = ?", (article_id,)).fetchone()
    return None if row is None else row[0]


def file_state(connection: sqlite3.Connection, path: str) -> FileState | None:
    """What was noted of a file when its articles were last added."""
    row = connection.execute("SELECT path, size, modified_ns FROM files WHERE path = ?", (path,)).fetchone()
    return None if row is None else FileState(*row)


def ids_at(connection: sqlite3.Connection, path: str) -> list[str]:
    """Ids of the articles that came from a file."""
    rows = connection.execute("SELECT id FROM articles WHERE path = ? ORDER BY id", (path,))
    return [row[0] for row in rows]


def spans(connection: sqlite3.Connection, article_id: str) -> list[tuple[int, int, int]]:
    """(passage id, start, end) of an article's passages, by id, which is their order in the text."""
    sql = 'SELECT id, start, "end" FROM passages WHERE article_id = ? ORDER BY id'
    return connection.execute(sql, (article_id,)).fetchall()


def lengths(connection: sqlite3.Connection) -> tuple[int, int]:
    """How many passages there are, and how many syllables they have together."""
    passages_and_total = connection.execute("SELECT count(*), total(syllables) FROM passages").fetchone()
    return passages_and_total[0], int(passages_and_total[1])


def entries(connection: sqlite3.Connection, article_id: str) -> list[Entry]:
    """What the lexical tables hold of an article."""
    row = connection.execute("SELECT title, text FROM articles WHERE id = ?", (article_id,)).fetchone()
    title, text = row or ("", "")
    return [Entry(number, title, text[start:end]) for number, start, end in spans(connection, article_id)]


def passages(connection: sqlite3.Connection, ids: Iterable[int]) -> list[StoredPassage]:
    """The passages with these ids, in the order asked for; those that are gone are left out."""
    wanted = list(dict.fromkeys(int(number) for number in ids))
    rows = {row[0]: row for batch in _batches(wanted) for row in _passage_rows(connection, batch)}
    article_ids = list(dict.fromkeys(row[1] for row in rows.values()))
    texts = {row[0]: row for batch in _batches(article_ids) for row in _article_rows(connection, batch)}
    return [_stored(rows[number], texts[rows[number][1]]) for number in wanted if number in rows]


def vectors(connection: sqlite3.Connection, dimension: int, after: int = 0) -> tuple[PassageIds, Vectors]:
    """Ids, int64 of shape (n,), ascending, and vectors, float32 of shape (n, dimension), of passages.

    Only of the passages with a larger id than ``after``. Vectors of another length, which only damage can
    bring about, are left out; `index.verify` names them.
    """
    source = "FROM vectors WHERE passage_id > ? AND length(vector) = ?"
    condition = (after, 4 * dimension)
    ids = id_array(connection, "passage_id", source, condition)
    found = np.empty((len(ids), dimension), dtype=np.float32)
    cursor = connection.execute(f"SELECT vector {source} ORDER BY passage_id", condition)
    filled = 0
    while rows := cursor.fetchmany(_BATCH):
        block = np.frombuffer(b"".join(row[0] for row in rows), dtype="<f4")
        found[filled : filled + len(rows)] = block.reshape(len(rows), dimension)
        filled += len(rows)
    return ids, found


def vectors_of(connection: sqlite3.Connection, article_id: str, dimension: int) -> Vectors:
    """An article's vectors, float32 of shape (n, dimension), in the order of its passages.

    Vectors of another length, which only damage can bring about, are left out.
    """
    sql = """SELECT vector FROM vectors JOIN passages ON passages.id = passage_id
             WHERE article_id = ? AND length(vector) = ? ORDER BY passage_id"""
    blob = b"".join(row[0] for row in connection.execute(sql, (article_id, 4 * dimension)))
    return np.frombuffer(blob, dtype="<f4").reshape(-1, dimension)


def allowed(
    connection: sqlite3.Connection, after: date | None, before: date | None, source: str | None
) -> PassageIds | None:
    """Ids, ascending, of the passages of articles within the limits; None if there is no limit.

    Both days are inclusive. An article without a date lies in no range of dates. Sources are compared
    without regard to case.
    """
    conditions, values = [], []
    for condition, value in (("published >= ?", iso(after)), ("published <= ?", iso(before))):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    if source is not None:
        names = _same_sources(connection, source)
        conditions.append(f"source IN ({_marks(names)})")
        values.extend(names)
    if not conditions:
        return None
    found = f"SELECT id FROM articles WHERE {' AND '.join(conditions)}"
    return id_array(connection, "id", f"FROM passages WHERE article_id IN ({found})", values)


def id_array(
    connection: sqlite3.Connection, column: str, source: str, values: Sequence[str | int] = ()
) -> PassageIds:
    """The integers of ``SELECT column source``, ascending, int64 of shape (n,).

    They come out of SQLite as one string: three times as fast as a Python tuple for each.
    """
    joined = connection.execute(f"SELECT group_concat({column}) {source}", values).fetchone()[0]
    return np.sort(np.fromstring(joined or "", dtype=np.int64, sep=","))


def _same_sources(connection: sqlite3.Connection, source: str) -> list[str]:
    names = connection.execute("SELECT DISTINCT source FROM articles WHERE source IS NOT NULL")
    return [row[0] for row in names if row[0].casefold() == source.casefold()]


def _passage_rows(connection: sqlite3.Connection, ids: Sequence[int]) -> list[_PassageRow]:
    sql = f'SELECT id, article_id, start, "end" FROM passages WHERE id IN ({_marks(ids)})'
    return connection.execute(sql, ids).fetchall()


def _article_rows(connection: sqlite3.Connection, ids: Sequence[str]) -> list[_ArticleRow]:
    sql = f"SELECT id, title, published, source, text FROM articles WHERE id IN ({_marks(ids)})"
    return connection.execute(sql, ids).fetchall()


def _stored(row: _PassageRow, article_row: _ArticleRow) -> StoredPassage:
    number, article_id, start, end = row
    _, title, published, source, text = article_row
    return StoredPassage(
        number, Passage(article_id, start, end, text[start:end]), title, day(published), source
    )


def _batches(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    return (items[first : first + _BATCH] for first in range(0, len(items), _BATCH))


def _marks(items: Sequence[object]) -> str:
    return ", ".join("?" * len(items))
