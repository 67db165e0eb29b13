"""How a report sorts questions: wrong ones first, the most confident of them at the top."""

from collections.abc import Sequence
from enum import StrEnum

from eval.scoring import Judged


class Verdict(StrEnum):
    """What became of a question."""

    WRONG = "wrong"
    DECLINED = "declined"
    RIGHT = "right"


def verdict(row: Judged) -> Verdict:
    """Right; declined (there was an answer, none was given); or wrong.

    Where no answers are judged, a question is right if the first document is relevant.
    """
    if row.vietnamese is None:
        return Verdict.RIGHT if first_relevant_rank(row) == 1 else Verdict.WRONG
    if row.right:
        return Verdict.RIGHT
    return Verdict.DECLINED if row.outcome.answer is None else Verdict.WRONG


def first_relevant_rank(row: Judged) -> int | None:
    """The rank of the first relevant document, from 1; None if none was retrieved."""
    wanted = dict(row.question.relevant)
    ranks = (rank for rank, (name, _) in enumerate(row.outcome.ranking, start=1) if name in wanted)
    return next(ranks, None)


def worst_first(rows: Sequence[Judged]) -> list[Judged]:
    """Wrong, then declined, then right; within each by falling confidence, then by id."""
    order = list(Verdict)
    return sorted(rows, key=lambda row: (order.index(verdict(row)), -row.outcome.confidence, row.question.id))
