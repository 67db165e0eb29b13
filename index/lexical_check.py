"""Compare the lexical tables with the text they were made from, term by term."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final

from index.postings import FIELDS, LEXICAL, Entry, LexicalField, add_entries, table
from index.schema import create_lexical_table

_EXPECTED: Final = "expected"
# Equal for two tables only if they have a term at the same places, but for collisions that damage does not
# bring about; SQLite computes it without a row of Python for each of the millions of places.
_CHECKSUMS: Final = """
SELECT term, count(*), sum(doc * (2 * "offset" + (col = 'title') + 1) % 1000000007) FROM {0} GROUP BY term
"""
_PLACES: Final = 'SELECT doc, col, "offset" FROM {0} WHERE term = ?'


def lexical_differences(
    connection: sqlite3.Connection, entries: Iterable[Entry]
) -> Iterator[tuple[str, int, str]]:
    """Every passage whose row is missing, too many or has other terms than its text.

    Args:
        connection: of the store, in a snapshot.
        entries: what the tables should hold.

    Yields:
        The table's name, the passage's id, and what is wrong.
    """
    try:
        for field in FIELDS:
            connection.execute(f"DROP TABLE IF EXISTS temp.{table(field, _EXPECTED)}")
            create_lexical_table(connection, f"temp.{table(field, _EXPECTED)}")
        add_entries(connection, entries, _EXPECTED)
        for field in FIELDS:
            for passage, detail in sorted(_differences(connection, field).items()):
                yield table(field), passage, detail
    finally:
        for field in FIELDS:
            connection.execute(f"DROP TABLE IF EXISTS temp.{table(field, _EXPECTED)}")


def _differences(connection: sqlite3.Connection, field: LexicalField) -> dict[int, str]:
    found = dict.fromkeys(_other_terms(connection, field), "has other terms than its text")
    rows = {
        prefix: {row[0] for row in connection.execute(f"SELECT id FROM {table(field, prefix)}_docsize")}
        for prefix in (LEXICAL, _EXPECTED)
    }
    found |= dict.fromkeys(rows[_EXPECTED] - rows[LEXICAL], "has no row")
    return found | dict.fromkeys(rows[LEXICAL] - rows[_EXPECTED], "is not in the store")


def _other_terms(connection: sqlite3.Connection, field: LexicalField) -> set[int]:
    vocabularies = {LEXICAL: "main", _EXPECTED: "temp"}
    for prefix, schema in vocabularies.items():
        connection.execute(f"DROP TABLE IF EXISTS temp.{prefix}_places")
        connection.execute(
            f"CREATE VIRTUAL TABLE temp.{prefix}_places "
            f"USING fts5vocab({schema}, {table(field, prefix)}, instance)"
        )
    sums = [set(connection.execute(_CHECKSUMS.format(f"temp.{prefix}_places"))) for prefix in vocabularies]
    passages: set[int] = set()
    for term in {row[0] for row in sums[0] ^ sums[1]}:
        places = [
            set(connection.execute(_PLACES.format(f"temp.{prefix}_places"), (term,)))
            for prefix in vocabularies
        ]
        passages |= {place[0] for place in places[0] ^ places[1]}
    for prefix in vocabularies:
        connection.execute(f"DROP TABLE temp.{prefix}_places")
    return passages
