"""Fit a reader's calibration on questions it was not trained on.

``python -m rag.calibrate --reader hoidap`` asks two kinds of questions end to end and fits
`rag.calibration` to which candidates were right:

- those of the held-out passages of the project's own training sets (the recipe never trains on them),
  over an index in which every passage of the sets is an article: hard, near-misses everywhere;
- every second question of the sample set over the sample articles: what an index of a person's articles is
  like. The other half, beginning with the first question, is kept for measuring.

Both parts count alike.
"""

import argparse
import json
import logging
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.article_index import ArticleIndex
from index.config import IndexConfig
from index.loading import article_id, find_files, read_articles
from index.models.encoders import open_encoder
from index.records import Article
from index.sync import add_articles
from rag.answering import Candidate, weigh
from rag.calibration import Calibration, best_threshold, dump, fit, fit_free
from rag.chatbot import Chatbot
from rag.config import RagConfig
from rag.evidence import FEATURES
from rag.question import analyse
from rag.reader.data import read_examples, split_held_out
from rag.reader.loading import LIGHT, TRAINED, open_reader
from rag.reader.scoring import f1
from rag.retrieval import term_weights

log = logging.getLogger("rag.calibrate")

ROOT: Final = Path(__file__).resolve().parent
SETS: Final = ROOT / "reader" / "data"
SAMPLE: Final = ROOT.parent / "eval" / "sets" / "sample"
TARGET: Final = ROOT / "calibrations"
# A candidate of the right article that shares this much with an accepted answer is right.
RIGHT: Final = 0.6
_LONGEST_SENTENCE: Final = 400
_CANDIDATES: Final = 6
# About the spread of each reader's margins, so that tanh neither saturates nor stays flat.
MARGIN_SCALE: Final = {TRAINED: 6.0, LIGHT: 2.0}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its accepted answers (none: not answerable) and the id of the article that has them."""

    question: str
    answers: tuple[str, ...]
    article: str


@dataclass(frozen=True, slots=True)
class Part:
    """Articles and the questions to ask of them."""

    name: str
    articles: tuple[Article, ...]
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate of question number ``question``, whether it is right, and whether anything can be."""

    question: int
    candidate: Candidate
    right: bool
    answerable: bool


def held_out_part(paths: Iterable[Path]) -> Part:
    """Every passage of the training sets as an article; the questions that are held out of training."""
    articles: dict[str, Article] = {}
    asked: list[Asked] = []
    for path in paths:
        examples = read_examples(path)
        held = set(split_held_out(examples)[1])
        for example in examples:
            identity = article_id(f"{example.title}\n{example.context}")
            articles[identity] = Article(identity, example.title, example.context)
            if example in held:
                asked.append(Asked(example.question, example.texts, identity))
    return Part("held out", tuple(articles.values()), tuple(asked))


def sample_part(folder: Path) -> Part:
    """The sample articles and every second of their questions."""
    found = {path.name: tuple(read_articles(path)) for path in find_files([folder / "articles"])}
    lines = (folder / "sample.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    asked = [
        Asked(row["question"], tuple(row["answers"]), found[row["article"]][0].id if row["article"] else "")
        for row in rows[1::2]
    ]
    return Part("sample", tuple(article for items in found.values() for article in items), tuple(asked))


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


def judge(chatbot: Chatbot, asked: Sequence[Asked], raw: Calibration) -> Iterator[Judged]:
    """Ask every question and judge its best candidates."""
    for number, item in enumerate(asked):
        question = analyse(item.question)
        found = chatbot.retrieve(question)
        reading = chatbot.reader.read(question, found.hits)
        candidates = weigh(question, reading, found.hits, found.weights, raw)
        for candidate in candidates[:_CANDIDATES]:
            yield Judged(number, candidate, is_right(candidate, item), bool(item.answers))


def is_right(candidate: Candidate, item: Asked) -> bool:
    """Whether a candidate stands in the right article and says, or is a sentence with, an answer."""
    if candidate.span.hit.passage.article_id != item.article or not item.answers:
        return False
    text = candidate.span.text
    sentence = len(text) <= _LONGEST_SENTENCE and "\n" not in text
    return f1(text, item.answers) >= RIGHT or (sentence and any(answer in text for answer in item.answers))


def calibrate(parts: Sequence[Sequence[Judged]], raw: Calibration) -> Calibration:
    """Fit on all candidates how to rank them, then on each question's best one how sure to be of it.

    The second step is Platt's (1999): a logistic regression on the first one's log odds, folded into its
    weights and bias. A best candidate is right more often than its own evidence says, for it has beaten
    the others.

    Args:
        parts: judged candidates of each part; the parts count alike.
        raw: the reader's uncalibrated model.
    """
    judged = [item for part in parts for item in part]
    counts = _alike([len(part) for part in parts])
    weights, bias = fit(_features(judged), _right(judged), counts)
    ranking = replace(raw, weights=weights, bias=bias)
    tops = [_best(part, ranking) for part in parts]
    flat = [item for part in tops for item in part]
    top_counts = _alike([len(part) for part in tops])
    odds = _features(flat) @ np.array(weights) + bias
    (slope,), shift = fit_free(odds[:, None], _right(flat), top_counts)
    fitted = replace(raw, weights=tuple(slope * weight for weight in weights), bias=slope * bias + shift)
    threshold = best_threshold(
        1 / (1 + np.exp(-(slope * odds + shift))),
        _right(flat),
        np.array([item.answerable for item in flat]),
        top_counts,
    )
    return replace(fitted, threshold=threshold)


def _right(judged: Sequence[Judged]) -> NDArray[np.bool_]:
    return np.array([item.right for item in judged])


def _features(judged: Sequence[Judged]) -> NDArray[np.float64]:
    return np.array([item.candidate.evidence.values() for item in judged], dtype=np.float64)


def _alike(sizes: Sequence[int]) -> NDArray[np.float64]:
    """Counts that give every part the same total, the mean size of a part."""
    mean = sum(sizes) / len(sizes)
    return np.concatenate([np.full(size, mean / size) for size in sizes])


def _best(part: Sequence[Judged], fitted: Calibration) -> list[Judged]:
    """The candidate of each question that would be its answer."""
    ordered = sorted(part, key=lambda item: fitted.probability(item.candidate.evidence))
    return list({item.question: item for item in ordered}.values())


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Fit a reader's calibration on held-out questions.")
    parser.add_argument("--reader", default=TRAINED, choices=sorted(MARGIN_SCALE))
    parser.add_argument("--indexes", type=Path, help="keep the indexes here and use them again")
    parser.add_argument("--out", type=Path, default=TARGET)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parts = (held_out_part(sorted(SETS.glob("*.jsonl.gz"))), sample_part(SAMPLE))
    raw, judged = uncalibrated(options.reader), []
    with tempfile.TemporaryDirectory() as temporary:
        for part in parts:
            folder = (options.indexes or Path(temporary)) / part.name.replace(" ", "-")
            with open_chatbot(folder, part.articles, options.reader) as chatbot:
                judged.append(list(judge(chatbot, part.asked, raw)))
            log.info("%s: %d questions, %d candidates", part.name, len(part.asked), len(judged[-1]))
    fitted = calibrate(judged, raw)
    (options.out / f"{options.reader}.json").write_text(dump(fitted), encoding="utf-8")
    for name, weight in zip(FEATURES, fitted.weights, strict=True):
        log.info("%-10s %+.2f", name, weight)
    log.info("bias %+.2f, threshold %.2f", fitted.bias, fitted.threshold)


if __name__ == "__main__":
    main()
