"""Temporary indexes of the documents that come with a set, kept in the cache folder and used again."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from eval.records import Document
from index.article_index import ArticleIndex
from index.config import IndexConfig, model_cache_directory
from index.embedding import Encoder
from index.models.encoders import open_encoder
from index.records import Article
from index.sync import add_articles

_ID_DIGITS: Final = 12
# Written when every document is in; an index without it is gone on with.
_COMPLETE: Final = "complete"


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


def index_documents(
    documents: Sequence[Document], say: Callable[[str], None], encoder: Encoder | None = None
) -> Path:
    """Index the documents, unless that has been done before; an interrupted time is gone on with.

    Args:
        documents: what to index, each as one article.
        say: told what takes long.
        encoder: instead of the builtin one.

    Returns:
        The index's folder.

    Raises:
        ModelError: the embedding model cannot be built or loaded.
        IndexError_: the cache folder cannot be written to.
    """
    chosen = open_encoder(progress=say) if encoder is None else encoder
    config = IndexConfig(encoder=chosen.name, dimension=chosen.dimension)
    folder = index_folder(documents, config)
    if (folder / _COMPLETE).exists():
        return folder
    say(f"indexing the set's {len(documents)} documents once, into {folder}")
    with ArticleIndex.create(folder, config) as index:
        for _ in add_articles(index, [article_of(document) for document in documents], chosen):
            pass
    (folder / _COMPLETE).touch()
    return folder
