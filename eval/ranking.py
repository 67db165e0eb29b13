"""Retrieval measures by ir-measures, per question, over rankings of documents."""

from collections.abc import Sequence
from typing import Final

import ir_measures
from ir_measures import RR, R, nDCG

from eval.records import QA, Outcome

RETRIEVAL_MEASURES: Final = ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10")
_BY_NAME: Final = dict(zip(RETRIEVAL_MEASURES, (R @ 1, R @ 5, R @ 10, RR @ 10, nDCG @ 10), strict=True))


def qrels(questions: Sequence[QA]) -> list[ir_measures.Qrel]:
    """The relevance judgements of the questions whose documents are known."""
    return [
        ir_measures.Qrel(question.id, document, grade)
        for question in questions
        for document, grade in question.relevant
    ]


def run_lines(outcomes: Sequence[Outcome]) -> list[ir_measures.ScoredDoc]:
    """The rankings with scores that fall strictly, so that no scorer's rule for ties changes the order."""
    return [
        ir_measures.ScoredDoc(outcome.id, document, float(len(outcome.ranking) - rank))
        for outcome in outcomes
        for rank, (document, _) in enumerate(outcome.ranking)
    ]


def judged(question: QA) -> bool:
    """Whether retrieval can be measured on the question: it has an answer, and its document is known."""
    return bool(question.relevant) and question.answers != ()


def score_rankings(questions: Sequence[QA], outcomes: Sequence[Outcome]) -> dict[str, list[float]]:
    """Measure each `judged` question; one whose ranking is empty counts as 0.

    Returns:
        For each of `RETRIEVAL_MEASURES` a value in [0, 1] for each judged question, in the given order.
    """
    wanted = [question for question in questions if judged(question)]
    found: dict[str, dict[str, float]] = {name: {} for name in RETRIEVAL_MEASURES}
    names = {measure: name for name, measure in _BY_NAME.items()}
    for metric in ir_measures.iter_calc(list(names), qrels(wanted), run_lines(outcomes)):
        found[names[metric.measure]][metric.query_id] = float(metric.value)
    return {name: [values.get(question.id, 0.0) for question in wanted] for name, values in found.items()}


def trec_run(outcomes: Sequence[Outcome], tag: str) -> str:
    """The rankings as a TREC run file: ``query Q0 document rank score tag``, one line each.

    The file's columns are separated by spaces, so spaces in names become underscores.
    """
    lines = []
    for outcome in outcomes:
        for rank, (document, _) in enumerate(outcome.ranking):
            score = len(outcome.ranking) - rank
            lines.append(f"{_word(outcome.id)} Q0 {_word(document)} {rank + 1} {score} {_word(tag)}\n")
    return "".join(lines)


def trec_qrels(questions: Sequence[QA]) -> str:
    """The judgements as a TREC qrels file: ``query 0 document grade``, one line each."""
    judgements = qrels([question for question in questions if judged(question)])
    return "".join(f"{_word(q.query_id)} 0 {_word(q.doc_id)} {q.relevance}\n" for q in judgements)


def _word(text: str) -> str:
    return "_".join(text.split())
