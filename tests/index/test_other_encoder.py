"""Any other sentence-transformers model by its path: a tiny one, with word vectors set by hand."""

from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer, models, pre_tokenizers

from index.errors import ModelError
from index.models.encoders import open_encoder

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "lúa": 1, "gạo": 2}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    weights = np.array([[0.0, 1.0], [3.0, 0.0], [0.0, 4.0]], dtype=np.float32)
    made = tmp_path_factory.mktemp("tiny-encoder")
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], device="cpu").save(
        str(made)
    )
    return made


def test_its_vectors_are_brought_to_unit_length(folder: Path) -> None:
    encoder = open_encoder(str(folder))
    assert (encoder.name, encoder.dimension) == (str(folder), 2)
    # The mean of (3, 0) and (0, 4) is (1.5, 2), of length 2.5.
    np.testing.assert_allclose(
        encoder.encode_passages(["lúa gạo", "lúa"]), [[0.6, 0.8], [1.0, 0.0]], atol=1e-6
    )
    np.testing.assert_allclose(encoder.encode_questions(["gạo"]), [[0.0, 1.0]], atol=1e-6)


def test_its_own_tokens_are_counted(folder: Path) -> None:
    assert open_encoder(str(folder)).count_tokens(["lúa gạo lúa", ""]) == [3, 0]


def test_a_folder_without_a_model_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="check the name or path given with --encoder"):
        open_encoder(str(tmp_path))
