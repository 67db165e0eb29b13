"""Records to rows of the store and back, and the hashes that tell whether either has changed."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np

from index.embedding import Vectors
from index.records import Article, Dropped, Passage

_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
ARTICLE_COLUMNS: Final = "id, title, text, source, author, published, url, path, dropped"


@dataclass(frozen=True, slots=True)
class FileState:
    """What tells cheaply that a file has not changed since its articles were added."""

    path: str
    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """An article without its text, as lists show it.

    Attributes:
        characters: length of its text.
        passages: how many passages it was cut into.
        added: when it was first put into the index, ISO 8601 in UTC.
    """

    id: str
    title: str
    source: str | None
    author: str | None
    published: date | None
    url: str | None
    path: str | None
    characters: int
    passages: int
    added: str


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its row and what a hit says of its article."""

    id: int
    passage: Passage
    title: str
    published: date | None
    source: str | None


def storable(text: str) -> str:
    """The text with every lone surrogate, which UTF-8 cannot hold, made U+FFFD; offsets stay."""
    return _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def storable_article(article: Article) -> Article:
    """The article with every text in it made `storable`."""
    return replace(
        article,
        id=storable(article.id),
        title=storable(article.title),
        text=storable(article.text),
        source=_optional(article.source),
        author=_optional(article.author),
        url=_optional(article.url),
        path=_optional(article.path),
        dropped=tuple(Dropped(storable(piece.text), piece.rule) for piece in article.dropped),
    )


def _optional(text: str | None) -> str | None:
    return None if text is None else storable(text)


def day(stored: str | None) -> date | None:
    """The date of a stored ISO day."""
    return None if stored is None else date.fromisoformat(stored)


def iso(value: date | None) -> str | None:
    """The stored form of a date."""
    return None if value is None else value.isoformat()


def dropped_json(article: Article) -> str:
    """The stored form of what cleaning left out."""
    return json.dumps([[piece.text, piece.rule] for piece in article.dropped], ensure_ascii=False)


def article_from_row(row: Sequence[Any]) -> Article:
    """The article of a row of `ARTICLE_COLUMNS`."""
    article_id, title, text, source, author, published, url, path, dropped = row
    pieces = tuple(Dropped(piece, rule) for piece, rule in json.loads(dropped))
    return Article(article_id, title, text, source, author, day(published), url, path, pieces)


def content_hash(article: Article) -> str:
    """SHA-256 over everything an article says of itself; two readings with one hash are the same article."""
    article = storable_article(article)
    parts = [article.title, article.text, article.source, article.author, iso(article.published)]
    told = json.dumps([*parts, article.url, article.path, dropped_json(article)], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def passages_hash(spans: Sequence[tuple[int, int]], vectors: Vectors) -> str:
    """SHA-256 over where an article's passages stand and over their vectors, to the bit."""
    digest = hashlib.sha256(np.asarray(spans, dtype="<i8").tobytes())
    digest.update(np.ascontiguousarray(vectors, dtype="<f4").tobytes())
    return digest.hexdigest()
