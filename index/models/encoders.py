"""Encoders by name: the embedded default, and any other sentence-transformers model."""

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from index.config import BUILTIN_ENCODER
from index.embedding import Encoder, Vectors
from index.errors import ModelError
from index.models.builtin import QUERY_PREFIX, Progress, ensure_builtin
from index.models.runtime import MAX_TOKENS, shared_runtime

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH_SIZE: Final = 16
_LONGEST: Final = 8192


def open_encoder(name: str = BUILTIN_ENCODER, progress: Progress = lambda message: None) -> Encoder:
    """The encoder of that name: the builtin one, a hub name, or a path.

    Raises:
        ModelError: it cannot be built or loaded.
    """
    if name == BUILTIN_ENCODER:
        return BuiltinEncoder(ensure_builtin(progress))
    return SentenceTransformerEncoder(name)


def _load_sentence_transformer(name_or_path: str, *, own_code: bool) -> "SentenceTransformer":
    # Importing sentence-transformers brings in torch and costs seconds, so it waits until it is needed.
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    from sentence_transformers import SentenceTransformer

    try:
        # Only the folder that this program built itself may name code to run.
        return SentenceTransformer(
            name_or_path, device="cpu", trust_remote_code=own_code, local_files_only=own_code
        )
    except Exception as error:  # the library raises many types: OSError, ValueError, hub errors
        raise ModelError(
            f"The embedding model {name_or_path!r} cannot be loaded ({type(error).__name__}: "
            f"{str(error).splitlines()[0]}): check the name or path given with --encoder"
        ) from error


class BuiltinEncoder:
    """multilingual-e5-small: questions by ONNX Runtime alone, passages through sentence-transformers."""

    name = BUILTIN_ENCODER
    max_tokens = MAX_TOKENS

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._runtime = shared_runtime(directory)

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return self._runtime.words.width

    @cached_property
    def _sentence_transformer(self) -> "SentenceTransformer":
        return _load_sentence_transformer(str(self._directory), own_code=True)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Model tokens of each text, without special tokens and prefixes."""
        return self._runtime.count_tokens(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, float32 (len(texts), dimension), unit length."""
        return _encode(self._sentence_transformer, texts, "document", self.dimension)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, float32 (len(texts), dimension), unit length; torch is not imported."""
        return self._runtime.encode([QUERY_PREFIX + text for text in texts])


class SentenceTransformerEncoder:
    """Any sentence-transformers model; its own prompts "query" and "document" are used where it has them."""

    def __init__(self, name: str) -> None:
        """Load the model.

        Raises:
            ModelError: it cannot be loaded, or does not give one vector a text.
        """
        self.name = name
        self._model = _load_sentence_transformer(name, own_code=False)
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise ModelError(f"The model {name!r} does not state its dimension: choose another --encoder")
        self.dimension = int(dimension)
        # Models of static word vectors give infinity here.
        self.max_tokens = int(min(self._model.max_seq_length or MAX_TOKENS, _LONGEST))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Model tokens of each text, without special tokens and prefixes."""
        tokenizer = self._model.tokenizer
        if hasattr(tokenizer, "encode_batch_fast"):  # a bare `tokenizers` tokenizer
            return [len(item) for item in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]
        return [len(ids) for ids in tokenizer(list(texts), add_special_tokens=False)["input_ids"]]

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, float32 (len(texts), dimension), unit length."""
        return _encode(self._model, texts, "document", self.dimension)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, float32 (len(texts), dimension), unit length."""
        return _encode(self._model, texts, "query", self.dimension)


def _encode(model: "SentenceTransformer", texts: Sequence[str], prompt: str, dimension: int) -> Vectors:
    if not texts:
        return np.empty((0, dimension), dtype=np.float32)
    encode = model.encode_query if prompt == "query" else model.encode_document
    vectors = encode(
        list(texts),
        batch_size=_BATCH_SIZE,
        convert_to_numpy=True,
        normalize_embeddings=True,
        show_progress_bar=False,
    )
    return np.asarray(vectors, dtype=np.float32)
