"""What a peer is, and how it is run over a set: the same questions, documents and measures as ours."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from eval.machine import machine
from eval.opening import Opened, Progress
from eval.records import QA, Cited, Document, Mode, Outcome, QASet, Retrieved, Run, RunInfo
from eval.run import collect
from index.sentences import sentence_around

_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A peer's answer: characters ``[start, end)`` of a document, or none.

    Attributes:
        text: what it gives as the answer; None if it declines.
        document: name of the document it cites, with the place it cites; None where it declines.
        confidence: in [0, 1].
        ranking: documents, best first, each once.
    """

    text: str | None
    document: str | None
    start: int
    end: int
    confidence: float
    ranking: tuple[tuple[str, float], ...]


class Peer(Protocol):
    """A system that answers questions from documents."""

    name: str

    def ask(self, question: str) -> Found:
        """Answer one question."""
        ...


def run_peer(peer: Peer, questions: QASet, folder: Path, say: Callable[[str], None]) -> Run:
    """Run a peer over a set and keep the run like one of ours."""
    documents = {document.name: document for document in questions.documents}
    opened = Opened(
        ask=lambda question: _outcome(peer, question, documents),
        questions=questions.questions,
        reader=peer.name,
        encoder="",
        threshold=0.0,
        fingerprint="",
    )
    info = RunInfo(
        set_name=questions.name,
        mode=Mode.END_TO_END,
        n=len(questions.questions),
        key=f"{peer.name}-{questions.digest}-{time.time()}",
        reader=peer.name,
        encoder="",
        threshold=0.0,
        version="",
        machine=machine(),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return collect(opened, info, folder, Progress(say))


def _outcome(peer: Peer, question: QA, documents: Mapping[str, Document]) -> Outcome:
    started = time.perf_counter()
    found = peer.ask(question.question)
    total = 1000 * (time.perf_counter() - started)
    ranked = [documents[name] for name, _ in found.ranking[:_SHOWN]]
    shown = tuple(Retrieved(d.name, d.title, 0, len(d.text), d.text, 0.0) for d in ranked)
    return Outcome(
        id=question.id,
        answer=found.text,
        best=found.text,
        confidence=found.confidence,
        reason=None if found.text is not None else "declined",
        citations=_cited(found, documents),
        ranking=found.ranking,
        passages=shown,
        milliseconds=(("total", total),),
    )


def _cited(found: Found, documents: Mapping[str, Document]) -> tuple[Cited, ...]:
    if found.document is None or found.text is None:
        return ()
    document = documents[found.document]
    left, right = sentence_around(document.text, found.start, found.end)
    verbatim = document.text[found.start : found.end] == found.text
    context = document.text[left:right]
    return (Cited(document.name, document.title, found.start, found.end, found.text, context, verbatim),)
