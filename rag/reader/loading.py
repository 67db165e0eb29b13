"""Readers by name: the trained one, the light one, or any extractive model of the Hugging Face kind."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from index.config import model_cache_directory
from index.embedding import Encoder
from index.errors import ModelError
from index.models.builtin import ensure_builtin
from index.models.runtime import open_session, shared_runtime
from rag.reader.model import EarlyStop, TrainedReader
from rag.reader.packed import load_reader
from rag.reader.protocol import Reader
from rag.reader.sentence import SentenceReader, TermWeights

TRAINED: Final = "hoidap"
LIGHT: Final = "sentence"
# Raised whenever the graph made from the same weights changes.
_BUILD: Final = 1
WEIGHTS: Final = Path(__file__).with_name("weights") / "hoidap-reader.safetensors"

# Of 283 held-out and sample questions 106 had a span this far above "no answer" in the first three passages;
# in one of them a later passage's would have been preferred, and that one was wrong.
_EARLY: Final = EarlyStop(after=3, margin=5.0)


def default_reader() -> str:
    """The trained reader where its weights are installed, else the light one."""
    return TRAINED if WEIGHTS.is_file() else LIGHT


def open_reader(
    name: str,
    encoder: Encoder,
    weights: TermWeights,
    progress: Callable[[str], None] = lambda message: None,
) -> Reader:
    """Load a reader.

    Args:
        name: "hoidap", "sentence", or the hub name or path of an extractive question answering model.
        encoder: the index's embedding model (the light reader compares sentences with it).
        weights: inverse document frequencies of a question's terms (for the light reader).
        progress: told what takes long.

    Raises:
        ModelError: the model is missing or cannot be loaded.
    """
    if name == LIGHT:
        return SentenceReader(encoder, weights)
    if name == TRAINED:
        return load_trained(WEIGHTS, progress)
    from rag.reader.huggingface import HuggingFaceReader  # imports torch

    return HuggingFaceReader(name)


def load_trained(path: Path, progress: Callable[[str], None] = lambda message: None) -> TrainedReader:
    """Load packed reader weights over the backbone's tokenizer and word embeddings.

    Raises:
        ModelError: the file is missing or damaged.
    """
    if not path.is_file():
        raise ModelError(
            f"The reader's weights {path} are missing: reinstall hoidap or use --reader sentence"
        )
    runtime = shared_runtime(ensure_builtin(progress))
    return TrainedReader(TRAINED, runtime, open_session(_graph_file(path)), _EARLY)


def _graph_file(weights: Path) -> Path:
    """The reader's graph in the cache, made from the weights if it is not there yet."""
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    graph = model_cache_directory() / f"{weights.stem}-{digest[:12]}-b{_BUILD}.onnx"
    if not graph.is_file():
        from rag.reader.graph import reader_graph  # imports onnx, a quarter of a second

        graph.parent.mkdir(parents=True, exist_ok=True)
        new = graph.with_suffix(f".{os.getpid()}.tmp")
        new.write_bytes(reader_graph(load_reader(weights)))
        os.replace(new, graph)
    return graph
