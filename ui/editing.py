"""Changes of the index from the page: uploaded files become articles, articles are removed."""

import logging
import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from index.errors import HoidapError
from index.records import Article
from index.sync import Outcome, Status, add
from rag.chatbot import Chatbot

# Below the index: an article keeps its place, and so its id, when the same file is uploaded again.
UPLOADS: Final = "uploads"
_KEPT: Final = frozenset({Status.ADDED, Status.UPDATED, Status.UNCHANGED})

_log: Final = logging.getLogger(__name__)


class Editor:
    """Adds and removes articles, one visitor's change after the other's."""

    def __init__(self, chatbot: Chatbot) -> None:
        """Keep the chatbot whose index is changed."""
        self._chatbot = chatbot
        self._folder = chatbot.index.directory / UPLOADS
        self._lock = threading.Lock()

    def add(self, files: Sequence[Path]) -> Iterator[Outcome]:
        """Copy each file below the index and add it; one outcome for each article or failed file.

        Args:
            files: where the uploads lie for now.
        """
        with self._lock:
            for file in files:
                yield from self._add(file)

    def _add(self, file: Path) -> Iterator[Outcome]:
        kept = self._folder / file.name
        try:
            self._folder.mkdir(exist_ok=True)
            shutil.copyfile(file, kept)
            outcomes = list(add(self._chatbot.index, [kept], self._chatbot.encoder))
        except (HoidapError, OSError) as error:
            _log.warning("%s: %s", kept, error)
            yield Outcome(str(kept), Status.FAILED, str(error))
            return
        if not any(outcome.status in _KEPT for outcome in outcomes):
            kept.unlink(missing_ok=True)
        for outcome in outcomes:
            if outcome.status not in _KEPT:
                _log.warning("%s: %s", outcome.path, outcome.detail)
        yield from outcomes

    def remove(self, article_id: str) -> Article | None:
        """Remove an article; an uploaded copy of its file goes with its last article.

        Returns:
            What was removed, or None if there was none with this id.

        Raises:
            IndexBusyError: another process is writing to the index.
        """
        index = self._chatbot.index
        with self._lock:
            article = index.article(article_id)
            if article is None or not index.store.remove(article_id):
                return None
            index.write_vectors()
            if article.path is not None and not index.store.ids_at(article.path):
                path = Path(article.path)
                if path.parent == self._folder.resolve():
                    path.unlink(missing_ok=True)
            return article
