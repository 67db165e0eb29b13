"""The sections that measure time and memory, against the budgets that the project set itself."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from eval.bench.setting import Setting, index_of, xquad
from eval.bench.synthetic import PASSAGES, large_index
from eval.contexts import article_of
from eval.text_form import markdown_table
from index.article_index import ArticleIndex
from index.config import IndexConfig
from index.embedding import Encoder, Vectors
from index.models.encoders import open_encoder
from index.sync import Status, add_articles, sync
from rag.chatbot import Chatbot
from rag.records import Timings

_ROUNDS: Final = 3
_COLD_STARTS: Final = 5
_UNCHANGED: Final = 1000
_MIB: Final = 2**20
_HEADING: Final = ("what", "measured", "budget", "")


@dataclass(frozen=True, slots=True)
class Budget:
    """A measured figure and the most, or the least, that it should be."""

    what: str
    value: float
    limit: float
    unit: str
    at_most: bool = True

    def row(self) -> tuple[str, str, str, str]:
        """As a row of a table; the last cell tells whether it is kept."""
        kept = self.value <= self.limit if self.at_most else self.value >= self.limit
        sign = "≤" if self.at_most else "≥"
        digits = 1 if self.limit < 20 else 0
        value = f"{self.value:,.{digits}f} {self.unit}"
        return self.what, value, f"{sign} {self.limit:,g} {self.unit}", "kept" if kept else "**missed**"


def latency(setting: Setting) -> list[str]:
    """Warm questions over five articles, the memory of a process that answers, cold `hoidap ask`."""
    asked = _province_questions(setting)
    with index_of([setting.outside("articles")]) as directory:
        warm = _totals(_ask_all(directory, asked * _ROUNDS, setting))
        resident = _resident(directory, asked, setting)
        cold = [_cold_start(directory, asked[0], setting) for _ in range(_COLD_STARTS)]
    rows = [
        Budget("question to answer, warm, p50", float(np.percentile(warm, 50)), 150, "ms"),
        Budget("question to answer, warm, p95", float(np.percentile(warm, 95)), 300, "ms"),
        Budget("`hoidap ask`, process start to end, median", float(np.median(cold)), 3, "s"),
        Budget("resident memory after all questions (without the page)", resident / _MIB, 900, "MiB"),
    ]
    return markdown_table(_HEADING, [row.row() for row in rows])


def large(setting: Setting) -> list[str]:
    """The same questions with 100,000 passages in the index: recombined sentences, recombined vectors."""
    asked = _province_questions(setting)
    directory = large_index(setting)
    timings = _ask_all(directory, asked, setting)
    median = float(np.percentile(_totals(timings), 50))
    row = Budget(f"question to answer over {PASSAGES:,} passages, p50", median, 250, "ms").row()
    memory = f"{_resident(directory, asked, setting) / _MIB:,.0f} MiB"
    stages = [
        (stage, *(f"{np.percentile([getattr(t, stage) for t in timings], p):.0f}" for p in (50, 95)))
        for stage in ("total", "analyse", "retrieve", "read")
    ]
    table = markdown_table(_HEADING, [row, ("resident memory with that index", memory, "", "")])
    return [*table, "", *markdown_table(("stage", "p50 ms", "p95 ms"), stages)]


def indexing(setting: Setting) -> list[str]:
    """Indexing XQuAD's 240 paragraphs, and an unchanged folder of 1,000 articles synced again."""
    documents = xquad(setting).documents
    encoder = TimedEncoder(open_encoder())
    encoder.encode_passages(["warm"])
    encoder.reset()
    with tempfile.TemporaryDirectory(prefix="hoidap-bench-") as folder:
        started = time.perf_counter()
        with ArticleIndex.create(Path(folder), IndexConfig(encoder.name, encoder.dimension)) as index:
            for _ in add_articles(index, [article_of(document) for document in documents], encoder):
                pass
        whole = time.perf_counter() - started
    rows = [
        Budget("tokens a second", encoder.tokens / whole, 1800, "", at_most=False),
        Budget("share of the time inside the encoder", 100 * encoder.seconds / whole, 90, "%", at_most=False),
        Budget("unchanged sync of 1,000 articles", _unchanged_sync(), 2, "s"),
    ]
    return markdown_table(_HEADING, [row.row() for row in rows])


