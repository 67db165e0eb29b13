"""Each outcome of a run judged: what was given, whether it is right, whether its candidate was."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.measures import TextScore, normalise_squad, normalise_vietnamese, score_answer, token_f1
from eval.records import QA, Outcome, Run


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with its outcome and the judgement of it.

    Attributes:
        vietnamese: score of the given answer in the Vietnamese normalisation; None if the set does not
            say what is right or the run gives no answers.
        squad: the same in SQuAD's normalisation.
        right: whether giving this answer, or none, was right (see `is_right`).
        candidate_right: whether the best candidate is right, had it been given.
    """

    question: QA
    outcome: Outcome
    vietnamese: TextScore | None
    squad: TextScore | None
    right: bool
    candidate_right: bool


def judge_run(run: Run, answers: bool) -> tuple[Judged, ...]:
    """Judge every question of a run, in its order.

    Args:
        run: the run.
        answers: whether it gives answers (a retrieval run does not).
    """
    return tuple(judge(question, outcome, answers) for question, outcome in run.pairs())


def judge(question: QA, outcome: Outcome, answers: bool = True) -> Judged:
    """Judge one outcome."""
    if question.answers is None or not answers:
        return Judged(question, outcome, None, None, False, False)
    accepted, given = question.answers, outcome.answer
    right = is_right(given, accepted) if given is not None else not accepted
    return Judged(
        question=question,
        outcome=outcome,
        vietnamese=score_answer(given, accepted, normalise_vietnamese),
        squad=score_answer(given, accepted, normalise_squad),
        right=right,
        candidate_right=outcome.best is not None and is_right(outcome.best, accepted),
    )


def is_right(given: str, accepted: Sequence[str]) -> bool:
    """Whether a person would call the answer right, for accuracy, coverage and calibration.

    It equals an accepted answer, or shares more than half of the words with one (F1 above 0.5) and has
    all its figures: "thứ 9" is not right where "thứ 8" is asked for. Both in the Vietnamese normalisation.
    """
    words = normalise_vietnamese(given).split()
    return any(_agrees(words, normalise_vietnamese(answer).split()) for answer in accepted)


def _agrees(given: Sequence[str], wanted: Sequence[str]) -> bool:
    figures = {word for word in wanted if any(character.isdigit() for character in word)}
    return bool(wanted) and token_f1(given, wanted) > 0.5 and figures <= set(given)
