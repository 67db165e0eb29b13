"""Haystack 3 with the same model files: BM25 and embeddings fused by rank, then its extractive reader."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from eval.peers.peer import Found
from eval.records import Document

os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")

_RETRIEVED: Final = 10
_READ: Final = 5
_WORDS: Final = 200
_OVERLAP: Final = 20


class HaystackPeer:
    """A pipeline as Haystack's guides build it: splitter, two retrievers, joiner, reader."""

    name = "haystack"

    def __init__(self, documents: Sequence[Document], encoder: Path, reader: Path) -> None:
        """Split, embed and index the documents.

        Args:
            documents: what to answer from.
            encoder: a sentence-transformers folder.
            reader: a folder that ``AutoModelForQuestionAnswering`` loads.
        """
        from haystack import Document as HaystackDocument  # type: ignore[import-not-found,unused-ignore]
        from haystack.components.preprocessors import DocumentSplitter  # type: ignore[import-not-found,unused-ignore]
        from haystack.document_stores.in_memory import (  # type: ignore[import-not-found,unused-ignore]
            InMemoryDocumentStore,
        )

        self._names = {document.name: document for document in documents}
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        splitter = DocumentSplitter(split_by="word", split_length=_WORDS, split_overlap=_OVERLAP)
        splitter.warm_up()
        whole = [HaystackDocument(content=d.text, meta={"name": d.name}) for d in documents]
        pieces = splitter.run(documents=whole)["documents"]
        store.write_documents(_embedded(pieces, encoder))
        self._pipeline = _pipeline(store, encoder, reader)

    def ask(self, question: str) -> Found:
        """Answer with the best span, or decline where "no answer" scores highest."""
        found = self._pipeline.run(
            {
                "embed": {"text": question},
                "bm25": {"query": question},
                "reader": {"query": question},
            },
            include_outputs_from={"join"},
        )
        ranking: dict[str, float] = {}
        for document in found["join"]["documents"]:
            ranking.setdefault(document.meta["name"], float(document.score or 0.0))
        return self._found(found["reader"]["answers"], tuple(ranking.items()))

    def _found(self, answers: Sequence[Any], ranking: tuple[tuple[str, float], ...]) -> Found:
        best = answers[0] if answers else None
        if best is None or best.data is None:
            return Found(None, None, 0, 0, 1.0 - float(best.score) if best else 0.0, ranking)
        start = int(best.document.meta.get("split_idx_start", 0)) + best.document_offset.start
        name, end = best.document.meta["name"], start + len(best.data)
        return Found(best.data, name, start, end, float(best.score), ranking)


def _embedded(pieces: Sequence[Any], encoder: Path) -> Sequence[Any]:
    from haystack_integrations.components.embedders.sentence_transformers import (  # type: ignore[import-not-found,unused-ignore]
        SentenceTransformersDocumentEmbedder,
    )

    embedder = SentenceTransformersDocumentEmbedder(
        model=str(encoder),
        prefix="passage: ",
        normalize_embeddings=True,
        trust_remote_code=True,
        progress_bar=False,
    )
    embedder.warm_up()
    found: Sequence[Any] = embedder.run(documents=list(pieces))["documents"]
    return found


def _pipeline(store: Any, encoder: Path, reader: Path) -> Any:  # noqa: ANN401 - Haystack's own types
    from haystack import Pipeline
    from haystack.components.joiners import DocumentJoiner  # type: ignore[import-not-found,unused-ignore]
    from haystack.components.retrievers.in_memory import (  # type: ignore[import-not-found,unused-ignore]
        InMemoryBM25Retriever,
        InMemoryEmbeddingRetriever,
    )
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersTextEmbedder,
    )
    from haystack_integrations.components.readers.transformers import (  # type: ignore[import-not-found,unused-ignore]
        TransformersExtractiveReader,
    )

    embedder = SentenceTransformersTextEmbedder(
        model=str(encoder),
        prefix="query: ",
        normalize_embeddings=True,
        trust_remote_code=True,
        progress_bar=False,
    )
    pipeline = Pipeline()
    pipeline.add_component("embed", embedder)
    pipeline.add_component("dense", InMemoryEmbeddingRetriever(store, top_k=_RETRIEVED))
    pipeline.add_component("bm25", InMemoryBM25Retriever(store, top_k=_RETRIEVED))
    pipeline.add_component("join", DocumentJoiner("reciprocal_rank_fusion", top_k=_READ))
    pipeline.add_component("reader", TransformersExtractiveReader(model=str(reader), top_k=3))
    pipeline.connect("embed.embedding", "dense.query_embedding")
    pipeline.connect("dense", "join")
    pipeline.connect("bm25", "join")
    pipeline.connect("join.documents", "reader.documents")
    pipeline.warm_up()
    return pipeline
