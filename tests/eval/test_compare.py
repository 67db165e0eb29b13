"""Comparing two runs: paired differences worked by hand, questions won and lost, bad pairs."""

import json
from dataclasses import replace

import pytest

from eval.compare import compare_runs, comparison_json, comparison_lines
from eval.records import QA, Mode, Outcome, Run, RunInfo
from index.errors import UserInputError

INFO = RunInfo("s.jsonl", Mode.END_TO_END, 4, "k", "r", "e", 0.5, "0", "m", "t")
QUESTIONS = tuple(QA(name, f"Hỏi {name}?", (f"đáp {name}",), ((name, 1),)) for name in "abcd")


def run(*right: str, ids: str = "abcd") -> Run:
    questions = tuple(question for question in QUESTIONS if question.id in ids)
    outcomes = tuple(
        Outcome(
            question.id,
            answer=f"đáp {question.id}" if question.id in right else "khác",
            ranking=((question.id if question.id in right else "z", 1.0),),
            milliseconds=(("total", 10.0 if question.id in right else 30.0),),
        )
        for question in questions
    )
    return Run(INFO, questions, outcomes)


def test_differences_are_paired_and_questions_won_and_lost_are_named() -> None:
    found = compare_runs(run("a"), run("b", "c"))
    em = next(difference for difference in found.differences if difference.measure == "em")
    assert (em.n, em.a, em.b, em.change.value, em.better, em.worse) == (4, 25.0, 50.0, 25.0, 2, 1)
    assert em.change.low <= 25.0 <= em.change.high
    # Three differing questions: of the 8 sign patterns all sums are at least 1 in size.
    assert em.p == 1.0
    assert [question.id for question in found.won] == ["b", "c"]
    assert [question.id for question in found.lost] == ["a"]
    assert (found.lost[0].a, found.lost[0].b, found.lost[0].expected) == ("đáp a", "khác", ("đáp a",))


def test_a_faster_answer_counts_as_better() -> None:
    found = compare_runs(run(), run("a", "b"))
    total = next(difference for difference in found.differences if difference.measure == "total")
    assert (total.change.value, total.better, total.worse) == (-10.0, 2, 0)


def test_a_run_against_itself_differs_in_nothing() -> None:
    found = compare_runs(run("a"), run("a"))
    assert all(d.change.value == d.change.low == d.change.high == 0.0 for d in found.differences)
    assert all(d.p == 1.0 for d in found.differences)
    assert found.won == found.lost == ()


def test_only_shared_questions_are_compared_and_the_others_counted() -> None:
    found = compare_runs(run("a", ids="abc"), run("a", ids="bcd"))
    assert (found.n, found.only_a, found.only_b) == (2, 1, 1)


def test_retrieval_runs_are_compared_by_their_first_document() -> None:
    a, b = (replace(r, info=replace(INFO, mode=Mode.RETRIEVAL)) for r in (run("a"), run("b")))
    found = compare_runs(a, b)
    assert {d.measure for d in found.differences} == {
        "recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "total",
    }  # fmt: skip
    assert [(question.id, question.a, question.b) for question in found.won] == [("b", "z", "b")]


def test_runs_of_different_sets_cannot_be_compared() -> None:
    with pytest.raises(UserInputError, match="share no question"):
        compare_runs(run(ids="a"), run(ids="b"))
    other = run("a")
    changed = Run(INFO, (replace(QUESTIONS[0], answers=("khác",)), *other.questions[1:]), other.outcomes)
    with pytest.raises(UserInputError, match="Question 'a' is not the same in both runs"):
        compare_runs(other, changed)


def test_the_comparison_has_a_text_and_a_json_form() -> None:
    found = compare_runs(run("a"), run("b"))
    lines = comparison_lines(found)
    assert any(line.startswith("Exact match ") and line.endswith("1/1") for line in lines)
    assert "Won by B: 1" in lines
    assert json.loads(json.dumps(comparison_json(found)))["n"] == 4
