"""Fit a reader's calibration on questions it was not trained on.

``python -m rag.calibrate --reader hoidap`` indexes every passage of the project's own Vietnamese sets as an
article, asks the questions of the held-out passages (those that the recipe never trains on) end to end,
and fits `rag.calibration` to which candidates were right. Near-miss questions without an answer are part
of them, and so are the near-miss passages of all the other articles.
"""

import argparse
import logging
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from index.article_index import ArticleIndex
from index.config import IndexConfig
from index.loading import article_id
from index.models.encoders import open_encoder
from index.records import Article
from index.sync import add_articles
from rag.answering import Candidate, weigh
from rag.calibration import Calibration, dump, fit, threshold_for_accuracy
from rag.chatbot import Chatbot
from rag.config import RagConfig
from rag.evidence import FEATURES
from rag.question import analyse
from rag.reader.data import Example, read_examples, split_held_out
from rag.reader.loading import LIGHT, TRAINED, open_reader
from rag.reader.scoring import f1
from rag.retrieval import term_weights

log = logging.getLogger("rag.calibrate")

DATA: Final = Path(__file__).with_name("reader") / "data"
TARGET: Final = Path(__file__).with_name("calibrations")
# A candidate of the right passage that shares this much with an accepted answer is right.
RIGHT: Final = 0.6
_CANDIDATES: Final = 6
# About the spread of each reader's margins, so that tanh neither saturates nor stays flat.
MARGIN_SCALE: Final = {TRAINED: 6.0, LIGHT: 2.0}


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with whether it is right, and the question it answers."""

    question: int
    candidate: Candidate
    right: bool


def read_sets(paths: Iterable[Path]) -> tuple[dict[str, Article], list[tuple[Example, str]]]:
    """All passages of the sets as articles by id; the held-out questions, each with its article's id."""
    articles: dict[str, Article] = {}
    asked: list[tuple[Example, str]] = []
    for path in paths:
        examples = read_examples(path)
        held = set(split_held_out(examples)[1])
        for example in examples:
            identity = article_id(f"{example.title}\n{example.context}")
            articles[identity] = Article(identity, example.title, example.context)
            if example in held:
                asked.append((example, identity))
    return articles, asked


def open_chatbot(folder: Path, articles: Iterable[Article], name: str) -> Chatbot:
    """A chatbot over an index of ``articles`` in ``folder``, its reader not yet calibrated."""
    config, encoder = RagConfig(), open_encoder()
    index = ArticleIndex.create(folder, IndexConfig())
    for _ in add_articles(index, articles, encoder):
        pass
    reader = open_reader(name, encoder, lambda question: term_weights(index, question, config))
    return Chatbot(index, encoder, reader, uncalibrated(name), config)


def uncalibrated(reader: str) -> Calibration:
    """Probabilities from the reader's margin alone, by which candidates are ranked before fitting."""
    weights = tuple(float(name == "margin") for name in FEATURES)
    return Calibration(weights, 0.0, MARGIN_SCALE[reader], 0.0)


def judge(chatbot: Chatbot, asked: Sequence[tuple[Example, str]], raw: Calibration) -> Iterator[Judged]:
    """Ask every question and judge its best candidates, those of the best reader margins."""
    for number, (example, identity) in enumerate(asked):
        question = analyse(example.question)
        found = chatbot.retrieve(question)
        reading = chatbot.reader.read(question, found.hits)
        candidates = weigh(question, reading, found.hits, found.weights, raw)
        for candidate in candidates[:_CANDIDATES]:
            yield Judged(number, candidate, is_right(candidate, example, identity))


def is_right(candidate: Candidate, example: Example, identity: str) -> bool:
    """Whether a candidate stands in the question's own passage and says an accepted answer."""
    here = candidate.span.hit.passage.article_id == identity
    text = candidate.span.text
    if not here or not example.answers:
        return False
    return f1(text, example.texts) >= RIGHT or _holds(candidate, example)


def _holds(candidate: Candidate, example: Example) -> bool:
    """A sentence that has the answer in it is right for a reader that returns sentences."""
    span = candidate.span
    longest = 400
    return span.end - span.start <= longest and any(
        span.start <= start and end <= span.end and "\n" not in span.text for start, end in example.answers
    )


def calibrate(chatbot: Chatbot, asked: Sequence[tuple[Example, str]], accuracy: float) -> Calibration:
    """Fit weights on the judged candidates, and the threshold on the best one of each question.

    Args:
        chatbot: with the reader to calibrate, over an index of the articles.
        asked: questions with the ids of their articles.
        accuracy: the threshold is the least at which given answers are right this often.
    """
    raw = uncalibrated(chatbot.reader.name)
    judged = list(judge(chatbot, asked, raw))
    features = np.array([item.candidate.evidence.values() for item in judged], dtype=np.float64)
    right = np.array([item.right for item in judged])
    weights, bias = fit(features, right)
    fitted = replace(raw, weights=weights, bias=bias)
    best: dict[int, tuple[float, bool]] = {}
    for item in judged:
        probability = fitted.probability(item.candidate.evidence)
        best[item.question] = max(best.get(item.question, (0.0, False)), (probability, item.right))
    tops = list(best.values())
    threshold = threshold_for_accuracy([p for p, _ in tops], [r for _, r in tops], accuracy)
    log.info("%d questions, %d candidates, %.1f %% right", len(asked), len(judged), 100 * right.mean())
    return replace(fitted, threshold=threshold)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Fit a reader's calibration on held-out questions.")
    parser.add_argument("--reader", default=TRAINED, choices=sorted(MARGIN_SCALE))
    parser.add_argument(
        "--accuracy", type=float, default=0.7, help="of the answers given (sets the threshold)"
    )
    parser.add_argument("--index", type=Path, help="keep the index of the passages here and use it again")
    parser.add_argument("--out", type=Path, default=TARGET)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    articles, asked = read_sets(sorted(DATA.glob("*.jsonl.gz")))
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.index or Path(temporary)
        with open_chatbot(folder, articles.values(), options.reader) as chatbot:
            fitted = calibrate(chatbot, asked, options.accuracy)
    (options.out / f"{options.reader}.json").write_text(dump(fitted), encoding="utf-8")
    for name, weight in zip(FEATURES, fitted.weights, strict=True):
        log.info("%-10s %+.2f", name, weight)
    log.info("bias %+.2f, threshold %.2f", fitted.bias, fitted.threshold)


if __name__ == "__main__":
    main()
