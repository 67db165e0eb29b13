"""A small world for evaluation tests: an index of three articles, a fake encoder, a fake reader."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from eval.asking import Subject
from eval.records import QA
from index.article_index import ArticleIndex
from index.config import IndexConfig
from index.embedding import Vectors
from index.records import Article, Hit
from index.sync import add_articles
from index.text import syllables
from rag.calibration import Calibration
from rag.chatbot import Chatbot
from rag.config import RagConfig
from rag.evidence import FEATURES
from rag.records import Question, Reading, Span

NUMBER = re.compile(r"\d+")
TEXTS = {
    "bac.txt": ("Bắc", "Tỉnh Bắc có 11 trường học. Trường nào cũng có sân."),
    "nam.txt": ("Nam", "Tỉnh Nam có 22 bệnh viện. Bệnh viện nào cũng có vườn."),
    "trung.txt": ("Trung", "Tỉnh Trung không nói gì về số lượng."),
}


class BagEncoder:
    """Vectors that count syllables: texts with the same words are near."""

    name = "bag"
    dimension = 64
    max_tokens = 512

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(syllables(text)) for text in texts]

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for syllable in syllables(text):
                row[int(hashlib.sha256(syllable.encode()).hexdigest(), 16) % self.dimension] += 1.0
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self.encode_passages(texts)


class NumberReader:
    """Answers with the first number of each passage; the earlier the passage, the surer."""

    name = "number"

    def read(self, question: Question, hits: Sequence[Hit]) -> Reading:
        spans = []
        for rank, hit in enumerate(hits):
            found = NUMBER.search(hit.passage.text)
            if found:
                start, end = (hit.passage.start + place for place in found.span())
                spans.append(Span(hit, start, end, found.group(), score=2.0 - rank))
        return Reading(tuple(spans), no_answer=0.0)


@dataclass(frozen=True)
class World:
    subject: Subject
    index: ArticleIndex
    names: dict[str, str]


@pytest.fixture
def bag_encoder() -> BagEncoder:
    return BagEncoder()


@pytest.fixture
def number_reader() -> NumberReader:
    return NumberReader()


@pytest.fixture
def index_folder(tmp_path: Path) -> Path:
    """An index of the three articles, made with the fake encoder."""
    folder = tmp_path / "index"
    articles = [
        Article(f"{number:012x}", title, text, path=f"/news/{name}")
        for number, (name, (title, text)) in enumerate(TEXTS.items())
    ]
    with ArticleIndex.create(folder, IndexConfig(encoder="bag", dimension=64)) as index:
        assert len(list(add_articles(index, articles, BagEncoder()))) == 3
    return folder


@pytest.fixture
def world(index_folder: Path) -> Iterator[World]:
    """The chatbot over that index; it answers where the first passage has a number."""
    weights = tuple(float(name == "margin") for name in FEATURES)
    calibrated = Calibration(weights, bias=0.0, margin_scale=1.0, threshold=0.7)
    names = {f"{number:012x}": name for number, name in enumerate(TEXTS)}
    with ArticleIndex.open(index_folder) as index:
        bot = Chatbot(index, BagEncoder(), NumberReader(), calibrated, RagConfig())
        yield World(Subject.of(bot, calibrated, names.__getitem__), index, names)


@pytest.fixture
def questions() -> tuple[QA, ...]:
    """Two that the fake reader gets right, and one without an answer."""
    return (
        QA("q1", "Tỉnh Bắc có bao nhiêu trường học?", ("11",), (("bac.txt", 1),), "vi", "number"),
        QA(
            "q2",
            "Tỉnh Nam có bao nhiêu bệnh viện?",
            ("22", "22 bệnh viện"),
            (("nam.txt", 1),),
            "vi",
            "number",
        ),
        QA("q3", "Ai nói gì về Tỉnh Trung?", (), (), "vi", "unanswerable"),
    )
