"""What passes through an evaluation: questions with their answers, and what came back for each."""

from dataclasses import dataclass, field
from enum import StrEnum


class Mode(StrEnum):
    """What of the chatbot is measured."""

    END_TO_END = "end-to-end"
    RETRIEVAL = "retrieval"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class QA:
    """One question of a set.

    Attributes:
        answers: the accepted answers, any of which is right; empty: not answerable; None: the set does not
            say (a set made for retrieval only).
        relevant: names of the documents that answer it, with their grades (1 or more); empty: not known.
        lang: the question's language, as the set says or as `rag.question.detect_language` tells.
    """

    id: str
    question: str
    answers: tuple[str, ...] | None
    relevant: tuple[tuple[str, int], ...] = ()
    lang: str = "vi"
    kind: str | None = None

    @property
    def answerable(self) -> bool:
        """Whether there is an accepted answer."""
        return bool(self.answers)


@dataclass(frozen=True, slots=True)
class Document:
    """A text that comes with a set: a SQuAD context or a document of a BEIR folder.

    Attributes:
        name: what `QA.relevant` calls it.
    """

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class QASet:
    """A Q&A set.

    Attributes:
        name: the file's or folder's name.
        digest: SHA-256 over its bytes, hexadecimal.
        documents: the texts that come with it; empty if it asks about the articles of an index, which
            are then named by their file names.
    """

    name: str
    digest: str
    questions: tuple[QA, ...]
    documents: tuple[Document, ...] = ()

    @property
    def judges_abstention(self) -> bool:
        """Whether some question has no answer, so that having none can be right."""
        return any(question.answers == () for question in self.questions)


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A passage that was retrieved: characters ``[start, end)`` of an article."""

    document: str
    title: str
    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation that was given, and whether the article has exactly that quote at these offsets."""

    document: str
    title: str
    start: int
    end: int
    quote: str
    context: str
    verbatim: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back for one question.

    Attributes:
        id: the question's.
        answer: the answer given; None if there was none.
        best: the best candidate, also when it was turned down; None if there was no candidate.
        confidence: of the best candidate, in [0, 1].
        reason: why there was no answer.
        ranking: names of the documents retrieved, best first, each once, with the score of its best passage.
        passages: the passages retrieved first, best first.
        milliseconds: time of each stage that was run, and "total".
    """

    id: str
    answer: str | None = None
    best: str | None = None
    confidence: float = 0.0
    reason: str | None = None
    citations: tuple[Cited, ...] = ()
    ranking: tuple[tuple[str, float], ...] = ()
    passages: tuple[Retrieved, ...] = ()
    milliseconds: tuple[tuple[str, float], ...] = ()

    @property
    def total(self) -> float:
        """Milliseconds of the whole question, 0 if they were not measured."""
        return dict(self.milliseconds).get("total", 0.0)


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What was run, on what, with what.

    Attributes:
        key: equal for two runs exactly if one can go on where the other stopped.
        reader: name of the reader; "" where none read.
        threshold: least confidence of an answer that is given.
        peak_bytes: largest resident memory of the process; 0 where the system does not tell.
        finished: whether every question has its outcome.
    """

    set_name: str
    mode: Mode
    n: int
    key: str
    reader: str
    encoder: str
    threshold: float
    version: str
    machine: str
    started: str
    peak_bytes: int = 0
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A run with its questions and their outcomes, in the set's order."""

    info: RunInfo
    questions: tuple[QA, ...]
    outcomes: tuple[Outcome, ...] = field(repr=False)

    def pairs(self) -> list[tuple[QA, Outcome]]:
        """Each question with what came back."""
        return list(zip(self.questions, self.outcomes, strict=True))
