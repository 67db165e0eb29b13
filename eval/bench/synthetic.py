"""A large index made of real parts: sentences and vectors of real paragraphs, recombined at random."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from eval.bench.setting import Setting, xquad
from eval.contexts import article_id_of, index_documents
from eval.records import Document
from index.article_index import ArticleIndex
from index.config import SCHEMA_VERSION, IndexConfig, model_cache_directory
from index.embedding import Vectors
from index.models.encoders import open_encoder
from index.records import Article, Passage
from index.sentences import sentences
from index.store import Store
from index.sync import add

PASSAGES: Final = 100_000
_A_PASSAGE: Final = 5
_AN_ARTICLE: Final = 100
_SEED: Final = 7
_NOISE: Final = 0.02
_COMPLETE: Final = "complete"


def large_index(setting: Setting) -> Path:
    """An index of `PASSAGES` synthetic passages and the five articles; made once, in the cache folder."""
    folder = model_cache_directory() / "eval" / f"synthetic-{SCHEMA_VERSION}-{PASSAGES}"
    if (folder / _COMPLETE).exists():
        return folder
    setting.say(f"making an index of {PASSAGES:,} passages once, in {folder}")
    documents = xquad(setting).documents
    with Store.open(index_documents(documents, setting.say)) as store:
        _, vectors = store.vectors()
    encoder = open_encoder()
    with ArticleIndex.create(folder, IndexConfig(encoder.name, encoder.dimension)) as index:
        for _ in add(index, [setting.outside("articles")], encoder):
            pass
        fill(index.store, [document.text for document in documents], vectors, PASSAGES)
        index.write_vectors()
    (folder / _COMPLETE).touch()
    return folder


def fill(store: Store, texts: list[str], vectors: Vectors, passages: int) -> None:
    """Add articles of recombined sentences until there are ``passages`` more passages.

    Each vector is the mean of two real ones with a little noise, of unit length: real directions, so that
    a search has true neighbours to tell apart.
    """
    generator = np.random.default_rng(_SEED)
    pieces = [text[start:end] for text in texts for start, end in sentences(text)]
    for number in range(0, passages, _AN_ARTICLE):
        count = min(_AN_ARTICLE, passages - number)
        store.put(*_article(number, count, pieces, vectors, generator))


def _article(
    number: int, count: int, pieces: list[str], vectors: Vectors, generator: np.random.Generator
) -> tuple[Article, list[Passage], Vectors]:
    identity = article_id_of(Document(f"synthetic-{number}", "", ""))
    chosen = generator.integers(0, len(pieces), size=(count, _A_PASSAGE))
    texts = [" ".join(pieces[place] for place in row) for row in chosen]
    spans = list(_spans(texts))
    passages = [Passage(identity, start, end, text) for (start, end), text in zip(spans, texts, strict=True)]
    article = Article(identity, f"Bài số {number}", "\n".join(texts))
    return article, passages, _mixed(vectors, count, generator)


def _spans(texts: list[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for text in texts:
        yield start, start + len(text)
        start += len(text) + 1


def _mixed(vectors: Vectors, count: int, generator: np.random.Generator) -> NDArray[np.float32]:
    pairs = generator.integers(0, len(vectors), size=(count, 2))
    noise = generator.normal(0.0, _NOISE, size=(count, vectors.shape[1]))
    mixed = vectors[pairs].mean(axis=1) + noise
    unit: NDArray[np.float32] = (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype(np.float32)
    return unit
