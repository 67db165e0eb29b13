"""Temporary indexes of the documents that come with a set, kept in the cache folder and used again."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from eval.records import Document
from index.config import IndexConfig, model_cache_directory
from index.records import Article

_ID_DIGITS = 12


def article_id_of(document: Document) -> str:
    """The id of the article made of a document: 12 hexadecimal digits of its name's SHA-256."""
    return hashlib.sha256(document.name.encode()).hexdigest()[:_ID_DIGITS]


def article_of(document: Document) -> Article:
    """The document as an article; its text is not cleaned, for the set's answers point into it."""
    return Article(article_id_of(document), document.title, document.text)


def index_folder(documents: Sequence[Document], config: IndexConfig) -> Path:
    """Where the index of these documents is kept: another place for other documents or configurations."""
    digest = hashlib.sha256(repr(sorted(config.to_dict().items())).encode())
    for document in documents:
        digest.update(repr((document.name, document.title, document.text)).encode())
    return model_cache_directory() / "eval" / digest.hexdigest()[:16]


def index_documents(documents: Sequence[Document], say: Callable[[str], None]) -> Path:
    """Index the documents, unless that has been done before; an interrupted time is gone on with."""
    raise NotImplementedError
