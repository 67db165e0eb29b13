"""Check our own training questions: ``python -m rag.reader.check_data rag/reader/data/*.jsonl.gz``.

Beyond the form, it asks whether a question gives away by its wording alone that its passage does not
answer it. A naive Bayes classifier that sees only the question, cross-validated by passage, must not
tell, or a reader would learn the wording instead of reading. Our sets do tell as written ("how many" has
no answer half the time, "why" hardly ever); what counts is how training draws them (`wording.levels`).
"""

import argparse
import itertools
import logging
import math
import random
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from index.text import fold_accents, syllables
from rag.reader.data import Example, read_examples
from rag.reader.scoring import auroc
from rag.reader.views import Chances, Views

log = logging.getLogger("rag.reader.check_data")

FOLDS: Final = 5
GIVEN_AWAY: Final = 0.67
LEVEL: Final = 0.33
LEAST: Final = {"unanswerable": 0.22, "en": 0.1, "vi-unaccented": 0.1}


@dataclass(frozen=True)
class Proportions:
    """Shares of all questions, in [0, 1]."""

    questions: int
    passages: int
    shares: dict[str, float]


def faults(examples: Sequence[Example]) -> list[str]:
    """What is wrong with single questions: repeated ids or questions, not NFC, loose answers, accents."""
    ids = Counter(e.id for e in examples)
    asked = Counter((e.question, e.context) for e in examples)
    found = [f"{id}: {count} questions have this id" for id, count in ids.items() if count > 1]
    found += [f"{q!r} is asked {n} times of one passage" for (q, _), n in asked.items() if n > 1]
    return found + [f"{e.id}: {fault}" for e in examples for fault in _faults(e)]


def _faults(example: Example) -> Iterable[str]:
    for text in (example.title, example.question, example.context):
        if not unicodedata.is_normalized("NFC", text):
            yield f"{text[:40]!r} is not NFC"
    for text in example.texts:
        if text != text.strip() or not text:
            yield f"answer {text!r} begins or ends with a space"
    if example.lang == "vi-unaccented" and fold_accents(example.question) != example.question:
        yield "an unaccented question has accents"
    if example.kind and (example.kind == "unanswerable") != (not example.answers):
        yield f"kind {example.kind} with {len(example.answers)} answers"


def proportions(examples: Sequence[Example]) -> Proportions:
    """Shares of the languages and of the questions without an answer."""
    counts = Counter(e.lang for e in examples)
    counts["unanswerable"] = sum(not e.answers for e in examples)
    shares = {name: count / len(examples) for name, count in sorted(counts.items())}
    return Proportions(len(examples), len({e.context for e in examples}), shares)


def features(question: str) -> set[str]:
    """What a question's form shows: its syllables, neighbouring pairs, first word, and length."""
    words = syllables(fold_accents(question))
    pairs = {f"{a} {b}" for a, b in itertools.pairwise(words)}
    return {*words, *pairs, f"first {words[0] if words else ''}", f"length {len(words) // 4}"}


def given_away(examples: Sequence[Example]) -> float:
    """AUROC with which the question alone tells that it has no answer; 0.5 is chance."""
    passages = {context: place for place, context in enumerate(dict.fromkeys(e.context for e in examples))}
    scores: list[float] = []
    truth: list[bool] = []
    for fold in range(FOLDS):
        rest = [e for e in examples if passages[e.context] % FOLDS != fold]
        weights = _weights(rest)
        for example in (e for e in examples if passages[e.context] % FOLDS == fold):
            scores.append(sum(weights.get(f, 0.0) for f in sorted(features(example.question))))
            truth.append(not example.answers)
    return auroc(scores, truth)


def as_drawn(examples: Sequence[Example]) -> list[Example]:
    """The examples as a round of levelled training draws them, under their own passages' texts."""
    views = Views(examples, Chances(alike=1.0, renamed=1.0, retitled=1.0), LEVEL)
    drawn = (views.view(example, random.Random(example.id)) for example in examples)
    return [replace(new, context=old.context) for new, old in zip(drawn, examples, strict=True)]


def _weights(examples: Sequence[Example]) -> dict[str, float]:
    """Log odds of each feature among the unanswerable, add-one smoothed."""
    none, some = Counter[str](), Counter[str]()
    for example in examples:
        (some if example.answers else none).update(features(example.question))
    answered = sum(bool(e.answers) for e in examples)
    odds = math.log((answered + 2) / (len(examples) - answered + 2))
    return {f: math.log((none[f] + 1) / (some[f] + 1)) + odds for f in none.keys() | some.keys()}


def problems(examples: Sequence[Example]) -> list[str]:
    """All that keeps a set from being trained on."""
    shares, found = proportions(examples).shares, faults(examples)
    found += [
        f"{shares.get(n, 0):.0%} {n}, wanted {low:.0%}" for n, low in LEAST.items() if shares.get(n, 0) < low
    ]
    told = given_away(as_drawn(examples))
    return [*found, f"wording tells answerability: AUROC {told:.2f}"] if told > GIVEN_AWAY else found


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description="Check training questions written for this project.")
    parser.add_argument("files", type=Path, nargs="+")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    examples = [e for path in parser.parse_args(arguments).files for e in read_examples(path)]
    found = proportions(examples)
    shares = ", ".join(f"{name} {share:.0%}" for name, share in found.shares.items())
    log.info("%d questions over %d passages: %s", found.questions, found.passages, shares)
    told = given_away(examples), given_away(as_drawn(examples))
    log.info("AUROC of answerability from the wording alone: %.2f as written, %.2f as drawn", *told)
    for problem in (wrong := problems(examples)):
        log.error("%s", problem)
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
