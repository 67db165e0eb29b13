"""The one SQLite file of an index: its tables, its configuration rows, and what its errors mean to a user."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Final

from index.config import SCHEMA_VERSION, IndexConfig
from index.errors import IndexBusyError, IndexDamagedError, IndexError_, IndexMismatchError
from index.postings import FIELDS, table

ARTICLES_FILE: Final = "articles.db"
WRITER_FILE: Final = "articles.writer"
CREATION_LOCK: Final = "articles.lock"
FAISS_FILE: Final = "passages.faiss"

# Eight kilobytes hold five vectors of 384 numbers; the default of four holds two and wastes a quarter.
PAGE_SIZE: Final = 8192

# A passage has no text of its own: it is [start, end) characters of the article's. Its `syllables` are
# the length that BM25 needs. A passage's id is never used twice (AUTOINCREMENT), so an id always means
# the same vector. The long columns of an article come last: what lists articles does not read them.
#
# The two FTS5 tables are contentless: they keep terms and positions only. With their own copies of the
# words they would be three times as large; and with SQLite's substr over the article's text (external
# content) offsets would go wrong after a NUL character. FTS5 deletes a contentless row only when given
# the very words that were put in; those are derived from the stored article in the same transaction,
# before it changes, and `index.verify` compares the tables with the text term by term.
TABLES: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE files (path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, source TEXT, author TEXT, published TEXT, url TEXT, path TEXT,
    content_hash TEXT NOT NULL, passages_hash TEXT NOT NULL, added TEXT NOT NULL,
    characters INTEGER NOT NULL, dropped TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX articles_by_path ON articles (path);
CREATE INDEX articles_by_source ON articles (source, published);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, syllables INTEGER NOT NULL);
CREATE INDEX passages_by_article ON passages (article_id);
CREATE TABLE vectors (
    passage_id INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE, vector BLOB NOT NULL);
"""
FTS_TABLE: Final = """
CREATE VIRTUAL TABLE {name}
USING fts5(title, body, content='', tokenize="unicode61 remove_diacritics 0")
"""


def table_names(connection: sqlite3.Connection) -> set[str]:
    """The tables of the database, none for a file that was only just made."""
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def connect(path: Path, wait: float, *, create: bool = False) -> sqlite3.Connection:
    """Open a connection in autocommit mode that any one thread at a time may use.

    ``synchronous=FULL`` makes every commit reach the disk before it returns: an article that was
    acknowledged survives a power cut as well as a kill, for one flush an article.

    Args:
        path: the file.
        wait: seconds to wait for another process's write before giving up.
        create: make the file if there is none.
    """
    mode = "rwc" if create else "rw"
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=wait, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -16384")
    return connection


def create_tables(connection: sqlite3.Connection, config: IndexConfig, identity: str) -> None:
    """Make the tables and the configuration rows in one transaction, unless the file has any tables."""
    if table_names(connection):
        return
    connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    if not table_names(connection):
        for statement in TABLES.split(";\n"):
            connection.execute(statement)
        for field in FIELDS:
            create_lexical_table(connection, table(field))
        rows = {**config.to_dict(), "identity": identity, "generation": 0}
        connection.executemany("INSERT INTO meta VALUES (?, ?)", rows.items())
    connection.execute("COMMIT")


def create_lexical_table(connection: sqlite3.Connection, name: str) -> None:
    """Make an empty table for the terms of passages."""
    connection.execute(FTS_TABLE.format(name=name))


def missing_config_rows(connection: sqlite3.Connection) -> list[str]:
    """Names of the configuration rows that should be in ``meta`` and are not."""
    present = {row[0] for row in connection.execute("SELECT key FROM meta")}
    expected = [field.name for field in fields(IndexConfig)] + ["identity", "generation"]
    return [name for name in expected if name not in present]


def read_config(connection: sqlite3.Connection, path: Path) -> IndexConfig:
    """The configuration stored in the index.

    Raises:
        IndexMismatchError: the tables are those of another schema version.
        IndexDamagedError: rows are missing, or the database is not one of ours.
    """
    if "meta" not in table_names(connection):
        raise IndexDamagedError(
            f"{path} is a database, but not a hoidap index: choose another --index folder"
        )
    rows = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    version = rows.get("schema_version", SCHEMA_VERSION)
    if version != SCHEMA_VERSION:
        raise IndexMismatchError(
            f"the index in {path.parent} has schema version {version}, this hoidap needs {SCHEMA_VERSION}: "
            "rebuild it with `hoidap add PATH... --index NEW-FOLDER`"
        )
    missing = missing_config_rows(connection)
    if missing:
        raise IndexDamagedError(
            f"{path} has lost its configuration ({', '.join(missing)}): "
            "rebuild it with `hoidap add PATH... --index NEW-FOLDER`"
        )
    return IndexConfig(**{field.name: rows[field.name] for field in fields(IndexConfig)})


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the file at ``path`` into the errors of `index.errors`.

    Raises:
        IndexBusyError: another process kept the write lock for longer than the connection waits.
        IndexDamagedError: the file is no database or its pages contradict each other.
        IndexError_: the disk is full or the file may not be read or written.
    """
    try:
        yield
    except sqlite3.Error as error:
        mended = _explanation(error, path)
        if mended is None:
            raise
        raise mended from error


def _explanation(error: sqlite3.Error, path: Path) -> IndexError_ | None:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    undecodable = str(error).startswith("Could not decode to UTF-8")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or undecodable:
        return IndexDamagedError(
            f"{path} is damaged ({error}): see `hoidap verify --index {path.parent}`, "
            "then rebuild it with `hoidap add PATH... --index NEW-FOLDER`"
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return IndexBusyError(
            f"{_writer(path.parent)} is writing to {path.parent}: try again when it is done"
        )
    if code == sqlite3.SQLITE_FULL:
        return IndexError_(
            f"no space left for {path}: free some and run the command again; nothing is half done"
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
        return IndexError_(
            f"{path} cannot be opened for reading and writing ({error}): check its permissions"
        )
    return None


def _writer(directory: Path) -> str:
    try:
        return f"another process ({(directory / WRITER_FILE).read_text(encoding='utf-8').strip()})"
    except OSError:
        return "another process"
