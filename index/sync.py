"""Articles into an index and out of it again, doing only what has changed since the last time.

A file whose size and time of change are known is not opened; an article whose content hash is known is not
encoded; of a changed article only the passages with new words are. Passages are encoded in batches that
reach across articles, and every article is committed, in one transaction, as soon as its vectors are there:
an interrupted run has lost nothing but its last batch, and the next run goes on where it stopped.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index import chunking, loading
from index.article_index import ArticleIndex
from index.config import IndexConfig
from index.embedding import Encoder
from index.errors import LoadError
from index.records import Article, Passage
from index.rows import ArticleSummary, FileState, content_hash, storable
from index.settling import (
    FileRead,
    Outcome,
    Pending,
    Progress,
    Settling,
    Status,
    Step,
    name_of,
    passage_input,
)
from index.store import Store

__all__ = ["Outcome", "Progress", "Sources", "Status", "add", "add_articles", "sync"]

CountTokens = Callable[[Sequence[str]], list[int]]
_LINKS: Final = ("http:/", "https:/")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where articles come from and how they are cut; the defaults are hoidap's own functions."""

    find: Callable[[Sequence[Path]], Iterator[Path]] = loading.find_files
    supported: Callable[[Path], bool] = loading.is_supported
    read: Callable[[Path], Iterator[Article]] = loading.read_articles
    split: Callable[[Article, CountTokens, IndexConfig], list[Passage]] = chunking.split


def add(
    index: ArticleIndex,
    paths: Sequence[Path],
    encoder: Encoder,
    *,
    sources: Sources | None = None,
    progress: Progress | None = None,
) -> Iterator[Outcome]:
    """Add or update the articles of files and folders, one outcome after the other.

    Args:
        index: where to.
        paths: files, and folders that are searched recursively.
        encoder: the index's own.
        sources: how files are found, read and cut.
        progress: told the passages encoded and the passages found so far.

    Raises:
        IndexMismatchError: the index was made with another encoder.
        IndexBusyError: another process is writing for too long; what was yielded before is safe.
    """
    index.check_encoder(encoder)
    reading = _Reading(index.store, encoder, sources or Sources())
    yield from Settling(index.store, encoder, progress).settle(reading.steps(paths))
    index.write_vectors()


def add_articles(
    index: ArticleIndex,
    articles: Iterable[Article],
    encoder: Encoder,
    *,
    sources: Sources | None = None,
    progress: Progress | None = None,
) -> Iterator[Outcome]:
    """Add or update articles that are at hand, such as those of an evaluation set; otherwise like `add`."""
    index.check_encoder(encoder)
    reading = _Reading(index.store, encoder, sources or Sources())
    steps = (step for article in articles for step in reading.article_steps(article))
    yield from Settling(index.store, encoder, progress).settle(steps)
    index.write_vectors()


def sync(
    index: ArticleIndex,
    folder: Path,
    encoder: Encoder,
    *,
    sources: Sources | None = None,
    progress: Progress | None = None,
) -> Iterator[Outcome]:
    """Make the index equal a folder: like `add`, and articles whose files are gone from it are removed.

    Articles from elsewhere stay, and so do those of files that are there but cannot be read at present.

    Raises:
        LoadError: there is no such folder or nothing in it that could be articles; then nothing is removed.
    """
    chosen = sources or Sources()
    if not folder.is_dir():
        raise LoadError(f"{folder} is not a folder: `hoidap sync` needs one")
    files = list(chosen.find([folder]))
    if not any(chosen.supported(path) for path in files):
        raise LoadError(
            f"{folder} holds no articles, so nothing was changed: `hoidap remove` takes articles out"
        )
    index.check_encoder(encoder)
    steps = _Reading(index.store, encoder, chosen).steps(files)
    yield from Settling(index.store, encoder, progress).settle(steps)
    found = {_origin(path) for path in files}
    for summary in index.store.articles():
        if _is_gone(summary, folder.resolve(), found) and index.store.remove(summary.id):
            yield Outcome(summary.path or summary.id, Status.REMOVED, summary.title)
    index.write_vectors()


@dataclass(frozen=True, slots=True)
class _Reading:
    """Says, file by file and article by article, what is to be done."""

    store: Store
    encoder: Encoder
    sources: Sources

    def steps(self, paths: Sequence[Path]) -> Iterator[Step]:
        """What is to be done for files and folders."""
        seen: set[str] = set()
        for named in paths:
            empty = True
            for path in self.sources.find([named]):
                empty = empty and not self.sources.supported(path)
                origin = _origin(path)
                if origin not in seen:
                    seen.add(origin)
                    yield from self._file_steps(path, origin)
            if empty and named.is_dir():
                yield Outcome(str(named), Status.FAILED, "there are no articles in this folder")

    def _file_steps(self, path: Path, origin: str) -> Iterator[Step]:
        if not self.sources.supported(path):
            yield Outcome(str(path), Status.SKIPPED, f"files named *{path.suffix} are not read")
            return
        state = _state(path, origin)
        if state is not None and self.store.file_state(state.path) == state:
            yield Outcome(str(path), Status.UNCHANGED)
            return
        ids = []
        try:
            for article in self._read(path):
                ids.append(article.id)
                yield from self.article_steps(article)
        except LoadError as error:
            yield Outcome(str(path), Status.FAILED, str(error))
            return
        if state is not None and ids:
            yield FileRead(state, frozenset(ids))

    def _read(self, path: Path) -> Iterator[Article]:
        if str(path).startswith(_LINKS) and not path.exists():
            raise LoadError("links are not supported yet: save the page as a file and add that")
        return self.sources.read(path)

    def article_steps(self, article: Article) -> Iterator[Step]:
        """What is to be done for one article."""
        if self.store.content_hash(article.id) == content_hash(article):
            yield Outcome(name_of(article), Status.UNCHANGED, article.title)
            return
        passages = self.sources.split(article, self.encoder.count_tokens, self.store.config)
        if not passages:
            yield Outcome(name_of(article), Status.SKIPPED, "there is no text in it")
            return
        known = self._known_vectors(article.id)
        vectors = [known.get(passage_input(article.title, passage.text)) for passage in passages]
        yield Pending(article, passages, vectors, sum(vector is None for vector in vectors))

    def _known_vectors(self, article_id: str) -> dict[str, NDArray[np.float32]]:
        """The vectors of an article's earlier version by what was encoded for them."""
        earlier = self.store.encoded(article_id)
        if earlier is None:
            return {}
        article, spans, vectors = earlier
        inputs = (passage_input(article.title, article.text[start:end]) for start, end in spans)
        return dict(zip(inputs, vectors, strict=True))


def _origin(path: Path) -> str:
    return storable(loading.origin_of(path))


def _state(path: Path, origin: str) -> FileState | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return FileState(origin, status.st_size, status.st_mtime_ns)


def _is_gone(article: ArticleSummary, folder: Path, found: set[str]) -> bool:
    """Whether an article's file was in the folder and does not exist any more."""
    if article.path is None or article.path in found or not Path(article.path).is_relative_to(folder):
        return False
    try:
        os.lstat(article.path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
