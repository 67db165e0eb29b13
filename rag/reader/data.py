"""Reading-comprehension questions: JSON lines (plain or gzipped) and SQuAD 1.1/2.0 files."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from index.errors import SetError

HELD_OUT_EVERY: Final = 12


@dataclass(frozen=True)
class Example:
    """A question about a passage.

    Attributes:
        answers: ``[start, end)`` character ranges of ``context``, any of which is right; empty if the
            passage does not answer.
    """

    id: str
    lang: str
    kind: str
    title: str
    question: str
    context: str
    answers: tuple[tuple[int, int], ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The accepted answers."""
        return tuple(self.context[a:b] for a, b in self.answers)


def read_examples(path: Path) -> tuple[Example, ...]:
    """Read ``*.jsonl``, ``*.jsonl.gz`` or SQuAD ``*.json``.

    SQuAD's titles are left out: one of them stands for dozens of paragraphs.

    Raises:
        SetError: a line lacks a field, or an answer does not stand where it says.
    """
    try:
        rows = _squad_rows(path) if path.suffix == ".json" else _json_rows(path)
        return tuple(_example(row) for row in rows)
    except (KeyError, TypeError, ValueError) as error:
        raise SetError(f"{path} is not a set of questions about passages: {error!r}") from error


def _json_rows(path: Path) -> Iterator[dict[str, Any]]:
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
    with opened as lines:
        yield from (json.loads(line) for line in lines)


def _squad_rows(path: Path) -> Iterator[dict[str, Any]]:
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                yield {"lang": "", **question, "context": paragraph["context"]}


def _example(row: dict[str, Any]) -> Example:
    context, answers = row["context"], []
    for answer in row["answers"]:
        start, end = answer["answer_start"], answer["answer_start"] + len(answer["text"])
        if context[start:end] != answer["text"]:
            raise ValueError(f"{row['id']}: {answer['text']!r} is not at {start}")
        answers.append((start, end))
    kind, title = row.get("kind", ""), row.get("title", "")
    return Example(row["id"], row["lang"], kind, title, row["question"], context, tuple(answers))


def split_held_out(
    examples: Sequence[Example], every: int = HELD_OUT_EVERY
) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """Keep every ``every``-th passage, with all its questions, out of training (0 keeps none out).

    Returns:
        The examples to train on, and those held out.
    """
    places: dict[str, int] = {}
    for example in examples:
        places.setdefault(example.context, len(places))
    held = {context for context, place in places.items() if every and place % every == every - 1}
    training = tuple(example for example in examples if example.context not in held)
    return training, tuple(example for example in examples if example.context in held)
