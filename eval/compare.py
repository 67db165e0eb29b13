"""Two runs of one set compared: paired differences, a significance test, questions won and lost."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from eval.ranking import RETRIEVAL_MEASURES, score_rankings
from eval.records import QA, Mode, Outcome, Run
from eval.resampling import Estimate, mean_estimate, randomisation_p
from eval.scoring import Judged, judge_run
from eval.summary import answer_values
from eval.text_form import measure_name, shown
from index.errors import UserInputError

_ACCURACY: Final = "accuracy"
_TOTAL: Final = "total"


@dataclass(frozen=True, slots=True)
class Difference:
    """B minus A in one measure.

    Attributes:
        a: the measure of run A; ``b`` of run B.
        change: B minus A with its paired bootstrap interval.
        p: two-sided, by approximate randomisation.
        better, worse: questions on which B is better, and worse.
    """

    measure: str
    n: int
    a: float
    b: float
    change: Estimate
    p: float
    better: int
    worse: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A question that is right in one run only; without answers, one whose first document is."""

    id: str
    question: str
    expected: tuple[str, ...]
    a: str | None
    b: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs between two runs, over the questions that both have."""

    a: str
    b: str
    n: int
    only_a: int
    only_b: int
    differences: tuple[Difference, ...]
    won: tuple[Changed, ...]
    lost: tuple[Changed, ...]


def compare_runs(a: Run, b: Run) -> Comparison:
    """Compare two runs on the questions that they share.

    Raises:
        UserInputError: they share none, or ask or expect something else under the same id.
    """
    common = _common(a, b)
    first, second = _restricted(a, common), _restricted(b, common)
    judged_a = judge_run(first, a.info.mode is not Mode.RETRIEVAL)
    judged_b = judge_run(second, b.info.mode is not Mode.RETRIEVAL)
    values_a, values_b = _values(judged_a), _values(judged_b)
    differences = tuple(
        _difference(measure, values_a[measure], values_b[measure])
        for measure in values_a
        if values_a[measure] and values_b.get(measure)
    )
    pairs = list(zip(judged_a, judged_b, strict=True))
    return Comparison(
        a=_name(a),
        b=_name(b),
        n=len(common),
        only_a=len(a.questions) - len(common),
        only_b=len(b.questions) - len(common),
        differences=differences,
        won=tuple(_changed(x, y) for x, y in pairs if _right(y) and not _right(x)),
        lost=tuple(_changed(x, y) for x, y in pairs if _right(x) and not _right(y)),
    )


def _common(a: Run, b: Run) -> list[str]:
    asked = {question.id: question for question in b.questions}
    common = [question.id for question in a.questions if question.id in asked]
    if not common:
        raise UserInputError(f"{_name(a)} and {_name(b)} share no question: compare two runs of one set")
    for question in a.questions:
        other = asked.get(question.id, question)
        if (other.question, other.answers) != (question.question, question.answers):
            raise UserInputError(
                f"Question {question.id!r} is not the same in both runs: compare runs of one set"
            )
    return common


def _restricted(run: Run, ids: Sequence[str]) -> Run:
    questions: Mapping[str, QA] = {question.id: question for question in run.questions}
    outcomes: Mapping[str, Outcome] = {outcome.id: outcome for outcome in run.outcomes}
    return Run(run.info, tuple(questions[i] for i in ids), tuple(outcomes[i] for i in ids))


def _values(rows: Sequence[Judged]) -> dict[str, list[float]]:
    """Each measure's value of each question that it is defined on, in the questions' order."""
    known = [row for row in rows if row.vietnamese is not None]
    found = {measure: [100 * value for value in values] for measure, values in answer_values(known).items()}
    found[_ACCURACY] = [float(row.right) for row in known]
    if any(row.outcome.ranking for row in rows):
        ranked = score_rankings([row.question for row in rows], [row.outcome for row in rows])
        found |= {measure: ranked[measure] for measure in RETRIEVAL_MEASURES}
    if all(row.outcome.total for row in rows):
        found[_TOTAL] = [row.outcome.total for row in rows]
    return found


def _difference(measure: str, a: Sequence[float], b: Sequence[float]) -> Difference:
    change = np.array(b) - np.array(a)
    estimate = mean_estimate(change)
    if estimate is None:
        raise ValueError(f"{measure} has no question")
    sign = -1 if measure == _TOTAL else 1
    return Difference(
        measure=measure,
        n=len(change),
        a=float(np.mean(a)),
        b=float(np.mean(b)),
        change=estimate,
        p=randomisation_p(change),
        better=int((sign * change > 0).sum()),
        worse=int((sign * change < 0).sum()),
    )


def _changed(a: Judged, b: Judged) -> Changed:
    if a.vietnamese is None:
        expected = tuple(name for name, _ in a.question.relevant)
        return Changed(a.question.id, a.question.question, expected, _first(a), _first(b))
    expected = a.question.answers or ()
    return Changed(a.question.id, a.question.question, expected, a.outcome.answer, b.outcome.answer)


def _right(row: Judged) -> bool:
    if row.vietnamese is not None:
        return row.right
    return _first(row) in dict(row.question.relevant)


def _first(row: Judged) -> str | None:
    return row.outcome.ranking[0][0] if row.outcome.ranking else None


def _name(run: Run) -> str:
    reader = f", reader {run.info.reader}" if run.info.reader else ""
    return f"{run.info.set_name} {run.info.mode}{reader}, {run.info.started}"


def comparison_json(found: Comparison) -> dict[str, Any]:
    """The comparison as one JSON object."""
    return asdict(found)


def comparison_lines(found: Comparison) -> list[str]:
    """The comparison for a terminal."""
    lines = [f"A: {found.a}", f"B: {found.b}", f"{found.n} questions in both"]
    if found.only_a or found.only_b:
        lines[-1] += f" ({found.only_a} only in A, {found.only_b} only in B are left out)"
    lines += ["", f"{'':36}{'A':>9}{'B':>9}{'B − A':>9}   {'95 % interval':<20}{'p':>7}  better/worse"]
    lines += [_difference_line(difference) for difference in found.differences]
    for title, questions in (("Won by B", found.won), ("Lost by B", found.lost)):
        lines += ["", f"{title}: {len(questions)}"]
        lines += [_changed_line(question) for question in questions]
    return lines


def _difference_line(found: Difference) -> str:
    key = found.measure
    a, b, change, low, high = (
        shown(key, value)
        for value in (found.a, found.b, found.change.value, found.change.low, found.change.high)
    )
    name = "mean time (ms)" if key == _TOTAL else measure_name(key)
    between = f"{low} to {high}"
    return f"{name:<36}{a:>9}{b:>9}{change:>9}   {between:<20}{found.p:>7.4f}  {found.better}/{found.worse}"


def _changed_line(question: Changed) -> str:
    expected = " | ".join(question.expected) or "no answer"
    return f"  {question.id}  {question.question}  expected {expected}: A {question.a!r}, B {question.b!r}"
