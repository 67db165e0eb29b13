"""Floors that continuous integration holds the answers to: a small fixed part of the sample set.

``python -m eval.floors [READER]`` measures that part and records each measure, less a margin for harmless
change, in ``floors.json``; the test ``tests/eval/test_floors.py`` fails when a measure falls below its floor.
"""

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from eval.bench.setting import SAMPLE, index_of
from eval.datasets import load_set
from eval.opening import Progress, Request
from eval.records import Mode, QASet
from eval.run import run_set
from eval.summary import Summary, summarise

FLOORS: Final = Path(__file__).with_name("floors.json")
_EVERY: Final = 3
_MARGIN_SHARE: Final = 0.03
_MARGIN_PERCENT: Final = 3.0

Measured = Mapping[str, float]


def fixed_part() -> QASet:
    """Every third question of the sample set: about 67, of all languages and kinds."""
    found = load_set(SAMPLE / "sample.jsonl")
    return replace(found, questions=found.questions[::_EVERY])


def measure(reader: str | None = None) -> tuple[str, Measured]:
    """Run the fixed part end to end with a reader, or with the best one installed.

    Returns:
        The reader's name, and the measures that have floors: percent for answers, else shares.
    """
    with (
        tempfile.TemporaryDirectory(prefix="hoidap-floors-") as folder,
        index_of([SAMPLE / "articles"]) as index,
    ):
        request = Request(fixed_part(), Mode.END_TO_END, index, reader, Path(folder))
        run, _ = run_set(request, Progress())
    return run.info.reader, measured(summarise(run))


def measured(summary: Summary) -> Measured:
    """The measures that have floors."""
    chosen = (
        (summary.retrieval, ("recall@1", "mrr@10", "answer@5")),
        (summary.answers, ("em", "f1")),
        (summary.abstention, ("no_answer_recall", "accuracy", "auroc")),
        (summary.citations, ("article_accuracy", "verbatim")),
    )
    return {
        key: found.value
        for part, keys in chosen
        for key in keys
        if part is not None and (found := part.get(key)) is not None
    }


def below(values: Measured, floors: Measured) -> list[str]:
    """A line for each measure that is below its floor, or was not measured at all."""
    return [
        f"{key} is {values.get(key, float('nan')):.3f}, its floor is {floor:.3f}"
        for key, floor in floors.items()
        if not values.get(key, float("nan")) >= floor
    ]


def floors_of(values: Measured) -> dict[str, float]:
    """Floors for measured values: a margin below them; quotes must be verbatim without exception."""
    found = {}
    for key, value in values.items():
        margin = _MARGIN_PERCENT if key in {"em", "f1"} else _MARGIN_SHARE
        found[key] = 1.0 if key == "verbatim" else round(max(0.0, value - margin), 3)
    return found


def read_floors(reader: str) -> Measured:
    """The recorded floors of a reader; empty if none were recorded."""
    recorded: dict[str, dict[str, float]] = json.loads(FLOORS.read_text(encoding="utf-8"))
    return recorded.get(reader, {})


def main(arguments: Sequence[str]) -> None:
    """Measure, and record the floors of the reader: the one named, or the best one installed."""
    reader, values = measure(arguments[0] if arguments else None)
    recorded = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    recorded[reader] = floors_of(values)
    FLOORS.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps({"reader": reader, **values}, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
