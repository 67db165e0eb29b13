"""What the process does that the crash test kills: it syncs a folder and tells each outcome as it comes."""

import os
from collections.abc import Iterator
from pathlib import Path

from index.article_index import ArticleIndex
from index.config import IndexConfig
from index.loading import article_id, origin_of
from index.records import Article, Passage
from index.sync import Sources, sync
from tests.fakes import FakeEncoder, line_passages

CONFIG = IndexConfig(encoder="fake", dimension=16)


def read(path: Path) -> Iterator[Article]:
    """An article whose first line is the title."""
    title, _, text = path.read_text(encoding="utf-8").partition("\n")
    yield Article(article_id(origin_of(path)), title, text, path=origin_of(path))


def split(article: Article, count_tokens: object, config: IndexConfig) -> list[Passage]:
    return line_passages(article)


SOURCES = Sources(read=read, split=split)


def sync_and_tell(index: Path, folder: Path, told: Path) -> None:
    """Sync and write ``status name`` of every outcome to a file, unbuffered, between "start" and "end"."""
    with told.open("ab", buffering=0) as lines:
        lines.write(b"start\n")
        opened = ArticleIndex.create(index, CONFIG)
        for outcome in sync(opened, folder, FakeEncoder(16), sources=SOURCES):
            lines.write(f"{outcome.status} {os.path.basename(outcome.path)}\n".encode())
        opened.close()
        lines.write(b"end\n")
