"""Connections to an index's SQLite file: snapshots for readers, one transaction at a time for writers."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from index.schema import WRITER_FILE, connect, explained

WAIT_SECONDS: Final = 5.0
_NOTE_BYTES: Final = 40


class Database:
    """A pool of connections that several threads may draw from.

    Every `reading` or `writing` block has a connection to itself. Readers see one snapshot for the whole
    block and are never held up by a writer (WAL); writers of this and other processes take turns.
    """

    def __init__(self, path: Path, wait: float = WAIT_SECONDS, *, create: bool = False) -> None:
        """Prepare for a file.

        Args:
            path: the file.
            wait: seconds that a writer waits for its turn.
            create: make the file if there is none.
        """
        self.path = path
        self._create = create
        self._wait = wait
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection outside any transaction; SQLite's errors become those of `index.errors`."""
        with explained(self.path):
            connection = self._take()
            try:
                yield connection
            finally:
                self._give_back(connection)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A snapshot: everything read in the block is of one moment."""
        with self.connection() as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A write transaction: all of the block is committed at its end, or none of it.

        Raises:
            IndexBusyError: another writer did not finish in time; the message names it.
        """
        with self.connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            self._note_writer()
            yield connection
            connection.execute("COMMIT")

    def close(self) -> None:
        """Close every connection; those on loan close when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return connect(self.path, self._wait, create=self._create)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _note_writer(self) -> None:
        """Leave word of who holds the lock, for the message of one who waits in vain; never relied on."""
        note = f"pid {os.getpid()}, {datetime.now():%H:%M:%S}".ljust(_NOTE_BYTES)
        with suppress(OSError):
            # Overwritten in place: to truncate a file makes some file systems wait for the disk.
            descriptor = os.open(self.path.parent / WRITER_FILE, os.O_WRONLY | os.O_CREAT, 0o644)
            try:
                os.write(descriptor, note.encode())
            finally:
                os.close(descriptor)
