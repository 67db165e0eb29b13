"""The sentence-transformers module that runs the built model folder with ONNX Runtime."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import torch
from sentence_transformers.base.modules.input_module import InputModule

from index.models.runtime import MAX_TOKENS, Padded, Runtime, pad, shared_runtime


class OnnxEncoder(InputModule):
    """First module of the built folder: texts in, token embeddings out; pooling is the next module's."""

    # sentence-transformers' signatures take any keyword: they are its interface, not ours.
    max_seq_length = MAX_TOKENS

    def __init__(self, runtime: Runtime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._runtime = runtime
        self.tokenizer = runtime.tokenizer

    def preprocess(
        self,
        inputs: Sequence[Any],
        prompt: str | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> dict[str, torch.Tensor]:
        """Tokenise to ``input_ids`` and ``attention_mask``, int64 of shape (batch, tokens)."""
        batch = pad(self._runtime.tokenize([(prompt or "") + text for text in inputs]))
        return {
            "input_ids": torch.from_numpy(batch.ids),
            "attention_mask": torch.from_numpy(batch.mask).to(torch.int64),
        }

    def forward(
        self,
        features: dict[str, torch.Tensor],
        **kwargs: Any,  # noqa: ANN401
    ) -> dict[str, torch.Tensor]:
        """Add ``token_embeddings``, float32 of shape (batch, tokens, dimension)."""
        mask = features["attention_mask"].cpu().to(torch.int32).numpy()
        batch = Padded(features["input_ids"].cpu().numpy(), mask)
        features["token_embeddings"] = torch.from_numpy(self._runtime.token_embeddings(batch))
        return features

    def get_embedding_dimension(self) -> int:
        """Length of the token embeddings."""
        return self._runtime.words.width

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Refuse: the folder is made by `index.models.builtin` and its arithmetic cannot be trained."""
        raise NotImplementedError("This model runs a finished graph: copy its folder instead of saving it")

    @classmethod
    def load(cls, model_name_or_path: str, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401
        """Load from a local model folder."""
        return cls(shared_runtime(Path(model_name_or_path)))