class TimedEncoder:
    """An encoder that counts the tokens it was given and the seconds it took."""

    def __init__(self, encoder: Encoder) -> None:
        """Count what ``encoder`` does."""
        self._encoder = encoder
        self.name = encoder.name
        self.dimension = encoder.dimension
        self.max_tokens = encoder.max_tokens
        self.reset()

    def reset(self) -> None:
        """Forget what was counted."""
        self.tokens = 0
        self.seconds = 0.0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the encoder counts; this is not the encoder's own time."""
        return self._encoder.count_tokens(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """As the encoder does, timed."""
        started = time.perf_counter()
        found = self._encoder.encode_passages(texts)
        self.seconds += time.perf_counter() - started
        self.tokens += sum(self._encoder.count_tokens(texts))
        return found

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """As the encoder does."""
        return self._encoder.encode_questions(texts)


class InstantEncoder:
    """Vectors at no cost, for measuring all that is not the encoder."""

    name = "instant"
    dimension = 384
    max_tokens = 512

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Syllables instead of tokens."""
        return [len(text.split()) for text in texts]

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """The same unit vector for each text."""
        return np.full((len(texts), self.dimension), self.dimension**-0.5, dtype=np.float32)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """The same unit vector for each text."""
        return self.encode_passages(texts)


def _unchanged_sync() -> float:
    """Seconds that the second sync of an unchanged folder takes."""
    encoder = InstantEncoder()
    with tempfile.TemporaryDirectory(prefix="hoidap-bench-") as folder:
        news, directory = Path(folder, "news"), Path(folder, "index")
        news.mkdir()
        for number in range(_UNCHANGED):
            (news / f"{number:04}.txt").write_text(_plain_article(number), encoding="utf-8")
        config = IndexConfig(encoder.name, encoder.dimension)
        with ArticleIndex.create(directory, config) as index:
            list(sync(index, news, encoder))
        started = time.perf_counter()
        with ArticleIndex.open(directory) as index:
            statuses = {outcome.status for outcome in sync(index, news, encoder)}
        seconds = time.perf_counter() - started
    if statuses != {Status.UNCHANGED}:
        raise RuntimeError(f"an unchanged folder was synced as {statuses}")
    return seconds


def _plain_article(number: int) -> str:
    sentence = f"Xã số {number} có {number + 7} hộ dân đã dùng nước sạch và đường mới."
    return f"Tin xã số {number}\n\n" + "\n\n".join([" ".join([sentence] * 5)] * 4) + "\n"


def _province_questions(setting: Setting) -> list[str]:
    found = setting.load(setting.outside("eval", "provinces.dev.jsonl"))
    return [question.question for question in found.questions]


def _ask_all(directory: Path, questions: Sequence[str], setting: Setting) -> list[Timings]:
    """Timings of each question, after one that is not counted."""
    with Chatbot.open(directory, setting.reader) as bot:
        bot.ask(questions[0])
        return [bot.ask(question).timings for question in questions]


def _totals(timings: Sequence[Timings]) -> list[float]:
    return [timing.total for timing in timings]


def _resident(directory: Path, questions: Sequence[str], setting: Setting) -> int:
    """Resident bytes of a fresh process that has answered all questions."""
    program = (
        "import sys; from pathlib import Path; from rag.chatbot import Chatbot; "
        "from eval.machine import resident_memory; "
        "bot = Chatbot.open(Path(sys.argv[1]), sys.argv[2] or None); "
        "[bot.ask(question) for question in sys.argv[3:]]; print(resident_memory())"
    )
    command = [sys.executable, "-c", program, str(directory), setting.reader or "", *questions]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _cold_start(directory: Path, question: str, setting: Setting) -> float:
    """Seconds from starting the process to its end."""
    chosen = ["--reader", setting.reader] if setting.reader else []
    program = [sys.executable, "-c", "from ui.cli import main; main()", "ask", question]
    started = time.perf_counter()
    command = [*program, "--index", str(directory), "--json", *chosen]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started
