from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from rag.reader.packed import Provenance, load_reader, pack, quantise, save_reader, unpack

FROM = Provenance("abc", ("set.jsonl.gz 123",), "2026-11-22", 81.5, 81.9)


def test_a_row_is_scaled_by_its_largest_value() -> None:
    whole, scales = quantise(np.array([[1.27, -0.02, 0.5], [0.0, 0.0, 0.0]], dtype=np.float32))
    # the scale is 0.01 rounded up to float16: 127 steps reach 1.27
    assert scales[0] == pytest.approx(0.01, rel=2e-3)
    assert whole.tolist() == [[127, -2, 50], [0, 0, 0]]


def test_only_the_layers_matrices_become_int8() -> None:
    names = ("m.encoder.layer.0.output.dense.weight", "m.embeddings.position_embeddings.weight", "h.weight")
    packed = pack({name: np.ones((2, 3), dtype=np.float32) for name in names})
    assert [packed[name].dtype for name in names] == [np.int8, np.float16, np.float16]
    assert len(packed) == 4


def test_unpacked_values_are_within_half_a_step() -> None:
    name = "m.encoder.layer.0.output.dense.weight"
    matrix = np.random.default_rng(1).normal(size=(5, 70)).astype(np.float32)
    found = unpack(pack({name: matrix}))
    steps = np.abs(matrix).max(axis=1, keepdims=True) / 127
    assert list(found) == [name]
    assert found[name].dtype == np.float32
    assert (np.abs(found[name] - matrix) <= 0.501 * steps * 1.002).all()


def test_a_saved_reader_is_loaded_with_its_provenance(tmp_path: Path) -> None:
    tensors = {"h.bias": np.array([0.5, -1.0], dtype=np.float32)}
    save_reader(tmp_path / "new" / "reader.safetensors", pack(tensors), FROM)
    found = load_reader(tmp_path / "new" / "reader.safetensors")
    assert found.provenance == FROM
    assert found.tensors["h.bias"].tolist() == [0.5, -1.0]


@pytest.mark.parametrize("content", [None, b"", b"not a model at all"])
def test_a_file_that_is_no_reader_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "reader.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match="not a packed reader"):
        load_reader(path)
