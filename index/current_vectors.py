"""The store's vectors in memory and in the FAISS file, following every change of the store."""

import threading
from collections.abc import Callable
from pathlib import Path

from index import reads
from index.dense import DenseIndex, Fingerprint, read_dense, write_dense
from index.schema import FAISS_FILE
from index.store import Store


def faiss_file(store: Store) -> Path:
    """Where the vectors of a store are kept for FAISS."""
    return store.directory / FAISS_FILE


def fingerprint(store: Store, generation: int) -> Fingerprint:
    """What the FAISS file must say of itself at a generation of the store."""
    return Fingerprint(store.identity, generation, store.config.encoder, store.config.dimension)


class CurrentVectors:
    """Gives the `DenseIndex` of the store as it is now; several threads may ask.

    The first call loads the FAISS file, or builds it again if it cannot be trusted. Later calls read only
    what was added since, and leave the file to `write`.
    """

    def __init__(self, store: Store, notify: Callable[[str], None]) -> None:
        """Follow ``store``; ``notify`` is told in one line when the file had to be built again."""
        self._store = store
        self._notify = notify
        self._lock = threading.Lock()
        self._known: tuple[int, DenseIndex] | None = None

    def get(self) -> DenseIndex:
        """The vectors of the store as it is now."""
        with self._lock:
            if self._known is None and not self._read():
                self._known = self._followed()
                if len(self._known[1]):
                    path = faiss_file(self._store)
                    self._notify(f"built {path} again: it was missing, damaged or out of date")
                    self._write(*self._known)
            self._known = self._followed()
            return self._known[1]

    def write(self) -> None:
        """Write the FAISS file, unless the one that is there belongs to the present state already."""
        with self._lock:
            if not self._read():
                self._known = self._followed()
                self._write(*self._known)

    def _read(self) -> bool:
        generation = self._store.generation()
        dense = read_dense(faiss_file(self._store), fingerprint(self._store, generation))
        if dense is None:
            return False
        self._known = generation, dense
        return True

    def _followed(self) -> tuple[int, DenseIndex]:
        """The vectors of the present snapshot, read from the store as far as they are not in memory."""
        with self._store.reading() as connection:
            generation = reads.generation(connection)
            if self._known is not None and self._known[0] == generation:
                return self._known
            dimension = self._store.config.dimension
            if self._known is None:
                return generation, DenseIndex.build(*reads.vectors(connection, dimension))
            known = self._known[1]
            ids = reads.id_array(connection, "passage_id", "FROM vectors")
            newest = int(known.ids[-1]) if len(known) else 0
            return generation, known.updated(ids, *reads.vectors(connection, dimension, newest))

    def _write(self, generation: int, dense: DenseIndex) -> None:
        path = faiss_file(self._store)
        try:
            write_dense(dense, path, fingerprint(self._store, generation))
        except OSError as error:
            self._notify(f"cannot write {path} ({error.strerror or error}): it will be built again next time")
