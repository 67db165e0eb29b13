"""From what is to be done with articles to what has been done: encoding in batches, committing in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.embedding import Encoder
from index.records import Article, Passage
from index.rows import FileState
from index.store import Store

Progress = Callable[[int, int], None]
# Enough for the encoder to sort by length, few enough to be acknowledged every few seconds.
BATCH_PASSAGES: Final = 64


class Status(StrEnum):
    """What became of a file or article."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of a run. What is added, updated or removed here is on the disk already.

    Attributes:
        path: the file, or the link or id of an article that has none.
        detail: the title of an article, or why a file was skipped or failed.
    """

    path: str
    status: Status
    detail: str = ""


@dataclass(slots=True)
class Pending:
    """A new or changed article on its way to the store; ``vectors`` fill up in the order of ``passages``."""

    article: Article
    passages: list[Passage]
    vectors: list[NDArray[np.float32] | None]
    missing: int


@dataclass(frozen=True, slots=True)
class FileRead:
    """All articles of a file have been seen: those that it had before and has no more can go."""

    state: FileState
    article_ids: frozenset[str]


Step = Outcome | Pending | FileRead


def passage_input(title: str, text: str) -> str:
    """What is encoded of a passage: its article's title keeps a name such as the province's with it."""
    return f"{title}\n{text}"


def name_of(article: Article) -> str:
    """What outcomes call an article."""
    return article.path or article.url or article.id


class Settling:
    """Does steps in their order, encoding the passages of several articles together."""

    def __init__(self, store: Store, encoder: Encoder, progress: Progress | None = None) -> None:
        """Write to ``store``; ``progress`` is told the passages encoded and the passages found so far."""
        self._store = store
        self._encoder = encoder
        self._progress = progress
        self._queue: deque[Step] = deque()
        self._unencoded: deque[tuple[Pending, int]] = deque()
        self._found = 0
        self._encoded = 0
        # Written with the next article: a commit more for every file would be half of the store's time,
        # and a note that is lost costs no more than reading the file again.
        self._notes: list[FileState] = []

    def settle(self, steps: Iterable[Step]) -> Iterator[Outcome]:
        """Do the steps in their order and yield each outcome when it is on the disk."""
        for step in steps:
            self._queue.append(step)
            if isinstance(step, Pending):
                places = [place for place, vector in enumerate(step.vectors) if vector is None]
                self._unencoded.extend((step, place) for place in places)
                self._found += len(places)
            while len(self._unencoded) >= BATCH_PASSAGES:
                self._encode()
                yield from self._finished()
            yield from self._finished()
        while self._unencoded:
            self._encode()
            yield from self._finished()
        if self._notes:
            self._store.note_files(self._notes)

    def _encode(self) -> None:
        size = min(BATCH_PASSAGES, len(self._unencoded))
        batch = [self._unencoded.popleft() for _ in range(size)]
        texts = [passage_input(item.article.title, item.passages[place].text) for item, place in batch]
        vectors = self._encoder.encode_passages(texts)
        for (item, place), vector in zip(batch, vectors, strict=True):
            item.vectors[place] = vector
            item.missing -= 1
        self._encoded += size
        if self._progress is not None:
            self._progress(self._encoded, self._found)

    def _finished(self) -> Iterator[Outcome]:
        """Take steps off the queue up to the first that still waits for vectors."""
        while self._queue:
            step = self._queue[0]
            if isinstance(step, Pending):
                if step.missing:
                    return
                yield self._put(step)
            elif isinstance(step, FileRead):
                yield from self._close_file(step)
            else:
                yield step
            self._queue.popleft()

    def _put(self, pending: Pending) -> Outcome:
        vectors = np.stack([vector for vector in pending.vectors if vector is not None])
        replaced = self._store.put(pending.article, pending.passages, vectors, self._notes)
        self._notes = []
        status = Status.UPDATED if replaced else Status.ADDED
        return Outcome(name_of(pending.article), status, pending.article.title)

    def _close_file(self, read: FileRead) -> Iterator[Outcome]:
        for article_id in self._store.ids_at(read.state.path):
            if article_id not in read.article_ids and self._store.remove(article_id):
                yield Outcome(read.state.path, Status.REMOVED, f"{article_id} is no longer in the file")
        self._notes.append(read.state)
