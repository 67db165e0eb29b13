"""What stands in the two FTS5 tables: the syllables of every passage, with and without accents."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from index.text import fold_accents, syllables

LexicalField = Literal["accented", "unaccented"]
LEXICAL: Final = "lexical"
FIELDS: Final[tuple[LexicalField, ...]] = ("accented", "unaccented")


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage as lexical search sees it: its row, its article's title and its own text."""

    passage_id: int
    title: str
    body: str


def table(field: LexicalField, prefix: str = LEXICAL) -> str:
    """The FTS5 table of a field."""
    return f"{prefix}_{field}"


def tokens(text: str, field: LexicalField) -> list[str]:
    """The terms of a text in order. Changing what they are needs a new `SCHEMA_VERSION`."""
    words = syllables(text)
    return words if field == "accented" else [_folded(word) for word in words]


@lru_cache(maxsize=100_000)
def _folded(syllable: str) -> str:
    return fold_accents(syllable)


def add_entries(connection: sqlite3.Connection, entries: Iterable[Entry], prefix: str = LEXICAL) -> None:
    """Put passages into the tables of both fields."""
    _write(connection, entries, prefix, "INSERT INTO {0} (rowid, title, body) VALUES (?, ?, ?)")


def remove_entries(connection: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    """Take passages out of both tables; the entries must be the very ones that were put in."""
    statement = "INSERT INTO {0} ({0}, rowid, title, body) VALUES ('delete', ?, ?, ?)"
    _write(connection, entries, LEXICAL, statement)


def _write(connection: sqlite3.Connection, entries: Iterable[Entry], prefix: str, statement: str) -> None:
    # FTS5 is given ready terms, not raw text, so that its tokenizer and ours cannot differ.
    for entry in entries:
        for field in FIELDS:
            title, body = (" ".join(tokens(text, field)) for text in (entry.title, entry.body))
            connection.execute(statement.format(table(field, prefix)), (entry.passage_id, title, body))
