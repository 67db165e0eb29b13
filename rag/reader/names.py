"""The backbone's tensors under the names of a transformers ``BertModel``; needs no torch."""

from typing import Final

_PARTS: Final = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_ENDS: Final = {"w": "weight", "b": "bias"}
_FIXED: Final = {
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def hugging_face_name(name: str) -> str:
    """The packed tensor's name in a transformers ``BertModel``, such as ``l3.ao.w``'s."""
    if name in _FIXED:
        return _FIXED[name]
    layer, part, end = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_PARTS[part]}.{_ENDS[end]}"
